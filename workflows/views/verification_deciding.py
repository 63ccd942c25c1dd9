"""Objections, and the decision in person."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ethicsreview.notices.domain import DeliveryState
from workflows.actions import verifications as actions
from workflows.domain import verification_table as t
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.verification_states import VRole
from workflows.forms.verifications import DecideForm, SettleForm, WhyForm
from workflows.models import Objection
from workflows.queries.verification_reading import names_objectors, reads_objections
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import reader, status_of
from workflows.views.verification_doors import (
    INVALID,
    Sheet,
    act,
    head,
    must_be,
    needed,
    open_verification,
    refusal,
    still_needed,
    typed,
)
from workflows.views.verification_findings import reading
from workflows.views.verification_pieces import clocks, language, tier_name
from workflows.views.verification_results import results

Row = dict[str, Any]


# -- objections -------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def objections(request: HttpRequest, pk: int) -> HttpResponse:
    """What was objected: the desk with names, the others of the body and the enterprise without."""
    folder = open_verification(request, pk)
    if not reads_objections(folder):
        raise PermissionDenied
    return _shown(request, folder)


def _shown(
    request: HttpRequest,
    folder: VerificationFolder,
    *,
    not_taken: tuple[int, SettleForm] | None = None,
    found: tuple[Gap, ...] = (),
    code: int = 200,
) -> HttpResponse:
    notice = reverse("workflows:register-notice", args=[folder.verification.reference])
    context = {
        **head(folder, _("Objections")),
        "refused": needed(found, folder),
        "rows": [_row(folder, row, not_taken) for row in folder.objections],
        "clocks": clocks(folder)[-1:],
        "notice_url": notice if folder.verification.notice_from else "",
    }
    return render(request, "workflows/verification_objections.html", context, status=code)


def _row(folder: VerificationFolder, row: Objection, not_taken: tuple[int, SettleForm] | None) -> Row:
    named = names_objectors(folder)
    settles = VRole.COORDINATOR in folder.roles and folder.state in t.SETTLE_OBJECTION.sources
    form = not_taken[1] if not_taken and not_taken[0] == row.pk else SettleForm(prefix=f"o{row.pk}")
    return {
        "pk": row.pk,
        "name": row.name if named else _("Name known to the body"),
        "contact": row.contact if named else "",
        "at": row.at,
        "text": row.text,
        "state": _state(row),
        "answer": row.answer,
        "settled_by": row.settled_by.name_in(language()) if row.settled_by else "",
        "settled_at": row.settled_at,
        "mail": _mail(row) if named else None,
        "mailed_at": row.mailed_at,
        "form": form if settles and row.settled_at is None else None,
        "url": reverse("workflows:verification-objection-settle", args=[folder.verification.pk, row.pk]),
    }


def _mail(row: Objection) -> Row | None:
    """Where the mail with the answer stands; what could not be sent is for the desk to send."""
    known = {
        DeliveryState.SENT.value: {"label": _("answer mailed"), "tone": "good"},
        DeliveryState.QUEUED.value: {"label": _("answer on its way"), "tone": "active"},
        DeliveryState.FAILED.value: {"label": _("answer not delivered: write to the address"), "tone": "bad"},
    }
    return known.get(row.answer_mail)


def _state(row: Objection) -> Row:
    if row.upheld is None:
        return {"label": _("not settled yet"), "tone": "active"}
    return {"label": _("upheld"), "tone": "warn"} if row.upheld else {"label": _("not upheld"), "tone": "plain"}


@login_required
@require_POST
def objection_settle(request: HttpRequest, pk: int, objection_id: int) -> HttpResponse:
    """The coordinator's answer to one objection."""
    folder = open_verification(request, pk)
    must_be(folder, t.SETTLE_OBJECTION)
    if not any(row.pk == objection_id for row in folder.objections):
        raise Http404
    form = SettleForm(request.POST, prefix=f"o{objection_id}")
    found: tuple[Gap, ...] = ()
    code = INVALID
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            actions.settle_objection(
                objection_id, upheld=form.verdict(), answer=answer, actor=folder.user, now=folder.now
            )
        except Refused as refused:
            found, code = refused.gaps, status_of(refused)
        else:
            messages.success(request, _("The objection is settled."))
            return redirect("workflows:verification-objections", pk)
    return _shown(request, folder, not_taken=(objection_id, form), found=found, code=code)


