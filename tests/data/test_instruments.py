"""Every instrument file parses, stands under its own name, and a published one never changes."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessments.domain.digests import content_digest
from assessments.domain.instrument import Instrument, Item
from assessments.domain.kinds import parse_any
from assessments.domain.parsing import parse_instrument
from assessments.domain.staged import StagedInstrument
from assessments.domain.staged_parsing import parse_staged
from ethicsreview import strictyaml

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "instruments"
FILES = sorted(FOLDER.glob("*.yaml"))

# A digest is entered when its file is published. It never changes after that: a correction is a new version.
PUBLISHED = {
    "aim-dcmm.v1.yaml": "563f7e4f1f27b4b597d60dcb82181f093969918714edbb1efaaf2e198ebffe81",
    "dcmm-2018.v1.yaml": "2890d348148d61669c62f53ade321ec873169279686235f4beb5feb182e44f2b",
    "dcmm-2025.v1.yaml": "b5a7df737a9a3d2b9bdf448bb3c0818e0b552bbc01b91eee727f995682dbccf9",
    "eight-points.v1.yaml": "b383e176a734f4e61a8fc1cd4cba8b2c6559252b6fa5c6dd7d5a2cd9d34d6af8",
    "model-service.v1.yaml": "6eaebb29039b83d39d3ede590a863dce1df30a6287929bd3cb780484d28b8be9",
}
STAGED = ["aim-dcmm.v1.yaml", "dcmm-2018.v1.yaml", "dcmm-2025.v1.yaml", "model-service.v1.yaml"]

# item: weight, tier from which it is core, whether it may be set aside
AIM = {
    "D1": (12, {"1.1": (5, 1, False), "1.2": (4, None, False), "1.3": (3, None, False)}),
    "D2": (10, {"2.1": (4, 1, False), "2.2": (3, None, False), "2.3": (3, None, False)}),
    "D3": (
        14,
        {"3.1": (4, None, False), "3.2": (4, 1, False), "3.3": (3, None, False), "3.4": (3, None, False)},
    ),
    "D4": (10, {"4.1": (4, None, True), "4.2": (4, None, False), "4.3": (2, None, False)}),
    "D5": (
        14,
        {"5.1": (3, None, False), "5.2": (4, None, True), "5.3": (4, 1, False), "5.4": (3, None, False)},
    ),
    "D6": (
        16,
        {"6.1": (5, 1, False), "6.2": (4, None, False), "6.3": (3, None, False), "6.4": (4, None, False)},
    ),
    "D7": (
        14,
        {"7.1": (4, 1, False), "7.2": (4, 1, False), "7.3": (3, None, False), "7.4": (3, None, False)},
    ),
    "D8": (10, {"8.1": (4, 1, False), "8.2": (3, None, False), "8.3": (3, 5, False)}),
}
HAN = "[\u4e00-\u9fff]"


def parsed(name: str) -> Instrument:
    """The instrument in a file of the folder."""
    return parse_instrument(strictyaml.load((FOLDER / name).read_text(encoding="utf-8")))


def staged(name: str) -> StagedInstrument:
    """The staged instrument in a file of the folder."""
    return parse_staged(strictyaml.load((FOLDER / name).read_text(encoding="utf-8")))


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every sentence in two languages, with the path to it."""
    if isinstance(value, dict) and "en" in value:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts(inner, f"{path}[{place}]")


def test_files_are_those_with_a_digest() -> None:
    assert [file.name for file in FILES] == sorted(PUBLISHED)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_instrument_file_parses_under_its_own_name_and_digest(file: Path) -> None:
    content = strictyaml.load(file.read_text(encoding="utf-8"))
    instrument = parse_any(content)
    assert file.name == f"{instrument.slug}.v{instrument.version}.yaml"
    assert content_digest(content) == PUBLISHED[file.name]


def test_eight_points_are_eight_with_76_indicators() -> None:
    instrument = parsed("eight-points.v1.yaml")
    assert [group.key for group in instrument.groups] == ["HR", "SD", "CD", "PR", "FJ", "SS", "AT", "SA"]
    assert len(instrument.items) == 76
    assert [str(step.value) for step in instrument.scale] == ["0", "1", "2", "3", "4"]
    assert [tier.key for tier in instrument.tiers] == ["T1", "T2", "T3", "T4", "T5"]
    assert instrument.tier_sets == {"high": ("T4", "T5")}


def test_eight_points_keys_name_their_point_and_count_up() -> None:
    for group in parsed("eight-points.v1.yaml").groups:
        assert [item.key for item in group.items] == [f"{group.key}-{n}" for n in range(1, len(group.items) + 1)]


def test_eight_points_answer_to_every_framework() -> None:
    instrument = parsed("eight-points.v1.yaml")
    names = [framework.key for framework in instrument.frameworks]
    for group in instrument.groups:
        assert [mapped.framework for mapped in group.maps] == names


def test_eight_points_never_gate_where_nothing_is_asked() -> None:
    for item in parsed("eight-points.v1.yaml").items.values():
        assert gates_only_where_asked(item), item.key


def gates_only_where_asked(item: Item) -> bool:
    """Every tier and flag that makes the item a gate also makes it asked."""
    if item.asked.always or item.gate.never:
        return True
    gate, asked = item.gate, item.asked
    return not gate.always and set(gate.tiers) <= set(asked.tiers) and set(gate.flags) <= set(asked.flags)


