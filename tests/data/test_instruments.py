"""Every instrument file parses, stands under its own name, and a published one never changes."""

import re
from pathlib import Path

import pytest

from assessments.domain.digests import content_digest
from assessments.domain.instrument import Instrument, Item
from assessments.domain.parsing import parse_instrument
from ethicsreview import strictyaml

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "instruments"
FILES = sorted(FOLDER.glob("*.yaml"))

# A digest is entered when its file is published. It never changes after that: a correction is a new version.
PUBLISHED = {
    "eight-points.v1.yaml": "b383e176a734f4e61a8fc1cd4cba8b2c6559252b6fa5c6dd7d5a2cd9d34d6af8",
}


def parsed(name: str) -> Instrument:
    """The instrument in a file of the folder."""
    return parse_instrument(strictyaml.load((FOLDER / name).read_text(encoding="utf-8")))


def test_files_are_those_with_a_digest() -> None:
    assert [file.name for file in FILES] == sorted(PUBLISHED)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_instrument_file_parses_under_its_own_name_and_digest(file: Path) -> None:
    content = strictyaml.load(file.read_text(encoding="utf-8"))
    instrument = parse_instrument(content)
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
