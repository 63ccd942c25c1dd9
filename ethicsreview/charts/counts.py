"""How many: one bar per row, whole or in parts, drawn to the longest bar or each as a share of its own whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Chart, Table
from ethicsreview.charts.heatmap import LIGHT_FROM
from ethicsreview.charts.wording import words

LEFT, RIGHT = 6, svg.WIDTH - 6
THICK = 16
ROOM = 28  # a bar and the space below
LEGEND_LINE = 20
SIZE = 11


@dataclass(frozen=True)
class Bar:
    """One row and how many of each part it has."""

    label: str
    parts: tuple[int, ...]

    @property
    def whole(self) -> int:
        """All parts together."""
        return sum(self.parts)


def counts(
    rows: Sequence[Bar],
    *,
    names: Sequence[str],
    whole: str,
    title: str,
    shares: bool = False,
    description: str = "",
    language: str = "en",
) -> Chart:
    """Rows from top to bottom; ``names`` are the parts', ``whole`` what they come to. Raises ``ValueError``.

    Parts are told apart by depth of colour and by the number in them; with ``shares`` every bar is as long.
    """
    if any(len(row.parts) != len(names) or min(row.parts, default=0) < 0 for row in rows):
        raise ValueError("parts do not fit their names")
    said, longest = words(language), max((row.whole for row in rows), default=0)
    body: list[SafeString] = []
    y = 0.0
    for row in rows:
        drawn, y = _row(row, y, row.whole if shares else longest)
        body += drawn
    if len(names) > 1:
        drawn, y = _legend(names, y + 4)
        body += drawn
    drawing = svg.canvas(body, height=max(y, 1), title=title, description=description, tag=said.tag)
    several = len(names) > 1
    heads = (said.subject, *(names if several else ()), whole)
    told = tuple((row.label, *(map(str, row.parts) if several else ()), str(row.whole)) for row in rows)
    return Chart(drawing, Table(title, heads, told))


def level_of(place: int, many: int) -> int:
    """The depth of colour of one of ``many`` parts; a part alone is the deepest."""
    deepest = len(svg.LEVELS) - 1
    return deepest if many < 2 else place * deepest // (many - 1)


def _row(row: Bar, top: float, longest: int) -> tuple[list[SafeString], float]:
    """The label, the number and the bar; and where the next row begins."""
    shown = str(row.whole)
    lines = svg.wrap(row.label, RIGHT - LEFT - svg.text_width(shown, svg.SIZE) - 16, svg.SIZE, most=2)
    drawn = [svg.text(line, LEFT, top + 14 + place * svg.LINE) for place, line in enumerate(lines)]
    drawn.append(svg.text(shown, RIGHT, top + 14, anchor="end", colour="accent", bold=True))
    y = top + len(lines) * svg.LINE + 3
    drawn.append(svg.filled("rect", "sunk", x=LEFT, y=y, width=RIGHT - LEFT, height=THICK))
    x = float(LEFT)
    for place, number in enumerate(row.parts):
        width = (RIGHT - LEFT) * number / longest if longest else 0.0
        if number:
            drawn += _part(number, x, y, width, level_of(place, len(row.parts)), several=len(row.parts) > 1)
        x += width
    return drawn, y + ROOM


def _part(number: int, x: float, y: float, width: float, level: int, *, several: bool) -> list[SafeString]:
    drawn = [_field(x, y, width, THICK, level)]
    if several and svg.text_width(str(number), SIZE) + 4 <= width:
        ink = svg.PAPER if level >= LIGHT_FROM else svg.INK
        drawn.append(
            svg.element(
                "text",
                escape(str(number)),
                class_=f"chart__on-{level}",
                fill=ink,
                x=x + width / 2,
                y=y + THICK - 4,
                font_family=svg.FONT,
                font_size=SIZE,
                text_anchor="middle",
            )
        )
    return drawn


def _field(x: float, y: float, width: float, height: float, level: int) -> SafeString:
    """Framed, so that the palest part is seen on any ground."""
    return svg.element(
        "g",
        svg.element(
            "rect", class_=f"chart__level-{level}", fill=svg.LEVELS[level], x=x, y=y, width=width, height=height
        ),
        svg.stroked("rect", "edge", thick=0.5, x=x, y=y, width=width, height=height),
    )


def _legend(names: Sequence[str], y: float) -> tuple[list[SafeString], float]:
    """The parts in as many lines as they need; and where they end."""
    drawn: list[SafeString] = []
    x = float(LEFT)
    for place, name in enumerate(names):
        width = 20 + svg.text_width(name, 12) + 16
        if x > LEFT and x + width > RIGHT:
            x, y = float(LEFT), y + LEGEND_LINE
        drawn.append(_field(x, y + 2, 14, 10, level_of(place, len(names))))
        drawn.append(svg.text(name, x + 20, y + 12, size=12, colour="soft"))
        x += width
    return drawn, y + LEGEND_LINE
