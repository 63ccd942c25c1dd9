"""What may happen to a verification: one table, and one function that guards the action and fills the page."""

from dataclasses import dataclass

from workflows.domain import verification_checks as checks
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.scheme import Scheme
from workflows.domain.verification_checks import Check
from workflows.domain.verification_facts import VerificationFacts
from workflows.domain.verification_states import BODY, V_CLOSED, VRole, VState


@dataclass(frozen=True)
class Transition:
    """One row: from which states, to which (None: stays, or depends on the outcome), by whom, behind which checks."""

    verb: str
    sources: frozenset[VState]
    target: VState | None
    roles: frozenset[VRole]
    checks: tuple[Check, ...] = ()


def _states(*states: VState) -> frozenset[VState]:
    return frozenset(states)


def _roles(*roles: VRole) -> frozenset[VRole]:
    return frozenset(roles)


S, R = VState, VRole
_WATCHED = (frozenset(VState) - V_CLOSED) | {S.CERTIFIED}  # a certificate goes on to be looked at every year
_TEAMED = _states(S.ENTRY, S.DOCUMENTS, S.ONSITE, S.CORRECTION, S.RECOMMENDING)  # the team can still change
_DESK = _roles(R.COORDINATOR)
_LEADS = _roles(R.LEAD_ASSESSOR)
_WORKS = _roles(R.ASSESSOR)  # the leading one is an assessor too
_COMPLETE = (checks.team, checks.rated, checks.judged, checks.decided_na, checks.proved)

# -- entry and people --------------------------------------------------------------------------------------------
ACCEPT = Transition("verification.accept", _states(S.ENTRY), S.DOCUMENTS, _DESK, (checks.team, checks.independent))
RETURN = Transition("verification.return", _states(S.ENTRY), S.RETURNED, _DESK, (checks.reasons,))
WITHDRAW = Transition(
    "verification.withdraw",
    _TEAMED | {S.COMPLIANCE},
    S.WITHDRAWN,
    _roles(R.LEAD),
    (checks.reasons,),
)
ASSIGN = Transition("team.assign", _TEAMED, None, _DESK, (checks.independent, checks.placeable))
END_PLACE = Transition("team.end", _TEAMED, None, _DESK, (checks.reasons,))
DECLARE_RECUSAL = Transition("recusal.declare", _WATCHED, None, BODY, (checks.recusable,))
RECORD_RECUSAL = Transition("recusal.record", _WATCHED, None, _DESK, (checks.recusable, checks.reasons))
NAME_REVIEWER = Transition(
    "reviewer.name", _TEAMED | {S.COMPLIANCE}, None, _DESK, (checks.independent, checks.placeable)
)
# -- document review and on site ---------------------------------------------------------------------------------
RATE = Transition(
    "round.rate", _states(S.DOCUMENTS, S.ONSITE, S.RECOMMENDING), None, _WORKS, (checks.criterion, checks.ratable)
)
JUDGE_EVIDENCE = Transition(
    "evidence.judge", _states(S.DOCUMENTS, S.ONSITE, S.RECOMMENDING), None, _WORKS, (checks.ratable,)
)
DECIDE_NA = Transition("na.decide", _states(S.DOCUMENTS, S.ONSITE), None, _LEADS, (checks.criterion, checks.reasons))
JUDGE_CLAIM = Transition("dcmm.judge", _states(S.DOCUMENTS, S.ONSITE, S.RECOMMENDING), None, _LEADS, (checks.reasons,))
FIND_DCMM = Transition(
    "dcmm.find", _states(S.DOCUMENTS, S.ONSITE, S.RECOMMENDING), None, _LEADS, (checks.level, checks.reasons)
)
COUNTERSIGN_DCMM = Transition(
    "dcmm.countersign", _states(S.DOCUMENTS, S.ONSITE, S.RECOMMENDING), None, _WORKS, (checks.another_hand,)
)
BEGIN_ONSITE = Transition("onsite.begin", _states(S.DOCUMENTS), S.ONSITE, _LEADS, (checks.team,))
RECORD_ONSITE = Transition(
    "onsite.record", _states(S.ONSITE), None, _WORKS, (checks.interview_role, checks.held, checks.reasons)
)
REMOVE_ONSITE = Transition("onsite.remove", _states(S.ONSITE), None, _WORKS)
WRITE_FINDING = Transition(
    "finding.write", _states(S.DOCUMENTS, S.ONSITE), None, _WORKS, (checks.criterion, checks.reasons)
)
REMOVE_FINDING = Transition("finding.remove", _states(S.DOCUMENTS, S.ONSITE), None, _WORKS)
RELEASE = Transition("findings.release", _states(S.ONSITE), None, _LEADS, (*_COMPLETE, checks.visited))
# -- correction and recommendation -------------------------------------------------------------------------------
ANSWER_FINDING = Transition(
    "finding.answer", _states(S.CORRECTION), None, _roles(R.ENTERPRISE), (checks.window_open, checks.reasons)
)
CLOSE_CORRECTION = Transition("correction.close", _states(S.CORRECTION), S.RECOMMENDING, _roles(R.LEAD))
END_CORRECTION = Transition(
    "correction.end", _states(S.CORRECTION), S.RECOMMENDING, _LEADS, (checks.window_over,)
)  # the clock does the same
RESOLVE_FINDING = Transition("finding.resolve", _states(S.RECOMMENDING), None, _WORKS, (checks.reasons,))
RECOMMEND = Transition(
    "verification.recommend",
    _states(S.RECOMMENDING),
    S.COMPLIANCE,
    _LEADS,
    (*_COMPLETE, checks.resolved, checks.reviewer, checks.reasons),
)
# -- compliance, panel, notice, decision -------------------------------------------------------------------------
PASS_COMPLIANCE = Transition("compliance.pass", _states(S.COMPLIANCE), None, _roles(R.REVIEWER), (checks.reasons,))
REJECT_COMPLIANCE = Transition(
    "compliance.reject", _states(S.COMPLIANCE), S.RECOMMENDING, _roles(R.REVIEWER), (checks.reasons,)
)
SEAT = Transition(
    "panel.seat",
    _states(S.RECOMMENDING, S.COMPLIANCE, S.PANEL),
    None,
    _DESK,
    (checks.independent, checks.placeable, checks.room_on_panel),
)
UNSEAT = Transition(
    "panel.unseat",
    _states(S.RECOMMENDING, S.COMPLIANCE, S.PANEL),
    None,
    _DESK,
    (checks.no_ballot, checks.reasons),
)
OPEN_BALLOT = Transition("panel.open", _states(S.PANEL), None, _DESK, (checks.panel, checks.no_ballot))
VOTE = Transition("panel.vote", _states(S.PANEL), None, _roles(R.PANELLIST), (checks.ballot,))
CLOSE_BALLOT = Transition("panel.close", _states(S.PANEL), None, _DESK, (checks.ballot, checks.panel, checks.voted))
FILE_OBJECTION = Transition(
    "objection.file", _states(S.NOTICE), None, _roles(R.PUBLIC), (checks.notice_running, checks.reasons)
)
SETTLE_OBJECTION = Transition("objection.settle", _states(S.NOTICE), None, _DESK, (checks.reasons,))
REOPEN = Transition("verification.reopen", _states(S.NOTICE), S.RECOMMENDING, _DESK, (checks.upheld, checks.reasons))
DECIDE = Transition(
    "verification.decide",
    _states(S.NOTICE),
    None,
    _roles(R.DECIDER),
    (checks.notice_over, checks.settled, checks.decidable),
)

