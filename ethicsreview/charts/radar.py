"""A value per axis, with the band from the lowest to the highest behind it. A gap stays open."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import cos, pi, sin

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Axis, Chart, Table, check_within, show
from ethicsreview.charts.wording import Words, words

RADIUS = 116
GAP = 14  # between the outermost ring and a label


@dataclass(frozen=True)
class Spoke:
    """One axis on the page."""

    axis: Axis
    lines: list[str]
    dx: float
    dy: float

    @property
    def height(self) -> float:
        """Of the label with its value below."""
        return (len(self.lines) + 1) * svg.LINE


def radar(axes: Sequence[Axis], *, maximum: int, title: str, description: str = "", language: str = "en") -> Chart:
    """Three axes or more, clockwise from the top, each from 0 in the middle to ``maximum``. Raises ``ValueError``."""
    if len(axes) < 3:
        raise ValueError("a radar needs three axes")
    check_within(axes, maximum)
    said = words(language)
    spokes = [spoke_of(axis, number, len(axes)) for number, axis in enumerate(axes)]
    top = max(spoke.height for spoke in spokes if spoke.dy < -0.9) + GAP + RADIUS
    bottom = max((spoke.height for spoke in spokes if spoke.dy > 0.5), default=0) + GAP + RADIUS
    web = Web(spokes, top, maximum)
    body = [
        *web.rings(),
        *web.spokes(),
        *web.bands(),
        *web.lines(),
        *web.labels(said),
        *_legend(said, top + bottom + 8),
    ]
    drawing = svg.canvas(body, height=top + bottom + 32, title=title, description=description, tag=said.tag)
    return Chart(drawing, axis_table(axes, title, said))


def spoke_of(axis: Axis, number: int, count: int) -> Spoke:
    angle = 2 * pi * number / count - pi / 2
    dx, dy = round(cos(angle), 6), round(sin(angle), 6)
    room = svg.WIDTH / 2 - abs(dx) * (RADIUS + GAP) - 2
    return Spoke(axis, svg.wrap(axis.label, room if abs(dx) > 0.1 else 260, svg.SIZE), dx, dy)


def runs(axes: Sequence[Axis]) -> list[list[int]]:
    """Neighbouring axes that have a value, round the circle; with no gap at all, one run of all."""
    gaps = [number for number, axis in enumerate(axes) if axis.value is None]
    if not gaps:
        return [list(range(len(axes)))]
    circle = [(gaps[0] + step) % len(axes) for step in range(len(axes))]
    found: list[list[int]] = []
    for before, number in pairwise(circle):
        if axes[number].value is not None:
            if axes[before].value is None:
                found.append([])
            found[-1].append(number)
    return found


class Web:
    """The drawing around its middle."""

    def __init__(self, spokes: list[Spoke], middle: float, maximum: int) -> None:
        self.drawn = spokes
        self.middle = middle
        self.maximum = maximum
        self.runs = runs([spoke.axis for spoke in spokes])
        self.closed = all(spoke.axis.value is not None for spoke in spokes)

    def place(self, spoke: Spoke, value: Fraction | int) -> tuple[float, float]:
        """Where ``value`` lies on its axis."""
        far = RADIUS * float(value) / self.maximum
        return svg.WIDTH / 2 + spoke.dx * far, self.middle + spoke.dy * far

    def ring(self, value: int) -> str:
        return svg.points(self.place(spoke, value) for spoke in self.drawn)

    def rings(self) -> list[SafeString]:
        return [
            svg.stroked("polygon", "edge" if value == self.maximum else "grid", points=self.ring(value))
            for value in range(1, self.maximum + 1)
        ]

    def spokes(self) -> list[SafeString]:
        drawn = []
        for spoke in self.drawn:
            empty = spoke.axis.value is None
            (x1, y1), (x2, y2) = self.place(spoke, 0), self.place(spoke, self.maximum)
            drawn.append(svg.stroked("line", "edge" if empty else "grid", dashed=empty, x1=x1, y1=y1, x2=x2, y2=y2))
        return drawn

    def bands(self) -> list[SafeString]:
        return [self._band([self.drawn[number] for number in run]) for run in self.runs]

    def _band(self, run: list[Spoke]) -> SafeString:
        low = [self.place(spoke, spoke.axis.least) for spoke in run]
        high = [self.place(spoke, spoke.axis.most) for spoke in run]
        if self.closed:
            path = f"M{svg.points(high)}Z M{svg.points(low)}Z"
            return svg.filled("path", "band", fill_rule="evenodd", d=path)
        if len(run) == 1:
            (x1, y1), (x2, y2) = low[0], high[0]
            return svg.element(
                "line", class_="chart__stem", stroke=svg.BAND, stroke_width=8, x1=x1, y1=y1, x2=x2, y2=y2
            )
        return svg.filled("polygon", "band", points=svg.points([*high, *reversed(low)]))

    def lines(self) -> list[SafeString]:
        drawn = []
        for run in self.runs:
            places = [self.place(spoke, spoke.axis.value or 0) for spoke in (self.drawn[number] for number in run)]
            if len(places) > 1:
                shape = "polygon" if self.closed else "polyline"
                drawn.append(svg.stroked(shape, "line", thick=2.5, stroke_linejoin="round", points=svg.points(places)))
            drawn += [svg.filled("circle", "accent", cx=x, cy=y, r=4) for x, y in places]
        return drawn

    def labels(self, said: Words) -> list[SafeString]:
        drawn = self.scale()
        for spoke in self.drawn:
            value = spoke.axis.value
            drawn += self.label(spoke, said.gap if value is None else show(value), empty=value is None)
        return drawn

    def scale(self) -> list[SafeString]:
        """The numbers along the first axis."""
        return [
            svg.text(str(value), svg.WIDTH / 2 + 5, self.place(self.drawn[0], value)[1] + 12, size=11, colour="soft")
            for value in range(1, self.maximum + 1)
        ]

    def label(self, spoke: Spoke, shown: str, *, empty: bool) -> list[SafeString]:
        """An axis' name with ``shown`` below it."""
        x, y = svg.WIDTH / 2 + spoke.dx * (RADIUS + GAP), self.middle + spoke.dy * (RADIUS + GAP)
        anchor = "middle" if abs(spoke.dx) < 0.1 else ("start" if spoke.dx > 0 else "end")
        first = y - spoke.height * (1 - spoke.dy) / 2 + svg.SIZE
        drawn = [svg.text(line, x, first + place * svg.LINE, anchor=anchor) for place, line in enumerate(spoke.lines)]
        last = first + len(spoke.lines) * svg.LINE
        drawn.append(svg.text(shown, x, last, anchor=anchor, bold=not empty, colour="soft" if empty else "accent"))
        return drawn


