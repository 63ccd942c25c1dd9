"""What several actions on certificates share; needs their open transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from assessments.domain.claims import same_entity
from assessments.models import SelfAssessment
from ethicsreview.accounts.models import User
from workflows.domain.certificate_table import CertificateFacts, CertificateStep, certificate_gaps
from workflows.domain.gapcodes import Refused
from workflows.domain.verification_states import CertificateState, CertificateVerb
from workflows.models import Certificate, CertificateEvent, Verification
from workflows.queries.certificates import LIVE, CertificateFolder
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import full
from workflows.steps.verifications import log_certificate


def lock_certificate(certificate_id: int, *, actor: User | None, now: datetime) -> CertificateFolder:
    """The certificate's row, held until the transaction ends, as ``actor`` stands to it; before the audit chain."""
    row = Certificate.objects.select_for_update().get(pk=certificate_id)
    verification = full(Verification.objects.all()).get(pk=row.verification_id)
    return CertificateFolder(row, VerificationFolder(verification, user=actor or User(), now=now))


def guard_certificate(step: CertificateStep, held: CertificateFolder, **given: Any) -> CertificateFacts:
    """The facts, with what the request itself gives put in. Raises ``Refused`` naming every gap."""
    facts = replace(held.facts, **given)
    found = certificate_gaps(step, facts)
    if found:
        raise Refused(found)
    return facts


def happen(
    held: CertificateFolder,
    verb: CertificateVerb,
    *,
    state: CertificateState | None = None,
    tier: int | None = None,
    reasons: str = "",
    **fields: Any,
) -> CertificateEvent:
    """Add what happened, and let state and fields follow from it."""
    row = held.certificate
    if state is not None:
        row.state = state.value
    row.changed_at = held.now
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "changed_at", *fields])
    by = held.user if held.user.pk else None
    return CertificateEvent.objects.create(
        certificate=row, verb=verb.value, tier=tier, reasons=reasons, by=by, at=held.now
    )


def replace_earlier(certificate: Certificate, *, actor: User, now: datetime) -> list[Certificate]:
    """The certificates that this one renews are replaced: those of the assessments its own was begun from."""
    chain, row = [], certificate.verification.self_assessment
    while row.follows_id is not None and row.follows_id not in chain:
        chain.append(row.follows_id)
        row = SelfAssessment.objects.only("pk", "follows_id").get(pk=row.follows_id)
    earlier = Certificate.objects.select_for_update().filter(
        verification__self_assessment__in=chain, organisation=certificate.organisation_id, state__in=LIVE
    )
    replaced = [one for one in earlier.order_by("pk") if same_entity(one.legal_entity, certificate.legal_entity)]
    for one in replaced:
        one.state, one.changed_at = CertificateState.REPLACED.value, now
        one.save(update_fields=["state", "changed_at"])
        CertificateEvent.objects.create(certificate=one, verb=CertificateVerb.REPLACED.value, by=actor, at=now)
        log_certificate(one, "certificate.replace", actor=actor, now=now, successor=certificate.pk)
    return replaced
