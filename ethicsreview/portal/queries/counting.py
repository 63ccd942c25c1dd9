"""Counting what lies in one authority's jurisdiction; as many queries for a hundred thousand cases as for one."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from ethicsreview.accounts.queries import jurisdiction_of
from ethicsreview.portal.domain.figures import ON_CASES, ON_CERTIFICATES, Board, Cell, Measure, Total
from ethicsreview.portal.models import RatingCount
from ethicsreview.portal.queries.duties import ENDED, certified_owing, owing
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import composition_gaps
from workflows.domain.states import State
from workflows.domain.verification_states import V_CLOSED, VState
from workflows.models import Case, Certificate, Committee, Decision, Seat, Verification
from workflows.queries.committees import sitting_of
from workflows.queries.rosters import newest_rulebooks
from workflows.queries.rulebooks import load_rulebook, published_editions

# Days as calendar days of the time zone of each case's rules; quarters as those of the house, as years are in search.
_TIMED = """
WITH ended AS (
  SELECT c.id, c.accepted_at, zone.name AS zone, max(d.issued_at) AS issued_at
    FROM workflows_case c
    JOIN workflows_decision d ON d.case_id = c.id AND d.issued_at IS NOT NULL
    JOIN unnest(%s::bigint[], %s::text[]) AS zone(edition, name) ON zone.edition = c.rulebook_id
   WHERE c.state = ANY(%s) AND c.id IN ({cases})
   GROUP BY c.id, zone.name
), timed AS (
  SELECT to_char(issued_at AT TIME ZONE %s, 'YYYY"-Q"Q') AS quarter,
         (issued_at AT TIME ZONE zone)::date - (accepted_at AT TIME ZONE zone)::date AS total,
         coalesce((
           SELECT sum((least(w.ended_at, ended.issued_at) AT TIME ZONE zone)::date
                      - (greatest(w.started_at, ended.accepted_at) AT TIME ZONE zone)::date)
             FROM workflows_wait w
            WHERE w.case_id = ended.id AND w.started_at < ended.issued_at
              AND coalesce(w.ended_at, ended.issued_at) > ended.accepted_at), 0) AS applicant
    FROM ended
)
SELECT quarter, count(*),
       percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY total - applicant),
       percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY applicant),
       percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY total)
  FROM timed GROUP BY quarter
