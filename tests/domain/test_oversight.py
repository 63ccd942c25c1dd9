"""What an authority may read, state by state."""

import pytest

from workflows.domain.oversight import Part, case_parts, verification_parts
from workflows.domain.states import State
from workflows.domain.verification_states import VState

S, V, P = State, VState, Part
BEGUN = {P.FACTS, P.PROCEDURE, P.CLOCKS}
CASE_BEGUN = BEGUN | {P.PEOPLE}
CASE_DECIDED = CASE_BEGUN | {P.APPLICATION, P.FILES, P.RATINGS, P.VOTES, P.MINUTES, P.REPORTS}
VERIFIED = BEGUN | {P.PEOPLE, P.RATINGS, P.FINDINGS, P.EVIDENCE, P.VOTES, P.REPORTS}
NOTHING: set[Part] = set()


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        (S.DRAFT, NOTHING, NOTHING),
        (S.SUBMITTED, NOTHING, NOTHING),
        (S.SUPPLEMENT, NOTHING, NOTHING),
        (S.DECLINED, NOTHING, NOTHING),
        (S.WITHDRAWN, CASE_BEGUN, CASE_DECIDED),
        (S.ACCEPTED, CASE_BEGUN, CASE_DECIDED),
        (S.REVIEWING, CASE_BEGUN, CASE_DECIDED),
        (S.READY, CASE_BEGUN, CASE_DECIDED),
        (S.DELIBERATING, CASE_BEGUN, CASE_DECIDED),
        (S.VOTING, CASE_BEGUN, CASE_DECIDED),
        (S.CARRIED, CASE_BEGUN, CASE_DECIDED),
        (S.MODIFYING, CASE_BEGUN, CASE_DECIDED),
        (S.CHECKING, CASE_BEGUN, CASE_DECIDED),
        (S.APPROVED, CASE_BEGUN, CASE_DECIDED),
        (S.REFUSED, CASE_BEGUN, CASE_DECIDED),
    ],
)
def test_case_opens_with_acceptance_and_the_rest_with_the_decision(
    state: State, before: set[Part], after: set[Part]
) -> None:
    assert case_parts(state, accepted=True, issued=False) == before
    assert case_parts(state, accepted=True, issued=True) == after
    assert case_parts(state, accepted=False, issued=False) == NOTHING


@pytest.mark.parametrize(
    ("state", "parts"),
    [
        (V.ENTRY, NOTHING),
        (V.RETURNED, NOTHING),
        (V.WITHDRAWN, BEGUN),
        (V.DOCUMENTS, BEGUN),
        (V.ONSITE, BEGUN),
        (V.CORRECTION, BEGUN),
        (V.RECOMMENDING, BEGUN),
        (V.COMPLIANCE, BEGUN),
        (V.PANEL, BEGUN),
        (V.NOTICE, BEGUN),
        (V.CERTIFIED, VERIFIED),
        (V.REFUSED, VERIFIED),
    ],
)
def test_verification_opens_with_acceptance_and_the_rest_with_the_decision(state: VState, parts: set[Part]) -> None:
    assert verification_parts(state, accepted=True) == parts
    assert verification_parts(state, accepted=False) == NOTHING


def test_every_state_has_its_row() -> None:
    asked = {"case": State, "verification": VState}
    rows = {
        "case": test_case_opens_with_acceptance_and_the_rest_with_the_decision,
        "verification": test_verification_opens_with_acceptance_and_the_rest_with_the_decision,
    }
    told = {name: [row[0] for row in test.pytestmark[0].args[1]] for name, test in rows.items()}  # type: ignore[attr-defined]
    assert {name: sorted(states) for name, states in told.items()} == {
        name: sorted(states) for name, states in asked.items()
    }
