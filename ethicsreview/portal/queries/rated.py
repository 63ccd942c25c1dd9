"""Ratings of decided cases, summed up by committee in the database; what has been decided stays as it was then."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from assessments.domain.instrument import Instrument
from assessments.models import InstrumentVersion
from assessments.queries import load_any
from ethicsreview.portal.domain.figures import Board, Grain, Total, low_steps
from workflows.models import Committee

MOST = 500  # committees of one run; the next goes on

# As reporting.issued reads them for the documents of one decision: reviews that counted when the newest decision of
# their case was issued, of people without a conflict then, and of each item the last answer given by then.
_STANDING = """
WITH decided AS (
  SELECT DISTINCT ON (d.case_id) d.case_id, d.kind, d.issued_at
    FROM workflows_decision d JOIN workflows_case c ON c.id = d.case_id
   WHERE c.committee_id = %(committee)s AND c.accepted_at IS NOT NULL AND d.issued_at IS NOT NULL
   ORDER BY d.case_id, d.number DESC
), counted AS (
  SELECT decided.*, r.assessment_id
    FROM decided JOIN workflows_review r ON r.case_id = decided.case_id AND r.submitted_at <= decided.issued_at
   WHERE (r.withdrawn_at IS NULL OR r.withdrawn_at > decided.issued_at)
     AND NOT EXISTS (
       SELECT FROM workflows_conflict x
        WHERE x.case_id = decided.case_id AND x.user_id = r.user_id AND x.declared_at <= decided.issued_at
          AND (x.lifted_at IS NULL OR x.lifted_at > decided.issued_at))
), standing AS (
  SELECT DISTINCT ON (a.assessment_id, a.item) counted.case_id, counted.kind, s.instrument_version_id AS instrument,
         a.item, a.step, a.not_applicable
    FROM counted
    JOIN assessments_assessment s ON s.id = counted.assessment_id
    JOIN assessments_answer a ON a.assessment_id = counted.assessment_id AND a.at <= counted.issued_at
   ORDER BY a.assessment_id, a.item, a.id DESC
), rated AS (
  SELECT standing.*, known.point, lows.step IS NOT NULL AS low
    FROM standing
    JOIN unnest(%(instruments)s::bigint[], %(items)s::text[], %(points)s::text[]) AS known(instrument, item, point)
      ON known.instrument = standing.instrument AND known.item = standing.item
    LEFT JOIN unnest(%(scales)s::bigint[], %(lows)s::text[]) AS lows(instrument, step)
      ON lows.instrument = standing.instrument AND lows.step = standing.step
   WHERE standing.step <> '' OR standing.not_applicable
)
"""

SUMMED = f"""
{_STANDING}, spots AS (
  INSERT INTO portal_weakspot (committee_id, case_id, instrument_id, item, point)
  SELECT DISTINCT %(committee)s::bigint, case_id, instrument, item, point FROM rated WHERE low
)
INSERT INTO portal_ratingcount (committee_id, instrument_id, board, "row", "column", kind, number)
SELECT %(committee)s::bigint, instrument, '{Board.RATINGS}', item, step, kind, count(*)
  FROM rated GROUP BY instrument, item, step, kind
UNION ALL
SELECT %(committee)s, instrument, '{Board.WEAK}', item, '{Grain.ITEM}', kind, count(DISTINCT case_id)
  FROM rated WHERE low GROUP BY instrument, item, kind
UNION ALL
SELECT %(committee)s, instrument, '{Board.WEAK}', point, '{Grain.POINT}', kind, count(DISTINCT case_id)
  FROM rated WHERE low GROUP BY instrument, point, kind
UNION ALL
SELECT %(committee)s, instrument, '{Board.TOTALS}', '{Total.RATED}', '', kind, count(DISTINCT case_id)
  FROM rated GROUP BY instrument, kind
"""  # noqa: S608  # names of ours


@dataclass(frozen=True)
class Scales:
    """Every published instrument that reviewers rate with, by the id of its version."""

    instruments: dict[int, Instrument]

    def parameters(self) -> dict[str, list[Any]]:
        """What the statement joins with: the point of each item, and the steps that mark a weak spot."""
        places = [
            (pk, item.key, group.key)
            for pk, one in self.instruments.items()
            for group in one.groups
            for item in group.items
        ]
        lows = [(pk, step) for pk, one in self.instruments.items() for step in weak_steps(one)]
        return {
            "instruments": [pk for pk, _item, _point in places],
            "items": [item for _pk, item, _point in places],
            "points": [point for _pk, _item, point in places],
            "scales": [pk for pk, _step in lows],
            "lows": [step for _pk, step in lows],
        }


def weak_steps(instrument: Instrument) -> tuple[str, ...]:
    """The steps that mark a weak spot."""
    return low_steps({step.key: step.value for step in instrument.scale})


def scales() -> Scales:
    """Read once for many committees; one query."""
    found = {row.pk: load_any(row) for row in InstrumentVersion.objects.order_by("pk")}
    return Scales({pk: one for pk, one in found.items() if isinstance(one, Instrument)})


def uncounted_committees() -> list[int]:
    """Ids of committees that have issued a decision since their ratings were summed up, so many a run; one query."""
    issued = Count("cases__decisions", filter=Q(cases__decisions__issued_at__isnull=False))
    rows: QuerySet[Committee] = Committee.objects.annotate(issued=issued).filter(issued__gt=0)
    rows = rows.filter(Q(rated__isnull=True) | ~Q(rated__decisions=F("issued")))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
