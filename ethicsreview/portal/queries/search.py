"""Running a search: pages by key, counts, and how many of each kind there are; rights are those of the sources."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q, QuerySet, Value, When
from django.db.models import Case as CaseWhen
from django.db.models.expressions import BaseExpression
from django.db.models.functions import ExtractYear

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.documents.domain import read_code
from ethicsreview.documents.queries import document_by_code
from ethicsreview.portal.domain.searches import APPLIES, Filter, Kind, Order, Place, Search, Side, turned_to
from ethicsreview.portal.domain.searches import Value as FilterValue
from ethicsreview.portal.queries.sources import SOURCES, Opened, Rows, Source, opened_to, sources_of
from ethicsreview.portal.queries.texts import CASE
from workflows.models import Case, CaseReport, Committee
from workflows.queries.deadlines import due_within

PAGE = 25
MATCHES = 2_000  # rows a word may have to be looked up by id; a commoner one is read for along the newest rows
MATCHES_IN_PROSE = 500  # the same where texts are long
READ = 2_000  # of the newest rows, how many are read to count those with a common word
COUNTED = 1_000  # rows of a kind that are counted
SAMPLED = 300  # the same where that takes joining many tables; also rows that are read where texts are long
TABBED = 99  # rows of another kind that are counted
FACETED = 8  # committees or organisations that are offered
OFFERED = 40  # values of another filter that are


@dataclass(frozen=True)
class Found:
    """The one thing that is named: a case by its reference, or a signed document by its code; or neither."""

    case_id: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class Count:
    """How many rows have a value, among those that are counted."""

    value: Any
    number: int


@dataclass(frozen=True)
class Results:
    """One page of a search.

    ``total`` is how many rows there are, or, where ``capped``, how many at least; ``facets`` count the same rows, the
    newest ones, each without the filter it offers.
    """

    rows: list[Any]
    previous: Place | None
    next: Place | None
    total: int
    capped: bool
    facets: dict[Filter, list[Count]]
    names: dict[Filter, dict[int, Committee | Organisation]]


def find(words: str, *, user: User, day: date) -> Found:
    """A case the person may read by its exact reference, or any signed document by its code."""
    if not words:
        return Found()
    cases = Case.objects.visible_to(user, day).filter(CASE.holds(words), reference__iexact=words)
    case = cases.values_list("pk", flat=True).first()
    if case is not None:
        return Found(case_id=case)
    document = document_by_code(words) if read_code(words) else None
    return Found(code=document.code) if document else Found()


def run(search: Search, *, user: User, day: date, now: datetime) -> Results:
    """One page of what the person may read; the queries are as many for any number of rows."""
    engine = _Engine(search, sources_of(search.kind), user, day, now)
    rows, previous, following = engine.page()
    total, facets = engine.counts()
    return Results(
        rows=rows,
        previous=previous,
        next=following,
        total=max(total, len(rows)),
        capped=engine.reading or total >= engine.most,
        facets=facets,
        names=_names(search, facets),
    )


def report_keys(search: Search, *, user: User, day: date, now: datetime, most: int) -> list[str]:
    """The signed documents a search for reports finds, as archives name them, the newest first.

    One more than ``most`` where there are more.
    """
    engine = _Engine(search, sources_of(Kind.REPORTS), user, day, now)
    found: list[tuple[datetime, str]] = []
    for source in engine.sources:
        half = "case" if source.model is CaseReport else "verification"
        rows = engine.rows(source, search).order_by(f"-{source.moment}")
        found += [(at, f"{half}:{pk}") for pk, at in rows.values_list("pk", source.moment)[: most + 1]]
    return [key for _at, key in sorted(found, reverse=True)[: most + 1]]


def found_elsewhere(search: Search, *, user: User, day: date, now: datetime) -> dict[Kind, int]:
    """How many rows of each other kind the same question finds, at most ``TABBED`` and one; one query, two for words.

    Rows a word is sought in are narrowed by ``visible_to`` here as everywhere.
    """
    others = tuple(source for source in SOURCES if source.kind is not search.kind)
    return _Engine(search, others, user, day, now).totals()


class _Engine:
    """A search with what its words were found to be."""

    def __init__(self, search: Search, sources: Sequence[Source], user: User, day: date, now: datetime) -> None:
        self.search, self.sources, self.user, self.day = search, sources, user, day
        self.visible = {source.name: source.visible(user, day) for source in sources}
        self.opened = opened_to(user, day)
        self.known = _lookup(sources, search.words, self.opened)
        overdue = Filter.OVERDUE in APPLIES[search.kind] and sources[0].kind is search.kind
        self.overdue = due_within(-1, now) if overdue else Q(pk__in=[])

    @property
    def most(self) -> int:
        """How many rows are counted."""
        return SAMPLED if self.search.kind in _JOINED else COUNTED

    @property
    def reading(self) -> bool:
        """Whether the words are so common that no index helps: then rows are read, the newest first."""
        return any(found and all(ids is None for ids in found.values()) for found in self.known.values())

    def rows(self, source: Source, search: Search) -> Rows:
        """The rows of a source that the person may read and the search asks for."""
        return self._asked(source, search).filter(self._worded(source))

    def _asked(self, source: Source, search: Search, *, but: Filter | None = None) -> Rows:
        """By the filters alone, one left out."""
        condition = Q()
        for name, value in search.filters:
            if name is not but:
                condition &= self.overdue if name is Filter.OVERDUE else source.condition(name, value)
        return self.visible[source.name].filter(condition)

    def _worded(self, source: Source) -> Q:
        """By the words alone."""
        condition = Q()
        for word, ids in self.known[source.name].items():
            condition &= source.reads(word, self.opened) if ids is None else Q(pk__in=ids)
        return condition

    def page(self) -> tuple[list[Any], Place | None, Place | None]:
        """The rows, and where the neighbouring pages begin."""
        place = self.search.place
        side = place.side if place else None
        backward = side in {Side.BEFORE, Side.LAST}
        found: list[Any] = []
        for source in self.sources:
            found += self._slice(source, place, backward=backward)
        descending = self.sources[0].descending == (self.search.order is Order.USUAL)
        found.sort(key=_key, reverse=descending != backward)
        more, found = len(found) > PAGE, found[:PAGE]
        if backward:
            found.reverse()
        before = more if backward else side is Side.AFTER
        after = side is Side.BEFORE if backward else more
        return (
            found,
            Place(Side.BEFORE, *_key(found[0])) if found and before else None,
            Place(Side.AFTER, *_key(found[-1])) if found and after else None,
        )

    def _slice(self, source: Source, place: Place | None, *, backward: bool) -> list[Any]:
        rows = self.rows(source, self.search)
        falling = (source.descending == (self.search.order is Order.USUAL)) != backward
        if place is not None and place.side is not Side.LAST:
            rows = rows.filter(_beyond(source, place, falling=falling))
        sign = "-" if falling else ""
        rows = source.shown(rows, self.user, self.day).annotate(listed_at=F(source.moment), listed_as=F(source.ident))
        return list(rows.order_by(f"{sign}{source.moment}", f"{sign}{source.ident}")[: PAGE + 1])

    def counts(self) -> tuple[int, dict[Filter, list[Count]]]:
        """The total and the counts of each filter's values; one query."""
        tally: dict[Filter, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        total = 0
        statement, parameters = self._count_statement()
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            for name, value, number in cursor.fetchall():
                if name == "total":
                    total += number
                elif value not in (None, ""):
                    tally[Filter(name)][value] += number
        kind = self.sources[0]
        return min(total, self.most), {name: _largest(tally[name]) for name in kind.facets}

    def _count_statement(self) -> tuple[str, list[Any]]:
        tables: list[str] = []
        answers: list[str] = []
        parameters: list[Any] = []
        used = {name for name, _value in self.search.filters}
        for source in self.sources:
            offered = [name for name in source.facets if name in source.columns or name not in _BY_COLUMN]
            groups: list[tuple[Filter | None, list[Filter]]] = [(None, [name for name in offered if name not in used])]
            groups += [(name, [name]) for name in offered if name in used]
            for but, names in groups:
                table = f"counted{len(tables)}"
                sql, given = self._counted(source, but, names)
                tables.append(f"{table} AS MATERIALIZED ({sql})")
                parameters += given
                if but is None:
                    answers.append(f"SELECT 'total', NULL, count(*) FROM {table}")  # noqa: S608  # names of ours
                answers += [_tallied(table, name) for name in names]
        return f"WITH {', '.join(tables)} {' UNION ALL '.join(answers)}", parameters

    def _counted(self, source: Source, but: Filter | None, names: Sequence[Filter]) -> tuple[str, Sequence[Any]]:
        """The newest rows with what they are counted by."""
        order = f"-{source.moment}" if source.descending else source.moment
        rows = self._asked(source, self.search, but=but)
        if self.reading:
            newest = rows.order_by(order)[: SAMPLED if self.search.kind in _JOINED else READ]
            rows = self.visible[source.name].filter(pk__in=newest.values("pk"))
        rows = rows.filter(self._worded(source)).order_by(order)
        rows = rows.annotate(**{f"by_{name.value}": self._facet(source, name) for name in names})
        return _compiled(rows.values_list("pk", *(f"by_{name.value}" for name in names))[: self.most])

    def _facet(self, source: Source, name: Filter) -> BaseExpression | F:
        """What the rows are counted by."""
        if name is Filter.OVERDUE:
            return CaseWhen(When(self.overdue, then=Value(True)), output_field=BooleanField(null=True))
        return ExtractYear(source.day) if name is Filter.YEAR else F(source.columns[name])

    def totals(self) -> dict[Kind, int]:
        """How many rows each kind has; one query."""
        parts: list[str] = []
        parameters: list[Any] = []
        for source in self.sources:
            rows = self.rows(source, turned_to(self.search, source.kind)).order_by()
            sql, given = _compiled(rows.values_list("pk")[: TABBED + 1])
            parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  # a compiled query
            parameters += given
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", parameters)
            numbers = cursor.fetchone()
        found: dict[Kind, int] = defaultdict(int)
        for source, number in zip(self.sources, numbers, strict=True):
            found[source.kind] = min(found[source.kind] + number, TABBED + 1)
        return dict(found)


_JOINED = frozenset({Kind.DECISIONS, Kind.REPORTS})
_BY_COLUMN = frozenset(Filter) - {Filter.YEAR, Filter.OVERDUE}


def _lookup(sources: Sequence[Source], words: Sequence[str], opened: Opened) -> dict[str, dict[str, list[int] | None]]:
    """For each source, each word's rows by id; None where they are too many. One query, none for no word.

    Rights play no part yet: the ids narrow what ``visible_to`` leaves.
    """
    if not words:
        return {source.name: {} for source in sources}
    parts: list[str] = []
    parameters: list[Any] = []
    for source in sources:
        for word in words:
            first, *others = source.matches(word, opened)
            sql, given = _compiled(first.union(*others, all=True)[: _most_matches(source) + 1])
            parts.append(f"ARRAY({sql})")
            parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        found = iter(cursor.fetchone())
    return {source.name: {word: _few(next(found), source) for word in words} for source in sources}


def _most_matches(source: Source) -> int:
    return MATCHES_IN_PROSE if source.kind is Kind.DECISIONS else MATCHES


def _few(ids: list[int], source: Source) -> list[int] | None:
    return sorted(set(ids)) if len(ids) <= _most_matches(source) else None


def _compiled(rows: QuerySet[Any, Any]) -> tuple[str, Sequence[Any]]:
    """The statement of a query, of one that finds nothing as well."""
    sql, parameters = rows.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, parameters


def most_offered(name: Filter) -> int:
    """How many values of a filter are offered, the commonest first."""
    return FACETED if name in {Filter.COMMITTEE, Filter.ORGANISATION} else OFFERED


def _tallied(table: str, name: Filter) -> str:
    column = f"by_{name.value}"
    return (
        f"(SELECT '{name.value}', {column}::text, count(*) FROM {table} WHERE {column} IS NOT NULL "  # noqa: S608
        f"GROUP BY {column} ORDER BY 3 DESC, 2 LIMIT {most_offered(name) + 1})"
    )


def _largest(tally: Mapping[Any, int]) -> list[Count]:
    ordered = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Count(value, number) for value, number in ordered]


