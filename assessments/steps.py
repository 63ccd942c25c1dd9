"""Filling an assessment, shared by both halves: each needs the caller's open transaction.

None writes an event but ``note``, which is asked for one.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, BinaryIO

from django.db import connection
from django.db.models import Max

from assessments.domain.answers import AnswerFault, BadAnswer, EvidenceLink, check_answer, check_evidence
from assessments.domain.maturity_gaps import MaturityRefused, MaturityStep, gaps
from assessments.domain.scorefile import compute, read_request
from assessments.domain.states import AssessmentState
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    DcmmClaim,
    Evidence,
    InstrumentVersion,
    SelfAssessment,
    Snapshot,
)
from assessments.models import EvidenceLink as EvidenceLinkRow
from assessments.queries import load_any, load_staged
from assessments.queries.maturity import MaturityFolder, day_of, of_person, one_round
from assessments.queries.snapshots import contents, standing_evidence
from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.steps import NoTransaction, record
from ethicsreview.files.models import FileVersion
from ethicsreview.files.steps import store
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify


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


def put_answer(
    *,
    assessment: Assessment,
    current: Answer | None,
    item: str,
    step: str | None,
    not_applicable: bool,
    reason: str,
    by: User,
    now: datetime,
) -> Answer | None:
    """As ``add_answer``, for an open assessment whose row the caller holds and whose ``current`` answer it has read.

    Takes no evidence; saying again what ``current`` says adds nothing and returns it. Raises ``BadAnswer``.
    """
    _need_transaction("put_answer")
    _check_state(assessment, revising=False)
    reason = reason.strip()
    instrument = load_any(assessment.instrument_version)
    check_answer(instrument, item=item, step=step, not_applicable=not_applicable, reason=reason)
    stands = (current.step, current.not_applicable, current.reason) if current else ("", False, "")
    if stands == (step or "", not_applicable, reason):
        return current
    return Answer.objects.create(
        assessment=assessment, item=item, step=step or "", not_applicable=not_applicable, reason=reason, by=by, at=now
    )


def submit_assessment(*, assessment: Assessment, now: datetime) -> Assessment:
    """Close it to all but revisions; whether it is complete enough is for the caller to know.

    Locks its row first. Raises ``BadAnswer`` with ``AnswerFault.SUBMITTED`` when it is submitted already.
    """
    locked = _locked(assessment)
    _check_state(locked, revising=False)
    locked.state, locked.submitted_at = AssessmentState.SUBMITTED.value, now
    locked.save(update_fields=["state", "submitted_at"])
    return locked


def lock_self_assessment(self_assessment_id: int, *, actor: User, now: datetime) -> MaturityFolder:
    """The self-assessment and its own round, both held until the transaction ends, as ``actor`` stands to them.

    Always taken before the audit chain. Raises ``SelfAssessment.DoesNotExist``.
    """
    _need_transaction(f"self_assessment:{self_assessment_id}")
    rows = of_person(SelfAssessment.objects.all(), actor, day_of(now))
    row = rows.select_for_update(of=("self", "assessment"), no_key=True).get(pk=self_assessment_id)
    return MaturityFolder(row, user=actor, now=now)


def guard(step: MaturityStep, folder: MaturityFolder, *touched: str) -> None:
    """Raise ``MaturityRefused`` naming everything that keeps ``step`` from happening; ``touched`` are dimensions."""
    found = gaps(step, folder.facts(touched=touched))
    if found:
        raise MaturityRefused(*found)


def note(row: SelfAssessment, verb: str, *, actor: User | None, now: datetime, **facts: Any) -> None:
    """One audit event of the self-assessment on its enterprise's chain; ids and codes alone."""
    record(
        chain=organisation_chain(row.organisation_id),
        at=now,
        actor=actor.pk if actor else None,
        verb=verb,
        subject=f"self_assessment:{row.pk}",
        **facts,
    )


