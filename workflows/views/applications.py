"""The applicant's pages: begin, fill step by step, read through and hand in, answer a notice, withdraw."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.actions.applications import Overtaken, save_answers, start_case
from workflows.domain.application_form import Step, StepKind
from workflows.domain.gapcodes import Refused
from workflows.forms.applications import StartForm, StepForm, pieces_of
from workflows.models import Case
from workflows.queries.applying import applicants_of, open_committees, untouched_draft
from workflows.queries.folders import Folder
from workflows.views.application_page import (
    Typed,
    is_open,
    own_step,
    pieces,
    step_bar,
    step_context,
    step_url,
)
from workflows.views.doors import desk_day, open_case, reader, refusal

SAVED, INVALID, OVERTAKEN = 200, 422, 409


@login_required
@require_http_methods(["GET", "POST"])
def case_start(request: HttpRequest) -> HttpResponse:
    """Choose where to apply and for whom; begins the draft."""
    user, now = reader(request), timezone.now()
    committees, organisations = open_committees(), applicants_of(user, desk_day(now))
    form = StartForm(request.POST or None, committees=committees, organisations=organisations)
    if request.method == "POST" and not organisations:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        committee = next(row for row, _rules in committees if str(row.pk) == form.cleaned_data["committee"])
        applicant = next(row for row in organisations if str(row.pk) == form.cleaned_data["organisation"])
        case = untouched_draft(user, committee, applicant) or start_case(committee, applicant, actor=user, now=now)
        return redirect(_first_step(case))
    context = {"form": form, "organisations": organisations, "committees": committees}
    return render(request, "workflows/case_start.html", context, status=400 if request.method == "POST" else 200)


def _first_step(case: Case) -> str:
    """The first page of a draft, whichever steps its rulebook has."""
    return reverse("workflows:application", args=[case.pk])


@login_required
@require_http_methods(["GET"])
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """To the first step of the application, or to what was handed in once it is closed."""
    folder = open_case(request, pk)
    first = folder.rules.application.steps[0]
    return redirect(step_url(folder, own_step(folder, first.code)) if is_open(folder) else _reading(folder))


def _reading(folder: Folder) -> str:
    return reverse("workflows:application-read", args=[folder.case.pk, folder.application.number])


@login_required
@require_http_methods(["GET", "POST"])
def application_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of the application: the whole of it by an ordinary submit, one piece of it by htmx."""
    folder = open_case(request, pk)
    place = own_step(folder, step)
    if not is_open(folder) and request.method == "GET":
        return redirect(_reading(folder))
    if place.kind is StepKind.PLEDGE:
        return redirect(step_url(folder, place))
    if request.method == "GET":
        return render(request, "workflows/application_step.html", step_context(folder, place))
    try:
        return _save_piece(request, folder, place) if request.POST.get("only") else _save_step(request, folder, place)
    except Refused as refused:
        return refusal(request, refused, folder, back=reverse("workflows:case", args=[pk]))


def _save(folder: Folder, form: StepForm, leave: set[str]) -> dict[str, Any]:
    """Keep what is valid; what somebody else wrote meanwhile is left as it is and handed back."""
    form.is_valid()
    values, seen = form.values(), form.seen()
    conflicts: dict[str, Any] = {}
    while values := {key: value for key, value in values.items() if key not in leave and key not in conflicts}:
        try:
            save_answers(folder.case.pk, values, seen=seen, actor=folder.user, now=timezone.now())
        except Overtaken as overtaken:
            conflicts |= overtaken.items
        else:
            break
    form.keep_typed_days()
    return conflicts


def _theirs(request: HttpRequest, step: Step, folder: Folder) -> set[str]:
    """Keys for which the saved value is taken instead of what was typed: ``pick`` is ``theirs:<piece>``."""
    side, _colon, piece = request.POST.get("pick", "").partition(":")
    return set(pieces_of(step, folder.rules).get(piece, ())) if side == "theirs" else set()


def _save_piece(request: HttpRequest, folder: Folder, step: Step) -> HttpResponse:
    """One piece: its state alone for htmx, the whole piece when a side was picked."""
    only, picked = request.POST["only"], "pick" in request.POST
    if only not in pieces_of(step, folder.rules):
        raise Http404
    form = StepForm(request.POST, step=step, rules=folder.rules, answers=folder.application.answers, only=only)
    leave = _theirs(request, step, folder)
    conflicts = _save(folder, form, leave)
    code = OVERTAKEN if conflicts else (INVALID if form.errors and not leave else SAVED)
    fresh = open_case(request, folder.case.pk)
    typed = Typed(form, conflicts) if code != SAVED else None
    template = "workflows/_application_piece.html" if picked else "workflows/_application_state.html"
    context = {
        **step_bar(fresh, step),
        "case": fresh.case,
        "piece": pieces(fresh, step, typed, only=only)[0],
        "depending": [row for row in pieces(fresh, step) if _depends(fresh, row["code"], only)],
        "template": template,
        "now": timezone.now(),
        "oob": True,
        "focus": picked,
    }
    return render(request, "workflows/application_saved.html", context, status=code)


def _depends(folder: Folder, code: str, on: str) -> bool:
    """Whether an item is asked for only when ``on`` has a certain answer."""
    for step in folder.rules.application.steps:
        for item in step.items:
            if item.code == code:
                return item.required_when is not None and item.required_when.item == on
    return False


def _save_step(request: HttpRequest, folder: Folder, step: Step) -> HttpResponse:
    """The whole step; what could not be kept stays on the page as it was typed."""
    form = StepForm(request.POST, step=step, rules=folder.rules, answers=folder.application.answers)
    leave = _theirs(request, step, folder)
    conflicts = _save(folder, form, leave)
    troubled = conflicts or {key for key in form.errors if key not in leave}
    if troubled:
        fresh = open_case(request, folder.case.pk)
        context = step_context(fresh, step, Typed(form, conflicts))
        code = OVERTAKEN if conflicts else INVALID
        return render(request, "workflows/application_step.html", context, status=code)
    messages.success(request, _("Saved."))
    return redirect(_onward(request, folder, step))


def _onward(request: HttpRequest, folder: Folder, step: Step) -> str:
    """Where a saved step leads: on, or back to the rows that were added to or taken from."""
    row = request.POST.get("add") or request.POST.get("drop", "").rpartition("-")[0]
    if row in {item.code for item in step.items}:
        return f"{step_url(folder, step)}#item-{row}"
    steps = folder.rules.application.steps
    after = steps[min(steps.index(step) + 1, len(steps) - 1)]
    return step_url(folder, after if "next" in request.POST else step)
