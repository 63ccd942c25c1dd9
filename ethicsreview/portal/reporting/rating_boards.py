"""Boards about ratings and results, one for each version of an instrument: points, weak spots, maturity."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.domain.instrument import Instrument
from assessments.domain.staged import StagedInstrument
from assessments.wording import sector_name
from ethicsreview.accounts.wording import PROVINCES
from ethicsreview.charts.counts import Bar, counts
from ethicsreview.charts.domain import Cell as Field
from ethicsreview.charts.domain import Chart
from ethicsreview.charts.heatmap import heatmap
from ethicsreview.portal.domain.figures import Board, Cell, Grain, Total, mean_step, tallied
from ethicsreview.portal.queries.figures import Counted
from ethicsreview.portal.queries.narrowing import NOWHERE
from ethicsreview.portal.reporting.boards import Line, Panel, Shown, in_order, left_out, listed, spoken
from ethicsreview.portal.reporting.naming import kind_names, spot_name
from ethicsreview.portal.reporting.words import BOARDS, MIDDLE, SMALL
from workflows.domain.rulebook import Rulebook

WEAKEST = 12  # items that the page shows; what is taken along has all


def of_instruments(found: Counted, rules: dict[str, Rulebook]) -> Iterator[Panel]:
    """Every panel that is about one version of an instrument."""
    for pk, instrument in found.instruments.items():
        if isinstance(instrument, Instrument):
            yield from (
                _points(found, pk, instrument),
                _by_decision(found, pk, instrument, rules),
                _weak(found, pk, instrument),
            )
        else:
            yield from (_sectors(found, pk, instrument), _regions(found, pk, instrument))


def _named(instrument: Instrument | StagedInstrument) -> str:
    return f"{instrument.title.in_(spoken())} v{instrument.version}"


def _cells(found: Counted, board: Board, pk: int) -> list[Cell]:
    return [cell for cell in found.of(board) if cell.instrument == pk]


def _rated(found: Counted, pk: int) -> int:
    return sum(cell.number for cell in _cells(found, Board.TOTALS, pk) if cell.row == Total.RATED)


# -- points -----------------------------------------------------------------------------------------------------------


def _points(found: Counted, pk: int, instrument: Instrument) -> Panel:
    """How the steps are spread over each point, from the lowest."""
    numbers = _by_point(found, pk, instrument)
    steps = [*instrument.steps, ""]
    labels = [step.label.in_(spoken()) for step in instrument.scale] + [instrument.not_applicable.label.in_(spoken())]
    lines = []
    for group in instrument.groups:
        of = {
            step: sum(number for (key, one, _k), number in numbers.items() if (key, one) == (group.key, step))
            for step in steps
        }
        mean = mean_step(of, {step.key: step.value for step in instrument.scale})
        lines.append(Line(group.key, group.title.in_(spoken()), (*map(Shown, of.values()), Shown(mean))))
    title = str(BOARDS[Board.RATINGS])
    bars = [Bar(line.label, tuple(_number(one) for one in line.values[: len(instrument.scale)])) for line in lines]
    chart = counts(
        bars,
        names=labels[:-1],
        whole=_("Ratings"),
        title=f"{title}: {_named(instrument)}",
        shares=True,
        language=spoken(),
    )
    return Panel(
        key=f"points-{pk}",
        board=Board.RATINGS,
        title=title,
        about=_named(instrument),
        heads=(pgettext("instrument", "Point"), *labels, pgettext("chart", "Mean")),
        lines=tuple(lines),
        chart=chart,
        notes=(_("Decided cases that were rated with it: %(count)s.") % {"count": _rated(found, pk)},),
        left_out=left_out(found, Board.RATINGS),
    )


def _by_point(found: Counted, pk: int, instrument: Instrument) -> dict[tuple[str, str, str], int]:
    """Point, step and kind of decision → ratings."""
    summed: dict[tuple[str, str, str], int] = {}
    for cell in _cells(found, Board.RATINGS, pk):
        group = instrument.group_of.get(cell.row)
        if group is not None:
            key = (group.key, cell.column, cell.part)
            summed[key] = summed.get(key, 0) + cell.number
    return summed


def _number(shown: Shown) -> int:
    return shown.value if isinstance(shown.value, int) else 0


def _by_decision(found: Counted, pk: int, instrument: Instrument, rules: dict[str, Rulebook]) -> Panel:
    """The mean of each point, by what was decided."""
    numbers = _by_point(found, pk, instrument)
    names = kind_names(rules, spoken())
    kinds = in_order(names, (kind for _group, _step, kind in numbers))
    scale = {step.key: step.value for step in instrument.scale}
    lines = []
    for group in instrument.groups:
        means = [mean_step({step: numbers.get((group.key, step, kind), 0) for step in scale}, scale) for kind in kinds]
        lines.append(Line(group.key, group.title.in_(spoken()), tuple(map(Shown, means))))
    heads = [names.get(kind, kind) for kind in kinds]
    title = _("Mean rating of each point by decision")
    return Panel(
        key=f"decided-{pk}",
        board=Board.RATINGS,
        title=title,
        about=_named(instrument),
        heads=(pgettext("instrument", "Point"), *heads),
        lines=tuple(lines),
        chart=_heat(lines, heads, int(instrument.highest), f"{title}: {_named(instrument)}"),
        notes=(_("From %(low)s, the lowest step, to %(high)s, the highest.") % _ends(instrument),),
        left_out=left_out(found, Board.RATINGS),
    )


def _ends(instrument: Instrument) -> dict[str, str]:
    return {"low": str(instrument.lowest), "high": str(instrument.highest)}


def _heat(lines: list[Line], heads: list[str], maximum: int, title: str) -> Chart | None:
    if not lines or not heads:
        return None
    fields = [[_field(one) for one in line.values] for line in lines]
    return heatmap(
        [line.label for line in lines], heads, fields, maximum=max(1, maximum), title=title, language=spoken()
    )


def _field(shown: Shown) -> Field:
    """A mean with both its decimals."""
    if shown.value is None:
        return Field()
    return Field(Fraction(shown.value), text=shown.text if isinstance(shown.value, Fraction) else "")


# -- weak spots -------------------------------------------------------------------------------------------------------


def _weak(found: Counted, pk: int, instrument: Instrument) -> Panel:
    """Points in their order, then items, the weakest first."""
    numbers = tallied(_cells(found, Board.WEAK, pk), "row", "column")
    points = [
        _spot(pk, instrument, group.key, numbers.get((group.key, Grain.POINT), 0)) for group in instrument.groups
    ]
    counted = {key: number for (key, grain), number in numbers.items() if grain == Grain.ITEM}
    order = {key: place for place, key in enumerate(instrument.items)}
    items = sorted(counted, key=lambda key: (-counted[key], order.get(key, len(order))))
    lines = [*points, *(_spot(pk, instrument, key, counted[key]) for key in items)]
    most = len(points) + WEAKEST
    bars = [Bar(line.label, (_number(line.values[0]),)) for line in lines[:most]]
    title = str(BOARDS[Board.WEAK])
    chart = counts(
        bars, names=[_("Cases")], whole=_("Cases"), title=f"{title}: {_named(instrument)}", language=spoken()
    )
    return Panel(
        key=f"weak-{pk}",
        board=Board.WEAK,
        title=title,
        about=_named(instrument),
        heads=(_("Point or indicator"), _("Cases")),
        lines=tuple(lines),
        chart=chart,
        notes=(
            str(MIDDLE),
            _("Decided cases that were rated with it: %(count)s.") % {"count": _rated(found, pk)},
            _("First the points, then the weakest indicators; the tables to take along have all."),
        ),
        left_out=left_out(found, Board.WEAK),
        most=most,
    )


def _spot(pk: int, instrument: Instrument, key: str, number: int) -> Line:
    url = listed("regulator-cases", instrument=str(pk), spot=key) if number else ""
    return Line(key, spot_name(instrument, key, spoken()), (Shown(number, url),))


# -- maturity ---------------------------------------------------------------------------------------------------------


def _sectors(found: Counted, pk: int, instrument: StagedInstrument) -> Panel:
    title = _("Valid maturity certificates by tier and sector")
    return _graded(found, pk, instrument, "column", "sector", title)


def _regions(found: Counted, pk: int, instrument: StagedInstrument) -> Panel:
    title = _("Valid maturity certificates by tier and region")
    return _graded(found, pk, instrument, "part", "province", title)


def _graded(found: Counted, pk: int, instrument: StagedInstrument, by: str, name: str, title: str) -> Panel:
    """Sectors or provinces against tiers."""
    numbers = tallied(_cells(found, Board.MATURITY, pk), by, "row")
    tiers = [str(number) for number in range(1, len(instrument.tiers) + 1)]
    places = sorted({place for place, _tier in numbers}, key=lambda place: _place(name, place))
    lines = [_of_place(pk, name, place, tiers, numbers) for place in places]
    heads = [f"{number} {one.label.in_(spoken())}" for number, one in zip(tiers, instrument.tiers, strict=True)]
    maximum = max(numbers.values(), default=1)
    cut = [Line(line.code, line.label, line.values[:-1]) for line in lines]
    first = _("Sector") if name == "sector" else _("Province")
    return Panel(
        key=f"{name}-{pk}",
        board=Board.MATURITY,
        title=title,
        about=_named(instrument),
        heads=(first, *heads, pgettext("figures", "All")),
        lines=tuple(lines),
        chart=_heat(cut, tiers, maximum, f"{title}: {_named(instrument)}"),
        notes=(str(SMALL),),
        left_out=left_out(found, Board.MATURITY),
    )


def _of_place(pk: int, name: str, place: str, tiers: list[str], numbers: dict[tuple[str, ...], int]) -> Line:
    asked = {"valid": "on", "instrument": str(pk), name: place or NOWHERE}
    of = [numbers.get((place, tier), 0) for tier in tiers]
    shown = [
        Shown(number, listed("regulator-verifications", **asked, tier=tier) if number else "")
        for tier, number in zip(tiers, of, strict=True)
    ]
    return Line(place, _place(name, place), (*shown, Shown(sum(of), listed("regulator-verifications", **asked))))


def _place(name: str, place: str) -> str:
    if not place:
        return _("not stated")
    return sector_name(place) if name == "sector" else str(PROVINCES.get(place, place))
