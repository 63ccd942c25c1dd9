"""Assigning reviewers with workload and conflicts in sight; conflicts of interest; opening the reviews."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ethicsreview.accounts.models import User
from workflows.actions.conflicts import declare_conflict, lift_conflict
from workflows.actions.reviews import assign_reviewers, close_reviews, unassign_reviewer
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.states import Role
from workflows.domain.transitions import ASSIGN
from workflows.forms.intake import ConflictForm, ReasonsForm, ReviewersForm
from workflows.models import Conflict
from workflows.queries.folders import Folder
from workflows.queries.people import may_declare, recusable
from workflows.queries.workload import Load, loads
from workflows.views.doors import needed, open_case, reader, refusal, status_of
from workflows.views.pieces import breadcrumb, status
from workflows.wording import SEAT_ROLES


@login_required
@require_http_methods(["GET", "POST"])
def reviewers(request: HttpRequest, pk: int) -> HttpResponse:
    """Members with their workload and what bars them; assign some."""
    folder = open_case(request, pk)
    if not ASSIGN.roles & folder.roles:
        raise PermissionDenied
    people = loads(folder)
    form = ReviewersForm(request.POST or None, free=[load.seat.user_id for load in people if load.free])
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                assign_reviewers(pk, list(form.cleaned_data["reviewers"]), actor=reader(request), now=timezone.now())
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, _("The reviewers are assigned and told."))
                return redirect("workflows:case-reviewers", pk)
    return render(request, "workflows/case_reviewers.html", _reviewers_page(folder, people, form, found), status=code)


def _reviewers_page(folder: Folder, people: list[Load], form: ReviewersForm, found: tuple[Gap, ...]) -> dict[str, Any]:
    language = get_language() or "en"
    chosen = {str(value) for value in form.data.getlist("reviewers")} if form.is_bound else set()  # type: ignore[attr-defined]
    least = folder.rules.review.min_reviewers
    return {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "form": form,
        "needed": needed(found, folder.rules),
        "least": least.value,
        "article": least.citation.in_(language),
        "assignable": folder.case.state in {state.value for state in ASSIGN.sources},
        "rows": [
            {
                "load": load,
                "name": load.seat.user.name_in(language),
                "role": SEAT_ROLES[load.seat.role],  # type: ignore[index]  # a StrEnum's key is its value
                "chosen": str(load.seat.user_id) in chosen,
            }
            for load in people
        ],
        "breadcrumb": breadcrumb(folder, {"label": _("Reviewers")}),
    }


@login_required
@require_http_methods(["GET", "POST"])
def unassign(request: HttpRequest, pk: int, user_id: int) -> HttpResponse:
    """Take an assignment back, with a reason."""
    folder = open_case(request, pk)
    if not ASSIGN.roles & folder.roles:
        raise PermissionDenied
    review = next((row for row in folder.reviews if row.user_id == user_id), None)
    if review is None:
        raise Http404
    form, back = ReasonsForm(request.POST or None), reverse("workflows:case-reviewers", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            unassign_reviewer(
                pk, review.user, reason=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()
            )
        except Refused as refused:
            return refusal(request, refused, folder, back)
        messages.success(request, _("The assignment is taken back."))
        return redirect(back)
    name = review.user.name_in(get_language() or "en")
    confirm = {
        "title": _("Take back the assignment of %(name)s") % {"name": name},
        "effects": [_("What was rated stays in the record and no longer counts.")],
        "people": [name],
        "action": _("Take back"),
        "danger": True,
        "back_url": back,
    }
    context = {"confirm": confirm, "form": form, "breadcrumb": breadcrumb(folder, {"label": confirm["title"]})}
    return render(request, "workflows/confirm.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def open_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """End the blind phase."""
    folder = open_case(request, pk)
    try:
        close_reviews(pk, actor=reader(request), now=timezone.now())
    except Refused as refused:
        return refusal(request, refused, folder, reverse("workflows:case", args=[pk]))
    messages.success(request, _("The reviews are open to the committee."))
    return redirect("workflows:case", pk)


def _people(folder: Folder) -> list[tuple[int, str]]:
    """Whom the person may recuse, by name and office."""
    language = get_language() or "en"
    return [
        (seat.user_id, f"{seat.user.name_in(language)} · {SEAT_ROLES[seat.role]}")  # type: ignore[index]
        for seat in recusable(folder)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Conflicts on this case; declare one's own, or set one as secretary."""
    folder = open_case(request, pk)
    if not may_declare(folder) and Role.SECRETARY not in folder.roles:
        raise PermissionDenied
    form = ConflictForm(request.POST or None, rules=folder.rules, people=_people(folder))
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                return _declared(request, folder, form)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
    return render(request, "workflows/case_conflicts.html", _conflicts_page(folder, form, found), status=code)


def _declared(request: HttpRequest, folder: Folder, form: ConflictForm) -> HttpResponse:
    data, actor = form.cleaned_data, reader(request)
    person = get_object_or_404(User, pk=data["person"])
    declare_conflict(folder.case.pk, person, kind=data["kind"], reason=data["reason"], actor=actor, now=timezone.now())
    if person.pk == actor.pk:
        messages.success(request, _("Your conflict is recorded. You have no part in this case any more."))
        return redirect("workflows:case-list")
    messages.success(request, _("The conflict is recorded and acts at once."))
    return redirect("workflows:case-conflicts", folder.case.pk)


def _conflicts_page(folder: Folder, form: ConflictForm, found: tuple[Gap, ...]) -> dict[str, Any]:
    language = get_language() or "en"
    desk = Role.SECRETARY in folder.roles
    kinds = {kind.code: kind.label.in_(language) for kind in folder.rules.conflicts}
    return {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "form": form,
        "desk": desk,
        "declarable": may_declare(folder),
        "needed": needed(found, folder.rules),
        "rows": [
            {
                "conflict": row,
                "name": row.user.name_in(language),
                "kind": kinds.get(row.kind, row.kind),
                "by": row.declared_by.name_in(language),
            }
            for row in folder.conflicts
        ],
        "breadcrumb": breadcrumb(folder, {"label": _("Conflicts of interest")}),
    }


@login_required
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, pk: int, conflict_id: int) -> HttpResponse:
    """End a recusal set by mistake; the record of it stays."""
    folder = open_case(request, pk)
    if Role.SECRETARY not in folder.roles:
        raise PermissionDenied
    conflict = get_object_or_404(Conflict, pk=conflict_id, case=folder.case, lifted_at__isnull=True)
    form, back = ReasonsForm(request.POST or None), reverse("workflows:case-conflicts", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            lift_conflict(conflict.pk, reason=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now())
        except Refused as refused:
            return refusal(request, refused, folder, back)
        messages.success(request, _("The recusal is lifted."))
        return redirect(back)
    confirm = {
        "title": _("Lift the recusal of %(name)s") % {"name": conflict.user.name_in(get_language() or "en")},
        "effects": [_("The person can take part in this case again."), _("The record of the conflict stays.")],
        "action": _("Lift"),
        "danger": True,
        "back_url": back,
    }
    context = {"confirm": confirm, "form": form, "breadcrumb": breadcrumb(folder, {"label": confirm["title"]})}
    return render(request, "workflows/confirm.html", context, status=400 if form.is_bound else 200)
