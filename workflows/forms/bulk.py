"""Files of a bulk import: a workbook with a sheet for each kind, or a CSV file for each; cells become plain texts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.domain.cells import unspelt, written
from ethicsreview.files.domain.delimited import rows_of
from ethicsreview.files.domain.kinds import BadFile, Fault
from ethicsreview.files.domain.names import clean_name
from ethicsreview.files.domain.workbooks import Unreadable, formulas_of, opened, values_of
from ethicsreview.files.forms import ManyFilesField, ManyFilesInput, inspected
from ethicsreview.files.wording import reason
from workflows.domain.bulk_sheets import COLUMNS, Sheet, Table, fold
from workflows.domain.lengths import IMPORT_FILES
from workflows.queries.bulk_words import columns_of, own_sheets_of, sheets_of

MOST_BYTES = 5 << 20  # of all files together
MOST_ROWS = 5000  # of all sheets together, heads and blank lines apart
MOST_SHEETS, MOST_COLUMNS = 20, 60
LAST_ROW = 1 << 20  # of any workbook
ENDINGS = (".xlsx", ".csv")

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Sent:
    """The sheets that were sent; ``passed`` are those nobody knows, ``names`` the files."""

    tables: tuple[Table, ...]
    passed: tuple[str, ...]
    names: tuple[str, ...]


class TooMany(ValueError):
    """More rows than one import takes."""


class ImportForm(forms.Form):
    """One workbook, or several CSV files."""

    uploads = ManyFilesField(
        label=gettext_lazy("Workbook or CSV files"),
        widget=ManyFilesInput(attrs={"accept": ",".join(ENDINGS)}),
        help_text=gettext_lazy("One .xlsx file, or one .csv file for each sheet, chosen together; 5 MB, 5,000 rows."),
    )

    def clean_uploads(self) -> Sent:
        """The cells of every file."""
        files: list[UploadedFile[Any]] = self.cleaned_data["uploads"]
        if len(files) > IMPORT_FILES:
            raise ValidationError(_("Send at most %(most)s files at once.") % {"most": IMPORT_FILES})
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            size = filesizeformat(MOST_BYTES)
            raise ValidationError(
                _("Together the files are larger than %(most)s; send them in parts.") % {"most": size}
            )
        names = tuple(clean_name(file.name or "") for file in files)
        tables: list[Table] = []
        passed: list[str] = []
        for file, name in zip(files, names, strict=True):
            for table in _tables_of(file, name, MOST_ROWS - sum(len(one.rows) for one in tables)):
                tables += [table] if isinstance(table, Table) else []
                passed += [table] if isinstance(table, str) else []
        _check_sheets(tables)
        return Sent(tuple(tables), tuple(passed), names)


def _check_sheets(tables: list[Table]) -> None:
    if not tables:
        raise ValidationError(_("No sheet has a name or column heads that are known here. Take the template."))
    twice = next((one for n, one in enumerate(tables) if one.sheet in {old.sheet for old in tables[:n]}), None)
    if twice is not None:
        raise ValidationError(
            _("“%(name)s” is a second sheet of the same kind; put its rows into one.") % {"name": twice.name}
        )


def _tables_of(file: UploadedFile[Any], name: str, most: int) -> list[Table | str]:
    if not name.endswith(ENDINGS):
        raise ValidationError(_("%(name)s: send files whose names end in .xlsx or .csv.") % {"name": name})
    try:
        with inspected(file, name, most=MOST_BYTES) as path:
            return read_file(path, name, most)
    except BadFile as bad:
        raise ValidationError(f"{name}: {reason(bad)}") from None
    except Unreadable:
        damaged = BadFile(Fault.DAMAGED, ending=name.rpartition(".")[2])
        raise ValidationError(f"{name}: {reason(damaged)}") from None
    except TooMany:
        words = _(
            "There are more than %(most)s rows; send them in parts: organisations first, then people, seats last."
        )
        raise ValidationError(words % {"most": f"{MOST_ROWS:,}"}) from None


def read_file(path: Path, name: str, most: int) -> list[Table | str]:
    """The sheets of an inspected file that are known, the names of the others. Raises ``TooMany`` and more."""
    if name.endswith(".csv"):
        stem = name.removesuffix(".csv")
        return [_table(stem, _csv_cells(path), most)]
    found: list[Table | str] = []
    own = own_sheets_of()
    with opened(path) as sheets:
        for values, formulas in sheets[:MOST_SHEETS]:
            if fold(values.title) in own:
                continue
            table = _table(values.title, _sheet_cells(values, formulas), most)
            most -= len(table.rows) if isinstance(table, Table) else 0
            found.append(table)
    return found


def _csv_cells(path: Path) -> Iterator[tuple[int, Cells]]:
    for number, cells in enumerate(rows_of(path.read_bytes()), start=1):
        yield number, tuple(cells[:MOST_COLUMNS])


def _sheet_cells(values: Any, formulas: Any) -> Iterator[tuple[int, Cells]]:
    """Rows as texts; a formula without a value, which nobody has computed, is None."""
    computed: set[tuple[int, int]] | None = None
    for number, row in enumerate(values_of(values, rows=LAST_ROW, columns=MOST_COLUMNS), start=1):
        if number > 1 and computed is None:  # an unknown sheet is left after its head
            computed = formulas_of(formulas, rows=LAST_ROW, columns=MOST_COLUMNS)
        if not computed and row.count(None) == len(row):
            yield number, ()
            continue
        yield number, tuple(_cell(value, (number, place), computed) for place, value in enumerate(row, start=1))


def _cell(value: object, place: tuple[int, int], computed: set[tuple[int, int]] | None) -> str | None:
    return None if value is None and computed and place in computed else text_of(value)


def text_of(value: object) -> str:
    """What a cell shows, as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return written(unspelt(value))


def _table(name: str, cells: Iterator[tuple[int, Cells]], most: int) -> Table | str:
    """The table, or its name when nobody knows what it is; then its rows are not read."""
    head: Cells = next(islice(cells, 1), (1, ()))[1]
    sheet = sheets_of().get(fold(name)) or _by_heads(head)
    if sheet is None:
        return name
    rows: list[tuple[int, Cells]] = []
    for number, row in cells:
        if not any(text is None or text.strip() for text in row):
            continue
        if len(rows) == most:
            raise TooMany
        rows.append((number, row))
    return Table(sheet, name, head, tuple(rows))


def _by_heads(head: Iterable[str | None]) -> Sheet | None:
    """The one sheet whose needed columns are all there and which knows the most of these heads."""
    known, texts = columns_of(), [fold(text or "") for text in head]
    fitting: dict[int, list[Sheet]] = {}
    for sheet, columns in COLUMNS.items():
        found = {known[sheet][text] for text in texts if text in known[sheet]}
        if {column.name for column in columns if column.needed} <= found:
            fitting.setdefault(len(found), []).append(sheet)
    best = fitting[max(fitting)] if fitting else []
    return best[0] if len(best) == 1 else None
