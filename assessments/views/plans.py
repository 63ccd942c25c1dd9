"""What lifts an enterprise: the proposal, the efforts behind it, and the plan with its progress."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions.planning import add_steps, edit_step, remove_step, set_efforts, tick_step
from assessments.domain.maturity_gaps import MaturityGap, MaturityRefused
from assessments.forms.plans import AdoptForm, EffortsForm, StepForm, TermsForm
from assessments.models import PlanStep
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.planning import efforts_of, plan_steps, possible_owners
from assessments.views.doors import INVALID, SAVED, needed, open_self_assessment, refusal, status_of
from assessments.views.pieces import frame, tongue
from assessments.views.plan_page import may_plan, plan_context, wish_of


def _framed(folder: MaturityFolder, title: str = "") -> dict[str, Any]:
    """What the plan's pages share; those below it lead back to it."""
    context = frame(folder, title or _("What lifts us"), "plan")
    if title:
        above = {"label": _("What lifts us"), "url": reverse("assessments:plan", args=[folder.row.pk])}
        context["breadcrumb"] = [*context["breadcrumb"][:-1], above, context["breadcrumb"][-1]]
    return context


def _open(request: HttpRequest, pk: int) -> MaturityFolder:
    """The assessment for whoever edits its plan; 404 for who may not see it, 403 for who only reads."""
    folder = open_self_assessment(request, pk)
    if not may_plan(folder):
        raise PermissionDenied
    return folder


def _acting(folder: MaturityFolder) -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor": folder.user, "now": timezone.now()}


def _owners(folder: MaturityFolder) -> dict[str, Any]:
    """What a form about terms needs to know."""
    return {"owners": possible_owners(folder.row.organisation_id, day_of(folder.now)), "language": tongue()}


def _step(folder: MaturityFolder, step_id: int) -> PlanStep:
    step = next((one for one in plan_steps(folder.row.pk) if one.pk == step_id), None)
    if step is None:
        raise Http404
    return step


@dataclass(frozen=True)
class Tried:
    """What became of a form: the status, what stands in the way, and whether it is done."""

    code: int
    gaps: tuple[MaturityGap, ...] = ()
    done: bool = False


def _tried(form: Form, act: Callable[[], Any]) -> Tried:
    """Act on a form that was sent and is right. A step somebody else took out meanwhile is a 404."""
    if not form.is_valid():
        return Tried(INVALID if form.is_bound else SAVED)
    try:
        act()
    except MaturityRefused as refused:
        return Tried(status_of(refused), refused.gaps)
    except PlanStep.DoesNotExist:
        raise Http404 from None
    return Tried(SAVED, done=True)


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _back(request: HttpRequest, pk: int, words: str, place: str = "#plan") -> HttpResponse:
    """To the plan, with a word about what was done."""
    messages.success(request, words)
    return redirect(f"{reverse('assessments:plan', args=[pk])}{place}")


def _form_page(
    request: HttpRequest, folder: MaturityFolder, title: str, form: Form, tried: Tried, **more: Any
) -> HttpResponse:
    context = {**_framed(folder, title), "heading": title, "form": form, "refused": needed(tried.gaps, folder), **more}
    return render(request, "assessments/plan_form.html", context, status=tried.code)


@login_required
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The smallest or cheapest set that reaches a tier, and the steps taken on."""
    folder = open_self_assessment(request, pk)
    context = {**_framed(folder), **plan_context(folder, wish_of(request.GET.dict()))}
    if context["editable"]:
        context["adopt"] = AdoptForm(**_owners(folder))
    return render(request, "assessments/plan.html", context)


@login_required
@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the criteria the page showed into the plan."""
    folder = _open(request, pk)
    form = AdoptForm(request.POST, **_owners(folder))
    added: list[PlanStep] = []

    def act() -> None:
        criteria = form.criteria(folder.instrument)
        added.extend(add_steps(pk, criteria, form.terms(), **_acting(folder)))

    tried = _tried(form, act)
    if tried.done:
        words = ngettext("%(count)s step is new in the plan.", "%(count)s steps are new in the plan.", len(added))
        return _back(request, pk, words % {"count": len(added)})
    context = {**_framed(folder), **plan_context(folder, wish_of(request.GET.dict()))}
    context |= {"adopt": form, "refused": needed(tried.gaps, folder)}
    return render(request, "assessments/plan.html", context, status=tried.code)


