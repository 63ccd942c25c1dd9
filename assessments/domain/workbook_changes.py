"""What a workbook that comes back changes, beside what was changed on the site in the meantime."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessments.domain.merging import Content
from assessments.domain.merging import merge as merged
from assessments.domain.scoring import set_aside_faults
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import CellFault, Fault, Place, Row

NOTHING = Content()


@dataclass(frozen=True)
class Change:
    """One answer that would be taken: what stands ``now``, and what stands ``after`` it."""

    key: str
    place: Place
    now: Content
    after: Content


@dataclass(frozen=True)
class Merge:
    """What a workbook would change, and what was changed on the site as well, otherwise, since it was downloaded."""

    changes: tuple[Change, ...]
    conflicts: tuple[Change, ...]


def merge(rows: Iterable[Row], *, base: Mapping[str, Content], now: Mapping[str, Content]) -> Merge:
    """What the rows change. ``base`` is what stood answered at the download, empty where nobody knows.

    A row that says what the download said is no change, whatever stands now. A side, rating or note, that was changed
    in both places is a conflict; taken, it puts the workbook's answer in the place of the site's.
    """
    changes: list[Change] = []
    conflicts: list[Change] = []
    for row in rows:
        stands = now.get(row.key, NOTHING)
        after = merged(base.get(row.key, NOTHING), stands, row.given)
        if after is None:
            conflicts.append(Change(row.key, row.place, stands, row.given))
        elif after != stands:
            changes.append(Change(row.key, row.place, stands, after))
    return Merge(tuple(changes), tuple(conflicts))


def too_heavy(instrument: StagedInstrument, changes: Iterable[Change], now: Mapping[str, Content]) -> list[Fault]:
    """The rows that may not set their items aside beside those set aside already."""
    made = {change.key: change for change in changes}
    after = {key: one.set_aside for key, one in now.items()} | {key: one.after.set_aside for key, one in made.items()}
    wrong = set_aside_faults(instrument, frozenset(key for key, aside in after.items() if aside))
    return [
        Fault(one.place, CellFault.TOO_HEAVY, key) for key, one in made.items() if key in wrong and one.after.set_aside
    ]
