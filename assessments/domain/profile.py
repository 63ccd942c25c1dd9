"""The profile of one case: exact values over groups, how far reviewers differ, and what blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.domain.instrument import Group, Instrument, Item, is_asked
from assessments.domain.ratings import Block, Coverage, ReviewerRatings, blocks


@dataclass(frozen=True)
class ReviewerValue:
    """The mean of one reviewer's ratings in a group, None without any, and how many of its items they answered."""

    reviewer: int
    value: Fraction | None
    coverage: Coverage


@dataclass(frozen=True)
class GroupValue:
    """A group's value for the case: the mean of reviewers' values, with the lowest and the highest of them.

    All three are None, a gap and never 0, while no reviewer rated any of its items. ``reviewers`` by id.
    """

    key: str
    value: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    reviewers: tuple[ReviewerValue, ...]
    coverage: Coverage

    @property
    def gap(self) -> bool:
        """Nothing was rated."""
        return self.value is None


@dataclass(frozen=True)
class ItemSpread:
    """How far reviewers differ on one item.

    ``values`` are the ratings with their reviewers' ids, ``set_aside`` the ids of those who found it not applicable.
    ``spread`` is the highest rating less the lowest, None without any.
    """

    key: str
    group: str
    values: tuple[tuple[int, Fraction], ...]
    set_aside: tuple[int, ...]
    spread: Fraction | None

    @property
    def divided(self) -> bool:
        """Ratings differ, or some reviewers rated what others found not applicable."""
        return bool(self.spread) or bool(self.values and self.set_aside)


@dataclass(frozen=True)
class Profile:
    """Groups and items in the instrument's order, blocks in that order and then by reviewer."""

    groups: tuple[GroupValue, ...]
    items: tuple[ItemSpread, ...]
    blocks: tuple[Block, ...]
    coverage: Coverage

    def group(self, key: str) -> GroupValue:
        """Raises ``KeyError`` for a key the instrument does not have."""
        for group in self.groups:
            if group.key == key:
                return group
        raise KeyError(key)


@dataclass(frozen=True)
class _Panel:
    """What all the counting below looks at."""

    instrument: Instrument
    reviews: tuple[ReviewerRatings, ...]
    tier: str | None
    flags: frozenset[str]

    def value(self, review: ReviewerRatings, item: Item) -> Fraction | None:
        """What a reviewer's rating of an item counts; None when there is none to count."""
        step = review.step(item.key)
        return None if step is None else self.instrument.steps[step].value


def profile(
    instrument: Instrument, reviews: Iterable[ReviewerRatings], *, tier: str | None, flags: frozenset[str]
) -> Profile:
    """The profile over the given reviews, which the caller has narrowed to those that are submitted and unrecused.

    ``tier`` and ``flags`` are those confirmed for the case. Raises ``ValueError`` when a reviewer stands twice, and
    ``KeyError`` for a step that the scale does not have.
    """
    ordered = tuple(sorted(reviews, key=lambda review: review.reviewer))
    if len({review.reviewer for review in ordered}) < len(ordered):
        raise ValueError("a reviewer stands twice")
    panel = _Panel(instrument, ordered, tier, flags)
    groups = tuple(_group_value(panel, group) for group in instrument.groups)
    return Profile(
        groups=groups,
        items=tuple(_spread(panel, group, item) for group in instrument.groups for item in group.items),
        blocks=_in_order(instrument, [b for r in ordered for b in blocks(instrument, r, tier=tier, flags=flags)]),
        coverage=_total(group.coverage for group in groups),
    )


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """The exact mean; None of nothing."""
    return sum(values, start=Fraction()) / len(values) if values else None


def _in_order(instrument: Instrument, found: Iterable[Block]) -> tuple[Block, ...]:
    places = {key: place for place, key in enumerate(instrument.items)}
    return tuple(sorted(found, key=lambda block: (places[block.item], block.reviewer)))


def _group_value(panel: _Panel, group: Group) -> GroupValue:
    reviewers = tuple(_reviewer_value(panel, group, review) for review in panel.reviews)
    values = [reviewer.value for reviewer in reviewers if reviewer.value is not None]
    return GroupValue(
        key=group.key,
        value=mean(values),
        lowest=min(values, default=None),
        highest=max(values, default=None),
        reviewers=reviewers,
        coverage=_total(reviewer.coverage for reviewer in reviewers),
    )


def _reviewer_value(panel: _Panel, group: Group, review: ReviewerRatings) -> ReviewerValue:
    found = [panel.value(review, item) for item in group.items]
    answered = {item.key for item in group.items if review.answered(item.key)}
    asked = {item.key for item in group.items if is_asked(item, panel.tier, panel.flags)}
    value = mean([value for value in found if value is not None])
    return ReviewerValue(review.reviewer, value, Coverage(len(answered), len(asked | answered)))


def _spread(panel: _Panel, group: Group, item: Item) -> ItemSpread:
    found = [(review.reviewer, panel.value(review, item)) for review in panel.reviews]
    values = tuple((reviewer, value) for reviewer, value in found if value is not None)
    counted = [value for _reviewer, value in values]
    return ItemSpread(
        key=item.key,
        group=group.key,
        values=values,
        set_aside=tuple(review.reviewer for review in panel.reviews if review.set_aside(item.key)),
        spread=max(counted) - min(counted) if counted else None,
    )


def _total(parts: Iterable[Coverage]) -> Coverage:
    every = tuple(parts)
    return Coverage(sum(part.answered for part in every), sum(part.asked for part in every))
