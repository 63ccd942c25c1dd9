"""The record of a meeting as one reader may see it, in parts that are fetched anew only when they changed."""

import hashlib
import json
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from workflows.domain.ballots import Choice
from workflows.domain.rooms import VOTING, Mode, SeatRole
from workflows.domain.sittings import ATTEND, MEETING_TABLE, MeetingStep
from workflows.domain.states import MeetingState, MotionKind, Role, State
from workflows.models import Attendance, Motion, Seat, Vote
from workflows.queries.agenda import Line, agenda_lines, votes_needed
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.views.doors import needed
from workflows.views.pieces import status
from workflows.wording import CHOICES, MEETING_STATES, MODES, SEAT_ROLES

PARTS = ("bar", "room", "item", "agenda", "vote")
_TONES = {MeetingState.OPEN: "active", MeetingState.CONVENED: "active", MeetingState.APPROVED: "good"}


def _language() -> str:
    return get_language() or "en"


def meeting_status(state: str) -> dict[str, Any]:
    """Label and tone for ``_status.html``."""
    known = MeetingState(state)
    return {"label": MEETING_STATES[known], "tone": _TONES.get(known, "plain")}


def may(step: MeetingStep, meeting: MeetingFolder) -> bool:
    """Whether the person's role and the meeting's state are those of the step."""
    return bool(step.roles & meeting.roles) and meeting.facts.state in step.sources


def live(meeting: MeetingFolder) -> dict[str, Any]:
    """Everything the page of a meeting shows, by part; ``seen`` is what the page asks with next time."""
    lines = agenda_lines(meeting)
    current = next((line for line in lines if line.is_open), None)
    parts: dict[str, Any] = {
        "bar": _bar(meeting, lines, current),
        "room": _room(meeting, current),
        "item": _item(meeting, current, lines),
        "agenda": {"lines": [_line(meeting, line, busy=current is not None) for line in lines]},
        "vote": _vote(meeting, current),
    }
    return {
        "parts": parts,
        "seen": "-".join([meeting.meeting.state, *(_digest(parts[name]) for name in PARTS)]),
        "steps": {step.verb.replace(".", "_"): may(step, meeting) for step in MEETING_TABLE},
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


def _members(meeting: MeetingFolder) -> list[Seat]:
    """Seats with a vote; alternates where the rulebook knows them."""
    alternates = meeting.rules.committee.alternates.value
    order = list(SeatRole)
    seats = [seat for seat in meeting.seats if SeatRole(seat.role) in VOTING]
    rows = [seat for seat in seats if alternates or seat.role != SeatRole.ALTERNATE.value]
    return sorted(rows, key=lambda seat: (order.index(SeatRole(seat.role)), seat.pk))


def _bar(meeting: MeetingFolder, lines: list[Line], current: Line | None) -> dict[str, Any]:
    full = [seat for seat in _members(meeting) if seat.role != SeatRole.ALTERNATE.value]
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
    open_now = may(ATTEND, meeting)
    desk = Role.SECRETARY in meeting.roles
    seats = _members(meeting)
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
            {"seat": seat.pk, "name": seat.user.name_in(_language())}
            for seat in full
            if seat.pk not in here and seat.pk not in replaced
        ],
        "left": _departures(meeting) if meeting.meeting.opened_at else [],
    }


def _seat_row(seat: Seat, stay: Attendance | None, recused: frozenset[int], acts: bool) -> dict[str, Any]:
    language = _language()
    return {
        "seat": seat.pk,
        "name": seat.user.name_in(language),
        "role": SEAT_ROLES[SeatRole(seat.role)],
        "alternate": seat.role == SeatRole.ALTERNATE.value,
        "here": stay is not None,
        "mode": MODES[Mode(stay.mode)] if stay else "",
        "video": stay is not None and stay.mode == Mode.VIDEO.value,
        "since": stay.arrived_at if stay else None,
        "for": stay.stands_for.user.name_in(language) if stay and stay.stands_for else "",
        "recused": seat.user_id in recused,
        "acts": acts,
    }


def _departures(meeting: MeetingFolder) -> list[dict[str, Any]]:
    """Every stay, for the record: who came when, how, and when they left."""
    language = _language()
    return [
        {
            "name": stay.seat.user.name_in(language),
            "mode": MODES[Mode(stay.mode)],
            "from": stay.arrived_at,
            "until": stay.left_at,
            "for": stay.stands_for.user.name_in(language) if stay.stands_for else "",
        }
        for stay in meeting.attendance
        if stay.left_at is not None
    ]


# -- agenda -----------------------------------------------------------------------------------------------------------


