"""Meetings for programs: planned, convened, held; their agenda, attendance and minutes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions import meetings as actions
from workflows.api.doors import CaseThing, by, named, pointer, today, wrong
from workflows.api.motions import motion_values
from workflows.api.refusals import missing, refused
from workflows.domain import sittings
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.rooms import Mode
from workflows.domain.sittings import APPROVE_MINUTES, DRAFT_MINUTES, MEETING_TABLE, SET_AGENDA, meeting_gaps
from workflows.domain.states import MeetingState
from workflows.models import Case, Meeting, Minutes, Seat
from workflows.queries.agenda import Line, agenda_lines, members, ready_cases, secretary_of, unseen
from workflows.queries.comparison import COMMITTEE
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.queries.minutes import approved_minutes, as_read, meeting_record
from workflows.reporting.overseen import OverseenCase
from workflows.serializers.meetings import (
    MEETING_STATE,
    AgendaBody,
    ApproveMinutesBody,
    ArriveBody,
    CaseMinutesSerializer,
    DraftMinutesBody,
    LeaveBody,
    MeetingRowSerializer,
    MeetingSerializer,
    MinutesSerializer,
    PlanBody,
)


class MeetingThing(ThingDoor):
    """What hangs on one meeting, for those with a seat."""

    half = Half.CASES
    tag = "meetings"

    def open(self, **address: Any) -> MeetingFolder:
        now = timezone.now()
        rows = Meeting.objects.party_to(self.caller, today(now)).select_related("committee__host", "presiding__user")
        meeting = rows.defer("committee__host__logo").filter(pk=address["meeting"]).first()
        if meeting is None:
            raise Http404
        return MeetingFolder(meeting, user=self.caller, now=now)

    def refusal(self, error: Exception, thing: MeetingFolder) -> Stop | None:
        return refused(error, thing.rules) if isinstance(error, Refused) else None


class MeetingDoor(MeetingThing):
    """One meeting."""

    shape = MeetingSerializer

    def data(self, thing: MeetingFolder) -> Data:
        return dict(MeetingSerializer(meeting_values(thing)).data)


def meeting_values(folder: MeetingFolder) -> Data:
    """The meeting as ``MeetingSerializer`` takes it."""
    meeting, lines = folder.meeting, agenda_lines(folder)
    current = next((line for line in lines if line.is_open), None)
    names = ("pk", "committee_id", "number", "state", "starts_at", "place", "video_link", "presiding_id", "message")
    times = ("convened_at", "opened_at", "closed_at")
    return {name: getattr(meeting, name) for name in (*names, *times)} | {
        "roles": sorted(role.value for role in folder.roles),
        "room": _room(folder, current),
        "stays": folder.attendance,
        "agenda": [_line(folder, line) for line in lines],
        "ready": [str(case.reference) for case in ready_cases(folder)] if folder.may(SET_AGENDA) else [],
        "actions": _actions(folder),
    }


def _actions(folder: MeetingFolder) -> list[Data]:
    found = []
    for step in MEETING_TABLE:
        if step.roles & folder.roles:
            lacking = missing(meeting_gaps(step, folder.facts), folder.rules)
            found.append({"name": step.verb, "open": not lacking, "missing": lacking})
    return found


def _room(folder: MeetingFolder, current: Line | None) -> list[Data]:
    here = {stay.seat_id: stay for stay in folder.attendance if stay.left_at is None}
    recused = current.folder.recused if current and current.folder else frozenset[int]()
    return [_seat(seat, here.get(seat.pk), recused=seat.user_id in recused) for seat in members(folder)]


def _seat(seat: Seat, stay: Any, *, recused: bool) -> Data:
    return {
        **named(seat.user),
        "seat": seat.pk,
        "role": seat.role,
        "here": stay is not None,
        "mode": stay.mode if stay else "",
        "since": stay.arrived_at if stay else None,
        "stands_for": stay.stands_for_id if stay else None,
        "recused": recused,
    }


UNSEEN: Data = {
    "recused": True,
    "case": None,
    "title": "",
    "state": None,
    "open": False,
    "outcome": "",
    "note": "",
    "counted": None,
    "quorum": None,
    "missing": [],
    "motions": [],
}


def _line(meeting: MeetingFolder, line: Line) -> Data:
    item, folder, room = line.item, line.folder, line.room
    if folder is None or room is None:
        return {**UNSEEN, "position": item.position}
    waiting = meeting.meeting.state == MeetingState.OPEN.value and item.closed_at is None
    motions = [motion for motion in reversed(folder.motions) if motion.item_id == item.pk]
    return {
        "position": item.position,
        "recused": False,
        "case": str(item.case),
        "title": item.case.title,
        "state": item.case.state,
        "open": line.is_open,
        "outcome": item.outcome,
        "note": item.note,
        "counted": room.counted if waiting else None,
        "quorum": folder.rules.meeting.quorum.value,
        "missing": missing(line.gaps, folder.rules) if waiting else [],
        "motions": [motion_values(folder, motion, room) for motion in motions],
    }


class MeetingFilter(django_filters.FilterSet):
    """What narrows the list of meetings."""

    state = django_filters.MultipleChoiceFilter(
        choices=[(state, state) for state in MEETING_STATE], help_text="One or more states."
    )
    committee = django_filters.NumberFilter(help_text="Id of a committee.")
    starts_from = django_filters.IsoDateTimeFilter(
        field_name="starts_at", lookup_expr="gte", help_text="The earliest beginning."
    )
    starts_until = django_filters.IsoDateTimeFilter(
        field_name="starts_at", lookup_expr="lte", help_text="The latest beginning."
    )


class MeetingsDoor(ManyDoor):
    """Meetings of the committees where the caller has a seat, the latest first."""

    half = Half.CASES
    tag = "meetings"
    shape = MeetingRowSerializer
    filters = MeetingFilter
    ordering = ("-starts_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Meeting]:
        return Meeting.objects.party_to(self.caller, today(timezone.now()))


def _plan(_parent: None, caller: User, now: datetime, body: Data) -> Meeting:
    mine = secretary_of(caller, today(now))
    if not mine:
        raise Stop(Kind.NOT_ALLOWED)
    committee = next((row for row in mine if row.pk == body["committee"]), None)
    if committee is None:
        raise wrong("/committee", _("Not a committee whose meetings you keep."))
    draft = MeetingFolder(Meeting(committee=committee, starts_at=now), user=caller, now=now)
    presiding = next((seat for seat in draft.seats if seat.pk == body["presiding"]), None)
    if presiding is None:
        raise wrong("/presiding", _("The committee has no such seat today."))
    if not (body["place"] or body["video_link"]):
        raise wrong("/place", _("Give a place, a video address, or both."))
    told = body | {"committee": committee, "presiding": presiding}
    try:
        return actions.plan_meeting(**told, actor=caller, now=now)
    except Refused as error:
        raise refused(error, draft.rules) from error


def _set_agenda(thing: MeetingFolder, caller: User, now: datetime, body: Data) -> object:
    """In this order; items the caller is recused from keep their places unseen."""
    desk = Case.objects.on_desk_of(caller, thing.day).filter(committee=thing.meeting.committee_id)
    known = dict(desk.filter(reference__in=body["cases"]).values_list("reference", "pk"))
    for place, ref in enumerate(body["cases"]):
        if ref not in known:
            raise wrong(pointer("cases", place), _("The committee has no such case."))
    order = list(dict.fromkeys(known[ref] for ref in body["cases"]))
    for case, position in sorted(unseen(agenda_lines(thing)).items(), key=lambda row: row[1]):
        order.insert(position - 1, case)
    return actions.set_agenda(thing.meeting.pk, order, actor=caller, now=now)


def _on_meeting(action: Callable[..., object]) -> Callable[[Any, User, datetime, Data], object]:
    """The action that takes the meeting's id and, by name, the fields of the body."""

    def run(thing: MeetingFolder, caller: User, now: datetime, body: Data) -> object:
        return action(thing.meeting.pk, **body, actor=caller, now=now)

    return run


