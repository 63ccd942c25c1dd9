"""A staged instrument's file says everything, and what is not expected is refused with its path."""

from fractions import Fraction
from typing import Any

import pytest

from assessments.domain.answers import AnswerFault, BadAnswer, check_answer
from assessments.domain.instrument import Choice, Instrument, NotApplicable
from assessments.domain.kinds import parse_any
from assessments.domain.parsing import BadInstrument
from assessments.domain.staged import (
    Criterion,
    DcmmGate,
    EvidenceKind,
    EvidenceNeed,
    EvidenceRules,
    StagedInstrument,
)
from assessments.domain.staged_parsing import parse_staged
from assessments.domain.strict import Text
from tests.domain.small_instrument import small_content
from tests.domain.small_staged import published, small_staged, staged_content


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small instrument with ``value`` at ``path``, slashes between keys and indexes."""
    content = staged_content()
    *way, last = path.split("/")
    place: Any = content
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return content


def without(path: str) -> dict[str, Any]:
    """The small instrument without what stands at ``path``."""
    content = staged_content()
    *way, last = path.split("/")
    place: Any = content
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    del place[int(last) if isinstance(place, list) else last]
    return content


def bare(*keys: str) -> dict[str, Any]:
    """The small instrument without these entries."""
    return {key: value for key, value in staged_content().items() if key not in keys}


ITEM = "groups/0/items/0"
AT = "groups[0].items[0]"


def test_instrument_holds_what_the_file_says() -> None:
    instrument = small_staged()
    assert (instrument.slug, instrument.version) == ("climb", 1)
    assert (instrument.title, instrument.notice) == (Text("Climb", "攀登"), Text("Not a certificate.", "不是证书。"))
    assert (instrument.summary, instrument.source.zh) == (Text("For tests.", "供测试。"), "自行编写。")
    assert [(step.key, step.value) for step in instrument.scale] == [
        ("none", Fraction(0)),
        ("half", Fraction(1, 2)),
        ("full", Fraction(1)),
    ]
    assert instrument.not_applicable == NotApplicable(True, Text("Not applicable", "不适用"))
    assert (instrument.max_na_weight, instrument.attain, instrument.score_margin, instrument.strict_floor) == (
        2,
        Fraction(3, 4),
        Fraction(1, 4),
        False,
    )
    assert [tier.key for tier in instrument.tiers] == ["low", "high"]
    assert instrument.dcmm == DcmmGate(
        {1: 1, 2: 3}, ("2018",), (Text("One", "一"), Text("Two", "二"), Text("Three", "三"))
    )


def test_evidence_rules_hold_kinds_and_needs() -> None:
    rules = small_staged().evidence
    assert rules == EvidenceRules(
        cap="half",
        kinds=(
            EvidenceKind("paper", Text("Paper", "纸"), Text("Written.", "书面。"), outside=False),
            EvidenceKind("witness", Text("Witness", "证人"), Text("From outside.", "外部。"), outside=True),
        ),
        needs={1: EvidenceNeed(pieces=1), 2: EvidenceNeed(pieces=1, months=12, kinds=2, periods=2, outside=1)},
    )
    assert list(rules.kind_by_key) == ["paper", "witness"]


def test_items_hold_their_cells_in_order() -> None:
    instrument = small_staged()
    assert list(instrument.items) == ["1", "2", "3"]
    assert list(instrument.criteria) == ["1.1", "1.2.a", "1.2.b", "2.1", "2.2", "3.1", "3.2"]
    assert instrument.criteria["1.2.b"] == Criterion(
        "1.2.b", "1", 2, Text("Shown.", "证明。"), Text("A paper.", "文件。")
    )
    assert [len(cell) for cell in instrument.items["1"].cells] == [1, 2]
    assert {key: dimension.key for key, dimension in instrument.dimension_of.items()} == {"1": "A", "2": "A", "3": "B"}
    assert (instrument.place, instrument.criterion_place["2.1"]) == ({"1": 0, "2": 1, "3": 2}, 3)
    assert (instrument.highest, instrument.best) == (2, "full")
    assert (instrument.tier(0), instrument.tier(2)) == (
        None,
        Choice("high", Text("High", "高"), Text("High.", "高。")),
    )


@pytest.mark.parametrize(
    ("key", "strict", "floors"),
    [("1", False, [0, 2]), ("2", False, [0, 1]), ("2", True, [1, 2])],
)
def test_floor_of_an_item_follows_core_and_strictness(key: str, strict: bool, floors: list[int]) -> None:
    item = small_staged().items[key]
    assert [item.floor(tier, strict=strict) for tier in (1, 2)] == floors


def test_file_may_do_without_gate_and_evidence() -> None:
    content = bare("dcmm_min", "dcmm_editions", "dcmm_levels", "evidence")
    instrument = parse_staged(content)
    assert (instrument.dcmm, instrument.evidence) == (None, None)


def test_kind_of_the_file_decides_how_it_is_read() -> None:
    assert isinstance(parse_any(staged_content()), StagedInstrument)
    assert isinstance(parse_any(small_content()), Instrument)
    with pytest.raises(BadInstrument, match="kind: 'climbing' is not one of rating"):
        parse_any({**small_content(), "kind": "climbing"})


def test_two_readings_of_one_file_are_never_taken_for_each_other() -> None:
    assert parse_staged(staged_content()) != parse_staged(staged_content())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "(top): expected a mapping, found nothing"),
        ([], "(top): expected a mapping, found list"),
        (changed("colour", "red"), "(top): unknown key 'colour'"),
        (without("notice"), "(top): missing key 'notice'"),
        (changed("kind", "rating"), "kind: 'rating' is not one of staged"),
        (changed("slug", "../climb"), "slug: '../climb' is not a key"),
        (changed("version", True), "version: expected a whole number, found bool"),
        (changed("version", 0), "version: 0 is less than 1"),
        (changed("title", {"en": "Climb"}), "title: missing key 'zh'"),
        (changed("scale/0/value", "1/4"), "scale: the lowest step counts 0 and the highest 1"),
        (changed("scale/2/value", 2), "scale: the lowest step counts 0 and the highest 1"),
        (changed("scale/1/value", 0.5), "scale[1].value: expected a whole number, found float"),
        (changed("scale/1/key", "full"), "scale[2].key: 'full' was used already at scale[1].key"),
        (
            changed("not_applicable/reason_required", False),
            "not_applicable.reason_required: an answer that sets an item aside is kept with its reason only",
        ),
        (without("not_applicable/max_weight"), "not_applicable: missing key 'max_weight'"),
        (changed("not_applicable/max_weight", -1), "not_applicable.max_weight: -1 is less than 0"),
        (changed("attain", 0), "attain: 0 is not between 0 and 1, or is 0"),
        (changed("attain", "5/4"), "attain: 5/4 is not between 0 and 1, or is 0"),
        (changed("attain", 0.8), "attain: expected a whole number, found float"),
        (changed("score_margin", 1), "score_margin: 1 is not between 0 and 1, or is 1"),
        (changed("score_margin", "-1/5"), "score_margin: -1/5 is less than 0"),
        (changed("strict_floor", "no"), "strict_floor: expected true or false, found str"),
        (changed("tiers", []), "tiers: expected at least 1, found 0"),
        (changed("tiers/1/key", "low"), "tiers[1].key: 'low' was used already at tiers[0].key"),
        (without("dcmm_editions"), "(top): missing key 'dcmm_editions'"),
        (changed("dcmm_min/2", 4), "dcmm_min.2: there are 3 DCMM levels"),
        (changed("dcmm_min/1", 0), "dcmm_min.1: 0 is less than 1"),
        (changed("dcmm_min", {"1": 2, "2": 1}), "dcmm_min.2: 1 is less than 2"),
        (changed("dcmm_min", {"1": 2}), "dcmm_min: missing key '2'"),
        (changed("dcmm_min/3", 3), "dcmm_min: '3' is not one of 1, 2"),
        (changed("dcmm_min", {1: 2, 2: 3}), "dcmm_min: the key 1 is not a string"),
        (
            changed("dcmm_editions", ["2018", "2018"]),
            "dcmm_editions[1]: '2018' was used already at dcmm_editions[0]",
        ),
        (changed("dcmm_editions", [2018]), "dcmm_editions[0]: expected a string, found int"),
        (changed("dcmm_levels", []), "dcmm_levels: expected at least 1, found 0"),
        (changed("evidence/cap", "full"), "evidence.cap: no step below the highest 'full'"),
        (changed("evidence/kinds", []), "evidence.kinds: expected at least 1, found 0"),
        (
            changed("evidence/kinds/1/key", "paper"),
            "evidence.kinds[1].key: 'paper' was used already at evidence.kinds[0].key",
        ),
        (changed("evidence/kinds/0/outside", 0), "evidence.kinds[0].outside: expected true or false, found int"),
        (changed("evidence/levels/1", {"weight": 1}), "evidence.levels.1: unknown key 'weight'"),
        (changed("evidence/levels/1", {"pieces": 0}), "evidence.levels.1.pieces: 0 is less than 1"),
        (without("evidence/levels/2"), "evidence.levels: missing key '2'"),
        (changed("groups", []), "groups: expected at least 1, found 0"),
        (changed("groups/1/key", "A"), "groups[1].key: 'A' was used already at groups[0].key"),
        (changed("groups/0/weight", 0), "groups[0].weight: 0 is less than 1"),
        (changed("groups/1/items", []), "groups[1].items: expected at least 1, found 0"),
        (changed("groups/1/items/0/may_na", True), "groups[1].items: a whole dimension cannot be set aside"),
        (changed(f"{ITEM}/weight", "4"), f"{AT}.weight: expected a whole number, found str"),
        (changed(f"{ITEM}/core_from", 3), f"{AT}.core_from: there are 2 tiers"),
        (changed(f"{ITEM}/core_from", 0), f"{AT}.core_from: 0 is less than 1"),
        (changed(f"{ITEM}/may_na", True), f"{AT}.may_na: a core item cannot be set aside"),
        (
            changed("not_applicable/allowed", False),
            "groups[0].items[1].may_na: nothing can be set aside here",
        ),
        (without(f"{ITEM}/levels/2"), f"{AT}.levels: missing key '2'"),
        (changed(f"{ITEM}/levels/3", []), f"{AT}.levels: '3' is not one of 1, 2"),
        (changed(f"{ITEM}/levels/2", []), f"{AT}.levels.2: expected at least 1, found 0"),
        (changed(f"{ITEM}/levels/2/0/key", "1.3.a"), f"{AT}.levels.2[0].key: '1.3.a' does not begin with '1.2'"),
        (changed(f"{ITEM}/levels/2/0/key", "1.22"), f"{AT}.levels.2[0].key: '1.22' does not begin with '1.2'"),
        (
            changed(f"{ITEM}/levels/2/1/key", "1.2.a"),
            f"{AT}.levels.2[1].key: '1.2.a' was used already at {AT}.levels.2[0].key",
        ),
        (without(f"{ITEM}/levels/1/0/evidence"), f"{AT}.levels.1[0]: missing key 'evidence'"),
        (changed(f"{ITEM}/levels/1/0/text/zh", " "), f"{AT}.levels.1[0].text.zh: empty"),
        (changed("groups/1/items/0/key", "1"), "groups[1].items[0].levels.1[0].key: '3.1' does not begin with '1.1'"),
    ],
)
def test_instrument_refuses_what_is_not_expected(content: Any, message: str) -> None:
    with pytest.raises(BadInstrument) as refused:
        parse_staged(content)
    assert str(refused.value) == message


def test_item_key_used_twice_is_refused() -> None:
    content = changed("groups/1/items/0/key", "2")
    for level in ("1", "2"):
        content["groups"][1]["items"][0]["levels"][level][0]["key"] = f"2.{level}.x"
    with pytest.raises(BadInstrument) as refused:
        parse_staged(content)
    assert str(refused.value) == "groups[1].items[0].key: '2' was used already at groups[0].items[1].key"


@pytest.mark.parametrize(
    ("item", "step", "not_applicable", "reason", "fault"),
    [
        ("1.2.a", "half", False, "", None),
        ("1.2.a", None, False, "", None),
        ("2", None, True, "no such work", None),
        ("2", "half", False, "", AnswerFault.UNKNOWN_ITEM),
        ("1.3", "half", False, "", AnswerFault.UNKNOWN_ITEM),
        ("1.1", "F", False, "", AnswerFault.UNKNOWN_STEP),
        ("2", None, True, " ", AnswerFault.REASON_MISSING),
        ("1", None, True, "why", AnswerFault.NOT_APPLICABLE_REFUSED),
        ("2.1", None, True, "why", AnswerFault.NOT_APPLICABLE_REFUSED),
        ("2.1", "half", True, "why", AnswerFault.STEP_AND_NOT_APPLICABLE),
    ],
)
def test_answers_rate_criteria_and_set_items_aside(
    item: str, step: str | None, not_applicable: bool, reason: str, fault: AnswerFault | None
) -> None:
    found: AnswerFault | None = None
    try:
        check_answer(small_staged(), item=item, step=step, not_applicable=not_applicable, reason=reason)
    except BadAnswer as error:
        found = error.code
    assert found == fault


def test_the_published_one_is_read_whole() -> None:
    instrument = published("aim-dcmm.v1")
    assert (len(instrument.dimensions), len(instrument.items), len(instrument.criteria)) == (8, 28, 140)