def leads(meeting: MeetingFolder, folder: Folder) -> bool:
    """Whether the person moves this item on: the secretary, or whoever leads the case."""
    seat = meeting.own_seat
    if seat is None or seat.user_id in folder.recused:
        return False
    return seat.role == SeatRole.SECRETARY.value or seat == folder.leading


def outcome_label(outcome: str) -> str:
    """How an item ended, in words."""
    return {
        "carried": _("Decided"),
        "adjourned": _("Adjourned"),
        "withdrawn": _("Withdrawn by the applicant"),
        "not_reached": _("Not reached"),
    }.get(outcome, outcome)


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
        "applicant": item.case.applicant.name_in(_language()),
        "open": line.is_open,
        "outcome": outcome_label(item.outcome) if item.closed_at else "",
        "note": item.note,
        "recused_people": [seat.user.name_in(_language()) for seat in meeting.seats if seat.user_id in folder.recused],
        "counted": room.counted if waiting else None,
        "quorum": folder.rules.meeting.quorum.value,
        "article": folder.rules.meeting.quorum.citation.in_(_language()),
        "gaps": needed(line.gaps, folder.rules) if waiting else [],
        "may_open": waiting and not busy and item.opened_at is None and leads(meeting, folder),
        "results": [] if line.is_open else _results(meeting, folder, item.pk),
    }


# -- the item on the table --------------------------------------------------------------------------------------------


def _item(meeting: MeetingFolder, current: Line | None, lines: list[Line]) -> dict[str, Any]:
    if current is None:
        return {
            "open": False,
            "waiting": any(line.item.closed_at is None for line in lines),
            "last": _last(meeting, lines),
        }
    folder, room = current.folder, current.room
    if folder is None or room is None:
        return {"open": True, "recused": True, "number": current.item.position}
    leading = leads(meeting, folder)
    state = State(folder.case.state)
    return {
        "open": True,
        "recused": False,
        "number": current.item.position,
        "case": folder.case.pk,
        "reference": folder.case.reference,
        "title": folder.case.title,
        "status": status(folder.case),
        "gaps": needed(current.gaps, folder.rules),
        "leads": leading,
        "deliberating": state is State.DELIBERATING,
        "recused_people": [seat.user.name_in(_language()) for seat in meeting.seats if seat.user_id in folder.recused],
        "motion": _motion(meeting, folder, current, leading=leading),
        "results": _results(meeting, folder, current.item.pk),
        "gates": standing_gates(folder) if state is State.DELIBERATING else [],
        "threshold": _threshold(folder),
    }


def _last(meeting: MeetingFolder, lines: list[Line]) -> dict[str, Any] | None:
    """The item that left the table last, with how its last vote ended."""
    done = [line for line in lines if line.folder is not None and line.item.opened_at and line.item.closed_at]
    newest = max(done, key=lambda line: line.item.closed_at or meeting.now, default=None)
    if newest is None or newest.folder is None or meeting.meeting.state != MeetingState.OPEN.value:
        return None
    return {
        "number": newest.item.position,
        "case": newest.item.case_id,
        "reference": newest.item.case.reference,
        "title": newest.item.case.title,
        "outcome": outcome_label(newest.item.outcome),
        "results": _results(meeting, newest.folder, newest.item.pk)[:1],
    }


def _threshold(folder: Folder) -> dict[str, str]:
    rule = folder.rules.meeting.threshold
    words = _("at least %(share)s") if folder.rules.meeting.inclusive.value else _("more than %(share)s")
    return {"words": words % {"share": str(rule.value)}, "article": rule.citation.in_(_language())}


def kind_label(folder: Folder, code: str) -> str:
    """A decision kind as the rulebook names it."""
    rule = next((rule for rule in folder.rules.decisions if rule.code == code), None)
    return str(rule.label.in_(_language())) if rule else code


def motion_title(folder: Folder, motion: Motion) -> str:
    """What a motion proposes, in a few words."""
    if motion.kind == MotionKind.RESOLVE_GATE.value:
        return _("Resolve gate %(indicator)s") % {"indicator": motion.indicator}
    return kind_label(folder, motion.decision_kind)


def standing_gates(folder: Folder) -> list[dict[str, Any]]:
    """Gates that block: the indicator, whose rating, and the reason given."""
    language = _language()
    by_user = {review.user_id: review for review in folder.reviews}
    rows = []
    for block in folder.blocks:
        review = by_user[block.reviewer]
        item = folder.instrument.items[block.item]
        rows.append(
            {
                "value": f"{block.item}#{block.reviewer}",
                "indicator": block.item,
                "question": item.question.in_(language),
                "reviewer": review.user.name_in(language),
                "reason": folder.answers[review.assessment_id][block.item].reason,
            }
        )
    return rows