def _key(row: Any) -> tuple[Any, int]:
    return row.listed_at, row.listed_as


def _beyond(source: Source, place: Place, *, falling: bool) -> Q:
    """Rows on the far side of the place; the first condition is what an index begins at."""
    toward = "lt" if falling else "gt"
    near = Q(**{f"{source.moment}__{toward}e": place.key})
    past = Q(**{f"{source.moment}__{toward}": place.key})
    return near & (past | Q(**{source.moment: place.key, f"{source.ident}__{toward}": place.pk}))


def _names(search: Search, facets: Mapping[Filter, Sequence[Count]]) -> dict[Filter, dict[int, Any]]:
    """Committees and organisations that are offered or chosen, by id, with their names alone; one query."""
    models: dict[Filter, type[Committee] | type[Organisation]] = {
        Filter.COMMITTEE: Committee,
        Filter.ORGANISATION: Organisation,
    }
    rows = [
        model._default_manager.filter(pk__in=_ids(search.value(name), facets.get(name, ())))
        .order_by()
        .values_list(Value(name.value), "pk", "name", "name_zh")
        for name, model in models.items()
    ]
    found: dict[Filter, dict[int, Any]] = {name: {} for name in models}
    for sort, pk, english, chinese in rows[0].union(rows[1], all=True):
        found[Filter(sort)][pk] = models[Filter(sort)](pk=pk, name=english, name_zh=chinese)
    return found


def _ids(chosen: FilterValue | None, counts: Iterable[Count]) -> set[int]:
    return {int(one.value) for one in counts} | ({chosen} if isinstance(chosen, int) else set())
