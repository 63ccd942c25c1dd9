"""A staged instrument: items climb levels, each level asks criteria, and the result is a tier."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assessments.domain.instrument import Choice, NotApplicable, ScaleStep
from assessments.domain.strict import Text


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of proof; ``outside`` says that somebody outside the enterprise gave it."""

    key: str
    label: Text
    meaning: Text
    outside: bool


@dataclass(frozen=True)
class EvidenceNeed:
    """What a criterion of one level needs at least, for a rating above the cap to count.

    ``months``: how old the newest dated record may be; ``kinds``: different kinds; ``periods``: full measurement
    periods one piece covers; ``outside``: pieces from outside. Zero asks nothing.
    """

    pieces: int = 0
    months: int = 0
    kinds: int = 0
    periods: int = 0
    outside: int = 0


@dataclass(frozen=True)
class EvidenceRules:
    """``cap`` is the step that a higher rating counts as while a criterion's evidence falls short."""

    cap: str
    kinds: tuple[EvidenceKind, ...]
    needs: dict[int, EvidenceNeed]

    @cached_property
    def kind_by_key(self) -> dict[str, EvidenceKind]:
        """The kinds by key, in the instrument's order."""
        return {kind.key: kind for kind in self.kinds}


@dataclass(frozen=True)
class DcmmGate:
    """The outside gate: tier → the least DCMM level, the editions that count, and what the levels are called."""

    least: dict[int, int]
    editions: tuple[str, ...]
    levels: tuple[Text, ...]


@dataclass(frozen=True)
class Criterion:
    """One statement to be rated. ``level`` is the level of its item it belongs to, from 1."""

    key: str
    item: str
    level: int
    text: Text
    evidence: Text


@dataclass(frozen=True)
class StagedItem:
    """One item. ``core_from`` is the tier from which it must reach the tier itself, None for never.

    ``cells[k - 1]`` holds the criteria of level k; no cell is empty.
    """

    key: str
    title: Text
    summary: Text
    weight: int
    core_from: int | None
    may_na: bool
    cells: tuple[tuple[Criterion, ...], ...]

    def floor(self, tier: int, *, strict: bool) -> int:
        """The least level of this item at ``tier``: the tier itself for a core item, one less for the others."""
        core = strict or (self.core_from is not None and tier >= self.core_from)
        return tier if core else tier - 1


@dataclass(frozen=True)
class Dimension:
    """Items that share the dimension's weight in proportion to their own."""

    key: str
    title: Text
    summary: Text
    weight: int
    items: tuple[StagedItem, ...]


@dataclass(frozen=True, eq=False)
class StagedInstrument:
    """One version of a staged instrument; tiers and scale lowest first, dimensions in display order.

    ``notice`` is printed with every result. ``max_na_weight`` bounds the items' own weights that may be set aside.
    """

    slug: str
    version: int
    title: Text
    summary: Text
    source: Text
    notice: Text
    scale: tuple[ScaleStep, ...]
    not_applicable: NotApplicable
    max_na_weight: int
    attain: Fraction
    score_margin: Fraction
    strict_floor: bool
    tiers: tuple[Choice, ...]
    dcmm: DcmmGate | None
    evidence: EvidenceRules | None
    dimensions: tuple[Dimension, ...]

    @cached_property
    def items(self) -> dict[str, StagedItem]:
        """Every item by its key, in display order."""
        return {item.key: item for dimension in self.dimensions for item in dimension.items}

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Every criterion by its key, by item and then by level."""
        return {one.key: one for item in self.items.values() for cell in item.cells for one in cell}

    @cached_property
    def dimension_of(self) -> dict[str, Dimension]:
        """The dimension of each item, by the item's key."""
        return {item.key: dimension for dimension in self.dimensions for item in dimension.items}

    @cached_property
    def steps(self) -> dict[str, ScaleStep]:
        """The scale by key, lowest first."""
        return {step.key: step for step in self.scale}

    def knows(self, key: str) -> bool:
        """An item or a criterion."""
        return key in self.items or key in self.criteria

    def takes_step(self, key: str) -> bool:
        """Criteria are rated, items are not."""
        return key in self.criteria

    def takes_na(self, key: str) -> bool:
        """Only items marked so may be set aside, never single criteria."""
        return key in self.items and self.items[key].may_na

    @property
    def highest(self) -> int:
        """The number of the highest tier, which is also the highest level of an item."""
        return len(self.tiers)

    @property
    def best(self) -> str:
        """The step that meets a criterion fully."""
        return self.scale[-1].key

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each item stands in display order; results are sorted by it."""
        return {key: number for number, key in enumerate(self.items)}

    @cached_property
    def criterion_place(self) -> dict[str, int]:
        """Where each criterion stands, counted through all items."""
        return {key: number for number, key in enumerate(self.criteria)}

    def tier(self, number: int) -> Choice | None:
        """The tier of that number; None for 0, which is called not graded and is no tier."""
        return self.tiers[number - 1] if number else None
