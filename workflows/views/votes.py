"""Votes and dissents: one's own, those the secretary enters, opinions against the outcome."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workflows.actions import motions as actions
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.transitions import CAST_VOTE, RECORD_VOTE
from workflows.forms.meetings import DissentForm, RecordVoteForm, VoteForm
from workflows.models import Motion
from workflows.queries.folders import Folder
from workflows.views.doors import needed, open_case, reader, status_of
from workflows.views.motions import at_once, back_to_meeting, only
from workflows.views.pieces import breadcrumb, status
from workflows.views.table import motion_title


@login_required
@require_POST
def cast(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own vote; the last one cast stands."""
    folder = open_case(request, pk)
    only(CAST_VOTE, folder)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _invalid(request, folder, form)
    data = form.cleaned_data
    return at_once(
        request,
        folder,
        lambda: actions.cast_vote(
            pk,
            motion_id=data["motion"],
            choice=Choice(data["choice"]),
            reason=data["reason"],
            actor=reader(request),
            now=timezone.now(),
        ),
        _("Your vote is recorded. You can change it until the ballot is closed."),
        typed=data["reason"],
    )


def _invalid(request: HttpRequest, folder: Folder, form: forms.Form) -> HttpResponse:
    """The form alone with its errors, everything typed kept."""
    if folder.motion is None or "motion" in form.errors:
        raise Http404
    title = _("Vote on motion %(number)s") % {"number": folder.motion.number}
    context = {
        "title": title,
        "form": form,
        "motion": folder.motion,
        "motion_title": motion_title(folder, folder.motion),
        "breadcrumb": breadcrumb(folder, {"label": title}),
        "back": back_to_meeting(folder),
    }
    return render(request, "workflows/meeting_vote.html", context, status=400)


@login_required
@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A vote the secretary enters for a member present."""
    folder = open_case(request, pk)
    only(RECORD_VOTE, folder)
    form = RecordVoteForm(request.POST)
    voter = next((seat.user for seat in folder.seats if str(seat.user_id) == request.POST.get("voter")), None)
    if not form.is_valid() or voter is None or voter == folder.user:
        raise Http404
    data = form.cleaned_data
    return at_once(
        request,
        folder,
        lambda: actions.cast_vote(
            pk,
            motion_id=data["motion"],
            choice=Choice(data["choice"]),
            reason=data["reason"],
            voter=voter,
            actor=reader(request),
            now=timezone.now(),
        ),
        _("The vote is recorded as entered by you."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def dissent(request: HttpRequest, pk: int, motion_id: int) -> HttpResponse:
    """One's opinion against the outcome of a closed motion, until the decision is issued."""
    folder = open_case(request, pk)
    motion = next((row for row in folder.motions if row.pk == motion_id and row.carried is not None), None)
    if motion is None or not folder.roles:
        raise Http404
    if folder.user.pk not in motion.present:
        raise PermissionDenied
    written = next((row.text for row in motion.dissents.all() if row.user_id == folder.user.pk), "")
    form = DissentForm(request.POST or None, initial={"text": written})
    found: tuple[Gap, ...] = () if folder.dissents_from(motion) else (Gap(GapCode.NOT_DISSENTING),)
    code = 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                actions.write_dissent(
                    pk, motion_id=motion_id, text=form.cleaned_data["text"], actor=folder.user, now=timezone.now()
                )
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, _("Your dissenting opinion is recorded."))
                return redirect(back_to_meeting(folder))
    return render(request, "workflows/meeting_act.html", _dissent_page(folder, motion, form, found), status=code)


def _dissent_page(folder: Folder, motion: Motion, form: forms.Form, found: tuple[Gap, ...]) -> dict[str, Any]:
    title = _("Dissent from motion %(number)s") % {"number": motion.number}
    return {
        "title": title,
        "lead": motion_title(folder, motion),
        "effects": [
            _("It stands, with your name, in the review report and in the minutes unless those are approved already."),
            _("You can change it until the decision is issued."),
        ],
        "action": _("Put the dissent on record"),
        "case": folder.case,
        "status": status(folder.case),
        "form": form,
        "needed": needed(found, folder.rules),
        "breadcrumb": breadcrumb(folder, {"label": title}),
        "back": back_to_meeting(folder),
    }
