"""Reading figures that were counted, and what is due to be counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from assessments.domain.instrument import Instrument
from assessments.domain.staged import StagedInstrument
from assessments.models import InstrumentVersion
from assessments.queries import load_any
from ethicsreview.accounts.domain import OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.portal.domain.figures import EVERY, Board, Cell
from ethicsreview.portal.models import Figure, FigureSet
from workflows.models import Case, Conflict, TeamMember

RATED = frozenset({Board.RATINGS, Board.WEAK})


@dataclass(frozen=True)
class Counted:
    """An authority's figures; ``at`` is None before the first counting.

    ``own`` is how many of the cases counted concern the reader: they are counted, but not in the reader's lists. Then
    no ratings are told: from sums of few cases those of one's own could be worked out.
    """

    office: Organisation
    at: datetime | None
    cells: tuple[Cell, ...]
    own: int
    instruments: dict[int, Instrument | StagedInstrument]

    def of(self, board: Board) -> list[Cell]:
        """The cells of one board."""
        return [cell for cell in self.cells if cell.board is board]

    def total(self, name: str) -> int:
        """One of the numbers beside the boards, over all instruments."""
        return sum(cell.number for cell in self.of(Board.TOTALS) if cell.row == name)


def figures_for(user: User, office: Organisation) -> Counted:
    """The figures of an authority as this regulator of it may read them; four queries, five for whom cases concern."""
    held = FigureSet.objects.filter(office=office).first()
    if held is None or held.built_at is None:
        return Counted(office, None, (), 0, {})
    own = _own_cases(user, office)
    rows = Figure.objects.filter(figures=held).order_by("pk")
    fields = rows.values_list("board", "row", "number", "column", "part", "instrument_id")
    cells = [
        Cell(Board(board), row, number, column, part, instrument)
        for board, row, number, column, part, instrument in fields
    ]
    kept = tuple(cell for cell in cells if not own or cell.board not in RATED)
    ids = {cell.instrument for cell in kept if cell.instrument and cell.board is not Board.TOTALS}
    return Counted(office, held.built_at, kept, own, _instruments(ids))


def _own_cases(user: User, office: Organisation) -> int:
    """Cases of the jurisdiction that the person leads, works on, or is recused from; each by its own index."""
    led = Case.objects.filter(lead=user).order_by().values_list("pk")
    worked = TeamMember.objects.filter(user=user).values_list("case")
    barred = Conflict.objects.filter(user=user, lifted_at__isnull=True).values_list("case")
    own = [pk for (pk,) in led.union(worked, barred)]
    return Case.objects.counted_by(office.pk).filter(pk__in=own).count() if own else 0


def _instruments(ids: Collection[int]) -> dict[int, Instrument | StagedInstrument]:
    rows = InstrumentVersion.objects.filter(pk__in=ids).defer("content").order_by("slug", "version")
    return {row.pk: load_any(row) for row in rows}


def due_offices(now: datetime) -> list[int]:
    """Ids of the authorities whose figures are due: those never counted first, then the oldest; one query.

    Half the time between two countings is enough, so that a beat a little early misses none, and one that comes twice
    counts nothing twice.
    """
    rows = Organisation.objects.filter(kind=OrganisationKind.AUTHORITY.value)
    old = Q(figures__isnull=True) | Q(figures__built_at__isnull=True) | Q(figures__built_at__lte=now - EVERY / 2)
    return list(rows.filter(old).order_by("figures__built_at", "pk").values_list("pk", flat=True))


def every_office() -> list[int]:
    """Ids of all authorities; one query."""
    rows = Organisation.objects.filter(kind=OrganisationKind.AUTHORITY.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))
