"""From ratings to a tier: exact, pure, and the same whoever rated.

An item's level is the largest k whose cells 1 to k are all attained; its score adds the mean of the next cell. Three
gates each name the highest tier they allow, and the tier is the lowest of them; 0 is not graded. Cells above the
target are not asked and count nothing, so no result exceeds the target.

All arithmetic is on whole numbers over one common denominator; results come out as ``Fraction``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import lcm

from assessments.domain.staged import StagedInstrument, StagedItem


class Standing(StrEnum):
    """The four states of a criterion, never to be confused."""

    RATED = "rated"
    UNANSWERED = "unanswered"  # asked, and empty
    NOT_REACHED = "not_reached"  # a lower level is not attained, or it lies above the target; what it holds is ignored
    NOT_APPLICABLE = "not_applicable"


class Gate(StrEnum):
    """What can hold a tier down, in the order they are named."""

    DCMM = "dcmm"
    FLOOR = "floor"
    SCORE = "score"


@dataclass(frozen=True)
class Ratings:
    """Step by criterion, unanswered ones missing, and the items that are set aside as not applicable."""

    steps: Mapping[str, str]
    set_aside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What the ratings come to.

    ``gates`` holds the highest tier each gate allows, the DCMM gate only where the instrument has one. ``capped[k]``
    is the index with every score cut at k. ``levels`` and ``scores`` are None for items set aside. ``blocking`` are
    the items that keep the next tier away: below its floor or, where the score gate is too low, below its number.
    """

    tier: int
    gates: Mapping[Gate, int]
    binding: tuple[Gate, ...]
    blocking: tuple[str, ...]
    index: Fraction
    capped: Mapping[int, Fraction]
    levels: Mapping[str, int | None]
    scores: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Result:
    """``lower`` counts what is asked and empty as 0, ``upper`` as 1; they are one when nothing is open."""

    complete: bool
    lower: Verdict
    upper: Verdict
    weights: Mapping[str, Fraction]
    unanswered: tuple[str, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The result; None while an answer is missing."""
        return self.lower if self.complete else None


def result(
    instrument: StagedInstrument, ratings: Ratings, *, dcmm: int | None = None, target: int | None = None
) -> Result:
    """Score ``ratings`` up to ``target`` (the highest tier when None); ``dcmm`` is the proved level, 0 for none.

    Raises ``KeyError`` for a step the scale does not have, ``ValueError`` for a target no tier has, or for an item
    set aside that may not be.
    """
    top = instrument.highest if target is None else target
    if not 1 <= top <= instrument.highest:
        raise ValueError(f"no tier {top}")
    if faulty := set_aside_faults(instrument, ratings.set_aside):
        raise ValueError(f"set aside against the instrument: {', '.join(faulty)}")
    low = {key: _climb(instrument, item, ratings, top, missing=0) for key, item in instrument.items.items()}
    open_ones = tuple(key for climb in low.values() if climb for key in climb.open)
    lower = _verdict(instrument, low, dcmm)
    weights = effective_weights(instrument, ratings.set_aside)
    if not open_ones:
        return Result(True, lower, lower, weights, ())
    high = {key: _climb(instrument, item, ratings, top, missing=1) for key, item in instrument.items.items()}
    return Result(False, lower, _verdict(instrument, high, dcmm), weights, open_ones)


def set_aside_faults(instrument: StagedInstrument, set_aside: frozenset[str]) -> tuple[str, ...]:
    """The items that may not be set aside, by themselves or because together they weigh too much."""
    refused = [key for key in set_aside if key not in instrument.items or not instrument.items[key].may_na]
    weight = sum(instrument.items[key].weight for key in set_aside if key in instrument.items)
    if not refused and weight > instrument.max_na_weight:
        refused = list(set_aside)
    return tuple(sorted(refused))


def standings(instrument: StagedInstrument, ratings: Ratings, *, target: int | None = None) -> dict[str, Standing]:
    """The state of every criterion, in the instrument's order."""
    top = instrument.highest if target is None else target
    found: dict[str, Standing] = {}
    for item in instrument.items.values():
        climb = _climb(instrument, item, ratings, top, missing=0)
        for level, cell in enumerate(item.cells, start=1):
            for one in cell:
                found[one.key] = _standing(one.key, level, climb, ratings, top)
    return found


def attained(instrument: StagedInstrument, ratings: Ratings, item: StagedItem, level: int) -> bool:
    """Whether the cell itself reaches the threshold, whatever lies below it; empty criteria count 0."""
    values, cell = cell_values(instrument), item.cells[level - 1]
    total = sum(values.of[ratings.steps[one.key]] for one in cell if one.key in ratings.steps)
    return total >= values.needed[len(cell)]


@lru_cache(maxsize=256)
def effective_weights(instrument: StagedInstrument, set_aside: frozenset[str]) -> dict[str, Fraction]:
    """Each applicable item's share of the dimensions' weights; what is set aside leaves its own to its dimension."""
    found: dict[str, Fraction] = {}
    for dimension in instrument.dimensions:
        counted = [item for item in dimension.items if item.key not in set_aside]
        whole = sum(item.weight for item in counted)
        found |= {item.key: Fraction(dimension.weight * item.weight, whole) for item in counted}
    return found


@dataclass(frozen=True)
class _Climb:
    """How far an item got: its level, the next cell's mean in units, and the empty criteria that were asked."""

    level: int
    rest: int
    open: tuple[str, ...]
    stopped: int  # the first level that was asked and not attained; above the last when there is none


@dataclass(frozen=True)
class CellValues:
    """Steps in whole units: ``of`` one criterion, ``needed`` by a cell of so many, ``unit`` makes one level."""

    of: Mapping[str, int]
    needed: Mapping[int, int]
    full: int
    unit: int


@lru_cache(maxsize=64)
def cell_values(instrument: StagedInstrument) -> CellValues:
    """Steps and thresholds of the instrument in whole units."""
    sizes = {len(cell) for item in instrument.items.values() for cell in item.cells}
    full = lcm(*(step.value.denominator for step in instrument.scale), instrument.attain.denominator)
    return CellValues(
        of={step.key: int(step.value * full) for step in instrument.scale},
        needed={size: int(instrument.attain * full) * size for size in sizes},
        full=full,
        unit=full * lcm(*sizes),
    )


def _climb(
    instrument: StagedInstrument, item: StagedItem, ratings: Ratings, top: int, *, missing: int
) -> _Climb | None:
    """Walk up to ``top``, an empty criterion counting ``missing`` (0 or 1); None for an item set aside."""
    if item.key in ratings.set_aside:
        return None
    values, steps = cell_values(instrument), ratings.steps
    empty, found = missing * values.full, []
    for level, cell in enumerate(item.cells[:top], start=1):
        total = 0
        for one in cell:
            step = steps.get(one.key)
            if step is None:
                found.append(one.key)
                total += empty
            else:
                total += values.of[step]
        if total < values.needed[len(cell)]:
            return _Climb(level - 1, total * (values.unit // (values.full * len(cell))), tuple(found), level)
    return _Climb(top, 0, tuple(found), top + 1)


def _standing(key: str, level: int, climb: _Climb | None, ratings: Ratings, top: int) -> Standing:
    if climb is None:
        return Standing.NOT_APPLICABLE
    if level > climb.stopped or level > top:
        return Standing.NOT_REACHED
    return Standing.RATED if key in ratings.steps else Standing.UNANSWERED


@dataclass(frozen=True)
class WholeWeights:
    """Effective weights in whole numbers over ``whole``."""

    of: Mapping[str, int]
    whole: int


@lru_cache(maxsize=256)
def whole_weights(instrument: StagedInstrument, set_aside: frozenset[str]) -> WholeWeights:
    """The effective weights over their common denominator."""
    shares = effective_weights(instrument, set_aside)
    common = lcm(*(share.denominator for share in shares.values()))
    found = {key: int(share * common) for key, share in shares.items()}
    return WholeWeights(found, sum(found.values()))


@lru_cache(maxsize=64)
def _floors(instrument: StagedInstrument) -> dict[str, tuple[int, ...]]:
    """For each item and each level from 0, the highest tier whose floor that level meets."""
    tiers = range(1, instrument.highest + 1)
    return {
        key: tuple(
            max((tier for tier in tiers if item.floor(tier, strict=instrument.strict_floor) <= level), default=0)
            for level in range(instrument.highest + 1)
        )
        for key, item in instrument.items.items()
    }


def _verdict(instrument: StagedInstrument, climbs: Mapping[str, _Climb | None], dcmm: int | None) -> Verdict:
    unit = cell_values(instrument).unit
    levels = {key: climb.level if climb else None for key, climb in climbs.items()}
    units = {key: climb.level * unit + climb.rest for key, climb in climbs.items() if climb}
    weights = whole_weights(instrument, frozenset(key for key, climb in climbs.items() if climb is None))
    capped = {
        tier: Fraction(
            sum(weights.of[key] * min(score, tier * unit) for key, score in units.items()), weights.whole * unit
        )
        for tier in range(1, instrument.highest + 1)
    }
    gates = _gates(instrument, levels, capped, dcmm)
    tier = min(gates.values())
    return Verdict(
        tier=tier,
        gates=gates,
        binding=tuple(gate for gate, allowed in gates.items() if allowed == tier),
        blocking=_blocking(instrument, levels, units, tier, gates[Gate.SCORE]),
        index=capped[instrument.highest],
        capped=capped,
        levels=levels,
        scores={key: Fraction(units[key], unit) if key in units else None for key in climbs},
    )


def _gates(
    instrument: StagedInstrument, levels: Mapping[str, int | None], capped: Mapping[int, Fraction], dcmm: int | None
) -> dict[Gate, int]:
    floors = _floors(instrument)
    found: dict[Gate, int] = {}
    if instrument.dcmm is not None:
        allowed = [tier for tier, least in instrument.dcmm.least.items() if (dcmm or 0) >= least]
        found[Gate.DCMM] = max(allowed, default=0)
    found[Gate.FLOOR] = min(floors[key][level] for key, level in levels.items() if level is not None)
    reached = [tier for tier, value in capped.items() if value >= tier - instrument.score_margin]
    found[Gate.SCORE] = max(reached, default=0)
    return found


def _blocking(
    instrument: StagedInstrument,
    levels: Mapping[str, int | None],
    units: Mapping[str, int],
    tier: int,
    score_gate: int,
) -> tuple[str, ...]:
    following = tier + 1
    if following > instrument.highest:
        return ()
    floors, unit = _floors(instrument), cell_values(instrument).unit
    below = {key for key, level in levels.items() if level is not None and floors[key][level] < following}
    if score_gate < following:
        below |= {key for key, score in units.items() if score < following * unit}
    return tuple(sorted(below, key=instrument.place.__getitem__))
