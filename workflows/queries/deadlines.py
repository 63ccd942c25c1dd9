"""Time limits across many cases: whose clock runs, whose limit is near or over; derived, never counted down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from workflows.domain.clock import Clock, ends_at, local_day, read_clock
from workflows.domain.warnings import EARLIEST, due_warnings
from workflows.models import Case, Reminder, RulebookVersion
from workflows.queries.rulebooks import load_rulebook, published_editions

MOST = 200  # cases of one reading whose clocks are worked out one by one

RUNNING = Q(clock_started_at__isnull=False, clock_stopped_at__isnull=True)


@dataclass(frozen=True)
class Timed:
    """A case with its running clock."""

    case: Case
    clock: Clock


def due_within(days: int, now: datetime, editions: Sequence[RulebookVersion] | None = None) -> Q:
    """Running cases whose last day is at most ``days`` days after today; -1: those overdue.

    Each edition of the rules has its own limit and time zone, so each gives one condition; where they are not given,
    one query fetches them.
    """
    found = Q(pk__in=[])
    for edition in published_editions() if editions is None else editions:
        rules = load_rulebook(edition)
        latest = local_day(now, rules.time_zone) + timedelta(days=days)
        began_before = ends_at(latest - timedelta(days=rules.meeting.days.value), rules.time_zone)
        by_rule = Q(extended_to__isnull=True, clock_started_at__lt=began_before)
        found |= Q(rulebook=edition) & (by_rule | Q(extended_to__lte=latest))
    return RUNNING & found


def clock_of(case: Case, now: datetime) -> Clock | None:
    """The case's clock, None before acceptance; no query when the case came with its rulebook."""
    if case.clock_started_at is None:
        return None
    rules = load_rulebook(case.rulebook)
    return read_clock(
        started=case.clock_started_at,
        days=rules.meeting.days.value,
        zone=rules.time_zone,
        extended_to=case.extended_to,
        stopped=case.clock_stopped_at,
        now=now,
    )


def timed_cases(
    cases: QuerySet[Case], *, within: int, now: datetime, editions: Sequence[RulebookVersion] | None = None
) -> list[Timed]:
    """Of these, the cases due within so many days, the longest overdue first; two queries, with ``editions`` one."""
    rows = (
        cases.filter(due_within(within, now, editions))
        .select_related("committee", "rulebook")
        .defer("rulebook__content")
    )
    timed = [
        Timed(case, clock) for case in rows.order_by("clock_started_at", "pk")[:MOST] if (clock := clock_of(case, now))
    ]
    return sorted(timed, key=lambda row: (row.clock.left, row.case.pk))


def unwarned_cases(now: datetime) -> list[int]:
    """Ids of the cases of which a warning is due that was not given yet; three queries."""
    rows = Case.objects.filter(due_within(EARLIEST, now)).select_related("rulebook").defer("rulebook__content")
    given = set(Reminder.objects.filter(case__in=rows.values("pk")).values_list("case_id", "kind", "due"))
    clocks = [(case.pk, clock) for case in rows.order_by("pk") if (clock := clock_of(case, now))]
    return [pk for pk, clock in clocks if (pk, due_warnings(clock.left)[-1].value, clock.last_day) not in given]
