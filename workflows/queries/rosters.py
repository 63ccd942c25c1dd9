"""Committees with their people, for whoever may see them, and who keeps them."""

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from assessments.domain.instrument import Instrument
from assessments.models import InstrumentVersion
from assessments.queries import load_any
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.queries import has_role, may_manage
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import composition_gaps
from workflows.domain.rulebook import Rulebook
from workflows.models import Committee, Seat
from workflows.queries.committees import sitting_of
from workflows.queries.rulebooks import committee_editions, latest_rulebook, load_rulebook

# Only these host committees; an enterprise that reviews is registered as a review body of its own.
HOSTS = frozenset({OrganisationKind.REVIEW_BODY.value, OrganisationKind.SERVICE_CENTRE.value})
_KEEPERS = [MemberRole.MANAGER.value, MemberRole.SECRETARY.value]
SEATABLE = [MemberRole.MEMBER.value, MemberRole.SECRETARY.value]


def may_keep_roster(user: User, host_id: int, day: date) -> bool:
    """Managers and secretaries of the host keep the roster; the operator may help."""
    return may_manage(user, host_id, day) or has_role(user, MemberRole.SECRETARY, host_id, day)


def hosts_kept_by(user: User, day: date) -> QuerySet[Organisation]:
    """The organisations for which the person may set up a committee."""
    hosts = Organisation.objects.filter(kind__in=HOSTS).order_by("name", "pk")
    if user.is_staff:
        return hosts
    held = Membership.objects.current(day).filter(user=user, role__in=_KEEPERS)
    return hosts.filter(pk__in=held.values("organisation"))


def seatable(committee: Committee, day: date) -> list[User]:
    """Who may be given a seat: the host's members and secretaries without a seat today."""
    held = Membership.objects.current(day).filter(organisation=committee.host_id, role__in=SEATABLE)
    seated = Seat.objects.current(day).filter(committee=committee)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk__in=seated.values("user"))
    return list(people.order_by("name", "pk"))


def newest_rulebooks() -> list[Rulebook]:
    """The newest edition of each rulebook."""
    rows = committee_editions().order_by("slug", "-version").distinct("slug")
    return [load_rulebook(edition) for edition in rows]


def instruments() -> list[Instrument]:
    """The newest edition of each instrument that reviewers rate with; staged ones grade enterprises."""
    rows = InstrumentVersion.objects.order_by("slug", "-version").distinct("slug")
    return [one for one in map(load_any, rows) if isinstance(one, Instrument)]


def committees(day: date) -> QuerySet[Committee]:
    """Every committee with the number of today's seats; who sits on a committee is public among those signed in."""
    today = Q(seats__starts__lte=day) & (Q(seats__ends__isnull=True) | Q(seats__ends__gte=day))
    return Committee.objects.select_related("host").annotate(people=Count("seats", filter=today)).order_by("code")


def committee_with_seats(pk: int, day: date) -> Committee | None:
    """One committee with the seats of today and of days to come, and their people, in ``listed``."""
    seats = (
        Seat.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day)).select_related("user").order_by("starts", "pk")
    )
    return (
        Committee.objects.select_related("host")
        .prefetch_related(Prefetch("seats", queryset=seats, to_attr="listed"))
        .filter(pk=pk)
        .first()
    )


def rules_of(committee: Committee) -> Rulebook:
    """The newest edition of the committee's rulebook."""
    return load_rulebook(latest_rulebook(committee.rulebook_slug))


def gaps_of(committee: Committee, seats: list[Seat]) -> tuple[Gap, ...]:
    """What these seats lack of a lawful composition."""
    people = [sitting_of(seat) for seat in seats]
    return composition_gaps(people, rules_of(committee).committee, frozenset(committee.circumstances))
