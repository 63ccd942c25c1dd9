"""One reviewer's own ratings, point by point: what is given, what is missing, what blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.domain.instrument import Group, Item, gate_applies, is_asked
from assessments.models import Answer
from assessments.queries import answer_history
from workflows.queries.folders import Folder


@dataclass(frozen=True)
class Row:
    """One indicator with the reviewer's current answer.

    ``gate``: the blocking step blocks at this tier and these flags; ``may_be_gate``: it would at another tier, so a
    blocking rating needs its reason all the same. ``history`` is filled after handing in alone, oldest first.
    """

    item: Item
    answer: Answer | None
    gate: bool
    may_be_gate: bool
    asked: bool
    lowest: bool
    history: tuple[Answer, ...] = ()

    @property
    def blocking(self) -> bool:
        """Rated with the blocking step on an applicable gate."""
        return self.gate and self.lowest

    @property
    def unreasoned(self) -> bool:
        """Rated with the blocking step on a gate, and not a word why."""
        return self.may_be_gate and self.lowest and (self.answer is None or not self.answer.reason)


@dataclass(frozen=True)
class Progress:
    """How far one point is; ``missing`` and ``unreasoned`` are keys of indicators."""

    group: Group
    answered: int
    asked: int
    blocking: int
    missing: tuple[str, ...]
    unreasoned: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Nothing is missing in it."""
        return not self.missing and not self.unreasoned


def own_answers(folder: Folder) -> dict[str, Answer]:
    """The person's current answers by indicator; empty without a review."""
    review = folder.own_review
    return folder.answers.get(review.assessment_id, {}) if review else {}


def row_of(folder: Folder, item: Item, history: tuple[Answer, ...] = ()) -> Row:
    """One indicator as it stands."""
    tier, flags = folder.case.tier or None, frozenset(folder.case.flags)
    answer = own_answers(folder).get(item.key)
    return Row(
        item=item,
        answer=answer,
        gate=gate_applies(item, tier, flags),
        may_be_gate=not item.gate.never,
        asked=is_asked(item, tier, flags),
        lowest=answer is not None and answer.step == folder.instrument.blocking,
        history=history,
    )


def rows_of(folder: Folder, group: Group) -> list[Row]:
    """The indicators of one point; what was revised since the review was handed in comes with its history."""
    return rows_with_history(folder, group.items)


def rows_with_history(folder: Folder, items: Iterable[Item]) -> list[Row]:
    """These indicators, with what was revised since the review was handed in; as many queries however many."""
    review = folder.own_review
    past: dict[str, list[Answer]] = {}
    if review is not None and review.submitted_at is not None:
        past = answer_history(review.assessment_id)
    handed_in = review.submitted_at if review else None
    return [row_of(folder, item, revisions(past.get(item.key, []), handed_in)) for item in items]


def revisions(answers: Sequence[Answer], handed_in: datetime | None) -> tuple[Answer, ...]:
    """The answer that was handed in and those that followed, oldest first; empty where none followed."""
    if handed_in is None:
        return ()
    later = [answer for answer in answers if answer.at > handed_in]
    before = [answer for answer in answers if answer.at <= handed_in][-1:]
    return (*before, *later) if later else ()


def progress(folder: Folder) -> list[Progress]:
    """Every point in order."""
    unrated, unreasoned = set(folder.unrated), set(folder.unreasoned)
    found = []
    for group in folder.instrument.groups:
        rows = [row_of(folder, item) for item in group.items]
        answered = [row for row in rows if row.answer is not None and not row.answer.cleared]
        missing = tuple(row.item.key for row in rows if row.item.key in unrated)
        found.append(
            Progress(
                group=group,
                answered=len(answered),
                asked=len(answered) + len(missing),
                blocking=sum(row.blocking for row in rows),
                missing=missing,
                unreasoned=tuple(row.item.key for row in rows if row.item.key in unreasoned),
            )
        )
    return found
