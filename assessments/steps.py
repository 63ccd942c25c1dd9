"""Filling an assessment, shared by both halves: each needs the caller's open transaction and writes no event."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from assessments.domain.answers import AnswerFault, BadAnswer, EvidenceLink, check_answer, check_evidence
from assessments.domain.states import AssessmentState
from assessments.models import Answer, AnswerEvidence, Assessment, InstrumentVersion
from assessments.queries import load_any
from ethicsreview.accounts.models import User
from ethicsreview.audit.steps import NoTransaction
from ethicsreview.files.models import FileVersion


def open_assessment(*, instrument_version: InstrumentVersion, now: datetime) -> Assessment:
    """An empty assessment, pinned to this version of the instrument."""
    _need_transaction("open_assessment")
    return Assessment.objects.create(instrument_version=instrument_version, started_at=now)


def add_answer(
    *,
    assessment: Assessment,
    item: str,
    step: str | None,
    not_applicable: bool,
    reason: str,
    evidence: Sequence[EvidenceLink],
    by: User,
    now: datetime,
    revising: bool = False,
) -> Answer | None:
    """Add an answer, which from now on is the item's current one; locks the assessment's row first.

    Neither ``step`` nor ``not_applicable`` clears what was answered; a reason may stand without either, as a draft.
    Repeating the current answer adds no row and returns it; clearing what was never answered returns None.
    ``revising`` is for a submitted assessment alone, and a submitted one takes nothing else. That the evidence belongs
    to the matter at hand is for the caller to know. Raises ``BadAnswer``.
    """
    locked = _locked(assessment)
    _check_state(locked, revising=revising)
    reason = reason.strip()
    instrument = load_any(locked.instrument_version)
    check_answer(instrument, item=item, step=step, not_applicable=not_applicable, reason=reason)
    links = tuple(dict.fromkeys(evidence))
    _check_documents(links)
    answer = Answer(
        assessment=locked, item=item, step=step or "", not_applicable=not_applicable, reason=reason, by=by, at=now
    )
    current = Answer.objects.filter(assessment=locked, item=item).current().with_evidence().first()
    if _content(current) == (answer.step, not_applicable, reason, links) and (
        current is None or current.by_id == by.pk
    ):
        return current
    answer.save(force_insert=True)
    AnswerEvidence.objects.bulk_create(
        AnswerEvidence(answer=answer, version_id=link.version, page=link.page, note=link.note) for link in links
    )
    return answer


def submit_assessment(*, assessment: Assessment, now: datetime) -> Assessment:
    """Close it to all but revisions; whether it is complete enough is for the caller to know.

    Locks its row first. Raises ``BadAnswer`` with ``AnswerFault.SUBMITTED`` when it is submitted already.
    """
    locked = _locked(assessment)
    _check_state(locked, revising=False)
    locked.state, locked.submitted_at = AssessmentState.SUBMITTED.value, now
    locked.save(update_fields=["state", "submitted_at"])
    return locked


def _need_transaction(what: str) -> None:
    if not connection.in_atomic_block:
        raise NoTransaction(what)


def _locked(assessment: Assessment) -> Assessment:
    _need_transaction(f"assessment:{assessment.pk}")
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("instrument_version")
    rows = rows.defer("instrument_version__content")
    return rows.get(pk=assessment.pk)


def _check_state(assessment: Assessment, *, revising: bool) -> None:
    submitted = assessment.state == AssessmentState.SUBMITTED.value
    if submitted and not revising:
        raise BadAnswer("assessment", AnswerFault.SUBMITTED)
    if revising and not submitted:
        raise BadAnswer("assessment", AnswerFault.NOT_SUBMITTED)


def _check_documents(links: Sequence[EvidenceLink]) -> None:
    pages = dict(FileVersion.objects.filter(pk__in=[link.version for link in links]).values_list("pk", "pages"))
    for link in links:
        if link.version not in pages:
            raise BadAnswer("evidence", AnswerFault.UNKNOWN_DOCUMENT)
        check_evidence(link, pages=pages[link.version])


def _content(answer: Answer | None) -> tuple[str, bool, str, tuple[EvidenceLink, ...]]:
    """What an answer says; an item never answered says the same as a cleared one without a word."""
    if answer is None:
        return "", False, "", ()
    links = tuple(EvidenceLink(link.version_id, link.page, link.note) for link in answer.evidence.all())
    return answer.step, answer.not_applicable, answer.reason, links
