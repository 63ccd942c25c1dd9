"""Warnings of a last day: seven, three and one day before, and once it is over."""

import pytest

from workflows.domain.warnings import EARLIEST, Warned, due_warnings


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (8, ()),
        (7, (Warned.SEVEN,)),
        (4, (Warned.SEVEN,)),
        (3, (Warned.SEVEN, Warned.THREE)),
        (1, (Warned.SEVEN, Warned.THREE, Warned.ONE)),
        (0, (Warned.SEVEN, Warned.THREE, Warned.ONE)),
        (-1, (Warned.SEVEN, Warned.THREE, Warned.ONE, Warned.PASSED)),
        (-40, (Warned.SEVEN, Warned.THREE, Warned.ONE, Warned.PASSED)),
    ],
)
def test_warnings_due_grow_with_the_urgency(left: int, due: tuple[Warned, ...]) -> None:
    assert due_warnings(left) == due


def test_earliest_warning_is_the_first_day_with_one() -> None:
    assert (due_warnings(EARLIEST), due_warnings(EARLIEST + 1)) == ((Warned.SEVEN,), ())
