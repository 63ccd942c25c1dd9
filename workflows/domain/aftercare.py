"""What a rulebook asks after a decision."""

from workflows.domain.citations import Ruled
from workflows.domain.procedure_rules import Route
from workflows.domain.rulebook import FollowupRules


def longest_followup(rules: FollowupRules, route: Route, *, listed: bool, tier: str) -> Ruled[int]:
    """The shortest of the longest intervals that apply, in months; of equal ones the law's own before a design."""
    found = [rules.default_months]
    found += [rules.listed_months] if listed else []
    found += [rules.by_tier[tier]] if tier in rules.by_tier else []
    found += [Ruled(route.followup, route.citation)] if route.followup is not None else []
    return min(found, key=lambda ruled: (ruled.value, not ruled.citation.is_law))
