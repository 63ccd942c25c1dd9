"""A filled workbook that comes back: the file is checked apart, then its cells are read."""

import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from assessments.domain.cells import plain, unspelt
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import Column, Fault, Line, Mark, Row, read_lines
from ethicsreview.documents.fonts import missing_glyphs
from ethicsreview.files.domain.apart import inspect_apart
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.domain.kinds import Fault as FileFault
from ethicsreview.files.domain.names import clean_name
from ethicsreview.files.wording import reason

ENDING = ".xlsx"
MOST_BYTES = 8 << 20
MOST_UNPACKED = 24 << 20  # bytes of all parts together: a hundred times a full questionnaire
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 60, 3000, 40
FACT_ROWS, FACT_COLUMN = 60, 2  # where the overview's facts stand: the code first, the value two cells later


class Unreadable(ValueError):
    """The file passes for a workbook and cannot be read as one."""


@dataclass(frozen=True)
class Sent:
    """What a workbook says. ``facts`` are the overview's, none when it is missing; ``passed`` are sheets not read."""

    facts: dict[Mark, str]
    rows: list[Row]
    faults: list[Fault]
    passed: list[str]
    name: str = ""

    @property
    def saved(self) -> int | None:
        """How many answers had been saved when it was downloaded; None when that is not known."""
        text = self.facts.get(Mark.SAVED, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class WorkbookForm(forms.Form):
    """One workbook, downloaded from the assessment with this reference."""

    file = forms.FileField(
        label=_("Workbook"),
        widget=forms.FileInput(attrs={"accept": ENDING}),
        help_text=_("The file you downloaded from this assessment, filled in and saved as .xlsx."),
    )

    def __init__(self, *args: Any, instrument: StagedInstrument, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.reference = reference

    def clean_file(self) -> Sent:
        """The cells of the file."""
        file = self.cleaned_data["file"]
        name = clean_name(file.name or "")
        if not name.endswith(ENDING):
            raise ValidationError(_("Send a workbook whose name ends in .xlsx."))
        if file.size > MOST_BYTES:
            raise ValidationError(reason(BadFile(FileFault.TOO_LARGE, most=MOST_BYTES)))
        with tempfile.NamedTemporaryFile(suffix=ENDING) as kept:
            for chunk in file.chunks():
                kept.write(chunk)
            kept.flush()
            sent = self._read(name, Path(kept.name))
        self._check_origin(sent)
        return replace(sent, name=name)

    def _read(self, name: str, path: Path) -> Sent:
        try:
            inspect_apart(name, path)
            return read_workbook(path, self.instrument)
        except BadFile as bad:
            raise ValidationError(reason(bad)) from None
        except Unreadable:
            raise ValidationError(reason(BadFile(FileFault.DAMAGED, ending="xlsx"))) from None

    def _check_origin(self, sent: Sent) -> None:
        """A workbook of another assessment or another version would be read against the wrong questions."""
        own = {
            Mark.REFERENCE: self.reference,
            Mark.INSTRUMENT: self.instrument.slug,
            Mark.VERSION: str(self.instrument.version),
        }
        for mark, expected in own.items():
            found = sent.facts.get(mark)
            if found is not None and plain(found) != plain(expected):
                words = {"found": found[:60], "expected": expected}
                raise ValidationError(_("This workbook belongs to “%(found)s”, not to “%(expected)s”."), params=words)
        if not sent.rows and not sent.faults:
            raise ValidationError(_("No sheet of this workbook is one of the questionnaire's."))


def read_workbook(path: Path, instrument: StagedInstrument) -> Sent:
    """What the cells say; a checked file that is still no workbook raises ``Unreadable``."""
    with ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise BadFile(FileFault.BOMB)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out, such as pictures, does not matter here
            return _sent(path, instrument)
    except Exception as failure:  # a stranger's XML can fail openpyxl in more ways than it names
        raise Unreadable(path.name) from failure


def _sent(path: Path, instrument: StagedInstrument) -> Sent:
    """Reads the file twice: what its cells show, and which of them are formulas."""
    with path.open("rb") as first, path.open("rb") as second:
        values = load_workbook(first, read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(second, read_only=True, data_only=False, keep_links=False)
        facts: dict[Mark, str] = {}
        lines: list[Line] = []
        passed: list[str] = []
        for sheet, raw in zip(values.worksheets[:MOST_SHEETS], formulas.worksheets, strict=False):
            cells = _cells(sheet)
            corner = plain(cells[0][0]) if cells and cells[0] else ""
            if corner == Mark.OVERVIEW.value:
                facts |= _facts(cells)
            elif corner == Column.KEY.value:
                lines += _lines(sheet.title, cells, _formulas(raw))
            else:
                passed.append(sheet.title)
    rows, faults = read_lines(instrument, lines, unprintable=missing_glyphs)
    return Sent(facts, rows, faults, passed)


def _cells(sheet: Any) -> list[tuple[object, ...]]:
    """The values of a sheet from its first cell on; what the file says of its own size is not believed."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    return [tuple(unspelt(value) for value in row) for row in rows]


def _formulas(sheet: Any) -> set[tuple[int, int]]:
    """Row and column, from 1, of the cells that hold a formula."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    return {(cell.row, cell.column) for row in rows for cell in row if getattr(cell, "data_type", "") == "f"}


def _facts(cells: list[tuple[object, ...]]) -> dict[Mark, str]:
    known = {mark.value: mark for mark in Mark}
    return {
        known[code]: plain(row[FACT_COLUMN])
        for row in cells[1:FACT_ROWS]
        if len(row) > FACT_COLUMN and (code := plain(row[0])) in known and plain(row[FACT_COLUMN])
    }


def _lines(name: str, cells: list[tuple[object, ...]], formulas: set[tuple[int, int]]) -> Iterator[Line]:
    known = {column.value: column for column in Column}
    places = {known[code]: place for place, value in enumerate(cells[0]) if (code := plain(value)) in known}
    if Column.RATING not in places or Column.NOTE not in places:
        return
    letters = {column: get_column_letter(place + 1) for column, place in places.items()}
    for number, row in enumerate(cells[3:], start=4):
        values = {column: row[place] for column, place in places.items() if place < len(row)}
        empty = {
            column
            for column, place in places.items()
            if values.get(column) is None and (number, place + 1) in formulas
        }
        yield Line(name, number, letters, values, frozenset(empty))
