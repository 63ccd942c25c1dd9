"""What may happen to a meeting: the same table and the same refusals as a case has."""

from dataclasses import dataclass

from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.states import MeetingState, Role


@dataclass(frozen=True)
class MeetingFacts:
    """What the rules need to know of a meeting and of the person acting.

    ``minutes_stale``: the record has changed since the minutes were drafted from it.
    """

    state: MeetingState
    roles: frozenset[Role]
    items: int = 0
    item_open: bool = False
    has_minutes: bool = False
    minutes_stale: bool = False
    in_future: bool = True


@dataclass(frozen=True)
class MeetingStep:
    """One row: from which states, to which, by whom."""

    verb: str
    sources: frozenset[MeetingState]
    target: MeetingState | None
    roles: frozenset[Role]
    needs_items: bool = False
    needs_rest: bool = False  # no agenda item may be open
    needs_minutes: bool = False
    needs_future: bool = False


_DESK = frozenset({Role.SECRETARY})
_LEAD = frozenset({Role.SECRETARY, Role.CHAIR})
M = MeetingState
SET_AGENDA = MeetingStep("meeting.agenda", frozenset({M.PLANNED, M.CONVENED}), None, _DESK)
CONVENE = MeetingStep(
    "meeting.convene", frozenset({M.PLANNED}), M.CONVENED, _DESK, needs_items=True, needs_future=True
)
OPEN = MeetingStep("meeting.open", frozenset({M.CONVENED}), M.OPEN, _LEAD)
ATTEND = MeetingStep("meeting.attend", frozenset({M.OPEN}), None, frozenset({Role.SECRETARY, Role.MEMBER}))
CLOSE = MeetingStep("meeting.close", frozenset({M.OPEN}), M.CLOSED, _LEAD, needs_rest=True)
DRAFT_MINUTES = MeetingStep("minutes.draft", frozenset({M.CLOSED}), None, _DESK)
APPROVE_MINUTES = MeetingStep(
    "minutes.approve", frozenset({M.CLOSED}), M.APPROVED, frozenset({Role.CHAIR}), needs_minutes=True
)
MEETING_TABLE = (SET_AGENDA, CONVENE, OPEN, ATTEND, CLOSE, DRAFT_MINUTES, APPROVE_MINUTES)


def meeting_gaps(step: MeetingStep, facts: MeetingFacts) -> tuple[Gap, ...]:
    """Everything that keeps this step from happening now; empty means go."""
    if not facts.roles & step.roles:
        return (Gap(GapCode.WRONG_ROLE),)
    if facts.state not in step.sources:
        return (Gap(GapCode.WRONG_STATE, facts.state.value),)
    checks = (
        (step.needs_items and not facts.items, GapCode.AGENDA_EMPTY),
        (step.needs_rest and facts.item_open, GapCode.ITEM_OPEN),
        (step.needs_minutes and not facts.has_minutes, GapCode.MINUTES_MISSING),
        (step.needs_minutes and facts.minutes_stale, GapCode.MINUTES_STALE),
        (step.needs_future and not facts.in_future, GapCode.DAY_PAST),
    )
    return tuple(Gap(code) for missing, code in checks if missing)
