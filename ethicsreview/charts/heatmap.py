"""Rows against columns: the deeper the colour, the higher the number that stands in the field."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Cell, Chart, Table, show
from ethicsreview.charts.wording import Words, words

NAMES = 190  # least width of the row names
WIDEST = 58
SIZE = 13
LINE = 17
LIGHT_FROM = 3  # levels on which text is light

Attributes = dict[str, str | float | None]


def heatmap(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Cell]],
    *,
    maximum: int,
    title: str,
    description: str = "",
    language: str = "en",
) -> Chart:
    """``cells`` row by row, each value from 0 to ``maximum``; an empty cell is a gap. Raises ``ValueError``."""
    _check(rows, columns, cells, maximum)
    said = words(language)
    wide = min(WIDEST, (svg.WIDTH - NAMES) / max(1, len(columns)))
    left = svg.WIDTH - wide * len(columns)
    heads = [svg.wrap(name, wide - 4, 12, most=2) for name in columns]
    y = max((len(lines) for lines in heads), default=0) * LINE + 6.0
    body = [
        svg.text(line, left + (number + 0.5) * wide, y - 8 - (len(lines) - 1 - place) * LINE, size=12, anchor="middle")
        for number, lines in enumerate(heads)
        for place, line in enumerate(lines)
    ]
    for name, fields in zip(rows, cells, strict=True):
        lines = svg.wrap(name, left - 10, SIZE, most=3)
        high = max(30, len(lines) * LINE + 8)
        first = y + (high - len(lines) * LINE) / 2 + 12
        body += [svg.text(line, 0, first + place * LINE, size=SIZE) for place, line in enumerate(lines)]
        for number, cell in enumerate(fields):
            body += _field(cell, left + number * wide, y, wide, high, maximum)
        y += high
    drawing = svg.canvas(body, height=y + 2, title=title, description=description, tag=said.tag)
    return Chart(drawing, _table(rows, columns, cells, title, said))


def _check(rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Cell]], maximum: int) -> None:
    if len(cells) != len(rows) or any(len(fields) != len(columns) for fields in cells):
        raise ValueError("cells do not fill rows and columns")
    if any(cell.value is not None and not 0 <= cell.value <= maximum for fields in cells for cell in fields):
        raise ValueError(f"a value outside 0 to {maximum}")


def _level(cell: Cell, maximum: int) -> int:
    """The colour's place, from 0 to 4."""
    return int((cell.value or 0) * (len(svg.LEVELS) - 1) / maximum)


def written(cell: Cell) -> str:
    """What stands in the field: the given text, a whole number as such, a gap as a dash."""
    if cell.value is None or cell.text:
        plain = cell.text or "–"
    else:
        plain = show(cell.value, 0 if cell.value.denominator == 1 else 2)
    return f"{plain} !" if cell.marked else plain


def _field(cell: Cell, x: float, y: float, wide: float, high: float, maximum: int) -> list[SafeString]:
    box: Attributes = {"x": x + 1.5, "y": y + 1.5, "width": wide - 3, "height": high - 3, "rx": 3}
    level = _level(cell, maximum)
    if cell.value is None:
        ground: Attributes = {"class_": "chart__grid", "fill": "none", "stroke": svg.GRID, "stroke_dasharray": "4 4"}
        ink: Attributes = {"class_": "chart__soft", "fill": svg.SOFT}
    else:
        ground = {"class_": f"chart__level-{level}", "fill": svg.LEVELS[level]}
        ink = {"class_": f"chart__on-{level}", "fill": svg.PAPER if level >= LIGHT_FROM else svg.INK}
    set_as: Attributes = {"font_family": svg.FONT, "font_size": SIZE, "text_anchor": "middle"}
    drawn = [
        svg.element("rect", **ground, **box),
        svg.element("text", escape(written(cell)), **ink, **set_as, x=x + wide / 2, y=y + high / 2 + 4.5),
    ]
    if cell.marked:
        alarm: Attributes = {"class_": "chart__alarm", "fill": "none", "stroke": svg.BAD, "stroke_width": 2}
        drawn.append(svg.element("rect", **alarm, **box))
    return drawn


def _table(
    rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Cell]], caption: str, said: Words
) -> Table:
    body = tuple(
        (name, *(said.gap if cell.value is None and not cell.text else written(cell) for cell in fields))
        for name, fields in zip(rows, cells, strict=True)
    )
    return Table(caption, (said.subject, *columns), body)
