"""What the rows of a questionnaire's workbook say, and which cells cannot be read.

Rows are known by the key of their criterion or item, never by their place.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessments.domain.answers import REASON_LENGTH
from assessments.domain.cells import note, plain, read_key, read_step, says_aside, written
from assessments.domain.merging import Content
from assessments.domain.staged import StagedInstrument

SIGNS = 5  # unprintable ones that are named
SHOWN = 40  # characters of a wrong cell that are repeated


class Column(StrEnum):
    """What a sheet's columns hold; the codes stand in the first row of each sheet, hidden."""

    KEY = "er:key"
    ITEM = "er:item"
    LEVEL = "er:level"
    TEXT = "er:text"
    EVIDENCE = "er:evidence"
    RATING = "er:rating"
    NOTE = "er:note"


class Mark(StrEnum):
    """What the overview says of the workbook; the codes stand in its first column, hidden."""

    OVERVIEW = "er:overview"  # the first cell of all
    REFERENCE = "er:reference"
    INSTRUMENT = "er:instrument"
    VERSION = "er:version"
    SAVED = "er:saved"  # how many answers had been saved when it was downloaded
    DIGEST = "er:digest"  # of what stood answered then


class CellFault(StrEnum):
    """Why a cell cannot be read; the words stand in ``wording``."""

    UNKNOWN_KEY = "unknown_key"
    REPEATED_KEY = "repeated_key"
    UNKNOWN_STEP = "unknown_step"
    NOT_RATED = "not_rated"  # an item's row takes "not applicable" alone
    NOT_SET_ASIDE = "not_set_aside"  # this item always counts
    TOO_HEAVY = "too_heavy"  # together the items set aside weigh too much
    REASON_MISSING = "reason_missing"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"  # signs that no signed document could print
    NO_VALUE = "no_value"  # a formula nobody has computed


@dataclass(frozen=True)
class Place:
    """A cell: the sheet's name and where in it, ``F12``."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        quoted = self.sheet.replace("'", "''")
        return f"'{quoted}'!{self.cell}"


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read; ``shown`` is what stands in it, cut short."""

    place: Place
    code: CellFault
    shown: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a sheet as it stands there; the values are whatever the file holds, ``missing`` an empty formula."""

    sheet: str
    number: int
    columns: Mapping[Column, str]  # column letters
    values: Mapping[Column, object]
    missing: frozenset[Column] = frozenset()

    def place(self, column: Column) -> Place:
        return Place(self.sheet, f"{self.columns[column]}{self.number}")


@dataclass(frozen=True)
class Row:
    """What one row answers."""

    key: str
    given: Content
    place: Place


def read_lines(
    instrument: StagedInstrument, lines: Iterable[Line], *, unprintable: Callable[[str], Iterable[str]] = lambda _: ()
) -> tuple[list[Row], list[Fault]]:
    """The rows that can be read, and every cell that cannot; a row with a wrong cell is left out.

    Of several rows about the same criterion none is read: nobody knows which is meant. ``unprintable`` gives the
    signs of a note that no document of ours can hold.
    """
    rows: list[Row] = []
    faults: list[Fault] = []
    known = [(line, read_key(instrument, line.values.get(Column.KEY))) for line in lines]
    often = Counter(key for _line, key in known if key)
    for line, key in known:
        if not plain(line.values.get(Column.KEY)):
            continue
        found = _row(instrument, line, key, unprintable) if key is None or often[key] == 1 else CellFault.REPEATED_KEY
        if isinstance(found, Row):
            rows.append(found)
        else:
            faults.append(found if isinstance(found, Fault) else _fault(line, Column.KEY, found))
    return rows, faults


def _row(
    instrument: StagedInstrument, line: Line, key: str | None, unprintable: Callable[[str], Iterable[str]]
) -> Row | Fault:
    if key is None:
        return _fault(line, Column.KEY, CellFault.UNKNOWN_KEY)
    for column in (Column.RATING, Column.NOTE):
        if column in line.missing:
            return _fault(line, column, CellFault.NO_VALUE)
    given = _criterion(instrument, line) if key in instrument.criteria else _item(instrument, key, line)
    if isinstance(given, Fault):
        return given
    if len(given.note) > REASON_LENGTH:
        return _fault(line, Column.NOTE, CellFault.TOO_LONG)
    if strange := sorted(unprintable(given.note)):
        return Fault(line.place(Column.NOTE), CellFault.UNPRINTABLE, " ".join(strange[:SIGNS]))
    return Row(key, given, line.place(Column.RATING))


def _criterion(instrument: StagedInstrument, line: Line) -> Content | Fault:
    step = read_step(instrument, line.values.get(Column.RATING))
    if step is None:
        return _fault(line, Column.RATING, CellFault.UNKNOWN_STEP)
    return Content(step=step, note=note(line.values.get(Column.NOTE)))


def _item(instrument: StagedInstrument, key: str, line: Line) -> Content | Fault:
    mark, reason = line.values.get(Column.RATING), note(line.values.get(Column.NOTE))
    if not plain(mark):
        return Content(note=reason)
    if not says_aside(instrument, mark):
        return _fault(line, Column.RATING, CellFault.NOT_RATED)
    if not instrument.takes_na(key):
        return _fault(line, Column.RATING, CellFault.NOT_SET_ASIDE)
    if not reason:
        return _fault(line, Column.NOTE, CellFault.REASON_MISSING)
    return Content(set_aside=True, note=reason)


def _fault(line: Line, column: Column, code: CellFault) -> Fault:
    shown = " ".join(written(line.values.get(column)).split())
    return Fault(line.place(column), code, shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…")
