"""Which warnings of a time limit are due."""

from enum import StrEnum


class Warned(StrEnum):
    """A warning of a last day: so many days before it, or once it is over."""

    SEVEN = "7"
    THREE = "3"
    ONE = "1"
    PASSED = "passed"


_DAYS = {Warned.SEVEN: 7, Warned.THREE: 3, Warned.ONE: 1, Warned.PASSED: -1}
EARLIEST = max(_DAYS.values())  # days before a last day from which one warns of it


def due_warnings(left: int) -> tuple[Warned, ...]:
    """Every warning that should have been given with ``left`` days after today, the most urgent last."""
    return tuple(warned for warned, days in _DAYS.items() if left <= days)
