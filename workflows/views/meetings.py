"""Meetings: the list, planning, agenda, convening, the sitting itself, coming and going."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflows.actions import meetings as actions
from workflows.domain.gapcodes import Refused
from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.sittings import CLOSE, CONVENE, OPEN, MeetingStep, meeting_gaps
from workflows.forms.meetings import ArriveForm, LeaveForm
from workflows.models import Meeting, Seat
from workflows.queries.agenda import meeting_page, secretary_of
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.views.doors import desk_day, needed, open_meeting, reader
from workflows.views.live import PARTS, changed_parts, live, meeting_status
from workflows.wording import SEAT_ROLES


@login_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings of one's committees: those to come first, then those over."""
    user, day = reader(request), desk_day(timezone.now())
    page = meeting_page(user, day, older=request.GET.get("older", ""), newer=request.GET.get("newer", ""))
    links = {
        "previous_url": f"?{urlencode({'newer': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'older': page.older})}" if page.older else "",
        "total": None,
    }
    context = {
        "coming": [_row(meeting) for meeting in page.coming],
        "over": [_row(meeting) for meeting in page.over],
        "page": links,
        "plans": bool(secretary_of(user, day)),
    }
    return render(request, "workflows/meeting_list.html", context)


def _row(meeting: Meeting) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "meeting": meeting,
        "committee": meeting.committee.name_in(language),
        "presiding": meeting.presiding.user.name_in(language),
        "status": meeting_status(meeting.state),
    }


def seat_label(seat: Seat) -> str:
    """Name and office."""
    return f"{seat.user.name_in(get_language() or 'en')} · {SEAT_ROLES[SeatRole(seat.role)]}"


def up() -> list[dict[str, Any]]:
    """Where every page of meetings hangs."""
    return [{"label": _("Meetings"), "url": reverse("workflows:meeting-list")}]


