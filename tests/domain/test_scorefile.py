"""A computation as JSON: every entry is read strictly, and the answer has the same shape every time."""

import copy
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.domain.digests import content_digest
from assessments.domain.scorefile import compute, cut, exact, read_request
from assessments.domain.staged import StagedInstrument
from assessments.domain.strict import Bad
from tests.domain.small_staged import published, small_staged

AIM = published("aim-dcmm.v1")
CERTIFICATE = {
    "edition": "2018",
    "party": "owner",
    "source": "certificate",
    "level": 4,
    "legal_entity": "Example Ltd",
    "issued": "2025-01-01",
    "expires": "2027-12-31",
}


def library(slug: str, version: int) -> StagedInstrument:
    known = {("aim-dcmm", 1): AIM, ("climb", 1): small_staged(), ("dcmm-2018", 1): published("dcmm-2018.v1")}
    return known[slug, version]


def items(level: int, **others: int) -> dict[str, Any]:
    """Every item exactly at ``level``, those named (``i7_2`` is item 7.2) at theirs."""
    wanted = {key[1:].replace("_", "."): at for key, at in others.items()}
    return {
        key: {
            "ratings": {
                one.key: "F" if one.level <= wanted.get(key, level) else "N" for cell in item.cells for one in cell
            }
        }
        for key, item in AIM.items.items()
    }


def asked(**entries: Any) -> dict[str, Any]:
    """A request for all items at three with DCMM 4, with other entries."""
    content = {
        "instrument": "aim-dcmm",
        "version": 1,
        "reference_date": "2026-11-23",
        "dcmm": {"level": 4},
        "items": items(3),
    }
    return content | entries


def answered(content: Any) -> dict[str, Any]:
    return compute(read_request(content, library))


def with_item(item: str, value: Any) -> dict[str, Any]:
    content = asked()
    content["items"][item] = value
    return content


def test_answer_of_a_complete_assessment() -> None:
    assert answered(asked(items=items(3, i7_2=2))) == {
        "tier": 2,
        "gates": {"dcmm": 4, "floor": 2, "score": 3},
        "binding": ["floor"],
        "blocking": ["7.2"],
        "index": "74/25",
        "index_display": "2.96",
        "capped": {"1": "1/1", "2": "2/1", "3": "74/25", "4": "74/25", "5": "74/25"},
        "capped_display": {"1": "1.00", "2": "2.00", "3": "2.96", "4": "2.96", "5": "2.96"},
        "levels": dict.fromkeys(AIM.items, 3) | {"7.2": 2},
        "complete": True,
        "provisional": False,
        "bounds": None,
    }


def test_answer_of_an_incomplete_assessment_has_bounds_and_nothing_else() -> None:
    behind = dict.fromkeys(["i1_2", "i3_1", "i4_1", "i5_2", "i4_3"], 2)
    content = asked(items=items(3, **behind))
    content["items"]["6.2"]["ratings"]["6.2.3"] = None
    assert answered(content) == {
        "tier": None,
        "gates": None,
        "binding": [],
        "blocking": [],
        "index": None,
        "index_display": None,
        "capped": None,
        "capped_display": None,
        "levels": dict.fromkeys(AIM.items, 3) | {key[1:].replace("_", "."): 2 for key in behind} | {"6.2": 2},
        "complete": False,
        "provisional": False,
        "bounds": {"lower": {"tier": 2, "index": "139/50"}, "upper": {"tier": 3, "index": "141/50"}},
    }


def test_null_and_absent_are_unanswered_alike() -> None:
    by_null = asked()
    by_null["items"]["6.2"]["ratings"]["6.2.3"] = None
    absent = asked()
    del absent["items"]["6.2"]["ratings"]["6.2.3"]
    assert answered(by_null) == answered(absent)
    nothing = [asked(items=given) for given in ({}, {"1.1": None}, {"1.1": {}}, {"1.1": {"ratings": None}})]
    assert [answered(content) for content in nothing] == [answered(nothing[0])] * 4
    assert answered(nothing[0])["bounds"] == {
        "lower": {"tier": 0, "index": "0/1"},
        "upper": {"tier": 4, "index": "5/1"},
    }


def test_item_set_aside_has_no_level() -> None:
    found = answered(with_item("4.1", {"na": "all computing is bought in"}))
    assert (found["tier"], found["levels"]["4.1"], found["complete"]) == (3, None, True)
    same = answered(with_item("4.1", {"na": "all computing is bought in", "ratings": {"4.1.1": None}}))
    assert same == found


def test_entries_that_hold_null_are_not_given() -> None:
    nulls = dict.fromkeys(["dcmm", "target", "dcmm_policy", "legal_entity", "reference_date"])
    bare = {key: value for key, value in asked().items() if key not in nulls}
    assert answered(asked(**nulls)) == answered(bare)


