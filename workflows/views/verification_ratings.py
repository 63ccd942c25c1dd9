"""Saving on the rating page: ratings, evidence, items set aside, the DCMM level; opening evidence."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from assessments.domain.answers import BadAnswer
from assessments.queries.snapshots import criteria_of
from assessments.wording import ANSWER_FAULTS
from ethicsreview.files.models import FileVersion
from workflows.actions import verification_rounds as actions
from workflows.domain import verification_table as t
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.verification_states import Round
from workflows.forms.verifications import AsideForm, ClaimForm, CriterionForm, DcmmFindingForm, JudgeForm
from workflows.queries.verification_reading import opens_evidence
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import status_of
from workflows.views.sheets import download, page_picture
from workflows.views.verification_dcmm_page import dcmm_context
from workflows.views.verification_doors import INVALID, must_be, needed, open_verification, refusal, typed
from workflows.views.verification_rating_page import (
    DCMM,
    RatingSheet,
    Typed,
    dimension_of,
    is_shown,
    page_context,
    slug,
)
from workflows.views.verification_reading import Look, ReadingSheet, look_of

SAVED = 200
Gaps = tuple[Gap, ...]


@login_required
@require_safe
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """One dimension: claim and evidence beside the team's own rating."""
    folder = open_verification(request, pk)
    if not is_shown(folder):
        raise PermissionDenied
    return _page(request, folder, request.GET.get("dimension", ""))


@login_required
@require_safe
def dcmm(request: HttpRequest, pk: int) -> HttpResponse:
    """The DCMM level, the last place of the rating page."""
    return redirect(f"{reverse('workflows:verification-rating', args=[pk])}?dimension={DCMM}")


def _page(
    request: HttpRequest,
    folder: VerificationFolder,
    key: str,
    *,
    not_taken: Typed | None = None,
    found: Gaps = (),
    code: int = SAVED,
    **more: Any,
) -> HttpResponse:
    """The whole page of a dimension, with what was not taken."""
    given = request.POST if request.method == "POST" else request.GET
    sheet, dimension = ReadingSheet(folder, not_taken, look_of(given)), dimension_of(folder, key)
    beside = {"source": sheet.source(dimension), "refused": needed(found, folder)}
    context = {**page_context(folder, sheet, dimension), **beside}
    if dimension is None:
        context["dcmm"] = dcmm_context(folder, **more)
    return render(request, "workflows/verification_rating.html", context, status=code)


