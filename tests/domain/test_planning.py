"""What lifts an enterprise: no cheaper set exists, and of the cheapest ones the first is named."""

from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.domain.planning import Plan, next_tier, plan
from assessments.domain.scoring import Gate, Ratings, result
from assessments.domain.staged import StagedInstrument
from tests.domain.small_staged import Shape, made, published, small_staged

SCALES = [
    [Fraction(0), Fraction(1, 2), Fraction(4, 5), Fraction(1)],
    [Fraction(0), Fraction(1, 2), Fraction(1)],
    [Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1)],
]
MOST = 9  # criteria of an instrument that is searched through, 512 sets


@st.composite
def questions(draw: st.DrawFn) -> tuple[StagedInstrument, Ratings, int, dict[str, int]]:
    """A small instrument, answers with gaps, a tier, and efforts for some items."""
    levels = draw(st.integers(1, 3))
    most = MOST // levels
    shapes = draw(
        st.lists(
            st.builds(
                Shape,
                dimension=st.integers(0, 1),
                weight=st.integers(1, 4),
                core_from=st.one_of(st.none(), st.integers(1, levels)),
                may_na=st.booleans(),
                cells=st.tuples(*[st.integers(1, 4)] * levels),
            ),
            min_size=1,
            max_size=most,
        ).filter(lambda found: sum(sum(shape.cells) for shape in found) <= MOST)
    )
    instrument = made(
        shapes,
        scale=draw(st.sampled_from(SCALES)),
        attain=draw(st.sampled_from([Fraction(1, 2), Fraction(3, 4), Fraction(4, 5), Fraction(1)])),
        margin=draw(st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(1, 2), Fraction(9, 10)])),
        strict=draw(st.integers(0, 3)) == 0,
    )
    steps = {key: draw(st.sampled_from([None, *instrument.steps])) for key in instrument.criteria}
    aside = frozenset(
        item.key
        for dimension in instrument.dimensions
        for item in dimension.items[1:]
        if item.may_na and draw(st.booleans())
    )
    efforts = {key: draw(st.integers(1, 4)) for key in instrument.items if draw(st.booleans())}
    ratings = Ratings({key: step for key, step in steps.items() if step is not None}, aside)
    return instrument, ratings, draw(st.integers(1, levels)), efforts


def reaches(instrument: StagedInstrument, ratings: Ratings, changes: tuple[str, ...], tier: int) -> bool:
    """Whether the items' gates let ``tier`` through after the changes."""
    after = Ratings({**ratings.steps, **dict.fromkeys(changes, instrument.best)}, ratings.set_aside)
    gates = result(instrument, after).lower.gates
    return min(gates[Gate.FLOOR], gates[Gate.SCORE]) >= tier


def searched(
    instrument: StagedInstrument, ratings: Ratings, tier: int, efforts: dict[str, int]
) -> tuple[int, tuple[str, ...]]:
    """Cost and changes of the cheapest set, the first by place, found by looking at every set there is."""
    keys = list(instrument.criteria)
    open_ones = [key for key in keys if instrument.criteria[key].item not in ratings.set_aside]
    place = {key: number for number, key in enumerate(keys)}
    sets = chain.from_iterable(combinations(open_ones, size) for size in range(len(open_ones) + 1))
    found = [
        (sum(efforts.get(instrument.criteria[key].item, 1) for key in one), tuple(place[key] for key in one), one)
        for one in sets
        if reaches(instrument, ratings, one, tier)
    ]
    cost, _places, changes = min(found)
    return cost, changes


@settings(max_examples=120, deadline=None)
@given(questions())
def test_plan_is_what_looking_at_every_set_finds(
    question: tuple[StagedInstrument, Ratings, int, dict[str, int]],
) -> None:
    instrument, ratings, tier, efforts = question
    found = plan(instrument, ratings, tier=tier, dcmm=None, efforts=efforts)
    assert (found.cost, found.changes) == searched(instrument, ratings, tier, efforts)


def answers(instrument: StagedInstrument, levels: int, **others: int) -> dict[str, str]:
    """Every item at ``levels``, those named (``i1_2`` is item 1.2) at theirs, nothing of the level after."""
    wanted = {key[1:].replace("_", "."): level for key, level in others.items()}
    best, worst = instrument.best, instrument.scale[0].key
    return {
        one.key: best if one.level <= wanted.get(one.item, levels) else worst for one in instrument.criteria.values()
    }


def test_nothing_is_to_be_done_for_a_tier_already_reached() -> None:
    instrument = published("aim-dcmm.v1")
    found = plan(instrument, Ratings(answers(instrument, 3)), tier=3, dcmm=4)
    assert found == Plan(tier=3, dcmm_needed=None, changes=(), cost=0, by_item={})


def test_dcmm_level_is_named_first_and_taken_as_met() -> None:
    instrument = published("aim-dcmm.v1")
    found = plan(instrument, Ratings(answers(instrument, 3, i7_2=2)), tier=3, dcmm=3)
    assert found == Plan(tier=3, dcmm_needed=4, changes=("7.2.3",), cost=1, by_item={"7.2": ("7.2.3",)})


@pytest.mark.parametrize(("dcmm", "needed"), [(None, 5), (0, 5), (4, 5), (5, None)])
def test_least_dcmm_level_is_that_of_the_tier(dcmm: int | None, needed: int | None) -> None:
    assert plan(published("aim-dcmm.v1"), Ratings({}), tier=5, dcmm=dcmm).dcmm_needed == needed


def test_instrument_without_the_gate_needs_no_level() -> None:
    assert plan(published("dcmm-2018.v1"), Ratings({}), tier=5, dcmm=None).dcmm_needed is None


