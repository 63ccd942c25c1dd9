"""Two values per axis: one outline drawn whole, the other dashed behind it, told apart without colour too."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Axis, Chart, Table, check_within, show
from ethicsreview.charts.radar import GAP, RADIUS, Web, legend, spoke_of
from ethicsreview.charts.wording import words


@dataclass(frozen=True)
class Pair:
    """One axis: the value that counts, and the one it is held against."""

    key: str
    label: str
    value: Fraction
    other: Fraction


@dataclass(frozen=True)
class Names:
    """What the two outlines and their difference are called, in the reader's language."""

    value: str
    other: str
    difference: str


def outlines(
    pairs: Sequence[Pair], *, maximum: int, names: Names, title: str, description: str = "", language: str = "en"
) -> Chart:
    """Three axes or more, clockwise from the top, each from 0 in the middle to ``maximum``. Raises ``ValueError``."""
    if len(pairs) < 3:
        raise ValueError("a radar needs three axes")
    axes = [Axis(pair.key, pair.label, pair.value) for pair in pairs]
    behind = [Axis(pair.key, pair.label, pair.other) for pair in pairs]
    check_within([*axes, *behind], maximum)
    said = words(language)
    spokes = [spoke_of(axis, number, len(axes)) for number, axis in enumerate(axes)]
    top = max(spoke.height for spoke in spokes if spoke.dy < -0.9) + GAP + RADIUS
    bottom = max((spoke.height for spoke in spokes if spoke.dy > 0.5), default=0) + GAP + RADIUS
    web = Web(spokes, top, maximum)
    others = [web.place(spoke, pair.other) for spoke, pair in zip(spokes, pairs, strict=True)]
    body = [
        *web.rings(),
        *web.spokes(),
        *_behind(others),
        *web.lines(),
        *web.scale(),
        *(
            drawn
            for spoke, pair in zip(spokes, pairs, strict=True)
            for drawn in web.label(spoke, _values(pair), empty=False)
        ),
        *_legend(names, top + bottom + 8),
    ]
    drawing = svg.canvas(body, height=top + bottom + 32, title=title, description=description, tag=said.tag)
    return Chart(drawing, _table(pairs, title, names, said.subject))


def _values(pair: Pair) -> str:
    return f"{show(pair.value)} ({show(pair.other)})"


def _behind(places: Sequence[tuple[float, float]]) -> list[SafeString]:
    outline = svg.stroked("polygon", "whisker", thick=1.5, dashed=True, points=svg.points(places))
    return [outline, *(_hollow(x, y) for x, y in places)]


def _hollow(x: float, y: float) -> SafeString:
    return svg.element(
        "circle", class_="chart__hollow", fill=svg.PAPER, stroke=svg.INK, stroke_width=1.5, cx=x, cy=y, r=4
    )


def _legend(names: Names, y: float) -> list[SafeString]:
    solid = svg.stroked("line", "line", thick=2.5, x1=0, y1=0, x2=22, y2=0)
    dashed = svg.stroked("line", "whisker", thick=1.5, dashed=True, x1=0, y1=0, x2=22, y2=0)
    return legend(
        [
            (names.value, svg.element("g", solid, svg.filled("circle", "accent", cx=11, cy=0, r=4))),
            (f"({names.other})", svg.element("g", dashed, _hollow(11, 0))),
        ],
        y,
    )


def _table(pairs: Sequence[Pair], caption: str, names: Names, subject: str) -> Table:
    rows = tuple((pair.label, show(pair.value), show(pair.other), _signed(pair.value - pair.other)) for pair in pairs)
    return Table(caption, (subject, names.value, names.other, names.difference), rows)


def _signed(value: Fraction) -> str:
    """With its sign: the true one, also where two decimals show none of the difference."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{show(abs(value))}"
