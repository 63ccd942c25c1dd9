"""Verifications and certificates across many: lists, bodies, the public register, what the clock looks for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.domain.states import AssessmentState
from assessments.models import SelfAssessment, Snapshot
from assessments.queries.keysets import mark, read_mark
from assessments.queries.maturity import day_of
from assessments.queries.snapshots import own_snapshot
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Membership, Organisation, User
from workflows.domain.clock import local_day
from workflows.domain.rulebook import RulebookKind
from workflows.domain.verification_requests import RequestFacts
from workflows.domain.verification_states import V_CLOSED, CertificateState, VState
from workflows.models import (
    Certificate,
    PanelSeat,
    RulebookVersion,
    TeamAssessor,
    Verification,
)
from workflows.queries.rulebooks import latest_scheme, load_scheme
from workflows.queries.verification_folders import VerificationFolder, is_adviser
from workflows.queries.verification_rounds import Rated, TeamRound

__all__ = [
    "PAGE",
    "CertificatePage",
    "Filters",
    "Rated",
    "RegisterFilters",
    "TeamRound",
    "VerificationFolder",
    "VerificationPage",
    "bodies",
    "candidates",
    "full",
    "handed_in",
    "lapsed_certificates",
    "lapsed_corrections",
    "notices_running",
    "of_person",
    "page_of",
    "register_page",
    "request_facts",
    "schemes",
    "soon_lapsing_corrections",
    "valid_certificate",
    "verification_page",
    "worked_on",
    "workload",
]

PAGE = 25
_REPEATABLE = [VState.RETURNED.value, VState.WITHDRAWN.value]  # what was handed in may be verified again
WARNED_BEFORE = 7  # days before the last day of a correction window on which the enterprise is warned

_FULL = (
    "self_assessment__organisation",
    "self_assessment__lead",
    "self_assessment__assessment__instrument_version",
    "snapshot",
    "verified",
    "host",
    "scheme",
    "reviewer",
    "recommended_by",
    "decided_by",
    "round",
)
_HEAVY = (
    "scheme__content",
    "self_assessment__assessment__instrument_version__content",
    "self_assessment__organisation__logo",
    "host__logo",
)


def full(rows: QuerySet[Verification]) -> QuerySet[Verification]:
    """With everything a folder refers to, in the same query."""
    return rows.select_related(*_FULL).defer(*_HEAVY)


def of_person(user: User, day: date) -> QuerySet[Verification]:
    """The verifications a person may read, ready for a folder each."""
    return full(Verification.objects.party_to(user, day))


# -- lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty means any. ``text`` is sought in reference and legal entity.

    ``mine``: where the person has a part on the body's side.
    """

    state: str = ""
    text: str = ""
    mine: bool = False
    open: bool = False


@dataclass(frozen=True)
class VerificationPage:
    """Rows newest change first, with the marks of the neighbouring pages, empty at the ends.

    ``counts`` says how many the other filters leave in each state, whatever state is chosen.
    """

    rows: list[Verification]
    newer: str
    older: str
    total: int
    counts: dict[VState, int]


def filtered(user: User, day: date, filters: Filters) -> QuerySet[Verification]:
    """What the person may read and the filters leave, in any state."""
    rows: QuerySet[Verification] = Verification.objects.party_to(user, day)
    if filters.mine:
        rows = worked_on(rows, user.pk)
    if filters.open:
        rows = rows.exclude(state__in=[state.value for state in V_CLOSED])
    if filters.text:
        text = filters.text
        rows = rows.filter(Q(reference__icontains=text) | Q(self_assessment__legal_entity__icontains=text))
    return rows


def worked_on(rows: QuerySet[Verification], user_id: int | None) -> QuerySet[Verification]:
    """Those of ``rows`` in which the person has a part on the body's side."""
    mine = {"verification": OuterRef("pk"), "user": user_id, "ended_at__isnull": True}
    part = Exists(TeamAssessor.objects.filter(**mine)) | Exists(PanelSeat.objects.filter(**mine))
    return rows.filter(Q(part) | Q(reviewer=user_id))


def verification_page(
    user: User, day: date, filters: Filters, *, older: str = "", newer: str = ""
) -> VerificationPage:
    """One page of the verifications the person has a part in; two queries."""
    return page_of(filtered(user, day, filters), filters.state, older=older, newer=newer)


