"""Planning a meeting and setting its agenda."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.actions import meetings as actions
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.rooms import SeatRole
from workflows.domain.sittings import SET_AGENDA, meeting_gaps
from workflows.forms.meetings import AgendaForm, PlanForm
from workflows.models import Committee, Meeting, Seat
from workflows.queries.agenda import Line, agenda_lines, ready_cases, secretary_of, unseen
from workflows.queries.meetings import MeetingFolder
from workflows.views.doors import desk_day, needed, open_meeting, reader, status_of
from workflows.views.meetings import meeting_breadcrumb, seat_label, up


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """A new meeting of a committee whose secretary one is."""
    user, now = reader(request), timezone.now()
    mine = secretary_of(user, desk_day(now))
    if not mine:
        raise PermissionDenied
    committee = _chosen(mine, request.GET.get("committee", ""))
    if committee is None:
        rows = [{"pk": row.pk, "name": row.name_in(get_language() or "en")} for row in mine]
        return render(request, "workflows/meeting_committee.html", {"rows": rows})
    form = PlanForm(
        request.POST or None, presiding=[(seat.pk, seat_label(seat)) for seat in _presiders(committee, user, now)]
    )
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                return _planned(request, committee, form, now)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
    return render(request, "workflows/meeting_plan.html", _plan_page(committee, form, found, user, now), status=code)


def _chosen(mine: list[Committee], asked: str) -> Committee | None:
    if len(mine) == 1:
        return mine[0]
    return next((committee for committee in mine if str(committee.pk) == asked), None)


def _draft(committee: Committee, user: Any, now: datetime) -> MeetingFolder:
    return MeetingFolder(Meeting(committee=committee, starts_at=now), user=user, now=now)


def _presiders(committee: Committee, user: Any, now: datetime) -> list[Seat]:
    leading = {SeatRole.CHAIR.value, SeatRole.VICE_CHAIR.value}
    return [seat for seat in _draft(committee, user, now).seats if seat.role in leading]


def _planned(request: HttpRequest, committee: Committee, form: PlanForm, now: datetime) -> HttpResponse:
    data, user = form.cleaned_data, reader(request)
    presiding = next(seat for seat in _presiders(committee, user, now) if seat.pk == data["presiding"])
    meeting = actions.plan_meeting(
        committee,
        starts_at=form.starts_at(),
        place=data["place"],
        video_link=data["video_link"],
        message=data["message"],
        presiding=presiding,
        actor=user,
        now=now,
    )
    messages.success(request, _("The meeting is planned. Now choose the cases for its agenda."))
    return redirect("workflows:meeting-agenda", meeting.pk)


def _plan_page(
    committee: Committee, form: PlanForm, found: tuple[Gap, ...], user: Any, now: datetime
) -> dict[str, Any]:
    return {
        "form": form,
        "committee": committee.name_in(get_language() or "en"),
        "needed": needed(found, _draft(committee, user, now).rules),
        "zone": timezone.get_current_timezone_name(),
        "breadcrumb": [*up(), {"label": _("Plan a meeting")}],
    }


@login_required
@require_http_methods(["GET", "POST"])
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and order the ready cases; items the secretary is recused from keep their place unseen."""
    folder = open_meeting(request, pk)
    if not SET_AGENDA.roles & folder.roles:
        raise PermissionDenied
    lines = agenda_lines(folder)
    form = _agenda_form(request, folder, lines)
    found, code = meeting_gaps(SET_AGENDA, folder.facts), 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                actions.set_agenda(pk, form.order(unseen(lines)), actor=reader(request), now=timezone.now())
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, _("The agenda is set."))
                return redirect("workflows:meeting", pk)
    return render(request, "workflows/meeting_agenda.html", _agenda_page(folder, lines, form, found), status=code)


def _agenda_form(request: HttpRequest, folder: MeetingFolder, lines: list[Line]) -> AgendaForm:
    places = {line.item.case_id: line.item.position for line in lines if line.folder is not None}
    return AgendaForm(request.POST or None, cases=ready_cases(folder), places=places)


def _agenda_page(folder: MeetingFolder, lines: list[Line], form: AgendaForm, found: tuple[Gap, ...]) -> dict[str, Any]:
    return {
        "meeting": folder.meeting,
        "form": form,
        "rows": [{"case": case, "field": form[f"place-{case.pk}"]} for case in form.cases],
        "kept": sorted(unseen(lines).values()),
        "needed": needed(found, folder.rules),
        "breadcrumb": meeting_breadcrumb(folder.meeting, {"label": _("Agenda")}),
    }
