"""The questionnaire with its answers as a workbook: no macro, no link, no formula, whatever the answers hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from assessments.domain.cells import SHORT_KEY, shown_step
from assessments.domain.merging import Content
from assessments.domain.staged import Criterion, Dimension, StagedInstrument, StagedItem
from assessments.domain.workbook import Column, Mark
from assessments.reporting.fitting import fit
from assessments.reporting.sheets import BOX, GREY, HEAD, ITEM, MIDDLE, WRAP, bold_font, paged, protect, put

WIDTHS = {Column.KEY: 8, Column.ITEM: 20, Column.LEVEL: 7, Column.TEXT: 50, Column.EVIDENCE: 38}
WIDTHS |= {Column.RATING: 13, Column.NOTE: 42}  # together as wide as an ordinary screen
LETTERS = dict(zip(Column, "ABCDEFG", strict=True))
FIRST = 4  # the first row below codes, title and heads
LONGEST_NAME = 31  # characters of a sheet's name
LONGEST_PROMPT = 255

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Download:
    """What is written beside the instrument; ``saved`` counts the answers saved so far, ``digest`` is theirs."""

    reference: str
    legal_entity: str
    scope: str
    target: int
    at: datetime
    saved: int
    digest: str
    answers: Mapping[str, Content]


def workbook(instrument: StagedInstrument, download: Download, *, language: str) -> bytes:
    """The file in ``language``: an overview, then a sheet for each dimension."""
    with translation.override(language):
        book = Workbook()
        book.properties.title = f"{download.reference} {instrument.title.in_(language)}"
        book.properties.creator = _("Ethics Review")
        book.properties.created = book.properties.modified = download.at.replace(tzinfo=None)
        overview = book.active
        steps = _overview(overview, instrument, download, language)
        for number, dimension in enumerate(instrument.dimensions, start=1):
            sheet = book.create_sheet(sheet_name(dimension, number, language))
            _Sheet(sheet, instrument, download.answers, language, steps).fill(dimension)
        out = BytesIO()
        book.save(out)
        return out.getvalue()


def sheet_name(dimension: Dimension, number: int, language: str) -> str:
    """Its key, or its place where the key is a word, and its title, as far as a sheet's name may go."""
    key = dimension.key if len(dimension.key) <= SHORT_KEY + 1 else str(number)
    return " ".join(_NOT_IN_NAMES.sub(" ", f"{key} {dimension.title.in_(language)}").split())[:LONGEST_NAME].strip()


def _overview(sheet: Any, instrument: StagedInstrument, download: Download, language: str) -> str:
    """Fill the first sheet; returns the range in which the steps stand, for the lists of the others."""
    sheet.title = pgettext("workbook", "Overview")
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABC", (4, 34, 96), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["A"].hidden = True
    put(sheet["A1"], Mark.OVERVIEW.value)
    title = put(sheet["B1"], instrument.title.in_(language))
    title.font, title.alignment = bold_font(15), Alignment(vertical="center")
    row = _facts(sheet, instrument, download, language)
    row = _instructions(sheet, row + 1, instrument, language)
    steps = _scale(sheet, row + 1, instrument, language)
    fit(sheet, first=2)
    protect(sheet)
    paged(sheet)
    return steps


def _facts(sheet: Any, instrument: StagedInstrument, download: Download, language: str) -> int:
    tier = instrument.tier(download.target)
    facts: list[tuple[str, str, object]] = [
        (Mark.REFERENCE.value, pgettext("maturity", "Assessment"), download.reference),
        ("", _("Legal entity"), download.legal_entity),
        ("", pgettext("maturity", "Scope"), download.scope),
        ("", _("Target tier"), f"{download.target} · {tier.label.in_(language)}" if tier else ""),
        (Mark.INSTRUMENT.value, _("Instrument"), instrument.slug),
        (Mark.VERSION.value, pgettext("maturity", "Version"), instrument.version),
        ("", pgettext("workbook", "Downloaded"), download.at.strftime("%Y-%m-%d %H:%M %Z")),
        (Mark.SAVED.value, _("Answers saved by then"), download.saved),
        (Mark.DIGEST.value, _("Digest of the answers (SHA-256)"), download.digest),
        ("", pgettext("maturity", "Notice"), instrument.notice.in_(language)),
    ]
    for number, (code, label, value) in enumerate(facts, start=3):
        put(sheet.cell(number, 1), code)
        put(sheet.cell(number, 2), label, fill=GREY, bold=True).border = BOX
        written = put(sheet.cell(number, 3), value)
        written.border, written.alignment = BOX, Alignment(wrap_text=True, vertical="top", horizontal="left")
    return 3 + len(facts)


def _instructions(sheet: Any, row: int, instrument: StagedInstrument, language: str) -> int:
    label = instrument.not_applicable.label.in_(language)
    told = [
        _("Fill in the white cells: the rating of each criterion, chosen from the list, and a note."),
        _("Grey cells say what is asked. They are locked so that nothing is lost by mistake; leave them as they are."),
        _("A level counts once every level below it is attained; what you answer above that is kept."),
        _("An empty rating is unanswered, which is not the same as “not met”."),
        _("Evidence is added on the site; a high rating without it counts less."),
        _("Send the file back on the site: it first shows what would change and which cells it cannot read."),
        _("What colleagues change on the site in the meantime is never overwritten without asking you."),
    ]
    if instrument.not_applicable.allowed:
        told.insert(
            4, _("Where an item may be set aside, choose “%(label)s” in its row and say why.") % {"label": label}
        )
    put(sheet.cell(row, 2), pgettext("workbook", "How to fill it in"), bold=True)
    for number, sentence in enumerate(told):
        put(sheet.cell(row + number, 3), f"{number + 1}. {sentence}")
    return row + len(told)