def page_of(rows: QuerySet[Verification], state: str = "", *, older: str = "", newer: str = "") -> VerificationPage:
    """One page; ``older`` and ``newer`` are marks of a page seen before, a foreign mark starts anew. Two queries."""
    found = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    counts = {one: found[one.value] for one in VState if one.value in found}
    if state:
        rows = rows.filter(state=state)
    total = found.get(state, 0) if state else sum(found.values())
    rows = rows.select_related("self_assessment", "host", "scheme", "certificate")
    rows = rows.defer("scheme__content", "host__logo")
    before, after = read_mark(newer), read_mark(older)
    if before:
        later = Q(changed_at__gt=before[0]) | Q(changed_at=before[0], pk__gt=before[1])
        kept = list(rows.filter(later).order_by("changed_at", "pk")[: PAGE + 1])
        more, kept = len(kept) > PAGE, list(reversed(kept[:PAGE]))
        return VerificationPage(kept, _mark(kept[0]) if more else "", _mark(kept[-1]) if kept else "", total, counts)
    if after:
        rows = rows.filter(Q(changed_at__lt=after[0]) | Q(changed_at=after[0], pk__lt=after[1]))
    kept = list(rows.order_by("-changed_at", "-pk")[: PAGE + 1])
    more, kept = len(kept) > PAGE, kept[:PAGE]
    return VerificationPage(
        kept, _mark(kept[0]) if kept and after else "", _mark(kept[-1]) if more else "", total, counts
    )


def _mark(row: Verification) -> str:
    return mark(row.changed_at, row.pk)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


# -- asking for one ----------------------------------------------------------------------------------------------


def handed_in(row: SelfAssessment) -> Snapshot | None:
    """The snapshot the enterprise took; those after it are of verified results, recommended anew or not."""
    return own_snapshot(row.pk)


def request_facts(row: SelfAssessment, *, user: User, now: datetime, host: Organisation | None = None) -> RequestFacts:
    """What ``request_gaps`` asks; without a ``host`` what concerns the body is taken as being in order."""
    day, snapshot = day_of(now), handed_in(row)
    inside = SelfAssessment.objects.visible_to(user, day).filter(pk=row.pk, lead=user.pk)
    open_ones = Verification.objects.filter(snapshot=snapshot).exclude(state__in=_REPEATABLE) if snapshot else None
    return RequestFacts(
        leads=inside.exists(),
        submitted=snapshot is not None and row.assessment.state == AssessmentState.SUBMITTED.value,
        running=open_ones is not None and open_ones.exists(),
        has_scheme=latest_scheme(row.assessment.instrument_version.slug) is not None,
        offered=host is None or bodies(day).filter(pk=host.pk).exists(),
        advised=host is not None and is_adviser(row.adviser, [host.name, host.name_zh]),
    )


# -- bodies and people -------------------------------------------------------------------------------------------


def bodies(day: date) -> QuerySet[Organisation]:
    """Organisations one can ask for a verification: with an assessor and a secretary to take it in."""
    held = Membership.objects.current(day).filter(organisation=OuterRef("pk"), user__is_active=True)
    kinds = [OrganisationKind.REVIEW_BODY.value, OrganisationKind.SERVICE_CENTRE.value]
    return (
        Organisation.objects.filter(kind__in=kinds)
        .filter(Exists(held.filter(role=MemberRole.ASSESSOR.value)))
        .filter(Exists(held.filter(role=MemberRole.SECRETARY.value)))
        .defer("logo")
        .order_by("name", "pk")
    )


def candidates(folder: VerificationFolder) -> list[User]:
    """Assessors of the body who may be given a part: neither recused, nor of the enterprise, nor its adviser's."""
    barred = {*folder.conflicted(folder.assessors), *folder.advisers(folder.assessors)}
    return list(User.objects.filter(pk__in=folder.assessors - barred).order_by("name", "pk"))


def workload(host_id: int) -> dict[int, int]:
    """In how many open verifications of the body each person works on the team; one query."""
    rows = TeamAssessor.objects.filter(verification__host=host_id, ended_at__isnull=True)
    rows = rows.exclude(verification__state__in=[state.value for state in V_CLOSED])
    return dict(rows.values_list("user_id").annotate(count=Count("pk")).order_by("user_id"))


# -- the public's side -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterFilters:
    """What narrows the register; empty means any. ``text`` is sought in number, legal entity and scope."""

    text: str = ""
    tier: int | None = None


@dataclass(frozen=True)
class CertificatePage:
    """Valid certificates, the newest first, with the marks of the neighbouring pages."""

    rows: list[Certificate]
    newer: str
    older: str
    total: int
    tiers: dict[int, int]


