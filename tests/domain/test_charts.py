"""The same values always give the same drawing and the same table; a gap is never drawn as 0."""

import re
from fractions import Fraction
from itertools import pairwise
from math import hypot
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from ethicsreview.charts import svg
from ethicsreview.charts.bars import bars
from ethicsreview.charts.domain import Axis, Cell, Chart, Event, Phase, Table, show
from ethicsreview.charts.heatmap import heatmap, written
from ethicsreview.charts.radar import RADIUS, radar, runs
from ethicsreview.charts.timeline import timeline

NS = "{http://www.w3.org/2000/svg}"
F = Fraction
MIDDLE = svg.WIDTH / 2


def axis(key: str, *values: int | Fraction | None) -> Axis:
    return Axis(key, key.upper(), *(None if value is None else F(value) for value in values))


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


def marks(chart: Chart, tag: str, name: str) -> list[dict[str, str]]:
    """Attributes of the elements of one kind and class, legend and all."""
    return [node.attrib for node in drawn(chart).iter(NS + tag) if node.get("class") == f"chart__{name}"]


def texts(chart: Chart) -> list[str]:
    return [node.text or "" for node in drawn(chart).iter(NS + "text")]


FOUR = (axis("a", 2, 1, 3), axis("b", 4), axis("c", 0), axis("d", 1, 0, 2))
GAPPED = (axis("a", 2, 1, 3), axis("b", None), axis("c", 3), axis("d", 4, 3, 4))


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (F(2999, 1000), 2, "2.99"),
        (F(2, 3), 2, "0.66"),
        (F(4), 2, "4.00"),
        (F(1, 200), 2, "0.00"),
        (F(-1, 200), 2, "0.00"),
        (F(-7, 4), 1, "-1.7"),
        (F(7, 4), 0, "1"),
        (F(1, 16), 3, "0.062"),
    ],
)
def test_show_cuts_towards_zero(value: Fraction, places: int, expected: str) -> None:
    assert show(value, places) == expected


@given(st.fractions(min_value=0, max_value=4), st.integers(min_value=0, max_value=6))
def test_show_never_says_more_than_there_is(value: Fraction, places: int) -> None:
    said = F(show(value, places))
    assert (said <= value, value - said < F(1, 10**places)) == (True, True)


@pytest.mark.parametrize("values", [(None, 1), (None, None, 1), (2, 3, 4), (2, 0, 1)])
def test_axis_out_of_order_is_refused(values: tuple[int | None, ...]) -> None:
    with pytest.raises(ValueError, match=r"^a: "):
        axis("a", *values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 1, 1, 1), [[0, 1, 2, 3]]),
        ((1, None, 1, 1), [[2, 3, 0]]),
        ((None, 1, None, 1), [[1], [3]]),
        ((1, None, None, 1), [[3, 0]]),
        ((None, None, None, None), []),
        ((1, 1, 1, None), [[0, 1, 2]]),
    ],
)
def test_radar_runs_stop_at_gaps(values: tuple[int | None, ...], expected: list[list[int]]) -> None:
    assert runs([axis(str(number), value) for number, value in enumerate(values)]) == expected


def test_radar_full_profile_is_one_closed_line() -> None:
    chart = radar(FOUR, maximum=4, title="Profile")
    line = [mark["points"] for mark in marks(chart, "polygon", "line")]
    assert line == ["240,108 356,166 240,166 211,166"]
    assert marks(chart, "polyline", "line") == []
    band = marks(chart, "path", "band")[0]
    assert (band["fill-rule"], band["d"]) == (
        "evenodd",
        "M240,79 356,166 240,166 182,166Z M240,137 356,166 240,166 240,166Z",
    )


def test_radar_gap_is_open_and_said() -> None:
    chart = radar(GAPPED, maximum=4, title="Profile")
    assert [mark["points"] for mark in marks(chart, "polyline", "line")] == ["240,253 124,166 240,108"]
    assert marks(chart, "polygon", "line") == []
    assert [(mark["cx"], mark["cy"]) for mark in marks(chart, "circle", "accent")] == [
        ("240", "253"),
        ("124", "166"),
        ("240", "108"),
    ]
    dashed = [mark for mark in marks(chart, "line", "edge") if mark["x1"] == "240"]
    assert [(mark["x2"], mark["y2"], mark["stroke-dasharray"]) for mark in dashed] == [("356", "166", "4 4")]
    assert texts(chart)[4:12] == ["A", "2.00", "B", "No rating", "C", "3.00", "D", "4.00"]


def test_radar_lone_value_has_a_dot_and_a_stem() -> None:
    chart = radar([axis("a", 2, 1, 4), axis("b", None), axis("c", None)], maximum=4, title="Profile")
    assert [(mark["y1"], mark["y2"]) for mark in marks(chart, "line", "stem")] == [("137", "50")]
    assert [mark["cy"] for mark in marks(chart, "circle", "accent")] == ["108"]


