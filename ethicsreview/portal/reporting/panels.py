"""All boards of an authority, in the order of the page."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from ethicsreview.portal.domain.figures import Board
from ethicsreview.portal.queries.figures import Counted
from ethicsreview.portal.reporting import case_boards
from ethicsreview.portal.reporting.boards import Panel, spoken
from ethicsreview.portal.reporting.rating_boards import of_instruments
from ethicsreview.portal.reporting.words import OWN
from workflows.queries.rosters import newest_rulebooks

ORDER = (
    Board.DECISIONS,
    Board.TURNAROUND,
    Board.OVERDUE,
    Board.COMPOSITION,
    Board.RATINGS,
    Board.WEAK,
    Board.MATURITY,
)


@dataclass(frozen=True)
class _Read:
    """What tells one reading of figures from another; the cells are only looked at where it was not read before."""

    office: int
    at: datetime
    own: int
    language: str
    found: Counted = field(compare=False)


def panels_of(found: Counted) -> tuple[Panel, ...]:
    """Nothing before the first counting; drawn once in the life of a process for each counting and language."""
    if found.at is None:
        return ()
    return _drawn(_Read(found.office.pk, found.at, found.own, spoken(), found))


@lru_cache(maxsize=64)
def _drawn(read: _Read) -> tuple[Panel, ...]:
    """One query for the rulebooks' words."""
    found = read.found
    rules = {one.slug: one for one in newest_rulebooks()}
    panels = [
        case_boards.decisions(found, rules),
        case_boards.turnaround(found),
        case_boards.overdue(found),
        case_boards.composition(found, rules),
        *of_instruments(found, rules),
    ]
    return tuple(sorted(panels, key=lambda panel: ORDER.index(panel.board)))


def own_matters(found: Counted) -> str:
    """What is said to a reader whom cases concern; empty to everybody else."""
    return str(OWN) % {"count": found.own} if found.own else ""
