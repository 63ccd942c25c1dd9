"""The signed documents of a case: their honest states, downloads, another try."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ethicsreview.documents.views import signed_response
from workflows.actions.decisions import retry_report
from workflows.domain.gapcodes import Refused
from workflows.domain.states import ReportKind, ReportState, Role
from workflows.models import CaseReport
from workflows.queries.folders import Folder
from workflows.templatetags.casereports import failure_words
from workflows.views.doors import desk_day, open_case, reader, refusal
from workflows.views.pieces import breadcrumb, status
from workflows.views.table import kind_label
from workflows.wording import REPORT_KINDS, REPORT_STATES

_TONES = {ReportState.SIGNED: "good", ReportState.FAILED: "bad", ReportState.RENDERING: "active"}
_KEEPERS = frozenset({Role.SECRETARY, Role.CHAIR})


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Every document of the case's decisions; asked by htmx, the list alone, while something is being made."""
    folder = open_case(request, pk)
    rows = (
        CaseReport.objects.party_to(folder.user, desk_day(folder.now))
        .filter(decision__case=folder.case)
        .select_related("decision", "document")
        .order_by("-decision__number", "kind", "language")
    )
    reports = [_row(folder, report) for report in rows]
    context = {
        "case": folder.case,
        "status": status(folder.case),
        "groups": _grouped(folder, reports),
        "unfinished": any(not report["document"] for report in reports),
        "breadcrumb": breadcrumb(folder, {"label": _("Signed documents")}),
    }
    partial = getattr(request, "htmx", False)
    return render(request, f"workflows/{'_report_list' if partial else 'report_list'}.html", context)


def _row(folder: Folder, report: CaseReport) -> dict[str, Any]:
    state, keeper = ReportState(report.state), bool(_KEEPERS & folder.roles)
    return {
        "pk": report.pk,
        "decision": report.decision,
        "kind": REPORT_KINDS[ReportKind(report.kind)],
        "language": get_language_info(report.language)["name_local"],
        "language_code": "zh-Hans" if report.language.startswith("zh") else report.language,
        "state": REPORT_STATES[state],
        "tone": _TONES.get(state, "plain"),
        "working": state is ReportState.RENDERING,
        "document": report.document,
        "error": report.error if keeper and state is not ReportState.SIGNED else "",
        "why": _why(report.error),
        "attempts": report.attempts if keeper else 0,
        "since": report.progressed_at,
        "retry": keeper and state is ReportState.FAILED,
    }


def _why(error: str) -> str:
    """The failure in words; its code stands beside it."""
    words = failure_words(error)
    return words if words != error else _("An unexpected fault.")


def _grouped(folder: Folder, reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents under their decision, newest decision first."""
    groups: dict[int, dict[str, Any]] = {}
    for report in reports:
        decision = report["decision"]
        label = kind_label(folder, decision.kind)
        group = groups.setdefault(decision.pk, {"number": decision.number, "label": label, "reports": []})
        group["reports"].append(report)
    return list(groups.values())


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed file, to be saved; what is not signed does not exist."""
    rows = CaseReport.objects.party_to(reader(request), desk_day(timezone.now()))
    report = rows.filter(pk=pk).select_related("document", "decision__case").first()
    if report is None or report.document is None:
        raise Http404
    return signed_response(report.document, str(report.decision.case.reference))


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed document again."""
    day = desk_day(timezone.now())
    report = CaseReport.objects.party_to(reader(request), day).filter(pk=pk).select_related("decision").first()
    if report is None:
        raise Http404
    folder = open_case(request, report.decision.case_id)
    if not _KEEPERS & folder.roles:
        raise PermissionDenied
    back = reverse("workflows:report-list", args=[folder.case.pk])
    try:
        report = retry_report(pk, actor=folder.user, now=timezone.now())
    except Refused as refused:
        return refusal(request, refused, folder, back)
    if report.state == ReportState.SIGNED.value:
        messages.info(request, _("The document is signed already."))
    else:
        messages.success(request, _("The document is queued again."))
    return redirect(back)
