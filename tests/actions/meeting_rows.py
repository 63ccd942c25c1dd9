"""Every step of a meeting as it is walked in the tests."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ethicsreview.accounts.models import User
from tests.scenes import Scene
from workflows.actions import applications, meetings, motions
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rooms import Mode
from workflows.domain.states import MeetingState, State
from workflows.models import Case, Meeting

G, M = GapCode, MeetingState
Act = Callable[[Scene, Meeting, User], Any]
Prepare = Callable[[Scene, Meeting], Any]


@dataclass(frozen=True)
class MeetingKept:
    """One way in which the step is refused."""

    gaps: tuple[Gap, ...]
    prepare: Prepare | None = None
    act: Act | None = None


@dataclass(frozen=True)
class MeetingRow:
    """One step; ``facts`` are those of its one event, ``verb`` the event's where it has one of its own."""

    state: MeetingState
    by: str
    act: Act
    became: MeetingState
    facts: Callable[[Scene, Meeting, Any], dict[str, Any]]
    twice: Gap | str | None
    kept: tuple[MeetingKept, ...] = ()
    prepare: Prepare | None = None
    verb: str = ""


def was(state: MeetingState) -> Gap:
    return Gap(G.WRONG_STATE, state.value)


def case_of(meeting: Meeting) -> Case:
    return meeting.items.get().case


def _agenda(s: Scene, m: Meeting, u: User) -> Any:
    return meetings.set_agenda(m.pk, [case_of(m).pk], actor=u, now=s.now)


def plain(action: Callable[..., Any]) -> Act:
    return lambda s, m, u: action(m.pk, actor=u, now=s.now)


def _arrive(s: Scene, m: Meeting, u: User) -> Any:
    return meetings.arrive(m.pk, s.seats[s.members[4].pk].pk, mode=Mode.VIDEO, actor=u, now=s.now)


def _week_later(s: Scene, m: Meeting, u: User) -> Any:
    return plain(meetings.convene_meeting)(replace(s, now=s.now + timedelta(days=7)), m, u)


def _notes(s: Scene, m: Meeting, u: User) -> Any:
    return meetings.draft_minutes(m.pk, notes="Held in good order.", actor=u, now=s.now)


def _withdrawn(s: Scene, m: Meeting) -> None:
    applications.withdraw_case(case_of(m).pk, reasons="Given up.", actor=s.lead, now=s.now)


MEETING_ROWS: dict[str, MeetingRow] = {
    "meeting.agenda": MeetingRow(
        M.PLANNED, "secretary", _agenda, M.PLANNED, lambda s, m, r: {"cases": [case_of(m).pk]}, twice="again"
    ),
    "meeting.convene": MeetingRow(
        M.PLANNED,
        "secretary",
        plain(meetings.convene_meeting),
        M.CONVENED,
        lambda s, m, r: {},
        twice=was(M.CONVENED),
        kept=(
            MeetingKept((Gap(G.AGENDA_EMPTY),), lambda s, m: m.items.all().delete()),
            MeetingKept((Gap(G.AGENDA_EMPTY),), _withdrawn),
            MeetingKept((Gap(G.DAY_PAST),), act=_week_later),
        ),
    ),
    "meeting.open": MeetingRow(
        M.CONVENED,
        "chair",
        plain(meetings.open_meeting),
        M.OPEN,
        lambda s, m, r: {"planned": m.starts_at.isoformat()},
        twice=was(M.OPEN),
    ),
    "meeting.attend": MeetingRow(
        M.OPEN,
        "member",
        _arrive,
        M.OPEN,
        lambda s, m, r: {"seat": s.seats[s.members[4].pk].pk, "mode": "video", "for_seat": None},
        twice=None,
        verb="meeting.arrive",
    ),
    "meeting.close": MeetingRow(
        M.OPEN,
        "chair",
        plain(meetings.close_meeting),
        M.CLOSED,
        lambda s, m, r: {},
        twice=was(M.CLOSED),
        kept=(
            MeetingKept(
                (Gap(G.ITEM_OPEN),), lambda s, m: motions.open_item(case_of(m).pk, actor=s.secretary, now=s.now)
            ),
        ),
    ),
    "minutes.draft": MeetingRow(M.CLOSED, "secretary", _notes, M.CLOSED, lambda s, m, r: {}, twice="again"),
    "minutes.approve": MeetingRow(
        M.CLOSED,
        "chair",
        plain(meetings.approve_minutes),
        M.APPROVED,
        lambda s, m, r: {"digest": r.digest},
        twice=was(M.APPROVED),
        prepare=lambda s, m: _notes(s, m, s.secretary),
        kept=(
            MeetingKept((Gap(G.MINUTES_MISSING),), lambda s, m: m.minutes.delete()),
            MeetingKept((Gap(G.MINUTES_STALE),), lambda s, m: m.items.update(note="Told later.")),
        ),
    ),
}


def meeting_in(scene: Scene, state: MeetingState) -> Meeting:
    """A meeting with one ready case, all seven voters but the last there once it is open."""
    case = scene.case_in(State.READY)
    if state in {M.OPEN, M.CLOSED}:
        meeting = scene.convene(case, present=6)
        if state is M.CLOSED:
            meetings.close_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    else:
        meeting = scene.plan(case)
        if state is M.CONVENED:
            meetings.convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    meeting.refresh_from_db()
    return meeting
