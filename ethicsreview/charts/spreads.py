"""How long things took: for each row the span of the middle half and the median within it, for several measures."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Chart, Table
from ethicsreview.charts.wording import words

NAMES = 104  # width of the row names
LEFT, RIGHT = NAMES, svg.WIDTH - 34
THICK = 12
STEP = 18  # from one measure of a row to the next
GAP = 12
TICKS = 5


@dataclass(frozen=True)
class Quartiles:
    """The lower quartile, the median and the upper quartile. Raises ``ValueError`` when they are out of order."""

    low: int
    mid: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mid <= self.high:
            raise ValueError("quartiles out of order")

    @property
    def told(self) -> str:
        """The median with its span."""
        return f"{self.mid} ({self.low}–{self.high})"


@dataclass(frozen=True)
class Row:
    """One row; ``note`` stands below its name, ``of`` are the measures in the order of their names."""

    label: str
    note: str
    of: tuple[Quartiles, ...]


def spreads(
    rows: Sequence[Row], *, names: Sequence[str], title: str, description: str = "", language: str = "en"
) -> Chart:
    """Rows from top to bottom on one scale from 0; the first measure is drawn full, the second hollow.

    Raises ``ValueError`` for more than two measures.
    """
    if len(names) > 2 or any(len(row.of) != len(names) for row in rows):
        raise ValueError("measures do not fit their names")
    said = words(language)
    longest = _rounded(max((one.high for row in rows for one in row.of), default=1))
    body: list[SafeString] = []
    y = 4.0
    for row in rows:
        body += _row(row, y, longest)
        y += len(row.of) * STEP + GAP
    body = [*_grid(y, longest), *body, *_legend(names, y + 20)]
    drawing = svg.canvas(body, height=y + 44, title=title, description=description, tag=said.tag)
    told = tuple((row.label, *(one.told for one in row.of)) for row in rows)
    return Chart(drawing, Table(title, (said.subject, *names), told))


def _rounded(most: int) -> int:
    """The end of the scale: as many even steps as there are ticks."""
    return max(TICKS, -(-most // TICKS) * TICKS)


def _x(value: float, longest: int) -> float:
    return LEFT + (RIGHT - LEFT) * value / longest


def _grid(bottom: float, longest: int) -> list[SafeString]:
    drawn: list[SafeString] = []
    for place in range(TICKS + 1):
        value = longest * place // TICKS
        x = _x(value, longest)
        drawn.append(svg.stroked("line", "grid", x1=x, x2=x, y1=0, y2=bottom))
        drawn.append(svg.text(str(value), x, bottom + 12, size=11, colour="soft", anchor="middle"))
    return drawn


def _row(row: Row, top: float, longest: int) -> list[SafeString]:
    drawn = [svg.text(row.label, 0, top + 11, size=13)]
    if row.note:
        drawn.append(svg.text(row.note, 0, top + 27, size=11, colour="soft"))
    for place, one in enumerate(row.of):
        drawn += _span(one, top + place * STEP, longest, hollow=place == 1)
    return drawn


def _span(one: Quartiles, y: float, longest: int, *, hollow: bool) -> list[SafeString]:
    low, mid, high = (_x(value, longest) for value in (one.low, one.mid, one.high))
    return [
        _box(low, y, max(high - low, 2), hollow=hollow),
        svg.stroked("line", "whisker", thick=2.5, x1=mid, x2=mid, y1=y - 1, y2=y + THICK + 1),
        svg.text(str(one.mid), high + 6, y + 11, size=12, bold=True),
    ]


def _box(x: float, y: float, width: float, *, hollow: bool) -> SafeString:
    fill = svg.filled("rect", "paper" if hollow else "band", x=x, y=y, width=width, height=THICK)
    return svg.element(
        "g", fill, svg.stroked("rect", "line", thick=1.5, dashed=hollow, x=x, y=y, width=width, height=THICK)
    )


def _legend(names: Sequence[str], y: float) -> list[SafeString]:
    drawn: list[SafeString] = []
    x = 0.0
    for place, name in enumerate(names):
        drawn += [_box(x + 1, y, 20, hollow=place == 1), svg.text(name, x + 28, y + 11, size=12, colour="soft")]
        x += 28 + svg.text_width(name, 12) + 18
    return drawn
