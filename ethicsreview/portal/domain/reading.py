"""Reading a search from an address: everything that says nothing is named."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from ethicsreview.portal.domain.searches import APPLIES, Filter, Kind, Order, Place, Search, Side, Value
from workflows.domain.procedure_rules import Procedure
from workflows.domain.states import ReportKind, State
from workflows.domain.verification_states import CertificateState, VReportKind

MOST_LETTERS = 200  # of everything typed
MOST_WORDS = 8

Known = TypeVar("Known", bound=StrEnum)
Filters = tuple[tuple[Filter, Value], ...]


class FaultCode(StrEnum):
    """Why a part of an address says nothing."""

    UNKNOWN = "unknown"  # not one of the values there are
    NOT_HERE = "not_here"  # this kind of thing has no such filter
    TWICE = "twice"
    TOO_LONG = "too_long"
    TOO_MANY_WORDS = "too_many_words"
    UNREADABLE = "unreadable"  # characters no text is made of
    REVERSED = "reversed"  # ends before it begins


@dataclass(frozen=True)
class Fault:
    """One bad value: its name in the address, what is wrong with it, and the value, cut short."""

    name: str
    code: FaultCode
    value: str = ""


@dataclass(frozen=True)
class Reading:
    """An address as it was understood: the search without what is wrong in it, and what is wrong."""

    search: Search
    faults: tuple[Fault, ...] = ()


STATES: dict[Kind, frozenset[str]] = {Kind.CASES: frozenset(State), Kind.MATURITY: frozenset(CertificateState)}
DOCUMENTS = (*(f"case-{kind}" for kind in ReportKind), *(f"maturity-{kind}" for kind in VReportKind))
LANGUAGES = ("en", "zh-hans")
_YEARS = range(1900, 3000)
_CODE = re.compile(r"[\w.-]{1,40}")


def parse(data: Mapping[str, Sequence[str]]) -> Reading:
    """The search an address asks for; ``data`` maps each name to every value given under it.

    Names that mean nothing here are passed over; a bad value of a name that does is a fault.
    """
    given = {name: [value.strip() for value in values if value.strip()] for name, values in data.items()}
    faults = [Fault(name, FaultCode.TWICE) for name in _NAMES if len(given.get(name, ())) > 1]
    single = {name: values[0] for name, values in given.items() if len(values) == 1}
    kind, kind_fault = _choice(Kind, Kind.CASES, "kind", single)
    order, order_fault = _choice(Order, Order.USUAL, "order", single)
    text, text_fault = _text(single.get("q", ""))
    filters, filter_faults = _filters(kind, single)
    place, place_fault = _place(kind, single)
    faults += [one for one in (kind_fault, order_fault, text_fault, *filter_faults, place_fault) if one]
    return Reading(Search(kind, text, filters, order, place), tuple(faults))


def _choice(kinds: type[Known], usual: Known, name: str, single: Mapping[str, str]) -> tuple[Known, Fault | None]:
    value = single.get(name, usual.value)
    try:
        return kinds(value), None
    except ValueError:
        return usual, Fault(name, FaultCode.UNKNOWN, value[:40])


def _text(typed: str) -> tuple[str, Fault | None]:
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and not letter.isspace() for letter in typed):
        return "", Fault("q", FaultCode.UNREADABLE)
    words = typed.split()
    if sum(map(len, words)) + len(words) > MOST_LETTERS + 1:
        return "", Fault("q", FaultCode.TOO_LONG, typed[:40])
    if len(words) > MOST_WORDS:
        return "", Fault("q", FaultCode.TOO_MANY_WORDS, typed[:40])
    return " ".join(words), None


def _filters(kind: Kind, single: Mapping[str, str]) -> tuple[Filters, list[Fault]]:
    found: list[tuple[Filter, Value]] = []
    faults = []
    for name in Filter:
        text = single.get(name.value)
        if text is None:
            continue
        value = _READERS[name](kind, text) if name in APPLIES[kind] else None
        if value is not None:
            found.append((name, value))
        else:
            code = FaultCode.UNKNOWN if name in APPLIES[kind] else FaultCode.NOT_HERE
            faults.append(Fault(name.value, code, text[:40]))
    days = dict(found)
    first, last = days.get(Filter.FROM), days.get(Filter.UNTIL)
    if isinstance(first, date) and isinstance(last, date) and last < first:
        faults.append(Fault(Filter.UNTIL.value, FaultCode.REVERSED, last.isoformat()))
        found.remove((Filter.UNTIL, last))
    return tuple(found), faults


def _place(kind: Kind, single: Mapping[str, str]) -> tuple[Place | None, Fault | None]:
    side = next((side for side in Side if side.value in single), None)
    if side is None:
        return None, None
    mark = single[side.value]
    if side is Side.LAST:
        return (Place(side), None) if mark == "1" else (None, Fault(side.value, FaultCode.UNKNOWN, mark[:40]))
    key, _tilde, pk = mark.rpartition("~")
    found, number = _key(kind, key), _number(kind, pk)
    if found is None or number is None:
        return None, Fault(side.value, FaultCode.UNKNOWN, mark[:40])
    return Place(side, found, number), None


def _key(kind: Kind, text: str) -> datetime | str | None:
    if kind is Kind.COMMITTEES:
        return text if _CODE.fullmatch(text) else None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment.year in _YEARS else None


def _number(_kind: Kind, text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and int(text) else None


def _one_of(known: Sequence[str]) -> Callable[[Kind, str], str | None]:
    return lambda _kind, text: text if text in known else None


def _state(kind: Kind, text: str) -> str | None:
    return text if text in STATES[kind] else None


def _code(_kind: Kind, text: str) -> str | None:
    return text if _CODE.fullmatch(text) else None


def _place_name(_kind: Kind, text: str) -> str | None:
    return text if len(text) <= 40 and text.isprintable() else None


def _tier(kind: Kind, text: str) -> Value | None:
    if kind is Kind.MATURITY:
        return int(text) if len(text) == 1 and text in "123456789" else None
    return text if len(text) <= 12 and _CODE.fullmatch(text) else None


def _year(_kind: Kind, text: str) -> int | None:
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() and int(text) in _YEARS else None


def _day(_kind: Kind, text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _overdue(_kind: Kind, text: str) -> bool | None:
    return True if text == "on" else None


_READERS: dict[Filter, Callable[[Kind, str], Value | None]] = {
    Filter.STATE: _state,
    Filter.DECISION: _code,
    Filter.DOCUMENT: _one_of(DOCUMENTS),
    Filter.LANGUAGE: _one_of(LANGUAGES),
    Filter.PROCEDURE: _one_of(tuple(Procedure)),
    Filter.TIER: _tier,
    Filter.COMMITTEE: _number,
    Filter.ORGANISATION: _number,
    Filter.PROVINCE: _place_name,
    Filter.SECTOR: _place_name,
    Filter.YEAR: _year,
    Filter.FROM: _day,
    Filter.UNTIL: _day,
    Filter.OVERDUE: _overdue,
}
_NAMES = ("kind", "q", "order", *Filter, *Side)
