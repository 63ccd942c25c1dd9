"""The evidence cap: a high rating counts as the cap until its evidence is what its level needs."""

from datetime import date

import pytest

from assessments.domain.evidence import Piece, Shortfall, counted_step, is_capped, months_before, shortfalls
from assessments.domain.staged import EvidenceRules
from tests.domain.small_staged import published

DAY = date(2026, 11, 23)
LATE = date(2026, 6, 1)
RECORD = Piece("record", LATE)
PAPER = Piece("document", LATE)
SERIES = Piece("measurement", LATE, periods=2)
OUTSIDE = Piece("outside", LATE)


def rules() -> EvidenceRules:
    found = published("aim-dcmm.v1").evidence
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 2, 29), 48, date(2020, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 5, 31), 1, date(2026, 4, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
    ],
)
def test_months_before_end_on_a_day_there_is(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier


@pytest.mark.parametrize(
    ("level", "pieces", "lacking"),
    [
        (1, [], (Shortfall.NO_EVIDENCE,)),
        (1, [Piece("document")], ()),
        (1, [Piece("document", date(2019, 1, 1))], ()),
        (1, [Piece("document", date(2026, 11, 24))], (Shortfall.NO_EVIDENCE,)),
        (2, [Piece("document")], (Shortfall.TOO_OLD,)),
        (2, [Piece("record", date(2025, 11, 22))], (Shortfall.TOO_OLD,)),
        (2, [Piece("record", date(2025, 11, 23))], ()),
        (2, [Piece("record", DAY)], ()),
        (2, [Piece("record", date(2020, 1, 1)), RECORD], ()),
        (3, [RECORD, RECORD], (Shortfall.TOO_FEW_KINDS,)),
        (3, [RECORD, Piece("document")], ()),
        (3, [RECORD, Piece("document", date(2027, 1, 1))], (Shortfall.TOO_FEW_KINDS,)),
        (4, [RECORD, PAPER], (Shortfall.TOO_FEW_PERIODS,)),
        (4, [Piece("measurement", LATE, 1), Piece("record", LATE, 1)], (Shortfall.TOO_FEW_PERIODS,)),
        (4, [SERIES, PAPER], ()),
        (5, [RECORD, PAPER], (Shortfall.NOTHING_OUTSIDE,)),
        (5, [OUTSIDE], (Shortfall.TOO_FEW_KINDS,)),
        (5, [OUTSIDE, PAPER], ()),
        (
            5,
            [Piece("record", date(2020, 1, 1))],
            (Shortfall.TOO_OLD, Shortfall.TOO_FEW_KINDS, Shortfall.NOTHING_OUTSIDE),
        ),
        (5, [RECORD, Piece("hearsay", LATE)], (Shortfall.NOTHING_OUTSIDE,)),
    ],
)
def test_each_level_needs_its_evidence(level: int, pieces: list[Piece], lacking: tuple[Shortfall, ...]) -> None:
    assert shortfalls(rules(), level, pieces, day=DAY) == lacking


@pytest.mark.parametrize(
    ("step", "pieces", "counted"),
    [
        ("F", [], "P"),
        ("L", [], "P"),
        ("P", [], "P"),
        ("N", [], "N"),
        ("F", [RECORD], "F"),
        ("L", [RECORD], "L"),
        ("F", [Piece("record", date(2025, 1, 1))], "P"),
    ],
)
def test_high_rating_without_evidence_counts_as_the_cap(step: str, pieces: list[Piece], counted: str) -> None:
    assert counted_step(published("aim-dcmm.v1"), "7.2.2", step, pieces, day=DAY) == counted


def test_only_steps_above_the_cap_are_capped() -> None:
    instrument = published("aim-dcmm.v1")
    assert [step for step in instrument.steps if is_capped(instrument, step)] == ["L", "F"]


def test_instrument_without_rules_caps_nothing() -> None:
    instrument = published("dcmm-2018.v1")
    assert [step for step in instrument.steps if is_capped(instrument, step)] == []
    assert counted_step(instrument, "6.1.5", "yes", [], day=DAY) == "yes"
