"""What a decision can say, by its kind, and which days it may name."""

from datetime import date

from workflows.domain.rulebook import DecisionRule, Effect

_APPROVING = ("scope", "validity", "conditions")
STATED_BY = {
    "reasons": ("reasons_en", "reasons_zh"),
    "requirements": ("requirements_en", "requirements_zh"),
    "scope": ("scope_en", "scope_zh"),
    "validity": ("valid_from", "valid_until", "followup_months"),
}
MOST_CONDITIONS = 50
MOST_YEARS = 100  # ahead a day may lie; what is counted on from it must still be a day


def sections(rule: DecisionRule) -> tuple[str, ...]:
    """What a decision of this kind can say: reasons always, what the rulebook asks, and what an approval carries."""
    asked = {"reasons", *rule.requires, *(_APPROVING if rule.effect is Effect.APPROVE else ())}
    return tuple(name for name in ("reasons", "requirements", "scope", "validity", "conditions") if name in asked)


def too_far(day: date, today: date) -> bool:
    """Whether a day lies so far ahead that nothing can be counted on from it."""
    return day.year > today.year + MOST_YEARS
