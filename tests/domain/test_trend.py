"""A trend: points in their order, broken where the measure changed, and the same facts as a table."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from ethicsreview.charts.domain import Chart
from ethicsreview.charts.trend import Moment, trend

F = Fraction
NS = "{http://www.w3.org/2000/svg}"
THREE = [
    Moment("2024-11-01", F(1), 1, "version 1", apart=True),
    Moment("2025-11-01", F(209, 100), 2, "version 2"),
    Moment("2026-11-01", F(2999, 1000), 2, "version 2"),
]


def drawn(moments: list[Moment]) -> Chart:
    return trend(moments, maximum=5, title="T <&>", value_name="Index", level_name="Tier", description="D")


def test_trend_says_the_same_in_its_table() -> None:
    table = drawn(THREE).table
    assert (table.caption, table.heads) == ("T <&>", ("Date", "Tier", "Index", "Note"))
    assert table.rows == (
        ("2024-11-01", "1", "1.00", "version 1"),
        ("2025-11-01", "2", "2.09", "version 2"),
        ("2026-11-01", "2", "2.99", "version 2"),
    )


def test_trend_is_broken_where_the_measure_changed() -> None:
    root = ElementTree.fromstring(drawn(THREE).svg)
    lines = [line.get("stroke-dasharray") for line in root.iter(NS + "line") if line.get("class") == "chart__line"]
    discs = [disc.get("class") for disc in root.iter(NS + "circle")]
    assert lines == ["4 4", None]
    assert discs == ["chart__paper", "chart__line", "chart__accent", "chart__accent"]


def test_higher_values_stand_higher_and_later_ones_further_right() -> None:
    root = ElementTree.fromstring(drawn(THREE).svg)
    places = [(float(disc.get("cx", 0)), float(disc.get("cy", 0))) for disc in root.iter(NS + "circle")]
    across, down = [x for x, _y in places], [y for _x, y in places]
    assert (across, down) == (sorted(across), sorted(down, reverse=True))


@pytest.mark.parametrize("count", [1, 2, 12])
def test_trend_stays_on_its_canvas(count: int) -> None:
    root = ElementTree.fromstring(drawn([Moment("2026-11-01", F(5), 5, "v1")] * count).svg)
    _left, _top, wide, high = map(float, str(root.get("viewBox")).split())
    texts = [(float(text.get("x", 0)), float(text.get("y", 0))) for text in root.iter(NS + "text")]
    assert [place for place in texts if not (0 <= place[0] <= wide and 0 < place[1] <= high)] == []


def test_value_beyond_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="outside 0 to 5"):
        drawn([Moment("2026-11-01", F(6), 5)])
