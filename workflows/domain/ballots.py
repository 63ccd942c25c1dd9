"""A vote is added, never changed; the standing is computed from what stands last."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Choice(StrEnum):
    """What a vote says."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class Cast:
    """One vote as cast: ``number`` orders the votes of a motion, the highest of a voter stands."""

    voter: int
    choice: Choice
    number: int


@dataclass(frozen=True)
class Standing:
    """The ballot over the room as it is: whoever is present and silent counts in ``present`` alone."""

    in_favour: int
    against: int
    abstain: int
    silent: int
    present: int

    @property
    def cast(self) -> int:
        """Votes that stand, of any choice."""
        return self.in_favour + self.against + self.abstain


def last_choices(votes: Iterable[Cast]) -> dict[int, Choice]:
    """The choice that stands for each voter."""
    standing: dict[int, Cast] = {}
    for vote in votes:
        known = standing.get(vote.voter)
        if known is None or vote.number > known.number:
            standing[vote.voter] = vote
    return {voter: vote.choice for voter, vote in standing.items()}


def tally(votes: Iterable[Cast], present: frozenset[int]) -> Standing:
    """Count the standing votes of those present; a vote of one who left or was recused is not counted."""
    choices = [choice for voter, choice in last_choices(votes).items() if voter in present]
    counted = {choice: choices.count(choice) for choice in Choice}
    return Standing(
        in_favour=counted[Choice.FOR],
        against=counted[Choice.AGAINST],
        abstain=counted[Choice.ABSTAIN],
        silent=len(present) - len(choices),
        present=len(present),
    )


def carried(standing: Standing, *, threshold: Fraction, inclusive: bool, denominator: int) -> bool:
    """Whether the votes in favour reach ``threshold`` of ``denominator``; an empty room carries nothing."""
    if denominator <= 0:
        return False
    share = Fraction(standing.in_favour, denominator)
    return share >= threshold if inclusive else share > threshold


def may_dissent(choice: Choice | None, *, is_carried: bool) -> bool:
    """Whether who voted so can dissent from the outcome: not in favour of what carried, nor against what was lost."""
    return choice is not (Choice.FOR if is_carried else Choice.AGAINST)


def needed(*, threshold: Fraction, inclusive: bool, denominator: int) -> int:
    """The least number of votes in favour that carries a motion over ``denominator``."""
    exact = threshold * denominator
    whole = exact.numerator // exact.denominator
    if inclusive and exact == whole:
        return max(whole, 1)
    return whole + 1
