"""Rules and rooms in which everything is in order, to take one thing away at a time."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.domain.small_rulebook import small_rulebook
from workflows.domain.ballots import Standing
from workflows.domain.casefacts import CaseFacts, Draft
from workflows.domain.citations import Ruled
from workflows.domain.rooms import Room, SeatRole, Sex, Sitting
from workflows.domain.rulebook import DecisionRule, Effect, Rulebook
from workflows.domain.states import Role, State


def ruled(old: Ruled[Any], value: Any) -> Ruled[Any]:
    """The value with the citation of the old one."""
    return replace(old, value=value)


def with_meeting(rules: Rulebook, **values: Any) -> Rulebook:
    """The rulebook with these values of the general procedure."""
    changed = {name: ruled(getattr(rules.meeting, name), value) for name, value in values.items()}
    return replace(rules, meeting=replace(rules.meeting, **changed))


def with_committee(rules: Rulebook, **values: Any) -> Rulebook:
    """The rulebook with these values of the committee."""
    changed = {name: ruled(getattr(rules.committee, name), value) for name, value in values.items()}
    return replace(rules, committee=replace(rules.committee, **changed))


def _all_kinds(rules: Rulebook) -> tuple[DecisionRule, ...]:
    approve, refuse = rules.decisions
    return (
        replace(approve, requires=("scope", "validity", "conditions")),
        replace(refuse, code="check", effect=Effect.MODIFY_THEN_CHECK, requires=("reasons", "requirements")),
        replace(refuse, code="meet", effect=Effect.MODIFY_THEN_MEETING, requires=("reasons", "requirements")),
        refuse,
    )


SMALL = small_rulebook()
RULES = with_meeting(replace(SMALL, decisions=_all_kinds(SMALL)), extension=True, quorum=3)

CHAIR = Sitting(1, SeatRole.CHAIR, frozenset({"law"}), Sex.FEMALE, False, date(2026, 1, 1), date(2029, 12, 31))
VICE = replace(CHAIR, user=2, role=SeatRole.VICE_CHAIR, categories=frozenset({"local"}), sex=Sex.MALE, external=True)
MEMBERS = tuple(replace(VICE, user=number, role=SeatRole.MEMBER) for number in (3, 4, 5))
PEOPLE = (CHAIR, VICE, *MEMBERS)
ROOM = Room(PEOPLE)


def facts(state: State, *roles: Role, **given: Any) -> CaseFacts:
    """Facts with which every step of ``state`` can be taken by ``roles``, but for what is given."""
    whole: dict[str, Any] = {
        "notice_items": ("plan",),
        "tier": "T2",
        "reviewers": 2,
        "on_agenda": True,
        "meeting_open": True,
        "room": ROOM,
        "voter": 3,
        "standing": Standing(5, 0, 0, 0, 5),
        "draft": Draft("yes", frozenset({"scope", "validity", "conditions", "reasons", "requirements"})),
        "carried_kind": "yes",
        "proposal": "yes",
        "day": date(2026, 11, 24),
        "longest_followup": 6,
        "designated": True,
    }
    return CaseFacts(state, frozenset(roles), **whole | given)