@login_required
@require_http_methods(["GET", "POST"])
def efforts(request: HttpRequest, pk: int) -> HttpResponse:
    """What raising one criterion of each item costs."""
    folder = _open(request, pk)
    form = EffortsForm(_typed(request), instrument=folder.instrument, efforts=efforts_of(pk), language=tongue())
    tried = _tried(form, lambda: set_efforts(pk, form.efforts(), **_acting(folder)))
    if tried.done:
        return _back(request, pk, _("The efforts are saved."), "?aim=cheapest")
    context = {**_framed(folder, _("Effort of each item")), "form": form, "refused": needed(tried.gaps, folder)}
    context["dimensions"] = _effort_fields(folder, form)
    return render(request, "assessments/plan_efforts.html", context, status=tried.code)


def _effort_fields(folder: MaturityFolder, form: EffortsForm) -> list[dict[str, Any]]:
    return [
        {
            "key": dimension.key,
            "title": dimension.title.in_(tongue()),
            "fields": [form[f"effort-{item.key}"] for item in dimension.items],
        }
        for dimension in folder.instrument.dimensions
    ]


@login_required
@require_http_methods(["GET", "POST"])
def step_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One step by hand."""
    folder = _open(request, pk)
    planned = frozenset(step.criterion for step in plan_steps(pk))
    form = StepForm(_typed(request), instrument=folder.instrument, planned=planned, **_owners(folder))

    def act() -> None:
        add_steps(pk, [form.cleaned_data["criterion"]], form.terms(), **_acting(folder))

    tried = _tried(form, act)
    if tried.done:
        return _back(request, pk, _("The step is in the plan."))
    return _form_page(request, folder, _("Add a step"), form, tried)


@login_required
@require_http_methods(["GET", "POST"])
def step_edit(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """Owner, day and note of a step; an owner who has left the enterprise stays until somebody else is chosen."""
    folder = _open(request, pk)
    step = _step(folder, step_id)
    known = _owners(folder)
    if step.owner and step.owner not in known["owners"]:
        known["owners"] = [step.owner, *known["owners"]]
    form = TermsForm(_typed(request), initial={"owner": step.owner_id, "due": step.due, "note": step.note}, **known)
    tried = _tried(form, lambda: edit_step(pk, step_id, form.terms(), **_acting(folder)))
    if tried.done:
        return _back(request, pk, _("The step is saved."), f"#step-{step_id}")
    criterion = folder.instrument.criteria[step.criterion]
    about = {"key": criterion.key, "text": criterion.text.in_(tongue())}
    return _form_page(request, folder, _("Edit the step"), form, tried, criterion=about)


@login_required
@require_POST
def step_tick(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """Mark a step done, or open again."""
    folder = _open(request, pk)
    tried = _tried(Form(request.POST), lambda: tick_step(pk, step_id, done=_is_yes(request), **_acting(folder)))
    back = f"{reverse('assessments:plan', args=[pk])}#step-{step_id}"
    return redirect(back) if tried.done else refusal(request, MaturityRefused(*tried.gaps), back, folder)


@login_required
@require_http_methods(["GET", "POST"])
def step_remove(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """Take a step out of the plan."""
    folder = _open(request, pk)
    step, back = _step(folder, step_id), f"{reverse('assessments:plan', args=[pk])}#plan"
    tried = _tried(Form(_typed(request)), lambda: remove_step(pk, step_id, **_acting(folder)))
    if tried.done:
        return _back(request, pk, _("The step is removed."))
    if tried.gaps:
        return refusal(request, MaturityRefused(*tried.gaps), back, folder)
    title = _("Remove step %(criterion)s from the plan?") % {"criterion": step.criterion}
    told = [_("Owner, day and note of this step are gone."), _("The answers stay as they are.")]
    confirm = {"title": title, "effects": told, "action": _("Remove the step"), "danger": True, "back_url": back}
    return render(request, "assessments/plan_remove.html", {**_framed(folder, _("Remove a step")), "confirm": confirm})


def _is_yes(request: HttpRequest) -> bool:
    return request.POST.get("done") == "yes"
