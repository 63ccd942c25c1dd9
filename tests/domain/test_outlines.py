"""Two outlines on one web: both drawn, told apart without colour, and said in a table."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Chart, Table
from ethicsreview.charts.outlines import Names, Pair, outlines

NS = "{http://www.w3.org/2000/svg}"
F = Fraction
NAMES = Names("Verified", "Self-assessed", "Difference")
PAIRS = (Pair("a", "A", F(2), F(3)), Pair("b", "B", F(3), F(3)), Pair("c", "C", F(7, 3), F(2)))


def chart(pairs: tuple[Pair, ...] = PAIRS, *, language: str = "en") -> Chart:
    return outlines(pairs, maximum=5, names=NAMES, title="Both", description="Two.", language=language)


def drawn(tag: str, name: str) -> list[dict[str, str]]:
    tree = ElementTree.fromstring(chart().svg)
    return [node.attrib for node in tree.iter(NS + tag) if node.get("class") == f"chart__{name}"]


def test_one_outline_is_whole_and_the_other_dashed() -> None:
    whole, dashed = drawn("polygon", "line"), drawn("polygon", "whisker")
    assert [
        (one.get("stroke-dasharray"), two.get("stroke-dasharray")) for one, two in zip(whole, dashed, strict=True)
    ] == [(None, "4 4")]
    assert whole[0]["points"] != dashed[0]["points"]


def test_marks_are_full_and_hollow() -> None:
    full, hollow = drawn("circle", "accent"), drawn("circle", "hollow")
    assert (len(full), len(hollow)) == (4, 4)  # three axes and the legend
    assert {mark["fill"] for mark in hollow} == {svg.PAPER}


def test_labels_carry_both_values_cut_and_not_rounded() -> None:
    tree = ElementTree.fromstring(chart().svg)
    texts = [node.text for node in tree.iter(NS + "text")]
    assert [text for text in texts if text and "(" in text] == [
        "2.00 (3.00)",
        "3.00 (3.00)",
        "2.33 (2.00)",
        "(Self-assessed)",
    ]


def test_table_says_the_same_with_the_difference() -> None:
    assert chart().table == Table(
        "Both",
        ("Item", "Verified", "Self-assessed", "Difference"),
        (("A", "2.00", "3.00", "−1.00"), ("B", "3.00", "3.00", "0.00"), ("C", "2.33", "2.00", "+0.33")),
    )


def test_every_text_names_its_font_and_the_drawing_its_title() -> None:
    tree = ElementTree.fromstring(chart(language="zh-hans").svg)
    assert {node.get("font-family") for node in tree.iter(NS + "text")} == {svg.FONT}
    assert (tree.get("lang"), tree.findtext(NS + "title"), tree.findtext(NS + "desc")) == ("zh-Hans", "Both", "Two.")


@pytest.mark.parametrize(
    "pairs", [PAIRS[:2], (*PAIRS[:2], Pair("c", "C", F(6), F(2))), (*PAIRS[:2], Pair("c", "C", F(2), F(-1)))]
)
def test_too_few_axes_and_values_off_the_scale_are_refused(pairs: tuple[Pair, ...]) -> None:
    with pytest.raises(ValueError, match=r"three axes|outside"):
        chart(pairs)
