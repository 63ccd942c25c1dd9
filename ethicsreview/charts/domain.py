"""What charts are made of: values in, a drawing and the same facts as a table out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Axis:
    """One thing measured: its value and the lowest and highest behind it; no value at all is a gap, never 0.

    Without ``low`` and ``high`` the value stands alone. Raises ``ValueError`` when they are out of order.
    """

    key: str
    label: str
    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None

    def __post_init__(self) -> None:
        if self.value is None:
            if self.low is not None or self.high is not None:
                raise ValueError(f"{self.key}: a range without a value")
        elif not self.least <= self.value <= self.most:
            raise ValueError(f"{self.key}: the value is outside its range")

    @property
    def least(self) -> Fraction:
        """The lower end of the range; only where there is a value."""
        return self._or_value(self.low)

    @property
    def most(self) -> Fraction:
        """The upper end of the range; only where there is a value."""
        return self._or_value(self.high)

    def _or_value(self, end: Fraction | None) -> Fraction:
        if end is not None:
            return end
        if self.value is None:
            raise ValueError(f"{self.key}: no value")
        return self.value


@dataclass(frozen=True)
class Cell:
    """One field of a heat map: ``value`` colours it, ``text`` stands in it instead of the number.

    ``marked`` draws a frame and a sign, for what blocks.
    """

    value: Fraction | None = None
    text: str = ""
    marked: bool = False


class Phase(StrEnum):
    """Where an event stands in time."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    LATE = "late"


@dataclass(frozen=True)
class Event:
    """One point of a timeline; ``when`` is written out by the caller, in the reader's language."""

    when: str
    label: str
    phase: Phase
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The chart in words; the first column names the row, ``numeric`` says whether the others are figures."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: bool = True


@dataclass(frozen=True)
class Chart:
    """The same facts twice."""

    svg: SafeString
    table: Table


def show(value: Fraction, places: int = 2) -> str:
    """``value`` with ``places`` decimals, cut off towards zero and never rounded up: 2.999 stays below 3."""
    unit = 10**places
    cut = int(value * unit)
    whole, rest = divmod(abs(cut), unit)
    sign = "-" if cut < 0 else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def check_within(axes: Sequence[Axis], maximum: int) -> None:
    """Raises ``ValueError`` when a value cannot be drawn on a scale from 0 to ``maximum``."""
    for axis in axes:
        if axis.value is not None and not 0 <= axis.least <= axis.most <= maximum:
            raise ValueError(f"{axis.key}: outside 0 to {maximum}")