@login_required
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """After an upheld objection: back to the team."""
    folder = open_verification(request, pk)
    form = WhyForm(typed(request), help_text=_("The team reads them."))
    sheet = Sheet(
        _("Send the recommendation back to the team"),
        (
            _("The public notice ends without a decision."),
            _("The team may rate every criterion anew and recommends again; compliance, panel and notice follow."),
        ),
        _("Send back"),
        _("The recommendation is back with the team."),
        danger=True,
    )

    def do() -> object:
        reasons = form.cleaned_data["reasons"]
        return actions.reopen_verification(pk, reasons=reasons, actor=folder.user, now=folder.now)

    return act(request, folder, t.REOPEN, form, sheet, do)


# -- the decision -----------------------------------------------------------------------------------------------------


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Certify or refuse, with the password: the act is the decider's in person."""
    folder = open_verification(request, pk)
    must_be(folder, t.DECIDE)
    certifiable = not still_needed(folder, t.DECIDE, reasons=True)
    found = still_needed(folder, t.DECIDE, reasons=True, refusing=True)
    if found:
        return refusal(request, Refused(found), folder)
    form = DecideForm(typed(request), certifiable=certifiable, seen=_seen(folder))
    if request.method == "POST" and form.is_valid() and _is_in_person(request, form):
        try:
            _decided(folder, form)
        except Refused as refused:
            return refusal(request, refused, folder)
        messages.success(request, _("It is decided. The signed documents are being made."))
        return redirect("workflows:verification-reports", pk)
    code = INVALID if request.method == "POST" else 200
    return render(request, "workflows/verification_decide.html", _page(folder, form), status=code)


def _seen(folder: VerificationFolder) -> str:
    """What tells one recommendation from the next."""
    moment = folder.verification.recommended_at
    return moment.isoformat() if moment else ""


def _decided(folder: VerificationFolder, form: DecideForm) -> None:
    actions.decide_verification(
        folder.verification.pk,
        certify=form.certifies(),
        reasons=form.cleaned_data["reasons"],
        actor=folder.user,
        now=folder.now,
    )


def _is_in_person(request: HttpRequest, form: DecideForm) -> bool:
    """Whether the password is the signed-in person's; wrong ones count like failed sign-ins."""
    user = reader(request)
    found = authenticate(request, username=user.email, password=form.cleaned_data["password"])
    if found is None or found.pk != user.pk:
        form.add_error("password", _("This is not your password."))
        return False
    return True


def _page(folder: VerificationFolder, form: DecideForm) -> Row:
    row = folder.verification
    told = [row.self_assessment.organisation.name_in(language()), row.host.name_in(language())]
    sheet = Sheet(
        _("Decide"),
        _effects(folder),
        _("Decide"),
        "",
        people=tuple(told),
    )
    return {
        **head(folder, sheet.title),
        "sheet": sheet,
        "form": form,
        "results": results(folder),
        "grounds": row.recommendation,
        "facts": _facts(folder),
        "reading": reading(folder),
    }


def _effects(folder: VerificationFolder) -> tuple[str, ...]:
    tier, scheme = folder.verification.recommended_tier, folder.scheme
    refused = _("Refused: no certificate is issued; the enterprise reads your reasons.")
    signed = _("The report is signed in English and in Chinese.")
    if not tier:
        return (refused, signed)
    named = f"{tier} · {tier_name(folder.instrument, tier)}"
    return (
        _("Certified: tier %(tier)s, valid for %(months)s months and listed in the public register.")
        % {"tier": named, "months": scheme.validity_months.value},
        refused,
        signed,
    )


def _facts(folder: VerificationFolder) -> list[Row]:
    row, ballots = folder.verification, [ballot for ballot in folder.ballots if ballot.closed_at]
    facts = [{"label": _("Compliance review"), "value": row.compliance_note}]
    if ballots and ballots[-1].standing:
        standing = ballots[-1].standing
        words = _("%(in_favour)s in favour, %(against)s against, %(abstain)s abstained") % standing
        facts.append({"label": _("Expert panel"), "value": words})
    settled = sum(objection.settled_at is not None for objection in folder.present_objections)
    upheld = sum(bool(objection.upheld) for objection in folder.present_objections)
    told = _("%(settled)s settled, %(upheld)s of them upheld") % {"settled": settled, "upheld": upheld}
    return [*facts, {"label": _("Objections"), "value": told if settled else _("none")}]
