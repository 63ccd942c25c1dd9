"""What may happen to a meeting: every row's states, roles and needs."""

from dataclasses import replace

import pytest

from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.sittings import (
    APPROVE_MINUTES,
    ATTEND,
    CLOSE,
    CONVENE,
    DRAFT_MINUTES,
    MEETING_TABLE,
    OPEN,
    SET_AGENDA,
    MeetingFacts,
    MeetingStep,
    meeting_gaps,
)
from workflows.domain.states import MeetingState, Role

M, R = MeetingState, Role
WHO = {
    SET_AGENDA: ({M.PLANNED, M.CONVENED}, {R.SECRETARY}, None),
    CONVENE: ({M.PLANNED}, {R.SECRETARY}, M.CONVENED),
    OPEN: ({M.CONVENED}, {R.SECRETARY, R.CHAIR}, M.OPEN),
    ATTEND: ({M.OPEN}, {R.SECRETARY, R.MEMBER}, None),
    CLOSE: ({M.OPEN}, {R.SECRETARY, R.CHAIR}, M.CLOSED),
    DRAFT_MINUTES: ({M.CLOSED}, {R.SECRETARY}, None),
    APPROVE_MINUTES: ({M.CLOSED}, {R.CHAIR}, M.APPROVED),
}
NEEDS = [
    (CONVENE, {"items": 0}, GapCode.AGENDA_EMPTY),
    (CONVENE, {"in_future": False}, GapCode.DAY_PAST),
    (CLOSE, {"item_open": True}, GapCode.ITEM_OPEN),
    (APPROVE_MINUTES, {"has_minutes": False}, GapCode.MINUTES_MISSING),
    (APPROVE_MINUTES, {"minutes_stale": True}, GapCode.MINUTES_STALE),
]


def whole(state: MeetingState, *roles: Role) -> MeetingFacts:
    return MeetingFacts(state, frozenset(roles), items=1, has_minutes=True)


def test_every_row_is_told_here() -> None:
    assert set(WHO) == set(MEETING_TABLE)


@pytest.mark.parametrize("step", MEETING_TABLE, ids=lambda step: step.verb)
def test_step_goes_from_its_states_by_its_roles_alone(step: MeetingStep) -> None:
    sources, roles, target = WHO[step]
    assert step.target is target
    for state in MeetingState:
        for role in Role:
            found = meeting_gaps(step, whole(state, role))
            if role not in roles:
                assert found == (Gap(GapCode.WRONG_ROLE),)
            elif state not in sources:
                assert found == (Gap(GapCode.WRONG_STATE, state.value),)
            else:
                assert found == ()


@pytest.mark.parametrize(("step", "given", "code"), NEEDS)
def test_step_needs(step: MeetingStep, given: dict[str, object], code: GapCode) -> None:
    sources, roles, _target = WHO[step]
    facts = replace(whole(min(sources), min(roles)), **given)  # type: ignore[arg-type]
    assert meeting_gaps(step, facts) == (Gap(code),)
