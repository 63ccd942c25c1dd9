"""Every row of both tables is walked by a test, and every gate of it is seen to refuse in the database."""

from dataclasses import replace

import pytest

from tests.actions.meeting_rows import MEETING_ROWS
from tests.actions.rows import ROWS
from tests.actions.verification_rows import OTHERWISE_TRIED, VERIFICATION_ROWS
from workflows.domain import checks
from workflows.domain import verification_checks as verifying
from workflows.domain.checks import Check
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.sittings import MEETING_TABLE, MeetingStep
from workflows.domain.transitions import TABLE, Transition
from workflows.domain.verification_checks import Check as VerificationCheck
from workflows.domain.verification_table import VERIFICATION_TABLE
from workflows.domain.verification_table import Transition as VerificationTransition

G = GapCode
# What each check can answer; a new check is missing here until somebody says so.
LAWFUL = {G.DECISION_KIND_UNKNOWN, G.RED_LINE, G.RE_REVIEW_OUTSTANDING, G.GATE_STANDING}
ROOM = {G.NO_QUORUM, G.ROOM_CATEGORY_MISSING, G.ROOM_GENDER_MISSING, G.ROOM_EXTERNAL_MISSING, G.VIDEO_NOT_ALLOWED}
CODES: dict[Check, set[GapCode]] = {
    checks.materials: {G.MATERIALS_MISSING, G.SELF_ASSESSMENT_INCOMPLETE, G.PLEDGE_MISSING},
    checks.supplement: {G.SUPPLEMENT_USED, G.SUPPLEMENT_ITEMS_MISSING},
    checks.answered: {G.SUPPLEMENT_UNANSWERED},
    checks.reasons: {G.REASONS_MISSING},
    checks.classified: {G.TIER_MISSING},
    checks.exemption: {G.EXEMPTION_UNPROVEN},
    checks.composed: {G.MEMBERS_MISSING, G.CHAIR_MISSING},
    checks.reviewers: {G.REVIEWERS_MISSING},
    checks.reviews_in: {G.REVIEWS_OUTSTANDING},
    checks.rated: {G.RATINGS_MISSING},
    checks.timely: {G.VALIDITY_PAST, G.VALIDITY_REVERSED, G.FOLLOWUP_TOO_LONG},
    checks.on_agenda: {G.NOT_ON_AGENDA, G.MEETING_NOT_OPEN, G.ITEM_OPEN},
    checks.room: ROOM,
    checks.present: {G.NOT_PRESENT},
    checks.proposable: LAWFUL,
    checks.issuable: LAWFUL,
    checks.checkable: LAWFUL,
    checks.drafted: {G.DRAFT_MISSING, G.SCOPE_MISSING},
    checks.later: {G.DEADLINE_NOT_LATER},
    checks.unopened: {G.VOTING_OPENED},
    checks.unconflicted: {G.CONFLICT},
    checks.chair_absent: {G.CHAIR_AVAILABLE},
    checks.chair_back: {G.CHAIR_UNAVAILABLE},
    checks.designated: {G.NOBODY_DESIGNATED},
}
VERIFYING_CODES: dict[VerificationCheck, set[GapCode]] = {
    verifying.reasons: {G.REASONS_MISSING},
    verifying.team: {G.TEAM_INCOMPLETE, G.LEAD_MISSING},
    verifying.independent: {G.CONFLICT, G.ADVISER_ASSESSES},
    verifying.placeable: {G.NOT_AN_ASSESSOR, G.HAS_ANOTHER_PART},
    verifying.recusable: {G.CONFLICT_KIND_UNKNOWN, G.ALREADY_RECUSED},
    verifying.criterion: {G.CRITERION_UNKNOWN},
    verifying.ratable: {G.NO_FINDING},
    verifying.rated: {G.CRITERIA_UNRATED},
    verifying.judged: {G.EVIDENCE_UNJUDGED},
    verifying.decided_na: {G.NA_UNDECIDED},
    verifying.proved: {G.DCMM_UNJUDGED, G.DCMM_NOT_COUNTERSIGNED},
    verifying.level: {G.LEVEL_UNKNOWN},
    verifying.another_hand: {G.DCMM_FINDING_MISSING, G.OWN_SIGNATURE},
    verifying.interview_role: {G.INTERVIEW_ROLE_UNKNOWN},
    verifying.held: {G.DAY_AHEAD},
    verifying.visited: {G.INTERVIEWS_MISSING, G.DEMONSTRATIONS_MISSING, G.SCENARIOS_MISSING},
    verifying.window_open: {G.WINDOW_CLOSED},
    verifying.window_over: {G.WINDOW_OPEN},
    verifying.resolved: {G.FINDINGS_UNRESOLVED},
    verifying.reviewer: {G.REVIEWER_MISSING},
    verifying.panel: {G.PANEL_INCOMPLETE},
    verifying.room_on_panel: {G.PANEL_FULL},
    verifying.ballot: {G.BALLOT_CLOSED},
    verifying.no_ballot: {G.BALLOT_OPEN},
    verifying.voted: {G.VOTES_OUTSTANDING},
    verifying.notice_running: {G.NOTICE_OVER},
    verifying.notice_over: {G.NOTICE_RUNNING},
    verifying.settled: {G.OBJECTIONS_OPEN, G.OBJECTION_UPHELD},
    verifying.upheld: {G.OBJECTION_NOT_UPHELD},
    verifying.decidable: {G.NOT_GRADED},
}
NEEDS = {
    "needs_items": {G.AGENDA_EMPTY},
    "needs_rest": {G.ITEM_OPEN},
    "needs_minutes": {G.MINUTES_MISSING, G.MINUTES_STALE},
    "needs_future": {G.DAY_PAST},
}


