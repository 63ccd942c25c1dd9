"""Percentiles and quartiles among peers, exact, and nothing at all among too few."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.dimensions import dimension_values
from assessments.domain.peers import LEAST_PEERS, Standing, at_least, standing
from assessments.domain.scoring import Ratings, effective_weights, result
from tests.domain.small_staged import published

F = Fraction
values = st.fractions(min_value=0, max_value=5, max_denominator=300)


def test_ten_peers_are_the_least() -> None:
    assert (LEAST_PEERS, standing(F(1), [F(1)] * 9)) == (10, None)


def test_standing_is_exact() -> None:
    peers = [F(n) for n in range(11, 0, -1)]
    assert standing(F(3), peers) == Standing(F(3), F(5, 22), (F(7, 2), F(6), F(17, 2)))


@pytest.mark.parametrize(("value", "share"), [(F(0), F(0)), (F(2), F(1, 2)), (F(5), F(1))])
def test_percentile_counts_equals_half(value: F, share: F) -> None:
    found = standing(value, [F(2)] * 10)
    assert found is not None
    assert (found.percentile, found.quartiles) == (share, (F(2), F(2), F(2)))


@given(values, st.lists(values, min_size=10, max_size=40), st.randoms())
def test_standing_does_not_depend_on_the_order_and_quartiles_rise(value: F, peers: list[F], dice: object) -> None:
    shuffled = list(peers)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    found = standing(value, peers)
    assert found is not None
    low, middle, high = found.quartiles
    assert found == standing(value, shuffled)
    assert min(peers) <= low <= middle <= high <= max(peers)
    assert 0 <= found.percentile <= 1


def test_number_of_peers_is_told_in_tens() -> None:
    assert [at_least(count) for count in (10, 19, 20, 137)] == [10, 10, 20, 130]


def test_dimension_value_is_the_weighted_mean_of_its_items() -> None:
    instrument = published("aim-dcmm.v1")
    levels = {"1.1": 3, "1.2": 2, "1.3": 1}
    steps = {
        one.key: "F" for key, level in levels.items() for cell in instrument.items[key].cells[:level] for one in cell
    }
    found = result(instrument, Ratings(steps | {"1.3.2": "P"}))
    shown = dimension_values(instrument, found, found.lower)
    assert (shown["D1"], shown["D2"]) == (F(5 * 3 + 4 * 2, 12) + F(3, 12) * F(3, 2), F(0))


def test_dimension_value_leaves_out_what_is_set_aside() -> None:
    instrument = published("aim-dcmm.v1")
    steps = {one.key: "F" for cell in instrument.items["4.2"].cells for one in cell}
    found = result(instrument, Ratings(steps, frozenset({"4.1"})))
    weights = effective_weights(instrument, frozenset({"4.1"}))
    expected = 5 * weights["4.2"] / (weights["4.2"] + weights["4.3"])
    assert dimension_values(instrument, found, found.lower)["D4"] == expected
