"""Ratings as they are given and as they count, once each is held against its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assessments.domain.evidence import Piece, Shortfall, is_capped, shortfalls
from assessments.domain.scoring import Ratings
from assessments.domain.staged import StagedInstrument


@dataclass(frozen=True)
class Counted:
    """``given`` as rated, ``counted`` with the evidence cap; ``lacking`` says by criterion why one counts less."""

    given: Ratings
    counted: Ratings
    lacking: Mapping[str, tuple[Shortfall, ...]]


def count(
    instrument: StagedInstrument, given: Ratings, pieces: Mapping[str, Iterable[Piece]], *, day: date
) -> Counted:
    """Hold every rating against the ``pieces`` of its criterion on ``day``, the assessment's reference date."""
    rules = instrument.evidence
    if rules is None:
        return Counted(given, given, {})
    lacking: dict[str, tuple[Shortfall, ...]] = {}
    for key, step in given.steps.items():
        if is_capped(instrument, step):
            found = shortfalls(rules, instrument.criteria[key].level, pieces.get(key, ()), day=day)
            if found:
                lacking[key] = found
    steps = {key: rules.cap if key in lacking else step for key, step in given.steps.items()}
    return Counted(given, Ratings(steps, given.set_aside), lacking)
