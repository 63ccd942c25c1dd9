"""The checks a step can stand behind."""

from collections.abc import Callable

from workflows.domain.casefacts import CaseFacts
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rooms import room_gaps
from workflows.domain.rulebook import DecisionRule, Effect, Rulebook

Check = Callable[[CaseFacts, Rulebook], list[Gap]]


def materials(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """Every required item, every question and the pledge are there."""
    found = [Gap(GapCode.MATERIALS_MISSING, item) for item in facts.missing_items]
    found += [Gap(GapCode.SELF_ASSESSMENT_INCOMPLETE, item) for item in facts.unanswered]
    return found if facts.pledged else [*found, Gap(GapCode.PLEDGE_MISSING)]


def supplement(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """The single notice is unused and says what is wanted."""
    found = []
    if facts.notices >= rules.acceptance.supplement_notices.value:
        found.append(Gap(GapCode.SUPPLEMENT_USED, str(facts.notices)))
    if not facts.notice_items:
        found.append(Gap(GapCode.SUPPLEMENT_ITEMS_MISSING))
    return found


def answered(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """Each item of the notice has its answer."""
    return [Gap(GapCode.SUPPLEMENT_UNANSWERED, item) for item in facts.open_items]


def reasons(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The step comes with reasons."""
    return [] if facts.reasons else [Gap(GapCode.REASONS_MISSING)]


def classified(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The secretary confirmed the tier."""
    return [] if facts.tier else [Gap(GapCode.TIER_MISSING)]


def exemption(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """A claimed exemption from re-review is proven."""
    unproven = facts.exemption_claimed and not facts.exempt
    return [Gap(GapCode.EXEMPTION_UNPROVEN)] if unproven else []


def composed(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The committee is made up as its rulebook asks."""
    return list(facts.composition)


def reviewers(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """Enough reviewers are assigned."""
    least = rules.review.min_reviewers.value
    return [] if facts.reviewers >= least else [Gap(GapCode.REVIEWERS_MISSING, f"{facts.reviewers}/{least}")]


def reviews_in(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    return [Gap(GapCode.REVIEWS_OUTSTANDING, str(facts.outstanding))] if facts.outstanding else []


def rated(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """Every applicable indicator has a rating or N/A with a reason, and what can block says why."""
    found = [Gap(GapCode.RATINGS_MISSING, str(facts.unrated))] if facts.unrated else []
    return found + [Gap(GapCode.GATE_REASON_MISSING, item) for item in facts.unreasoned]


def on_agenda(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    found = [] if facts.on_agenda else [Gap(GapCode.NOT_ON_AGENDA)]
    if not facts.meeting_open:
        found.append(Gap(GapCode.MEETING_NOT_OPEN))
    if facts.other_item_open:
        found.append(Gap(GapCode.ITEM_OPEN))
    return found


def room(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """The room can decide: quorum, categories, lawful video."""
    if facts.room is None:
        return [Gap(GapCode.MEETING_NOT_OPEN)]
    return list(room_gaps(facts.room, rules))


def present(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The one whose vote it is sits in the room."""
    here = facts.room is not None and facts.voter in facts.room.users
    return [] if here else [Gap(GapCode.NOT_PRESENT)]


def decision_rule(kind: str, rules: Rulebook) -> DecisionRule | None:
    """The rulebook's rule of a decision kind, or None where it knows no such kind."""
    return next((rule for rule in rules.decisions if rule.code == kind), None)


def lawful(kind: str, facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """What keeps a decision of ``kind`` from being proposed or issued on this case, whatever the vote."""
    rule = decision_rule(kind, rules)
    if rule is None:
        return [Gap(GapCode.DECISION_KIND_UNKNOWN, kind)]
    found = []
    if rule.effect is not Effect.REFUSE:
        found += [Gap(GapCode.RED_LINE, line) for line in facts.red_lines]
    if rule.effect in {Effect.APPROVE, Effect.MODIFY_THEN_CHECK}:
        if facts.listed and not facts.exempt:
            found += [Gap(GapCode.RE_REVIEW_OUTSTANDING, item) for item in facts.listed]
        found += [Gap(GapCode.GATE_STANDING, f"{block.item}#{block.reviewer}") for block in facts.blocks]
    return found


def proposable(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """What is proposed may be proposed on this case."""
    return lawful(facts.proposal, facts, rules) if facts.proposal else []


def issuable(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """What was carried may still be issued."""
    return lawful(facts.carried_kind, facts, rules)


def checkable(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """What the chair confirms may be decided."""
    if facts.draft is None:
        return [Gap(GapCode.DRAFT_MISSING)]
    return lawful(facts.draft.kind, facts, rules)


_NEEDS = {
    "reasons": GapCode.DECISION_REASONS_MISSING,
    "requirements": GapCode.DECISION_REQUIREMENTS_MISSING,
    "conditions": GapCode.DECISION_CONDITIONS_MISSING,
    "scope": GapCode.SCOPE_MISSING,
    "validity": GapCode.VALIDITY_MISSING,
}


def drafted(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """The draft holds all that its kind must state."""
    if facts.draft is None:
        return [Gap(GapCode.DRAFT_MISSING)]
    rule = decision_rule(facts.draft.kind, rules)
    if rule is None:
        return [Gap(GapCode.DECISION_KIND_UNKNOWN, facts.draft.kind)]
    return [Gap(_NEEDS[need]) for need in rule.requires if need in _NEEDS and need not in facts.draft.given]


def timely(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """An approval ends after it begins and not before today, and is followed up as often as the rulebook asks."""
    draft, rule = facts.draft, decision_rule(facts.draft.kind, rules) if facts.draft else None
    if draft is None or rule is None or not states_validity(rule):
        return []
    found = []
    if draft.valid_until is not None:
        if draft.valid_from is not None and draft.valid_until < draft.valid_from:
            found.append(Gap(GapCode.VALIDITY_REVERSED))
        if draft.valid_until < facts.day:
            found.append(Gap(GapCode.VALIDITY_PAST, draft.valid_until.isoformat()))
    limit = facts.longest_followup
    if limit is not None and draft.followup_months is not None and draft.followup_months > limit:
        found.append(Gap(GapCode.FOLLOWUP_TOO_LONG, f"{draft.followup_months}/{limit}"))
    return found


def states_validity(rule: DecisionRule) -> bool:
    """Whether a decision of this kind says for how long it holds."""
    return rule.effect is Effect.APPROVE or "validity" in rule.requires


def later(facts: CaseFacts, rules: Rulebook) -> list[Gap]:
    """The rulebook knows extensions, and the new limit lies after the old one."""
    lawful_and_later = rules.meeting.extension.value and facts.deadline_later
    return [] if lawful_and_later else [Gap(GapCode.DEADLINE_NOT_LATER)]


def unopened(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """No decision on this round has been put to the vote."""
    return [Gap(GapCode.VOTING_OPENED)] if facts.voting_opened else []


def chair_absent(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The chair is recused from the case or away, so that another may act."""
    return [Gap(GapCode.CHAIR_AVAILABLE)] if facts.chair_free else []


def chair_back(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """The chair can act again, so that a designation can end."""
    return [] if facts.chair_free else [Gap(GapCode.CHAIR_UNAVAILABLE)]


def designated(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """Somebody acts for the chair on this case."""
    return [] if facts.designated else [Gap(GapCode.NOBODY_DESIGNATED)]


def unconflicted(facts: CaseFacts, _rules: Rulebook) -> list[Gap]:
    """Nobody to be assigned has a standing conflict."""
    return [Gap(GapCode.CONFLICT, str(user)) for user in facts.conflicted]