def test_radar_table_says_the_same() -> None:
    assert radar(GAPPED, maximum=4, title="Profile").table == Table(
        "Profile",
        ("Item", "Mean", "Lowest", "Highest"),
        (
            ("A", "2.00", "1.00", "3.00"),
            ("B", "No rating", "–", "–"),
            ("C", "3.00", "3.00", "3.00"),
            ("D", "4.00", "3.00", "4.00"),
        ),
    )


@given(
    st.lists(
        st.none() | st.lists(st.fractions(min_value=0, max_value=4), min_size=3, max_size=3).map(sorted),
        min_size=3,
        max_size=9,
    )
)
@settings(max_examples=40)  # each draws and reads a whole picture
def test_radar_draws_a_dot_for_each_value_and_none_for_a_gap(values: list[list[Fraction] | None]) -> None:
    axes = [
        Axis(str(number), str(number), ends[1], ends[0], ends[2]) if ends else Axis(str(number), str(number), None)
        for number, ends in enumerate(values)
    ]
    chart = radar(axes, maximum=4, title="Profile")
    top = float(marks(chart, "line", "grid" if values[0] else "edge")[0]["y1"])
    far = [hypot(float(dot["cx"]) - MIDDLE, float(dot["cy"]) - top) for dot in marks(chart, "circle", "accent")]
    kept = sorted(float(ends[1]) * RADIUS / 4 for ends in values if ends)
    assert sorted(far) == pytest.approx(kept, abs=0.2)


@pytest.mark.parametrize("axes", [FOUR[:2], (*FOUR, axis("e", 5)), (*FOUR, axis("e", -1))])
def test_radar_that_cannot_be_drawn_is_refused(axes: tuple[Axis, ...]) -> None:
    with pytest.raises(ValueError, match=r"three axes|outside 0 to 4"):
        radar(axes, maximum=4, title="Profile")


def test_bars_start_at_zero_and_leave_gaps_empty() -> None:
    chart = bars(GAPPED, maximum=4, title="Points")
    bar = [(mark["x"], mark["width"]) for mark in marks(chart, "rect", "accent")]
    assert bar == [("6", "234"), ("6", "351"), ("6", "468"), ("0", "22")]
    assert len(marks(chart, "rect", "sunk")) == 3
    empty = marks(chart, "rect", "edge")[0]
    assert (empty["fill"], empty["stroke-dasharray"], empty["width"]) == ("none", "4 4", "468")
    assert [mark["d"] for mark in marks(chart, "path", "whisker")] == [
        "M123,34v6m0,-3H357m0,-3v6",
        "M357,144v6m0,-3H357m0,-3v6",
        "M357,199v6m0,-3H474m0,-3v6",
        "M0,-3v6m0,-3H22m0,-3v6",
    ]
    assert chart.table == radar(GAPPED, maximum=4, title="Points").table


CELLS = [[Cell(F(0), marked=True), Cell(F(7, 2))], [Cell(None, "N/A"), Cell()]]


def test_heatmap_colours_by_level_and_says_each_number() -> None:
    chart = heatmap(["One", "Two"], ["R1", "R2"], CELLS, maximum=4, title="Ratings")
    assert texts(chart) == ["R1", "R2", "One", "0 !", "3.50", "Two", "N/A", "–"]
    assert (len(marks(chart, "rect", "level-0")), len(marks(chart, "rect", "level-3"))) == (1, 1)
    assert (len(marks(chart, "rect", "grid")), len(marks(chart, "rect", "alarm"))) == (2, 1)
    assert chart.table == Table("Ratings", ("Item", "R1", "R2"), (("One", "0 !", "3.50"), ("Two", "N/A", "No rating")))


def test_heatmap_cell_text_stands_for_the_number() -> None:
    assert [written(cell) for cell in (Cell(F(3)), Cell(F(3), "3*"), Cell(F(1, 3)))] == ["3", "3*", "0.33"]


@pytest.mark.parametrize("cells", [CELLS[:1], [[Cell()], [Cell()]], [[Cell(F(5)), Cell()], [Cell(), Cell()]]])
def test_heatmap_that_does_not_fit_is_refused(cells: list[list[Cell]]) -> None:
    with pytest.raises(ValueError, match=r"cells do not fill|outside 0 to 4"):
        heatmap(["One", "Two"], ["R1", "R2"], cells, maximum=4, title="Ratings")


EVENTS = (
    Event("2026-11-01", "Received", Phase.DONE),
    Event("2026-11-20", "Meeting", Phase.CURRENT, "by video"),
    Event("2026-11-30", "Due", Phase.LATE, "2 days"),
    Event("2027-05-01", "Report", Phase.AHEAD),
)


