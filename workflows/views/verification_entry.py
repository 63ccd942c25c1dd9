"""Asking for a verification, its entry check, and taking it back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from assessments.models import SelfAssessment, Snapshot
from assessments.queries import load_staged
from ethicsreview.accounts.models import Organisation
from workflows.actions import verifications as actions
from workflows.domain import verification_table as t
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_requests import request_gaps
from workflows.forms.verifications import EmptyForm, RequestForm, WhyForm
from workflows.models import Verification
from workflows.queries.rulebooks import latest_scheme, load_scheme
from workflows.queries.verifications import bodies, handed_in, request_facts
from workflows.views.doors import desk_day, reader, status_of
from workflows.views.verification_doors import INVALID, Sheet, act, needed_by, open_verification, typed
from workflows.views.verification_pieces import language, status, tier_name, title_of

_HOPELESS = frozenset(
    {GapCode.NOT_SUBMITTED, GapCode.VERIFICATION_RUNNING, GapCode.SCHEME_MISSING}
)  # nothing to choose


@login_required
@require_http_methods(["GET", "POST"])
def request_verification(request: HttpRequest, self_assessment_id: int) -> HttpResponse:
    """Choose who verifies, see what is sent, and hand it in; leads only."""
    user, now = reader(request), timezone.now()
    assessed = _assessed(request, self_assessment_id)
    if assessed.lead_id != user.pk:
        raise PermissionDenied
    hosts = list(bodies(desk_day(now)))
    form = RequestForm(typed(request), bodies=[(host.pk, host.name_in(language())) for host in hosts])
    found = request_gaps(request_facts(assessed, user=user, now=now))
    code = 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            host = next(host for host in hosts if host.pk == form.cleaned_data["host"])
            try:
                return _handed(request, assessed, host, now)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
    page = _request_page(assessed, form, found, now)
    return render(request, "workflows/verification_request.html", page, status=code)


def _handed(request: HttpRequest, assessed: SelfAssessment, host: Organisation, now: datetime) -> HttpResponse:
    made = actions.request_verification(assessed.pk, host=host, actor=reader(request), now=now)
    messages.success(request, _("It is handed in. %(name)s has been told.") % {"name": host.name_in(language())})
    return redirect("workflows:verification", made.pk)


def _assessed(request: HttpRequest, pk: int) -> SelfAssessment:
    rows = SelfAssessment.objects.visible_to(reader(request), desk_day(timezone.now()))
    found = rows.select_related("organisation", "assessment__instrument_version").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _request_page(
    assessed: SelfAssessment, form: RequestForm, found: tuple[Gap, ...], now: datetime
) -> dict[str, Any]:
    edition = latest_scheme(assessed.assessment.instrument_version.slug)
    scheme = load_scheme(edition) if edition else None
    up = reverse("assessments:self-assessment", args=[assessed.pk])
    codes = {gap.code for gap in found}
    earlier = list(Verification.objects.filter(self_assessment=assessed).order_by("-pk")[:5])
    return {
        "reference": assessed.reference,
        "legal_entity": assessed.legal_entity,
        "needed": needed_by(scheme, found),
        "facts": _handed_in(assessed, handed_in(assessed)),
        "form": None if codes & _HOPELESS else form,
        "bodies": bodies(desk_day(now)).exists() if not codes & _HOPELESS else True,
        "earlier": [{"row": row, "status": status(row)} for row in earlier],
        "effects": _effects(scheme),
        "back": up,
        "breadcrumb": [
            {"label": assessed.reference, "url": up},
            {"label": _("Hand in for verification")},
        ],
    }


def _handed_in(assessed: SelfAssessment, snapshot: Snapshot | None) -> list[dict[str, Any]]:
    instrument = load_staged(assessed.assessment.instrument_version)
    rows = [
        {"label": _("Legal entity"), "value": assessed.legal_entity, "note": assessed.entity_code},
        {"label": pgettext("maturity", "Scope"), "value": assessed.scope},
        {"label": _("Instrument"), "value": instrument.title.in_(language()), "note": f"v{instrument.version}"},
        {"label": _("Target tier"), "value": f"{assessed.target} · {tier_name(instrument, assessed.target)}"},
    ]
    if assessed.adviser:
        rows.append({"label": _("Adviser"), "value": assessed.adviser})
    if snapshot is None:
        return rows
    evidence = snapshot.facts.get("evidence", [])
    counted = ngettext("%(count)s piece", "%(count)s pieces", len(evidence)) % {"count": len(evidence)}
    return [
        *rows,
        {"label": _("Self-assessed tier"), "value": f"{snapshot.tier} · {tier_name(instrument, snapshot.tier)}"},
        {"label": _("Evidence"), "value": counted},
        {
            "label": pgettext("assessment", "Submitted"),
            "value": date_format(localtime(snapshot.at), "DATETIME_FORMAT"),
        },
        {"label": "SHA-256", "value": snapshot.digest},
    ]


def _effects(scheme: Any) -> list[str]:
    found = [
        _("The body you choose receives the snapshot, and its desk is told."),
        _("Its assessors read all of the evidence, also what is marked confidential; the public sees none of it."),
        _("Your ratings stay as they are: the assessors rate in a round of their own."),
    ]
    return [*found, _("It follows the scheme %(title)s.") % {"title": title_of(scheme)}] if scheme else found


# -- the entry check --------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry check is passed."""
    folder = open_verification(request, pk)
    sheet = Sheet(
        _("Accept the verification"),
        (
            _("The team opens a round of ratings of its own and begins with the documents."),
            _("The enterprise sees who assesses, and nothing of their drafts."),
        ),
        _("Accept"),
        _("The verification is accepted."),
        people=tuple(place.user.name_in(language()) for place in folder.team),
    )

    def do() -> object:
        return actions.accept_verification(pk, actor=folder.user, now=folder.now)

    return act(request, folder, t.ACCEPT, EmptyForm(typed(request)), sheet, do)


@login_required
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not accept, with reasons."""
    folder = open_verification(request, pk)
    form = WhyForm(typed(request), help_text=_("The enterprise reads them."))
    sheet = Sheet(
        _("Do not accept the verification"),
        (
            _("The verification ends here. What was handed in stays in the record."),
            _("The enterprise is told the reasons and may hand in again."),
        ),
        _("Do not accept"),
        _("The verification is not accepted; the enterprise is told why."),
        danger=True,
    )

    def do() -> object:
        reasons = form.cleaned_data["reasons"]
        return actions.return_verification(pk, reasons=reasons, actor=folder.user, now=folder.now)

    return act(request, folder, t.RETURN, form, sheet, do)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprise takes it back."""
    folder = open_verification(request, pk)
    form = WhyForm(typed(request), help_text=_("The body reads them."))
    sheet = Sheet(
        _("Withdraw the verification"),
        (_("It ends here, without a result."), _("The body is told. You may hand in again later.")),
        _("Withdraw"),
        _("The verification is withdrawn."),
        danger=True,
    )

    def do() -> object:
        reasons = form.cleaned_data["reasons"]
        return actions.withdraw_verification(pk, reasons=reasons, actor=folder.user, now=folder.now)

    return act(request, folder, t.WITHDRAW, form, sheet, do)
