"""Where a value stands among those of peers, told without pointing at any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

# With fewer, a quartile rests on two or three enterprises, and whoever knows some of them can work out the rest.
LEAST_PEERS = 10


@dataclass(frozen=True)
class Standing:
    """One value among its peers'.

    ``percentile`` is the share of peers below it, those equal to it counted half; ``quartiles`` the lower, the
    middle and the upper one. There is no lowest and no highest: each would be one enterprise's own value.
    """

    value: Fraction
    percentile: Fraction
    quartiles: tuple[Fraction, Fraction, Fraction]


def standing(value: Fraction, peers: Sequence[Fraction]) -> Standing | None:
    """Where ``value`` stands; None among fewer than ``LEAST_PEERS``."""
    if len(peers) < LEAST_PEERS:
        return None
    ordered = sorted(peers)
    below = sum(1 for one in ordered if one < value)
    equal = sum(1 for one in ordered if one == value)
    return Standing(
        value=value,
        percentile=Fraction(2 * below + equal, 2 * len(ordered)),
        quartiles=(_quantile(ordered, 1), _quantile(ordered, 2), _quantile(ordered, 3)),
    )


def at_least(count: int) -> int:
    """How many peers may be said to be there: whole tens, so that one more enterprise is not noticed."""
    return count // LEAST_PEERS * LEAST_PEERS


def _quantile(ordered: Sequence[Fraction], quarter: int) -> Fraction:
    """The value a quarter, a half or three quarters of the way, between its neighbours in proportion."""
    place = Fraction(quarter * (len(ordered) - 1), 4)
    low, part = int(place), place % 1
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * part
