"""The page of a dimension, and the saves of its criteria and items."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions.answering import AnswerOvertaken, Saved, answer_criterion, set_item_aside
from assessments.domain.answers import BadAnswer
from assessments.domain.maturity_gaps import MaturityRefused
from assessments.domain.staged import Criterion
from assessments.forms.maturity import AnswerForm, AsideForm, chosen_seen
from assessments.models import Answer, SelfAssessment
from assessments.queries.maturity import MaturityFolder
from assessments.views.dimension_page import (
    Typed,
    criterion_context,
    dimension_context,
    head_context,
    level_context,
    level_head_context,
    next_open,
    shared,
    shown_level,
)
from assessments.views.doors import (
    CONFLICT,
    INVALID,
    SAVED,
    anchor,
    criterion_url,
    needed,
    open_self_assessment,
    reader,
    status_of,
)
from assessments.views.pieces import dimensions
from assessments.wording import ANSWER_FAULTS


@login_required
@require_safe
def dimension(request: HttpRequest, pk: int, dimension: str) -> HttpResponse:
    """The items of one dimension with the questions that are open."""
    folder = open_self_assessment(request, pk)
    found = next((one for one in folder.instrument.dimensions if one.key == dimension), None)
    if found is None:
        raise Http404
    return render(request, "assessments/dimension.html", dimension_context(folder, found))


@login_required
@require_POST
def criterion(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """Save one rating: its state alone for htmx, else back to the page or on to the next question."""
    form, theirs = AnswerForm(request.POST), request.POST.get("pick") == "theirs"
    code, typed, saved = (SAVED, None, None) if theirs else _save(request, pk, criterion, form)
    folder = saved.folder if saved else open_self_assessment(request, pk)
    one = folder.instrument.criteria.get(criterion)
    if one is None:
        raise Http404
    kept = saved.answer if saved else None
    if request.headers.get("HX-Request"):
        merged = kept is not None and form.says_less_than(kept)
        return criterion_piece(request, folder, one, typed, code, kept=kept, merged=merged)
    if typed is not None:
        return page_again(request, folder, criterion, typed, code)
    if "next" in request.POST:
        return redirect(next_open(folder, criterion))
    if not theirs:
        messages.success(request, _("%(item)s is saved.") % {"item": criterion})
    return redirect(criterion_url(folder, criterion))


def _save(request: HttpRequest, pk: int, key: str, form: AnswerForm) -> tuple[int, Typed | None, Saved | None]:
    """The status; where it was not taken, what was typed and why; else what stands now.

    The assessment is read once, under its lock; whoever may not read it is answered as if there were none.
    """
    if not form.is_valid():
        return INVALID, Typed(key, form), None
    try:
        saved = answer_criterion(pk, key, **form.values(), actor=reader(request), now=timezone.now())
    except SelfAssessment.DoesNotExist:
        open_self_assessment(request, pk)  # raises, after as many queries as for one that is not theirs
        raise
    except AnswerOvertaken as overtaken:
        return CONFLICT, Typed(key, form, theirs=overtaken.answer), None
    except BadAnswer as fault:
        form.add_error(None, str(ANSWER_FAULTS[fault.code]))
        return INVALID, Typed(key, form), None
    except MaturityRefused as refused:
        return status_of(refused), Typed(key, form, gaps=needed(refused.gaps, open_self_assessment(request, pk))), None
    return SAVED, None, saved


def criterion_piece(
    request: HttpRequest,
    folder: MaturityFolder,
    one: Criterion,
    typed: Typed | None = None,
    code: int = SAVED,
    *,
    template: str = "assessments/criterion_saved.html",
    kept: Answer | None = None,
    merged: bool = False,
) -> HttpResponse:
    """The state of one criterion and, out of band, what the save changes elsewhere on the page.

    ``folder`` has read nothing before the save.

    The whole criterion where its fields no longer show what stands: one was chosen, or two were ``merged``.
    Else they have seen ``kept`` and nothing newer, so that the next save tells of what somebody saved just after it.
    """
    item, place = folder.instrument.items[one.item], folder.dimension_of(one.key)
    whole = merged or (request.POST.get("pick", "").startswith(("theirs", "mine")) and typed is None)
    now, then = shown_level(folder, item), _whole(request.POST.get("shown", ""))
    changed = _changed(then, now, folder.row.target) if then is not None else []
    context: dict[str, Any] = {
        **shared(folder, place),
        "criterion": criterion_context(folder, one, typed),
        "item": head_context(folder, item),
        "levels": [level_context(folder, item, number) for number in changed],
        "heads": [level_head_context(folder, item, number) for number in range(1, now + 1) if number not in changed],
        "tabs": dimensions(folder, place.key),
        "whole": whole,
        "merged": merged,
        "piece": True,
    }
    if kept is not None and not whole:
        context["criterion"]["seen"] = kept.pk
    answer = render(request, template, context, status=code)
    if merged:
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#c-{anchor(one.key)}", "outerHTML"
    return answer


def _changed(then: int, now: int, target: int) -> list[int]:
    """The levels a page that shows questions up to ``then`` has to draw anew to show them up to ``now``."""
    if now == then:
        return []
    return [number for number in range(min(then, now) + 1, max(then, now) + 2) if number <= target]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None


def page_again(request: HttpRequest, folder: MaturityFolder, key: str, typed: Typed, code: int) -> HttpResponse:
    """The whole page with what was typed; ``folder`` has read nothing before the attempt."""
    context = dimension_context(folder, folder.dimension_of(key), typed)
    return render(request, "assessments/dimension.html", {**context, "refused": typed.gaps}, status=code)


@login_required
@require_POST
def item(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Set an item aside with its reason, or take it up again."""
    folder = open_self_assessment(request, pk)
    if item not in folder.instrument.items:
        raise Http404
    form = AsideForm(request.POST)
    code, typed = _set_aside(folder, item, form)
    if typed is not None:
        return page_again(request, open_self_assessment(request, pk), item, typed, code)
    words = _("%(item)s is set aside.") if form.cleaned_data["aside"] else _("%(item)s is taken up again.")
    messages.success(request, words % {"item": item})
    return redirect(criterion_url(folder, item))


def _set_aside(folder: MaturityFolder, item: str, form: AsideForm) -> tuple[int, Typed | None]:
    if not form.is_valid():
        return INVALID, Typed(item, form)
    data = form.cleaned_data
    given = {"aside": data["aside"], "reason": data["reason"], "seen": chosen_seen(form)}
    try:
        set_item_aside(folder.row.pk, item, **given, actor=folder.user, now=timezone.now())
    except AnswerOvertaken as overtaken:
        return CONFLICT, Typed(item, form, theirs=overtaken.answer)
    except BadAnswer as fault:
        form.add_error(None, str(ANSWER_FAULTS[fault.code]))
        return INVALID, Typed(item, form)
    except MaturityRefused as refused:
        return status_of(refused), Typed(item, form, gaps=needed(refused.gaps, folder))
    return SAVED, None
