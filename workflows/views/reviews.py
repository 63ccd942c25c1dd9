"""A member's rating page, its saves, handing in; the comparison once the reviews are open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.domain.answers import BadAnswer
from assessments.wording import ANSWER_FAULTS
from workflows.actions.reviews import rate_indicator, submit_review
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.states import Role
from workflows.forms.reviews import OpinionForm, RatingForm, seen
from workflows.queries.comparison import is_seated
from workflows.queries.folders import Folder
from workflows.views.comparison_page import blind_context, comparison_context
from workflows.views.doors import needed, open_case, status_of
from workflows.views.rating_page import END, Place, one_item, place_of, progress_context, rating_context

SAVED, NOT_TAKEN = 200, 422


def _own_folder(request: HttpRequest, pk: int) -> Folder:
    """The case for its reviewer; 404 for who may not see it, 403 for who is not assigned."""
    folder = open_case(request, pk)
    if Role.REVIEWER not in folder.roles:
        raise PermissionDenied
    return folder


@login_required
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Documents beside one point of the instrument; the last place hands in."""
    folder = _own_folder(request, pk)
    place = place_of(folder, request.GET.dict())
    return render(request, "workflows/review_page.html", rating_context(folder, place))


@login_required
@require_POST
def review_item(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Save one rating: a piece of the page for htmx, else the whole page again."""
    folder = _own_folder(request, pk)
    if item not in folder.instrument.items:
        raise Http404
    form = RatingForm(request.POST, instrument=folder.instrument)
    code, gaps = _save(folder, item, form)
    if request.headers.get("HX-Request"):
        return _piece(request, folder, item, form, code, gaps)
    if code != SAVED:
        return _page_again(request, folder, item, form, code, gaps)
    messages.success(request, _("%(item)s is saved.") % {"item": item})
    return redirect(_place(request, folder, item).url(pk, anchor=item))


def _place(request: HttpRequest, folder: Folder, item: str) -> Place:
    """The point of ``item``, and the page one looks at."""
    doc, page = seen(request.POST)
    return place_of(folder, {"item": item, "doc": doc, "page": page})


def _save(folder: Folder, item: str, form: RatingForm) -> tuple[int, tuple[Gap, ...]]:
    """The status of the answer and what stands in the way; faults of the answer itself stand on the form."""
    if not form.is_valid():
        return NOT_TAKEN, ()
    try:
        rate_indicator(folder.case.pk, item, **form.values(), actor=folder.user, now=timezone.now())
    except BadAnswer as fault:
        form.add_error(fault.field if fault.field in form.fields else None, str(ANSWER_FAULTS[fault.code]))
        return NOT_TAKEN, ()
    except Refused as refused:
        return status_of(refused), refused.gaps
    return SAVED, ()


def _piece(
    request: HttpRequest, folder: Folder, item: str, form: RatingForm, code: int, gaps: tuple[Gap, ...]
) -> HttpResponse:
    """The state of one indicator and, out of band, the bar of points."""
    fresh = open_case(request, folder.case.pk)
    place = _place(request, fresh, item)
    context = {
        **progress_context(fresh, place),
        "item": one_item(fresh, item, place, None if code == SAVED else form),
        "refused": needed(gaps, fresh.rules, fresh.instrument),
        "piece": True,
    }
    return render(request, "workflows/review_saved.html", context, status=code)


def _page_again(
    request: HttpRequest, folder: Folder, item: str, form: RatingForm, code: int, gaps: tuple[Gap, ...]
) -> HttpResponse:
    """The whole page with what was typed."""
    refused = needed(gaps, folder.rules, folder.instrument)
    context = rating_context(folder, _place(request, folder, item), typed=(item, form), refused=refused)
    return render(request, "workflows/review_page.html", context, status=code)


@login_required
@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the own review in; a second click finds it handed in."""
    folder = _own_folder(request, pk)
    form = OpinionForm(request.POST)
    code, gaps = _hand_in(folder, form)
    place = place_of(folder, {"point": END})
    if code == SAVED or _is_in(request, pk):
        messages.success(request, _("Your review is handed in."))
        return redirect(place.url(pk))
    refused = needed(gaps, folder.rules, folder.instrument)
    context = rating_context(folder, place, opinion=form, refused=refused)
    return render(request, "workflows/review_page.html", context, status=code)


def _hand_in(folder: Folder, form: OpinionForm) -> tuple[int, tuple[Gap, ...]]:
    if not form.is_valid():
        return NOT_TAKEN, ()
    try:
        submit_review(folder.case.pk, opinion=form.cleaned_data["opinion"], actor=folder.user, now=timezone.now())
    except Refused as refused:
        return status_of(refused), refused.gaps
    return SAVED, ()


def _is_in(request: HttpRequest, pk: int) -> bool:
    """Whether the review stands handed in, by this click or the one before."""
    own = open_case(request, pk).own_review
    return own is not None and own.submitted_at is not None


@login_required
@require_safe
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """The reviews side by side; while they are blind, who has handed in and nothing of what."""
    folder = open_case(request, pk)
    if not is_seated(folder):
        raise PermissionDenied
    if folder.case.reviews_opened_at is None:
        return render(request, "workflows/review_blind.html", blind_context(folder), status=403)
    return render(request, "workflows/comparison_page.html", comparison_context(folder, request.GET.get("show", "")))
