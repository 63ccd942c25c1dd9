"""What became of a text from one version to the next, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# A word, one sign of a script written without blanks, or a run of anything else.
_WORDS = re.compile(r"[⺀-鿿豈-﫿＀-￯]|[^\W⺀-鿿豈-﫿＀-￯]+|\s+|[^\w\s]", re.UNICODE)
_SENTENCES = re.compile(r"[^.!?。！？;；\n]*[.!?。！？;；\n]+\s*|[^.!?。！？;；\n]+$")
MOST_STEPS = 1_000_000  # of comparing word with word; longer texts are compared sentence by sentence


class Fate(StrEnum):
    """Whether a stretch of text stayed, went or came."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Stretch:
    """A piece of text and what became of it."""

    fate: Fate
    text: str


def compare(before: str, after: str) -> tuple[Stretch, ...]:
    """Both texts as one row of stretches: all but the new make ``before``, all but the gone make ``after``."""
    if before == after:
        return (Stretch(Fate.SAME, after),) if after else ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST_STEPS:
        old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    return _stretches(old, new)


def _stretches(old: Sequence[str], new: Sequence[str]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Stretch(Fate.SAME, "".join(new[c:d])))
            continue
        if b > a:
            found.append(Stretch(Fate.GONE, "".join(old[a:b])))
        if d > c:
            found.append(Stretch(Fate.NEW, "".join(new[c:d])))
    return tuple(found)
