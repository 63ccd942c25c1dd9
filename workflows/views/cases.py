"""The list of cases and the page of one case."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.queries import organisations_with_role
from workflows.domain.states import Role, State
from workflows.forms.cases import CaseFilterForm
from workflows.models import Case
from workflows.queries.deadlines import clock_of
from workflows.queries.folders import Folder
from workflows.queries.lists import CaseFilters, Page, case_page
from workflows.queries.people import may_declare
from workflows.views import case_parts, hub
from workflows.views.doors import desk_day, open_case, reader
from workflows.views.pieces import breadcrumb, clocks, status, steps
from workflows.wording import STATES

DESK = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER, Role.REVIEWER})


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases the person may read, newest change first, with shareable filters."""
    user, now = reader(request), timezone.now()
    form = CaseFilterForm(request.GET, user=user, day=desk_day(now))
    filters = form.filters() if form.is_valid() else CaseFilters()
    marks = {"older": request.GET.get("older", ""), "newer": request.GET.get("newer", "")}
    page = case_page(user, desk_day(now), filters, now=now, **marks)
    context = {
        "form": form,
        "rows": [_listed(case, now) for case in page.rows],
        "page": _pages(request, page),
        "tabs": _tabs(request, page, filters),
        "filters": form.chips(request.path) if form.is_valid() else [],
        "clear_url": request.path,
        "invalid": not form.is_valid(),
        "may_apply": organisations_with_role(user, MemberRole.APPLICANT, desk_day(now)).exists(),
    }
    return render(request, "workflows/case_list.html", context, status=200 if form.is_valid() else 400)


def _listed(case: Case, now: datetime) -> dict[str, Any]:
    clock = clock_of(case, now)
    running = clock if clock is not None and clock.running else None
    applicant = case.applicant.name_in(get_language() or "en")
    return {"case": case, "status": status(case), "clock": running, "applicant": applicant}


def _address(request: HttpRequest, leave: set[str], **more: str) -> str:
    kept = {key: value for key, value in request.GET.items() if key not in leave and value}
    words = urlencode({**kept, **more})
    return f"{request.path}?{words}" if words else request.path


def _pages(request: HttpRequest, page: Page) -> dict[str, Any]:
    marks = {"older", "newer"}
    return {
        "total": page.total,
        "previous_url": _address(request, marks, newer=page.newer) if page.newer else "",
        "next_url": _address(request, marks, older=page.older) if page.older else "",
    }


def _tabs(request: HttpRequest, page: Page, filters: CaseFilters) -> list[dict[str, Any]]:
    """Every state that holds cases, with how many, as links that keep the other filters."""
    marks = {"older", "newer", "state"}
    everything = {
        "label": _("All"),
        "url": _address(request, marks),
        "current": not filters.state,
        "count": sum(page.counts.values()),
    }
    return [everything] + [
        {
            "label": STATES[state],
            "url": _address(request, marks, state=state.value),
            "current": filters.state == state.value,
            "count": count,
        }
        for state, count in page.counts.items()
    ]


@login_required
@require_safe
def case_page_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: where it stands, what this person can do about it and what is still needed."""
    folder = open_case(request, pk)
    desk = bool(folder.roles & DESK)
    first, more = hub.rows(folder)
    context = {
        "case": folder.case,
        "desk": desk,
        "awaits": hub.AWAITS[State(folder.case.state)],
        "first": first,
        "more": more,
        "comparison": hub.may_read_reviews(folder),
        "declarable": may_declare(folder),
        **_parts(folder, desk=desk),
    }
    return render(request, "workflows/case_page.html", context)


def _parts(folder: Folder, *, desk: bool) -> dict[str, Any]:
    return {
        "status": status(folder.case),
        "steps": steps(folder),
        "clocks": clocks(folder),
        "breadcrumb": breadcrumb(folder),
        "notices": case_parts.notices(folder, desk=desk),
        "people": case_parts.people(folder) if desk else [],
        "events": case_parts.events(folder, desk=desk),
        "facts": case_parts.facts(folder, desk=desk),
        "versions": [v for v in folder.applications if v.submitted_at or not desk],
        "meetings": folder.agenda if desk else [],
        "outcome": case_parts.outcome(folder),
    }
