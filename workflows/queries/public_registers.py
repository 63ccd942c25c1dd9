"""What everybody may read of committees and decisions: how a committee is composed, never who; that and how was
decided, never on what or for whom.

The law asks that committees and their composition are registered. None of the published rules asks that an applicant,
an activity, conditions or votes are made public, and they bind the members to confidentiality: so no field here comes
from an application.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db.models import Count, Model, Prefetch, Q, QuerySet

from assessments.queries.keysets import mark, read_mark
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import VOTING, SeatRole, composition_gaps
from workflows.domain.rulebook import Category, Rulebook
from workflows.domain.states import ReportKind
from workflows.models import CaseReport, Committee, Decision, Seat
from workflows.queries.committees import sitting_of

PAGE = 25
CODE = re.compile(r"[A-Za-z0-9-]{1,12}")
T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class RegisterPage(Generic[T]):
    """Rows with the marks of the neighbouring pages, empty at the ends; ``counts`` of each kind of decision."""

    rows: list[T]
    newer: str
    older: str
    total: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Composition:
    """Of whom a committee is made up on one day; alternates and the secretary do not count as members.

    ``covered``: what its rulebook asks of it, or a member brings, with how many do.
    """

    members: int
    external: int
    covered: tuple[tuple[Category, int], ...]
    gaps: tuple[Gap, ...]
    rules: Rulebook


@dataclass(frozen=True)
class DecisionFilters:
    """What narrows the register of decisions; empty means any. ``committee`` is a code."""

    text: str = ""
    kind: str = ""
    committee: str = ""


def _sliced(
    rows: QuerySet[T], *, ahead: Q | None, after: Q | None, mark: Callable[[T], str]
) -> tuple[list[T], str, str]:
    """One page of ordered rows; ``ahead`` and ``after`` hold what lies before and behind a page seen before."""
    if ahead is not None:
        found = list(rows.filter(ahead).reverse()[: PAGE + 1])
        more, found = len(found) > PAGE, list(reversed(found[:PAGE]))
        return found, mark(found[0]) if more else "", mark(found[-1]) if found else ""
    found = list((rows if after is None else rows.filter(after))[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return found, mark(found[0]) if found and after is not None else "", mark(found[-1]) if more else ""


# -- committees -------------------------------------------------------------------------------------------------------


def committee_register(day: date, text: str = "", *, older: str = "", newer: str = "") -> RegisterPage[Committee]:
    """One page of the committees by code, each with its seats of ``day`` in ``listed``. Three queries."""
    rows = seated_committees(day)
    if text:
        rows = rows.filter(with_words(text))
    total = rows.count()
    ahead = Q(code__lt=newer) if CODE.fullmatch(newer) else None
    after = Q(code__gt=older) if CODE.fullmatch(older) else None
    found = _sliced(rows, ahead=ahead, after=after, mark=lambda row: row.code)
    return RegisterPage(*found, total, {})


def with_words(text: str) -> Q:
    """Committees with these words in code, name or host."""
    fields = ("code", "name", "name_zh", "host__name", "host__name_zh")
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": text})
    return found


def seated_committees(day: date) -> QuerySet[Committee]:
    """Every committee with its host, and its seats of ``day`` in ``listed``."""
    seats = Seat.objects.current(day).order_by("pk")
    held = Prefetch("seats", queryset=seats, to_attr="listed")
    return Committee.objects.select_related("host").defer("host__logo").prefetch_related(held).order_by("code")


def composition_of(committee: Committee, rules: Rulebook) -> Composition:
    """The composition of a committee that comes with its seats in ``listed``."""
    seats: list[Seat] = committee.listed  # type: ignore[attr-defined]  # to_attr of the prefetch
    people = [sitting_of(seat) for seat in seats]
    full = [person for person in people if person.role in VOTING and person.role is not SeatRole.ALTERNATE]
    held = {one: sum(one.code in person.categories for person in full) for one in rules.committee.categories}
    asked = frozenset(committee.circumstances)
    return Composition(
        members=len(full),
        external=sum(person.external for person in full),
        covered=tuple((one, count) for one, count in held.items() if count or one.when is None or one.when in asked),
        gaps=composition_gaps(people, rules.committee, asked),
        rules=rules,
    )


# -- decisions --------------------------------------------------------------------------------------------------------


def public_decisions() -> QuerySet[Decision]:
    """Every decision that is out, the newest first, with all a row of the register reads."""
    rows = Decision.objects.filter(issued_at__isnull=False).select_related("case__committee__host", "case__rulebook")
    known = rows.only(
        "number",
        "kind",
        "issued_at",
        "valid_from",
        "valid_until",
        "case__reference",
        "case__committee__code",
        "case__committee__name",
        "case__committee__name_zh",
        "case__committee__host__name",
        "case__committee__host__name_zh",
        "case__rulebook__slug",
        "case__rulebook__version",
        "case__rulebook__digest",
    )
    return known.prefetch_related(_letters()).order_by("-issued_at", "-pk")


def _letters() -> "Prefetch[str, QuerySet[CaseReport], str]":
    """The signed letters with their codes; of a report nobody outside is told that there is one."""
    signed = CaseReport.objects.filter(kind=ReportKind.LETTER.value, document__isnull=False).order_by("language")
    codes = signed.select_related("document").only("decision", "language", "document__code")
    return Prefetch("reports", queryset=codes, to_attr="letters")


def decision_register(filters: DecisionFilters, *, older: str = "", newer: str = "") -> RegisterPage[Decision]:
    """One page of the decisions that are out, the newest first. Three queries."""
    rows = sought_decisions(public_decisions(), filters.text, filters.committee)
    counted = rows.prefetch_related(None).order_by().values_list("kind").annotate(count=Count("pk"))
    counts = dict(counted.order_by("kind"))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    total = counts.get(filters.kind, 0) if filters.kind else sum(counts.values())
    before, behind = read_mark(newer), read_mark(older)
    ahead = Q(issued_at__gt=before[0]) | Q(issued_at=before[0], pk__gt=before[1]) if before else None
    after = Q(issued_at__lt=behind[0]) | Q(issued_at=behind[0], pk__lt=behind[1]) if behind else None
    return RegisterPage(*_sliced(rows, ahead=ahead, after=after, mark=_mark), total, counts)


def sought_decisions(rows: QuerySet[Decision], text: str, committee: str) -> QuerySet[Decision]:
    """Those of that committee with these words in reference, committee or host."""
    if committee:
        rows = rows.filter(case__committee__code=committee)
    if not text:
        return rows
    return rows.filter(
        Q(case__reference__icontains=text)
        | Q(case__committee__in=Committee.objects.filter(with_words(text)).order_by().values("pk"))
    )


def code_of(decision: Decision, language: str) -> str:
    """The code of the letter in that language, else of another one; empty while none is signed."""
    letters: list[CaseReport] = decision.letters  # type: ignore[attr-defined]  # to_attr of the prefetch
    codes = {one.language: one.document.code for one in letters if one.document}
    return codes.get(language) or next(iter(codes.values()), "")


def _mark(row: Decision) -> str:
    return mark(row.issued_at, row.pk)
