"""The recommendation, the differences item by item, and the compliance review."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions import verification_rounds as rounds
from workflows.actions import verifications as actions
from workflows.domain import verification_table as t
from workflows.domain.verification_states import Round
from workflows.forms.verifications import ComplianceForm, WhyForm
from workflows.queries.verification_checklist import checklist
from workflows.queries.verifications import VerificationFolder
from workflows.views.verification_doors import Sheet, act, head, must_be, open_verification, typed
from workflows.views.verification_findings import reading
from workflows.views.verification_pieces import tier_name
from workflows.views.verification_results import differences, live_result, results


@login_required
@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """The computed tier with its gates and differences; the leading assessor gives the grounds."""
    folder = open_verification(request, pk)
    must_be(folder, t.RECOMMEND)
    form = WhyForm(
        typed(request),
        label=_("Grounds of the recommendation"),
        help_text=_("Compliance review, panel, enterprise and report read them."),
    )
    sheet = _recommend_sheet(folder)

    def do() -> object:
        grounds = form.cleaned_data["reasons"]
        return rounds.recommend_tier(pk, grounds=grounds, actor=folder.user, now=folder.now)

    return act(
        request,
        folder,
        t.RECOMMEND,
        form,
        sheet,
        do,
        template="workflows/verification_recommend.html",
        results=results(folder, live=True, link=False),
        differences=differences(folder, live=True),
    )


def _recommend_sheet(folder: VerificationFolder) -> Sheet:
    tier = live_result(folder)["tier"] if folder.verification.round_id else None
    return Sheet(
        _("Recommend the tier"),
        (
            _("The computed tier is recommended: %(tier)s") % {"tier": _tier_words(folder, tier)},
            _("Ratings, evidence and result are frozen in a snapshot with its digest."),
            _("The compliance review follows, then the panel where the tier asks for one, then the public notice."),
        ),
        _("Recommend this tier"),
        _("The tier is recommended."),
    )


def _tier_words(folder: VerificationFolder, tier: int | None) -> str:
    return "—" if tier is None else f"{tier} · {tier_name(folder.instrument, tier)}"


@login_required
@require_safe
def differences_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Self-assessed and verified, item by item, once a tier is recommended."""
    folder = open_verification(request, pk)
    if not folder.may_see(Round.FINAL):
        raise PermissionDenied
    context = {
        **head(folder, _("Self-assessed and verified")),
        "results": results(folder, link=False),
        "differences": differences(folder),
    }
    return render(request, "workflows/verification_differences.html", context)


# -- compliance -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def compliance(request: HttpRequest, pk: int) -> HttpResponse:
    """The procedure point by point; the reviewer passes it on or sends it back."""
    folder = open_verification(request, pk)
    must_be(folder, t.PASS_COMPLIANCE)
    form = ComplianceForm(typed(request))
    sheet = _compliance_sheet(folder)

    def do() -> object:
        note = form.cleaned_data["note"]
        if form.verdict():
            return actions.pass_compliance(pk, note=note, actor=folder.user, now=folder.now)
        return actions.reject_compliance(pk, reasons=note, actor=folder.user, now=folder.now)

    return act(
        request,
        folder,
        t.PASS_COMPLIANCE,
        form,
        sheet,
        do,
        template="workflows/verification_compliance.html",
        checklist=checklist(folder),
        results=results(folder),
        grounds=folder.verification.recommendation,
        reading=reading(folder),
    )


def _compliance_sheet(folder: VerificationFolder) -> Sheet:
    on = _("the expert panel") if folder.panel_votes else _("the public notice")
    return Sheet(
        _("Compliance review"),
        (
            _("Kept: the recommendation goes on to %(step)s.") % {"step": on},
            _("Sent back: the team settles what you name and recommends anew."),
            _("Your words are printed in the report."),
        ),
        _("Conclude the review"),
        _("The compliance review is concluded."),
    )