def test_timeline_tells_phases_apart_by_shape() -> None:
    chart = timeline(EVENTS, title="Course")
    shapes = {
        name: len(marks(chart, tag, name))
        for tag, name in (("path", "tick"), ("polygon", "bad"), ("circle", "accent"), ("circle", "edge"))
    }
    assert shapes == {"tick": 1, "bad": 1, "accent": 2, "edge": 1}
    assert [mark.get("stroke-dasharray") for mark in marks(chart, "line", "edge")] == [None, "4 4", "4 4"]
    heights = [float(mark["y1"]) for mark in marks(chart, "line", "edge")]
    assert all(before < after for before, after in pairwise(heights))
    assert chart.table == Table(
        "Course",
        ("Date", "Event", "State", "Note"),
        (
            ("2026-11-01", "Received", "Done", ""),
            ("2026-11-20", "Meeting", "Current", "by video"),
            ("2026-11-30", "Due", "Late", "2 days"),
            ("2027-05-01", "Report", "Ahead", ""),
        ),
        numeric=False,
    )


ALL = {
    "radar": radar(FOUR, maximum=4, title="T <&>", description="D", language="zh"),
    "bars": bars(FOUR, maximum=4, title="T <&>", description="D", language="zh"),
    "heatmap": heatmap(["a"], ["b"], [[Cell()]], maximum=4, title="T <&>", description="D", language="zh-hans"),
    "timeline": timeline(EVENTS, title="T <&>", description="D", language="zh-hans"),
}


@pytest.mark.parametrize("name", ALL)
def test_chart_names_itself_and_its_font_without_style(name: str) -> None:
    root = drawn(ALL[name])
    assert (root[0].tag, root[0].text, root[1].tag, root[1].text) == (NS + "title", "T <&>", NS + "desc", "D")
    assert (root.get("role"), root.get("lang"), root.get("width")) == ("img", "zh-Hans", "420")
    assert {node.get("font-family") for node in root.iter(NS + "text")} == {svg.FONT}
    assert [
        node.tag for node in root.iter() if {"style", "id", "onload"} & {*node.attrib} or node.tag == "style"
    ] == []


@pytest.mark.parametrize("name", ["radar", "bars", "timeline"])
def test_chart_drawn_twice_is_the_same(name: str) -> None:
    again = {
        "radar": lambda: radar(FOUR, maximum=4, title="T <&>", description="D", language="zh"),
        "bars": lambda: bars(FOUR, maximum=4, title="T <&>", description="D", language="zh"),
        "timeline": lambda: timeline(EVENTS, title="T <&>", description="D", language="zh-hans"),
    }
    assert again[name]() == ALL[name]


def test_chart_labels_are_escaped() -> None:
    hostile = Axis("a", "<script>", F(1))
    assert texts(bars([hostile], maximum=4, title="T"))[0] == "<script>"
    assert bars([hostile], maximum=4, title="T").svg.count("<script") == 0


@pytest.mark.parametrize(
    ("words", "width", "most", "expected"),
    [
        ("Supervision and accountability", 110, 3, ["Supervision", "and", "accountability"]),
        ("可持续发展", 48, 3, ["可持续", "发展"]),
        ("人权保障，公平", 64, 3, ["人权保", "障，公平"]),
        ("one two three", 40, 2, ["one", "two…"]),
        ("审查AI系统", 60, 3, ["审查AI", "系统"]),
        ("", 64, 3, [""]),
    ],
)
def test_wrap_breaks_where_readers_expect(words: str, width: float, most: int, expected: list[str]) -> None:
    assert svg.wrap(words, width, 16, most) == expected


def test_tag_puts_the_table_behind_the_drawing() -> None:
    chart = heatmap(["A & B"], ["R1"], [[Cell(F(2))]], maximum=4, title="Ratings")
    page = Template("{% load charts %}{% chart chart 'Caption' %}").render(Context({"chart": chart}))
    figure = ElementTree.fromstring(page)
    rows = [[cell.text for cell in row] for row in figure.iter("tr")]
    assert rows == [["Item", "R1"], ["A & B", "2"]]
    assert [child.tag.removeprefix(NS) for child in figure] == ["svg", "figcaption", "details"]


def test_tag_for_print_shows_the_table() -> None:
    chart = timeline(EVENTS[:1], title="Course")
    page = Template("{% load charts %}<main>{% chart_print chart %}</main>").render(Context({"chart": chart}))
    main = ElementTree.fromstring(re.sub(r"<col( [^>]*)?>", r"<col\1/>", page))
    assert [child.tag for child in main] == ["figure", "table"]
    assert [column.get("class") for column in main.iter("col")] == ["w15", None, "w12", "w25"]
    assert [[cell.text for cell in row] for row in main.iter("tr")] == [
        ["Date", "Event", "State", "Note"],
        ["2026-11-01", "Received", "Done", None],
    ]
