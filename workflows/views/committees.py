"""Committees: who sits where, and whether it is lawful."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import Rulebook
from workflows.models import Seat
from workflows.queries.committees import seat_is_away
from workflows.queries.rosters import (
    committee_with_seats,
    committees,
    gaps_of,
    hosts_kept_by,
    may_keep_roster,
    rules_of,
)
from workflows.views.doors import desk_day, needed, reader
from workflows.wording import SEAT_ROLES

_ORDER = list(SeatRole)


@login_required
@require_safe
def committee_list(request: HttpRequest) -> HttpResponse:
    """Every committee of the installation."""
    language, day = get_language() or "en", desk_day(timezone.now())
    rows = [
        {"committee": row, "name": row.name_in(language), "host": row.host.name_in(language)}
        for row in committees(day)
    ]
    keeper = hosts_kept_by(reader(request), day).exists()
    return render(request, "workflows/committee_list.html", {"rows": rows, "keeper": keeper})


@login_required
@require_safe
def committee_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One committee: its people, and what it lacks by which article."""
    day, language, user = desk_day(timezone.now()), get_language() or "en", reader(request)
    committee = committee_with_seats(pk, day)
    if committee is None:
        raise Http404
    listed: list[Seat] = committee.listed  # type: ignore[attr-defined]  # to_attr of the prefetch
    rules, keeper = rules_of(committee), may_keep_roster(user, committee.host_id, day)
    context = {
        "committee": committee,
        "name": committee.name_in(language),
        "host": committee.host.name_in(language),
        "rulebook": rules.title.in_(language),
        "needed": needed(gaps_of(committee, [seat for seat in listed if seat.starts <= day]), rules),
        "keeper": keeper,
        "members": [
            member_row(seat, rules, day) | _links(seat, user.pk, keeper=keeper) for seat in seats_in_order(listed)
        ],
        "breadcrumb": [
            {"label": _("Committees"), "url": reverse("workflows:committee-list")},
            {"label": committee.code},
        ],
    }
    return render(request, "workflows/committee_page.html", context)


def seats_in_order(seats: list[Seat]) -> list[Seat]:
    """By role, then by who came first."""
    return sorted(seats, key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.starts, seat.pk))


def _links(seat: Seat, user_id: int, *, keeper: bool) -> dict[str, str]:
    own = seat.user_id == user_id
    return {
        "end_url": reverse("workflows:seat-end", args=[seat.pk]) if keeper else "",
        "absence_url": reverse("workflows:seat-absence", args=[seat.pk]) if keeper or own else "",
    }


def member_row(seat: Seat, rules: Rulebook, day: date) -> dict[str, Any]:
    """A seat in words: who, as what, which categories it covers, its term."""
    language = get_language() or "en"
    labels = {category.code: category.label.in_(language) for category in rules.committee.categories}
    profession = seat.profession_zh if language.startswith("zh") and seat.profession_zh else seat.profession
    return {
        "name": seat.user.name_in(language),
        "role": SEAT_ROLES[SeatRole(seat.role)],
        "categories": [labels.get(code, code) for code in seat.categories],
        "origin": _("from outside") if seat.external else _("from the host"),
        "profession": profession,
        "starts": seat.starts,
        "ends": seat.ends,
        "coming": seat.starts > day,
        "away": seat_is_away(seat, day),
        "away_until": seat.away_until,
    }
