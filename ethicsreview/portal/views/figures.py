"""The regulator's figures: a page of charts, a workbook of them all, and each table as text."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.queries import offices_of
from ethicsreview.portal.domain.figures import EVERY
from ethicsreview.portal.queries.figures import Counted, figures_for
from ethicsreview.portal.reporting.boards import Panel
from ethicsreview.portal.reporting.figure_files import table, workbook
from ethicsreview.portal.reporting.naming import reach_name
from ethicsreview.portal.reporting.panels import own_matters, panels_of
from ethicsreview.portal.views import regulator_doors as doors
from workflows.actions.oversight import record_search
from workflows.views.doors import desk_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Every chart, with the moment the figures were counted at."""
    offices, office = _offices(request)
    found, language = figures_for(doors.regulator(request), office), get_language() or "en"
    query = f"?authority={office.pk}" if len(offices) > 1 else ""
    context = {
        "office": office.name_in(language),
        "reach": reach_name(office, language),
        "at": found.at,
        "next_at": found.at + EVERY if found.at else None,
        "minutes": int(EVERY.total_seconds() // 60),
        "own": own_matters(found),
        "several": len(offices) > 1,
        "tabs": [_tab(one, office, language) for one in offices] if len(offices) > 1 else [],
        "panels": [_panel(panel, query) for panel in panels_of(found)],
        "workbook_url": reverse("portal:figures-workbook") + query,
        "breadcrumb": doors.crumbs({"label": _("Figures")}),
    }
    return render(request, "portal/figures.html", context)


@login_required
@require_safe
def figures_workbook(request: HttpRequest) -> HttpResponse:
    """All tables as one workbook; recorded before it is handed out."""
    found = _counted(request, "xlsx")
    return _download(workbook(found, panels_of(found)), XLSX, "figures.xlsx", found)


@login_required
@require_safe
def figures_table(request: HttpRequest, key: str) -> HttpResponse:
    """One table as text; recorded before it is handed out."""
    found = _counted(request, "")
    panel = next((one for one in panels_of(found) if one.key == key), None)
    if panel is None:
        raise Http404
    _note(request, found.office, f"csv {key}")
    return _download(table(found, panel), CSV, f"{key}.csv", found)


def _offices(request: HttpRequest) -> tuple[list[Organisation], Organisation]:
    """The person's authorities, and the one asked for; one query."""
    offices = offices_of(doors.regulator(request), desk_day(timezone.now()))
    asked = request.GET.get("authority", "")
    office = next((one for one in offices if not asked or str(one.pk) == asked), None)
    if office is None:
        raise Http404
    return offices, office


def _counted(request: HttpRequest, form: str) -> Counted:
    """Figures that were counted at all; with ``form`` that they are taken along is recorded."""
    _all, office = _offices(request)
    found = figures_for(doors.regulator(request), office)
    if found.at is None:
        raise Http404
    if form:
        _note(request, office, form)
    return found


def _note(request: HttpRequest, office: Organisation, form: str) -> None:
    asked = {"authority": str(office.pk), "form": form}
    record_search(about="figures", filters=asked, actor=doors.regulator(request), now=timezone.now())


def _download(content: bytes, kind: str, name: str, found: Counted) -> HttpResponse:
    stamp = timezone.localtime(found.at).strftime("%Y%m%d-%H%M") if found.at else ""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{stamp}-{name}"'
    return response


def _tab(one: Organisation, office: Organisation, language: str) -> dict[str, Any]:
    url = f"{reverse('portal:figures')}?authority={one.pk}"
    return {"label": one.name_in(language), "url": url, "current": one == office}


def _panel(panel: Panel, query: str) -> dict[str, Any]:
    return {"panel": panel, "table_url": reverse("portal:figures-table", args=[panel.key]) + query}
