"""A search as a value: what it asks, its one address, and the searches beside it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlencode

MOST_SAVED = 50  # searches one person keeps


class Kind(StrEnum):
    """What is sought; the order is the order of the page."""

    CASES = "cases"
    COMMITTEES = "committees"
    DECISIONS = "decisions"
    MATURITY = "maturity"
    REPORTS = "reports"


class Filter(StrEnum):
    """What narrows a search; the value is its name in the address, the order the order there."""

    STATE = "state"
    DECISION = "decision"
    DOCUMENT = "document"  # what sort of report
    LANGUAGE = "language"  # a report is written in
    PROCEDURE = "procedure"
    TIER = "tier"
    COMMITTEE = "committee"
    ORGANISATION = "organisation"
    PROVINCE = "province"
    SECTOR = "sector"
    YEAR = "year"
    FROM = "from"
    UNTIL = "until"
    OVERDUE = "overdue"


class Order(StrEnum):
    """Newest first and A to Z, or the other way round."""

    USUAL = "usual"
    REVERSED = "reversed"


class Side(StrEnum):
    """Which rows a page holds: those after a row, those before it, or the last there are."""

    AFTER = "after"
    BEFORE = "before"
    LAST = "last"


class Reason(StrEnum):
    """Why a search was not kept."""

    NAME_TAKEN = "name_taken"
    TOO_MANY = "too_many"


class NotKept(Exception):
    """A search was not kept; nothing was written."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


Value = str | int | bool | date


@dataclass(frozen=True)
class Place:
    """A page by the row beside it: the row's own ``key`` in the order of the list, and its id."""

    side: Side
    key: datetime | str = ""
    pk: int = 0


@dataclass(frozen=True)
class Search:
    """What is sought; ``filters`` stand in the order of ``Filter``. ``words`` are ANDed."""

    kind: Kind = Kind.CASES
    text: str = ""
    filters: tuple[tuple[Filter, Value], ...] = ()
    order: Order = Order.USUAL
    place: Place | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must all be found."""
        return tuple(dict.fromkeys(self.text.split()))

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked beyond the kind."""
        return bool(self.text or self.filters)

    def value(self, name: Filter) -> Value | None:
        """What the filter is set to, None where it is not in use."""
        return dict(self.filters).get(name)


APPLIES: dict[Kind, frozenset[Filter]] = {
    Kind.CASES: frozenset(Filter) - {Filter.DECISION, Filter.DOCUMENT, Filter.LANGUAGE},
    Kind.COMMITTEES: frozenset({Filter.ORGANISATION, Filter.PROVINCE, Filter.SECTOR}),
    Kind.DECISIONS: frozenset(Filter) - {Filter.STATE, Filter.DOCUMENT, Filter.LANGUAGE, Filter.OVERDUE},
    Kind.MATURITY: frozenset(
        {Filter.STATE, Filter.TIER, Filter.ORGANISATION, Filter.PROVINCE, Filter.SECTOR}
        | {Filter.YEAR, Filter.FROM, Filter.UNTIL}
    ),
    Kind.REPORTS: frozenset(
        {Filter.DOCUMENT, Filter.LANGUAGE, Filter.COMMITTEE, Filter.ORGANISATION, Filter.PROVINCE, Filter.SECTOR}
        | {Filter.YEAR, Filter.FROM, Filter.UNTIL}
    ),
}


def address(search: Search) -> str:
    """The query of the one address of this search: equal searches have equal addresses."""
    pairs = [("kind", search.kind.value)]
    pairs += [("q", search.text)] if search.text else []
    pairs += [(name.value, written(value)) for name, value in search.filters]
    pairs += [("order", search.order.value)] if search.order is not Order.USUAL else []
    if search.place is not None:
        place = search.place
        mark = "1" if place.side is Side.LAST else f"{written(place.key)}~{place.pk}"
        pairs.append((place.side.value, mark))
    return urlencode(pairs)


def without(search: Search, name: Filter | None) -> Search:
    """The same search without one filter, or without its words where ``name`` is None; from the first page."""
    if name is None:
        return replace(search, text="", place=None)
    return replace(search, filters=tuple(pair for pair in search.filters if pair[0] is not name), place=None)


def narrowed_by(search: Search, name: Filter, value: Value) -> Search:
    """The same search with one filter set; from the first page."""
    kept = dict(search.filters) | {name: value}
    return replace(search, filters=tuple((one, kept[one]) for one in Filter if one in kept), place=None)


def turned_to(search: Search, kind: Kind) -> Search:
    """The same question about another kind of thing, with the filters that mean the same there."""
    same = APPLIES[kind] - {Filter.STATE, Filter.TIER} if kind is not search.kind else APPLIES[kind]
    kept = tuple(pair for pair in search.filters if pair[0] in same)
    return replace(search, kind=kind, filters=kept, place=None)


def at(search: Search, place: Place | None) -> Search:
    """Another page of the same search."""
    return replace(search, place=place)


def written(value: Value | datetime) -> str:
    """The value as it stands in an address."""
    if value is True:
        return "on"
    return value.isoformat() if isinstance(value, date) else str(value)