VERIFICATION_TABLE: tuple[Transition, ...] = (
    ACCEPT,
    RETURN,
    WITHDRAW,
    ASSIGN,
    END_PLACE,
    DECLARE_RECUSAL,
    RECORD_RECUSAL,
    NAME_REVIEWER,
    RATE,
    JUDGE_EVIDENCE,
    DECIDE_NA,
    JUDGE_CLAIM,
    FIND_DCMM,
    COUNTERSIGN_DCMM,
    BEGIN_ONSITE,
    RECORD_ONSITE,
    REMOVE_ONSITE,
    WRITE_FINDING,
    REMOVE_FINDING,
    RELEASE,
    ANSWER_FINDING,
    CLOSE_CORRECTION,
    END_CORRECTION,
    RESOLVE_FINDING,
    RECOMMEND,
    PASS_COMPLIANCE,
    REJECT_COMPLIANCE,
    SEAT,
    UNSEAT,
    OPEN_BALLOT,
    VOTE,
    CLOSE_BALLOT,
    FILE_OBJECTION,
    SETTLE_OBJECTION,
    REOPEN,
    DECIDE,
)


def verification_gaps(transition: Transition, facts: VerificationFacts, scheme: Scheme) -> tuple[Gap, ...]:
    """Everything that keeps this transition from happening now; empty means go.

    A person without the role, or a verification in another state, is told that alone.
    """
    if not facts.roles & transition.roles:
        return (Gap(GapCode.WRONG_ROLE),)
    if facts.state not in transition.sources:
        return (Gap(GapCode.WRONG_STATE, facts.state.value),)
    found = [gap for check in transition.checks for gap in check(facts, scheme)]
    return tuple(dict.fromkeys(found))
