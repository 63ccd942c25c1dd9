"""What lifts an enterprise: the cheapest changes that reach a tier, found by exact search.

A change raises one criterion to the best step of the scale. Up to the level that the floor gate asks of an item, its
cells must all be attained; what remains to choose is how far the items that may lag behind get in the cell after it,
so that the score gate opens. That is a knapsack on whole numbers: for each item and all that follow it, the frontier
of the scores that can be had and their least costs. Walking the items forwards along a cheapest path and taking the
first places wherever several are open gives, among all cheapest sets, the one that comes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from assessments.domain.scoring import (
    Ratings,
    Verdict,
    cell_values,
    set_aside_faults,
    whole_weights,
)
from assessments.domain.staged import Criterion, StagedInstrument, StagedItem

NO_EFFORTS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Plan:
    """The changes that reach ``tier``, in the instrument's order; none where it is reached already.

    ``dcmm_needed`` is the least DCMM level the tier asks for, None where the proved one is enough: a step outside the
    items, to be taken first and assumed met. ``cost`` is the sum of the efforts, ``by_item`` holds only items that
    change. Each change raises its criterion to the best step.
    """

    tier: int
    dcmm_needed: int | None
    changes: tuple[str, ...]
    cost: int
    by_item: Mapping[str, tuple[str, ...]]


def next_tier(verdict: Verdict) -> int | None:
    """The tier after the one reached; None at the highest."""
    return verdict.tier + 1 if verdict.tier < max(verdict.capped) else None


def plan(
    instrument: StagedInstrument,
    ratings: Ratings,
    *,
    tier: int,
    dcmm: int | None,
    efforts: Mapping[str, int] = NO_EFFORTS,
) -> Plan:
    """The cheapest set of changes that reaches ``tier``; among equally cheap ones the first by place.

    Effort is what one change in an item costs, from 1, and 1 where none is given: then the set is the smallest.
    Unanswered criteria count as not met; answers above a failed level count once it is attained. ``dcmm`` is the
    proved level. Raises ``ValueError`` for a tier that is none, an effort below 1 and items wrongly set aside.
    """
    if not 1 <= tier <= instrument.highest:
        raise ValueError(f"no tier {tier}")
    if faulty := set_aside_faults(instrument, ratings.set_aside):
        raise ValueError(f"set aside against the instrument: {', '.join(faulty)}")
    if any(effort < 1 for effort in efforts.values()):
        raise ValueError("an effort is at least 1")
    weights, unit = whole_weights(instrument, ratings.set_aside), cell_values(instrument).unit
    rows = {
        key: _options(instrument, instrument.items[key], ratings, tier, efforts.get(key, 1), weight)
        for key, weight in weights.of.items()
    }
    margin = instrument.score_margin
    needed = -(-(tier * margin.denominator - margin.numerator) * weights.whole * unit // margin.denominator)
    taken = _cheapest(list(rows.values()), needed)
    criteria = tuple(instrument.criteria)
    by_item = {
        key: tuple(criteria[place] for place in option.places)
        for key, option in zip(rows, taken, strict=True)
        if option.places
    }
    return Plan(
        tier=tier,
        dcmm_needed=_dcmm_needed(instrument, tier, dcmm),
        changes=tuple(change for changes in by_item.values() for change in changes),
        cost=sum(option.cost for option in taken),
        by_item=by_item,
    )


def _dcmm_needed(instrument: StagedInstrument, tier: int, dcmm: int | None) -> int | None:
    if instrument.dcmm is None or (dcmm or 0) >= instrument.dcmm.least[tier]:
        return None
    return instrument.dcmm.least[tier]


@dataclass(frozen=True)
class _Option:
    """One way to change an item: what it costs, its weighted score in whole units, and the criteria's places."""

    cost: int
    score: int
    places: tuple[int, ...]


def _options(
    instrument: StagedInstrument, item: StagedItem, ratings: Ratings, tier: int, effort: int, weight: int
) -> list[_Option]:
    """Every way worth considering to bring ``item`` to the floor of ``tier`` and beyond, up to the tier itself."""
    values, floor = cell_values(instrument), item.floor(tier, strict=instrument.strict_floor)
    start: tuple[int, ...] = ()
    for cell in item.cells[:floor]:
        start += _least_attaining(instrument, cell, ratings)
    if floor == tier:
        return [_Option(len(start) * effort, tier * values.unit * weight, start)]
    best: dict[tuple[int, int], tuple[int, ...]] = {}
    last = item.cells[floor]
    for (count, total), places in _raised(instrument, last, ratings).items():
        attained = total >= values.needed[len(last)]
        part = values.unit if attained else total * (values.unit // (values.full * len(last)))
        known = best.get((count, part))
        if known is None or places < known:
            best[count, part] = places
    return [
        _Option((len(start) + count) * effort, (floor * values.unit + part) * weight, start + places)
        for (count, part), places in best.items()
    ]


def _least_attaining(instrument: StagedInstrument, cell: tuple[Criterion, ...], ratings: Ratings) -> tuple[int, ...]:
    """The smallest set of the cell's criteria that attains it, the first by place."""
    needed = cell_values(instrument).needed[len(cell)]
    found = [places for (_, total), places in _raised(instrument, cell, ratings).items() if total >= needed]
    return min(found, key=lambda places: (len(places), places))


def _raised(
    instrument: StagedInstrument, cell: tuple[Criterion, ...], ratings: Ratings
) -> dict[tuple[int, int], tuple[int, ...]]:
    """For each number of changes and each total of steps they lead to: the first places that do."""
    values = cell_values(instrument)
    now = [values.of[ratings.steps[one.key]] if one.key in ratings.steps else 0 for one in cell]
    found: dict[tuple[int, int], tuple[int, ...]] = {(0, sum(now)): ()}
    for one, value in zip(cell, now, strict=True):
        if value == values.full:
            continue
        place = instrument.criterion_place[one.key]
        more = {(n + 1, total + values.full - value): (*places, place) for (n, total), places in found.items()}
        found |= {state: places for state, places in more.items() if state not in found or places < found[state]}
    return found


def _cheapest(rows: list[list[_Option]], needed: int) -> list[_Option]:
    """One option of each row, together scoring ``needed`` at the least cost; the first by place of all such."""
    frontiers = _frontiers(rows, needed)
    left = frontiers[0][-1][0]
    taken = []
    for row, rest in zip(rows, frontiers[1:], strict=True):
        open_ones = [
            option
            for option in row
            if any(cost + option.cost <= left and score + option.score >= needed for cost, score in rest)
        ]
        chosen = min(open_ones, key=lambda option: (*option.places, inf))  # all cost the same in the end: longer first
        left, needed = left - chosen.cost, needed - chosen.score
        taken.append(chosen)
    return taken


def _frontiers(rows: list[list[_Option]], needed: int) -> list[list[tuple[int, int]]]:
    """For each row on, and for none: costs and the scores they buy, both rising, scores beyond ``needed`` cut."""
    found = [[(0, 0)]]
    for row in reversed(rows):
        sums = sorted(
            (cost + option.cost, -min(needed, score + option.score)) for option in row for cost, score in found[-1]
        )
        frontier: list[tuple[int, int]] = []
        for cost, negative in sums:
            if not frontier or -negative > frontier[-1][1]:
                frontier.append((cost, -negative))
        found.append(frontier)
    return found[::-1]
