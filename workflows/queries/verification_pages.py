"""What pages of verifications show beyond the folder: people who could have a part, the public's single rows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from workflows.domain.verification_states import VState
from workflows.models import Certificate, CertificateEvent, Verification, VerificationReport
from workflows.queries.verifications import VerificationFolder, full, workload

_NOTICED = (VState.NOTICE, VState.CERTIFIED, VState.REFUSED)


@dataclass(frozen=True)
class Candidate:
    """An assessor of the body and what bars that person: ``load`` is on how many teams of open verifications.

    ``was_on_team`` and ``was_on_panel`` are places that ended.
    """

    user: User
    load: int
    recused: bool
    inside: bool
    adviser: bool
    on_team: bool
    leads: bool
    was_on_team: bool
    reviews: bool
    on_panel: bool
    was_on_panel: bool

    @property
    def barred(self) -> bool:
        """Whether no part may be given to the person at all."""
        return self.recused or self.inside or self.adviser

    @property
    def for_team(self) -> bool:
        """Whether the person may be put on the team."""
        return not (self.barred or self.on_team or self.reviews or self.on_panel or self.was_on_panel)

    @property
    def for_review(self) -> bool:
        """Whether the person may review compliance."""
        other = self.on_team or self.was_on_team or self.on_panel or self.was_on_panel
        return not (self.barred or other or self.reviews)

    @property
    def for_panel(self) -> bool:
        """Whether the person may be seated on the panel."""
        return not (self.barred or self.on_team or self.was_on_team or self.reviews or self.on_panel)


def candidates(folder: VerificationFolder) -> list[Candidate]:
    """Today's assessors of the body, those on the team first, then the least busy; four queries at most."""
    verification, busy = folder.verification, workload(folder.verification.host_id)
    conflicted, advisers = set(folder.conflicted(folder.assessors)), set(folder.advisers(folder.assessors))
    team = {place.user_id: place.lead for place in folder.team}
    panel = {seat.user_id for seat in folder.panel}
    ever_team, ever_panel = {p.user_id for p in folder.places}, {s.user_id for s in folder.seats}
    found = [
        Candidate(
            user=user,
            load=busy.get(user.pk, 0),
            recused=user.pk in folder.recused,
            inside=user.pk in conflicted - folder.recused,
            adviser=user.pk in advisers,
            on_team=user.pk in team,
            leads=team.get(user.pk, False),
            was_on_team=user.pk in ever_team - team.keys(),
            reviews=user.pk == verification.reviewer_id,
            on_panel=user.pk in panel,
            was_on_panel=user.pk in ever_panel - panel,
        )
        for user in User.objects.filter(pk__in=folder.assessors)
    ]
    return sorted(found, key=lambda one: (not one.on_team, one.barred, one.load, one.user.pk))


def certificate_by_number(number: str) -> Certificate | None:
    """The certificate of that number, whatever became of it, with its events and signed documents; three queries."""
    reports = VerificationReport.objects.filter(document__isnull=False).select_related("document")
    rows = Certificate.objects.select_related(
        "host", "verification__self_assessment__assessment__instrument_version"
    ).defer("host__logo", "verification__self_assessment__assessment__instrument_version__content")
    events = CertificateEvent.objects.order_by("-at", "-pk")
    return (
        rows.filter(number=number)
        .prefetch_related(Prefetch("events", events), Prefetch("verification__reports", reports))
        .first()
    )


def codes_of(certificates: list[Certificate], kind: str) -> dict[int, list[tuple[str, str]]]:
    """Language and code of the signed documents of that kind, by the certificate's verification; one query."""
    rows = VerificationReport.objects.filter(
        verification__in=[row.verification_id for row in certificates], kind=kind, document__isnull=False
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for verification, language, code in rows.order_by("language").values_list(
        "verification", "language", "document__code"
    ):
        found.setdefault(verification, []).append((language, code))
    return found


def noticed(reference: str) -> Verification | None:
    """The verification whose recommendation is, or was, under public notice."""
    states = [state.value for state in _NOTICED]
    rows = full(Verification.objects.filter(reference=reference, state__in=states, notice_from__isnull=False))
    return rows.select_related("certificate").first()


# What everybody with a part may know: that the procedure goes on, not who rates what.
TOLD = frozenset(
    {
        "verification.request",
        "verification.accept",
        "verification.return",
        "verification.withdraw",
        "onsite.begin",
        "findings.release",
        "finding.answer",
        "correction.close",
        "correction.end",
        "verification.recommend",
        "compliance.pass",
        "compliance.reject",
        "panel.open",
        "panel.close",
        "objection.file",
        "objection.settle",
        "verification.reopen",
        "verification.decide",
    }
)
# What the body's people may know besides.
TOLD_INSIDE = TOLD | {
    "team.assign",
    "team.end",
    "recusal.declare",
    "recusal.record",
    "reviewer.name",
    "panel.seat",
    "panel.unseat",
}


@dataclass(frozen=True)
class Milestone:
    """One event of the procedure; ``actor`` is None for the clock and for the public."""

    at: datetime
    verb: str
    actor: User | None


def milestones(folder: VerificationFolder, *, inside: bool, limit: int = 40) -> list[Milestone]:
    """The newest events first; two queries."""
    events = AuditEvent.objects.filter(
        subject=f"verification:{folder.verification.pk}", verb__in=TOLD_INSIDE if inside else TOLD
    )
    rows = list(events.order_by("-pk")[:limit])
    people = User.objects.in_bulk({row.actor for row in rows if row.actor})
    return [Milestone(row.at, row.verb, people.get(row.actor) if row.actor else None) for row in rows]


def window_closed_at(verification_id: int) -> datetime | None:
    """The moment the correction window was closed, by the enterprise, the team or the clock; one query."""
    events = AuditEvent.objects.filter(
        subject=f"verification:{verification_id}", verb__in=["correction.close", "correction.end"]
    )
    return events.order_by("-pk").values_list("at", flat=True).first()