def _scale(sheet: Any, row: int, instrument: StagedInstrument, language: str) -> str:
    put(sheet.cell(row, 2), pgettext("maturity", "Ratings"), bold=True)
    for number, step in enumerate(reversed(instrument.scale), start=row + 1):
        put(sheet.cell(number, 2), shown_step(instrument, step.key, language), fill=GREY, bold=True).border = BOX
        said = f"{step.label.in_(language)}: {step.meaning.in_(language)}"
        put(sheet.cell(number, 3), said).border = BOX
    name = str(sheet.title).replace("'", "''")
    return f"'{name}'!$B${row + 1}:$B${row + len(instrument.scale)}"


class _Sheet:
    """One dimension's sheet while it is filled."""

    def __init__(
        self, sheet: Any, instrument: StagedInstrument, answers: Mapping[str, Content], language: str, steps: str
    ) -> None:
        self.sheet = sheet
        self.instrument = instrument
        self.answers = answers
        self.language = language
        self.ratings = self._list(steps, self._prompt())
        aside = instrument.not_applicable.label.in_(language).replace('"', '""')
        self.asides = self._list(f'"{aside}"', _("Only where the item does not apply; say why in the note."))

    def fill(self, dimension: Dimension) -> None:
        """Codes, title, heads, and the rows of every item."""
        for column in Column:
            self.sheet.column_dimensions[LETTERS[column]].width = WIDTHS[column]
            put(self._cell(1, column), column.value)
        self.sheet.row_dimensions[1].hidden = True
        title = put(self.sheet["A2"], f"{dimension.key} · {dimension.title.in_(self.language)}")
        title.font, title.alignment = bold_font(14), Alignment(vertical="center")
        self._heads()
        row = FIRST
        for item in dimension.items:
            row = self._item(item, row)
        self.sheet.freeze_panes = f"A{FIRST}"
        self.sheet.print_title_rows = f"{FIRST - 1}:{FIRST - 1}"
        fit(self.sheet, first=2)
        protect(self.sheet)
        paged(self.sheet)

    def _heads(self) -> None:
        heads = {
            Column.KEY: pgettext("workbook", "No."),
            Column.ITEM: pgettext("maturity", "Item"),
            Column.LEVEL: pgettext("maturity", "Level"),
            Column.TEXT: pgettext("maturity", "Criterion"),
            Column.EVIDENCE: _("Evidence that shows it"),
            Column.RATING: pgettext("maturity", "Rating"),
            Column.NOTE: pgettext("maturity", "Note"),
        }
        for column, words in heads.items():
            cell = put(self._cell(FIRST - 1, column), words, fill=HEAD)
            cell.font, cell.border = bold_font(color="FFFFFFFF"), BOX

    def _item(self, item: StagedItem, row: int) -> int:
        """The item's own row, then its criteria by level; the number of the next free row."""
        given = self.answers.get(item.key, Content())
        mark = self.instrument.not_applicable.label.in_(self.language) if given.set_aside else ""
        about = _("May be set aside with a reason.") if item.may_na else ""
        self._row(row, [item.key, item.title.in_(self.language), "", item.summary.in_(self.language), about], ITEM)
        self._open(row, mark, given.note, self.asides if item.may_na else None)
        for cell in item.cells:
            for criterion in cell:
                row += 1
                self._criterion(item, criterion, row)
        return row + 1

    def _criterion(self, item: StagedItem, criterion: Criterion, row: int) -> None:
        given = self.answers.get(criterion.key, Content())
        text, evidence = criterion.text.in_(self.language), criterion.evidence.in_(self.language)
        self._row(row, [criterion.key, item.title.in_(self.language), criterion.level, text, evidence], GREY)
        step = shown_step(self.instrument, given.step, self.language) if given.step else ""
        self._open(row, step, given.note, self.ratings)

    def _row(self, row: int, values: Sequence[object], fill: PatternFill) -> None:
        for column, value in zip(Column, values, strict=False):
            middle = column in {Column.KEY, Column.LEVEL}
            cell = put(self._cell(row, column), value, fill=fill, middle=middle, bold=fill is ITEM)
            cell.border = BOX
            if column is Column.KEY:
                cell.number_format = "@"

    def _open(self, row: int, rating: str, remark: str, choices: DataValidation | None) -> None:
        """The two cells that are filled in; without choices they are locked and grey."""
        for column, value in ((Column.RATING, rating), (Column.NOTE, remark)):
            fill = ITEM if choices is None else None
            cell = put(self._cell(row, column), value or None, fill=fill, middle=column is Column.RATING)
            cell.border, cell.number_format = BOX, "@"
            cell.alignment = MIDDLE if column is Column.RATING else WRAP
            if choices is not None:
                cell.protection = Protection(locked=False)
        if choices is not None:
            choices.add(self._cell(row, Column.RATING))

    def _cell(self, row: int, column: Column) -> Any:
        return self.sheet[f"{LETTERS[column]}{row}"]

    def _list(self, formula: str, prompt: str) -> DataValidation:
        found = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
        found.errorTitle, found.error = (
            pgettext("maturity", "Rating"),
            _("Choose one from the list, or leave the cell empty."),
        )
        found.promptTitle, found.prompt, found.showInputMessage = (
            pgettext("maturity", "Rating"),
            prompt[:LONGEST_PROMPT],
            True,
        )
        self.sheet.add_data_validation(found)
        return found

    def _prompt(self) -> str:
        """What the short keys mean; labels explain themselves."""
        steps = list(reversed(self.instrument.scale))
        if any(len(step.key) > SHORT_KEY for step in steps):
            return _("Choose one from the list, or leave the cell empty.")
        return "\n".join(f"{step.key}  {step.label.in_(self.language)}" for step in steps)
