"""Days are calendar days of the rulebook's time zone, and end at midnight there."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.clock import Clock, add_months, ends_at, last_day, local_day, read_clock

ZONE = "Asia/Shanghai"
SHANGHAI = ZoneInfo(ZONE)
STARTED = datetime(2026, 1, 30, 15, 0, tzinfo=SHANGHAI)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def clock_at(now: datetime, *, extended_to: date | None = None, stopped: datetime | None = None) -> Clock:
    return read_clock(started=STARTED, days=30, zone=ZONE, extended_to=extended_to, stopped=stopped, now=now)


def test_day_is_the_zones_not_the_servers() -> None:
    moment = datetime(2026, 5, 1, 16, 30, tzinfo=UTC)
    assert local_day(moment, ZONE) == date(2026, 5, 2)
    assert local_day(moment, "Europe/Zurich") == date(2026, 5, 1)


def test_day_of_the_start_is_not_counted() -> None:
    assert last_day(STARTED, 30, ZONE) == date(2026, 3, 1)


def test_last_day_ends_at_midnight_of_the_zone() -> None:
    assert ends_at(date(2026, 3, 1), ZONE) == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "left", "overdue"),
    [
        (STARTED, 30, False),
        (datetime(2026, 2, 28, 12, 0, tzinfo=SHANGHAI), 1, False),
        (datetime(2026, 3, 1, 0, 0, tzinfo=SHANGHAI), 0, False),
        (datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=SHANGHAI), 0, False),
        (datetime(2026, 3, 2, 0, 0, tzinfo=SHANGHAI), -1, True),
        (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), -1, True),
    ],
)
def test_clock_runs_out_with_the_midnight_after_its_last_day(now: datetime, left: int, overdue: bool) -> None:
    clock = clock_at(now)
    assert (clock.left, clock.overdue, clock.running) == (left, overdue, True)


def test_extension_moves_the_last_day() -> None:
    clock = clock_at(datetime(2026, 3, 5, tzinfo=SHANGHAI), extended_to=date(2026, 3, 20))
    assert (clock.last_day, clock.left, clock.overdue, clock.extended) == (date(2026, 3, 20), 15, False, True)


def test_stopped_clock_keeps_what_it_showed() -> None:
    stopped = datetime(2026, 2, 20, 9, 0, tzinfo=SHANGHAI)
    clock = clock_at(datetime(2030, 1, 1, tzinfo=SHANGHAI), stopped=stopped)
    assert (clock.left, clock.overdue, clock.running) == (9, False, False)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 15), 12, date(2027, 11, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(days, st.integers(0, 120))
def test_months_later_is_that_many_months_later(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(st.integers(0, 10**9), st.integers(0, 400))
def test_clock_is_overdue_exactly_when_no_day_is_left(seconds: int, passed: int) -> None:
    started = STARTED + timedelta(seconds=seconds)
    now = started + timedelta(days=passed)
    clock = read_clock(started=started, days=30, zone=ZONE, extended_to=None, stopped=None, now=now)
    assert clock.overdue == (clock.left < 0)
    assert clock.left == 30 - passed


@given(days)
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    end = ends_at(day, ZONE)
    assert local_day(end, ZONE) == day + timedelta(days=1)
    assert local_day(end - timedelta(microseconds=1), ZONE) == day
