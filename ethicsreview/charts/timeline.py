"""What happened, what happens now and what is still to come, from top to bottom."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from ethicsreview.charts import svg
from ethicsreview.charts.domain import Chart, Event, Phase, Table
from ethicsreview.charts.wording import Words, words

AXIS = 122  # where the line runs; dates stand left of it
LABEL = AXIS + 22
GAP = 14  # between two events


def timeline(events: Sequence[Event], *, title: str, description: str = "", language: str = "en") -> Chart:
    """Events in the order given; the line is dashed where it leads to what has not happened."""
    said = words(language)
    shapes: list[SafeString] = []
    lines: list[SafeString] = []
    y, before = 14.0, None
    for event in events:
        if before is not None:
            ahead = event.phase in {Phase.AHEAD, Phase.LATE}
            lines.append(svg.stroked("line", "edge", thick=2, dashed=ahead, x1=AXIS, x2=AXIS, y1=before, y2=y))
        drawn, following = _event(event, y, said)
        shapes += drawn
        before, y = y, following
    drawing = svg.canvas(
        [*lines, *shapes], height=max(y - GAP, 28), title=title, description=description, tag=said.tag
    )
    rows = tuple((event.when, event.label, said.phases[event.phase], event.note) for event in events)
    return Chart(drawing, Table(title, (said.when, said.event, said.state, said.note), rows, numeric=False))


def _event(event: Event, y: float, said: Words) -> tuple[list[SafeString], float]:
    """Mark, date, label and note; and where the next event's mark lies."""
    label = svg.wrap(event.label, svg.WIDTH - LABEL, svg.SIZE, most=3)
    late = event.phase is Phase.LATE
    note = svg.wrap(" · ".join(filter(None, [said.phases[Phase.LATE] if late else "", event.note])), 336, 13, most=4)
    drawn = _mark(event.phase, y)
    drawn.append(svg.text(event.when, AXIS - 18, y + 5, size=13, colour="soft", anchor="end"))
    strong = event.phase in {Phase.CURRENT, Phase.LATE}
    drawn += [
        svg.text(line, LABEL, y + 5 + place * svg.LINE, bold=strong, colour="bad" if late else "ink")
        for place, line in enumerate(label)
    ]
    below = y + 5 + len(label) * svg.LINE
    said_below = [line for line in note if line]
    drawn += [
        svg.text(line, LABEL, below + place * 17, size=13, colour="soft") for place, line in enumerate(said_below)
    ]
    return drawn, below + len(said_below) * 17 + GAP


def _mark(phase: Phase, y: float) -> list[SafeString]:
    """A full disc with a tick, a ring, an empty circle or a diamond: told apart without colour."""
    if phase is Phase.LATE:
        around = [(AXIS, y - 9), (AXIS + 9, y), (AXIS, y + 9), (AXIS - 9, y)]
        return [svg.filled("polygon", "bad", points=svg.points(around))]
    if phase is Phase.AHEAD:
        return [
            svg.filled("circle", "paper", cx=AXIS, cy=y, r=7),
            svg.stroked("circle", "edge", thick=2, cx=AXIS, cy=y, r=7),
        ]
    disc = svg.filled("circle", "accent", cx=AXIS, cy=y, r=8)
    if phase is Phase.CURRENT:
        return [disc, svg.filled("circle", "paper", cx=AXIS, cy=y, r=4)]
    tick = svg.element(
        "path",
        class_="chart__tick",
        fill="none",
        stroke=svg.PAPER,
        stroke_width=2,
        d=f"M{AXIS - 4},{svg.number(y)}l3,3l5,-6",
    )
    return [disc, tick]
