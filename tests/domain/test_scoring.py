"""The rule of the tiers: the worked examples, the properties, and the letter of the rule beside the code."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.domain.scorefile import cut
from assessments.domain.scoring import (
    Gate,
    Ratings,
    Result,
    Standing,
    Verdict,
    attained,
    effective_weights,
    result,
    set_aside_faults,
    standings,
)
from assessments.domain.staged import StagedInstrument
from tests.domain.small_staged import Shape, made, published, small_staged

AIM = published("aim-dcmm.v1")
FLPN = [Fraction(0), Fraction(1, 2), Fraction(4, 5), Fraction(1)]  # s0 to s3
ASIDE = [frozenset(one) for one in ((), ("4.1",), ("5.2",), ("4.1", "5.2"))]
E5 = ["1.2", "3.1", "4.1", "5.2", "6.2"]
E6 = ["1.2", "3.1", "4.1", "5.2", "4.3", "2.2"]
E15 = ["1.2", "3.1", "4.1", "5.2", "4.3"]


def standing_at(level: int, lagging: Mapping[str, int] | None = None) -> dict[str, str]:
    """Every item exactly at ``level`` with nothing in the level after it, some at theirs."""
    others = lagging or {}
    return {one.key: "F" if one.level <= others.get(one.item, level) else "N" for one in AIM.criteria.values()}


def verdict(steps: Mapping[str, str], dcmm: int, **more: object) -> Verdict:
    found = result(AIM, Ratings(steps), dcmm=dcmm, **more).verdict  # type: ignore[arg-type]
    assert found is not None
    return found


@dataclass(frozen=True)
class Case:
    """A random set of answers, with gaps or without."""

    ratings: Ratings
    dcmm: int
    target: int
    chance: random.Random


def case(seed: int, *, gaps: bool) -> Case:
    """Answers that lean to one level, some items behind or anywhere, so that every tier and every gate comes up."""
    chance = random.Random(seed)  # noqa: S311  no secret
    common, behind = chance.randint(0, 5), chance.choice([0, 0.1, 0.3, 0.6])
    noise, wild = chance.choice([0, 0, 0.01, 0.1]), chance.choice([0, 0, 0.2])
    steps: dict[str, str] = {}
    for item in AIM.items.values():
        own = common - (item.core_from is None and chance.random() < behind)
        if chance.random() < wild:
            own = chance.randint(0, 5)
        for one in (one for cell in item.cells for one in cell):
            likely = chance.choice("FFL") if one.level <= own else chance.choice("NPP")
            steps[one.key] = chance.choice("NPLF") if chance.random() < noise else likely
    missing = chance.choice([0.0, 0.02, 0.3]) if gaps else 0
    kept = {key: step for key, step in steps.items() if chance.random() >= missing}
    return Case(Ratings(kept, chance.choice(ASIDE)), chance.randint(0, 5), chance.randint(1, 5), chance)


seeds = st.integers(0, 2**40)
full = seeds.map(lambda seed: case(seed, gaps=False))
open_ones = seeds.map(lambda seed: case(seed, gaps=True))
many = settings(max_examples=500, deadline=None)


def test_e1_all_at_three_is_tier_three() -> None:
    found = verdict(standing_at(3), 4)
    assert found == Verdict(
        tier=3,
        gates={Gate.DCMM: 4, Gate.FLOOR: 3, Gate.SCORE: 3},
        binding=(Gate.FLOOR, Gate.SCORE),
        blocking=tuple(AIM.items),
        index=Fraction(3),
        capped={1: Fraction(1), 2: Fraction(2), 3: Fraction(3), 4: Fraction(3), 5: Fraction(3)},
        levels=dict.fromkeys(AIM.items, 3),
        scores=dict.fromkeys(AIM.items, Fraction(3)),
    )


def test_e2_dcmm_level_caps_the_tier() -> None:
    found = verdict(standing_at(3), 3)
    assert (found.tier, list(found.gates.values()), found.binding) == (2, [2, 3, 3], (Gate.DCMM,))
    assert (found.index, found.capped[3], found.blocking) == (3, 3, ())


@pytest.mark.parametrize(
    ("example", "steps", "dcmm", "index", "deciding", "gates", "tier"),
    [
        ("E3", standing_at(5), 4, Fraction(5), (5, Fraction(5)), [4, 5, 5], 4),
        ("E4", standing_at(5), 1, Fraction(5), (5, Fraction(5)), [0, 5, 5], 0),
        ("E5", standing_at(3, dict.fromkeys(E5, 2)), 4, Fraction(14, 5), (3, Fraction(14, 5)), [4, 3, 3], 3),
        ("E6", standing_at(3, dict.fromkeys(E6, 2)), 4, Fraction(279, 100), (3, Fraction(279, 100)), [4, 3, 2], 2),
        (
            "E7",
            standing_at(3, dict.fromkeys(E6, 2)) | {"5.2.3": "P"},
            4,
            Fraction(281, 100),
            (3, Fraction(281, 100)),
            [4, 3, 3],
            3,
        ),
        ("E8", standing_at(3, {"7.2": 2}), 4, Fraction(74, 25), (3, Fraction(74, 25)), [4, 2, 3], 2),
    ],
)
def test_worked_example(
    example: str,
    steps: dict[str, str],
    dcmm: int,
    index: Fraction,
    deciding: tuple[int, Fraction],
    gates: list[int],
    tier: int,
) -> None:
    found = verdict(steps, dcmm)
    place, score = deciding
    assert (found.index, found.capped[place], list(found.gates.values()), found.tier) == (index, score, gates, tier)


def test_e6_names_the_score_and_everything_short_of_three() -> None:
    found = verdict(standing_at(3, dict.fromkeys(E6, 2)), 4)
    assert (found.binding, found.blocking) == ((Gate.SCORE,), ("1.2", "2.2", "3.1", "4.1", "4.3", "5.2"))


def test_e8_names_the_core_item_that_blocks() -> None:
    found = verdict(standing_at(3, {"7.2": 2}), 4)
    assert (found.binding, found.blocking) == ((Gate.FLOOR,), ("7.2",))


def test_e15_shows_bounds_and_no_tier_while_an_answer_is_missing() -> None:
    steps = standing_at(3, dict.fromkeys(E15, 2))
    del steps["6.2.3"]
    found = result(AIM, Ratings(steps), dcmm=4)
    assert (found.complete, found.verdict, found.unanswered) == (False, None, ("6.2.3",))
    assert (found.lower.index, found.upper.index) == (Fraction(139, 50), Fraction(141, 50))
    assert (found.lower.tier, found.upper.tier) == (2, 3)
    assert [cut(bound.index) for bound in (found.lower, found.upper)] == ["2.78", "2.82"]


@pytest.mark.parametrize(
    ("steps", "level", "score"),
    [
        ("FPFFF", 1, Fraction(3, 2)),
        ("FLPNN", 2, Fraction(5, 2)),
        ("NFFFF", 0, Fraction(0)),
        ("PNNNN", 0, Fraction(1, 2)),
        ("LLLLL", 5, Fraction(5)),
        ("FFFFP", 4, Fraction(9, 2)),
    ],
)
def test_item_climbs_to_the_last_level_attained_without_a_gap(steps: str, level: int, score: Fraction) -> None:
    answers = standing_at(0) | {f"7.2.{place}": step for place, step in enumerate(steps, start=1)}
    found = verdict(answers, 5)
    assert (found.levels["7.2"], found.scores["7.2"]) == (level, score)


def one_item(*cells: int) -> StagedInstrument:
    return made([Shape(0, 1, 1, False, cells)], scale=FLPN)


def test_cell_of_three_criteria_counts_their_mean() -> None:
    steps = {"1.1.1": "s3", "1.2.1": "s3", "1.3.1": "s3", "1.3.2": "s2", "1.3.3": "s1"}
    found = result(one_item(1, 1, 3), Ratings(steps)).lower
    assert (found.levels["1"], found.scores["1"]) == (2, Fraction(83, 30))


def test_six_times_largely_is_exactly_four_fifths() -> None:
    steps = {f"1.1.{place}": "s2" for place in range(1, 7)}
    found = result(one_item(6), Ratings(steps)).lower
    assert (found.levels["1"], found.scores["1"], sum([0.8] * 6) / 6 >= 0.8) == (1, Fraction(1), False)
    assert attained(one_item(6), Ratings(steps), one_item(6).items["1"], 1) is True
    assert attained(one_item(6), Ratings(steps | {"1.1.6": "s1"}), one_item(6).items["1"], 1) is False


def test_strict_floor_asks_the_tier_of_every_item() -> None:
    strict = replace(AIM, strict_floor=True)
    tiers = [
        result(strict, Ratings(steps), dcmm=4).lower.tier
        for steps in (
            standing_at(3),
            standing_at(3, dict.fromkeys(E5, 2)),
            standing_at(3, dict.fromkeys(E6, 2)) | {"5.2.3": "P"},
        )
    ]
    assert tiers == [3, 2, 2]


# 1
def test_all_at_five_map_dcmm_levels_to_tiers() -> None:
    assert [verdict(standing_at(5), level).tier for level in range(6)] == [0, 0, 1, 2, 4, 5]


# 2
def at_least(high: Verdict, low: Verdict) -> bool:
    gates = all(high.gates[gate] >= low.gates[gate] for gate in low.gates)
    capped = all(high.capped[tier] >= low.capped[tier] for tier in low.capped)
    return gates and capped and high.tier >= low.tier and high.index >= low.index


@many
@given(full)
def test_raising_a_rating_lowers_nothing(one: Case) -> None:
    lower = [key for key, step in one.ratings.steps.items() if step != "F"]
    before = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target).lower
    raised = dict(one.ratings.steps)
    for key in one.chance.sample(lower, min(len(lower), one.chance.randint(0, 3))):
        raised[key] = {"N": "P", "P": "L", "L": "F"}[raised[key]]
    after = result(AIM, Ratings(raised, one.ratings.set_aside), dcmm=one.dcmm, target=one.target).lower
    assert at_least(after, before)


@many
@given(full)
def test_dcmm_level_caps_and_never_lifts(one: Case) -> None:
    found = [result(AIM, one.ratings, dcmm=level, target=one.target).lower for level in range(6)]
    assert [each.tier for each in found] == sorted(each.tier for each in found)
    assert [each.tier for each in found] == [min(each.gates[Gate.DCMM], found[5].tier) for each in found]


# 3
@pytest.mark.parametrize("aside", ASIDE, ids=lambda aside: "+".join(sorted(aside)) or "none")
def test_effective_weights_sum_to_hundred(aside: frozenset[str]) -> None:
    weights = effective_weights(AIM, aside)
    assert (sum(weights.values()), set(weights)) == (100, set(AIM.items) - aside)


def test_weight_of_an_item_set_aside_stays_in_its_dimension() -> None:
    weights = effective_weights(AIM, frozenset({"4.1"}))
    assert {key: weights[key] for key in ("4.2", "4.3", "3.1")} == {
        "4.2": Fraction(20, 3),
        "4.3": Fraction(10, 3),
        "3.1": Fraction(4),
    }


# 4 and 5
@many
@given(full)
def test_level_is_the_whole_part_of_the_score_and_no_cap_exceeds_index_or_tier(one: Case) -> None:
    found = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target).lower
    for key, score in found.scores.items():
        assert (None if score is None else score.numerator // score.denominator) == found.levels[key]
    assert found.capped[5] == found.index
    assert all(value <= min(found.index, tier) for tier, value in found.capped.items())


# 6
def turned(instrument: StagedInstrument, chance: random.Random) -> StagedInstrument:
    """The same instrument with its dimensions and items in another order."""
    dimensions = [
        replace(dimension, items=tuple(chance.sample(dimension.items, len(dimension.items))))
        for dimension in instrument.dimensions
    ]
    chance.shuffle(dimensions)
    return replace(instrument, dimensions=tuple(dimensions))


@settings(max_examples=100, deadline=None)
@given(full)
def test_order_of_items_does_not_matter(one: Case) -> None:
    steps = list(one.ratings.steps.items())
    one.chance.shuffle(steps)
    found = result(turned(AIM, one.chance), Ratings(dict(steps), one.ratings.set_aside), dcmm=one.dcmm).lower
    straight = result(AIM, one.ratings, dcmm=one.dcmm).lower
    assert replace(found, blocking=tuple(sorted(found.blocking))) == straight


# 7
@pytest.mark.parametrize(("heavy", "tier"), [(8000, 1), (7999, 0)])
def test_score_that_ties_passes_and_one_ten_thousandth_less_fails(heavy: int, tier: int) -> None:
    shapes = [Shape(0, heavy, None, False, (1,)), Shape(0, 10_000 - heavy, None, False, (1,))]
    found = result(made(shapes, scale=FLPN), Ratings({"1.1.1": "s3", "2.1.1": "s0"})).lower
    assert (found.index, found.tier) == (Fraction(heavy, 10_000), tier)


@pytest.mark.parametrize(("step", "level"), [(Fraction(4, 5), 1), (Fraction(7999, 10_000), 0)])
def test_cell_that_ties_is_attained_and_one_ten_thousandth_less_is_not(step: Fraction, level: int) -> None:
    instrument = made([Shape(0, 1, 1, False, (1,))], scale=[Fraction(0), step, Fraction(1)])
    assert result(instrument, Ratings({"1.1.1": "s1"})).lower.levels["1"] == level


# 8
def test_not_applicable_and_unanswered_and_not_met_are_three_things() -> None:
    steps = standing_at(3)
    no = steps | {f"4.1.{level}": "N" for level in range(1, 6)}
    empty = {key: step for key, step in steps.items() if not key.startswith("4.1.")}
    found: list[Result] = [
        result(AIM, Ratings(no), dcmm=4),
        result(AIM, Ratings(empty), dcmm=4),
        result(AIM, Ratings(empty, frozenset({"4.1"})), dcmm=4),
    ]
    assert [one.complete for one in found] == [True, False, True]
    assert [one.unanswered for one in found] == [(), ("4.1.1",), ()]
    assert [one.lower.levels["4.1"] for one in found] == [0, 0, None]
    assert [one.lower.scores["4.1"] for one in found] == [0, 0, None]
    assert [one.upper.levels["4.1"] for one in found] == [0, 5, None]
    assert [one.lower.tier for one in found] == [1, 1, 3]
    assert [one.lower.index for one in found] == [Fraction(72, 25), Fraction(72, 25), Fraction(3)]


def test_four_states_of_a_criterion_are_kept_apart() -> None:
    steps = {"1.1.1": "F", "1.1.2": "P", "1.1.3": "F", "1.2.1": "F"}
    found = standings(AIM, Ratings(steps, frozenset({"4.1"})), target=3)
    assert list(found) == list(AIM.criteria)
    assert [found[f"1.1.{level}"] for level in range(1, 6)] == [
        Standing.RATED,
        Standing.RATED,
        Standing.NOT_REACHED,
        Standing.NOT_REACHED,
        Standing.NOT_REACHED,
    ]
    assert [found[f"1.2.{level}"] for level in range(1, 4)] == [
        Standing.RATED,
        Standing.UNANSWERED,
        Standing.NOT_REACHED,
    ]
    assert {found[f"4.1.{level}"] for level in range(1, 6)} == {Standing.NOT_APPLICABLE}


@many
@given(open_ones)
def test_states_agree_with_what_is_missing(one: Case) -> None:
    found = standings(AIM, one.ratings, target=one.target)
    missing = tuple(key for key, state in found.items() if state is Standing.UNANSWERED)
    score = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target)
    assert (score.unanswered, score.complete) == (missing, not missing)
    for key, state in found.items():
        assert (key in one.ratings.steps) or state is not Standing.RATED
        assert (state is Standing.NOT_APPLICABLE) == (AIM.criteria[key].item in one.ratings.set_aside)


# 10
def test_result_of_one_version_stays_after_the_next_is_scored() -> None:
    ratings = Ratings(standing_at(3, {"7.2": 2}))
    before = result(AIM, ratings, dcmm=4)
    dimensions = tuple(replace(one, weight=len(AIM.dimensions) - n) for n, one in enumerate(AIM.dimensions))
    following = replace(AIM, version=2, strict_floor=True, attain=Fraction(1), dimensions=dimensions)
    assert result(following, ratings, dcmm=4) != before
    assert result(AIM, ratings, dcmm=4) == before


# 11
@many
@given(open_ones)
def test_nothing_exceeds_the_target(one: Case) -> None:
    found = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target).upper
    assert found.tier <= one.target
    assert max(level or 0 for level in found.levels.values()) <= one.target


def test_answers_above_the_target_are_neither_asked_nor_counted() -> None:
    found = result(AIM, Ratings({key: "F" for key in AIM.criteria if key[-1] in "12"}), dcmm=5, target=2)
    assert (found.complete, found.lower.tier, found.lower.index) == (True, 2, 2)
    assert result(AIM, Ratings(standing_at(5)), dcmm=5, target=2) == found


# bounds
def between(low: Verdict, middle: Verdict, high: Verdict) -> bool:
    return at_least(high, middle) and at_least(middle, low)


@many
@given(open_ones)
def test_filling_in_what_is_open_never_leaves_the_bounds(one: Case) -> None:
    found = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target)
    filled = {key: one.ratings.steps.get(key) or one.chance.choice("NPLF") for key in AIM.criteria}
    after = result(AIM, Ratings(filled, one.ratings.set_aside), dcmm=one.dcmm, target=one.target)
    assert after.complete
    assert between(found.lower, after.lower, found.upper)


@settings(max_examples=150, deadline=None)
@given(open_ones)
def test_bounds_are_what_the_worst_and_the_best_answers_give(one: Case) -> None:
    found = result(AIM, one.ratings, dcmm=one.dcmm, target=one.target)
    ends = []
    for step in "NF":
        filled = {key: one.ratings.steps.get(key, step) for key in AIM.criteria}
        ends.append(result(AIM, Ratings(filled, one.ratings.set_aside), dcmm=one.dcmm, target=one.target).lower)
    assert [found.lower, found.upper] == ends


# the rule once more, by its letter
def by_the_letter(instrument: StagedInstrument, ratings: Ratings, dcmm: int) -> dict[str, object]:
    """8.4 as it is written, for answers without a gap."""
    items = [item for item in instrument.items.values() if item.key not in ratings.set_aside]
    top = len(instrument.tiers)
    value = {step.key: step.value for step in instrument.scale}
    cell = {
        (item.key, k): Fraction(
            sum(value[ratings.steps[one.key]] for one in item.cells[k - 1]), len(item.cells[k - 1])
        )
        for item, k in product(items, range(1, top + 1))
    }
    level = {
        item.key: max(
            k for k in range(top + 1) if all(cell[item.key, j] >= instrument.attain for j in range(1, k + 1))
        )
        for item in items
    }
    score = {key: low + (cell[key, low + 1] if low < top else 0) for key, low in level.items()}
    total = sum(dimension.weight for dimension in instrument.dimensions)
    weight = {
        item.key: Fraction(
            dimension.weight * item.weight,
            sum(other.weight for other in dimension.items if other.key not in ratings.set_aside),
        )
        for dimension in instrument.dimensions
        for item in dimension.items
        if item.key not in ratings.set_aside
    }
    capped = {k: sum(weight[key] * min(score[key], k) for key in score) / total for k in range(1, top + 1)}
    floor = {
        (item.key, k): k if instrument.strict_floor or (item.core_from is not None and k >= item.core_from) else k - 1
        for item, k in product(items, range(1, top + 1))
    }
    gates = {}
    if instrument.dcmm:
        gates[Gate.DCMM] = max([0, *(k for k, least in instrument.dcmm.least.items() if dcmm >= least)])
    gates[Gate.FLOOR] = max(
        [0, *(k for k in range(1, top + 1) if all(level[item.key] >= floor[item.key, k] for item in items))]
    )
    gates[Gate.SCORE] = max([0, *(k for k in range(1, top + 1) if capped[k] >= k - instrument.score_margin)])
    tier = min(gates.values())
    blocking = {
        item.key
        for item in items
        if tier < top
        and (
            level[item.key] < floor[item.key, tier + 1]
            or (gates[Gate.SCORE] < tier + 1 and score[item.key] < tier + 1)
        )
    }
    return {
        "tier": tier,
        "gates": gates,
        "index": sum(weight[key] * score[key] for key in score) / total,
        "capped": capped,
        "levels": level,
        "blocking": blocking,
    }


def same(found: Verdict, letter: dict[str, object]) -> bool:
    levels = {key: level for key, level in found.levels.items() if level is not None}
    mine = {"tier": found.tier, "gates": dict(found.gates), "index": found.index, "capped": dict(found.capped)}
    return mine | {"levels": levels, "blocking": set(found.blocking)} == letter


@many
@given(full)
def test_result_is_the_rule_by_its_letter(one: Case) -> None:
    assert same(result(AIM, one.ratings, dcmm=one.dcmm).lower, by_the_letter(AIM, one.ratings, one.dcmm))


@st.composite
def shaped(draw: st.DrawFn) -> tuple[StagedInstrument, Ratings, int]:
    """An instrument of any shape with an answer to everything."""
    levels = draw(st.integers(1, 4))
    sizes = st.tuples(*[st.integers(1, 3)] * levels)
    core = st.one_of(st.none(), st.integers(1, levels))
    shapes = draw(
        st.lists(st.builds(Shape, st.integers(0, 2), st.integers(1, 9), core, st.booleans(), sizes), min_size=1)
    )
    instrument = made(
        shapes[:6],
        scale=draw(st.sampled_from([FLPN, [Fraction(0), Fraction(1, 7), Fraction(1)]])),
        attain=draw(st.sampled_from([Fraction(1, 7), Fraction(4, 5), Fraction(1)])),
        margin=draw(st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(2, 3)])),
        strict=draw(st.booleans()),
        dcmm=draw(st.sampled_from([(), tuple(range(1, levels + 1))])),
    )
    steps = {key: draw(st.sampled_from(list(instrument.steps))) for key in instrument.criteria}
    aside = [
        item.key for one in instrument.dimensions for item in one.items[1:] if item.may_na and draw(st.booleans())
    ]
    return instrument, Ratings(steps, frozenset(aside)), draw(st.integers(0, levels + 1))


@settings(max_examples=150, deadline=None)
@given(shaped())
def test_rule_holds_for_instruments_of_any_shape(question: tuple[StagedInstrument, Ratings, int]) -> None:
    instrument, ratings, dcmm = question
    assert sum(effective_weights(instrument, ratings.set_aside).values()) == sum(
        dimension.weight for dimension in instrument.dimensions
    )
    assert same(result(instrument, ratings, dcmm=dcmm).lower, by_the_letter(instrument, ratings, dcmm))


# what is refused
@pytest.mark.parametrize("target", [0, 6, -1])
def test_target_that_is_no_tier_is_refused(target: int) -> None:
    with pytest.raises(ValueError, match=f"no tier {target}"):
        result(AIM, Ratings({}), target=target)


@pytest.mark.parametrize(
    ("aside", "faults"),
    [
        ({"4.1", "5.2"}, ()),
        ({"4.1", "7.2"}, ("7.2",)),
        ({"9.9"}, ("9.9",)),
        ({"4.1.1"}, ("4.1.1",)),
    ],
)
def test_only_items_marked_so_are_set_aside(aside: set[str], faults: tuple[str, ...]) -> None:
    assert set_aside_faults(AIM, frozenset(aside)) == faults


def test_items_set_aside_weigh_no_more_than_allowed_together() -> None:
    narrow = replace(AIM, max_na_weight=7)
    assert set_aside_faults(narrow, frozenset({"4.1"})) == ()
    assert set_aside_faults(narrow, frozenset({"4.1", "5.2"})) == ("4.1", "5.2")
    with pytest.raises(ValueError, match=r"set aside against the instrument: 4.1, 5.2"):
        result(narrow, Ratings({}, frozenset({"4.1", "5.2"})))


def test_instrument_without_the_outside_gate_has_two() -> None:
    instrument = published("dcmm-2018.v1")
    found = result(instrument, Ratings(dict.fromkeys(instrument.criteria, "yes"))).lower
    assert (found.gates, found.tier, found.blocking) == ({Gate.FLOOR: 5, Gate.SCORE: 5}, 5, ())


def test_small_instrument_counts_cells_of_two() -> None:
    steps = {
        "1.1": "full",
        "1.2.a": "full",
        "1.2.b": "half",
        "2.1": "full",
        "2.2": "none",
        "3.1": "full",
        "3.2": "half",
    }
    found = result(small_staged(), Ratings(steps), dcmm=3).lower
    assert (found.levels, found.scores) == (
        {"1": 2, "2": 1, "3": 1},
        {"1": Fraction(2), "2": Fraction(1), "3": Fraction(3, 2)},
    )
    assert (found.index, found.gates) == (Fraction(8, 5), {Gate.DCMM: 2, Gate.FLOOR: 2, Gate.SCORE: 1})