def _legend(said: Words, y: float) -> list[SafeString]:
    return legend(
        [
            (said.mean, svg.stroked("line", "line", thick=2.5, x1=0, y1=0, x2=22, y2=0)),
            (said.span, svg.filled("rect", "band", x=0, y=-6, width=22, height=12)),
            (said.gap, svg.stroked("line", "edge", dashed=True, x1=0, y1=0, x2=22, y2=0)),
        ],
        y,
    )


def legend(signs: Sequence[tuple[str, SafeString]], y: float) -> list[SafeString]:
    """Words with their signs, each drawn 22 wide about a line at 0, centred in one row."""
    widths = [28 + svg.text_width(word, 12) + 18 for word, _ in signs]
    x = (svg.WIDTH - sum(widths) + 18) / 2
    drawn = []
    for (word, sign), width in zip(signs, widths, strict=True):
        drawn += [svg.element("g", sign, transform=f"translate({svg.number(x)} {svg.number(y + 8)})")]
        drawn += [svg.text(word, x + 28, y + 12, size=12, colour="soft")]
        x += width
    return drawn


def axis_table(axes: Sequence[Axis], caption: str, said: Words) -> Table:
    """Value, lowest and highest of each axis; a gap is said in words."""
    rows = tuple(
        (axis.label, said.gap, "–", "–")
        if axis.value is None
        else (axis.label, show(axis.value), show(axis.least), show(axis.most))
        for axis in axes
    )
    return Table(caption, (said.subject, said.mean, said.lowest, said.highest), rows)