def test_lower_levels_come_with_a_change_and_higher_answers_count_again() -> None:
    instrument = published("aim-dcmm.v1")
    steps = answers(instrument, 3, i7_2=0) | {"7.2.2": "F", "7.2.3": "L"}
    assert plan(instrument, Ratings(steps), tier=3, dcmm=5).changes == ("7.2.1",)
    steps |= {"7.2.2": "P", "7.2.3": "N"}
    assert plan(instrument, Ratings(steps), tier=3, dcmm=5).changes == ("7.2.1", "7.2.2", "7.2.3")


def test_one_point_below_the_tie_takes_the_first_criterion_that_suffices() -> None:
    instrument = published("aim-dcmm.v1")
    lagging = dict.fromkeys(["i1_2", "i3_1", "i4_1", "i5_2", "i4_3", "i2_2"], 2)
    ratings = Ratings(answers(instrument, 3, **lagging))
    assert plan(instrument, ratings, tier=3, dcmm=4).changes == ("1.2.3",)
    cheap = plan(instrument, ratings, tier=3, dcmm=4, efforts={"1.2": 7, "2.2": 7, "4.1": 5, "3.1": 5})
    assert (cheap.changes, cheap.cost) == (("4.3.3",), 1)
    dear = plan(instrument, ratings, tier=3, dcmm=4, efforts=dict.fromkeys(instrument.items, 3) | {"5.2": 2})
    assert (dear.changes, dear.cost) == (("5.2.3",), 2)


def test_item_set_aside_is_left_out() -> None:
    instrument = published("aim-dcmm.v1")
    steps = answers(instrument, 2, i4_1=0, i5_2=0)
    with_them = plan(instrument, Ratings(steps), tier=2, dcmm=3)
    without = plan(instrument, Ratings(steps, frozenset({"4.1", "5.2"})), tier=2, dcmm=3)
    assert (with_them.changes, without.changes) == (("4.1.1", "5.2.1"), ())


@pytest.mark.parametrize("core", [1, None])
@pytest.mark.parametrize(
    ("scale", "attain", "steps"),
    [
        ([Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1)], Fraction(2, 3), ("s2", "s1", "s1", "s0")),
        ([Fraction(n, 5) for n in (0, 1, 2, 4, 5)], Fraction(7, 10), ("s3", "s2", "s2", "s1")),
    ],
)
def test_first_set_of_a_cell_is_taken_and_not_the_first_that_is_found(
    core: int | None, scale: list[Fraction], attain: Fraction, steps: tuple[str, ...]
) -> None:
    instrument = made([Shape(0, 1, core, False, (4,))], scale=scale, attain=attain, margin=Fraction(0))
    ratings = Ratings({f"1.1.{place}": step for place, step in enumerate(steps, start=1)})
    assert reaches(instrument, ratings, ("1.1.2", "1.1.3"), 1)
    assert plan(instrument, ratings, tier=1, dcmm=None).changes == ("1.1.1", "1.1.4")


def test_score_a_fraction_of_a_unit_short_is_short() -> None:
    shapes = [Shape(0, 7, None, False, (1,)), Shape(0, 2, None, False, (1,))]
    instrument = made(shapes, scale=[Fraction(0), Fraction(1)], attain=Fraction(1))  # 7/9 is less than 4/5
    assert plan(instrument, Ratings({}), tier=1, dcmm=None).changes == ("1.1.1", "2.1.1")


def test_plan_lists_its_changes_by_item_in_the_instruments_order() -> None:
    found = plan(small_staged(), Ratings({"1.2.b": "half"}), tier=2, dcmm=0)
    assert found == Plan(
        tier=2,
        dcmm_needed=3,
        changes=("1.1", "1.2.a", "2.1", "3.1", "3.2"),
        cost=5,
        by_item={"1": ("1.1", "1.2.a"), "2": ("2.1",), "3": ("3.1", "3.2")},
    )


@pytest.mark.parametrize(("tier", "efforts"), [(0, {}), (6, {}), (1, {"1.1": 0})])
def test_plan_refuses_what_cannot_be_planned(tier: int, efforts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"no tier|at least 1"):
        plan(published("aim-dcmm.v1"), Ratings({}), tier=tier, dcmm=5, efforts=efforts)


def test_plan_refuses_items_wrongly_set_aside() -> None:
    with pytest.raises(ValueError, match=r"set aside against the instrument: 7\.2"):
        plan(published("aim-dcmm.v1"), Ratings({}, frozenset({"7.2"})), tier=1, dcmm=5)


def test_next_tier_ends_at_the_highest() -> None:
    instrument = published("aim-dcmm.v1")
    tiers = [
        next_tier(result(instrument, Ratings(answers(instrument, level)), dcmm=5).lower) for level in (0, 3, 4, 5)
    ]
    assert tiers == [1, 4, 5, None]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_plan_of_the_whole_instrument_reaches_its_tier_and_every_change_is_needed(data: st.DataObject) -> None:
    instrument = published("aim-dcmm.v1")
    tier = data.draw(st.integers(1, 5))
    seed = data.draw(st.randoms(use_true_random=False))
    steps = {key: seed.choice("NPLF") for key in instrument.criteria if seed.random() < 0.8}
    aside = frozenset(data.draw(st.sampled_from([(), ("4.1",), ("5.2",), ("4.1", "5.2")])))
    efforts = {key: seed.randint(1, 10_000) for key in instrument.items}
    ratings = Ratings(steps, aside)
    found = plan(instrument, ratings, tier=tier, dcmm=5, efforts=efforts)
    assert reaches(instrument, ratings, found.changes, tier)
    for change in found.changes:
        fewer = tuple(other for other in found.changes if other != change)
        assert not reaches(instrument, ratings, fewer, tier)
