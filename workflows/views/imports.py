"""The operator's bulk import: the template, a preview that writes nothing, and the confirmation of what was seen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_ENDING
from workflows.actions.bulk import import_people_and_bodies
from workflows.domain.gapcodes import Refused
from workflows.forms.bulk import ImportForm, Sent
from workflows.forms.bulk_faults import tongue
from workflows.forms.bulk_offer import Offer, Outdated, TooLong, packed, unpacked
from workflows.forms.bulk_preview import preview
from workflows.queries.bulk import Planned, current_choices, plan_tables
from workflows.reporting.import_template import template
from workflows.views.doors import needed, reader

SHOWN, INVALID, CONFLICT = 200, 400, 409


def _operator(request: HttpRequest) -> User:
    """The operator; for everybody else there is no such page."""
    user = reader(request)
    if not user.is_staff:
        raise Http404
    return user


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Send files; what they come to is only looked at here."""
    user = _operator(request)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        sent: Sent = form.cleaned_data["uploads"]
        planned = plan_tables(sent.tables, timezone.localdate())
        try:
            return _preview(request, sent, planned, user)
        except TooLong:
            form.add_error("uploads", _("This is too much for one import; send it in parts."))
    status = INVALID if form.is_bound else SHOWN
    return render(request, "workflows/imports.html", {"form": form, **_frame()}, status=status)


def _preview(request: HttpRequest, sent: Sent, planned: Planned, user: User, status: int = SHOWN) -> HttpResponse:
    told = preview(sent, planned)
    context: dict[str, Any] = {
        **told,
        "passed": pgettext("list of sheets", ", ").join(told["passed"]),
        "committees": [{**one, "needed": needed(one["gaps"], one["rules"])} for one in told["committees"]],
    }
    if planned.plan.written and not planned.plan.faults:
        context["token"] = packed(Offer(sent, planned.plan.digest), user=user.pk)
    context |= {**_frame(_("What would change")), "stale": status == CONFLICT}
    return render(request, "workflows/import_preview.html", context, status=status)


@login_required
@require_POST
def imports_take(request: HttpRequest) -> HttpResponse:
    """Do what the preview showed, or show it anew where something stands otherwise by now."""
    user = _operator(request)
    try:
        offer = unpacked(request.POST.get("token", ""), user=user.pk)
    except Outdated:
        messages.error(request, _("The preview is no longer valid. Please send the files again."))
        return redirect("workflows:imports")
    try:
        plan = import_people_and_bodies(offer.sent.tables, seen=offer.seen, actor=user, now=timezone.now())
    except Refused:
        return _anew(request, offer, user)
    words = ngettext("%(count)s entry was imported.", "%(count)s entries were imported.", plan.written)
    messages.success(request, words % {"count": plan.written})
    return redirect("workflows:imports")


def _anew(request: HttpRequest, offer: Offer, user: User) -> HttpResponse:
    planned = plan_tables(offer.sent.tables, timezone.localdate())
    if not planned.plan.written and not planned.plan.faults:
        messages.info(request, _("All of this stands already; nothing was changed."))
        return redirect("workflows:imports")
    return _preview(request, offer.sent, planned, user, status=CONFLICT)


@login_required
@require_safe
def imports_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with every sheet, in the reader's language."""
    _operator(request)
    content = template(current_choices(), language=tongue())
    headers = {"Content-Disposition": 'attachment; filename="import.xlsx"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=BY_ENDING["xlsx"].content_type, headers=headers)


def _frame(title: str = "") -> dict[str, Any]:
    first = {"label": _("Import"), "url": reverse("workflows:imports") if title else ""}
    return {"breadcrumb": [first, {"label": title}] if title else [first], "title": title or _("Import")}