def meeting_breadcrumb(meeting: Meeting, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """Meetings, this meeting, and what follows it."""
    here: dict[str, Any] = {"label": _("Meeting %(number)s") % {"number": meeting.number}}
    if more:
        here["url"] = reverse("workflows:meeting", args=[meeting.pk])
    return [*up(), here, *more]


# -- the meeting ------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of a meeting, and while it is in session what can be done."""
    return show(request, open_meeting(request, pk))


def show(
    request: HttpRequest,
    folder: MeetingFolder,
    *,
    found: list[dict[str, str]] | None = None,
    typed: str = "",
    code: int = 200,
) -> HttpResponse:
    """The meeting as it is now; with what stood in the way of a step just refused, and the words typed for it."""
    this, language = folder.meeting, get_language() or "en"
    context = {
        **live(folder),
        "meeting": this,
        "folder": folder,
        "committee": this.committee.name_in(language),
        "presiding": seat_label(this.presiding),
        "status": meeting_status(this.state),
        "refused": found or [],
        "typed": typed,
        "convene_needed": _before(CONVENE, folder),
        "close_needed": _before(CLOSE, folder),
        "minutes": folder.minutes,
        "breadcrumb": meeting_breadcrumb(this),
    }
    return render(request, "workflows/meeting_page.html", context, status=code)


def _before(step: MeetingStep, folder: MeetingFolder) -> list[dict[str, str]]:
    return needed(meeting_gaps(step, folder.facts), folder.rules)


@never_cache
@require_safe
def meeting_live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the page last asked: nothing (204), some parts, or the whole page.

    An ended session is told in place, so that words being typed are not swept away by a sign-in page.
    """
    if not request.user.is_authenticated:
        return render(request, "workflows/_meeting_ended.html", {"pk": pk})
    folder = open_meeting(request, pk)
    if not getattr(request, "htmx", False):
        return redirect("workflows:meeting", pk)
    found = live(folder)
    changed = changed_parts(found, request.GET.get("seen", ""))
    if changed is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if not changed:
        return HttpResponse(status=204)
    context = {**found, "meeting": folder.meeting, "changed": [part for part in PARTS if part in changed], "oob": True}
    return render(request, "workflows/meeting_live.html", context)


# -- convening, opening, closing --------------------------------------------------------------------------------------


def _confirmed(
    request: HttpRequest,
    folder: MeetingFolder,
    step: MeetingStep,
    confirm: dict[str, Any],
    do: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Say what will happen and to whom; on POST do it, or show the meeting as it is with what stood in the way."""
    if not step.roles & folder.roles:
        raise PermissionDenied
    back = reverse("workflows:meeting", args=[folder.meeting.pk])
    if request.method == "POST":
        try:
            do()
        except Refused as refused:
            return show_refused(request, folder.meeting.pk, refused)
        messages.success(request, done)
        return redirect(back)
    found = meeting_gaps(step, folder.facts)
    if found:
        return show(request, folder, found=needed(found, folder.rules), code=409)
    context = {
        "confirm": {**confirm, "back_url": back},
        "breadcrumb": meeting_breadcrumb(folder.meeting, {"label": confirm["title"]}),
    }
    return render(request, "workflows/confirm.html", context)


def show_refused(
    request: HttpRequest, pk: int, refused: Refused, *, typed: str = "", folder: Folder | None = None
) -> HttpResponse:
    """The meeting in its present state, above it what stood in the way; ``folder``: the case the step was about."""
    if refused.is_role:
        raise PermissionDenied
    meeting = open_meeting(request, pk)
    instrument = folder.instrument if folder else None
    found = needed(refused.gaps, folder.rules if folder else meeting.rules, instrument)
    return show(request, meeting, found=found, typed=typed, code=409)


@login_required
@require_http_methods(["GET", "POST"])
def convene(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the convening notice."""
    folder = open_meeting(request, pk)
    language, this = get_language() or "en", folder.meeting
    confirm = {
        "title": _("Convene the meeting"),
        "text": f"{date_format(localtime(this.starts_at), 'DATETIME_FORMAT')} · {this.place or this.video_link}",
        "effects": [
            _("Each of these people gets a notice and a mail."),
            _("Members recused from every item are not told."),
            _("The agenda can still be changed until the meeting opens."),
        ],
        "people": [
            seat.user.name_in(language)
            for seat in folder.seats
            if seat.user_id not in {folder.user.pk, *folder.barred}
        ],
        "action": _("Convene"),
    }
    done = _("The meeting is convened; the members have been told.")
    return _confirmed(
        request,
        folder,
        CONVENE,
        confirm,
        lambda: actions.convene_meeting(pk, actor=reader(request), now=timezone.now()),
        done,
    )


@login_required
@require_http_methods(["GET", "POST"])
def open_sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """The sitting begins; before its hour too, knowingly."""
    folder = open_meeting(request, pk)
    planned = date_format(localtime(folder.meeting.starts_at), "DATETIME_FORMAT")
    confirm = {
        "title": _("Open the meeting"),
        "text": _("Convened for %(moment)s.") % {"moment": planned},
        "warning": _early(planned) if folder.facts.in_future else "",
        "effects": [
            _("Attendance is recorded from this moment."),
            _("Quorum is counted for each item, without the members recused from it."),
            _("The agenda can no longer be changed."),
        ],
        "action": _("Open the meeting"),
    }
    return _confirmed(
        request,
        folder,
        OPEN,
        confirm,
        lambda: actions.open_meeting(pk, actor=reader(request), now=timezone.now()),
        _("The meeting is in session."),
    )


def _early(planned: str) -> str:
    return _(
        "You are opening the meeting before its time, %(moment)s. Members who rely on the notice may not be there yet."
        " The history keeps both times."
    ) % {"moment": planned}


@login_required
@require_http_methods(["GET", "POST"])
def close_sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """The sitting ends."""
    folder = open_meeting(request, pk)
    confirm = {
        "title": _("Close the meeting"),
        "effects": [
            _("Everybody still present is recorded as leaving now."),
            _("Cases not reached go back to the list of ready cases."),
            _("The minutes can be drafted from the record."),
        ],
        "final": _("A closed meeting cannot be opened again."),
        "action": _("Close the meeting"),
        "danger": True,
    }
    return _confirmed(
        request,
        folder,
        CLOSE,
        confirm,
        lambda: actions.close_meeting(pk, actor=reader(request), now=timezone.now()),
        _("The meeting is closed."),
    )


# -- coming and going -------------------------------------------------------------------------------------------------


@login_required
@require_POST
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody comes: oneself, or anybody for the secretary."""
    open_meeting(request, pk)
    form = ArriveForm(request.POST)
    if not form.is_valid():
        raise Http404
    data = form.cleaned_data
    try:
        actions.arrive(
            pk,
            data["seat"],
            mode=Mode(data["mode"]),
            stands_for=data["stands_for"],
            actor=reader(request),
            now=timezone.now(),
        )
    except Refused as refused:
        return show_refused(request, pk, refused)
    return redirect(f"{reverse('workflows:meeting', args=[pk])}#live-room")


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves."""
    open_meeting(request, pk)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        actions.leave(pk, form.cleaned_data["seat"], actor=reader(request), now=timezone.now())
    except Refused as refused:
        return show_refused(request, pk, refused)
    return redirect(f"{reverse('workflows:meeting', args=[pk])}#live-room")
