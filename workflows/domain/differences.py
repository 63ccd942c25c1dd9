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
    """Neighbouring changes are told as one: blanks alone that stayed between them are no reason to stop."""
    found: list[Stretch] = []
    gone, came = "", ""
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if what != "equal" or ((gone or came) and not after.strip()):
            gone, came = gone + before, came + after
            continue
        found += [*_changed(gone, came), Stretch(Fate.SAME, after)]
        gone, came = "", ""
    return (*found, *_changed(gone, came))


def _changed(gone: str, came: str) -> list[Stretch]:
    both = ((Fate.GONE, gone), (Fate.NEW, came))
    return [Stretch(fate, text) for fate, text in both if text]