def _arrive(thing: MeetingFolder, caller: User, now: datetime, body: Data) -> object:
    mode, stands_for = Mode(body["mode"]), body["stands_for"]
    return actions.arrive(thing.meeting.pk, body["seat"], mode=mode, stands_for=stands_for, actor=caller, now=now)


def _leave(thing: MeetingFolder, caller: User, now: datetime, body: Data) -> object:
    return actions.leave(thing.meeting.pk, body["seat"], actor=caller, now=now)


PLAN = Deed(
    "meeting_plan",
    "Plan a meeting",
    _plan,
    takes=PlanBody,
    created=True,
    description="Numbered within the committee; nobody is told before it is convened.",
    example={
        "committee": 1,
        "starts_at": "2027-01-12T10:00:00+08:00",
        "presiding": 1,
        "place": "Room 1",
        "video_link": "",
        "message": "",
    },
)
SET = Deed(
    "meeting_set_agenda",
    "Set the agenda",
    _set_agenda,
    takes=AgendaBody,
    description="Of ready cases of the committee, in this order. It can be changed until the meeting opens.",
    example={"cases": ["LKS-2026-0001"]},
    allows=by(sittings.SET_AGENDA),
)
CONVENE = Deed(
    "meeting_convene",
    "Convene the meeting",
    _on_meeting(actions.convene_meeting),
    description="Every seat gets a notice and a mail, but those recused from every item.",
    allows=by(sittings.CONVENE),
)
OPEN = Deed(
    "meeting_open",
    "Open the meeting",
    _on_meeting(actions.open_meeting),
    description="Attendance is recorded from this moment; the agenda can no longer be changed.",
    allows=by(sittings.OPEN),
)
ARRIVE = Deed(
    "meeting_arrive",
    "Record that somebody comes",
    _arrive,
    takes=ArriveBody,
    description="Into the room or by video; an alternate may stand for one absent member where the rulebook allows.",
    example={"seat": 3, "mode": "room"},
    allows=by(sittings.ATTEND),
)
LEAVE = Deed(
    "meeting_leave",
    "Record that somebody leaves",
    _leave,
    takes=LeaveBody,
    description="Quorum is counted again from this moment.",
    example={"seat": 3},
    allows=by(sittings.ATTEND),
)
CLOSE = Deed(
    "meeting_close",
    "Close the meeting",
    _on_meeting(actions.close_meeting),
    description="Those present are recorded as leaving; cases not reached are ready again.",
    allows=by(sittings.CLOSE),
)


