"""The secretary's pages of one case: classify, accept, ask, decline, extend, designate."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workflows.actions.decisions import designate_chair, end_designation
from workflows.actions.intake import accept_case, classify_case, decline_case, extend_deadline, request_supplement
from workflows.domain.application import claimed, questions
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.rooms import SeatRole
from workflows.domain.transitions import (
    ACCEPT,
    CLASSIFY,
    DECLINE,
    DESIGNATE,
    EXTEND,
    REQUEST_SUPPLEMENT,
    Transition,
    gaps,
)
from workflows.forms.intake import (
    AcceptForm,
    ClassificationForm,
    DesignateForm,
    ExtendForm,
    ReasonsForm,
    SupplementForm,
)
from workflows.queries.folders import Folder
from workflows.views.doors import needed, open_case, reader, refusal, status_of
from workflows.views.pieces import breadcrumb, status


@dataclass(frozen=True)
class Sheet:
    """What one act's page says: title, what will happen, the button, and the words after it is done."""

    title: str
    effects: tuple[str, ...]
    action: str
    done: str
    danger: bool = False
    extra: str = ""


def act(
    request: HttpRequest,
    folder: Folder,
    transition: Transition,
    form: forms.Form,
    sheet: Sheet,
    do: Callable[[], object],
    **context: Any,
) -> HttpResponse:
    """Show the act's form with what is still needed; on POST do it, or show why not with everything typed kept."""
    if not transition.roles & folder.roles:
        raise PermissionDenied
    found, code = _before(folder, transition), 200
    if request.method == "POST":
        if form.is_valid():
            try:
                do()
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, sheet.done)
                return redirect("workflows:case", folder.case.pk)
        else:
            code = 400
    page = {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "sheet": sheet,
        "form": form,
        "needed": needed(found, folder.rules, folder.instrument),
        "breadcrumb": breadcrumb(folder, {"label": sheet.title}),
        "back": reverse("workflows:case", args=[folder.case.pk]),
        **context,
    }
    return render(request, sheet.extra or "workflows/case_act.html", page, status=code)


def _before(folder: Folder, transition: Transition) -> tuple[Gap, ...]:
    """What is missing before anything is typed: what the form itself will give is taken as given."""
    given = {"notice_items": ("*",), "reasons": True, "deadline_later": True}
    if transition is CLASSIFY:
        given |= {"tier": "*", "exemption_claimed": False}
    return gaps(transition, replace(folder.facts, **given), folder.rules)  # type: ignore[arg-type]  # fields by name


