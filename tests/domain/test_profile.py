"""The profile is exact, leaves out what was not rated, and never turns a gap into a number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.parsing import parse_instrument
from assessments.domain.profile import ItemSpread, profile
from assessments.domain.ratings import Block, Coverage, Rating, ReviewerRatings, blocks, unanswered
from tests.domain.small_instrument import small_content, small_instrument

INSTRUMENT = small_instrument()
NA = Rating(None, na=True)
CLEARED = Rating(None)
ratings = st.dictionaries(
    st.sampled_from(list(INSTRUMENT.items)),
    st.sampled_from([NA, CLEARED, *(Rating(step) for step in INSTRUMENT.steps)]),
)
panels = st.dictionaries(st.integers(1, 9), ratings, max_size=5).map(
    lambda by: [ReviewerRatings(reviewer, given) for reviewer, given in by.items()]
)
tiers = st.sampled_from([None, "T1", "T2", "T3"])
flag_sets = st.frozensets(st.sampled_from(["minors", "generative"]))


def reviewer(number: int, **steps: str | None) -> ReviewerRatings:
    """``A1="half"`` rates A-1, ``A1="na"`` sets it aside, ``A1=None`` clears it."""
    given = {f"{key[0]}-{key[1]}": NA if step == "na" else Rating(step) for key, step in steps.items()}
    return ReviewerRatings(number, given)


def test_group_value_is_the_mean_of_reviewers_values_not_of_ratings() -> None:
    found = profile(
        INSTRUMENT,
        [reviewer(2, A1="full"), reviewer(1, A1="full", A2="half", A3="none")],
        tier=None,
        flags=frozenset(),
    )
    group = found.group("A")
    assert [(each.reviewer, each.value) for each in group.reviewers] == [(1, Fraction(3, 2)), (2, Fraction(4))]
    assert (group.value, group.lowest, group.highest) == (Fraction(11, 4), Fraction(3, 2), Fraction(4))


def test_not_applicable_and_cleared_are_left_out_and_covered_apart() -> None:
    found = profile(INSTRUMENT, [reviewer(1, A1="half", A2="na", A3=None)], tier="T1", flags=frozenset({"generative"}))
    assert found.group("A").value == Fraction(1, 2)
    assert found.group("A").coverage == Coverage(answered=2, asked=3)
    assert found.group("A").coverage.share == Fraction(2, 3)
    assert found.group("A").coverage.missing == 1


def test_coverage_counts_an_item_answered_unasked_on_both_sides() -> None:
    asked_two = profile(INSTRUMENT, [reviewer(1, A1="half")], tier="T1", flags=frozenset())
    asked_three = profile(INSTRUMENT, [reviewer(1, A1="half", A3="full")], tier="T1", flags=frozenset())
    assert asked_two.group("A").coverage == Coverage(answered=1, asked=2)
    assert asked_three.group("A").coverage == Coverage(answered=2, asked=3)
    assert (asked_two.group("B").coverage, asked_two.group("B").coverage.share) == (Coverage(0, 0), None)
    assert asked_three.coverage == Coverage(answered=2, asked=3)


def test_gap_where_nobody_rated_and_zero_where_somebody_did() -> None:
    found = profile(INSTRUMENT, [reviewer(1, A1="na", B1="none"), reviewer(2, A1=None)], tier=None, flags=frozenset())
    assert (found.group("A").gap, found.group("A").value, found.group("A").lowest) == (True, None, None)
    assert (found.group("B").gap, found.group("B").value, found.group("B").highest) == (
        False,
        Fraction(0),
        Fraction(0),
    )


def test_nobody_at_all_is_gaps_everywhere() -> None:
    found = profile(INSTRUMENT, [], tier="T3", flags=frozenset())
    assert [group.value for group in found.groups] == [None, None]
    assert (found.blocks, found.coverage) == ((), Coverage(0, 0))


def test_unknown_group_has_no_value() -> None:
    with pytest.raises(KeyError):
        profile(INSTRUMENT, [], tier=None, flags=frozenset()).group("Z")


def test_item_spread_is_highest_less_lowest() -> None:
    found = profile(
        INSTRUMENT,
        [reviewer(1, A1="full", A2="half"), reviewer(2, A1="half", A2="half"), reviewer(3, A1="na", A2=None)],
        tier=None,
        flags=frozenset(),
    )
    half, full = Fraction(1, 2), Fraction(4)
    assert found.items[:3] == (
        ItemSpread("A-1", "A", ((1, full), (2, half)), (3,), Fraction(7, 2)),
        ItemSpread("A-2", "A", ((1, half), (2, half)), (), Fraction(0)),
        ItemSpread("A-3", "A", (), (), None),
    )
    assert [item.divided for item in found.items] == [True, False, False, False]


def test_item_rated_by_some_and_set_aside_by_others_divides() -> None:
    found = profile(INSTRUMENT, [reviewer(1, A1="full"), reviewer(2, A1="na")], tier=None, flags=frozenset())
    assert (found.items[0].spread, found.items[0].divided) == (Fraction(0), True)


def test_blocks_stand_for_every_reviewer_and_applicable_gate() -> None:
    panel = [reviewer(2, A1="none", A2="none"), reviewer(1, A1="half", A2="none", A3="none", B1="none")]
    low = profile(INSTRUMENT, panel, tier="T1", flags=frozenset())
    high = profile(INSTRUMENT, panel, tier="T2", flags=frozenset())
    flagged = profile(INSTRUMENT, panel, tier="T1", flags=frozenset({"minors"}))
    assert low.blocks == (Block("A-1", 2),)
    assert high.blocks == (Block("A-1", 2), Block("A-2", 1), Block("A-2", 2))
    assert flagged.blocks == high.blocks


def test_block_goes_when_set_aside_cleared_or_raised() -> None:
    for step in ("na", None, "half"):
        assert blocks(INSTRUMENT, reviewer(1, A1=step), tier="T3", flags=frozenset()) == ()


def test_blocking_step_is_the_instruments_own() -> None:
    strict = parse_instrument(small_content() | {"blocking": "half"})
    panel = [reviewer(1, A1="none"), reviewer(2, A1="half")]
    assert profile(strict, panel, tier=None, flags=frozenset()).blocks == (Block("A-1", 2),)


def test_rating_is_a_step_or_not_applicable_and_never_both() -> None:
    with pytest.raises(ValueError, match="a step and not applicable at once"):
        Rating("half", na=True)


def test_unanswered_names_what_is_asked_and_open() -> None:
    mine = reviewer(1, A1="none", A2=None)
    assert unanswered(INSTRUMENT, mine, tier="T1", flags=frozenset()) == ("A-2",)
    assert unanswered(INSTRUMENT, mine, tier="T2", flags=frozenset({"generative"})) == ("A-2", "A-3", "B-1")


def test_reviewer_who_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a reviewer stands twice"):
        profile(INSTRUMENT, [reviewer(1), reviewer(1)], tier=None, flags=frozenset())


@given(panels.flatmap(lambda panel: st.tuples(st.just(panel), st.permutations(panel))), tiers, flag_sets)
def test_profile_does_not_depend_on_the_order_of_reviewers(
    panel_and_turned: tuple[list[ReviewerRatings], list[ReviewerRatings]], tier: str | None, flags: frozenset[str]
) -> None:
    panel, turned = panel_and_turned
    assert profile(INSTRUMENT, panel, tier=tier, flags=flags) == profile(INSTRUMENT, turned, tier=tier, flags=flags)


@given(panels, tiers, flag_sets)
def test_not_applicable_changes_no_value(
    panel: list[ReviewerRatings], tier: str | None, flags: frozenset[str]
) -> None:
    bare = [
        ReviewerRatings(each.reviewer, {key: rating for key, rating in each.ratings.items() if not rating.na})
        for each in panel
    ]
    with_na = profile(INSTRUMENT, panel, tier=tier, flags=flags)
    without_na = profile(INSTRUMENT, bare, tier=tier, flags=flags)
    assert [(g.value, g.lowest, g.highest) for g in with_na.groups] == [
        (g.value, g.lowest, g.highest) for g in without_na.groups
    ]
    assert [item.spread for item in with_na.items] == [item.spread for item in without_na.items]
    assert with_na.blocks == without_na.blocks


@given(panels, tiers, flag_sets)
def test_value_lies_within_its_bounds_and_a_gap_is_no_number(
    panel: list[ReviewerRatings], tier: str | None, flags: frozenset[str]
) -> None:
    for place, group in enumerate(profile(INSTRUMENT, panel, tier=tier, flags=flags).groups):
        rated = any(each.step(item.key) for each in panel for item in INSTRUMENT.groups[place].items)
        assert group.gap is not rated
        if group.value is None or group.lowest is None or group.highest is None:
            assert (group.value, group.lowest, group.highest) == (None, None, None)
        else:
            assert INSTRUMENT.lowest <= group.lowest <= group.value <= group.highest <= INSTRUMENT.highest
        assert 0 <= group.coverage.answered <= group.coverage.asked


@given(panels, tiers, flag_sets)
def test_one_more_flag_never_lifts_a_block(
    panel: list[ReviewerRatings], tier: str | None, flags: frozenset[str]
) -> None:
    fewer = profile(INSTRUMENT, panel, tier=tier, flags=frozenset())
    more = profile(INSTRUMENT, panel, tier=tier, flags=flags)
    assert set(fewer.blocks) <= set(more.blocks)
