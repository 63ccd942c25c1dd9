"""What the team does before and after the visit: rates in its own round, judges evidence and claim, recommends."""

from copy import copy
from datetime import datetime

from django.db import transaction

from assessments.domain.claims import ClaimSource, Policy
from assessments.models import Answer, DcmmClaim, Evidence, SelfAssessment
from assessments.queries.snapshots import criteria_of
from assessments.steps import judge_evidence as keep_judgement
from assessments.steps import put_answer, take_snapshot
from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_table import (
    COUNTERSIGN_DCMM,
    DECIDE_NA,
    FIND_DCMM,
    JUDGE_CLAIM,
    JUDGE_EVIDENCE,
    RATE,
    RECOMMEND,
)
from workflows.models import DcmmFinding, NaDecision, Verification
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verification_rounds import is_accepted
from workflows.steps.verifications import coordinators, guard, lock_verification, log, move, tell


def _put(folder: VerificationFolder, key: str, *, step: str | None, aside: bool, reason: str) -> Answer | None:
    """Add an answer to the team's round; what a recused person answered is no answer to repeat."""
    own_round = folder.verification.round
    if own_round is None:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.state.value),))
    return put_answer(
        assessment=own_round,
        current=folder.round.counting.get(key),
        item=key,
        step=step,
        not_applicable=aside,
        reason=reason,
        by=folder.user,
        now=folder.now,
    )


