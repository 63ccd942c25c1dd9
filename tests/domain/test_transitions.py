"""The table: from which states, by whom, behind which gates; nothing else is possible."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.ratings import Block
from tests.domain.lawful import RULES, facts, with_meeting
from workflows.domain.casefacts import Draft
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import Room
from workflows.domain.states import CLOSED, Role, State
from workflows.domain.transitions import END_DESIGNATION, TABLE, Transition, gaps

S, R, G = State, Role, GapCode
DESK, LEAD, HEAD = {R.SECRETARY}, {R.SECRETARY, R.CHAIR}, {R.CHAIR}
ROWS: dict[str, tuple[set[State], set[Role], State | None]] = {
    "application.save": ({S.DRAFT, S.SUPPLEMENT, S.MODIFYING}, {R.APPLICANT, R.TEAM}, None),
    "case.submit": ({S.DRAFT}, {R.APPLICANT}, S.SUBMITTED),
    "case.request_supplement": ({S.SUBMITTED}, DESK, S.SUPPLEMENT),
    "case.answer_supplement": ({S.SUPPLEMENT}, {R.APPLICANT}, S.SUBMITTED),
    "case.classify": ({S.SUBMITTED, S.ACCEPTED, S.REVIEWING, S.READY, S.DELIBERATING}, DESK, None),
    "case.accept": ({S.SUBMITTED}, DESK, S.ACCEPTED),
    "case.decline": ({S.SUBMITTED, S.SUPPLEMENT}, DESK, S.DECLINED),
    "case.withdraw": (
        {
            S.SUBMITTED,
            S.SUPPLEMENT,
            S.ACCEPTED,
            S.REVIEWING,
            S.READY,
            S.DELIBERATING,
            S.MODIFYING,
            S.CHECKING,
        },
        {R.APPLICANT},
        S.WITHDRAWN,
    ),
    "case.assign": ({S.ACCEPTED, S.REVIEWING}, DESK, S.REVIEWING),
    "review.rate": ({S.REVIEWING}, {R.REVIEWER}, None),
    "review.submit": ({S.REVIEWING}, {R.REVIEWER}, None),
    "review.revise": ({S.REVIEWING, S.READY, S.DELIBERATING}, {R.REVIEWER}, None),
    "case.close_reviews": ({S.REVIEWING}, LEAD, S.READY),
    "case.extend": (
        {S.ACCEPTED, S.REVIEWING, S.READY, S.DELIBERATING, S.VOTING, S.CARRIED, S.CHECKING},
        HEAD,
        None,
    ),
    "item.open": ({S.READY}, LEAD, S.DELIBERATING),
    "item.adjourn": ({S.DELIBERATING}, LEAD, S.READY),
    "motion.put": ({S.DELIBERATING}, LEAD, S.VOTING),
    "vote.cast": ({S.VOTING}, {R.MEMBER}, None),
    "vote.record": ({S.VOTING}, DESK, None),
    "motion.close": ({S.VOTING}, LEAD, None),
    "motion.withdraw": ({S.VOTING}, LEAD, S.DELIBERATING),
    "decision.draft": ({S.CARRIED, S.CHECKING}, LEAD, None),
    "decision.issue": ({S.CARRIED}, HEAD, None),
    "case.resubmit": ({S.MODIFYING}, {R.APPLICANT}, None),
    "modification.confirm": ({S.CHECKING}, HEAD, S.APPROVED),
    "modification.return": ({S.CHECKING}, HEAD, S.MODIFYING),
    "case.designate_chair": (set(S) - {S.DRAFT, *CLOSED}, LEAD, None),
    "case.end_designation": (set(S) - {S.DRAFT, *CLOSED}, LEAD, None),
}
BY_VERB = {row.verb: row for row in TABLE}
TODAY, DAY = date(2026, 11, 24), timedelta(days=1)
BLOCK = Block("HR-3", 4)
MATERIALS = [
    ({"missing_items": ("plan",)}, [Gap(G.MATERIALS_MISSING, "plan")]),
    ({"unanswered": ("list.a",)}, [Gap(G.SELF_ASSESSMENT_INCOMPLETE, "list.a")]),
    ({"pledged": False}, [Gap(G.PLEDGE_MISSING)]),
]
REASONS = [({"reasons": False}, [Gap(G.REASONS_MISSING)])]
ROOMS = [
    ({"room": None}, [Gap(G.MEETING_NOT_OPEN)]),
    ({"room": Room(())}, [Gap(G.NO_QUORUM, "0/3")]),
]
PRESENT = [({"voter": 9}, [Gap(G.NOT_PRESENT)])]


def unlawful(name: str, kind: Any) -> list[tuple[dict[str, Any], list[Gap]]]:
    """What keeps an approval from being proposed or issued, whatever the vote."""
    return [
        ({name: kind("none")}, [Gap(G.DECISION_KIND_UNKNOWN, "none")]),
        ({name: kind("yes"), "red_lines": ("a", "b")}, [Gap(G.RED_LINE, "a"), Gap(G.RED_LINE, "b")]),
        ({name: kind("yes"), "listed": ("a",)}, [Gap(G.RE_REVIEW_OUTSTANDING, "a")]),
        ({name: kind("yes"), "blocks": (BLOCK,)}, [Gap(G.GATE_STANDING, "HR-3#4")]),
    ]


def full_draft(kind: str) -> Draft:
    return Draft(kind, frozenset({"scope", "validity", "conditions", "reasons", "requirements"}))


def held(begins: date | None, ends: date | None, months: int | None = None) -> Draft:
    return replace(full_draft("yes"), valid_from=begins, valid_until=ends, followup_months=months)


DRAFTED: list[tuple[dict[str, Any], list[Gap]]] = [
    ({"draft": None}, [Gap(G.DRAFT_MISSING)]),
    (
        {"draft": Draft("yes", frozenset())},
        [Gap(G.SCOPE_MISSING), Gap(G.VALIDITY_MISSING), Gap(G.DECISION_CONDITIONS_MISSING)],
    ),
    ({"draft": held(TODAY, TODAY - DAY)}, [Gap(G.VALIDITY_REVERSED), Gap(G.VALIDITY_PAST, "2026-11-23")]),
    ({"draft": held(TODAY + DAY * 2, TODAY + DAY)}, [Gap(G.VALIDITY_REVERSED)]),
    ({"draft": held(None, TODAY - DAY)}, [Gap(G.VALIDITY_PAST, "2026-11-23")]),
    ({"draft": held(None, TODAY, 7)}, [Gap(G.FOLLOWUP_TOO_LONG, "7/6")]),
]
GATES: dict[str, list[tuple[dict[str, Any], list[Gap]]]] = {
    "case.submit": MATERIALS,
    "case.request_supplement": [
        ({"notices": 2}, [Gap(G.SUPPLEMENT_USED, "2")]),
        ({"notice_items": ()}, [Gap(G.SUPPLEMENT_ITEMS_MISSING)]),
    ],
    "case.answer_supplement": [({"open_items": ("plan",)}, [Gap(G.SUPPLEMENT_UNANSWERED, "plan")]), *MATERIALS],
    "case.classify": [
        *REASONS,
        ({"tier": ""}, [Gap(G.TIER_MISSING)]),
        ({"exemption_claimed": True}, [Gap(G.EXEMPTION_UNPROVEN)]),
    ],
    "case.accept": [
        ({"tier": ""}, [Gap(G.TIER_MISSING)]),
        ({"composition": (Gap(G.CHAIR_MISSING),)}, [Gap(G.CHAIR_MISSING)]),
        *REASONS,
    ],
    "case.decline": REASONS,
    "case.withdraw": [*REASONS, ({"voting_opened": True}, [Gap(G.VOTING_OPENED)])],
    "case.assign": [
        ({"conflicted": (7, 8)}, [Gap(G.CONFLICT, "7"), Gap(G.CONFLICT, "8")]),
        ({"reviewers": 0}, [Gap(G.REVIEWERS_MISSING, "0/1")]),
    ],
    "review.submit": [
        ({"unrated": 3}, [Gap(G.RATINGS_MISSING, "3")]),
        ({"unreasoned": ("HR-3",)}, [Gap(G.GATE_REASON_MISSING, "HR-3")]),
    ],
    "review.revise": REASONS,
    "case.close_reviews": [
        ({"reviewers": 0}, [Gap(G.REVIEWERS_MISSING, "0/1")]),
        ({"outstanding": 2}, [Gap(G.REVIEWS_OUTSTANDING, "2")]),
    ],
    "case.extend": [*REASONS, ({"deadline_later": False}, [Gap(G.DEADLINE_NOT_LATER)])],
    "item.open": [
        ({"on_agenda": False}, [Gap(G.NOT_ON_AGENDA)]),
        ({"meeting_open": False}, [Gap(G.MEETING_NOT_OPEN)]),
        ({"other_item_open": True}, [Gap(G.ITEM_OPEN)]),
        *ROOMS,
    ],
    "item.adjourn": REASONS,
    "motion.put": [*ROOMS, *unlawful("proposal", str)],
    "vote.cast": [({"room": Room(()), "voter": 3}, [Gap(G.NO_QUORUM, "0/3"), Gap(G.NOT_PRESENT)]), *PRESENT],
    "vote.record": [({"room": None}, [Gap(G.MEETING_NOT_OPEN), Gap(G.NOT_PRESENT)]), *PRESENT],
    "motion.close": [*ROOMS, *unlawful("proposal", str)],
    "motion.withdraw": REASONS,
    "decision.issue": [*unlawful("carried_kind", str), *DRAFTED],
    "case.resubmit": [*MATERIALS, *REASONS],
    "modification.confirm": [*unlawful("draft", full_draft), *DRAFTED],
    "modification.return": REASONS,
    "case.designate_chair": [({"chair_free": True}, [Gap(G.CHAIR_AVAILABLE)]), *REASONS],
    "case.end_designation": [
        ({"designated": False, "chair_free": True}, [Gap(G.NOBODY_DESIGNATED)]),
        ({"designated": True, "chair_free": False}, [Gap(G.CHAIR_UNAVAILABLE)]),
    ],
}
CASES = [(verb, given, found) for verb, rows in GATES.items() for given, found in rows]


def at(verb: str, **given: Any) -> tuple[Gap, ...]:
    row = BY_VERB[verb]
    return gaps(row, facts(min(row.sources), min(row.roles), **given), RULES)


def test_table_is_this_one() -> None:
    assert {row.verb: (set(row.sources), set(row.roles), row.target) for row in TABLE} == ROWS


def test_no_verb_stands_twice() -> None:
    assert len(BY_VERB) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.verb)
def test_step_goes_from_its_states_by_its_roles_alone(row: Transition) -> None:
    sources, roles, _target = ROWS[row.verb]
    for state in State:
        for role in Role:
            found = gaps(row, facts(state, role, chair_free=row is END_DESIGNATION), RULES)
            if role not in roles:
                assert found == (Gap(G.WRONG_ROLE),)
            elif state not in sources:
                assert found == (Gap(G.WRONG_STATE, state.value),)
            else:
                assert found == ()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.verb)
def test_nobody_can_do_nothing(row: Transition) -> None:
    assert {gaps(row, facts(state), RULES) for state in State} == {(Gap(G.WRONG_ROLE),)}


@pytest.mark.parametrize(("verb", "given", "found"), CASES)
def test_gate_names_what_is_missing(verb: str, given: dict[str, Any], found: list[Gap]) -> None:
    assert at(verb, **given) == tuple(found)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.verb)
def test_every_gate_of_every_row_is_tried(row: Transition) -> None:
    tried = {
        check
        for given, _found in GATES.get(row.verb, [])
        for check in row.checks
        if check(facts(min(row.sources), **given), RULES)
    }
    assert tried == set(row.checks)


def test_closed_cases_stay_closed() -> None:
    assert [row.verb for row in TABLE if row.sources & CLOSED] == []


def test_every_state_is_reached_and_every_open_one_left() -> None:
    # these move to what the outcome says: motion.close, decision.issue, case.resubmit
    by_outcome = {S.CARRIED, S.DELIBERATING, S.APPROVED, S.REFUSED, S.MODIFYING, S.CHECKING, S.READY}
    assert {row.target for row in TABLE if row.target} | by_outcome | {S.DRAFT} == set(S)
    assert set(S) - {state for row in TABLE for state in row.sources} == set(CLOSED)


@pytest.mark.parametrize("kind", ["no", "meet"])
def test_refusing_and_meeting_again_are_open_to_a_listed_case_with_a_gate(kind: str) -> None:
    assert at("motion.put", proposal=kind, listed=("a",), blocks=(BLOCK,)) == ()


@pytest.mark.parametrize("kind", ["yes", "check", "meet"])
def test_red_line_leaves_refusal_alone(kind: str) -> None:
    assert at("motion.put", proposal=kind, red_lines=("a",)) == (Gap(G.RED_LINE, "a"),)
    assert at("motion.put", proposal="no", red_lines=("a",)) == ()


@pytest.mark.parametrize("kind", ["yes", "check"])
def test_listed_case_is_approved_only_when_exempt(kind: str) -> None:
    assert at("motion.put", proposal=kind, listed=("a",)) == (Gap(G.RE_REVIEW_OUTSTANDING, "a"),)
    assert at("motion.put", proposal=kind, listed=("a",), exempt=True) == ()


def test_motion_on_a_gate_needs_no_lawful_decision() -> None:
    assert at("motion.put", proposal="", red_lines=("a",), listed=("a",), blocks=(BLOCK,)) == ()


def test_everything_missing_is_named_at_once_and_once() -> None:
    found = at("case.submit", missing_items=("a", "b", "a"), unanswered=("c",), pledged=False)
    assert found == (
        Gap(G.MATERIALS_MISSING, "a"),
        Gap(G.MATERIALS_MISSING, "b"),
        Gap(G.SELF_ASSESSMENT_INCOMPLETE, "c"),
        Gap(G.PLEDGE_MISSING),
    )


def test_no_extension_where_the_rulebook_knows_none() -> None:
    row = BY_VERB["case.extend"]
    strict = with_meeting(RULES, extension=False)
    assert gaps(row, facts(S.READY, R.CHAIR), strict) == (Gap(G.DEADLINE_NOT_LATER),)


@pytest.mark.parametrize("ends", [TODAY, TODAY + DAY])
def test_approval_may_hold_for_this_very_day_and_as_often_as_allowed(ends: date) -> None:
    assert at("decision.issue", draft=held(TODAY, ends, 6)) == ()


def test_decision_that_states_no_validity_is_not_held_to_one() -> None:
    refusing = replace(held(TODAY, TODAY - DAY, 99), kind="no")
    assert at("decision.issue", carried_kind="no", draft=refusing) == ()


def test_draft_of_an_unknown_kind_is_told_so() -> None:
    unknown = full_draft("none")
    assert at("decision.issue", draft=unknown) == (Gap(G.DECISION_KIND_UNKNOWN, "none"),)


def test_refusal_names_its_gaps_and_whether_it_is_the_person() -> None:
    refused = Refused((Gap(G.NO_QUORUM, "4/5"), Gap(G.STALE)))
    assert (str(refused), refused.is_role) == ("no_quorum:4/5, stale", False)
    assert Refused((Gap(G.WRONG_ROLE),)).is_role is True


@given(st.sampled_from(TABLE), st.sampled_from(list(State)), st.frozensets(st.sampled_from(list(Role))))
def test_more_roles_never_hinder(row: Transition, state: State, roles: frozenset[Role]) -> None:
    for role in roles:
        if gaps(row, facts(state, role), RULES) == ():
            assert gaps(row, replace(facts(state), roles=roles), RULES) == ()
