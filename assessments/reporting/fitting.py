"""How high the rows of a workbook must be for their words: programs that open it do not all work it out."""

import unicodedata
from collections.abc import Iterable
from math import ceil
from typing import Any

from openpyxl.worksheet.dimensions import RowDimension

LINE, HAN_LINE = 15.0, 17.0  # points of a line of the ordinary size, and of one with Chinese in it
ORDINARY = 11.0  # points of the ordinary letters
BOLD = 1.1  # how much wider bold letters are
MOST = 400.0  # points; programs allow no more than 409
LETTER, HAN, BLANK = 0.95, 2.2, 0.6  # the widths of signs, in the unit in which columns are measured


class _Fitted(RowDimension):  # type: ignore[misc]  # openpyxl has no types
    """A height to begin with, which grows with what is typed: openpyxl would fix it."""

    @property
    def customHeight(self) -> bool:  # noqa: N802  # openpyxl's name
        """No person set it."""
        return False


def fit(sheet: Any, first: int = 1) -> None:
    """Give each row from ``first`` on the height its fullest cell needs; what is hidden stays hidden."""
    columns = sheet.column_dimensions
    for row in sheet.iter_rows(min_row=first):
        shown = [cell for cell in row if cell.value is not None and not columns[cell.column_letter].hidden]
        if shown and not sheet.row_dimensions[row[0].row].hidden:
            height = max(_height(cell, columns[cell.column_letter].width) for cell in shown)
            sheet.row_dimensions[row[0].row] = _Fitted(sheet, index=row[0].row, ht=min(height, MOST))


def _height(cell: Any, width: float) -> float:
    size = float(cell.font.sz or ORDINARY) / ORDINARY
    room = width / size / (BOLD if cell.font.b else 1)
    text = str(cell.value)
    count = sum(_broken(line, room) for line in text.split("\n")) if cell.alignment.wrap_text else 1
    return (HAN_LINE if any(map(_is_wide, text)) else LINE) * size * count


def _broken(line: str, room: float) -> int:
    """How many lines one becomes when its words are set into ``room``; what is longer than a line is cut."""
    lines, used = 1, 0.0
    for word in line.split(" "):
        wide = _width(word)
        if used and used + BLANK + wide > room and wide <= room:
            lines, used = lines + 1, 0.0
        used += wide + (BLANK if used else 0.0)
        over = max(0, ceil(used / room) - 1)
        lines, used = lines + over, used - over * room
    return lines


def _width(signs: Iterable[str]) -> float:
    return sum(HAN if _is_wide(sign) else LETTER for sign in signs)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
