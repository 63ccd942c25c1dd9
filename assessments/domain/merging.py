"""Two people at one answer: what can be put together without losing a word, and what only a person can decide."""

from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """What one answer says: a step or "" for none, whether the item is set aside, the note or reason."""

    step: str = ""
    set_aside: bool = False
    note: str = ""

    @property
    def rating(self) -> tuple[str, bool]:
        """All but the words."""
        return self.step, self.set_aside


def merge(base: Content | None, theirs: Content, mine: Content) -> Content | None:
    """What ``theirs`` (saved meanwhile) and ``mine`` say together; None where they contradict each other.

    ``base`` is what mine was written from, None where that is not known. Rating and note are merged apart: a side
    that only one person changed is taken from that person; a note that holds the other one whole is taken.
    """
    rating = _merged(base.rating if base else None, theirs.rating, mine.rating)
    note = _merged(base.note if base else None, theirs.note, mine.note)
    if note is None:
        note = _longer(theirs.note, mine.note)
    if rating is None or note is None:
        return None
    return Content(rating[0], rating[1], note)


def _merged(base: T | None, theirs: T, mine: T) -> T | None:
    if theirs == mine or mine == base:
        return theirs
    return mine if theirs == base else None


def _longer(one: str, other: str) -> str | None:
    if one in other:
        return other
    return one if other in one else None
