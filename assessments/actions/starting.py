"""An enterprise begins an assessment, and says what it is about; what stood in an earlier one is taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Length

from assessments.domain.claims import Policy
from assessments.domain.enterprises import Size
from assessments.domain.maturity_gaps import EDIT, MaturityGap, MaturityGapCode, MaturityRefused
from assessments.domain.staged import StagedInstrument
from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, InstrumentVersion, SelfAssessment
from assessments.queries import load_any
from assessments.queries.maturity import day_of, one_round
from assessments.queries.snapshots import criteria_of, standing_claim, standing_evidence
from assessments.steps import guard, lock_self_assessment, note, open_assessment, touch
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import has_role

Code = MaturityGapCode


@dataclass(frozen=True)
class Outline:
    """What an assessment is about; ``target`` is the tier aimed at, ``size`` one of ``Size``."""

    legal_entity: str
    scope: str
    size: Size
    target: int
    entity_code: str = ""
    sector: str = ""
    adviser: str = ""
    dcmm_policy: Policy = Policy.CERTIFICATE_OR_FINDING


@transaction.atomic(durable=True)
def start_self_assessment(
    organisation: Organisation,
    instrument: InstrumentVersion,
    outline: Outline,
    *,
    follows: SelfAssessment | None = None,
    actor: User,
    now: datetime,
) -> SelfAssessment:
    """Begin an assessment of ``organisation``, pinned to this version of the instrument; ``actor`` leads it.

    What stands in ``follows``, an earlier one, is taken over. Raises ``MaturityRefused``.
    """
    if not has_role(actor, MemberRole.ENTERPRISE, organisation.pk, day_of(now)):
        raise MaturityRefused(MaturityGap(Code.WRONG_ROLE))
    staged = _staged(instrument, outline.target)
    _check_predecessor(follows, organisation, instrument)
    row = SelfAssessment.objects.create(
        assessment=open_assessment(instrument_version=instrument, now=now),
        organisation=organisation,
        reference=_next_reference(day_of(now).year),
        lead=actor,
        follows=follows,
        **{"created_at": now, "changed_at": now, **_columns(outline)},
    )
    taken = _take_over(follows, row, staged, actor, now) if follows else {}
    facts = {"instrument": instrument.pk, "target": outline.target, "follows": row.follows_id}
    note(row, "self_assessment.start", actor=actor, now=now, **facts, **taken)
    return row


@transaction.atomic(durable=True)
def edit_self_assessment(self_assessment_id: int, outline: Outline, *, actor: User, now: datetime) -> SelfAssessment:
    """Change what the assessment is about or the tier aimed at while it is open. Raises ``MaturityRefused``."""
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(EDIT, folder)
    _check_target(folder.instrument, outline.target)
    columns = _columns(outline)
    changed = {name: value for name, value in columns.items() if getattr(folder.row, name) != value}
    if changed:
        touch(folder.row, now=now, **changed)
        note(folder.row, EDIT.verb, actor=actor, now=now, fields=sorted(changed), target=outline.target)
    return folder.row


def _columns(outline: Outline) -> dict[str, Any]:
    return {
        "legal_entity": outline.legal_entity.strip(),
        "entity_code": outline.entity_code.strip().upper(),
        "scope": outline.scope.strip(),
        "sector": outline.sector.strip(),
        "size": outline.size.value,
        "target": outline.target,
        "adviser": outline.adviser.strip(),
        "dcmm_policy": outline.dcmm_policy.value,
    }


def _staged(version: InstrumentVersion, target: int) -> StagedInstrument:
    """The instrument, once it is one that an enterprise can fill up to this tier. Raises ``MaturityRefused``."""
    staged = load_any(version)
    if not isinstance(staged, StagedInstrument):
        raise MaturityRefused(MaturityGap(Code.INSTRUMENT_UNSUITABLE))
    _check_target(staged, target)
    return staged


def _check_target(instrument: StagedInstrument, target: int) -> None:
    if not 1 <= target <= instrument.highest:
        raise MaturityRefused(MaturityGap(Code.TARGET_UNKNOWN, str(target)))


def _check_predecessor(follows: SelfAssessment | None, organisation: Organisation, new: InstrumentVersion) -> None:
    if follows is None:
        return
    older = follows.assessment.instrument_version
    if follows.organisation_id != organisation.pk or older.slug != new.slug:
        raise MaturityRefused(MaturityGap(Code.PREDECESSOR_UNSUITABLE))


def _next_reference(year: int) -> str:
    """The next free number of the year; two who begin at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"self_assessment.reference:{year}"])
    begins = f"MA-{year}-"
    rows = SelfAssessment.objects.filter(reference__startswith=begins)
    last = rows.order_by(Length("reference").desc(), "-reference").values_list("reference", flat=True).first()
    return f"{begins}{int(last.removeprefix(begins)) + 1 if last else 1:04d}"


def _take_over(
    old: SelfAssessment, new: SelfAssessment, instrument: StagedInstrument, actor: User, now: datetime
) -> dict[str, int]:
    """Copy standing answers that the new version still asks for, evidence with its links, and the claim."""
    answers = [
        answer
        for answer in one_round(old.assessment_id).values()
        if instrument.knows(answer.item)
        and (instrument.takes_na(answer.item) if answer.not_applicable else answer.step in instrument.steps)
    ]
    Answer.objects.bulk_create(
        Answer(
            assessment=new.assessment,
            item=answer.item,
            step=answer.step,
            not_applicable=answer.not_applicable,
            reason=answer.reason,
            by=actor,
            at=now,
        )
        for answer in answers
    )
    pieces = [piece for piece in standing_evidence(old.pk) if _is_known(piece, instrument)]
    _copy_evidence(pieces, new, instrument, actor, now)
    claim = standing_claim(old.pk)
    if claim is not None and instrument.dcmm is not None:
        _copy_claim(claim, new, actor, now)
    return {"answers": len(answers), "evidence": len(pieces)}


def _is_known(piece: Evidence, instrument: StagedInstrument) -> bool:
    return instrument.evidence is None or piece.kind in instrument.evidence.kind_by_key


def _copy_evidence(
    pieces: Sequence[Evidence], new: SelfAssessment, instrument: StagedInstrument, actor: User, now: datetime
) -> None:
    copies = Evidence.objects.bulk_create(
        Evidence(
            self_assessment=new,
            kind=piece.kind,
            title=piece.title,
            dated=piece.dated,
            periods=piece.periods,
            file=piece.file,
            reference=piece.reference,
            confidential=piece.confidential,
            added_by=actor,
            added_at=now,
        )
        for piece in pieces
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=copy, criterion=criterion, added_by=actor, added_at=now)
        for piece, copy in zip(pieces, copies, strict=True)
        for criterion in criteria_of(piece)
        if criterion in instrument.criteria
    )


def _copy_claim(claim: DcmmClaim, new: SelfAssessment, actor: User, now: datetime) -> None:
    names = ("source", "level", "edition", "party", "legal_entity", "certificate", "body", "issued", "expires")
    kept = {name: getattr(claim, name) for name in (*names, "reason", "file")}
    DcmmClaim.objects.create(self_assessment=new, by=actor, at=now, **kept)