@login_required
@require_POST
def criterion(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """Save one rating: a piece of the page for htmx, else the whole page again."""
    folder = open_verification(request, pk)
    must_be(folder, t.RATE)
    if criterion not in folder.instrument.criteria:
        raise Http404
    before = dict(folder.round.standings) if folder.verification.round_id else {}
    form = CriterionForm(request.POST, instrument=folder.instrument)
    code, found = _rate(folder, criterion, form)
    if request.headers.get("HX-Request"):
        return _piece(request, folder, criterion, form, code, found, before)
    dimension = folder.instrument.dimension_of[folder.instrument.criteria[criterion].item]
    if code != SAVED:
        return _page(request, folder, dimension.key, not_taken=Typed(criterion, form), found=found, code=code)
    messages.success(request, _("%(item)s is saved.") % {"item": criterion})
    return redirect(_beside(folder, criterion, look_of(request.POST)))


def _rate(folder: VerificationFolder, criterion: str, form: CriterionForm) -> tuple[int, Gaps]:
    if not form.is_valid():
        return INVALID, ()
    data, pk = form.cleaned_data, folder.verification.pk
    given = {"step": data["step"] or None, "note": data["note"], "seen": data["seen"]}
    try:
        actions.rate_criterion(pk, criterion, **given, actor=folder.user, now=folder.now)
    except BadAnswer as fault:
        form.add_error("note" if fault.field == "reason" else None, str(ANSWER_FAULTS[fault.code]))
        return INVALID, ()
    except Refused as refused:
        return status_of(refused), refused.gaps
    return SAVED, ()


def _piece(
    request: HttpRequest,
    folder: VerificationFolder,
    key: str,
    form: CriterionForm,
    code: int,
    found: Gaps,
    before: dict[str, Any],
) -> HttpResponse:
    """The state of one criterion and, out of band, the bar, the item's level and what the save opened or closed."""
    fresh = open_verification(request, folder.verification.pk)
    sheet = ReadingSheet(fresh, None if code == SAVED else Typed(key, form), look_of(request.POST))
    one = fresh.instrument.criteria[key]
    moved = code == SAVED and dict(fresh.round.standings) != before and _opens(before, fresh, one.item)
    context = {
        **sheet.bar(fresh.instrument.dimension_of[one.item].key),
        "verification": fresh.verification,
        "one": sheet.criterion(one),
        "item": sheet.item(fresh.instrument.items[one.item], above=one.level),
        "rating": sheet.rating,
        "judging": sheet.rating,
        "refused": needed(found, fresh),
        "piece": True,
        "moved": moved,
    }
    return render(request, "workflows/verification_saved.html", context, status=code)


def _opens(before: dict[str, Any], fresh: VerificationFolder, item: str) -> bool:
    """Whether another of the item's criteria became asked, or is not asked any more."""
    now, asked = fresh.round.standings, ("rated", "unanswered")
    keys = [one.key for cell in fresh.instrument.items[item].cells for one in cell]
    return any((before.get(key) in asked) != (now[key] in asked) for key in keys)


# -- evidence ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def evidence_judge(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """Accept or reject one piece; everywhere it stands on the page is drawn anew."""
    folder = open_verification(request, pk)
    must_be(folder, t.JUDGE_EVIDENCE)
    form = JudgeForm(request.POST)
    if not form.is_valid() or not any(piece.pk == evidence_id for piece in folder.round.evidence):
        raise Http404
    try:
        actions.judge_evidence(pk, evidence_id, accepted=form.verdict(), actor=folder.user, now=folder.now)
    except Refused as refused:
        return refusal(request, refused, folder, reverse("workflows:verification-rating", args=[pk]))
    fresh = open_verification(request, pk)
    if request.headers.get("HX-Request"):
        return _judged(request, fresh, evidence_id, form.cleaned_data["criterion"])
    return redirect(_beside(fresh, form.cleaned_data["criterion"], look_of(request.POST)))


def _beside(folder: VerificationFolder, criterion: str, look: Look | None) -> str:
    """The place on the rating page where the button was."""
    one = folder.instrument.criteria.get(criterion)
    sheet = ReadingSheet(folder)
    if one is None:
        return sheet.url("")
    return sheet.beside(folder.instrument.dimension_of[one.item].key, look, f"c-{slug(criterion)}")


def _judged(request: HttpRequest, folder: VerificationFolder, evidence_id: int, criterion: str) -> HttpResponse:
    sheet = ReadingSheet(folder, look=look_of(request.POST))
    piece = next(piece for piece in folder.round.evidence if piece.pk == evidence_id)
    here = folder.instrument.criteria.get(criterion)
    dimension = folder.instrument.dimension_of[here.item] if here else folder.instrument.dimensions[0]
    known = [folder.instrument.criteria[key] for key in criteria_of(piece) if key in folder.instrument.criteria]
    shown = [one for one in known if folder.instrument.dimension_of[one.item] == dimension and one.level <= sheet.top]
    drawn = [sheet.criterion(one) for one in shown]
    context = {
        **sheet.bar(dimension.key),
        "verification": folder.verification,
        "pieces": [(one, row) for one in drawn for row in one["pieces"] if row["pk"] == evidence_id],
        "levels": [sheet.item(folder.instrument.items[key]) for key in dict.fromkeys(one.item for one in shown)],
        "rating": sheet.rating,
        "judging": sheet.rating,
        "piece": True,
    }
    return render(request, "workflows/verification_judged.html", context)


@login_required
@require_GET
def evidence(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponseBase:
    """The file of one piece of evidence, for those who may read what was handed in."""
    return download(request, _file_of(request, pk, evidence_id))


@login_required
@require_GET
def evidence_page(request: HttpRequest, pk: int, evidence_id: int, page: int) -> HttpResponseBase:
    """One page of it as a picture, for the same people."""
    return page_picture(request, _file_of(request, pk, evidence_id), page)


def _file_of(request: HttpRequest, pk: int, evidence_id: int) -> FileVersion:
    folder = open_verification(request, pk)
    if not opens_evidence(folder):
        raise PermissionDenied
    piece = next((piece for piece in folder.round.evidence if piece.pk == evidence_id), None)
    if piece is None or piece.file is None:
        raise Http404
    return piece.file


@login_required
@require_GET
def claim_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The DCMM certificate that was claimed."""
    folder = open_verification(request, pk)
    if not folder.may_see(Round.SELF):
        raise PermissionDenied
    claim = folder.round.claim
    if claim is None or claim.file is None:
        raise Http404
    return download(request, claim.file)


# -- items set aside, and the DCMM level ------------------------------------------------------------------------------


@login_required
@require_POST
def aside(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Agree or not that an item does not apply."""
    folder = open_verification(request, pk)
    must_be(folder, t.DECIDE_NA)
    if item not in folder.round.claimed_aside:
        raise Http404
    form = AsideForm(request.POST)
    dimension = folder.instrument.dimension_of[item].key

    def do() -> object:
        reason = form.cleaned_data["reason"]
        return actions.decide_na(pk, item, approved=form.verdict(), reason=reason, actor=folder.user, now=folder.now)

    code, found = _attempt(form, do)
    if code != SAVED:
        return _page(request, folder, dimension, not_taken=Typed(item, form), found=found, code=code)
    messages.success(request, _("The decision on %(item)s is kept.") % {"item": item})
    return redirect(RatingSheet(folder).url(dimension, f"item-{item.replace('.', '-')}"))


def _attempt(form: Any, do: Callable[[], object]) -> tuple[int, Gaps]:
    """The status of the answer and what stands in the way; faults of the form stand on it."""
    if not form.is_valid():
        return INVALID, ()
    try:
        do()
    except Refused as refused:
        return status_of(refused), refused.gaps
    return SAVED, ()


@login_required
@require_POST
def dcmm_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the claimed certificate counts."""
    folder = open_verification(request, pk)
    must_be(folder, t.JUDGE_CLAIM)
    form = ClaimForm(request.POST)

    def do() -> object:
        reasons = form.cleaned_data["reason"]
        return actions.judge_claim(pk, accepted=form.verdict(), reasons=reasons, actor=folder.user, now=folder.now)

    code, found = _attempt(form, do)
    if code != SAVED:
        return _page(request, folder, DCMM, found=found, code=code, claim_form=form)
    messages.success(request, _("The judgement of the certificate is kept."))
    return redirect("workflows:verification-dcmm", pk)


@login_required
@require_POST
def dcmm_find(request: HttpRequest, pk: int) -> HttpResponse:
    """Find a level by the team's own judgement."""
    folder = open_verification(request, pk)
    must_be(folder, t.FIND_DCMM)
    form = DcmmFindingForm(typed(request), instrument=folder.instrument)

    def do() -> object:
        data = form.cleaned_data
        return actions.find_dcmm(pk, level=data["level"], grounds=data["reason"], actor=folder.user, now=folder.now)

    code, found = _attempt(form, do)
    if code != SAVED:
        return _page(request, folder, DCMM, found=found, code=code, finding_form=form)
    messages.success(request, _("The finding is recorded; another assessor of the team signs it."))
    return redirect("workflows:verification-dcmm", pk)


@login_required
@require_POST
def dcmm_countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """The second signature under the finding."""
    folder = open_verification(request, pk)
    must_be(folder, t.COUNTERSIGN_DCMM)
    try:
        actions.countersign_dcmm(pk, actor=folder.user, now=folder.now)
    except Refused as refused:
        return refusal(request, refused, folder, reverse("workflows:verification-dcmm", args=[pk]))
    messages.success(request, _("The finding is countersigned."))
    return redirect("workflows:verification-dcmm", pk)