def test_blocking_is_empty_at_the_highest_tier() -> None:
    found = answered(asked(items=items(5), dcmm={"level": 5}))
    assert (found["tier"], found["binding"], found["blocking"]) == (5, ["dcmm", "floor", "score"], [])


def test_target_ends_what_is_asked() -> None:
    content = asked(items={key: {"ratings": {f"{key}.1": "F", f"{key}.2": "F"}} for key in AIM.items}, target=2)
    found = answered(content)
    assert (found["complete"], found["tier"], found["index"]) == (True, 2, "2/1")
    assert answered({**content, "target": 3})["complete"] is False


def test_instrument_without_the_outside_gate_has_no_value_for_it() -> None:
    instrument = published("dcmm-2018.v1")
    rated = {key: {"ratings": {f"{key}.{level}": "yes" for level in range(1, 6)}} for key in instrument.items}
    found = answered({"instrument": "dcmm-2018", "version": 1, "items": rated})
    assert (found["tier"], found["gates"]) == (5, {"dcmm": None, "floor": 5, "score": 5})


@pytest.mark.parametrize(
    ("dcmm", "entries", "gate", "provisional"),
    [
        (None, {}, 0, False),
        ({"level": 0}, {}, 0, False),
        ({"level": 5}, {}, 5, False),
        (CERTIFICATE, {}, 4, False),
        (CERTIFICATE, {"legal_entity": "example  ltd"}, 4, False),
        (CERTIFICATE, {"legal_entity": "Other Ltd"}, 0, False),
        (CERTIFICATE | {"edition": "2025"}, {}, 4, False),
        (CERTIFICATE | {"edition": "2014"}, {}, 0, False),
        (CERTIFICATE | {"party": "provider"}, {}, 0, False),
        (CERTIFICATE | {"issued": "2026-11-23"}, {}, 4, False),
        (CERTIFICATE | {"issued": "2026-11-24"}, {}, 0, False),
        (CERTIFICATE | {"expires": "2026-11-23"}, {}, 4, False),
        (CERTIFICATE | {"expires": "2026-11-22"}, {}, 0, False),
        (CERTIFICATE, {"dcmm_policy": "certificate_only"}, 4, False),
        ({"source": "finding", "level": 4}, {}, 4, False),
        ({"source": "finding", "level": 4}, {"dcmm_policy": "certificate_or_finding"}, 4, False),
        ({"source": "finding", "level": 4}, {"dcmm_policy": "certificate_only"}, 0, False),
        ({"source": "finding", "level": 4, "party": "provider"}, {}, 0, False),
        ({"source": "self", "level": 4}, {}, 4, True),
        ({"source": "self", "level": 4}, {"dcmm_policy": "certificate_only"}, 4, True),
        ({"source": "self", "level": 4, "party": "provider"}, {}, 0, False),
    ],
)
def test_dcmm_level_that_counts(dcmm: Any, entries: dict[str, Any], gate: int, provisional: bool) -> None:
    found = answered(asked(dcmm=dcmm, **entries))
    assert (found["gates"]["dcmm"], found["provisional"]) == (gate, provisional)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in asked().items() if name != key}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (None, ""),
        ([], ""),
        ("aim-dcmm", ""),
        (without("instrument"), "instrument"),
        (without("version"), "version"),
        (without("items"), "items"),
        (asked(tier=3), "tier"),
        (asked(instrument=7), "instrument"),
        (asked(instrument=""), "instrument"),
        (asked(instrument="aim"), "instrument"),
        (asked(instrument="../instruments/aim-dcmm"), "instrument"),
        (asked(version=True), "version"),
        (asked(version="1"), "version"),
        (asked(version=1.0), "version"),
        (asked(version=0), "version"),
        (asked(version=2), "instrument"),
        (asked(target=0), "target"),
        (asked(target=6), "target"),
        (asked(target="3"), "target"),
        (asked(target=True), "target"),
        (asked(reference_date="2026-02-30"), "reference_date"),
        (asked(reference_date="20261123"), "reference_date"),
        (asked(reference_date="2026-W48-1"), "reference_date"),
        (asked(reference_date=20261123), "reference_date"),
        (asked(legal_entity=""), "legal_entity"),
        (asked(legal_entity=["Example Ltd"]), "legal_entity"),
        (asked(dcmm_policy="any"), "dcmm_policy"),
        (asked(dcmm=4), "dcmm"),
        (asked(dcmm={}), "dcmm.level"),
        (asked(dcmm={"level": 6}), "dcmm.level"),
        (asked(dcmm={"level": -1}), "dcmm.level"),
        (asked(dcmm={"level": "4"}), "dcmm.level"),
        (asked(dcmm={"level": 4, "source": "hearsay"}), "dcmm.source"),
        (asked(dcmm={"level": 4, "body": "x"}), "dcmm.body"),
        (asked(dcmm={"level": 4, "party": "owner"}), "dcmm.source"),
        (asked(dcmm={"source": "self"}), "dcmm.level"),
        (asked(dcmm=CERTIFICATE | {"party": "both"}), "dcmm.party"),
        (asked(dcmm=CERTIFICATE | {"edition": 2018}), "dcmm.edition"),
        (asked(dcmm=CERTIFICATE | {"expires": "2026-02-30"}), "dcmm.expires"),
        (asked(dcmm=CERTIFICATE | {"expires": "2024-12-31"}), "dcmm.expires"),
        (asked(dcmm=CERTIFICATE | {"issued": None}), "dcmm.issued"),
        (asked(dcmm={key: value for key, value in CERTIFICATE.items() if key != "expires"}), "dcmm.expires"),
        (asked(dcmm=CERTIFICATE, reference_date=None), "reference_date"),
        (asked(items=[]), "items"),
        (asked(items=None), "items"),
        (with_item("9.9", {}), "items.9.9"),
        (with_item("7.2", "F"), "items.7.2"),
        (with_item("7.2", []), "items.7.2"),
        (with_item("7.2", {"note": "x"}), "items.7.2.note"),
        (with_item("7.2", {"ratings": []}), "items.7.2.ratings"),
        (with_item("7.2", {"ratings": "F"}), "items.7.2.ratings"),
        (with_item("7.2", {"ratings": False}), "items.7.2.ratings"),
        (with_item("7.2", {"ratings": {"7.2.6": "F"}}), "items.7.2.ratings.7.2.6"),
        (with_item("7.2", {"ratings": {"7.1.1": "F"}}), "items.7.2.ratings.7.1.1"),
        (with_item("7.2", {"ratings": {"7.2.1": "f"}}), "items.7.2.ratings.7.2.1"),
        (with_item("7.2", {"ratings": {"7.2.1": 1}}), "items.7.2.ratings.7.2.1"),
        (with_item("7.2", {"ratings": {"7.2.1": ["F"]}}), "items.7.2.ratings.7.2.1"),
        (with_item("7.2", {"ratings": {"7.2.1": float("nan")}}), "items.7.2.ratings.7.2.1"),
        (with_item("7.2", {"na": "never"}), "items.7.2.na"),
        (with_item("4.1", {"na": " "}), "items.4.1.na"),
        (with_item("4.1", {"na": True}), "items.4.1.na"),
        (with_item("4.1", {"na": "why", "ratings": {"4.1.1": "N"}}), "items.4.1.na"),
        (with_item("4.1", {"na": "why", "ratings": {"4.1.9": None}}), "items.4.1.ratings.4.1.9"),
    ],
)
def test_bad_input_names_its_path(content: Any, path: str) -> None:
    with pytest.raises(Bad) as refused:
        answered(content)
    assert refused.value.path == path


