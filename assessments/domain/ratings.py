"""One reviewer's ratings: what they cover, what is missing and what blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessments.domain.instrument import Instrument, gate_applies, is_asked


@dataclass(frozen=True)
class Rating:
    """One reviewer's current answer to one item: a step of the scale, not applicable, or neither once cleared."""

    step: str | None
    na: bool = False

    def __post_init__(self) -> None:
        if self.na and self.step is not None:
            raise ValueError("a step and not applicable at once")

    @property
    def answered(self) -> bool:
        """Rated, or set aside as not applicable."""
        return self.na or self.step is not None


@dataclass(frozen=True)
class ReviewerRatings:
    """One reviewer's current answers by item; an item that is not there is unanswered. ``reviewer`` is a user's id."""

    reviewer: int
    ratings: Mapping[str, Rating]

    def answered(self, item: str) -> bool:
        """Whether this reviewer rated the item or set it aside."""
        rating = self.ratings.get(item)
        return rating is not None and rating.answered

    def set_aside(self, item: str) -> bool:
        """Whether this reviewer found the item not applicable."""
        rating = self.ratings.get(item)
        return rating is not None and rating.na

    def step(self, item: str) -> str | None:
        """The step this reviewer gave the item; None when unanswered or set aside."""
        rating = self.ratings.get(item)
        return None if rating is None else rating.step


@dataclass(frozen=True)
class Coverage:
    """How many of the items that were asked are answered. An item answered unasked counts in both."""

    answered: int
    asked: int

    @property
    def share(self) -> Fraction | None:
        """0 to 1; None where nothing was asked."""
        return Fraction(self.answered, self.asked) if self.asked else None

    @property
    def missing(self) -> int:
        """How many answers are outstanding."""
        return self.asked - self.answered


@dataclass(frozen=True)
class Block:
    """A reviewer rated an applicable gate with the blocking step: stands until revised or resolved."""

    item: str
    reviewer: int


def blocks(
    instrument: Instrument, review: ReviewerRatings, *, tier: str | None, flags: frozenset[str]
) -> tuple[Block, ...]:
    """The applicable gates that this reviewer rated with the blocking step, in the instrument's order."""
    return tuple(
        Block(item.key, review.reviewer)
        for item in instrument.items.values()
        if gate_applies(item, tier, flags) and review.step(item.key) == instrument.blocking
    )


def unanswered(
    instrument: Instrument, review: ReviewerRatings, *, tier: str | None, flags: frozenset[str]
) -> tuple[str, ...]:
    """Keys of the items that are asked and have no answer yet, in the instrument's order."""
    return tuple(
        item.key for item in instrument.items.values() if is_asked(item, tier, flags) and not review.answered(item.key)
    )