# -- minutes ----------------------------------------------------------------------------------------------------------


class MinutesDoor(MeetingThing):
    """The minutes of a meeting."""

    shape = MinutesSerializer

    def data(self, thing: MeetingFolder) -> Data:
        return dict(MinutesSerializer(minutes_values(thing)).data)

    def refusal(self, error: Exception, thing: MeetingFolder) -> Stop | None:
        if isinstance(error, Refused) and Gap(GapCode.STALE) in error.gaps:
            fresh = self.open(meeting=thing.meeting.pk)
            return Stop(Kind.OVERTAKEN, extra={"standing": self.data(fresh)})
        return super().refusal(error, thing)


def minutes_values(folder: MeetingFolder) -> Data:
    """The minutes as one person may read them; to who drafts them the record as it would be drafted now."""
    kept, lines = folder.minutes, agenda_lines(folder)
    readable = {line.item.case_id for line in lines if line.folder is not None}
    shown = kept.record if kept else meeting_record(folder.meeting) if folder.may(DRAFT_MINUTES) else None
    whole = len(readable) == len(lines)
    approves = folder.may(APPROVE_MINUTES)
    return _told(folder.meeting, kept) | {
        "notes": kept.notes if kept and whole else "",
        "withheld": bool(kept and kept.notes) and not whole,
        "record": as_read(shown, readable) if shown else None,
        "missing": missing(meeting_gaps(APPROVE_MINUTES, folder.facts), folder.rules) if approves else [],
    }


def _told(meeting: Meeting, kept: Minutes | None) -> Data:
    return {
        "meeting": meeting.pk,
        "mark": kept.mark if kept else "",
        "drafted_at": kept.drafted_at if kept else None,
        "approved_at": kept.approved_at if kept else None,
        "approved_by": named(kept.approved_by) if kept and kept.approved_by else None,
        "digest": kept.digest if kept else "",
    }


class CaseMinutesDoor(CaseThing):
    """The approved minutes about one case."""

    shape = CaseMinutesSerializer
    part = Part.MINUTES
    readers = COMMITTEE

    def data(self, thing: Folder) -> Data:
        until = thing.issued_at if isinstance(thing, OverseenCase) else thing.now
        rows = [_about(thing.case.pk, row) for row in approved_minutes(thing.agenda, until)]
        return dict(CaseMinutesSerializer({"minutes": rows}).data)


def _about(case: int, row: Minutes) -> Data:
    """Of items on other cases nothing but their place, and no notes beside them."""
    record = as_read(row.record, {case})
    alone = len(record["items"]) == 1
    return _told(row.meeting, row) | {
        "notes": row.notes if alone else "",
        "withheld": bool(row.notes) and not alone,
        "record": record,
        "missing": [],
    }


DRAFT = Deed(
    "minutes_draft",
    "Draft the minutes",
    _on_meeting(actions.draft_minutes),
    takes=DraftMinutesBody,
    description="From the record, with the secretary's notes; drafting again keeps the newest.",
    example={"notes": "The chair thanked the members.", "seen": ""},
    allows=by(sittings.DRAFT_MINUTES),
)
APPROVE = Deed(
    "minutes_approve",
    "Approve the minutes",
    _on_meeting(actions.approve_minutes),
    takes=ApproveMinutesBody,
    description="By the one who presided; record and notes are frozen with a digest.",
    example={"seen": "2027-01-12T11:30:00+08:00"},
    allows=by(sittings.APPROVE_MINUTES),
)
