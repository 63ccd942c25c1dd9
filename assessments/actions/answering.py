"""Ratings and notes: one after another, an item set aside, all of a file; two people at once lose nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assessments.domain.maturity_gaps import (
    ANSWER,
    IMPORT,
    SET_ASIDE,
    MaturityGap,
    MaturityGapCode,
    MaturityRefused,
    gaps,
)
from assessments.domain.merging import Content, merge
from assessments.domain.scoring import set_aside_faults
from assessments.models import Answer
from assessments.queries.maturity import MaturityFolder, answers_digest
from assessments.steps import guard, lock_self_assessment, note, put_answer, touch
from ethicsreview.accounts.models import User

Code = MaturityGapCode


class AnswerOvertaken(Exception):
    """Somebody answered the same criterion otherwise since it was read; ``answer`` is what stands now."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.item}: answer {answer.pk} stands meanwhile")
        self.answer = answer


@dataclass(frozen=True)
class GivenAnswer:
    """One row of an import: a criterion with its step or None, or an item that is (or no longer is) set aside."""

    key: str
    step: str | None = None
    set_aside: bool = False
    note: str = ""


@dataclass(frozen=True)
class Saved:
    """What stands for the criterion after a save, None where it is empty; ``folder`` has read no answer yet."""

    answer: Answer | None
    folder: MaturityFolder


@transaction.atomic(durable=True)
def answer_criterion(
    self_assessment_id: int,
    criterion: str,
    *,
    step: str | None,
    reason: str = "",
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Saved:
    """Keep one rating with its note; None for ``step`` clears it.

    ``seen`` is the id of the answer the page was filled from, None where there was none. What somebody else answered
    meanwhile is merged where nothing is lost by it. Raises ``AnswerOvertaken``, ``MaturityRefused``, ``BadAnswer``
    and ``SelfAssessment.DoesNotExist``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    if criterion not in folder.instrument.criteria:
        raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, criterion))
    guard(ANSWER, folder, folder.dimension_of(criterion).key)
    return Saved(_answer(folder, criterion, Content(step or "", False, reason.strip()), seen, ANSWER.verb), folder)


@transaction.atomic(durable=True)
def set_item_aside(
    self_assessment_id: int,
    item: str,
    *,
    aside: bool,
    reason: str = "",
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Answer | None:
    """Set an item aside as not applicable with its reason, or take it up again; its ratings are kept.

    Refused where the instrument does not allow it or too much weight would be set aside; ``seen`` and what is raised
    as for ``answer_criterion``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    if item not in folder.instrument.items:
        raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, item))
    guard(SET_ASIDE, folder, folder.dimension_of(item).key)
    if aside:
        _check_aside(folder, item)
    return _answer(folder, item, Content("", aside, reason.strip() if aside else ""), seen, SET_ASIDE.verb)


@transaction.atomic(durable=True)
def import_answers(
    self_assessment_id: int, rows: Sequence[GivenAnswer], *, seen_digest: str, actor: User, now: datetime
) -> list[Answer]:
    """Take answers over from a file, all of them or none; what says the same as before adds nothing.

    ``seen_digest`` is the ``answers_digest`` of what was read before: another one is refused as stale. Answers that
    are not among ``rows`` stay. Raises ``MaturityRefused`` and ``BadAnswer``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    unknown = [row.key for row in rows if not folder.instrument.knows(row.key)]
    if unknown:
        raise MaturityRefused(*(MaturityGap(Code.CRITERION_UNKNOWN, key) for key in unknown))
    fresh = [row for row in rows if _content(folder.answers.get(row.key)) != _said(row)]
    touched = tuple(dict.fromkeys(folder.dimension_of(row.key).key for row in fresh))
    stale = seen_digest != answers_digest(folder.answers)
    if found := gaps(IMPORT, folder.facts(touched=touched, stale=stale)):
        raise MaturityRefused(*found)
    aside = {row.key: row.set_aside for row in fresh if row.key in folder.instrument.items}
    _check_all_aside(folder, aside)
    kept = [_put(folder, row.key, _said(row), folder.answers.get(row.key)) for row in fresh]
    answers = [answer for answer in kept if answer is not None]
    if answers:
        touch(folder.row, now=now)
        note(folder.row, IMPORT.verb, actor=actor, now=now, answers=[answer.pk for answer in answers])
    return answers


def _check_aside(folder: MaturityFolder, item: str) -> None:
    _check_all_aside(folder, {item: True})


def _check_all_aside(folder: MaturityFolder, changes: Mapping[str, bool]) -> None:
    """Refuse items that may not be set aside, or a total weight above what the instrument allows."""
    if not any(changes.values()):
        return
    instrument = folder.instrument
    after = {key for key, answer in folder.answers.items() if answer.not_applicable} | set(changes)
    after -= {key for key, aside in changes.items() if not aside}
    alone = [key for key in sorted(after & set(changes)) if not instrument.items[key].may_na]
    if alone:
        raise MaturityRefused(*(MaturityGap(Code.SET_ASIDE_REFUSED, key) for key in alone))
    if set_aside_faults(instrument, frozenset(after)):
        raise MaturityRefused(MaturityGap(Code.SET_ASIDE_TOO_MUCH, str(instrument.max_na_weight)))


def _content(answer: Answer | None) -> Content:
    return Content(answer.step, answer.not_applicable, answer.reason) if answer else Content()


def _answer(folder: MaturityFolder, key: str, mine: Content, seen: int | None, verb: str) -> Answer | None:
    """Keep what the person says, merged with what was said since; one event for an answer that is new."""
    rows = Answer.objects.filter(assessment=folder.row.assessment_id, item=key)
    current = rows.order_by("-pk").first()
    if current is not None and current.pk != seen:
        base = rows.filter(pk=seen).first() if seen else None
        merged = merge(_content(base) if base or not seen else None, _content(current), mine)
        if merged is None:
            raise AnswerOvertaken(current)
        mine = merged
    answer = _put(folder, key, mine, current)
    if answer is not None and answer != current:
        touch(folder.row, now=folder.now)
        note(folder.row, verb, actor=folder.user, now=folder.now, item=key, answer=answer.pk)
    return answer


def _put(folder: MaturityFolder, key: str, content: Content, current: Answer | None) -> Answer | None:
    return put_answer(
        assessment=folder.row.assessment,
        current=current,
        item=key,
        step=content.step or None,
        not_applicable=content.set_aside,
        reason=content.note,
        by=folder.user,
        now=folder.now,
    )


def _said(row: GivenAnswer) -> Content:
    return Content(row.step or "", row.set_aside, row.note.strip())
