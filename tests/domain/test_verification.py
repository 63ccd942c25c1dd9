"""Verification as values: who may see whose ratings when, and the gates that no journey shows by itself."""

from dataclasses import replace

import pytest

from tests.domain.small_scheme import small_scheme
from workflows.domain.ballots import Standing
from workflows.domain.certificate_table import (
    CERTIFICATE_TABLE,
    HAND_IN_DCMM,
    JUDGE_DCMM,
    SURVEIL,
    WITHDRAW_CERTIFICATE,
    CertificateFacts,
    CertificateStep,
    certificate_gaps,
)
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.verification_checks import voted
from workflows.domain.verification_facts import VerificationFacts
from workflows.domain.verification_requests import RequestFacts, request_gaps
from workflows.domain.verification_states import (
    V_CLOSED,
    CertificateState,
    Round,
    VRole,
    VState,
    may_see_round,
)
from workflows.domain.verification_table import VERIFICATION_TABLE, Transition, verification_gaps

S, R, G, C = VState, VRole, GapCode, CertificateState
SCHEME = small_scheme()

# Before the team works, while its ratings are drafts, once they are shared, once a tier is recommended.
PHASES = {
    S.ENTRY: 0,
    S.RETURNED: 0,
    S.DOCUMENTS: 1,
    S.ONSITE: 1,
    S.WITHDRAWN: 1,  # it may have been withdrawn while they were drafts
    S.CORRECTION: 2,
    S.RECOMMENDING: 2,
    S.COMPLIANCE: 3,
    S.PANEL: 3,
    S.NOTICE: 3,
    S.CERTIFIED: 4,
    S.REFUSED: 4,
}
ALL = {Round.SELF, Round.ASSESSOR, Round.FINAL}
PARTY = ({Round.SELF}, {Round.SELF}, {Round.SELF, Round.ASSESSOR}, ALL, ALL)
WORKING = ({Round.SELF}, {Round.SELF, Round.ASSESSOR}, {Round.SELF, Round.ASSESSOR}, ALL, ALL)
LATE: tuple[set[Round], ...] = (set(), set(), set(), ALL, ALL)
LAST: tuple[set[Round], ...] = (set(), set(), set(), set(), ALL)
NOTHING: tuple[set[Round], ...] = (set(), set(), set(), set(), set())
SEEN = {
    R.ENTERPRISE: PARTY,
    R.LEAD: PARTY,
    R.COORDINATOR: PARTY,
    R.ASSESSOR: WORKING,
    R.LEAD_ASSESSOR: WORKING,
    R.REVIEWER: LATE,
    R.PANELLIST: LATE,
    R.DECIDER: LATE,
    R.AUTHORITY: LAST,
    R.PUBLIC: NOTHING,
}


@pytest.mark.parametrize("state", VState)
@pytest.mark.parametrize("role", VRole)
def test_each_role_sees_the_rounds_of_its_phase(role: VRole, state: VState) -> None:
    seen = {round_ for round_ in Round if may_see_round(frozenset({role}), state, round_)}
    assert seen == SEEN[role][PHASES[state]]


def test_nobody_in_particular_sees_nothing_and_two_roles_see_what_either_sees() -> None:
    assert [may_see_round(frozenset(), S.CERTIFIED, round_) for round_ in Round] == [False] * 3
    both = frozenset({R.COORDINATOR, R.ASSESSOR})
    assert [may_see_round(both, S.DOCUMENTS, round_) for round_ in Round] == [True, True, False]


@pytest.mark.parametrize("row", VERIFICATION_TABLE, ids=lambda row: row.verb)
def test_stranger_and_wrong_state_are_told_that_alone(row: Transition) -> None:
    empty = VerificationFacts(state=next(iter(row.sources)), roles=frozenset())
    assert verification_gaps(row, empty, SCHEME) == (Gap(G.WRONG_ROLE),)
    for state in set(VState) - row.sources:
        late = replace(empty, roles=row.roles, state=state)
        assert verification_gaps(row, late, SCHEME) == (Gap(G.WRONG_STATE, state.value),)


