"""How cells are written into every workbook of ours: a text stays a text, whatever it holds."""

from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.fonts import DEFAULT_FONT

from assessments.domain.cells import ACTS, note, spelt

GREY = PatternFill("solid", fgColor="FFEBEFED")
HEAD = PatternFill("solid", fgColor="FF0B5A5C")
ITEM = PatternFill("solid", fgColor="FFD0E0E0")
_THIN = Side(style="thin", color="FFB9C4C0")
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
WRAP = Alignment(wrap_text=True, vertical="top")
MIDDLE = Alignment(horizontal="center", vertical="top", wrap_text=True)


def put(cell: Any, value: object, *, fill: PatternFill | None = None, middle: bool = False, bold: bool = False) -> Any:
    """Write a value; a text stays a text, even where it looks like a formula."""
    if isinstance(value, str) and value:
        cell.value = None
        cell._value, cell.data_type = spelt(note(value)), "s"  # openpyxl makes a formula of what begins with "="
        cell.quotePrefix = value.startswith(ACTS)
    else:
        cell.value = None if value == "" else value
    cell.alignment = MIDDLE if middle else WRAP
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = bold_font()
    return cell


def bold_font(size: int = 11, color: str | None = None) -> Font:
    """Of the same letters as all else: a program chooses for itself where none are named."""
    return Font(name=DEFAULT_FONT.name, family=DEFAULT_FONT.family, bold=True, size=size, color=color)


def protect(sheet: Any) -> None:
    """Cells are locked against mistakes, not against people: there is no password."""
    sheet.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "formatCells", "autoFilter", "sort"):
        setattr(sheet.protection, allowed, False)


def paged(sheet: Any) -> None:
    """Printed across, as wide as the paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
