"""One certificate as one person stands to it, what happened to it, and what its tier would be today."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from assessments.domain.claims import Claim, ClaimSource, Party, Policy, Proof, proof
from assessments.domain.scorefile import compute, read_request
from assessments.domain.staged import StagedInstrument
from ethicsreview.accounts.models import User
from workflows.domain.certificate_table import CertificateFacts, CertificateStep, certificate_gaps
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap
from workflows.domain.scheme import Scheme
from workflows.domain.verification_states import CertificateState
from workflows.domain.warnings import LOOK_AHEAD, LookWarned, due_look_warnings
from workflows.models import Certificate, CertificateEvent, DcmmRenewal, LookReminder
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import schemes

LIVE = [CertificateState.VALID.value, CertificateState.SUSPENDED.value]


class CertificateFolder:
    """A certificate, its verification as the person stands to it, and its events."""

    def __init__(self, certificate: Certificate, folder: VerificationFolder) -> None:
        self.certificate = certificate
        self.folder = folder

    @property
    def user(self) -> User:
        """Who acts or reads."""
        return self.folder.user

    @property
    def now(self) -> datetime:
        """The moment it is seen at."""
        return self.folder.now

    @property
    def scheme(self) -> Scheme:
        """The scheme it was issued under."""
        return self.folder.scheme

    @property
    def day(self) -> date:
        """Today where the scheme holds."""
        return self.folder.day

    @cached_property
    def events(self) -> list[CertificateEvent]:
        """What happened to it, the first first."""
        return list(self.certificate.events.select_related("by").order_by("pk"))

    @cached_property
    def renewals(self) -> list[DcmmRenewal]:
        """DCMM certificates handed in since, the first first."""
        return list(self.certificate.dcmm_renewals.select_related("by", "judged_by", "file").order_by("pk"))

    @property
    def waiting(self) -> DcmmRenewal | None:
        """The one that is to be judged."""
        return next((row for row in self.renewals if row.accepted is None), None)

    @property
    def look_warnings(self) -> tuple[LookWarned, ...]:
        """What should have been said of the next yearly look, the last being how it stands; empty: nothing yet."""
        return look_warnings(self.certificate, self.day)

    @property
    def has_lapsed(self) -> bool:
        """Whether the DCMM certificate ran out longer ago than the scheme lets it be renewed."""
        expires = self.certificate.dcmm_expires
        return expires is not None and (self.day - expires).days > self.scheme.lapse_days.value

    def tier_with(self, level: int) -> int:
        """The tier the verified ratings come to with that DCMM level proved; never above the certificate's own."""
        verified = self.folder.verification.verified
        return (
            min(recomputed(verified.inputs, self.folder.instrument, level), self.certificate.tier) if verified else 0
        )

    def gaps(self, step: CertificateStep) -> tuple[Gap, ...]:
        """What keeps this person from that step now; empty means go."""
        return certificate_gaps(step, self.facts)

    @cached_property
    def facts(self) -> CertificateFacts:
        """Everything the table needs."""
        return CertificateFacts(
            state=CertificateState(self.certificate.state),
            roles=self.folder.roles,
            day=self.day,
            expires_on=self.certificate.expires_on,
            waiting=self.waiting is not None,
        )

    def proof_of(self, renewal: DcmmRenewal) -> Proof:
        """What a DCMM certificate that was handed in proves today."""
        gate = self.folder.instrument.dcmm
        if gate is None:
            return Proof(0)
        return proof(
            claim_of_renewal(renewal),
            gate,
            legal_entity=self.certificate.legal_entity,
            day=self.day,
            policy=Policy.CERTIFICATE_ONLY,
            verified=True,
        )


def look_warnings(certificate: Certificate, day: date) -> tuple[LookWarned, ...]:
    """What should have been said by ``day`` of the certificate's next yearly look; nothing of one that ended."""
    due = certificate.surveillance_due
    if due is None or certificate.state not in LIVE or day > certificate.expires_on:
        return ()
    return due_look_warnings((due - day).days)


def awaiting_look(day: date, certificate: str = "") -> Q:
    """Whose yearly look is near or overdue on ``day``; ``certificate`` is the path to it, with its underscores."""
    asked = {"state__in": LIVE, "expires_on__gte": day, "surveillance_due__lte": day + timedelta(days=LOOK_AHEAD)}
    return Q(**{f"{certificate}{field}": value for field, value in asked.items()})


def unwarned_looks(now: datetime) -> list[int]:
    """Ids of certificates of whose yearly look a warning is due that was not given yet; three queries."""
    days = {edition.pk: local_day(now, load_scheme(edition).time_zone) for edition in schemes()}
    found = Q(pk__in=[])
    for scheme, day in days.items():
        found |= Q(verification__scheme=scheme) & awaiting_look(day)
    rows = Certificate.objects.filter(found).select_related("verification")
    told = LookReminder.objects.filter(certificate__in=rows.values("pk"))
    given = set(told.values_list("certificate_id", "kind", "due"))
    standing = [(row, look_warnings(row, days[row.verification.scheme_id])) for row in rows.order_by("pk")]
    return [row.pk for row, due in standing if due and (row.pk, due[-1].value, row.surveillance_due) not in given]


def claim_of_renewal(renewal: DcmmRenewal) -> Claim:
    """A renewal as the rules see it."""
    return Claim(
        source=ClaimSource.CERTIFICATE,
        level=renewal.level,
        edition=renewal.edition,
        party=Party(renewal.party),
        legal_entity=renewal.legal_entity,
        issued=renewal.issued,
        expires=renewal.expires,
    )


def recomputed(inputs: Mapping[str, Any], instrument: StagedInstrument, level: int) -> int:
    """The tier of these inputs with a proved DCMM level in the place of what was claimed."""
    found = compute(read_request({**inputs, "dcmm": {"level": level}}, lambda _slug, _version: instrument))
    tier: int = found["tier"] or 0
    return tier
