"""The cells of workbooks that strangers send, whatever such a file says of itself."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from ethicsreview.files.domain.kinds import BadFile, Fault

MOST_UNPACKED = 24 << 20  # bytes of all parts together

Row = tuple[object, ...]


class Unreadable(ValueError):
    """The file passes for a workbook and cannot be read as one."""


@contextmanager
def opened(path: Path) -> Iterator[list[tuple[Any, Any]]]:
    """Each sheet twice: with what its cells show, and with their formulas. The file has been inspected before.

    Raises ``BadFile`` (BOMB), and ``Unreadable`` for whatever goes wrong while it is open.
    """
    try:
        with ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise BadFile(Fault.BOMB)
        with warnings.catch_warnings(), path.open("rb") as first, path.open("rb") as second:
            warnings.simplefilter("ignore")  # what openpyxl leaves out, such as pictures, does not matter here
            values = load_workbook(first, read_only=True, data_only=True, keep_links=False)
            formulas = load_workbook(second, read_only=True, data_only=False, keep_links=False)
            yield list(zip(values.worksheets, formulas.worksheets, strict=False))
    except BadFile:
        raise
    except Exception as failure:  # a stranger's XML can fail openpyxl in more ways than it names
        raise Unreadable(path.name) from failure


def values_of(sheet: Any, *, rows: int, columns: int) -> Iterator[Row]:
    """The values of each row from the first on, at most so many; what the file says of its size is not believed."""
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_row=rows, max_col=columns, values_only=True)


def formulas_of(sheet: Any, *, rows: int, columns: int) -> set[tuple[int, int]]:
    """Row and column, from 1, of the cells that hold a formula."""
    sheet.reset_dimensions()
    found = sheet.iter_rows(max_row=rows, max_col=columns)
    return {
        (cell.row, cell.column)
        for row in found
        for cell in row
        if cell is not EMPTY_CELL and getattr(cell, "data_type", "") == "f"
    }
