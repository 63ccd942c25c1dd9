"""The record of a meeting as one reader may see it, in parts that are fetched anew only when they changed."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.sittings import ATTEND, MEETING_TABLE
from workflows.domain.states import MeetingState, Role
from workflows.models import Attendance, Seat
from workflows.queries.agenda import Line, agenda_lines, leads, members, votes_needed
from workflows.queries.meetings import MeetingFolder
from workflows.views.doors import needed
from workflows.views.table import item_part, language, outcome_label, results_of, vote_part
from workflows.wording import MEETING_STATES, MODES, SEAT_ROLES

PARTS = ("bar", "room", "item", "agenda", "vote")
_TONES = {MeetingState.OPEN: "active", MeetingState.CONVENED: "active", MeetingState.APPROVED: "good"}


def meeting_status(state: str) -> dict[str, Any]:
    """Label and tone for ``_status.html``."""
    known = MeetingState(state)
    return {"label": MEETING_STATES[known], "tone": _TONES.get(known, "plain")}


def live(meeting: MeetingFolder) -> dict[str, Any]:
    """Everything the page of a meeting shows, by part; ``seen`` is what the page asks with next time."""
    lines = agenda_lines(meeting)
    current = next((line for line in lines if line.is_open), None)
    parts: dict[str, Any] = {
        "bar": _bar(meeting, lines, current),
        "room": _room(meeting, current),
        "item": item_part(meeting, current, lines),
        "agenda": {"lines": [_line(meeting, line, busy=current is not None) for line in lines]},
        "vote": vote_part(meeting, current),
    }
    return {
        "parts": parts,
        "seen": "-".join([meeting.meeting.state, *(_digest(parts[name]) for name in PARTS)]),
        "steps": {step.verb.replace(".", "_"): meeting.may(step) for step in MEETING_TABLE},
        "is_open": meeting.meeting.state == MeetingState.OPEN.value,
        "polls": meeting.meeting.state in {MeetingState.OPEN.value, MeetingState.CONVENED.value},
        "said": _said(parts),
    }


def changed_parts(found: dict[str, Any], seen: str) -> list[str] | None:
    """Names of the parts that differ from what the page showed; None when the meeting itself has moved on."""
    before, now = seen.split("-"), found["seen"].split("-")
    if len(before) != len(now) or before[0] != now[0]:
        return None
    return [name for name, was, is_ in zip(PARTS, before[1:], now[1:], strict=True) if was != is_]


def _digest(part: Any) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _said(parts: dict[str, Any]) -> str:
    """One sentence for those who hear the page."""
    return ". ".join(f"{cell['label']}: {cell['value']}" for cell in parts["bar"]["cells"])


# -- the bar on top ---------------------------------------------------------------------------------------------------


def _present(meeting: MeetingFolder) -> list[Attendance]:
    return [stay for stay in meeting.attendance if stay.left_at is None]


def _bar(meeting: MeetingFolder, lines: list[Line], current: Line | None) -> dict[str, Any]:
    full = [seat for seat in members(meeting) if seat.role != SeatRole.ALTERNATE.value]
    cells = [
        {
            "label": _("Present"),
            "value": _("%(here)s of %(all)s") % {"here": len(_present(meeting)), "all": len(full)},
        },
        {"label": pgettext("agenda", "Item"), "value": _place(lines, current)},
    ]
    if current and current.folder and current.room is not None:
        cells += _current_cells(current)
    return {"cells": cells}


def _place(lines: list[Line], current: Line | None) -> str:
    if current is None:
        return _("none open")
    return _("%(number)s of %(all)s") % {"number": current.item.position, "all": len(lines)}


def _current_cells(current: Line) -> list[dict[str, Any]]:
    folder, room = current.folder, current.room
    if folder is None or room is None:
        return []
    quorum = folder.rules.meeting.quorum.value
    cells = [
        {
            "label": _("Free to vote"),
            "value": _("%(here)s, quorum %(quorum)s") % {"here": room.counted, "quorum": quorum},
        },
        {"label": _("In favour needed"), "value": str(votes_needed(folder, room))},
    ]
    if folder.motion is not None:
        standing = folder.standing_of(folder.motion, room)
        voted = _("%(cast)s of %(all)s") % {"cast": standing.cast, "all": standing.present}
        cells.append({"label": _("Have voted"), "value": voted})
    return cells


# -- who is in the room -----------------------------------------------------------------------------------------------


def _room(meeting: MeetingFolder, current: Line | None) -> dict[str, Any]:
    here = {stay.seat_id: stay for stay in _present(meeting)}
    recused = current.folder.recused if current and current.folder else frozenset[int]()
    open_now = meeting.may(ATTEND)
    desk = Role.SECRETARY in meeting.roles
    seats = members(meeting)
    replaced = {stay.stands_for_id for stay in here.values()}
    full = [seat for seat in seats if seat.role != SeatRole.ALTERNATE.value]
    return {
        "open": open_now,
        "video": bool(meeting.rules.meeting.video.value and meeting.meeting.committee.video_rules),
        "rows": [
            _seat_row(seat, here.get(seat.pk), recused, open_now and (desk or seat.user_id == meeting.user.pk))
            for seat in seats
        ],
        "absent": [
            {"seat": seat.pk, "name": seat.user.name_in(language())}
            for seat in full
            if seat.pk not in here and seat.pk not in replaced
        ],
        "left": _departures(meeting) if meeting.meeting.opened_at else [],
    }


def _seat_row(seat: Seat, stay: Attendance | None, recused: frozenset[int], acts: bool) -> dict[str, Any]:
    spoken = language()
    return {
        "seat": seat.pk,
        "name": seat.user.name_in(spoken),
        "role": SEAT_ROLES[SeatRole(seat.role)],
        "alternate": seat.role == SeatRole.ALTERNATE.value,
        "here": stay is not None,
        "mode": MODES[Mode(stay.mode)] if stay else "",
        "video": stay is not None and stay.mode == Mode.VIDEO.value,
        "since": stay.arrived_at if stay else None,
        "for": stay.stands_for.user.name_in(spoken) if stay and stay.stands_for else "",
        "recused": seat.user_id in recused,
        "acts": acts,
    }


def _departures(meeting: MeetingFolder) -> list[dict[str, Any]]:
    """Every stay, for the record: who came when, how, and when they left."""
    spoken = language()
    return [
        {
            "name": stay.seat.user.name_in(spoken),
            "mode": MODES[Mode(stay.mode)],
            "from": stay.arrived_at,
            "until": stay.left_at,
            "for": stay.stands_for.user.name_in(spoken) if stay.stands_for else "",
        }
        for stay in meeting.attendance
        if stay.left_at is not None
    ]


# -- agenda -----------------------------------------------------------------------------------------------------------


def _line(meeting: MeetingFolder, line: Line, *, busy: bool) -> dict[str, Any]:
    item, folder, room = line.item, line.folder, line.room
    if folder is None or room is None:
        return {"number": item.position, "recused": True}
    open_now = meeting.meeting.state == MeetingState.OPEN.value
    waiting = open_now and item.closed_at is None
    return {
        "number": item.position,
        "case": item.case_id,
        "reference": item.case.reference,
        "title": item.case.title,
        "applicant": item.case.applicant.name_in(language()),
        "open": line.is_open,
        "outcome": outcome_label(item.outcome) if item.closed_at else "",
        "note": item.note,
        "recused_people": [seat.user.name_in(language()) for seat in meeting.seats if seat.user_id in folder.recused],
        "counted": room.counted if waiting else None,
        "quorum": folder.rules.meeting.quorum.value,
        "article": folder.rules.meeting.quorum.citation.in_(language()),
        "gaps": needed(line.gaps, folder.rules) if waiting else [],
        "may_open": waiting and not busy and item.opened_at is None and leads(meeting, folder),
        "results": [] if line.is_open else results_of(meeting, folder, item.pk),
    }
