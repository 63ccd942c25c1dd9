"""The sheets of a bulk import as typed rows, and every cell that cannot be read.

A row with a wrong cell is left out; its names stay known, so that rows that refer to it are not called wrong as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.domain.bulk_cells import Value, Wrong, empty, line, read_cell
from workflows.domain.bulk_sheets import COLUMNS, At, CellFault, Column, Fault, Sheet, Table, Vocabulary, fold

SHOWN = 40  # characters of a wrong cell that are repeated
NAMES = ("key", "name", "name_zh", "credit_code", "code", "mail")  # by which other rows refer to a row

_FIELDS = {"from": "starts", "until": "ends"}


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation; ``covered`` are references. Empty means: leave it as it is."""

    at: At
    kind: str
    name: str
    key: str = ""
    name_zh: str = ""
    credit_code: str = ""
    province: str = ""
    sector: str = ""
    reach: str = ""
    covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonRow:
    """A person, and a role in an organisation for a term, or an account alone."""

    at: At
    mail: str
    name: str = ""
    name_zh: str = ""
    language: str = ""
    organisation: str = ""
    role: str = ""
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class CommitteeRow:
    """A committee; ``host`` is a reference."""

    at: At
    host: str
    name: str
    key: str = ""
    code: str = ""
    name_zh: str = ""
    rulebook: str = ""
    instrument: str = ""
    circumstances: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeatRow:
    """A person's seat on a committee for a term."""

    at: At
    committee: str
    mail: str
    role: str
    starts: date
    categories: tuple[str, ...] = ()
    sex: str = ""
    external: bool | None = None
    profession: str = ""
    profession_zh: str = ""
    ends: date | None = None


Row = OrganisationRow | PersonRow | CommitteeRow | SeatRow

_ROWS: Mapping[Sheet, Any] = {
    Sheet.ORGANISATIONS: OrganisationRow,
    Sheet.PEOPLE: PersonRow,
    Sheet.COMMITTEES: CommitteeRow,
    Sheet.SEATS: SeatRow,
}


@dataclass(frozen=True)
class Rows:
    """All that could be read. ``spelt`` is each cell as it stands; ``broken`` are the names of rows left out."""

    organisations: tuple[OrganisationRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    committees: tuple[CommitteeRow, ...] = ()
    seats: tuple[SeatRow, ...] = ()
    faults: tuple[Fault, ...] = ()
    broken: frozenset[tuple[Sheet, str]] = frozenset()
    spelt: Mapping[tuple[At, str], str] = field(default_factory=dict, repr=False)

    def fault(self, at: At, column: str, code: CellFault, other: str = "", allowed: Iterable[str] = ()) -> Fault:
        """The cell in ``column`` as a wrong one."""
        return Fault(at, column, code, cut(self.spelt.get((at, column), "")), cut(other), tuple(allowed))

    def is_broken(self, sheet: Sheet, name: str) -> bool:
        """Whether a row of that name is there and could not be read."""
        return (sheet, name) in self.broken


def read_tables(tables: Iterable[Table], words: Vocabulary) -> Rows:
    """The rows of every sheet, and every wrong cell."""
    rows: dict[Sheet, list[Any]] = {sheet: [] for sheet in Sheet}
    faults: list[Fault] = []
    broken: set[tuple[Sheet, str]] = set()
    spelt: dict[tuple[At, str], str] = {}
    for table in tables:
        columns, wrong = _columns(table, words)
        faults += wrong
        for number, cells in table.rows:
            at = At(table.sheet, number)
            texts = {name: cells[place] for name, place in columns.items() if place < len(cells)}
            spelt |= {(at, name): text for name, text in texts.items() if text}
            values, wrong = _values(at, texts, columns, words)
            faults += wrong
            if wrong or any(column.needed and column.name not in columns for column in COLUMNS[table.sheet]):
                broken |= {(table.sheet, line(texts.get(name) or "")) for name in NAMES}
            else:
                rows[table.sheet].append(_ROWS[table.sheet](at=at, **values))
    return Rows(
        organisations=tuple(rows[Sheet.ORGANISATIONS]),
        people=tuple(rows[Sheet.PEOPLE]),
        committees=tuple(rows[Sheet.COMMITTEES]),
        seats=tuple(rows[Sheet.SEATS]),
        faults=tuple(faults),
        broken=frozenset(broken),
        spelt=spelt,
    )


def _columns(table: Table, words: Vocabulary) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands; a head nobody knows is a fault, and so is a needed column that is not there."""
    known, found, faults = words.columns[table.sheet], dict[str, int](), list[Fault]()
    at = At(table.sheet, 1)
    for place, head in enumerate(table.head):
        name = known.get(fold(head or ""))
        if name is None and (head or _is_used(table, place)):
            faults.append(Fault(at, f"#{place}", CellFault.UNKNOWN_COLUMN, cut(head or "")))
        elif name in found:
            faults.append(Fault(at, f"#{place}", CellFault.REPEATED_COLUMN, cut(head or "")))
        elif name is not None:
            found[name] = place
    missing = [column.name for column in COLUMNS[table.sheet] if column.needed and column.name not in found]
    return found, faults + [Fault(at, name, CellFault.MISSING_COLUMN) for name in missing]


def _is_used(table: Table, place: int) -> bool:
    return any(place < len(cells) and cells[place] for _number, cells in table.rows)


def _values(
    at: At, texts: Mapping[str, str | None], columns: Mapping[str, int], words: Vocabulary
) -> tuple[dict[str, Value], list[Fault]]:
    values: dict[str, Value] = {}
    faults = []
    for column in COLUMNS[at.sheet]:
        try:
            values[_FIELDS.get(column.name, column.name)] = _value(at, column, texts, columns, words)
        except Wrong as wrong:
            shown = cut(line(texts.get(column.name) or ""))
            faults.append(Fault(at, column.name, wrong.code, shown, wrong.other))
    return values, faults


def _value(
    at: At, column: Column, texts: Mapping[str, str | None], columns: Mapping[str, int], words: Vocabulary
) -> Value:
    text = texts.get(column.name, "")
    if text is None:
        raise Wrong(CellFault.NO_VALUE)
    if line(text):
        return read_cell(at.sheet, column, text, words)
    if column.needed and column.name in columns:
        raise Wrong(CellFault.MISSING)
    return empty(column)


def cut(text: str) -> str:
    """A wrong cell's text, as much of it as is repeated."""
    found = " ".join(text.split())
    return found if len(found) <= SHOWN else f"{found[:SHOWN]}…"
