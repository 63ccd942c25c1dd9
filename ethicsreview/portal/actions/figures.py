"""Counting figures anew.

No audit event: figures are derived, they change nothing, and whoever doubts them counts again. Each authority's are
swapped whole in one transaction: who reads meanwhile, and who reads after a worker was killed, reads the old ones.
"""

from datetime import datetime

from django.db import connection, transaction

from ethicsreview.portal.domain.figures import Cell
from ethicsreview.portal.models import Figure, FigureSet, RatedCommittee, RatingCount, WeakSpot
from ethicsreview.portal.queries.counting import counted
from ethicsreview.portal.queries.rated import SUMMED, Scales
from workflows.models import Committee, Decision


@transaction.atomic(durable=True)
def rebuild_figures(office_id: int, *, now: datetime) -> bool:
    """Count everything in the authority's jurisdiction; whether that was done, or younger figures stand already."""
    FigureSet.objects.get_or_create(office_id=office_id)
    held = FigureSet.objects.select_for_update().get(office=office_id)
    if held.built_at is not None and held.built_at >= now:
        return False
    found = counted(office_id, now)
    Figure.objects.filter(figures=held).delete()
    Figure.objects.bulk_create((_row(held, cell) for cell in found), batch_size=1000)
    held.built_at = now
    held.save(update_fields=["built_at"])
    return True


def _row(held: FigureSet, cell: Cell) -> Figure:
    return Figure(
        figures=held,
        board=cell.board.value,
        instrument_id=cell.instrument,
        row=str(cell.row),
        column=str(cell.column),
        part=cell.part,
        number=cell.number,
    )


@transaction.atomic(durable=True)
def sum_ratings(committee_id: int, known: Scales, *, now: datetime) -> None:
    """Sum up the ratings of a committee's decided cases, each as it stood when its newest decision was issued."""
    Committee.objects.select_for_update(no_key=True).get(pk=committee_id)
    issued = Decision.objects.filter(case__committee=committee_id, issued_at__isnull=False).count()
    RatingCount.objects.filter(committee=committee_id).delete()
    WeakSpot.objects.filter(committee=committee_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, {"committee": committee_id, **known.parameters()})
    RatedCommittee.objects.update_or_create(committee_id=committee_id, defaults={"decisions": issued, "at": now})
