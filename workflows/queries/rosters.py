"""Committees with their people, for whoever may see them."""

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import composition_gaps
from workflows.domain.rulebook import Rulebook
from workflows.models import Committee, Seat
from workflows.queries.committees import sitting_of
from workflows.queries.rulebooks import latest_rulebook, load_rulebook


def committees(day: date) -> QuerySet[Committee]:
    """Every committee with the number of today's seats; who sits on a committee is public among those signed in."""
    today = Q(seats__starts__lte=day) & (Q(seats__ends__isnull=True) | Q(seats__ends__gte=day))
    return Committee.objects.select_related("host").annotate(people=Count("seats", filter=today)).order_by("code")


def committee_with_seats(pk: int, day: date) -> Committee | None:
    """One committee with today's seats and their people in ``today``."""
    seats = Seat.objects.current(day).select_related("user").order_by("role", "pk")
    return (
        Committee.objects.select_related("host")
        .prefetch_related(Prefetch("seats", queryset=seats, to_attr="today"))
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
