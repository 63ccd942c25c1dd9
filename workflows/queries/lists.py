"""Lists of cases, a keyset page at a time: the last page is as quick as the first."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from assessments.queries.keysets import mark, read_mark
from ethicsreview.accounts.models import User
from workflows.domain.states import State
from workflows.models import Case
from workflows.queries.deadlines import due_within

PAGE = 25


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the list; empty means any. ``text`` is sought in reference and title, ``late`` is overdue."""

    state: str = ""
    committee: int | None = None
    text: str = ""
    mine: bool = False
    late: bool = False


@dataclass(frozen=True)
class Page:
    """Rows newest change first, with the marks of the neighbouring pages, empty at the ends.

    ``counts`` says how many cases the other filters leave in each state, whatever state is chosen.
    """

    rows: list[Case]
    newer: str
    older: str
    total: int
    counts: dict[State, int]


def filtered(user: User, day: date, filters: CaseFilters, now: datetime) -> QuerySet[Case]:
    """The cases the person may read that pass the filters, in any state."""
    cases = Case.objects.of_applicant(user) if filters.mine else Case.objects.party_to(user, day)
    if filters.late:
        cases = cases.filter(due_within(-1, now))
    if filters.committee:
        cases = cases.filter(committee=filters.committee)
    if filters.text:
        cases = cases.filter(Q(reference__icontains=filters.text) | Q(title__icontains=filters.text))
    return cases


def case_page(user: User, day: date, filters: CaseFilters, *, now: datetime, older: str = "", newer: str = "") -> Page:
    """One page of the cases the person has a part in; two queries."""
    return page_of(filtered(user, day, filters, now), filters.state, older=older, newer=newer)


def page_of(cases: QuerySet[Case], state: str = "", *, older: str = "", newer: str = "") -> Page:
    """One page; ``older`` and ``newer`` are marks of a page seen before, a foreign mark starts anew. Two queries."""
    counts = state_counts(cases)
    if state:
        cases = cases.filter(state=state)
    total = counts.get(State(state), 0) if state else sum(counts.values())
    rows = cases.select_related("committee", "applicant", "lead", "rulebook").defer("rulebook__content")
    before, after = read_mark(newer), read_mark(older)
    if before:
        found = list(rows.filter(_later(*before)).order_by("changed_at", "pk")[: PAGE + 1])
        more, found = len(found) > PAGE, list(reversed(found[:PAGE]))
        return Page(found, _mark(found[0]) if more else "", _mark(found[-1]) if found else "", total, counts)
    if after:
        rows = rows.filter(_earlier(*after))
    found = list(rows.order_by("-changed_at", "-pk")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(found, _mark(found[0]) if found and after else "", _mark(found[-1]) if more else "", total, counts)


def state_counts(cases: QuerySet[Case]) -> dict[State, int]:
    """How many of these stand where, in the order of the procedure; one query."""
    found = dict(cases.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: found[state.value] for state in State if state.value in found}


def _mark(case: Case) -> str:
    return mark(case.changed_at, case.pk)


def _earlier(moment: datetime, pk: int) -> Q:
    return Q(changed_at__lt=moment) | Q(changed_at=moment, pk__lt=pk)


def _later(moment: datetime, pk: int) -> Q:
    return Q(changed_at__gt=moment) | Q(changed_at=moment, pk__gt=pk)