@transaction.atomic(durable=True)
def rate_criterion(
    verification_id: int,
    criterion: str,
    *,
    step: str | None,
    note: str,
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Answer | None:
    """An assessor rates a criterion in the team's round; None clears it. Never touches the enterprise's ratings.

    ``seen`` is the id of the answer the page showed, 0 for none: another one meanwhile is refused as STALE; None
    does not ask. While recommending only criteria with findings, and with a note (all once it was sent back).
    Raises ``BadAnswer`` for an unknown step.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    known = criterion in folder.instrument.criteria
    guard(RATE, folder, criterion=criterion, criterion_known=known, note=bool(note.strip()))
    current = folder.round.answers.get(criterion)
    repeated = current is not None and (current.step, current.reason) == (step or "", note.strip())
    if seen is not None and seen != (current.pk if current else 0) and not repeated:
        raise Refused((Gap(GapCode.STALE, criterion),))
    answer = _put(folder, criterion, step=step, aside=False, reason=note)
    if answer is not None and answer != current:
        move(folder, None)
        log(folder, RATE.verb, criterion=criterion, answer=answer.pk)
    return answer


@transaction.atomic(durable=True)
def judge_evidence(verification_id: int, evidence_id: int, *, accepted: bool, actor: User, now: datetime) -> Evidence:
    """An assessor accepts or rejects a piece of evidence; only accepted ones count for the team's ratings.

    While recommending only new pieces and those of criteria with findings (all once it was sent back). Raises
    ``Evidence.DoesNotExist`` for a piece of another assessment.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    piece = next((one for one in folder.round.evidence if one.pk == evidence_id), None)
    if piece is None:
        raise Evidence.DoesNotExist(evidence_id)
    guard(JUDGE_EVIDENCE, folder, criterion=_foreign(folder, piece))
    if piece.accepted is accepted:
        return piece
    keep_judgement(piece, accepted=accepted)
    move(folder, None)
    log(folder, JUDGE_EVIDENCE.verb, evidence=piece.pk, accepted=accepted)
    return piece


def _foreign(folder: VerificationFolder, piece: Evidence) -> str | None:
    """The criterion that keeps a judged piece as it is once findings are out; None where one may judge anew."""
    supported = criteria_of(piece)
    open_to = folder.facts.with_findings
    free = piece.accepted is None or not supported or any(key in open_to for key in supported)
    return None if free else supported[0]


@transaction.atomic(durable=True)
def decide_na(
    verification_id: int, item: str, *, approved: bool, reason: str, actor: User, now: datetime
) -> NaDecision:
    """The leading assessor decides whether an item the enterprise set aside stays aside; if not, it is rated."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    known = item in folder.round.claimed_aside
    guard(DECIDE_NA, folder, criterion=item, criterion_known=known, reasons=bool(reason.strip()))
    decision, _new = NaDecision.objects.update_or_create(
        verification=folder.verification,
        item=item,
        defaults={"approved": approved, "reason": reason.strip(), "by": actor, "at": now},
    )
    why = folder.round.claimed_aside[item] if approved else ""
    _put(folder, item, step=None, aside=approved, reason=why)
    move(folder, None)
    log(folder, DECIDE_NA.verb, item=item, approved=approved)
    return decision


@transaction.atomic(durable=True)
def judge_claim(verification_id: int, *, accepted: bool, reasons: str, actor: User, now: datetime) -> Verification:
    """The leading assessor accepts or rejects the DCMM certificate that was claimed, with a word why."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(JUDGE_CLAIM, folder, reasons=bool(reasons.strip()))
    if not folder.round.claims_certificate:
        raise Refused((Gap(GapCode.DCMM_NOT_COUNTING),))
    move(folder, None, dcmm_accepted=accepted, dcmm_note=reasons.strip())
    log(folder, JUDGE_CLAIM.verb, accepted=accepted)
    return folder.verification


@transaction.atomic(durable=True)
def find_dcmm(verification_id: int, *, level: int, grounds: str, actor: User, now: datetime) -> DcmmFinding:
    """The leading assessor finds that data management matches a DCMM level, 0 for none; counts once countersigned.

    A new finding takes the place of an earlier one.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    gate = folder.instrument.dcmm
    known = gate is not None and 0 <= level <= len(gate.levels)
    guard(FIND_DCMM, folder, level_known=known, reasons=bool(grounds.strip()))
    if folder.scheme.dcmm_policy.value is not Policy.CERTIFICATE_OR_FINDING:
        raise Refused((Gap(GapCode.DCMM_NOT_COUNTING),))
    finding = DcmmFinding.objects.create(
        verification=folder.verification, level=level, grounds=grounds.strip(), by=actor, at=now
    )
    move(folder, None)
    log(folder, FIND_DCMM.verb, finding=finding.pk, level=level)
    return finding


@transaction.atomic(durable=True)
def countersign_dcmm(verification_id: int, *, actor: User, now: datetime) -> DcmmFinding:
    """Another assessor of the team signs the newest DCMM finding."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    finding = folder.round.dcmm_finding
    guard(COUNTERSIGN_DCMM, folder, own_signature=finding is not None and finding.by_id == actor.pk)
    if finding is None:
        raise Refused((Gap(GapCode.DCMM_FINDING_MISSING),))
    finding.countersigned_by, finding.countersigned_at = actor, now
    finding.save(update_fields=["countersigned_by", "countersigned_at"])
    move(folder, None)
    log(folder, COUNTERSIGN_DCMM.verb, finding=finding.pk, level=finding.level)
    return finding


@transaction.atomic(durable=True)
def recommend_tier(verification_id: int, *, grounds: str, actor: User, now: datetime) -> Verification:
    """The leading assessor recommends the tier that the team's ratings come to; it is computed, never typed.

    A snapshot of the verified inputs and the result is taken; the enterprise may see it from now on.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(RECOMMEND, folder, reasons=bool(grounds.strip()))
    row = folder.verification
    if row.round is None or row.self_assessment.reference_date is None:
        raise Refused((Gap(GapCode.NOT_SUBMITTED),))
    snapshot = take_snapshot(
        self_assessment=_as_the_scheme_rules(folder),
        assessment=row.round,
        day=row.self_assessment.reference_date,
        claim=_claim_that_counts(folder),
        evidence_counts=is_accepted,
        evidence_dated=folder.round.dated,
        by=actor,
        now=now,
    )
    fields = {"recommendation": grounds.strip(), "recommended_by": actor, "recommended_at": now}
    change = move(folder, RECOMMEND.target, verified=snapshot, recommended_tier=snapshot.tier, **fields)
    log(folder, RECOMMEND.verb, **change, snapshot=snapshot.pk, digest=snapshot.digest, tier=snapshot.tier)
    reviewer = [row.reviewer] if row.reviewer else []
    tell(folder, [*reviewer, *coordinators(folder)], Verb.TIER_RECOMMENDED)
    return row


def _as_the_scheme_rules(folder: VerificationFolder) -> SelfAssessment:
    """The self-assessment with the scheme's say on what proves a DCMM level; not to be saved."""
    ruled = copy(folder.verification.self_assessment)
    ruled.dcmm_policy = folder.scheme.dcmm_policy.value.value
    return ruled


def _claim_that_counts(folder: VerificationFolder) -> DcmmClaim | None:
    """The accepted certificate, or the countersigned finding entered as a claim where that proves more."""
    found = folder.round
    finding = found.dcmm_finding
    if found.proved_by is ClaimSource.FINDING and finding is not None:
        if finding.claim is None:
            finding.claim = DcmmClaim.objects.create(
                self_assessment=folder.verification.self_assessment,
                source=ClaimSource.FINDING.value,
                level=finding.level,
                reason=finding.grounds,
                by=finding.by,
                at=folder.now,
            )
            finding.save(update_fields=["claim"])
        return finding.claim
    accepted = found.claims_certificate and folder.verification.dcmm_accepted
    return found.claim if accepted else None
