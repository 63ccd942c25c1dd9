"""The demo's files: every key leads somewhere, both languages are there, sources are named, nobody is real."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assessments.domain.instrument import Instrument
from assessments.domain.parsing import parse_instrument
from assessments.domain.staged_parsing import parse_staged
from tests.editions import content_of
from workflows.domain import application as forms
from workflows.domain.rulebook import ItemKind, Rulebook
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.management.demo.case_deeds import CASE_DEEDS
from workflows.management.demo.maturity_deeds import MATURITY_DEEDS
from workflows.management.demo.meeting_deeds import CHOICES, MEETING_DEEDS
from workflows.management.demo.script import Script
from workflows.management.demo.verification_deeds import VERIFICATION_DEEDS

SCRIPT = Script()
CASES = sorted(SCRIPT.cases)
MEETINGS = sorted(SCRIPT.meetings)
ASSESSED = SCRIPT.maturity["assessments"]
PEOPLE = {key for row in SCRIPT.cast["organisations"].values() for key in row["people"]}
HAN = re.compile(r"[\u4e00-\u9fff]")
STEP_PEOPLE = ("reviewers", "room", "video", "people", "by_hand", *CHOICES)
BOTH = {"en", "zh"}


def rules_of(case: Mapping[str, Any]) -> Rulebook:
    base = content_of("rulebooks/cn-2023.v1.yaml")
    if SCRIPT.cast["committees"][case["committee"]]["rulebook"] == "cn-2023":
        return parse_rulebook(base, None)
    return parse_rulebook(content_of("rulebooks/cn-ai-2026.v1.yaml"), base)


def instrument() -> Instrument:
    return parse_instrument(content_of("instruments/eight-points.v1.yaml"))


def texts(value: Any) -> Iterator[str]:
    """Every string in a file, keys apart."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for part in value.values() for text in texts(part))
        case list():
            yield from (text for part in value for text in texts(part))


@pytest.mark.parametrize("key", CASES)
def test_case_names_who_and_what_there_is(key: str) -> None:
    case = SCRIPT.cases[key]
    assert case["lead"] in SCRIPT.cast["organisations"][case["applicant"]]["people"]
    assert {step["do"] for step in case["story"]} - set(CASE_DEEDS) == set()
    assert set(case.get("reviews", {})) - set(SCRIPT.cast["committees"][case["committee"]]["seats"]) == set()
    named = {step[name] for step in case["story"] for name in ("by", "who") if name in step}
    assert named - PEOPLE == set()


@pytest.mark.parametrize("key", CASES)
def test_case_names_its_public_sources(key: str) -> None:
    for source in SCRIPT.cases[key]["sources"]:
        assert set(source) == {"publisher", "title", "year"}
        assert 2010 < source["year"] < 2027


@pytest.mark.parametrize("key", CASES)
def test_case_answers_items_and_questions_of_its_rulebook(key: str) -> None:
    case = SCRIPT.cases[key]
    rules = rules_of(case)
    ai = parse_rulebook(content_of("rulebooks/cn-ai-2026.v1.yaml"), content_of("rulebooks/cn-2023.v1.yaml"))
    known = {item.code: item for form in (rules, ai) for item in forms.form_items(form.application)}
    asked = {question for question, _text in forms.questions(rules.lists)}
    for code, value in case["answers"].items():
        if "." in code:
            assert code.removesuffix(".why") in asked
            continue
        item = known[code]
        if item.choices:
            chosen = value if item.kind is ItemKind.MULTI_CHOICE else [value]
            assert set(chosen) - {choice.code for choice in item.choices} == set()
        if item.max_length:
            assert len(value) <= item.max_length


@pytest.mark.parametrize("key", CASES)
def test_case_speaks_its_language(key: str) -> None:
    case = SCRIPT.cases[key]
    prose = [text for text in texts(case["answers"]) if len(text) > 20]
    assert {bool(HAN.search(text)) for text in prose} == {case["language"] == "zh"}


@pytest.mark.parametrize("key", CASES)
def test_decision_texts_are_in_both_languages(key: str) -> None:
    for step in SCRIPT.cases[key]["story"]:
        if step["do"] != "draft":
            continue
        for part in ("reasons", "requirements", "scope"):
            assert set(step.get(part, BOTH)) == BOTH
            assert not isinstance(step.get(part), dict) or HAN.search(step[part]["zh"])
        assert [set(row) for row in step.get("conditions", ())] == [{"en", "zh", "due"}] * len(
            step.get("conditions", ())
        )


@pytest.mark.parametrize("key", CASES)
def test_reviews_rate_what_the_instrument_has(key: str) -> None:
    tool = instrument()
    points = {group.key for group in tool.groups}
    case = SCRIPT.cases[key]
    assert set(case.get("aside", ())) - set(SCRIPT.remarks["aside"]) == set()
    for review in case.get("reviews", {}).values():
        levels = dict(level.split(":") for level in review["levels"].split())
        assert set(levels) == points
        assert set(levels.values()) - set(tool.steps) == set()
        for item, says in review.get("says", {}).items():
            assert item in tool.items
            assert says["step"] in tool.steps
            assert says["reason"].strip() != ""
            assert says.get("paper", "protocol_file") in SCRIPT.papers


