"""The cells of a bulk import as values, whoever typed them and with whichever keyboard."""

import re
from collections.abc import Callable
from datetime import date

from assessments.domain.cells import note, plain
from workflows.domain.bulk_sheets import CellFault, Column, Reads, Sheet, Vocabulary, fold

SIGNS = 5  # unprintable ones that are named
FIRST_YEAR, LAST_YEAR = 1900, 2199

Value = str | bool | date | tuple[str, ...] | None

_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_CREDIT_CODE = re.compile(rf"[{_CREDIT_SIGNS}]{{2}}[0-9]{{6}}[{_CREDIT_SIGNS}]{{10}}")
_CODE = re.compile(r"[A-Z][A-Z0-9-]*")
_PART = re.compile(r"\s*([年月日/.-])\s*")
_DAY = re.compile(r"([0-9]{4})([-/.年])([0-9]{1,2})([-/.月])([0-9]{1,2})日?(?:[T ]0{1,2}:00(?::00)?)?")
_BETWEEN_CHOICES = re.compile(r"[,;，；、\n]")
_BETWEEN_REFERENCES = re.compile(r"[;；\n]")
_YES = {"yes", "y", "true", "1", "是", "有", "对", "√"}
_NO = {"no", "n", "false", "0", "否", "无", "不是", "×"}


class Wrong(ValueError):
    """The cell cannot be read, for ``code``; ``other`` says more where the code does not."""

    def __init__(self, code: CellFault, other: str = "") -> None:
        super().__init__(code, other)
        self.code = code
        self.other = other


def read_cell(sheet: Sheet, column: Column, text: str, words: Vocabulary) -> Value:
    """What a filled cell says. Raises ``Wrong``."""
    return _READERS[column.reads](sheet, column, text, words)


def empty(column: Column) -> Value:
    """What an empty cell says: nothing."""
    if column.reads in {Reads.CHOICES, Reads.REFERENCES}:
        return ()
    return None if column.reads in {Reads.DAY, Reads.YES_NO} else ""


def line(text: str) -> str:
    """A text on one line, as it was written otherwise."""
    return " ".join(note(text).split())


def check_digit(seventeen: str) -> str:
    """The last sign of a unified social credit code (GB 32100) that begins with these seventeen."""
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(seventeen))
    return _CREDIT_SIGNS[-total % 31]


def _text(_sheet: Sheet, column: Column, text: str, words: Vocabulary) -> str:
    found = line(text)
    if len(found) > column.longest:
        raise Wrong(CellFault.TOO_LONG, str(column.longest))
    if strange := sorted(words.unprintable(found)):
        raise Wrong(CellFault.UNPRINTABLE, ", ".join(strange[:SIGNS]))
    return found


def _mail(_sheet: Sheet, column: Column, text: str, words: Vocabulary) -> str:
    found = plain(text).lower()
    if len(found) > column.longest or not words.is_mail(found):
        raise Wrong(CellFault.NOT_MAIL)
    return found


def _credit_code(_sheet: Sheet, _column: Column, text: str, _words: Vocabulary) -> str:
    found = re.sub(r"[\s-]", "", plain(text)).upper()
    if not _CREDIT_CODE.fullmatch(found):
        raise Wrong(CellFault.NOT_CREDIT_CODE)
    if check_digit(found[:17]) != found[17]:
        raise Wrong(CellFault.WRONG_CHECK_DIGIT)
    return found


def _code(_sheet: Sheet, column: Column, text: str, _words: Vocabulary) -> str:
    found = plain(text).upper()
    if len(found) > column.longest or not _CODE.fullmatch(found):
        raise Wrong(CellFault.NOT_CODE)
    return found


def _choice(sheet: Sheet, column: Column, text: str, words: Vocabulary) -> str:
    found = words.choices[sheet, column.name].get(fold(text))
    if found is None:
        raise Wrong(CellFault.UNKNOWN_CHOICE)
    return found


def _choices(sheet: Sheet, column: Column, text: str, words: Vocabulary) -> tuple[str, ...]:
    """Each once, in the order in which they stand; a label that holds a comma is known as a whole."""
    known = words.choices[sheet, column.name]
    whole = known.get(fold(text))
    parts = [text] if whole else [part for part in _BETWEEN_CHOICES.split(text) if part.strip()]
    for part in parts:
        if fold(part) not in known:
            raise Wrong(CellFault.UNKNOWN_CHOICE, line(part))
    return tuple(dict.fromkeys(known[fold(part)] for part in parts))


def _day(_sheet: Sheet, _column: Column, text: str, _words: Vocabulary) -> date:
    found = _DAY.fullmatch(_PART.sub(r"\1", plain(text)))
    if found is None or (found[2], found[4]) not in {("年", "月"), *((sign, sign) for sign in "-/.")}:
        raise Wrong(CellFault.NOT_DAY)
    try:
        day = date(int(found[1]), int(found[3]), int(found[5]))
    except ValueError:
        raise Wrong(CellFault.NOT_DAY) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong(CellFault.NOT_DAY)
    return day


def _yes_no(_sheet: Sheet, _column: Column, text: str, _words: Vocabulary) -> bool:
    found = plain(text).casefold()
    if found not in _YES | _NO:
        raise Wrong(CellFault.NOT_YES_NO)
    return found in _YES


def _reference(_sheet: Sheet, column: Column, text: str, _words: Vocabulary) -> str:
    found = line(text)
    if len(found) > column.longest:
        raise Wrong(CellFault.TOO_LONG, str(column.longest))
    return found


def _references(_sheet: Sheet, column: Column, text: str, _words: Vocabulary) -> tuple[str, ...]:
    if len(text) > column.longest:
        raise Wrong(CellFault.TOO_LONG, str(column.longest))
    return tuple(dict.fromkeys(line(part) for part in _BETWEEN_REFERENCES.split(text) if part.strip()))


_READERS: dict[Reads, Callable[[Sheet, Column, str, Vocabulary], Value]] = {
    Reads.TEXT: _text,
    Reads.MAIL: _mail,
    Reads.CREDIT_CODE: _credit_code,
    Reads.CODE: _code,
    Reads.CHOICE: _choice,
    Reads.CHOICES: _choices,
    Reads.DAY: _day,
    Reads.YES_NO: _yes_no,
    Reads.REFERENCE: _reference,
    Reads.REFERENCES: _references,
}
