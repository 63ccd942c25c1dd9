"""The list of an enterprise's assessments."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.domain.scorefile import cut
from assessments.queries.maturity import day_of
from assessments.queries.maturity_lists import MaturityPage, MaturityRow, maturity_page
from assessments.queries.people import enterprises_of
from assessments.views.doors import reader
from assessments.views.pieces import status, tier_name, tongue


@login_required
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """What the person's enterprises have assessed, newest change first."""
    user, now = reader(request), timezone.now()
    page = maturity_page(user, now=now, older=request.GET.get("older", ""), newer=request.GET.get("newer", ""))
    context = {
        "rows": [listed(row) for row in page.rows],
        "page": _pages(request, page),
        "may_start": bool(page.rows) or bool(enterprises_of(user, day_of(now))),
    }
    return render(request, "assessments/list.html", context)


def listed(row: MaturityRow) -> dict[str, Any]:
    """One assessment as the list and the home page show it."""
    folder = row.folder
    return {
        "row": folder.row,
        "title": folder.instrument.title.in_(tongue()),
        "organisation": folder.row.organisation.name_in(tongue()),
        "status": status(folder),
        "target": tier_name(folder.instrument, folder.row.target),
        "tier": _tier(row),
        "index": _index(row),
        "provisional": folder.proof is not None and folder.proof.provisional,
        "percent": row.percent,
        "answered": row.answered,
        "asked": row.asked,
    }


def _tier(row: MaturityRow) -> str:
    folder = row.folder
    if row.snapshot is not None:
        return tier_name(folder.instrument, row.snapshot.tier)
    lower, upper = folder.result.lower.tier, folder.result.upper.tier
    if lower == upper:
        return tier_name(folder.instrument, lower)
    return _("between %(lower)s and %(upper)s") % {"lower": lower, "upper": upper}


def _index(row: MaturityRow) -> str:
    verdict = row.folder.result.verdict
    return cut(verdict.index) if verdict else ""


def _pages(request: HttpRequest, page: MaturityPage) -> dict[str, Any]:
    def address(**mark: str) -> str:
        return f"{request.path}?{urlencode(mark)}"

    return {
        "total": page.total,
        "previous_url": address(newer=page.newer) if page.newer else "",
        "next_url": address(older=page.older) if page.older else "",
    }