def test_every_indicator_has_a_remark_in_both_languages() -> None:
    assert set(SCRIPT.remarks["short"]) == set(instrument().items)
    for row in [*SCRIPT.remarks["short"].values(), *SCRIPT.remarks["aside"].values()]:
        assert set(row) == BOTH
        assert not HAN.search(row["en"])
        assert HAN.search(row["zh"])


@pytest.mark.parametrize("key", MEETINGS)
def test_meeting_names_who_and_what_there_is(key: str) -> None:
    meeting = SCRIPT.meetings[key]
    seats = set(SCRIPT.cast["committees"][meeting["committee"]]["seats"])
    assert meeting["presiding"] in seats
    for step in meeting["story"]:
        assert step["do"] in MEETING_DEEDS
        assert {step.get("case", CASES[0]), *step.get("cases", ())} - set(CASES) == set()
        assert {who for name in STEP_PEOPLE for who in step.get(name, ())} - seats == set()


def test_every_deed_is_played() -> None:
    stories = [*SCRIPT.cases.values(), *SCRIPT.meetings.values(), *ASSESSED.values()]
    deeds = {*CASE_DEEDS, *MEETING_DEEDS, *MATURITY_DEEDS, *VERIFICATION_DEEDS}
    assert {step["do"] for story in stories for step in story["story"]} == deeds


def test_no_two_deeds_share_a_name() -> None:
    kinds = (CASE_DEEDS, MEETING_DEEDS, MATURITY_DEEDS, VERIFICATION_DEEDS)
    assert len({name for deeds in kinds for name in deeds}) == sum(len(deeds) for deeds in kinds)


@pytest.mark.parametrize("key", sorted(ASSESSED))
def test_assessment_names_who_and_what_there_is(key: str) -> None:
    text = ASSESSED[key]
    tool = parse_staged(content_of(f"instruments/{text['instrument']}.v1.yaml"))
    assert text["lead"] in SCRIPT.cast["organisations"][text["organisation"]]["people"]
    assert set(text["levels"]) - set(tool.items) == {"all"}
    assert set(text.get("aside", ())) - {item.key for item in tool.items.values() if item.may_na} == set()
    assert set(text.get("only", ())) - {dimension.key for dimension in tool.dimensions} == set()
    rated = [text.get("ratings", {}), *(step.get("ratings", {}) for step in text["story"])]
    assert {criterion for row in rated for criterion in row} - set(tool.criteria) == set()
    assert {step for row in rated for step in row.values()} - set(tool.steps) == set()
    named = {name for step in text["story"] for name in (*step.get("votes", ()), *step.get("with", ()))}
    assert named - PEOPLE == set()


def test_pieces_and_notes_of_assessments_are_in_both_languages() -> None:
    shared = SCRIPT.maturity
    tool = parse_staged(content_of("instruments/aim-dcmm.v1.yaml"))
    for row in [*shared["notes"].values(), *(piece["title"] for piece in shared["pieces"])]:
        assert set(row) == BOTH
        assert HAN.search(row["zh"])
    assert tool.evidence is not None
    assert {piece["kind"] for piece in shared["pieces"]} - set(tool.evidence.kind_by_key) == set()
    assert set(shared["notes"]) == set(tool.steps)


def test_papers_fill_their_places_in_both_languages() -> None:
    given = {"language", "title", "applicant", "lead", "system", "team", "version", "date"}
    for paper in SCRIPT.papers.values():
        both = [paper["name"], paper["title"], paper["foot"]]
        both += [part for page in paper["pages"] for part in page if isinstance(part, dict)]
        assert [set(row) for row in both] == [BOTH] * len(both)
        wanted = {name for row in both for text in row.values() for _t, name, _f, _c in string.Formatter().parse(text)}
        assert wanted - given - {None} == set()


def test_nobody_can_be_written_to() -> None:
    people = [row for body in SCRIPT.cast["organisations"].values() for row in body["people"].values()]
    addresses = [SCRIPT.cast["operator"]["email"], *(row["email"] for row in people)]
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}
    assert len(set(addresses)) == len(addresses)
    assert [row["name"] for row in people if not HAN.search(row["name_zh"])] == []


def test_accounts_have_one_per_role() -> None:
    rows = SCRIPT.cast["accounts"]
    roles = [
        "operator",
        "applicant",
        "secretary",
        "member",
        "chair",
        "vice-chair",
        "enterprise",
        "assessor",
        "regulator",
        "provincial regulator",
        "sector regulator",
    ]
    assert [row["role"] for row in rows] == roles
    assert {row["person"] for row in rows} - PEOPLE == {"operator"}
    assert len(SCRIPT.cast["password"]) >= 12


def test_the_example_of_the_interface_is_played_by_nine_people() -> None:
    rows = SCRIPT.cast["programs"]
    parts = ["applicant", "secretary", "chair", "member", "colleague", "enterprise", "assessor", "reviewer", "manager"]
    assert (list(rows), len(set(rows.values())), set(rows.values()) - PEOPLE) == (parts, 9, set())
