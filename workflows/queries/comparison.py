"""The reviews side by side, once they were opened: where reviewers differ, what blocks and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from django.db.models import F

from assessments.domain.instrument import Item, gate_applies
from assessments.domain.profile import ItemSpread
from assessments.models import Answer
from ethicsreview.accounts.models import User
from workflows.domain.states import MotionKind, Role
from workflows.models import Motion, Review
from workflows.queries.folders import Folder
from workflows.queries.rating import revisions

COMMITTEE = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER})


class Fate(StrEnum):
    """What became of a rating that blocks."""

    STANDING = "standing"
    REVISED = "revised"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Given:
    """What one reviewer says to one indicator now; ``history`` where it was revised after handing in."""

    review: Review
    answer: Answer | None
    history: tuple[Answer, ...]


@dataclass(frozen=True)
class Compared:
    """One indicator across the reviewers, in the order of the reviews; ``spread`` None without two ratings' worth."""

    item: Item
    group: str
    gate: bool
    spread: Fraction | None
    divided: bool
    blocked: bool
    given: tuple[Given, ...]


@dataclass(frozen=True)
class Blocked:
    """A blocking rating that stood when, or after, its review was handed in, and what became of it."""

    item: Item
    reviewer: User
    answer: Answer
    fate: Fate
    motion: Motion | None
    revised_at: datetime | None


@dataclass(frozen=True)
class Comparison:
    """Indicators most divided first, then in the instrument's order."""

    reviews: tuple[Review, ...]
    rows: tuple[Compared, ...]
    blocked: tuple[Blocked, ...]


def is_seated(folder: Folder) -> bool:
    """Whether the person reads from the committee's side."""
    return bool(COMMITTEE & folder.roles)


def open_reviews(folder: Folder) -> tuple[Review, ...]:
    """The handed-in reviews of people without a conflict that this person may read; nobody's while they are blind."""
    if folder.case.reviews_opened_at is None:
        return ()
    return tuple(row for row in folder.reviews if row.pk in folder.readable_reviews and row.submitted_at is not None)


def compare(folder: Folder) -> Comparison:
    """Everything the comparison shows."""
    reviews = open_reviews(folder)
    past = _revised(reviews, folder.now)
    spreads = {spread.key: spread for spread in folder.profile.items}
    rows = [
        _compared(folder, reviews, item, spreads[key], past)
        for key, item in folder.instrument.items.items()
        if spreads[key].values or spreads[key].set_aside
    ]
    return Comparison(reviews, tuple(sorted(rows, key=_divergence)), tuple(_blocked(folder, reviews, past)))


def _divergence(row: Compared) -> tuple[Fraction, bool, bool]:
    return (-(row.spread or Fraction()), not row.divided, not row.blocked)


def _revised(reviews: Sequence[Review], until: datetime) -> dict[tuple[int, str], list[Answer]]:
    """Every answer, oldest first, of the indicators revised since their review was handed in; three queries."""
    given = Answer.objects.filter(assessment__in=[review.assessment_id for review in reviews], at__lte=until)
    pairs = set(given.filter(at__gt=F("assessment__submitted_at")).values_list("assessment_id", "item"))
    rows = given.filter(item__in={item for _pk, item in pairs}).with_evidence()
    found: dict[tuple[int, str], list[Answer]] = {pair: [] for pair in pairs}
    for answer in rows.order_by("pk"):
        found.get((answer.assessment_id, answer.item), []).append(answer)
    return found


def _compared(
    folder: Folder,
    reviews: Sequence[Review],
    item: Item,
    spread: ItemSpread,
    past: dict[tuple[int, str], list[Answer]],
) -> Compared:
    given = tuple(
        Given(
            review,
            folder.answers[review.assessment_id].get(item.key),
            revisions(past.get((review.assessment_id, item.key), []), review.submitted_at),
        )
        for review in reviews
    )
    return Compared(
        item=item,
        group=spread.group,
        gate=gate_applies(item, folder.case.tier or None, frozenset(folder.case.flags)),
        spread=spread.spread,
        divided=spread.divided,
        blocked=any(block.item == item.key for block in folder.blocks),
        given=given,
    )


def _blocked(folder: Folder, reviews: Sequence[Review], past: dict[tuple[int, str], list[Answer]]) -> list[Blocked]:
    """Every block there was since hand-in, in the instrument's order and then by reviewer."""
    tier, flags = folder.case.tier or None, frozenset(folder.case.flags)
    found = []
    for item in folder.instrument.items.values():
        if not gate_applies(item, tier, flags):
            continue
        for review in reviews:
            current = folder.answers[review.assessment_id].get(item.key)
            history = revisions(past.get((review.assessment_id, item.key), []), review.submitted_at)
            entry = _fate(folder, item, review, history or ((current,) if current else ()))
            if entry is not None:
                found.append(entry)
    return found


def _fate(folder: Folder, item: Item, review: Review, history: Sequence[Answer]) -> Blocked | None:
    """The newest blocking answer among ``history`` and what became of it; None when none blocked."""
    lowest = folder.instrument.blocking
    last = next((place for place in reversed(range(len(history))) if history[place].step == lowest), None)
    if last is None:
        return None
    answer = history[last]
    if last < len(history) - 1:
        return Blocked(item, review.user, answer, Fate.REVISED, None, history[last + 1].at)
    motion = _resolving(folder, item, review, answer)
    fate = Fate.RESOLVED if motion else Fate.STANDING
    return Blocked(item, review.user, answer, fate, motion, None)


def _resolving(folder: Folder, item: Item, review: Review, answer: Answer) -> Motion | None:
    """The carried motion that resolved the block after it was given."""
    return next(
        (
            motion
            for motion in folder.motions
            if motion.kind == MotionKind.RESOLVE_GATE.value
            and motion.carried
            and motion.indicator == item.key
            and motion.review is not None
            and motion.review.user_id == review.user_id
            and motion.closed_at is not None
            and answer.at <= motion.closed_at
        ),
        None,
    )
