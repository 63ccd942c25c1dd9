"""Figures of an authority as values: what is counted, and what is worked out from the counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

EVERY = timedelta(minutes=15)  # between two countings of the same authority
_YEARS = range(1900, 3000)


class Board(StrEnum):
    """What is counted, with the row, the column and the part of its cells."""

    DECISIONS = "decisions"  # kind · year
    TURNAROUND = "turnaround"  # quarter · measure
    OVERDUE = "overdue"  # duty
    COMPOSITION = "composition"  # code of a gap · rulebook
    RATINGS = "ratings"  # of an instrument: item · step, empty where it was set aside · kind of the decision
    WEAK = "weak"  # of an instrument: item or point · which of both
    MATURITY = "maturity"  # of an instrument: tier · sector · province
    TOTALS = "totals"  # of what the others are a part, and what they leave out


class Measure(StrEnum):
    """What is told of the days between acceptance and decision; the three of a clock are its quartiles."""

    CASES = "cases"
    COMMITTEE_LOW = "committee_low"
    COMMITTEE_MID = "committee_mid"
    COMMITTEE_HIGH = "committee_high"
    APPLICANT_LOW = "applicant_low"
    APPLICANT_MID = "applicant_mid"
    APPLICANT_HIGH = "applicant_high"
    TOTAL_LOW = "total_low"
    TOTAL_MID = "total_mid"
    TOTAL_HIGH = "total_high"


class Duty(StrEnum):
    """What somebody owes and has not done in time."""

    DECIDE = "decide"  # the committee's limit is over, no decision is out
    DECIDED_LATE = "decided_late"  # the newest decision came after the limit
    CONDITION = "condition"  # the day of a condition of an approval has passed
    LOOK = "look"  # the yearly look at a certificate
    DCMM = "dcmm"  # the DCMM certificate a tier rests on has run out


ON_CASES = (Duty.DECIDE, Duty.DECIDED_LATE, Duty.CONDITION)
ON_CERTIFICATES = (Duty.LOOK, Duty.DCMM)


class Grain(StrEnum):
    """What a weak spot is: one item of an instrument, or one of its points."""

    ITEM = "item"
    POINT = "point"


class Total(StrEnum):
    """Numbers beside the boards."""

    ACCEPTED = "accepted"  # cases an authority reads at all
    UNDECIDED = "undecided"  # under way, without a decision
    WITHDRAWN = "withdrawn"  # after acceptance, before a decision
    RATED = "rated"  # of an instrument: decided cases with ratings
    COMMITTEES = "committees"
    BROKEN = "broken"  # committees that lack anything
    VERIFYING = "verifying"  # verifications under way
    UNCERTIFIED = "uncertified"  # decided without a certificate
    LAPSED = "lapsed"  # certificates that are not valid any more


@dataclass(frozen=True)
class Cell:
    """One number of a board; ``instrument`` is the id of a version, None where the board is about none."""

    board: Board
    row: str
    number: int
    column: str = ""
    part: str = ""
    instrument: int | None = None


@dataclass(frozen=True)
class Spread:
    """The quartiles of one clock, in days."""

    low: int
    mid: int
    high: int


@dataclass(frozen=True)
class Turnaround:
    """A quarter: how many cases ended in it, and the days they took."""

    quarter: str
    cases: int
    committee: Spread
    applicant: Spread
    total: Spread


def turnarounds(cells: Iterable[Cell]) -> list[Turnaround]:
    """The quarters in which cases ended, the earliest first."""
    found: dict[str, dict[str, int]] = {}
    for cell in cells:
        if cell.board is Board.TURNAROUND:
            found.setdefault(cell.row, {})[cell.column] = cell.number
    return [_turnaround(quarter, found[quarter]) for quarter in sorted(found)]


def _turnaround(quarter: str, of: Mapping[str, int]) -> Turnaround:
    return Turnaround(
        quarter,
        of[Measure.CASES],
        Spread(of[Measure.COMMITTEE_LOW], of[Measure.COMMITTEE_MID], of[Measure.COMMITTEE_HIGH]),
        Spread(of[Measure.APPLICANT_LOW], of[Measure.APPLICANT_MID], of[Measure.APPLICANT_HIGH]),
        Spread(of[Measure.TOTAL_LOW], of[Measure.TOTAL_MID], of[Measure.TOTAL_HIGH]),
    )


def quarter_days(quarter: str) -> tuple[date, date] | None:
    """First and last day of a quarter written as 2026-Q3, None for anything else."""
    year, separator, number = quarter.partition("-Q")
    known = separator and len(year) == 4 and year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")
    if not known or int(year) not in _YEARS:
        return None
    month = int(number) * 3 - 2
    following = date(int(year) + month // 10, (month + 2) % 12 + 1, 1)
    return date(int(year), month, 1), following - timedelta(days=1)


def low_steps(values: Mapping[str, Fraction]) -> tuple[str, ...]:
    """The steps of a scale that lie below its middle: a rating with one of them marks a weak spot."""
    middle = (min(values.values()) + max(values.values())) / 2
    return tuple(step for step, value in values.items() if value < middle)


def mean_step(counts: Mapping[str, int], values: Mapping[str, Fraction]) -> Fraction | None:
    """The exact mean of ratings counted by step; what was set aside counts nothing, and of nothing there is none."""
    rated = {step: number for step, number in counts.items() if step in values}
    many = sum(rated.values())
    return sum((values[step] * number for step, number in rated.items()), start=Fraction()) / many if many else None


def tallied(cells: Iterable[Cell], *by: str) -> dict[tuple[str, ...], int]:
    """The numbers added up by these fields of a cell."""
    found: dict[tuple[str, ...], int] = {}
    for cell in cells:
        key = tuple(getattr(cell, name) for name in by)
        found[key] = found.get(key, 0) + cell.number
    return found
