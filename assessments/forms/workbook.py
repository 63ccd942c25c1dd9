"""A filled workbook that comes back: the file is checked apart, then its cells are read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from assessments.domain.cells import plain, unspelt
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import Column, Fault, Line, Mark, Row, read_lines
from ethicsreview.documents.forms import refused
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.domain.kinds import Fault as FileFault
from ethicsreview.files.domain.names import clean_name
from ethicsreview.files.domain.workbooks import Unreadable, formulas_of, opened, values_of
from ethicsreview.files.forms import inspected
from ethicsreview.files.wording import reason

ENDING = ".xlsx"
MOST_BYTES = 8 << 20
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 60, 3000, 40
FACT_ROWS, FACT_COLUMN = 60, 2  # where the overview's facts stand: the code first, the value two cells later


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
        return received(self.cleaned_data["file"], self.instrument, self.reference)


def received(file: UploadedFile[Any], instrument: StagedInstrument, reference: str) -> Sent:
    """The cells of a workbook that was downloaded from the assessment of this reference.

    Raises ``ValidationError`` with the reason a file is not taken.
    """
    name = clean_name(file.name or "")
    if not name.endswith(ENDING):
        raise ValidationError(_("Send a workbook whose name ends in .xlsx."))
    try:
        with inspected(file, name, most=MOST_BYTES) as path:
            sent = read_workbook(path, instrument)
    except BadFile as bad:
        raise ValidationError(reason(bad)) from None
    except Unreadable:
        raise ValidationError(reason(BadFile(FileFault.DAMAGED, ending="xlsx"))) from None
    _check_origin(sent, instrument, reference)
    return replace(sent, name=name)


def _check_origin(sent: Sent, instrument: StagedInstrument, reference: str) -> None:
    """A workbook of another assessment or another version would be read against the wrong questions."""
    own = {
        Mark.REFERENCE: reference,
        Mark.INSTRUMENT: instrument.slug,
        Mark.VERSION: str(instrument.version),
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
    facts: dict[Mark, str] = {}
    lines: list[Line] = []
    passed: list[str] = []
    with opened(path) as sheets:
        for sheet, raw in sheets[:MOST_SHEETS]:
            cells = _cells(sheet)
            corner = plain(cells[0][0]) if cells and cells[0] else ""
            if corner == Mark.OVERVIEW.value:
                facts |= _facts(cells)
            elif corner == Column.KEY.value:
                lines += _lines(sheet.title, cells, formulas_of(raw, rows=MOST_ROWS, columns=MOST_COLUMNS))
            else:
                passed.append(sheet.title)
        rows, faults = read_lines(instrument, lines, unprintable=refused)
    return Sent(facts, rows, faults, passed)


def _cells(sheet: Any) -> list[tuple[object, ...]]:
    rows = values_of(sheet, rows=MOST_ROWS, columns=MOST_COLUMNS)
    return [tuple(unspelt(value) for value in row) for row in rows]


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
