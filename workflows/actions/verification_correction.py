"""The correction window: the enterprise answers findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO

from django.db import transaction

from assessments.models import Evidence
from assessments.steps import hand_in_evidence, link_evidence
from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import VRole, VState
from workflows.domain.verification_table import ANSWER_FINDING, CLOSE_CORRECTION, END_CORRECTION
from workflows.models import Finding, Verification
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import WARNED_BEFORE
from workflows.steps.verifications import enterprise_people, guard, lock_verification, log, move, team_people, tell


@dataclass(frozen=True)
class NewEvidence:
    """A piece of evidence handed in with an answer; ``stream`` with its ``name`` or ``reference`` is given."""

    kind: str
    title: str
    dated: date | None = None
    periods: int = 0
    reference: str = ""
    confidential: bool = False
    stream: BinaryIO | None = None
    name: str = ""


@transaction.atomic(durable=True)
def answer_finding(
    verification_id: int,
    finding_id: int,
    *,
    text: str,
    evidence: Sequence[NewEvidence] = (),
    linked: Sequence[int] = (),
    actor: User,
    now: datetime,
) -> Finding:
    """Anybody of the enterprise answers one finding, as often as needed until the window's last day.

    ``evidence`` is handed in for the finding's criterion; ``linked`` are ids of pieces of this assessment that are to
    support it too. Raises ``BadFile`` for a file that is not taken.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(ANSWER_FINDING, folder, reasons=bool(text.strip()))
    finding = Finding.objects.get(pk=finding_id, verification=folder.verification)
    _check_evidence(folder, evidence)
    pieces = [piece for piece in folder.round.evidence if piece.pk in set(linked)]
    added = [_hand_in(folder, finding.criterion, one) for one in evidence]
    for piece in pieces:
        link_evidence(piece, finding.criterion, by=actor, now=now)
    finding.answer, finding.answered_by, finding.answered_at = text.strip(), actor, now
    finding.save(update_fields=["answer", "answered_by", "answered_at"])
    move(folder, None)
    facts = {"finding": finding.number, "evidence": [piece.pk for piece in added]}
    log(folder, ANSWER_FINDING.verb, **facts, linked=[piece.pk for piece in pieces])
    return finding


def _check_evidence(folder: VerificationFolder, evidence: Sequence[NewEvidence]) -> None:
    """Each piece has a title, one of the instrument's kinds, and a file or a reference."""
    rules = folder.instrument.evidence
    for one in evidence:
        known = rules is None or one.kind in rules.kind_by_key
        if not (known and one.title.strip() and (one.stream is not None or one.reference.strip())):
            raise Refused((Gap(GapCode.EVIDENCE_INCOMPLETE, one.title.strip()),))


def _hand_in(folder: VerificationFolder, criterion: str, one: NewEvidence) -> Evidence:
    return hand_in_evidence(
        folder.verification.self_assessment,
        criterion,
        sent=(one.stream, one.name) if one.stream is not None else None,
        by=folder.user,
        now=folder.now,
        kind=one.kind,
        title=one.title.strip(),
        dated=one.dated,
        periods=one.periods,
        reference=one.reference.strip(),
        confidential=one.confidential,
    )


@transaction.atomic(durable=True)
def close_correction(verification_id: int, *, actor: User, now: datetime) -> Verification:
    """The lead of the self-assessment is done before the last day, or the leading assessor ends the lapsed window."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    transition = END_CORRECTION if VRole.LEAD_ASSESSOR in folder.roles else CLOSE_CORRECTION
    guard(transition, folder)
    change = move(folder, transition.target)
    log(folder, transition.verb, **change)
    tell(folder, team_people(folder), Verb.CORRECTION_CLOSED)
    return folder.verification


@transaction.atomic(durable=True)
def lapse_correction(verification_id: int, *, actor: User | None, now: datetime) -> Verification | None:
    """The clock ends a window whose last day has passed; None where there is none."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    until = folder.verification.correction_until
    if folder.state is not VState.CORRECTION or until is None or folder.day <= until:
        return None
    change = move(folder, VState.RECOMMENDING)
    log(folder, END_CORRECTION.verb, **change)
    tell(folder, [*team_people(folder), *enterprise_people(folder)], Verb.CORRECTION_CLOSED)
    return folder.verification


@transaction.atomic(durable=True)
def warn_of_correction(verification_id: int, *, actor: User | None, now: datetime) -> Verification | None:
    """The clock tells the enterprise, once, that the window ends within a week; None when it was told."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    row, until = folder.verification, folder.verification.correction_until
    if folder.state is not VState.CORRECTION or until is None or row.correction_warned == until:
        return None
    if not timedelta() <= until - folder.day <= timedelta(days=WARNED_BEFORE):
        return None
    row.correction_warned = until
    row.save(update_fields=["correction_warned"])
    log(folder, "correction.warn", until=until.isoformat())
    tell(folder, enterprise_people(folder), Verb.CORRECTION_LAPSES, date=until)
    return row
