"""The checks a step of a verification can stand behind."""

from collections.abc import Callable

from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.scheme import Scheme
from workflows.domain.verification_facts import VerificationFacts
from workflows.domain.verification_states import VState

Check = Callable[[VerificationFacts, Scheme], list[Gap]]


def reasons(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The step comes with a word why."""
    return [] if facts.reasons else [Gap(GapCode.REASONS_MISSING)]


# -- people ------------------------------------------------------------------------------------------------------


def team(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """Enough assessors are at work, and one of them leads."""
    least = scheme.team.value
    found = [] if facts.team >= least else [Gap(GapCode.TEAM_INCOMPLETE, f"{facts.team}/{least}")]
    return found if facts.has_lead else [*found, Gap(GapCode.LEAD_MISSING)]


def independent(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Nobody with a part, or to be given one, has a conflict or comes from the firm that advised."""
    found = [Gap(GapCode.CONFLICT, str(user)) for user in facts.conflicted]
    return found + [Gap(GapCode.ADVISER_ASSESSES, str(user)) for user in facts.advisers]


def placeable(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Who is to be placed assesses for the body and has no other part."""
    if not facts.candidate_free:
        return [Gap(GapCode.NOT_AN_ASSESSOR)]
    return [] if facts.candidate_apart else [Gap(GapCode.HAS_ANOTHER_PART)]


def recusable(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """The kind of conflict is the scheme's, and the person has not been recused."""
    if facts.conflict_kind is not None and facts.conflict_kind not in {kind.code for kind in scheme.conflicts}:
        return [Gap(GapCode.CONFLICT_KIND_UNKNOWN, facts.conflict_kind)]
    return [Gap(GapCode.ALREADY_RECUSED)] if facts.already_recused else []


# -- ratings -----------------------------------------------------------------------------------------------------


def criterion(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """What is rated, found or set aside exists in the instrument, or was set aside by the enterprise."""
    return [] if facts.criterion_known else [Gap(GapCode.CRITERION_UNKNOWN, facts.criterion or "")]


def ratable(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """After the release only what a finding names is rated anew, and only with a word why.

    A recommendation that came back opens all criteria.
    """
    if facts.state is not VState.RECOMMENDING:
        return []
    named = facts.criterion is None or facts.sent_back or facts.criterion in facts.with_findings
    found = [] if named else [Gap(GapCode.NO_FINDING, facts.criterion or "")]
    return found if facts.note else [*found, Gap(GapCode.REASONS_MISSING)]


def rated(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Every criterion the team is asked has its rating."""
    return [Gap(GapCode.CRITERIA_UNRATED, str(len(facts.unrated)))] if facts.unrated else []


def judged(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Every piece of evidence was accepted or rejected."""
    return [Gap(GapCode.EVIDENCE_UNJUDGED, str(len(facts.unjudged)))] if facts.unjudged else []


def decided_na(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The team decided on every item the enterprise set aside."""
    return [Gap(GapCode.NA_UNDECIDED, item) for item in facts.undecided]


def proved(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The claimed DCMM certificate was looked at, and a finding has its second signature."""
    found = [Gap(GapCode.DCMM_UNJUDGED)] if facts.claim_unjudged else []
    return [*found, Gap(GapCode.DCMM_NOT_COUNTERSIGNED)] if facts.finding_unsigned else found


def level(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The DCMM level exists."""
    return [] if facts.level_known else [Gap(GapCode.LEVEL_UNKNOWN)]


def another_hand(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """There is a DCMM finding to sign, and who signs did not write it."""
    if not facts.finding_unsigned:
        return [Gap(GapCode.DCMM_FINDING_MISSING)]
    return [Gap(GapCode.OWN_SIGNATURE)] if facts.own_signature else []


# -- on site -----------------------------------------------------------------------------------------------------


def interview_role(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """An interview names a role of the scheme."""
    known = {one.code for one in scheme.interviews}
    if facts.interview_role is None or facts.interview_role in known:
        return []
    return [Gap(GapCode.INTERVIEW_ROLE_UNKNOWN, facts.interview_role)]


def held(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """What is recorded has happened."""
    return [Gap(GapCode.DAY_AHEAD)] if facts.held_on is not None and facts.held_on > facts.day else []


def visited(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """Everybody was heard, and enough was shown; the detail of an interview gap is ``role:held/wanted``."""
    found = [
        Gap(GapCode.INTERVIEWS_MISSING, f"{one.code}:{facts.interviews.get(one.code, 0)}/{one.least}")
        for one in scheme.interviews
        if facts.interviews.get(one.code, 0) < one.least
    ]
    if facts.demonstrations < scheme.demonstrations.value:
        found.append(Gap(GapCode.DEMONSTRATIONS_MISSING, f"{facts.demonstrations}/{scheme.demonstrations.value}"))
    if facts.scenarios < scheme.scenarios.value:
        found.append(Gap(GapCode.SCENARIOS_MISSING, f"{facts.scenarios}/{scheme.scenarios.value}"))
    return found


# -- correction --------------------------------------------------------------------------------------------------


def _window_is_over(facts: VerificationFacts) -> bool:
    return facts.correction_until is not None and facts.day > facts.correction_until


def window_open(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The last day of the correction window has not passed."""
    return [Gap(GapCode.WINDOW_CLOSED)] if _window_is_over(facts) else []


def window_over(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The last day of the correction window has passed."""
    until = facts.correction_until
    return [] if _window_is_over(facts) else [Gap(GapCode.WINDOW_OPEN, until.isoformat() if until else "")]


def resolved(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The team said of each finding what became of it."""
    return [Gap(GapCode.FINDINGS_UNRESOLVED, str(len(facts.unresolved)))] if facts.unresolved else []


def reviewer(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Somebody was named to review compliance."""
    return [] if facts.has_reviewer else [Gap(GapCode.REVIEWER_MISSING)]


# -- panel -------------------------------------------------------------------------------------------------------


def panel(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """The panel has all its experts."""
    size = scheme.panel.size.value
    return [] if facts.seated >= size else [Gap(GapCode.PANEL_INCOMPLETE, f"{facts.seated}/{size}")]


def room_on_panel(facts: VerificationFacts, scheme: Scheme) -> list[Gap]:
    """The panel has a place left."""
    return [] if facts.seated < scheme.panel.size.value else [Gap(GapCode.PANEL_FULL, str(facts.seated))]


def ballot(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """A ballot is open."""
    return [Gap(GapCode.BALLOT_CLOSED)] if facts.standing is None else []


def no_ballot(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """No ballot is open."""
    return [] if facts.standing is None else [Gap(GapCode.BALLOT_OPEN)]


def voted(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """All have voted, or whatever the silent ones vote changes nothing."""
    standing = facts.standing
    if standing is None or not standing.silent:
        return []
    settled = standing.in_favour >= facts.votes_needed or standing.in_favour + standing.silent < facts.votes_needed
    return [] if settled else [Gap(GapCode.VOTES_OUTSTANDING, str(standing.silent))]


# -- notice and decision -----------------------------------------------------------------------------------------


def _notice_is_over(facts: VerificationFacts) -> bool:
    return facts.notice_until is not None and facts.day > facts.notice_until


def notice_running(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The last day of the notice has not passed."""
    return [Gap(GapCode.NOTICE_OVER)] if _notice_is_over(facts) else []


def notice_over(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """The last day of the notice has passed."""
    until = facts.notice_until
    return [] if _notice_is_over(facts) else [Gap(GapCode.NOTICE_RUNNING, until.isoformat() if until else "")]


def settled(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """Every objection has its answer, and none was upheld against this recommendation."""
    found = [Gap(GapCode.OBJECTIONS_OPEN, str(facts.open_objections))] if facts.open_objections else []
    return [*found, Gap(GapCode.OBJECTION_UPHELD)] if facts.upheld and not facts.refusing else found


def upheld(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """An objection to this recommendation was upheld."""
    return [] if facts.upheld else [Gap(GapCode.OBJECTION_NOT_UPHELD)]


def decidable(facts: VerificationFacts, _scheme: Scheme) -> list[Gap]:
    """A certificate grades, and a refusal says why."""
    if facts.refusing:
        return [] if facts.reasons else [Gap(GapCode.REASONS_MISSING)]
    return [] if facts.tier else [Gap(GapCode.NOT_GRADED)]