def test_nothing_happens_to_a_closed_verification_but_recusals_from_what_is_watched() -> None:
    closed = {row.verb: row.sources & V_CLOSED for row in VERIFICATION_TABLE if row.sources & V_CLOSED}
    assert closed == {key: {S.CERTIFIED} for key in ("recusal.declare", "recusal.record")}


def test_enterprise_and_body_share_no_step() -> None:
    own = {R.ENTERPRISE, R.LEAD}
    assert [row.verb for row in VERIFICATION_TABLE if row.roles & own and row.roles - own] == []


@pytest.mark.parametrize(
    ("in_favour", "against", "silent", "left"),
    [
        (2, 0, 1, ()),  # carried whatever the third votes
        (0, 2, 1, ()),  # lost whatever the third votes
        (1, 1, 1, (Gap(G.VOTES_OUTSTANDING, "1"),)),
        (0, 0, 3, (Gap(G.VOTES_OUTSTANDING, "3"),)),
        (1, 2, 0, ()),
    ],
)
def test_ballot_closes_once_the_silent_change_nothing(
    in_favour: int, against: int, silent: int, left: tuple[Gap, ...]
) -> None:
    standing = Standing(in_favour, against, 0, silent, 3)
    facts = VerificationFacts(S.PANEL, frozenset({R.COORDINATOR}), standing=standing, votes_needed=2)
    assert tuple(voted(facts, SCHEME)) == left


ASKED = RequestFacts(leads=True, submitted=True, running=False, has_scheme=True)


@pytest.mark.parametrize(
    ("facts", "gaps"),
    [
        (ASKED, ()),
        (replace(ASKED, leads=False, submitted=False), (Gap(G.WRONG_ROLE),)),
        (replace(ASKED, submitted=False), (Gap(G.NOT_SUBMITTED),)),
        (replace(ASKED, running=True), (Gap(G.VERIFICATION_RUNNING),)),
        (replace(ASKED, has_scheme=False, offered=False), (Gap(G.SCHEME_MISSING), Gap(G.BODY_UNKNOWN))),
        (replace(ASKED, advised=True), (Gap(G.ADVISER_ASSESSES),)),
    ],
)
def test_verification_is_asked_for_once_all_is_there(facts: RequestFacts, gaps: tuple[Gap, ...]) -> None:
    assert request_gaps(facts) == gaps


@pytest.mark.parametrize(
    ("step", "roles"),
    [
        (SURVEIL, {R.COORDINATOR, R.ASSESSOR}),
        (HAND_IN_DCMM, {R.ENTERPRISE}),
        (JUDGE_DCMM, {R.COORDINATOR, R.ASSESSOR}),
        (WITHDRAW_CERTIFICATE, {R.DECIDER}),
    ],
    ids=lambda one: getattr(one, "verb", ""),
)
def test_certificate_takes_its_steps_from_few_and_while_it_lives(step: CertificateStep, roles: set[VRole]) -> None:
    assert step.roles == roles
    assert step.sources == {C.VALID, C.SUSPENDED}
    assert step in CERTIFICATE_TABLE


def test_certificate_gaps_name_everything_at_once() -> None:
    day = SCHEME.issued
    facts = CertificateFacts(C.VALID, JUDGE_DCMM.roles, day, day, waiting=True)
    assert certificate_gaps(JUDGE_DCMM, facts) == ()
    bare = replace(facts, waiting=False, counts=False, reasons=False, day=day.replace(day=2))
    assert certificate_gaps(JUDGE_DCMM, bare) == (
        Gap(G.CERTIFICATE_EXPIRED),
        Gap(G.RENEWAL_JUDGED),
        Gap(G.DCMM_NOT_COUNTING),
        Gap(G.REASONS_MISSING),
    )
    assert certificate_gaps(HAND_IN_DCMM, replace(facts, roles=HAND_IN_DCMM.roles)) == (Gap(G.RENEWAL_OPEN),)
    assert certificate_gaps(SURVEIL, replace(facts, roles=frozenset())) == (Gap(G.WRONG_ROLE),)
    assert certificate_gaps(SURVEIL, replace(facts, state=C.REPLACED)) == (Gap(G.WRONG_STATE, "replaced"),)
