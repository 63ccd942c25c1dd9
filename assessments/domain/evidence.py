"""Whether the evidence carries a rating: without it a high rating counts as the instrument's cap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assessments.domain.staged import EvidenceNeed, EvidenceRules, StagedInstrument


class Shortfall(StrEnum):
    """What a criterion's evidence lacks; the words stand in ``wording``."""

    NO_EVIDENCE = "no_evidence"
    TOO_OLD = "too_old"  # nothing dated lately enough
    TOO_FEW_KINDS = "too_few_kinds"
    TOO_FEW_PERIODS = "too_few_periods"
    NOTHING_OUTSIDE = "nothing_outside"


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as the rules see it; ``periods`` are full measurement periods it covers."""

    kind: str
    dated: date | None = None
    periods: int = 0


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, the last of the month where there is none."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise ValueError(f"no day {months} months before {day}")


def shortfalls(rules: EvidenceRules, level: int, pieces: Iterable[Piece], *, day: date) -> tuple[Shortfall, ...]:
    """What the pieces lack for a criterion of ``level`` on ``day``, the assessment's reference date.

    A record dated after that day does not count: it did not exist yet.
    """
    need, counted = rules.needs[level], [one for one in pieces if one.dated is None or one.dated <= day]
    if len(counted) < need.pieces:
        return (Shortfall.NO_EVIDENCE,)
    return tuple(_lacking(rules, need, counted, day))


def _lacking(rules: EvidenceRules, need: EvidenceNeed, pieces: list[Piece], day: date) -> Iterable[Shortfall]:
    if need.months:
        earliest = months_before(day, need.months)
        if not any(one.dated is not None and one.dated >= earliest for one in pieces):
            yield Shortfall.TOO_OLD
    if len({one.kind for one in pieces}) < need.kinds:
        yield Shortfall.TOO_FEW_KINDS
    if max((one.periods for one in pieces), default=0) < need.periods:
        yield Shortfall.TOO_FEW_PERIODS
    outside = [one for one in pieces if one.kind in rules.kind_by_key and rules.kind_by_key[one.kind].outside]
    if len(outside) < need.outside:
        yield Shortfall.NOTHING_OUTSIDE


def is_capped(instrument: StagedInstrument, step: str) -> bool:
    """Whether a rating lies above what counts without evidence."""
    rules = instrument.evidence
    return rules is not None and instrument.steps[step].value > instrument.steps[rules.cap].value


def counted_step(
    instrument: StagedInstrument, criterion: str, step: str, pieces: Iterable[Piece], *, day: date
) -> str:
    """The step a rating counts as, given its evidence."""
    rules = instrument.evidence
    if rules is None or not is_capped(instrument, step):
        return step
    lacking = shortfalls(rules, instrument.criteria[criterion].level, pieces, day=day)
    return rules.cap if lacking else step
