"""Reads of committees and seats."""

from datetime import date

from workflows.domain.rooms import SeatRole, Sex, Sitting
from workflows.models import Seat


def sitting_of(seat: Seat) -> Sitting:
    """A seat as the domain sees it."""
    return Sitting(
        user=seat.user_id,
        role=SeatRole(seat.role),
        categories=frozenset(seat.categories),
        sex=Sex(seat.sex),
        external=seat.external,
        starts=seat.starts,
        ends=seat.ends,
    )


def seat_is_away(seat: Seat, day: date) -> bool:
    """Whether the holder is recorded as away on ``day``; an open end means until further notice."""
    if seat.away_from is None or day < seat.away_from:
        return False
    return seat.away_until is None or day <= seat.away_until