def test_dcmm_level_for_an_instrument_without_the_gate_is_refused() -> None:
    with pytest.raises(Bad) as refused:
        answered({"instrument": "dcmm-2018", "version": 1, "items": {}, "dcmm": {"level": 3}})
    assert (refused.value.path, refused.value.reason) == ("dcmm", "this instrument asks for no DCMM level")


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_written_out_and_read_back_it_is_the_same(chance: Any) -> None:
    content = asked(items=items(3))
    for rated in content["items"].values():
        for key in rated["ratings"]:
            rated["ratings"][key] = chance.choice(["N", "P", "L", "F", None])
    copied = json.loads(json.dumps(copy.deepcopy(content), ensure_ascii=chance.random() < 0.5, indent=2))
    turned = dict(chance.sample(list(copied.items()), len(copied)))
    turned["items"] = dict(chance.sample(list(copied["items"].items()), len(copied["items"])))
    assert content_digest(turned) == content_digest(content)
    assert answered(turned) == answered(content)


@pytest.mark.parametrize(
    ("number", "written", "shown"),
    [
        (Fraction(2798, 1000), "1399/500", "2.79"),
        (Fraction(3), "3/1", "3.00"),
        (Fraction(0), "0/1", "0.00"),
        (Fraction(279, 100), "279/100", "2.79"),
        (Fraction(83, 30), "83/30", "2.76"),
        (Fraction(2999999, 1000000), "2999999/1000000", "2.99"),
        (Fraction(1, 15), "1/15", "0.06"),
    ],
)
def test_numbers_are_exact_and_what_is_shown_is_cut(number: Fraction, written: str, shown: str) -> None:
    assert (exact(number), cut(number)) == (written, shown)