def test_no_english_word_is_left_in_a_place_shown_in_chinese() -> None:
    sources = [source for item in parsed("eight-points.v1.yaml").items.values() for source in item.sources]
    kept = {
        word
        for source in sources
        for word in re.findall(r"[A-Za-z]{2,}", source.in_("zh").removeprefix(source.ref.in_("zh")))
    }
    assert kept == {"GOVERN", "MAP", "MEASURE", "MANAGE", "II", "III", "IV"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_sentence_stands_in_both_languages_and_in_their_own_marks(file: Path) -> None:
    faults = []
    for path, text in texts(strictyaml.load(file.read_text(encoding="utf-8"))):
        if set(text) != {"en", "zh"} or not all(each.strip() for each in text.values()):
            faults.append((path, "one language is missing"))
        if re.search(HAN, text["en"]) or re.search("[\u3000-\u303f\uff00-\uffef]", text["en"]):
            faults.append((path, "Chinese in the English"))
        if re.search(f"{HAN}[,.;:!?()]|[,.;:!?()]{HAN}", text["zh"]):
            faults.append((path, "an English mark in the Chinese"))
    assert faults == []


@pytest.mark.parametrize("name", STAGED)
def test_sentences_of_a_staged_instrument_end_alike_in_both_languages(name: str) -> None:
    content = strictyaml.load((FOLDER / name).read_text(encoding="utf-8"))
    ends = {".": "。", "?": "？"}
    unlike = [
        path
        for path, text in texts(content)
        if ends.get(text["en"][-1]) != (text["zh"][-1] if text["zh"][-1] in "。？" else None)
    ]
    assert unlike == []


def test_aim_has_the_dimensions_items_weights_and_marks_it_should() -> None:
    found = {
        dimension.key: (
            dimension.weight,
            {item.key: (item.weight, item.core_from, item.may_na) for item in dimension.items},
        )
        for dimension in staged("aim-dcmm.v1.yaml").dimensions
    }
    assert found == AIM


def test_aim_weighs_hundred_and_every_dimension_is_the_sum_of_its_items() -> None:
    dimensions = staged("aim-dcmm.v1.yaml").dimensions
    assert sum(dimension.weight for dimension in dimensions) == 100
    assert [sum(item.weight for item in one.items) for one in dimensions] == [one.weight for one in dimensions]
    core = [item.weight for one in dimensions for item in one.items if item.core_from == 1]
    assert (len(core), sum(core)) == (8, 34)


def test_aim_asks_one_criterion_for_each_item_and_level() -> None:
    instrument = staged("aim-dcmm.v1.yaml")
    wanted = [f"{item}.{level}" for item in instrument.items for level in range(1, 6)]
    assert (list(instrument.criteria), len(wanted)) == (wanted, 140)


def test_aim_holds_the_rule_as_data() -> None:
    instrument = staged("aim-dcmm.v1.yaml")
    assert {step.key: step.value for step in instrument.scale} == {
        "N": 0,
        "P": Fraction(1, 2),
        "L": Fraction(4, 5),
        "F": 1,
    }
    assert (instrument.attain, instrument.score_margin, instrument.strict_floor, instrument.max_na_weight) == (
        Fraction(4, 5),
        Fraction(1, 5),
        False,
        10,
    )
    assert [tier.key for tier in instrument.tiers] == ["project", "department", "organisation", "lean", "benchmark"]
    assert instrument.dcmm is not None
    assert (instrument.dcmm.least, instrument.dcmm.editions) == ({1: 2, 2: 3, 3: 4, 4: 4, 5: 5}, ("2018", "2025"))


def test_aim_asks_for_the_evidence_of_each_level() -> None:
    rules = staged("aim-dcmm.v1.yaml").evidence
    assert rules is not None
    needs = {
        level: (need.pieces, need.months, need.kinds, need.periods, need.outside)
        for level, need in rules.needs.items()
    }
    assert needs == {
        1: (1, 0, 0, 0, 0),
        2: (1, 12, 0, 0, 0),
        3: (1, 12, 2, 0, 0),
        4: (1, 12, 2, 2, 0),
        5: (1, 12, 2, 0, 1),
    }
    assert (rules.cap, [kind.key for kind in rules.kinds if kind.outside]) == ("P", ["outside"])


def test_aim_says_that_it_is_nobodys_certificate() -> None:
    instrument = staged("aim-dcmm.v1.yaml")
    assert "neither a CESI certificate nor a DCMM certificate" in instrument.notice.en
    assert "既不是电子标准院颁发的证书，也不是DCMM证书" in instrument.notice.zh


@pytest.mark.parametrize(("name", "domains", "items"), [("dcmm-2018.v1.yaml", 8, 28), ("dcmm-2025.v1.yaml", 9, 33)])
def test_dcmm_self_diagnosis_asks_five_levels_of_each_item(name: str, domains: int, items: int) -> None:
    instrument = staged(name)
    assert (len(instrument.dimensions), len(instrument.items), len(instrument.criteria)) == (domains, items, 5 * items)
    assert all(len(cell) == 1 for item in instrument.items.values() for cell in item.cells)
    assert (instrument.dcmm, instrument.evidence, instrument.highest, instrument.attain) == (None, None, 5, 1)
    assert ("NOT a certificate" in instrument.notice.en, "不是证书" in instrument.notice.zh) == (True, True)
    assert ("not a certificate" in instrument.title.en, "非证书" in instrument.title.zh) == (True, True)


def test_model_service_check_has_three_grades_and_cells_of_two() -> None:
    instrument = staged("model-service.v1.yaml")
    assert (len(instrument.dimensions), len(instrument.items), instrument.highest) == (3, 12, 3)
    assert [tier.key for tier in instrument.tiers] == ["basic", "collaborative", "custom"]
    assert {len(cell) for item in instrument.items.values() for cell in item.cells} == {1, 2}
    assert [item.key for item in instrument.items.values() if item.core_from] == ["1.4", "2.3", "3.3"]
    assert ("NOT a certificate" in instrument.notice.en, "不是证书" in instrument.notice.zh) == (True, True)
