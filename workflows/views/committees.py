"""Committees: who sits where, whether it is lawful, and keeping the roster."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.domain.rulebook import Rulebook
from workflows.models import Seat
from workflows.queries.committees import seat_is_away
from workflows.queries.rosters import committee_with_seats, committees, gaps_of, rules_of
from workflows.views.doors import desk_day, needed
from workflows.wording import SEAT_ROLES


@login_required
@require_safe
def committee_list(request: HttpRequest) -> HttpResponse:
    """Every committee of the installation."""
    language = get_language() or "en"
    rows = [
        {"committee": row, "name": row.name_in(language), "host": row.host.name_in(language)}
        for row in committees(desk_day(timezone.now()))
    ]
    return render(request, "workflows/committee_list.html", {"rows": rows})


@login_required
@require_safe
def committee_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One committee: its people, and what it lacks by which article."""
    day = desk_day(timezone.now())
    committee = committee_with_seats(pk, day)
    if committee is None:
        raise Http404
    seats: list[Seat] = committee.today  # type: ignore[attr-defined]  # to_attr of the prefetch
    rules = rules_of(committee)
    context = {
        "committee": committee,
        "name": committee.name_in(get_language() or "en"),
        "host": committee.host.name_in(get_language() or "en"),
        "rules": rules,
        "rulebook": rules.title.in_(get_language() or "en"),
        "needed": needed(gaps_of(committee, seats), rules),
        "members": [_member(seat, rules, away=seat_is_away(seat, day)) for seat in seats],
    }
    return render(request, "workflows/committee_page.html", context)


def _member(seat: Seat, rules: Rulebook, *, away: bool) -> dict[str, Any]:
    language = get_language() or "en"
    labels = {category.code: category.label.in_(language) for category in rules.committee.categories}
    profession = seat.profession_zh if language.startswith("zh") and seat.profession_zh else seat.profession
    return {
        "name": seat.user.name_in(language),
        "role": SEAT_ROLES[seat.role],  # type: ignore[index]  # a StrEnum's key is its value
        "categories": [labels.get(code, code) for code in seat.categories],
        "origin": _("from outside") if seat.external else _("from the host"),
        "profession": profession,
        "starts": seat.starts,
        "ends": seat.ends,
        "away": away,
    }