def valid_certificates(day: date) -> QuerySet[Certificate]:
    """What the register shows on ``day``, with the body and the instrument; every field shown there is public."""
    return (
        Certificate.objects.valid_on(day)
        .select_related("host", "verification__self_assessment__assessment__instrument_version")
        .defer("host__logo", "verification__self_assessment__assessment__instrument_version__content")
    )


def valid_certificate(number: str, day: date) -> Certificate | None:
    """The valid certificate of that number."""
    return valid_certificates(day).filter(number=number).first()


def register_page(day: date, filters: RegisterFilters, *, older: str = "", newer: str = "") -> CertificatePage:
    """One page of the public register. Two queries."""
    rows = valid_certificates(day)
    if filters.text:
        text = filters.text
        rows = rows.filter(Q(number__icontains=text) | Q(legal_entity__icontains=text) | Q(scope__icontains=text))
    tiers = dict(rows.order_by().values_list("tier").annotate(count=Count("pk")).order_by("tier"))
    if filters.tier is not None:
        rows = rows.filter(tier=filters.tier)
    total = sum(tiers.values()) if filters.tier is None else tiers.get(filters.tier, 0)
    before, after = _issued(newer), _issued(older)
    if before:
        later = Q(issued_on__gt=before[0]) | Q(issued_on=before[0], pk__gt=before[1])
        kept = list(rows.filter(later).order_by("issued_on", "pk")[: PAGE + 1])
        more, kept = len(kept) > PAGE, list(reversed(kept[:PAGE]))
        return CertificatePage(kept, _place(kept[0]) if more else "", _place(kept[-1]) if kept else "", total, tiers)
    if after:
        rows = rows.filter(Q(issued_on__lt=after[0]) | Q(issued_on=after[0], pk__lt=after[1]))
    kept = list(rows.order_by("-issued_on", "-pk")[: PAGE + 1])
    more, kept = len(kept) > PAGE, kept[:PAGE]
    return CertificatePage(
        kept, _place(kept[0]) if kept and after else "", _place(kept[-1]) if more else "", total, tiers
    )


def _place(row: Certificate) -> str:
    return f"{row.issued_on.isoformat()}~{row.pk}"


def _issued(mark: str) -> tuple[date, int] | None:
    day, _tilde, pk = mark.partition("~")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return (found, int(pk)) if _is_id(pk) else None


def notices_running(now: datetime) -> list[Verification]:
    """Recommendations whose public notice runs today where each scheme holds, the first to end first."""
    found = Q(pk__in=[])
    for edition in schemes():
        day = local_day(now, load_scheme(edition).time_zone)
        found |= Q(scheme=edition, notice_from__lte=day, notice_until__gte=day)
    return list(
        full(Verification.objects.filter(found, state=VState.NOTICE.value, recommended_tier__gte=1)).order_by(
            "notice_until", "pk"
        )
    )


# -- what the clock looks for ------------------------------------------------------------------------------------


def schemes() -> QuerySet[RulebookVersion]:
    """Every published edition of a scheme, without its content."""
    return RulebookVersion.objects.filter(kind=RulebookKind.VERIFICATION.value).defer("content").order_by("pk")


def lapsed_corrections(now: datetime) -> list[int]:
    """Ids of verifications whose correction window is over."""
    found = Q(pk__in=[])
    for edition in schemes():
        found |= Q(scheme=edition, correction_until__lt=local_day(now, load_scheme(edition).time_zone))
    rows = Verification.objects.filter(found, state=VState.CORRECTION.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def soon_lapsing_corrections(now: datetime) -> list[int]:
    """Ids of verifications whose window ends within a week, and whose enterprise was not told."""
    found = Q(pk__in=[])
    for edition in schemes():
        day = local_day(now, load_scheme(edition).time_zone)
        latest = day + timedelta(days=WARNED_BEFORE)
        found |= Q(scheme=edition, correction_until__gte=day, correction_until__lte=latest)
    rows = Verification.objects.filter(found, state=VState.CORRECTION.value, correction_warned__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def lapsed_certificates(now: datetime) -> list[int]:
    """Ids of certificates still valid whose DCMM certificate ran out and was not renewed in time."""
    found = Q(pk__in=[])
    for edition in schemes():
        scheme = load_scheme(edition)
        day = local_day(now, scheme.time_zone)
        latest = day - timedelta(days=scheme.lapse_days.value)
        found |= Q(verification__scheme=edition, dcmm_expires__lt=latest, expires_on__gte=day)
    rows = Certificate.objects.filter(found, state=CertificateState.VALID.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))
