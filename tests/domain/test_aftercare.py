"""How often an approved activity is looked at again."""

from dataclasses import replace

import pytest

from tests.domain.lawful import RULES, ruled
from workflows.domain.aftercare import longest_followup
from workflows.domain.citations import Confidence

RULE = RULES.followup
FOLLOWUP = replace(
    RULE,
    default_months=ruled(RULE.default_months, 12),
    listed_months=ruled(RULE.listed_months, 6),
    by_tier={"T4": ruled(RULE.default_months, 9)},
)
ROUTE = replace(RULES.routes[-1], followup=None)


@pytest.mark.parametrize(
    ("listed", "tier", "route", "months"),
    [
        (False, "T1", None, 12),
        (False, "T4", None, 9),
        (True, "T4", None, 6),
        (True, "T1", None, 6),
        (False, "T1", 3, 3),
        (False, "T1", 24, 12),
        (False, "", None, 12),
    ],
)
def test_shortest_of_the_intervals_that_apply_is_the_longest_allowed(
    listed: bool, tier: str, route: int | None, months: int
) -> None:
    way = replace(ROUTE, followup=route)
    assert longest_followup(FOLLOWUP, way, listed=listed, tier=tier).value == months


def test_of_equal_intervals_the_law_is_cited_before_a_design() -> None:
    design = replace(FOLLOWUP.default_months, citation=replace(ROUTE.citation, confidence=Confidence.DESIGN))
    law = replace(FOLLOWUP.default_months, citation=replace(ROUTE.citation, confidence=Confidence.FOUND))
    rules = replace(FOLLOWUP, default_months=design, by_tier={"T4": law})
    assert longest_followup(rules, ROUTE, listed=False, tier="T4") == law