@login_required
@require_http_methods(["GET", "POST"])
def classify(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm tier, flags and list findings; the applicant's own answers stand beside the form."""
    folder = open_case(request, pk)
    case, said = folder.case, claimed(folder.rules.lists, folder.application.answers)
    first = {
        "tier": case.tier,
        "flags": case.flags,
        "red_lines": case.red_lines if case.tier else said.red_lines,
        "listed": case.listed if case.tier else said.listed,
        "exemption": case.exemption or next(iter(said.exemptions), ""),
        "exemption_evidence": case.exemption_evidence,
        "reason": case.classification_reason,
    }
    form = ClassificationForm(request.POST or None, initial=first, rules=folder.rules, instrument=folder.instrument)
    sheet = Sheet(
        _("Confirm tier and flags"),
        (
            _("Tier and flags decide which indicators are asked and which of them are gates."),
            _("What is found on the lists decides the way the case takes, and which decisions are open."),
            _("The change is kept in the history of the case."),
        ),
        _("Confirm"),
        _("Tier and flags are confirmed."),
        extra="workflows/case_classify.html",
    )
    return act(
        request,
        folder,
        CLASSIFY,
        form,
        sheet,
        lambda: classify_case(pk, form.finding(), actor=reader(request), now=timezone.now()),
        said=_said(folder),
    )


def _said(folder: Folder) -> dict[str, list[dict[str, str]]]:
    """The applicant's self-assessment: what was answered with yes, with no, and not at all."""
    language, answers = get_language() or "en", folder.application.answers
    found: dict[str, list[dict[str, str]]] = {"yes": [], "no": [], "open": []}
    for key, question in questions(folder.rules.lists):
        answer = answers.get(key)
        line = {
            "question": question.question.in_(language),
            "article": question.citation.in_(language),
            "why": str(answers.get(f"{key}.why", "")),
        }
        found[answer if answer in {"yes", "no"} else "open"].append(line)
    return found


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the case; the procedure by rule stands above the form with its article."""
    folder = open_case(request, pk)
    form, language = AcceptForm(request.POST or None), get_language() or "en"
    way = folder.route
    days = folder.rules.meeting.days.value
    sheet = Sheet(
        _("Accept the case"),
        (
            _("Way by rule: %(way)s (%(article)s)")
            % {"way": way.label.in_(language), "article": way.citation.in_(language)},
            _("The time limit of %(days)s days begins today.") % {"days": days},
            _("The applicant is told, with the procedure and its reasons."),
        ),
        _("Accept"),
        _("The case is accepted; the applicant has been told."),
    )
    return act(
        request,
        folder,
        ACCEPT,
        form,
        sheet,
        lambda: accept_case(pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()),
    )


@login_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not accept, with reasons."""
    folder = open_case(request, pk)
    form = ReasonsForm(request.POST or None)
    sheet = Sheet(
        _("Do not accept the case"),
        (_("The case ends here."), _("The applicant is told the reasons.")),
        _("Do not accept"),
        _("The case was not accepted; the applicant has been told."),
        danger=True,
    )
    return act(
        request,
        folder,
        DECLINE,
        form,
        sheet,
        lambda: decline_case(pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()),
    )


@login_required
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, pk: int) -> HttpResponse:
    """The one complete notice, with the rulebook's checklist beside it."""
    folder = open_case(request, pk)
    form, language = SupplementForm(request.POST or None, rules=folder.rules), get_language() or "en"
    checklist = [
        {"label": line.label.in_(language), "article": line.citation.in_(language)}
        for line in folder.rules.acceptance.checklist
    ]
    sheet = Sheet(
        _("Send the supplement notice"),
        (
            _("This is the only notice there will be: name everything that is missing."),
            _("The applicant answers item by item."),
        ),
        _("Send the notice"),
        _("The notice is sent."),
        extra="workflows/case_supplement.html",
    )
    return act(
        request,
        folder,
        REQUEST_SUPPLEMENT,
        form,
        sheet,
        lambda: request_supplement(
            pk,
            form.requests(),
            message=form.cleaned_data["message"],
            actor=reader(request),
            now=timezone.now(),
        ),
        checklist=checklist,
    )


@login_required
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """A later last day, with reasons."""
    folder = open_case(request, pk)
    form = ExtendForm(request.POST or None)
    sheet = Sheet(
        _("Extend the time limit"),
        (_("The applicant is told the new last day and the reasons."),),
        _("Extend"),
        _("The time limit is extended."),
    )
    return act(
        request,
        folder,
        EXTEND,
        form,
        sheet,
        lambda: extend_deadline(
            pk,
            until=form.cleaned_data["until"],
            reasons=form.cleaned_data["reasons"],
            actor=reader(request),
            now=timezone.now(),
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def designate(request: HttpRequest, pk: int) -> HttpResponse:
    """A vice-chair acts for a chair who is recused or away."""
    folder = open_case(request, pk)
    language = get_language() or "en"
    seats = [
        (seat.pk, seat.user.name_in(language))
        for seat in folder.seats
        if seat.role == SeatRole.VICE_CHAIR.value and seat.user_id not in folder.recused
    ]
    form = DesignateForm(request.POST or None, seats=seats)
    sheet = Sheet(
        _("Designate who acts for the chair"),
        (_("The vice-chair leads and issues the decision in this case, until it ends."),),
        _("Designate"),
        _("The vice-chair is designated."),
    )
    return act(
        request,
        folder,
        DESIGNATE,
        form,
        sheet,
        lambda: designate_chair(
            pk,
            seat_id=form.cleaned_data["seat"],
            reasons=form.cleaned_data["reasons"],
            actor=reader(request),
            now=timezone.now(),
        ),
    )


@login_required
@require_POST
def return_to_chair(request: HttpRequest, pk: int) -> HttpResponse:
    """End the designation of who acts for the chair."""
    folder = open_case(request, pk)
    try:
        end_designation(pk, actor=reader(request), now=timezone.now())
    except Refused as refused:
        return refusal(request, refused, folder, reverse("workflows:case", args=[pk]))
    messages.success(request, _("The chair leads the case again."))
    return redirect("workflows:case", pk)
