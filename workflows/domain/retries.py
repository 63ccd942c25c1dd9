"""When unfinished work is tried again."""

from datetime import datetime, timedelta

from workflows.domain.states import ReportState

SILENCE = timedelta(minutes=1)
LONGEST = timedelta(minutes=5)


def wait_after(attempts: int) -> timedelta:
    """The pause after so many failed attempts: 5 s, doubling, at most five minutes."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(timedelta(seconds=5 << doublings), LONGEST)


def is_stuck(state: ReportState, attempts: int, progressed_at: datetime, now: datetime) -> bool:
    """Whether nothing has moved for longer than it should: a minute, and after a failure its pause besides."""
    if state is ReportState.SIGNED:
        return False
    pause = wait_after(attempts) if state is ReportState.FAILED else timedelta()
    return now - progressed_at > SILENCE + pause
