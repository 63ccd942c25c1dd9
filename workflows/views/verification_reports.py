"""The signed documents of a verification: their honest states, downloads, another try."""

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
from workflows.actions.verification_reports import KEEPERS, retry_verification_report
from workflows.domain.gapcodes import Refused
from workflows.domain.states import ReportState
from workflows.domain.verification_states import VReportKind
from workflows.models import VerificationReport
from workflows.queries.verifications import VerificationFolder
from workflows.templatetags.casereports import failure_words
from workflows.views.doors import desk_day, reader
from workflows.views.verification_doors import head, open_verification, refusal
from workflows.wording import REPORT_STATES, V_REPORT_KINDS

_TONES = {ReportState.SIGNED: "good", ReportState.FAILED: "bad", ReportState.RENDERING: "active"}


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Report and certificate in every language; asked by htmx, the list alone, while something is being made."""
    folder = open_verification(request, pk)
    if not folder.roles:
        raise PermissionDenied
    rows = folder.verification.reports.select_related("document").order_by("kind", "language")
    reports = [_row(folder, report) for report in rows]
    context = {
        **head(folder, _("Signed documents")),
        "reports": reports,
        "unfinished": any(not report["document"] for report in reports),
    }
    partial = getattr(request, "htmx", False)
    name = "_verification_reports" if partial else "verification_reports"
    return render(request, f"workflows/{name}.html", context)


def _row(folder: VerificationFolder, report: VerificationReport) -> dict[str, Any]:
    state, keeper = ReportState(report.state), bool(KEEPERS & folder.roles)
    words = failure_words(report.error)
    return {
        "pk": report.pk,
        "kind": V_REPORT_KINDS[VReportKind(report.kind)],
        "language": get_language_info(report.language)["name_local"],
        "language_code": "zh-Hans" if report.language.startswith("zh") else report.language,
        "state": REPORT_STATES[state],
        "tone": _TONES.get(state, "plain"),
        "working": state is ReportState.RENDERING,
        "document": report.document,
        "error": report.error if keeper and state is not ReportState.SIGNED else "",
        "why": words if words != report.error else _("An unexpected fault."),
        "attempts": report.attempts if keeper else 0,
        "since": report.progressed_at,
        "retry": keeper and state is ReportState.FAILED,
    }


def _readable(request: HttpRequest, pk: int) -> VerificationReport:
    rows = VerificationReport.objects.party_to(reader(request), desk_day(timezone.now()))
    report = rows.filter(pk=pk).select_related("document", "verification").first()
    if report is None:
        raise Http404
    return report


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed file, to be saved; what is not signed does not exist."""
    report = _readable(request, pk)
    if report.document is None:
        raise Http404
    return signed_response(report.document, report.verification.reference)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed document again."""
    report = _readable(request, pk)
    folder = open_verification(request, report.verification_id)
    if not KEEPERS & folder.roles:
        raise PermissionDenied
    back = reverse("workflows:verification-reports", args=[folder.verification.pk])
    try:
        retry_verification_report(pk, actor=folder.user, now=folder.now)
    except Refused as refused:
        return refusal(request, refused, folder, back)
    messages.success(request, _("The document is queued again."))
    return redirect(back)
