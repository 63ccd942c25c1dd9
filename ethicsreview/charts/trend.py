"""Values over time on one scale: a line from point to point, broken where the measure changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Chart, Table, show
from ethicsreview.charts.wording import words

LEFT, RIGHT, TOP, HIGH = 34, svg.WIDTH - 34, 34, 190
MARK = 11  # half the width of a point


@dataclass(frozen=True)
class Moment:
    """One point: when, written out by the caller; its value; the whole number that stands in it; a word below.

    ``apart`` says that it was measured otherwise than the others: it is drawn hollow, on a dashed line.
    """

    when: str
    value: Fraction
    level: int
    note: str = ""
    apart: bool = False


def trend(
    moments: Sequence[Moment],
    *,
    maximum: int,
    title: str,
    value_name: str,
    level_name: str,
    description: str = "",
    language: str = "en",
) -> Chart:
    """Points from left to right on a scale from 0 to ``maximum``, at equal distances. Raises ``ValueError``."""
    if any(not 0 <= one.value <= maximum for one in moments):
        raise ValueError(f"a value outside 0 to {maximum}")
    said = words(language)
    places = [(_x(number, len(moments)), _y(one.value, maximum)) for number, one in enumerate(moments)]
    body = _grid(maximum)
    for (one, start), (other, end) in pairwise(zip(moments, places, strict=True)):
        dashed = one.apart or other.apart
        body.append(
            svg.stroked("line", "line", thick=2.5, dashed=dashed, x1=start[0], y1=start[1], x2=end[0], y2=end[1])
        )
    for number, (one, place) in enumerate(zip(moments, places, strict=True)):
        body += _point(one, *place, lower=_crowded(len(moments)) and number % 2 == 1)
    drawing = svg.canvas(
        body,
        height=TOP + HIGH + (66 if _crowded(len(moments)) else 40),
        title=title,
        description=description,
        tag=said.tag,
    )
    rows = tuple((one.when, str(one.level), show(one.value), one.note) for one in moments)
    return Chart(drawing, Table(title, (said.when, level_name, value_name, said.note), rows))


def _x(number: int, count: int) -> float:
    room = RIGHT - LEFT - 60
    return LEFT + 30 + (room * number / (count - 1) if count > 1 else room / 2)


def _y(value: Fraction | int, maximum: int) -> float:
    return TOP + HIGH - HIGH * float(value) / maximum


def _crowded(count: int) -> bool:
    return count > 5


def _grid(maximum: int) -> list[SafeString]:
    drawn: list[SafeString] = []
    for value in range(maximum + 1):
        y = _y(value, maximum)
        drawn.append(svg.stroked("line", "edge" if value == 0 else "grid", x1=LEFT, x2=RIGHT, y1=y, y2=y))
        drawn.append(svg.text(str(value), LEFT - 8, y + 4, size=12, colour="soft", anchor="end"))
    return drawn


def _point(one: Moment, x: float, y: float, *, lower: bool) -> list[SafeString]:
    """A disc with the level in it and the value above; the moment and its note below the scale."""
    ground = "paper" if one.apart else "accent"
    drawn = [svg.filled("circle", ground, cx=x, cy=y, r=MARK)]
    if one.apart:
        drawn.append(svg.stroked("circle", "line", thick=2, cx=x, cy=y, r=MARK))
    ink = "accent" if one.apart else "paper"
    drawn.append(svg.text(str(one.level), x, y + 5, size=14, colour=ink, anchor="middle", bold=True))
    drawn.append(svg.text(show(one.value), x, y - MARK - 6, size=13, anchor="middle", bold=True))
    below = TOP + HIGH + 20 + (26 if lower else 0)
    drawn.append(svg.text(one.when, x, below, size=12, anchor="middle"))
    if one.note:
        drawn.append(svg.text(one.note, x, below + 14, size=11, colour="soft", anchor="middle"))
    return drawn
