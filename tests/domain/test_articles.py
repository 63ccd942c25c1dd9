"""Every rule of a rulebook, every item of an instrument, with the place it rests on."""

from dataclasses import fields
from fractions import Fraction
from typing import Any

import pytest

from tests.domain.small_instrument import small_instrument
from tests.domain.small_rulebook import small_rulebook
from workflows.domain.articles import plain, rests
from workflows.domain.rulebook import Effect, MeetingRules, MonthDay


def test_each_rule_of_the_procedure_is_told_once_with_its_place() -> None:
    rules = small_rulebook()
    found = {one.path: one for one in rests(rules.meeting, "meeting")}
    assert list(found) == [f"meeting.{field.name}" for field in fields(MeetingRules)]
    threshold = found["meeting.threshold"]
    assert (threshold.value, threshold.place) == (str(rules.meeting.threshold.value), rules.meeting.threshold.citation)


def test_entries_of_lists_are_found_by_their_codes() -> None:
    rules = small_rulebook()
    told = [(one.path, one.words) for one in rests(rules) if one.path.startswith("decisions.")]
    assert told == [(f"decisions.{rule.code}", rule.label) for rule in rules.decisions]
    gaps = [(one.path, one.place) for one in rests(rules) if one.path.startswith("gaps.")]
    assert gaps == [(f"gaps.{code}", citation) for code, citation in rules.gaps.items()]


def test_items_of_an_instrument_are_told_with_each_of_their_sources() -> None:
    instrument = small_instrument()
    wanted = [
        (f"groups.{group.key}.items.{item.key}", source)
        for group in instrument.groups
        for item in group.items
        for source in item.sources
    ]
    assert [(one.path, one.place) for one in rests(instrument)] == wanted


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (Fraction(1, 2), "1/2"),
        (Fraction(2), "2"),
        (Effect.REFUSE, "refuse"),
        (("a", 1), ["a", 1]),
        (MonthDay(3, 31), {"month": 3, "day": 31}),
    ],
)
def test_values_are_plain_and_exact(value: Any, told: Any) -> None:
    assert plain(value) == told