def touch(row: SelfAssessment, *, now: datetime, **fields: Any) -> None:
    """Set the fields and the moment of the last change."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save(update_fields=[*fields, "changed_at"])


def take_snapshot(
    *,
    self_assessment: SelfAssessment,
    assessment: Assessment,
    day: date,
    claim: DcmmClaim | None,
    evidence_counts: Callable[[Evidence], bool],
    evidence_dated: Callable[[Evidence], date | None] = lambda piece: piece.dated,
    by: User,
    now: datetime,
) -> Snapshot:
    """Freeze the inputs of ``assessment``'s answers on ``day`` with their digest and result.

    ``assessment`` is the round whose answers count; ``evidence_counts`` says which of the enterprise's pieces do, and
    ``evidence_dated`` of which day. The caller holds the self-assessment's row. Raises ``ValueError`` when an asked
    criterion is not answered, and ``Bad`` when the inputs do not fit the instrument: both are for the caller to rule
    out before.
    """
    _need_transaction("take_snapshot")
    instrument = load_staged(assessment.instrument_version)
    gathered = contents(
        self_assessment,
        instrument,
        one_round(assessment.pk),
        standing_evidence(self_assessment.pk),
        day=day,
        claim=claim,
        evidence_counts=evidence_counts,
        evidence_dated=evidence_dated,
    )
    found = compute(read_request(gathered.inputs, lambda _slug, _version: instrument))
    if not found["complete"]:
        raise ValueError("an asked criterion is not answered")
    index = Fraction(found["index"])
    last = Snapshot.objects.filter(self_assessment=self_assessment).aggregate(last=Max("number"))["last"] or 0
    return Snapshot.objects.create(
        self_assessment=self_assessment,
        number=last + 1,
        inputs=gathered.inputs,
        facts=gathered.facts,
        result=found,
        tier=found["tier"],
        index_numerator=index.numerator,
        index_denominator=index.denominator,
        digest=gathered.digest,
        by=by,
        at=now,
    )


def hand_in_evidence(
    row: SelfAssessment, criterion: str, *, sent: tuple[BinaryIO, str] | None, by: User, now: datetime, **columns: Any
) -> Evidence:
    """Add a piece for one criterion of a submitted assessment, whatever let that happen.

    ``sent`` is a file's bytes and name. Raises ``BadFile`` with the reason it is not taken.
    """
    _need_transaction("hand_in_evidence")
    version = store(upload=None, stream=sent[0], name=sent[1], by_id=by.pk, now=now) if sent else None
    piece = Evidence.objects.create(self_assessment=row, file=version, added_by=by, added_at=now, **columns)
    EvidenceLinkRow.objects.create(evidence=piece, criterion=criterion, added_by=by, added_at=now)
    return piece


def link_evidence(piece: Evidence, criterion: str, *, by: User, now: datetime) -> None:
    """Let a piece support this criterion too; again changes nothing."""
    _need_transaction("link_evidence")
    EvidenceLinkRow.objects.get_or_create(
        evidence=piece, criterion=criterion, removed_at=None, defaults={"added_by": by, "added_at": now}
    )


def judge_evidence(piece: Evidence, *, accepted: bool) -> None:
    """Keep whether an assessor accepts a piece."""
    _need_transaction("judge_evidence")
    piece.accepted = accepted
    piece.save(update_fields=["accepted"])


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


def tell(folder: MaturityFolder, users: Sequence[User], verb: Verb) -> None:
    """Send a notice about the assessment to these people, but for the one who acts."""
    instrument = folder.instrument.title
    notify(
        users=[user for user in users if user.pk != folder.user.pk],
        verb=verb,
        params={
            "reference": folder.row.reference,
            "title": {"en": instrument.en, "zh": instrument.zh},
            "person": {"en": folder.user.name, "zh": folder.user.name_zh or folder.user.name},
        },
        link=f"/maturity/{folder.row.pk}/",
        at=folder.now,
        subject=f"self_assessment:{folder.row.pk}",
    )
