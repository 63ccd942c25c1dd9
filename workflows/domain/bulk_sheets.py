"""What is imported in bulk: four sheets with their columns, and what is wrong with a cell.

Kinds, roles and reaches are those of the accounts, spelt as there; the choices and the words come from the caller.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessments.domain.cells import plain

AUTHORITY, LISTED, NO_REACH = "authority", "listed", "none"
CHINESE, ENGLISH = "zh-hans", "en"

_BETWEEN = re.compile(r"[\s_*·:()（）-]+")


class Sheet(StrEnum):
    """One kind of row."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    COMMITTEES = "committees"
    SEATS = "seats"


class Reads(StrEnum):
    """How a cell is understood."""

    TEXT = "text"
    MAIL = "mail"
    CREDIT_CODE = "credit_code"
    CODE = "code"  # of a committee
    CHOICE = "choice"
    CHOICES = "choices"
    DAY = "day"
    YES_NO = "yes_no"
    REFERENCE = "reference"
    REFERENCES = "references"


@dataclass(frozen=True)
class Column:
    """``needed``: the column must be there and each of its cells filled; ``longest`` counts characters."""

    name: str
    reads: Reads
    longest: int = 0
    needed: bool = False


COLUMNS: dict[Sheet, tuple[Column, ...]] = {
    Sheet.ORGANISATIONS: (
        Column("key", Reads.TEXT, 60),
        Column("kind", Reads.CHOICE, needed=True),
        Column("name", Reads.TEXT, 200, needed=True),
        Column("name_zh", Reads.TEXT, 200),
        Column("credit_code", Reads.CREDIT_CODE),
        Column("province", Reads.TEXT, 10),
        Column("sector", Reads.CHOICE),
        Column("reach", Reads.CHOICE),
        Column("covered", Reads.REFERENCES, 5000),
    ),
    Sheet.PEOPLE: (
        Column("mail", Reads.MAIL, 254, needed=True),
        Column("name", Reads.TEXT, 120),
        Column("name_zh", Reads.TEXT, 120),
        Column("language", Reads.CHOICE),
        Column("organisation", Reads.REFERENCE, 200),
        Column("role", Reads.CHOICE),
        Column("from", Reads.DAY),
        Column("until", Reads.DAY),
    ),
    Sheet.COMMITTEES: (
        Column("key", Reads.TEXT, 60),
        Column("host", Reads.REFERENCE, 200, needed=True),
        Column("code", Reads.CODE, 12),
        Column("name", Reads.TEXT, 200, needed=True),
        Column("name_zh", Reads.TEXT, 200),
        Column("rulebook", Reads.CHOICE),
        Column("instrument", Reads.CHOICE),
        Column("circumstances", Reads.CHOICES),
    ),
    Sheet.SEATS: (
        Column("committee", Reads.REFERENCE, 200, needed=True),
        Column("mail", Reads.MAIL, 254, needed=True),
        Column("role", Reads.CHOICE, needed=True),
        Column("categories", Reads.CHOICES),
        Column("sex", Reads.CHOICE),
        Column("external", Reads.YES_NO),
        Column("profession", Reads.TEXT, 200),
        Column("profession_zh", Reads.TEXT, 200),
        Column("from", Reads.DAY, needed=True),
        Column("until", Reads.DAY),
    ),
}


class CellFault(StrEnum):
    """Why a cell cannot be taken; the words stand with the page."""

    UNKNOWN_COLUMN = "unknown_column"
    REPEATED_COLUMN = "repeated_column"
    MISSING_COLUMN = "missing_column"
    MISSING = "missing"
    NO_VALUE = "no_value"  # a formula nobody has computed
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"  # signs that no signed document could print
    NOT_MAIL = "not_mail"
    NOT_CREDIT_CODE = "not_credit_code"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NOT_CODE = "not_code"
    UNKNOWN_CHOICE = "unknown_choice"
    NOT_DAY = "not_day"
    NOT_YES_NO = "not_yes_no"
    REPEATED = "repeated"
    CONTRADICTS = "contradicts"  # another row about the same person
    UNKNOWN_ORGANISATION = "unknown_organisation"
    UNKNOWN_COMMITTEE = "unknown_committee"
    UNKNOWN_PERSON = "unknown_person"
    AMBIGUOUS = "ambiguous"  # several could be meant
    FIXED = "fixed"  # not changed by an import
    REACH_NOT_AUTHORITY = "reach_not_authority"
    COVERED_NOT_LISTED = "covered_not_listed"
    ROLE_NOT_FOR_KIND = "role_not_for_kind"
    NOT_HOST = "not_host"
    CODE_TAKEN = "code_taken"
    ACCOUNT_CLOSED = "account_closed"
    SERVICE_ACCOUNT = "service_account"
    ENDS_BEFORE = "ends_before"
    TERM_OVERLAPS = "term_overlaps"
    TERM_ONLY_SHORTENED = "term_only_shortened"
    LAST_DAY_TOO_EARLY = "last_day_too_early"
    NOT_SEATABLE = "not_seatable"


@dataclass(frozen=True, order=True)
class At:
    """One row of a sheet, by its number in the file."""

    sheet: Sheet
    number: int


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be taken; ``shown`` stands in it, ``other`` is what it collides with, both cut short.

    ``allowed`` are the codes that may stand there where that depends on another cell.
    """

    at: At
    column: str
    code: CellFault
    shown: str = ""
    other: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One sheet as it was sent: ``name`` in its file, ``head`` and ``rows`` by their numbers; None has no value."""

    sheet: Sheet
    name: str
    head: tuple[str | None, ...]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]


@dataclass(frozen=True)
class Vocabulary:
    """How everything may be spelt, folded by ``fold``, and what the accounts say of kinds and roles.

    ``unprintable`` names the signs of a text that no document of ours can hold.
    """

    columns: Mapping[Sheet, Mapping[str, str]]
    choices: Mapping[tuple[Sheet, str], Mapping[str, str]]
    roles_of_kind: Mapping[str, tuple[str, ...]]
    hosts: frozenset[str]
    seatable: frozenset[str]
    is_mail: Callable[[str], bool]
    unprintable: Callable[[str], Iterable[str]]


def fold(text: object) -> str:
    """A name as it is compared: one width and case, without blanks, brackets, strokes and stars."""
    return _BETWEEN.sub("", plain(text).casefold())
