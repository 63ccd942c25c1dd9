"""Which warnings of a time limit, or of the yearly look at a certificate, are due."""

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


LOOK_AHEAD = 30  # days before the yearly look is due from which one warns of it: a visit takes weeks to arrange


class LookWarned(StrEnum):
    """A warning that the yearly look at a certificate is to be done."""

    NEAR = "near"
    OVERDUE = "overdue"


def due_look_warnings(left: int) -> tuple[LookWarned, ...]:
    """Every warning that should have been given with ``left`` days after today, the most urgent last."""
    if left > LOOK_AHEAD:
        return ()
    return (LookWarned.NEAR,) if left >= 0 else (LookWarned.NEAR, LookWarned.OVERDUE)
