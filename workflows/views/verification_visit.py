"""The visit: beginning it, and what was done on site with what is still wanted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from workflows.actions import verification_onsite as actions
from workflows.domain import verification_table as t
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.verification_states import OnSiteKind
from workflows.forms.verifications import EmptyForm, OnSiteForm
from workflows.models import OnSiteEntry
from workflows.queries.verification_reading import reads_onsite
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import status_of
from workflows.views.verification_doors import (
    INVALID,
    Sheet,
    act,
    head,
    must_be,
    needed,
    open_verification,
    refusal,
    typed,
)
from workflows.views.verification_pieces import language
from workflows.wording import ONSITE_KINDS

_GROUPS = {
    OnSiteKind.INTERVIEW: gettext_lazy("Interviews"),
    OnSiteKind.DEMONSTRATION: gettext_lazy("System demonstrations"),
    OnSiteKind.SCENARIO: gettext_lazy("Sampled scenarios"),
}


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The document review ends, the visit begins."""
    folder = open_verification(request, pk)
    sheet = Sheet(
        _("Go on site"),
        (
            _("The document review ends; ratings and evidence stay open until the release."),
            _("From now on interviews, demonstrations and sampled scenarios are recorded."),
        ),
        _("Go on site"),
        _("The visit has begun."),
    )

    def do() -> object:
        return actions.begin_onsite(pk, actor=folder.user, now=folder.now)

    return act(request, folder, t.BEGIN_ONSITE, EmptyForm(typed(request)), sheet, do)


@login_required
@require_http_methods(["GET", "POST"])
def onsite(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done on site; the team records, others of the body read once they may read its ratings."""
    folder = open_verification(request, pk)
    if not reads_onsite(folder):
        raise PermissionDenied
    if request.method == "POST":
        must_be(folder, t.RECORD_ONSITE)
    roles = [(one.code, one.label.in_(language())) for one in folder.scheme.interviews]
    form = OnSiteForm(typed(request), roles=roles, initial={"held_on": folder.day, "role": _next_role(folder)})
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                actions.record_onsite(pk, **form.cleaned_data, actor=folder.user, now=folder.now)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, _("It is recorded."))
                return redirect(request.path)
    return render(request, "workflows/verification_onsite.html", _page(folder, form, found), status=code)


def _next_role(folder: VerificationFolder) -> str:
    """The first role that somebody is still to be heard of."""
    heard = folder.facts.interviews
    return next((one.code for one in folder.scheme.interviews if heard.get(one.code, 0) < one.least), "")


def records(folder: VerificationFolder) -> bool:
    """Whether the person may record now."""
    return bool(t.RECORD_ONSITE.roles & folder.roles) and folder.state in t.RECORD_ONSITE.sources


def _page(folder: VerificationFolder, form: OnSiteForm, found: tuple[Gap, ...]) -> dict[str, Any]:
    open_now = records(folder)
    return {
        **head(folder, _("On site")),
        "refused": needed(found, folder),
        "form": form if open_now else None,
        "wanted": wanted(folder),
        "article": folder.scheme.demonstrations.citation.in_(language()),
        "groups": [
            {
                "code": kind.value,
                "title": _GROUPS[kind],
                "empty": _("Nothing is recorded yet."),
                "entries": [_entry(folder, row, open_now) for row in folder.onsite if row.kind == kind.value],
            }
            for kind in OnSiteKind
        ],
    }


def _entry(folder: VerificationFolder, row: OnSiteEntry, removable: bool) -> dict[str, Any]:
    labels = {one.code: one.label.in_(language()) for one in folder.scheme.interviews}
    remove = reverse("workflows:verification-onsite-remove", args=[folder.verification.pk, row.pk])
    return {
        "role": labels.get(row.role, row.role),
        "subject": row.subject,
        "held_on": row.held_on,
        "notes": row.notes,
        "by": row.by.name_in(language()),
        "at": row.at,
        "remove_url": remove if removable else "",
    }


def wanted(folder: VerificationFolder) -> list[dict[str, Any]]:
    """What the scheme asks for on site, with how much of it is done."""
    facts, scheme = folder.facts, folder.scheme
    rows = [
        {
            "label": one.label.in_(language()),
            "done": facts.interviews.get(one.code, 0),
            "least": one.least,
            "kind": ONSITE_KINDS[OnSiteKind.INTERVIEW],
        }
        for one in scheme.interviews
    ]
    shown = {"label": ONSITE_KINDS[OnSiteKind.DEMONSTRATION], "done": facts.demonstrations}
    sampled = {"label": ONSITE_KINDS[OnSiteKind.SCENARIO], "done": facts.scenarios}
    return [
        *rows,
        {**shown, "least": scheme.demonstrations.value},
        {**sampled, "least": scheme.scenarios.value},
    ]


@login_required
@require_POST
def onsite_remove(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """Take out an entry recorded by mistake."""
    folder = open_verification(request, pk)
    must_be(folder, t.REMOVE_ONSITE)
    back = reverse("workflows:verification-onsite", args=[pk])
    try:
        actions.remove_onsite(pk, entry_id, actor=folder.user, now=folder.now)
    except OnSiteEntry.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        return refusal(request, refused, folder, back)
    messages.success(request, _("The entry is taken out."))
    return redirect(back)