"""
_QUARTILES = tuple(Measure)[1:]


def counted(office_id: int, now: datetime) -> list[Cell]:
    """Every figure of the authority at ``now``; its ratings as they were last summed up."""
    day = local_day(now, settings.TIME_ZONE)
    cases = Case.objects.counted_by(office_id)
    committees = Committee.objects.filter(jurisdiction_of(office_id, prefix="host__"))
    return [
        *_decisions(office_id),
        *_turnaround(cases),
        *_overdue(office_id, cases, now),
        *_composition(committees, day),
        *_ratings(committees),
        *_maturity(office_id, day),
        *_case_totals(cases),
        *_verification_totals(office_id, day),
    ]


def _decisions(office_id: int) -> Iterator[Cell]:
    rows = Decision.objects.counted_by(office_id).annotate(year=ExtractYear("issued_at")).order_by()
    for kind, year, number in rows.values_list("kind", "year").annotate(number=Count("pk")):
        yield Cell(Board.DECISIONS, kind, number, column=str(year))


def _turnaround(cases: QuerySet[Case]) -> Iterator[Cell]:
    compiler = cases.order_by().values("pk").query.get_compiler(connection=connection, elide_empty=False)
    inner, given = compiler.as_sql()
    editions = published_editions()
    zones = [load_rulebook(edition).time_zone for edition in editions]
    parameters = [[edition.pk for edition in editions], zones, ENDED, *given, settings.TIME_ZONE]
    with connection.cursor() as cursor:
        cursor.execute(_TIMED.format(cases=inner), parameters)
        for quarter, many, *clocks in cursor.fetchall():
            yield Cell(Board.TURNAROUND, quarter, many, column=Measure.CASES)
            days = [value for clock in clocks for value in clock]
            for measure, value in zip(_QUARTILES, days, strict=True):
                yield Cell(Board.TURNAROUND, quarter, int(value), column=measure)


def _overdue(office_id: int, cases: QuerySet[Case], now: datetime) -> Iterator[Cell]:
    for duty in ON_CASES:
        yield Cell(Board.OVERDUE, duty, cases.filter(owing(duty, now)).count())
    for duty in ON_CERTIFICATES:
        yield Cell(Board.OVERDUE, duty, _of_office(certified_owing(duty, now), office_id).count())


def _of_office(rows: QuerySet[Certificate], office_id: int) -> QuerySet[Certificate]:
    return rows.filter(verification__in=Verification.objects.counted_by(office_id).values("pk"))


# -- committees -------------------------------------------------------------------------------------------------------


def lacking(committees: QuerySet[Committee], day: date) -> dict[int, tuple[str, tuple[Gap, ...]]]:
    """Committee id → its rulebook and what its seats of that day lack by it; three queries."""
    rules = {one.slug: one for one in newest_rulebooks()}
    people: dict[int, list[Any]] = {}
    for seat in Seat.objects.current(day).filter(committee__in=committees.values("pk")):
        people.setdefault(seat.committee_id, []).append(sitting_of(seat))
    rows = committees.order_by().values_list("pk", "rulebook_slug", "circumstances")
    return {
        pk: (slug, composition_gaps(people.get(pk, ()), rules[slug].committee, frozenset(circumstances)))
        for pk, slug, circumstances in rows
    }


def _composition(committees: QuerySet[Committee], day: date) -> Iterator[Cell]:
    """A committee counts once for each kind of gap, however many of the kind it has."""
    found = lacking(committees, day)
    pairs = Counter((code, slug) for slug, gaps in found.values() for code in {gap.code for gap in gaps})
    for (code, slug), number in pairs.items():
        yield Cell(Board.COMPOSITION, code.value, number, column=slug)
    yield Cell(Board.TOTALS, Total.COMMITTEES, len(found))
    yield Cell(Board.TOTALS, Total.BROKEN, sum(bool(gaps) for _slug, gaps in found.values()))


def _ratings(committees: QuerySet[Committee]) -> Iterator[Cell]:
    rows = RatingCount.objects.filter(committee__in=committees.values("pk")).order_by()
    fields = ("instrument_id", "board", "row", "column", "kind")
    summed: Counter[tuple[int, str, str, str, str]] = Counter()
    for instrument, board, row, column, kind, number in rows.values_list(*fields).annotate(Sum("number")):
        summed[instrument, board, row, column, kind if board == Board.RATINGS else ""] += number
    for (instrument, board, row, column, part), number in summed.items():
        yield Cell(Board(board), row, number, column=column, part=part, instrument=instrument)


# -- maturity ---------------------------------------------------------------------------------------------------------


def _maturity(office_id: int, day: date) -> Iterator[Cell]:
    """Certificates valid on that day."""
    assessment = "verification__self_assessment"
    fields = (f"{assessment}__assessment__instrument_version", "tier", f"{assessment}__sector")
    rows = _of_office(Certificate.objects.valid_on(day), office_id).order_by()
    counts = rows.values_list(*fields, f"{assessment}__organisation__province").annotate(number=Count("pk"))
    for instrument, tier, sector, province, number in counts:
        yield Cell(Board.MATURITY, str(tier), number, column=sector, part=province, instrument=instrument)


# -- of what they are a part ------------------------------------------------------------------------------------------


def _case_totals(cases: QuerySet[Case]) -> Iterator[Cell]:
    out = Exists(Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=False))
    withdrawn = Q(state=State.WITHDRAWN.value)
    found = cases.aggregate(
        accepted=Count("pk"),
        undecided=Count("pk", filter=~Q(out) & ~withdrawn),
        withdrawn=Count("pk", filter=~Q(out) & withdrawn),
    )
    for name, number in found.items():
        yield Cell(Board.TOTALS, Total(name), number)


def _verification_totals(office_id: int, day: date) -> Iterator[Cell]:
    rows = Verification.objects.counted_by(office_id)
    found = rows.aggregate(
        verifying=Count("pk", filter=~Q(state__in=[state.value for state in V_CLOSED])),
        uncertified=Count("pk", filter=Q(state=VState.REFUSED.value)),
    )
    for name, number in found.items():
        yield Cell(Board.TOTALS, Total(name), number)
    valid = Certificate.objects.valid_on(day).values("pk")
    lapsed = _of_office(Certificate.objects.exclude(pk__in=valid), office_id).count()
    yield Cell(Board.TOTALS, Total.LAPSED, lapsed)
