"""What may happen: one table, and one function that guards the action and tells the page what is missing."""

from dataclasses import dataclass

from workflows.domain import checks
from workflows.domain.casefacts import CaseFacts
from workflows.domain.checks import Check
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rulebook import Rulebook
from workflows.domain.states import BEFORE_VOTING, CLOSED, Role, State


@dataclass(frozen=True)
class Transition:
    """One row: from which states, to which (None: stays, or depends on the outcome), by whom, behind which checks."""

    verb: str
    sources: frozenset[State]
    target: State | None
    roles: frozenset[Role]
    checks: tuple[Check, ...] = ()


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


S, R = State, Role
SAVE = Transition("application.save", _states(S.DRAFT, S.SUPPLEMENT, S.MODIFYING), None, _roles(R.APPLICANT, R.TEAM))
SUBMIT = Transition("case.submit", _states(S.DRAFT), S.SUBMITTED, _roles(R.APPLICANT), (checks.materials,))
REQUEST_SUPPLEMENT = Transition(
    "case.request_supplement", _states(S.SUBMITTED), S.SUPPLEMENT, _roles(R.SECRETARY), (checks.supplement,)
)
ANSWER_SUPPLEMENT = Transition(
    "case.answer_supplement",
    _states(S.SUPPLEMENT),
    S.SUBMITTED,
    _roles(R.APPLICANT),
    (checks.answered, checks.materials),
)
CLASSIFY = Transition(
    "case.classify",
    _states(S.SUBMITTED, S.ACCEPTED, S.REVIEWING, S.READY, S.DELIBERATING),
    None,
    _roles(R.SECRETARY),
    (checks.reasons, checks.classified, checks.exemption),
)
ACCEPT = Transition(
    "case.accept",
    _states(S.SUBMITTED),
    S.ACCEPTED,
    _roles(R.SECRETARY),
    (checks.classified, checks.composed, checks.reasons),
)
DECLINE = Transition(
    "case.decline", _states(S.SUBMITTED, S.SUPPLEMENT), S.DECLINED, _roles(R.SECRETARY), (checks.reasons,)
)
WITHDRAW = Transition(
    "case.withdraw", BEFORE_VOTING, S.WITHDRAWN, _roles(R.APPLICANT), (checks.reasons, checks.unopened)
)
ASSIGN = Transition(
    "case.assign",
    _states(S.ACCEPTED, S.REVIEWING),
    S.REVIEWING,
    _roles(R.SECRETARY),
    (checks.unconflicted, checks.reviewers),
)
RATE = Transition("review.rate", _states(S.REVIEWING), None, _roles(R.REVIEWER))
SUBMIT_REVIEW = Transition("review.submit", _states(S.REVIEWING), None, _roles(R.REVIEWER), (checks.rated,))
REVISE_RATING = Transition(
    "review.revise", _states(S.REVIEWING, S.READY, S.DELIBERATING), None, _roles(R.REVIEWER), (checks.reasons,)
)
CLOSE_REVIEWS = Transition(
    "case.close_reviews",
    _states(S.REVIEWING),
    S.READY,
    _roles(R.SECRETARY, R.CHAIR),
    (checks.reviewers, checks.reviews_in),
)
EXTEND = Transition(
    "case.extend",
    _states(S.ACCEPTED, S.REVIEWING, S.READY, S.DELIBERATING, S.VOTING, S.CARRIED, S.CHECKING),
    None,
    _roles(R.CHAIR),
    (checks.reasons, checks.later),
)
OPEN_ITEM = Transition(
    "item.open", _states(S.READY), S.DELIBERATING, _roles(R.SECRETARY, R.CHAIR), (checks.on_agenda, checks.room)
)
ADJOURN_ITEM = Transition(
    "item.adjourn", _states(S.DELIBERATING), S.READY, _roles(R.SECRETARY, R.CHAIR), (checks.reasons,)
)
PUT_MOTION = Transition(
    "motion.put", _states(S.DELIBERATING), S.VOTING, _roles(R.SECRETARY, R.CHAIR), (checks.room, checks.proposable)
)
CAST_VOTE = Transition("vote.cast", _states(S.VOTING), None, _roles(R.MEMBER), (checks.room, checks.present))
RECORD_VOTE = Transition("vote.record", _states(S.VOTING), None, _roles(R.SECRETARY), (checks.room, checks.present))
CLOSE_MOTION = Transition(
    "motion.close", _states(S.VOTING), None, _roles(R.SECRETARY, R.CHAIR), (checks.room, checks.proposable)
)
WITHDRAW_MOTION = Transition(
    "motion.withdraw", _states(S.VOTING), S.DELIBERATING, _roles(R.SECRETARY, R.CHAIR), (checks.reasons,)
)
DRAFT_DECISION = Transition("decision.draft", _states(S.CARRIED, S.CHECKING), None, _roles(R.SECRETARY, R.CHAIR))
ISSUE_DECISION = Transition(
    "decision.issue", _states(S.CARRIED), None, _roles(R.CHAIR), (checks.issuable, checks.drafted, checks.timely)
)
RESUBMIT = Transition(
    "case.resubmit", _states(S.MODIFYING), None, _roles(R.APPLICANT), (checks.materials, checks.reasons)
)
CONFIRM_MODIFICATION = Transition(
    "modification.confirm",
    _states(S.CHECKING),
    S.APPROVED,
    _roles(R.CHAIR),
    (checks.checkable, checks.drafted, checks.timely),
)
RETURN_MODIFICATION = Transition(
    "modification.return", _states(S.CHECKING), S.MODIFYING, _roles(R.CHAIR), (checks.reasons,)
)
_UNDER_WAY = frozenset(State) - CLOSED - {S.DRAFT}
DESIGNATE = Transition(
    "case.designate_chair", _UNDER_WAY, None, _roles(R.SECRETARY, R.CHAIR), (checks.chair_absent, checks.reasons)
)
END_DESIGNATION = Transition(
    "case.end_designation", _UNDER_WAY, None, _roles(R.SECRETARY, R.CHAIR), (checks.designated, checks.chair_back)
)

TABLE: tuple[Transition, ...] = (
    SAVE,
    SUBMIT,
    REQUEST_SUPPLEMENT,
    ANSWER_SUPPLEMENT,
    CLASSIFY,
    ACCEPT,
    DECLINE,
    WITHDRAW,
    ASSIGN,
    RATE,
    SUBMIT_REVIEW,
    REVISE_RATING,
    CLOSE_REVIEWS,
    EXTEND,
    OPEN_ITEM,
    ADJOURN_ITEM,
    PUT_MOTION,
    CAST_VOTE,
    RECORD_VOTE,
    CLOSE_MOTION,
    WITHDRAW_MOTION,
    DRAFT_DECISION,
    ISSUE_DECISION,
    RESUBMIT,
    CONFIRM_MODIFICATION,
    RETURN_MODIFICATION,
    DESIGNATE,
    END_DESIGNATION,
)


def gaps(transition: Transition, facts: CaseFacts, rules: Rulebook) -> tuple[Gap, ...]:
    """Everything that keeps this transition from happening now; empty means go.

    A person without the role, or a case in another state, is told that alone: what else is missing would say
    more of the case than that person may know.
    """
    if not facts.roles & transition.roles:
        return (Gap(GapCode.WRONG_ROLE),)
    if facts.state not in transition.sources:
        return (Gap(GapCode.WRONG_STATE, facts.state.value),)
    found = [gap for check in transition.checks for gap in check(facts, rules)]
    return tuple(dict.fromkeys(found))
