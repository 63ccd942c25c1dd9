"""Figures: days of quarters, weak steps, exact means, quartiles put together; and their two charts."""

from datetime import date, timedelta
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethicsreview.charts import svg
from ethicsreview.charts.counts import Bar, counts, level_of
from ethicsreview.charts.domain import Chart
from ethicsreview.charts.spreads import NAMES, Quartiles, Row, spreads
from ethicsreview.portal.domain.figures import (
    Board,
    Cell,
    Measure,
    Spread,
    Turnaround,
    low_steps,
    mean_step,
    quarter_days,
    tallied,
    turnarounds,
)

F = Fraction
SCALE = {"0": F(0), "1": F(1), "2": F(2), "3": F(3), "4": F(4)}


@pytest.mark.parametrize(
    ("quarter", "days"),
    [
        ("2026-Q1", (date(2026, 1, 1), date(2026, 3, 31))),
        ("2026-Q4", (date(2026, 10, 1), date(2026, 12, 31))),
        ("2028-Q1", (date(2028, 1, 1), date(2028, 3, 31))),
        ("2026-Q5", None),
        ("2026-Q0", None),
        ("26-Q1", None),
        ("0000-Q1", None),
        ("2026", None),
        ("", None),
        ("２０２６-Q1", None),
    ],
)
def test_a_quarter_has_its_days_or_is_none(quarter: str, days: tuple[date, date] | None) -> None:
    assert quarter_days(quarter) == days


@given(st.integers(1900, 2998), st.integers(1, 4))
def test_quarters_follow_each_other_without_a_hole(year: int, number: int) -> None:
    this, following = quarter_days(f"{year}-Q{number}"), quarter_days(f"{year + number // 4}-Q{number % 4 + 1}")
    assert this is not None
    assert following is not None
    assert following[0] == this[1] + timedelta(days=1)


@pytest.mark.parametrize(
    ("scale", "low"),
    [
        (SCALE, ("0", "1")),
        ({"no": F(0), "yes": F(1)}, ("no",)),
        ({"only": F(3)}, ()),
        ({"a": F(0), "b": F(1, 2), "c": F(1)}, ("a",)),
    ],
)
def test_steps_below_the_middle_are_low(scale: dict[str, Fraction], low: tuple[str, ...]) -> None:
    assert low_steps(scale) == low


def test_a_mean_is_exact_leaves_out_what_was_set_aside_and_is_none_of_nothing() -> None:
    assert mean_step({"0": 1, "1": 2, "": 9}, SCALE) == F(2, 3)
    assert mean_step({"": 9, "4": 0}, SCALE) is None
    assert mean_step({}, SCALE) is None


def test_quartiles_come_together_by_quarter() -> None:
    numbers = dict(zip(Measure, (7, 1, 2, 3, 0, 4, 5, 2, 6, 8), strict=True))
    cells = [Cell(Board.TURNAROUND, "2026-Q4", number, column=measure) for measure, number in numbers.items()]
    cells += [Cell(Board.TURNAROUND, "2026-Q1", 1, column=measure) for measure in Measure]
    cells += [Cell(Board.DECISIONS, "approve", 3, column="2026")]
    assert turnarounds(cells) == [
        Turnaround("2026-Q1", 1, Spread(1, 1, 1), Spread(1, 1, 1), Spread(1, 1, 1)),
        Turnaround("2026-Q4", 7, Spread(1, 2, 3), Spread(0, 4, 5), Spread(2, 6, 8)),
    ]


def test_cells_add_up_by_any_of_their_fields() -> None:
    cells = [
        Cell(Board.MATURITY, "3", 2, column="health", part="310000", instrument=1),
        Cell(Board.MATURITY, "3", 5, column="energy", part="310000", instrument=1),
        Cell(Board.MATURITY, "4", 1, column="health", part="110000", instrument=1),
    ]
    assert tallied(cells, "row") == {("3",): 7, ("4",): 1}
    assert tallied(cells, "column", "row") == {("health", "3"): 2, ("energy", "3"): 5, ("health", "4"): 1}


# -- charts ---------------------------------------------------------------------------------------------------------


def rects(chart: Chart, name: str) -> list[float]:
    """Widths of the rectangles of one class."""
    nodes = ElementTree.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}rect")
    return [float(node.attrib["width"]) for node in nodes if node.get("class") == f"chart__{name}"]


def test_the_longest_bar_fills_the_width_and_the_others_are_in_proportion() -> None:
    drawn = counts([Bar("A", (8,)), Bar("B", (2,)), Bar("C", (0,))], names=["n"], whole="Cases", title="T")
    full = svg.WIDTH - 12
    assert rects(drawn, "level-4") == [full, full / 4]
    assert drawn.table.heads == ("Item", "Cases")
    assert drawn.table.rows == (("A", "8"), ("B", "2"), ("C", "0"))


def test_shares_make_every_bar_as_long_and_the_table_tells_each_part() -> None:
    drawn = counts([Bar("A", (1, 3)), Bar("B", (50, 50))], names=["low", "high"], whole="All", title="T", shares=True)
    full = svg.WIDTH - 12
    assert rects(drawn, "level-0")[:2] == [full / 4, full / 2]
    assert drawn.table.heads == ("Item", "low", "high", "All")
    assert drawn.table.rows == (("A", "1", "3", "4"), ("B", "50", "50", "100"))


def test_parts_have_different_depths_and_one_alone_the_deepest() -> None:
    assert [level_of(place, 5) for place in range(5)] == [0, 1, 2, 3, 4]
    assert level_of(0, 1) == 4


def test_nothing_at_all_is_drawn_too() -> None:
    assert counts([], names=["n"], whole="Cases", title="T").table.rows == ()
    assert rects(counts([Bar("A", (0,))], names=["n"], whole="Cases", title="T"), "level-4") == []


def test_parts_that_fit_no_name_are_refused() -> None:
    with pytest.raises(ValueError, match="names"):
        counts([Bar("A", (1, 2))], names=["n"], whole="Cases", title="T")
    with pytest.raises(ValueError, match="names"):
        counts([Bar("A", (-1,))], names=["n"], whole="Cases", title="T")


def test_a_spread_reaches_from_quartile_to_quartile_on_one_scale() -> None:
    rows = [Row("Q1", "2 cases", (Quartiles(10, 20, 30), Quartiles(0, 0, 10)))]
    drawn = spreads(rows, names=("committee", "applicant"), title="T")
    unit = (svg.WIDTH - 34 - NAMES) / 30
    assert rects(drawn, "band")[0] == pytest.approx(20 * unit, abs=0.1)
    assert rects(drawn, "paper")[0] == pytest.approx(10 * unit, abs=0.1)
    assert drawn.table.rows == (("Q1", "20 (10–30)", "0 (0–10)"),)


def test_quartiles_out_of_order_and_a_third_measure_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        Quartiles(3, 2, 4)
    one = Quartiles(1, 1, 1)
    with pytest.raises(ValueError, match="names"):
        spreads([Row("Q1", "", (one, one, one))], names=("a", "b", "c"), title="T")
