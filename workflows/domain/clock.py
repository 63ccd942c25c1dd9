"""Deadlines are derived from the facts; nothing counts them down."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Clock:
    """A limit in calendar days of one time zone.

    ``last_day`` ends at midnight. ``left`` is the number of whole days after today, negative once overdue.
    """

    started: datetime
    last_day: date
    stopped: datetime | None
    left: int
    overdue: bool
    extended: bool

    @property
    def running(self) -> bool:
        """Whether time still passes."""
        return self.stopped is None


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of ``moment`` in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(started: datetime, days: int, zone: str) -> date:
    """The last day of a limit: the day of the start is not counted (Civil Code Art. 201)."""
    return local_day(started, zone) + timedelta(days=days)


def ends_at(day: date, zone: str) -> datetime:
    """The moment a day is over in ``zone``."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))


def read_clock(
    *, started: datetime, days: int, zone: str, extended_to: date | None, stopped: datetime | None, now: datetime
) -> Clock:
    """The clock as it stands at ``now``, or as it stood when it was stopped."""
    limit = extended_to or last_day(started, days, zone)
    moment = stopped or now
    return Clock(
        started=started,
        last_day=limit,
        stopped=stopped,
        left=(limit - local_day(moment, zone)).days,
        overdue=moment >= ends_at(limit, zone),
        extended=extended_to is not None,
    )


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
