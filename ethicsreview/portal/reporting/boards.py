"""Figures as boards: each a chart, the table behind it with the list behind each number, and what is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language

from ethicsreview.charts.domain import Chart, show
from ethicsreview.portal.domain.figures import Board, Total
from ethicsreview.portal.queries.figures import Counted
from ethicsreview.portal.reporting.words import LEFT_OUT

WIDE = 5  # columns; a table of more stands below its chart, not beside it


@dataclass(frozen=True)
class Shown:
    """One value of a table: a whole number, a mean, or none; ``url`` is the live list behind it."""

    value: int | Fraction | None
    url: str = ""

    @property
    def text(self) -> str:
        """As it is read; means are cut off, never rounded up."""
        if self.value is None:
            return "–"
        return show(self.value) if isinstance(self.value, Fraction) else str(self.value)


@dataclass(frozen=True)
class Line:
    """One row of a table: its code, what it is called, a note such as an article, and its values."""

    code: str
    label: str
    values: tuple[Shown, ...]
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """One chart with its table; ``key`` names it in addresses, ``about`` is the instrument where there is one.

    ``most`` is how many lines the page shows, 0 for all; what is taken along has all.
    """

    key: str
    board: Board
    title: str
    heads: tuple[str, ...]  # the first is of the labels
    lines: tuple[Line, ...]
    chart: Chart | None = None
    about: str = ""
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    most: int = 0

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines of the page."""
        return self.lines[: self.most] if self.most else self.lines

    @property
    def wide(self) -> bool:
        """Whether the table needs the whole width."""
        return len(self.heads) > WIDE

    @property
    def noted(self) -> bool:
        """Whether any line has a note."""
        return any(line.note for line in self.lines)


def spoken() -> str:
    """The language of the reader."""
    return get_language() or "en"


def listed(page: str, **asked: str) -> str:
    """The address of a live list, narrowed."""
    return f"{reverse(f'portal:{page}')}?{urlencode(asked)}"


def left_out(found: Counted, board: Board) -> tuple[str, ...]:
    """What the board does not tell, and why, with its numbers where there are any."""
    numbers = {name.value: found.total(name) for name in Total}
    return tuple(str(words) % numbers for words in LEFT_OUT[board])


def in_order(names: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    """The codes in the order of the names, those nobody names last."""
    order = list(names)
    return sorted(set(codes), key=lambda code: (order.index(code) if code in names else len(order), code))


def values(numbers: Sequence[int]) -> tuple[Shown, ...]:
    """Numbers without lists behind them."""
    return tuple(Shown(number) for number in numbers)