def _motion(meeting: MeetingFolder, folder: Folder, current: Line, *, leading: bool) -> dict[str, Any] | None:
    motion, room = folder.motion, current.room
    if motion is None or room is None:
        return None
    standing = folder.standing_of(motion, room)
    newest = _newest(motion)
    desk = Role.SECRETARY in meeting.roles
    voters = [seat for seat in _members(meeting) if seat.user_id in room.users]
    silent = standing.silent
    return {
        "pk": motion.pk,
        "number": motion.number,
        "title": motion_title(folder, motion),
        "text": motion.text,
        "by": motion.put_by.name_in(_language()),
        "at": motion.put_at,
        "needed": votes_needed(folder, room),
        "present": room.counted,
        "cast": standing.cast,
        "leads": leading,
        "desk": desk,
        "silent": ngettext("%(count)s has not voted yet", "%(count)s have not voted yet", silent) % {"count": silent}
        if silent
        else "",
        "voters": [_voter(meeting, seat, newest.get(seat.user_id)) for seat in voters],
    }


def _newest(motion: Motion) -> dict[int, Vote]:
    return {vote.user_id: vote for vote in sorted(motion.votes.all(), key=lambda vote: vote.number)}


def _voter(meeting: MeetingFolder, seat: Seat, vote: Vote | None) -> dict[str, Any]:
    """Whether a person has voted; what, only to the person and to the hand that entered it."""
    known = vote is not None and meeting.user.pk in {vote.user_id, vote.by_id}
    return {
        "user": seat.user_id,
        "name": seat.user.name_in(_language()),
        "voted": vote is not None,
        "by_hand": vote is not None and vote.by_id != vote.user_id,
        "choice": CHOICES[Choice(vote.choice)] if vote is not None and known else "",
        "value": vote.choice if vote is not None and known else "",
    }


def _results(meeting: MeetingFolder, folder: Folder, item_id: int) -> list[dict[str, Any]]:
    """Closed motions of one item, newest first."""
    closed = [motion for motion in folder.motions if motion.item_id == item_id and motion.closed_at]
    return [_result(meeting, folder, motion) for motion in reversed(closed)]


def _result(meeting: MeetingFolder, folder: Folder, motion: Motion) -> dict[str, Any]:
    language, names = _language(), {seat.user_id: seat.user.name_in(_language()) for seat in meeting.seats}
    state = State(folder.case.state)
    return {
        "pk": motion.pk,
        "case": folder.case.pk,
        "number": motion.number,
        "title": motion_title(folder, motion),
        "text": motion.text,
        "closed_at": motion.closed_at,
        "withdrawn": motion.withdrawn_reason,
        "carried": motion.carried,
        "standing": motion.standing or {},
        "votes": [
            {
                "name": vote.user.name_in(language),
                "choice": CHOICES[Choice(vote.choice)],
                "reason": vote.reason,
                "by": vote.by.name_in(language) if vote.by_id != user else "",
                "counted": user in motion.present,
            }
            for user, vote in sorted(_newest(motion).items())
            if motion.carried is not None
        ],
        "silent": [names.get(user, "") for user in motion.present if user not in _newest(motion)],
        "dissents": [{"name": row.user.name_in(language), "text": row.text} for row in motion.dissents.all()],
        "may_dissent": motion.carried is not None
        and meeting.user.pk in motion.present
        and meeting.user.pk not in folder.recused
        and state in {State.DELIBERATING, State.VOTING, State.CARRIED},
    }


# -- one's own vote ---------------------------------------------------------------------------------------------------


def _vote(meeting: MeetingFolder, current: Line | None) -> dict[str, Any]:
    """The panel of the person's own vote; it changes only with the motion, the right to vote, and the vote itself."""
    folder = current.folder if current else None
    if current is None or folder is None or folder.motion is None or current.room is None:
        return {"open": False}
    if meeting.user.pk not in current.room.users:
        return {"open": False}
    mine = _newest(folder.motion).get(meeting.user.pk)
    return {
        "open": True,
        "case": folder.case.pk,
        "motion": folder.motion.pk,
        "number": folder.motion.number,
        "title": motion_title(folder, folder.motion),
        "text": folder.motion.text,
        "choice": mine.choice if mine else "",
        "label": CHOICES[Choice(mine.choice)] if mine else "",
        "reason": mine.reason if mine else "",
        "by": mine.by.name_in(_language()) if mine and mine.by_id != meeting.user.pk else "",
        "at": mine.at if mine else None,
        "choices": [{"value": choice.value, "label": CHOICES[choice], "icon": _ICONS[choice]} for choice in Choice],
    }


_ICONS = {Choice.FOR: "check", Choice.AGAINST: "cross", Choice.ABSTAIN: "minus"}
