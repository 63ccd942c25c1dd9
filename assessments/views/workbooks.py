"""The questionnaire as a workbook: out, in, and what a returning one would change."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions.answering import import_answers
from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, MaturityRefused
from assessments.forms.workbook import WorkbookForm
from assessments.forms.workbook_offer import Offer, Outdated, offer_of, packed, unpacked
from assessments.forms.workbook_preview import Preview, preview
from assessments.queries.maturity import MaturityFolder, answers_digest
from assessments.queries.workbooks import contents_after, saved_answers, standing_contents
from assessments.reporting.workbook import Download, workbook
from assessments.views.doors import CONFLICT, INVALID, SAVED, needed, open_self_assessment, status_of
from assessments.views.pieces import frame, tongue
from assessments.views.workbook_page import preview_context
from ethicsreview.files.domain.kinds import BY_ENDING


def _framed(folder: MaturityFolder, title: str = "") -> dict[str, Any]:
    context = frame(folder, title or _("Excel workbook"), "workbook")
    if title:
        above = {"label": _("Excel workbook"), "url": reverse("assessments:workbook", args=[folder.row.pk])}
        context["breadcrumb"] = [*context["breadcrumb"][:-1], above, context["breadcrumb"][-1]]
    return context | {"editable": folder.fills, "submitted": folder.submitted}


def _filling(request: HttpRequest, pk: int) -> MaturityFolder:
    """The assessment for whoever fills it; 403 for who only reads, and for everybody once it is handed in."""
    folder = open_self_assessment(request, pk)
    if not folder.fills:
        raise PermissionDenied
    return folder


@login_required
@require_safe
def workbook_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook in the reader's language, with what is answered so far."""
    folder = open_self_assessment(request, pk)
    row = folder.row
    download = Download(
        reference=row.reference,
        legal_entity=row.legal_entity,
        scope=row.scope,
        target=row.target,
        at=timezone.localtime(folder.now),
        saved=saved_answers(row.assessment_id),
        digest=answers_digest(folder.answers),
        answers=standing_contents(folder.answers),
    )
    content = workbook(folder.instrument, download, language=tongue())
    name = f"{row.reference}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=BY_ENDING["xlsx"].content_type, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def workbook_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Download it, send it back; what comes back is only looked at here."""
    folder = open_self_assessment(request, pk) if request.method == "GET" else _filling(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = WorkbookForm(*sent, instrument=folder.instrument, reference=folder.row.reference)
    if form.is_valid():
        found = form.cleaned_data["file"]
        offer = offer_of(found, contents_after(folder.row.assessment_id, found.saved))
        return _preview_page(request, folder, preview(folder, offer))
    context = {**_framed(folder), "form": form}
    return render(request, "assessments/workbook.html", context, status=INVALID if form.is_bound else SAVED)


@login_required
@require_POST
def workbook_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answers of the preview, and the ticked ones of those changed in both places."""
    folder = _filling(request, pk)
    try:
        offer, digest = unpacked(request.POST.get("token", ""), assessment=pk, user=folder.user.pk)
    except Outdated:
        messages.error(request, _("This preview is too old. Please send the workbook again."))
        return redirect("assessments:workbook", pk)
    ticked = frozenset(request.POST.getlist("mine"))
    seen, code, gaps = _take(folder, offer, digest, ticked)
    if code != SAVED:
        fresh = open_self_assessment(request, pk)
        return _preview_page(request, fresh, preview(fresh, offer), ticked=ticked, gaps=gaps, code=code)
    _tell(request, seen, len(seen.rows(ticked)))
    return redirect("assessments:workbook", pk)


def _take(
    folder: MaturityFolder, offer: Offer, digest: str, ticked: frozenset[str]
) -> tuple[Preview, int, tuple[MaturityGap, ...]]:
    """The preview as it is now, the status, and what stands in the way; what nobody has seen is not taken."""
    seen = preview(folder, offer)
    if digest != answers_digest(folder.answers):
        return seen, CONFLICT, (MaturityGap(MaturityGapCode.STALE),)
    try:
        import_answers(folder.row.pk, seen.rows(ticked), seen_digest=digest, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return seen, status_of(refused), refused.gaps
    return seen, SAVED, ()


def _preview_page(
    request: HttpRequest,
    folder: MaturityFolder,
    seen: Preview,
    *,
    ticked: frozenset[str] = frozenset(),
    gaps: tuple[MaturityGap, ...] = (),
    code: int = SAVED,
) -> HttpResponse:
    digest = answers_digest(folder.answers)
    context = {
        **_framed(folder, _("What would change")),
        **preview_context(folder, seen, ticked),
        "token": packed(seen.offer, assessment=folder.row.pk, user=folder.user.pk, seen=digest),
        "refused": needed(gaps, folder),
    }
    return render(request, "assessments/workbook_preview.html", context, status=code)


def _tell(request: HttpRequest, seen: Preview, taken: int) -> None:
    """How many answers were taken, and how many cells still wait to be put right."""
    words = ngettext("%(count)s answer was taken over.", "%(count)s answers were taken over.", taken)
    messages.success(request, words % {"count": taken})
    if seen.faults:
        left = len(seen.faults)
        words = ngettext(
            "%(count)s cell could not be read; put it right and send the file again.",
            "%(count)s cells could not be read; put them right and send the file again.",
            left,
        )
        messages.warning(request, words % {"count": left})
