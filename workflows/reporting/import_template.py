"""The workbook to be filled in for a bulk import: what each column takes, four empty sheets, lists to choose from."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from assessments.reporting.fitting import fit
from assessments.reporting.sheets import BOX, GREY, HEAD, bold_font, paged, put
from workflows.domain.bulk_sheets import COLUMNS, Column, Reads, Sheet
from workflows.queries.bulk_words import EXPLANATION, HINTS, LISTS, SHEETS, Choices, Label, head_of

LAST_ROW = 5001
WIDTHS = {Reads.TEXT: 28, Reads.MAIL: 30, Reads.CREDIT_CODE: 24, Reads.CODE: 12, Reads.CHOICE: 24, Reads.CHOICES: 34}
WIDTHS |= {Reads.DAY: 14, Reads.YES_NO: 14, Reads.REFERENCE: 26, Reads.REFERENCES: 34}
NARROW = {"key": 14, "province": 12, "language": 12, "role": 18, "sex": 10, "kind": 18}


def template(choices: Choices, *, language: str) -> bytes:
    """The file in ``language``, "en" or "zh"."""
    with translation.override("zh-hans" if language == "zh" else "en"):
        book = Workbook()
        book.properties.title = _("Bulk import")
        book.properties.creator = _("Ethics Review")
        _explain(book.active, choices, language)
        sheets = {sheet: book.create_sheet(str(SHEETS[sheet])) for sheet in Sheet}
        ranges = _lists(book.create_sheet(str(LISTS)), choices, language)
        for sheet, page in sheets.items():
            _fill(page, sheet, ranges)
        out = BytesIO()
        book.save(out)
        return out.getvalue()


def _explain(page: Any, choices: Choices, language: str) -> None:
    page.title = str(EXPLANATION)
    page.sheet_view.showGridLines = False
    for letter, width in zip("ABC", (24, 30, 100), strict=True):
        page.column_dimensions[letter].width = width
    put(page["A1"], _("Bulk import of organisations, people, committees and seats")).font = bold_font(15)
    page["A1"].alignment = Alignment(vertical="center")
    told = [
        _("Fill in the sheets you need; the others may stay empty or be taken out. Columns marked * are needed."),
        _("Send the file in the operator's import. What it comes to is shown first, and every wrong cell is named."),
        _("All of it is taken or nothing. An empty cell leaves what stands here as it is."),
        _(
            "What stands already is known by credit code, else by exact name and kind; people by mail address; "
            "committees by host and name; seats by committee, person and first day."
        ),
    ]
    for number, sentence in enumerate(told, start=2):
        put(page.cell(number, 1), sentence).alignment = Alignment(vertical="center")
    row = len(told) + 3
    for place, words in enumerate((_("Sheet"), _("Column"), _("What may stand there")), start=1):
        cell = put(page.cell(row, place), words, fill=HEAD)
        cell.font, cell.border = bold_font(color="FFFFFFFF"), BOX
    for sheet, columns in COLUMNS.items():
        for column in columns:
            row += 1
            for place, words in enumerate(
                (str(SHEETS[sheet]), _head(sheet, column), _allowed(sheet, column, choices, language)), start=1
            ):
                put(page.cell(row, place), words, fill=GREY if place < 3 else None).border = BOX
    fit(page, first=len(told) + 3)
    paged(page)


def _head(sheet: Sheet, column: Column) -> str:
    return f"{head_of(sheet, column.name)} *" if column.needed else head_of(sheet, column.name)


def _allowed(sheet: Sheet, column: Column, choices: Choices, language: str) -> str:
    hint = str(HINTS.get((sheet, column.name), ""))
    labels = choices.get((sheet, column.name))
    if labels:
        listed = pgettext("list of choices", "; ").join(label[language] for label in labels.values())
        return " ".join(filter(None, [hint, _("One of: %(choices)s") % {"choices": listed}]))
    return hint or _("At most %(most)s characters.") % {"most": column.longest}


def _lists(page: Any, choices: Choices, language: str) -> dict[tuple[Sheet, str], str]:
    """Write each list into a column of its own; where each stands."""
    page.sheet_state = "hidden"
    name, ranges = str(page.title).replace("'", "''"), {}
    lists: dict[tuple[Sheet, str], Mapping[str, Label]] = {**choices, (Sheet.SEATS, "external"): _yes_no()}
    for place, (column, labels) in enumerate(lists.items(), start=1):
        letter = get_column_letter(place)
        put(page[f"{letter}1"], f"{SHEETS[column[0]]} · {head_of(*column)}")
        for number, label in enumerate(labels.values(), start=2):
            put(page[f"{letter}{number}"], label[language])
        ranges[column] = f"'{name}'!${letter}$2:${letter}${len(labels) + 1}"
    return ranges


def _yes_no() -> Mapping[str, Label]:
    return {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}


def _fill(page: Any, sheet: Sheet, ranges: Mapping[tuple[Sheet, str], str]) -> None:
    """Heads, widths, and the lists to choose from."""
    for place, column in enumerate(COLUMNS[sheet], start=1):
        letter = get_column_letter(place)
        head = put(page[f"{letter}1"], _head(sheet, column), fill=HEAD)
        head.font, head.border = bold_font(color="FFFFFFFF"), BOX
        dimension = page.column_dimensions[letter]
        dimension.width = NARROW.get(column.name, WIDTHS[column.reads])
        dimension.number_format = "yyyy-mm-dd" if column.reads is Reads.DAY else "@"
        if (sheet, column.name) in ranges and column.reads is not Reads.CHOICES:
            _choose(page, f"{letter}2:{letter}{LAST_ROW}", ranges[sheet, column.name], head_of(sheet, column.name))
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    fit(page)
    paged(page)


def _choose(page: Any, cells: str, formula: str, title: str) -> None:
    found = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    found.errorTitle, found.error = title, _("Choose one from the list, or leave the cell empty.")
    found.add(cells)
    page.add_data_validation(found)
