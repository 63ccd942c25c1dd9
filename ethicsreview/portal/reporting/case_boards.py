"""Boards about cases: decisions, turnaround, what is overdue, broken committees."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ethicsreview.charts.counts import Bar, counts
from ethicsreview.charts.spreads import Quartiles, Row, spreads
from ethicsreview.portal.domain.figures import (
    ON_CASES,
    Board,
    Duty,
    Spread,
    Total,
    Turnaround,
    quarter_days,
    tallied,
    turnarounds,
)
from ethicsreview.portal.queries.figures import Counted
from ethicsreview.portal.reporting.boards import Line, Panel, Shown, in_order, left_out, listed, spoken
from ethicsreview.portal.reporting.naming import article_of, gap_name, kind_names, quarter_name
from ethicsreview.portal.reporting.words import BOARDS, CLOCKS, DUTIES
from workflows.domain.gapcodes import GapCode
from workflows.domain.rulebook import Rulebook

Rules = dict[str, Rulebook]
QUARTERS = 12  # that the chart shows; the table has all


def decisions(found: Counted, rules: Rules) -> Panel:
    """Kinds by year."""
    cells = found.of(Board.DECISIONS)
    numbers = tallied(cells, "row", "column")
    years = sorted({cell.column for cell in cells})
    names = kind_names(rules, spoken())
    lines = [_decided(kind, names.get(kind, kind), years, numbers) for kind in in_order(names, (c.row for c in cells))]
    title = str(BOARDS[Board.DECISIONS])
    bars = [Bar(line.label, (_whole(line),)) for line in lines]
    chart = counts(bars, names=[_("Decisions")], whole=_("Decisions"), title=title, language=spoken())
    return Panel(
        key="decisions",
        board=Board.DECISIONS,
        title=title,
        heads=(pgettext("search", "Decision"), *years, pgettext("figures", "All")),
        lines=tuple(lines),
        chart=chart if lines else None,
        left_out=left_out(found, Board.DECISIONS),
    )


def _decided(kind: str, label: str, years: list[str], numbers: dict[tuple[str, ...], int]) -> Line:
    of = [numbers.get((kind, year), 0) for year in years]
    shown = [
        Shown(number, listed("search", kind="decisions", decision=kind, year=year) if number else "")
        for year, number in zip(years, of, strict=True)
    ]
    return Line(kind, label, (*shown, Shown(sum(of), listed("search", kind="decisions", decision=kind))))


def _whole(line: Line) -> int:
    value = line.values[-1].value
    return value if isinstance(value, int) else 0


def turnaround(found: Counted) -> Panel:
    """Quarters with the two clocks apart."""
    quarters = turnarounds(found.of(Board.TURNAROUND))
    title = str(BOARDS[Board.TURNAROUND])
    committee, applicant, both = map(str, CLOCKS)
    rows = [
        Row(
            quarter_name(one.quarter),
            ngettext("%(count)s case", "%(count)s cases", one.cases) % {"count": one.cases},
            (_quartiles(one.committee), _quartiles(one.applicant)),
        )
        for one in quarters[-QUARTERS:]
    ]
    chart = spreads(rows, names=(committee, applicant), title=title, language=spoken()) if rows else None
    span = _("%(clock)s: lower quartile"), _("%(clock)s: median"), _("%(clock)s: upper quartile")
    heads = [words % {"clock": clock} for clock in (committee, applicant, both) for words in span]
    return Panel(
        key="turnaround",
        board=Board.TURNAROUND,
        title=title,
        heads=(pgettext("figures", "Ended in"), _("Cases"), *heads),
        lines=tuple(_took(one) for one in quarters),
        chart=chart,
        notes=(
            _("Calendar days; the bar spans the middle half of the cases, the stroke is the median."),
            _("The applicant's time is what a modification took; all other days are the committee's."),
        ),
        left_out=left_out(found, Board.TURNAROUND),
    )


def _quartiles(span: Spread) -> Quartiles:
    return Quartiles(span.low, span.mid, span.high)


def _took(one: Turnaround) -> Line:
    days = [day for span in (one.committee, one.applicant, one.total) for day in (span.low, span.mid, span.high)]
    url = listed("regulator-cases", quarter=one.quarter) if quarter_days(one.quarter) else ""
    return Line(one.quarter, quarter_name(one.quarter), (Shown(one.cases, url), *map(Shown, days)))


def overdue(found: Counted) -> Panel:
    """What is owed, on cases and on certificates."""
    numbers = tallied(found.of(Board.OVERDUE), "row")
    title = str(BOARDS[Board.OVERDUE])
    lines = [Line(duty, str(DUTIES[duty]), (_owed(duty, numbers.get((duty,), 0)),)) for duty in Duty]
    bars = [Bar(line.label, (_whole(line),)) for line in lines]
    chart = counts(bars, names=[title], whole=pgettext("figures", "Number"), title=title, language=spoken())
    return Panel(
        key="overdue",
        board=Board.OVERDUE,
        title=title,
        heads=(pgettext("figures", "Overdue obligation"), pgettext("figures", "Number")),
        lines=tuple(lines),
        chart=chart,
        left_out=left_out(found, Board.OVERDUE),
    )


def _owed(duty: Duty, number: int) -> Shown:
    return Shown(number, listed("regulator-cases" if duty in ON_CASES else "regulator-verifications", duty=duty))


def composition(found: Counted, rules: Rules) -> Panel:
    """What committees lack, each by the article of its own rulebook."""
    numbers = tallied(found.of(Board.COMPOSITION), "row", "column")
    title = str(BOARDS[Board.COMPOSITION])
    order = list(GapCode)
    pairs = sorted(numbers, key=lambda pair: (order.index(GapCode(pair[0])), pair[1]))
    lines = [_lacked(code, slug, numbers[code, slug], rules.get(slug), many=len(rules) > 1) for code, slug in pairs]
    bars = [Bar(line.label, (_whole(line),)) for line in lines]
    chart = counts(bars, names=[_("Committees")], whole=_("Committees"), title=title, language=spoken())
    said = {"broken": found.total(Total.BROKEN), "all": found.total(Total.COMMITTEES)}
    return Panel(
        key="composition",
        board=Board.COMPOSITION,
        title=title,
        heads=(pgettext("figures", "Lacks"), _("Committees")),
        lines=tuple(lines),
        chart=chart if lines else None,
        notes=(
            _("Committees not composed as their rulebook asks: %(broken)s of %(all)s.") % said,
            _("A committee is counted once for each thing it lacks."),
        ),
        left_out=left_out(found, Board.COMPOSITION),
    )


def _lacked(code: str, slug: str, number: int, rules: Rulebook | None, *, many: bool) -> Line:
    url = listed("regulator-committees", lacks=code, rulebook=slug)
    label = gap_name(GapCode(code))
    if many and rules is not None:
        label = f"{label} · {rules.title.in_(spoken())}"
    return Line(f"{code}:{slug}", label, (Shown(number, url),), note=article_of(rules, GapCode(code), spoken()))