def untried(row: Transition) -> set[Check]:
    """Checks of this row whose refusal no test sees."""
    told = {gap.code for kept in ROWS[row.verb].kept for gap in kept.gaps}
    return {check for check in row.checks if not CODES[check] & told}


def test_every_case_step_is_walked() -> None:
    assert set(ROWS) == {row.verb for row in TABLE}


def test_every_step_of_a_verification_is_walked() -> None:
    assert set(VERIFICATION_ROWS) == {row.verb for row in VERIFICATION_TABLE}


@pytest.mark.parametrize("row", VERIFICATION_TABLE, ids=lambda row: row.verb)
def test_every_gate_of_a_verification_is_seen_to_refuse(row: VerificationTransition) -> None:
    walked = VERIFICATION_ROWS[row.verb]
    told = {gap.code for kept in (*walked.kept, *OTHERWISE_TRIED.get(row.verb, ())) for gap in kept.gaps}
    told |= {walked.twice.code} if isinstance(walked.twice, Gap) else set()
    assert [check.__name__ for check in row.checks if not VERIFYING_CODES[check] & told] == []


def test_every_meeting_step_is_walked() -> None:
    assert set(MEETING_ROWS) == {step.verb for step in MEETING_TABLE}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.verb)
def test_every_gate_of_a_case_step_is_seen_to_refuse(row: Transition) -> None:
    assert untried(row) == set()


@pytest.mark.parametrize("step", MEETING_TABLE, ids=lambda step: step.verb)
def test_every_need_of_a_meeting_step_is_seen_to_refuse(step: MeetingStep) -> None:
    told = {gap.code for kept in MEETING_ROWS[step.verb].kept for gap in kept.gaps}
    needed = {code for name, codes in NEEDS.items() if getattr(step, name) for code in codes}
    assert needed - told == set()


def test_gate_without_a_test_is_found() -> None:
    row = next(row for row in TABLE if row.verb == "item.adjourn")
    assert untried(replace(row, checks=(*row.checks, checks.composed))) == {checks.composed}
