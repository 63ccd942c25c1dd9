"""One bar per item from 0, with a line from the lowest to the highest below it."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Axis, Chart, check_within, show
from ethicsreview.charts.radar import axis_table, legend
from ethicsreview.charts.wording import Words, words

LEFT, RIGHT = 6, svg.WIDTH - 6
THICK = 10
ROOM = 34  # a bar, its range and the space below


def bars(items: Sequence[Axis], *, maximum: int, title: str, description: str = "", language: str = "en") -> Chart:
    """Items from top to bottom on a scale from 0 to ``maximum``. Raises ``ValueError``."""
    check_within(items, maximum)
    said = words(language)
    body: list[SafeString] = []
    y = 0.0
    for item in items:
        drawn, y = _item(item, y, maximum, said)
        body += drawn
    body += [
        svg.text(str(value), _x(value, maximum), y + 8, size=11, colour="soft", anchor="middle")
        for value in range(maximum + 1)
    ]
    body += _legend(said, y + 22)
    drawing = svg.canvas(body, height=y + 46, title=title, description=description, tag=said.tag)
    return Chart(drawing, axis_table(items, title, said))


def _x(value: Fraction | int, maximum: int) -> float:
    return LEFT + (RIGHT - LEFT) * float(value) / maximum


def _item(item: Axis, top: float, maximum: int, said: Words) -> tuple[list[SafeString], float]:
    """The label, the value and the bar; and where the next item begins."""
    value = item.value
    shown = said.gap if value is None else show(value)
    room = RIGHT - LEFT - svg.text_width(shown, svg.SIZE) - 16
    lines = svg.wrap(item.label, room, svg.SIZE, most=2)
    drawn = [svg.text(line, LEFT, top + 14 + place * svg.LINE) for place, line in enumerate(lines)]
    colour, bold = ("soft", False) if value is None else ("accent", True)
    drawn.append(svg.text(shown, RIGHT, top + 14, anchor="end", colour=colour, bold=bold))
    y = top + len(lines) * svg.LINE + 3
    drawn += _gap(y) if value is None else _bar(item, value, y, maximum)
    return drawn, y + ROOM


def _gap(y: float) -> list[SafeString]:
    return [svg.stroked("rect", "edge", dashed=True, x=LEFT, y=y + 0.5, width=RIGHT - LEFT, height=THICK - 1)]


def _bar(item: Axis, value: Fraction, y: float, maximum: int) -> list[SafeString]:
    low, high, below = _x(item.least, maximum), _x(item.most, maximum), y + THICK + 6
    marks = [
        svg.stroked("line", "grid", x1=_x(step, maximum), x2=_x(step, maximum), y1=y, y2=y + THICK + 9)
        for step in range(maximum + 1)
    ]
    return [
        svg.filled("rect", "sunk", x=LEFT, y=y, width=RIGHT - LEFT, height=THICK),
        *marks,
        svg.filled("rect", "accent", x=LEFT, y=y, width=_x(value, maximum) - LEFT, height=THICK),
        _whisker(low, high, below),
    ]


def _whisker(low: float, high: float, y: float) -> SafeString:
    path = f"M{svg.number(low)},{svg.number(y - 3)}v6m0,-3H{svg.number(high)}m0,-3v6"
    return svg.stroked("path", "whisker", thick=1.5, d=path)


def _legend(said: Words, y: float) -> list[SafeString]:
    return legend(
        [
            (said.mean, svg.filled("rect", "accent", x=0, y=-5, width=22, height=10)),
            (said.span, _whisker(0, 22, 0)),
            (said.gap, svg.stroked("rect", "edge", dashed=True, x=0, y=-5, width=22, height=10)),
        ],
        y,
    )
