"""Figures to take along: a workbook with a sheet for each chart, one table as text; both say what is left out."""

import csv
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from io import BytesIO, StringIO
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from assessments.domain.cells import harmless
from assessments.reporting.sheets import BOX, HEAD, bold_font, paged, put
from ethicsreview.charts.domain import show
from ethicsreview.portal.queries.figures import Counted
from ethicsreview.portal.reporting.boards import Line, Panel, Shown, spoken
from ethicsreview.portal.reporting.naming import reach_name
from ethicsreview.portal.reporting.panels import own_matters

LONGEST_NAME = 31  # characters of a sheet's name
WIDTHS = (34, 64)
ONE_LINE = Alignment(vertical="top")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

Fact = tuple[str, str]


def facts(found: Counted) -> list[Fact]:
    """Whose figures they are, of what and of when."""
    moment = date_format(localtime(found.at), "DATETIME_FORMAT") if found.at else ""
    return [
        (_("Authority"), found.office.name_in(spoken())),
        (_("Jurisdiction"), reach_name(found.office, spoken())),
        (_("Counted"), moment),
        (_("Filters"), _("none: everything in the jurisdiction")),
        *([(_("Own matters"), own_matters(found))] if found.own else []),
    ]


def workbook(found: Counted, panels: Sequence[Panel]) -> bytes:
    """A first sheet that says what this is and what is left out, then a sheet for each table; no formula anywhere."""
    book = Workbook()
    book.properties.creator = _("Ethics Review")
    book.properties.title = f"{_('Figures')} · {found.office.name_in(spoken())}"
    names = [_sheet_name(number, panel) for number, panel in enumerate(panels, start=1)]
    _overview(book.active, found, panels, names)
    for name, panel in zip(names, panels, strict=True):
        _table(book.create_sheet(name), panel)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(number: int, panel: Panel) -> str:
    return " ".join(_NOT_IN_NAMES.sub(" ", f"{number} {panel.title}").split())[:LONGEST_NAME].strip()


def _overview(sheet: Any, found: Counted, panels: Sequence[Panel], names: Sequence[str]) -> None:
    sheet.title = pgettext("workbook", "Overview")
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("AB", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet["A1"], _("Figures")).font = bold_font(15)
    row = 3
    for label, value in facts(found):
        put(sheet.cell(row, 1), label, bold=True)
        put(sheet.cell(row, 2), value)
        row += 1
    row = _heads(sheet, row + 1, (_("Sheet"), _("What was left out, and why")))
    for name, panel in zip(names, panels, strict=True):
        put(sheet.cell(row, 1), name).border = BOX
        put(sheet.cell(row, 2), "\n".join(panel.left_out)).border = BOX
        sheet.row_dimensions[row].height = 15 * _lines(panel.left_out)
        row += 1
    paged(sheet)


def _lines(texts: Iterable[str]) -> int:
    """About how many lines they take in the second column; Chinese letters are twice as wide."""
    return sum(1 + sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) // WIDTHS[1] for text in texts) or 1


def _heads(sheet: Any, row: int, heads: Sequence[str]) -> int:
    for place, head in enumerate(heads, start=1):
        put(sheet.cell(row, place), head, fill=HEAD).font = bold_font(color="FFFFFFFF")
    return row + 1


def _table(sheet: Any, panel: Panel) -> None:
    put(sheet["A1"], panel.title).font = bold_font(13)
    row = 2
    for text in (panel.about, *panel.notes):
        if text:
            put(sheet.cell(row, 1), text).alignment = ONE_LINE
            row += 1
    heads, rows = flat(panel)
    row = _heads(sheet, row + 1, heads)
    sheet.freeze_panes = sheet.cell(row, 2)
    for values in rows:
        for place, value in enumerate(values, start=1):
            put(sheet.cell(row, place), value).border = BOX
        row += 1
    for place in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 48 if place == 1 else 16
    for text in ("", _("What was left out, and why"), *panel.left_out):
        put(sheet.cell(row, 1), text).alignment = ONE_LINE
        row += 1
    paged(sheet)


def flat(panel: Panel) -> tuple[list[str], list[list[str | int | float | None]]]:
    """Heads and rows as plain values; the article follows the label where there is one."""
    heads = list(panel.heads)
    if panel.noted:
        heads.insert(1, _("Article"))
    return heads, [_flat(line, noted=panel.noted) for line in panel.lines]


def _flat(line: Line, *, noted: bool) -> list[str | int | float | None]:
    return [line.label, *([line.note] if noted else []), *map(_value, line.values)]


def _value(shown: Shown) -> int | float | None:
    """A mean as it is read, with two decimals."""
    return float(show(shown.value)) if isinstance(shown.value, Fraction) else shown.value


def table(found: Counted, panel: Panel) -> bytes:
    """One table as comma-separated values in UTF-8 with its mark, so that a spreadsheet reads Chinese as Chinese."""
    out = StringIO()
    writer = csv.writer(out)
    heads, rows = flat(panel)
    writer.writerow(map(_safe, heads))
    writer.writerows([_safe(value) for value in row] for row in rows)
    writer.writerow([])
    for label, value in ((_("Table"), panel.title), (_("Instrument"), panel.about), *facts(found)):
        if value:
            writer.writerow([_safe(label), _safe(value)])
    for text in panel.left_out:
        writer.writerow([_safe(_("Left out")), _safe(text)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(value: str | int | float | None) -> str | int | float | None:
    return harmless(value) if isinstance(value, str) else value
