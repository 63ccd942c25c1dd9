"""When unfinished work counts as stuck."""

from datetime import UTC, datetime, timedelta

import pytest

from workflows.domain.retries import is_stuck, wait_after
from workflows.domain.states import ReportState

MOVED = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (7, 300), (8, 300), (10_000, 300)]
)
def test_pause_doubles_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert wait_after(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("state", "attempts", "seconds", "stuck"),
    [
        (ReportState.QUEUED, 0, 60, False),
        (ReportState.QUEUED, 0, 61, True),
        (ReportState.RENDERING, 1, 60, False),
        (ReportState.RENDERING, 1, 61, True),
        (ReportState.FAILED, 1, 65, False),
        (ReportState.FAILED, 1, 66, True),
        (ReportState.FAILED, 20, 360, False),
        (ReportState.FAILED, 20, 361, True),
        (ReportState.SIGNED, 1, 10_000, False),
    ],
)
def test_report_is_stuck_after_a_minute_and_its_pause(
    state: ReportState, attempts: int, seconds: int, stuck: bool
) -> None:
    assert is_stuck(state, attempts, MOVED, MOVED + timedelta(seconds=seconds)) is stuck
