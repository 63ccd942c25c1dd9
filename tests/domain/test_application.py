"""What an application still lacks."""

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.lawful import RULES
from workflows.domain.application import claimed, has_value, is_asked, is_pledged, missing_items, questions, unanswered
from workflows.domain.application_form import (
    ApplicationForm,
    Condition,
    FormItem,
    ItemKind,
    ListQuestion,
    Lists,
    Pledge,
    Step,
    StepKind,
)
from workflows.domain.rulebook import Rulebook

CITATION = RULES.committee.min_members.citation
WORDS = RULES.title


def item(
    code: str, kind: ItemKind = ItemKind.TEXT, *, required: bool = True, when: Condition | None = None
) -> FormItem:
    return FormItem(code, kind, WORDS, WORDS, required, when, (), None, CITATION)


def question(code: str) -> ListQuestion:
    return ListQuestion(code, WORDS, CITATION)


PLAN, PAPER = item("plan"), item("paper", ItemKind.FILES)
DETAIL = item("detail", required=False, when=Condition("abroad", "yes"))
NOTE = item("note", required=False)
STEPS = (
    Step("first", StepKind.ITEMS, WORDS, WORDS, (PLAN, PAPER)),
    Step("second", StepKind.ITEMS, WORDS, WORDS, (DETAIL, NOTE)),
)
FORM = ApplicationForm(STEPS, Pledge(WORDS, CITATION))
LISTS = Lists("1", (question("robots"),), (question("scoring"),), (question("filed"),))


def test_item_is_asked_when_required_or_when_its_condition_holds() -> None:
    assert is_asked(PLAN, {}) is True
    assert is_asked(NOTE, {}) is False
    assert is_asked(DETAIL, {}) is False
    assert is_asked(DETAIL, {"abroad": "no"}) is False
    assert is_asked(DETAIL, {"abroad": "yes"}) is True


@pytest.mark.parametrize(
    ("value", "held"),
    [("", False), ("  \n", False), (None, False), ([], False), ({}, False), ("x", True), (["a"], True), (0, True)],
)
def test_value_is_something_said(value: Any, held: bool) -> None:
    assert has_value(PLAN, {"plan": value}, frozenset()) is held


def test_file_item_is_held_by_a_file_alone() -> None:
    assert has_value(PAPER, {"paper": "here"}, frozenset()) is False
    assert has_value(PAPER, {}, frozenset({"paper"})) is True


def test_missing_items_come_in_the_forms_order() -> None:
    assert missing_items(FORM, {"abroad": "yes"}, frozenset()) == ("plan", "paper", "detail")
    assert missing_items(FORM, {"plan": "x"}, frozenset({"paper"})) == ()


def test_questions_have_keys_by_their_list() -> None:
    assert [key for key, _question in questions(LISTS)] == ["redline.scoring", "list.robots", "exemption.filed"]


def test_exemptions_are_asked_only_of_what_is_listed() -> None:
    assert unanswered(LISTS, {}) == ("redline.scoring", "list.robots")
    assert unanswered(LISTS, {"redline.scoring": "no", "list.robots": "no"}) == ()
    listed = {"redline.scoring": "no", "list.robots": "yes", "list.robots.why": "It moves."}
    assert unanswered(LISTS, listed) == ("exemption.filed",)
    assert unanswered(LISTS, {**listed, "exemption.filed": "no"}) == ()


@pytest.mark.parametrize("why", ["", "  "])
def test_yes_is_explained(why: str) -> None:
    assert unanswered(LISTS, {"redline.scoring": "yes", "redline.scoring.why": why, "list.robots": "no"}) == (
        "redline.scoring",
    )


def test_anything_but_yes_and_no_is_no_answer() -> None:
    assert unanswered(LISTS, {"redline.scoring": "maybe", "list.robots": True}) == ("redline.scoring", "list.robots")


def test_claims_are_the_codes_answered_with_yes() -> None:
    found = claimed(LISTS, {"redline.scoring": "yes", "list.robots": "yes", "exemption.filed": "no"})
    assert (found.red_lines, found.listed, found.exemptions) == (("scoring",), ("robots",), ())


def test_pledge_is_a_yes_where_the_rulebook_asks_for_one() -> None:
    silent: Rulebook = replace(RULES, application=replace(FORM, pledge=Pledge(replace(WORDS, en="", zh=""), CITATION)))
    asking = replace(RULES, application=FORM)
    assert is_pledged(asking, {}) is False
    assert is_pledged(asking, {"pledge": "no"}) is False
    assert is_pledged(asking, {"pledge": "yes"}) is True
    assert is_pledged(silent, {}) is True
