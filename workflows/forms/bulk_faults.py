"""What is wrong with a cell of a bulk import and what may stand there, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from ethicsreview.accounts.wording import ROLES
from workflows.domain.bulk_sheets import COLUMNS, CellFault, Fault, Sheet, Table, fold
from workflows.queries.bulk_words import Choices, columns_of, head_of

MOST_CHOICES = 30  # that are named

FAULTS: dict[CellFault, Promise] = {
    CellFault.UNKNOWN_COLUMN: _("No column is called “%(shown)s”. Columns here: %(allowed)s"),
    CellFault.REPEATED_COLUMN: _("The column “%(shown)s” stands here a second time."),
    CellFault.MISSING_COLUMN: _("The column “%(column)s” is missing."),
    CellFault.MISSING: _("%(column)s: needed, and empty."),
    CellFault.NO_VALUE: _("%(column)s: a formula that has not been computed. Write the value itself."),
    CellFault.TOO_LONG: _("%(column)s: longer than %(other)s characters."),
    CellFault.UNPRINTABLE: _("%(column)s: characters that the signed documents cannot print: %(other)s"),
    CellFault.NOT_MAIL: _("%(column)s: “%(shown)s” is no mail address."),
    CellFault.NOT_CREDIT_CODE: _(
        "%(column)s: “%(shown)s” is not one: 18 digits and capital letters without I, O, S, V and Z."
    ),
    CellFault.WRONG_CHECK_DIGIT: _("%(column)s: the last sign of “%(shown)s” does not fit the others (GB 32100)."),
    CellFault.NOT_CODE: _(
        "%(column)s: “%(shown)s” is not one: a letter, then letters, digits or hyphens, at most 12."
    ),
    CellFault.UNKNOWN_CHOICE: _("%(column)s: “%(shown)s” is none of: %(allowed)s"),
    CellFault.NOT_DAY: _("%(column)s: “%(shown)s” is no day. Write 2026-11-25, 2026/11/25 or 2026年11月25日."),
    CellFault.NOT_YES_NO: _("%(column)s: “%(shown)s” is neither yes (是) nor no (否)."),
    CellFault.REPEATED: _("%(column)s: the same as in row %(other)s. One row says it once."),
    CellFault.CONTRADICTS: _("%(column)s: “%(shown)s” is not what row %(other)s says of the same person."),
    CellFault.UNKNOWN_ORGANISATION: _(
        "%(column)s: “%(shown)s” is no key, credit code or name of an organisation, in these files or here."
    ),
    CellFault.UNKNOWN_COMMITTEE: _(
        "%(column)s: “%(shown)s” is no key, code or name of a committee, in these files or here."
    ),
    CellFault.UNKNOWN_PERSON: _("%(column)s: nobody has the address “%(shown)s”, in these files or here."),
    CellFault.AMBIGUOUS: _("%(column)s: “%(shown)s” can mean several. Give the credit code, or a key or code."),
    CellFault.FIXED: _("%(column)s: stands as “%(other)s” and is not changed by an import."),
    CellFault.REACH_NOT_AUTHORITY: _("%(column)s: only an authority has one."),
    CellFault.COVERED_NOT_LISTED: _(
        "%(column)s: only for an authority whose jurisdiction is a list of organisations."
    ),
    CellFault.ROLE_NOT_FOR_KIND: _("%(column)s: an organisation of this kind has no “%(shown)s”, only: %(allowed)s"),
    CellFault.NOT_HOST: _("%(column)s: “%(shown)s” is neither a review body nor a service centre."),
    CellFault.CODE_TAKEN: _("%(column)s: another committee has the code “%(shown)s”."),
    CellFault.ACCOUNT_CLOSED: _(
        "%(column)s: the account “%(shown)s” is closed. It is opened again in the back office."
    ),
    CellFault.SERVICE_ACCOUNT: _("%(column)s: “%(shown)s” is the account of a program, not of a person."),
    CellFault.ENDS_BEFORE: _("%(column)s: the last day lies before the first."),
    CellFault.TERM_OVERLAPS: _(
        "%(column)s: the person has held this since %(other)s. Give that day, or end the term first."
    ),
    CellFault.TERM_ONLY_SHORTENED: _("%(column)s: a term is not made longer. Give another one from the next day on."),
    CellFault.LAST_DAY_TOO_EARLY: _("%(column)s: a term can be ended from yesterday on, not further back."),
    CellFault.NOT_SEATABLE: _(
        "%(column)s: “%(shown)s” is neither member nor secretary at the host during the term. "
        "Give the role on the sheet of people."
    ),
}


def tongue() -> str:
    """The reader's language as labels are kept."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


class Places:
    """Where each column of the sent sheets stands."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        known = columns_of()
        self.names = {table.sheet: table.name for table in tables}
        self.letters: dict[tuple[Sheet, str], str] = {}
        for table in tables:
            for place, head in reversed(list(enumerate(table.head, start=1))):
                self.letters[table.sheet, known[table.sheet].get(fold(head or ""), "")] = get_column_letter(place)

    def cell(self, fault: Fault) -> str:
        """The cell as a spreadsheet names it; the row where the column is not in the file."""
        sheet = fault.at.sheet
        if fault.column.startswith("#"):
            letter = get_column_letter(int(fault.column[1:]) + 1)
        else:
            letter = self.letters.get((sheet, fault.column), "")
        return f"{self.names[sheet]}!{letter}{fault.at.number}"


def fault_words(fault: Fault, choices: Choices) -> str:
    """What is wrong and what may stand there instead."""
    words: Mapping[str, str] = {
        "column": head_of(fault.at.sheet, fault.column),
        "shown": fault.shown,
        "other": _other(fault, choices),
        "allowed": pgettext("list of choices", "; ").join(_allowed(fault, choices)),
    }
    return str(FAULTS[fault.code]) % words


def _other(fault: Fault, choices: Choices) -> str:
    label = choices.get((fault.at.sheet, fault.column), {}).get(fault.other)
    return label[tongue()] if label else fault.other


def _allowed(fault: Fault, choices: Choices) -> list[str]:
    if fault.code is CellFault.UNKNOWN_COLUMN:
        return [head_of(fault.at.sheet, column.name) for column in COLUMNS[fault.at.sheet]]
    if fault.code is CellFault.ROLE_NOT_FOR_KIND:
        return [str(words) for role, words in ROLES.items() if role.value in fault.allowed]
    labels = choices.get((fault.at.sheet, fault.column), {})
    found = [label[tongue()] for code, label in labels.items() if not fault.allowed or code in fault.allowed]
    return found if len(found) <= MOST_CHOICES else [*found[:MOST_CHOICES], "…"]
