"""What happens to a certificate after it was issued. Its tier is never edited; events say what was found to hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from assessments.domain.claims import ClaimSource, Party
from ethicsreview.accounts.models import User
from ethicsreview.files.steps import store
from ethicsreview.notices.domain import Verb
from workflows.domain.certificate_table import HAND_IN_DCMM, JUDGE_DCMM, SURVEIL, WITHDRAW_CERTIFICATE
from workflows.domain.clock import add_months
from workflows.domain.verification_states import CertificateState, CertificateVerb
from workflows.models import Certificate, DcmmRenewal
from workflows.queries.certificates import CertificateFolder
from workflows.steps.certificates import guard_certificate, happen, lock_certificate
from workflows.steps.verifications import coordinators, enterprise_people, log_certificate, tell


@dataclass(frozen=True)
class DcmmText:
    """A DCMM certificate as handed in; ``party`` is a ``Party``; both days are inclusive."""

    level: int
    edition: str
    party: str
    legal_entity: str
    certificate: str
    body: str
    issued: date
    expires: date
    stream: BinaryIO | None = None
    name: str = ""


def _log(held: CertificateFolder, verb: str, **facts: object) -> None:
    actor = held.user if held.user.pk else None
    log_certificate(held.certificate, verb, actor=actor, now=held.now, **facts)


def _tell(held: CertificateFolder, verb: Verb) -> None:
    people = [*enterprise_people(held.folder), *coordinators(held.folder)]
    tell(held.folder, people, verb, number=held.certificate.number)


@transaction.atomic(durable=True)
def record_surveillance(certificate_id: int, *, holds: bool, reasons: str, actor: User, now: datetime) -> Certificate:
    """The coordinator or an assessor of the team records the yearly look: the tier holds, or it is suspended.

    One that was suspended by such a look is reinstated by the next that holds, unless its DCMM certificate lapsed.
    The tier is the certificate's own: surveillance cannot raise it.
    """
    held = lock_certificate(certificate_id, actor=actor, now=now)
    guard_certificate(SURVEIL, held, reasons=bool(reasons.strip()))
    row, why = held.certificate, reasons.strip()
    following = add_months(held.day, held.scheme.surveillance_months.value)
    due = following if following <= row.expires_on else None
    tier = row.tier if holds else None
    happen(held, CertificateVerb.SURVEILLANCE, tier=tier, reasons=why, surveillance_due=due)
    was = row.state
    if not holds and was == CertificateState.VALID.value:
        happen(held, CertificateVerb.SUSPENDED, state=CertificateState.SUSPENDED, reasons=why)
        _tell(held, Verb.CERTIFICATE_SUSPENDED)
    elif holds and was == CertificateState.SUSPENDED.value and _carries(held):
        happen(held, CertificateVerb.REINSTATED, state=CertificateState.VALID, tier=row.tier, reasons=why)
        _tell(held, Verb.CERTIFICATE_REINSTATED)
    _log(held, SURVEIL.verb, was=was, became=row.state, holds=holds)
    return row


def _carries(held: CertificateFolder) -> bool:
    """Whether the DCMM level the certificate rests on today still carries its tier."""
    row = held.certificate
    if row.dcmm_level is None:
        return True
    return not held.has_lapsed and held.tier_with(row.dcmm_level) >= row.tier


@transaction.atomic(durable=True)
def hand_in_dcmm(certificate_id: int, text: DcmmText, *, actor: User, now: datetime) -> DcmmRenewal:
    """Anybody of the enterprise hands in the DCMM certificate that renews the one the tier rests on.

    One at a time, and only one that proves a level today. Raises ``BadFile`` for a file that is not taken.
    """
    held = lock_certificate(certificate_id, actor=actor, now=now)
    renewal = DcmmRenewal(
        certificate=held.certificate,
        level=text.level,
        edition=text.edition.strip(),
        party=Party(text.party).value,
        legal_entity=text.legal_entity.strip(),
        reference=text.certificate.strip(),
        body=text.body.strip(),
        issued=text.issued,
        expires=text.expires,
        by=actor,
        at=now,
    )
    guard_certificate(HAND_IN_DCMM, held, counts=_counts(held, renewal))
    if text.stream is not None:
        renewal.file = store(upload=None, stream=text.stream, name=text.name, by_id=actor.pk, now=now)
    renewal.save()
    _log(held, HAND_IN_DCMM.verb, renewal=renewal.pk, level=renewal.level, expires=renewal.expires.isoformat())
    tell(held.folder, coordinators(held.folder), Verb.DCMM_HANDED_IN, number=held.certificate.number)
    return renewal


def _counts(held: CertificateFolder, renewal: DcmmRenewal) -> bool:
    gate = held.folder.instrument.dcmm
    known = gate is not None and 1 <= renewal.level <= len(gate.levels)
    stated = bool(renewal.legal_entity and renewal.edition and renewal.reference and renewal.issued <= renewal.expires)
    return known and stated and held.proof_of(renewal).level > 0


@transaction.atomic(durable=True)
def judge_dcmm(renewal_id: int, *, accepted: bool, reasons: str, actor: User, now: datetime) -> DcmmRenewal:
    """The coordinator or an assessor of the team takes it or not, with a word why.

    One that is taken is what the tier rests on from now on: the certificate is reinstated where the tier holds with
    its level, and suspended where it does not, with the tier that would hold in the event.
    """
    certificate_id = DcmmRenewal.objects.values_list("certificate_id", flat=True).get(pk=renewal_id)
    held = lock_certificate(certificate_id, actor=actor, now=now)
    renewal = next(row for row in held.renewals if row.pk == renewal_id)
    guard_certificate(
        JUDGE_DCMM,
        held,
        reasons=bool(reasons.strip()),
        waiting=renewal.accepted is None,
        counts=not accepted or _counts(held, renewal),
    )
    renewal.accepted, renewal.reasons = accepted, reasons.strip()
    renewal.judged_by, renewal.judged_at = actor, now
    renewal.save(update_fields=["accepted", "reasons", "judged_by", "judged_at"])
    was = held.certificate.state
    if accepted:
        _take(held, renewal)
    _log(held, JUDGE_DCMM.verb, was=was, became=held.certificate.state, renewal=renewal.pk, accepted=accepted)
    return renewal


def _take(held: CertificateFolder, renewal: DcmmRenewal) -> None:
    row, tier = held.certificate, held.tier_with(renewal.level)
    happen(
        held,
        CertificateVerb.DCMM_RENEWED,
        tier=tier,
        reasons=renewal.reasons,
        dcmm_level=renewal.level,
        dcmm_source=ClaimSource.CERTIFICATE.value,
        dcmm_expires=renewal.expires,
    )
    valid = row.state == CertificateState.VALID.value
    if tier < row.tier and valid:
        happen(held, CertificateVerb.SUSPENDED, state=CertificateState.SUSPENDED, tier=tier)
        _tell(held, Verb.CERTIFICATE_SUSPENDED)
    elif tier >= row.tier and not valid and _last_look_holds(held):
        happen(held, CertificateVerb.REINSTATED, state=CertificateState.VALID, tier=row.tier)
        _tell(held, Verb.CERTIFICATE_REINSTATED)


def _last_look_holds(held: CertificateFolder) -> bool:
    """Whether no yearly look, or the last one, found the tier to hold."""
    last = next((row for row in reversed(held.events) if row.verb == CertificateVerb.SURVEILLANCE.value), None)
    return last is None or last.tier is not None


@transaction.atomic(durable=True)
def suspend_lapsed(certificate_id: int, *, actor: User | None, now: datetime) -> Certificate | None:
    """The clock suspends a certificate whose DCMM certificate lapsed and was not renewed; None where none did.

    The event says what tier is left with no DCMM level proved; the certificate's own stays as it was issued.
    """
    held = lock_certificate(certificate_id, actor=actor, now=now)
    row = held.certificate
    if row.state != CertificateState.VALID.value or held.day > row.expires_on or not held.has_lapsed:
        return None
    tier = held.tier_with(0)
    happen(held, CertificateVerb.SUSPENDED, state=CertificateState.SUSPENDED, tier=tier)
    facts = {"was": CertificateState.VALID.value, "became": row.state, "tier": tier}
    _log(held, "certificate.lapse", **facts)
    _tell(held, Verb.CERTIFICATE_SUSPENDED)
    return row


@transaction.atomic(durable=True)
def withdraw_certificate(certificate_id: int, *, reasons: str, actor: User, now: datetime) -> Certificate:
    """The decider withdraws a certificate for good, with reasons."""
    held = lock_certificate(certificate_id, actor=actor, now=now)
    guard_certificate(WITHDRAW_CERTIFICATE, held, reasons=bool(reasons.strip()))
    was = held.certificate.state
    happen(held, CertificateVerb.WITHDRAWN, state=CertificateState.WITHDRAWN, reasons=reasons.strip())
    _log(held, WITHDRAW_CERTIFICATE.verb, was=was, became=held.certificate.state)
    _tell(held, Verb.CERTIFICATE_WITHDRAWN)
    return held.certificate
