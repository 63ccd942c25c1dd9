"""What an instrument is: a scale, what items ask, and when an item is a gate."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from assessments.domain.places import place_in_chinese
from assessments.domain.strict import Text


class Kind(StrEnum):
    """The shape of an instrument's answers."""

    RATING = "rating"  # each item gets one step of the scale
    STAGED = "staged"  # each item climbs levels, whose criteria get steps of the scale


class Confidence(StrEnum):
    """How surely a source's place was verified: seen in a stored text, or from memory with that confidence."""

    FOUND = "found"
    HIGH = "high"
    MED = "med"
    LOW = "low"


@dataclass(frozen=True)
class ScaleStep:
    """One step of the scale; ``value`` is what it counts in a mean."""

    key: str
    value: Fraction
    label: Text
    meaning: Text


@dataclass(frozen=True)
class NotApplicable:
    """Whether an item may be set aside, which always needs a reason, and what that is called."""

    allowed: bool
    label: Text


@dataclass(frozen=True)
class Choice:
    """A tier, lowest first, or a flag that may be set."""

    key: str
    label: Text
    meaning: Text


@dataclass(frozen=True)
class Entry:
    """One place in a framework."""

    key: str
    label: Text


@dataclass(frozen=True)
class Framework:
    """A set of principles or focuses that groups are mapped to."""

    key: str
    title: Text
    entries: tuple[Entry, ...]

    def entry(self, key: str) -> Entry:
        """Raises ``KeyError`` for a key the framework does not have."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise KeyError(key)


@dataclass(frozen=True)
class Mapped:
    """What a group answers to in one framework, by keys of entries: chiefly, and besides."""

    framework: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """What an item rests on. ``at`` is the place in it, in the source's own notation."""

    ref: Text
    at: str
    confidence: Confidence

    def in_(self, language: str) -> str:
        """Source and place as a reader of ``language`` writes them."""
        chinese = language.startswith("zh")
        place = place_in_chinese(self.at) if chinese else self.at
        return f"{self.ref.in_(language)}{'' if chinese and place[:1] in '第附' else ' '}{place}".strip()


@dataclass(frozen=True)
class Condition:
    """Always, never, or when the tier is one of ``tiers`` or one of ``flags`` is set. ``tier_set`` names ``tiers``."""

    always: bool = False
    tier_set: str | None = None
    tiers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def never(self) -> bool:
        """No tier and no flag can make it hold."""
        return not (self.always or self.tiers or self.flags)

    def holds(self, tier: str | None, flags: frozenset[str]) -> bool:
        """Whether it holds for a confirmed tier, None when none is confirmed yet, and the flags that are set."""
        return self.always or tier in self.tiers or not flags.isdisjoint(self.flags)


ALWAYS = Condition(always=True)
NEVER = Condition()


@dataclass(frozen=True)
class Item:
    """One indicator. ``gate`` says when the blocking step blocks, ``asked`` when an answer is expected at all."""

    key: str
    question: Text
    check: Text
    evidence: Text
    sources: tuple[Source, ...]
    gate: Condition
    asked: Condition


@dataclass(frozen=True)
class Group:
    """Items that make one value of the profile together; ``maps`` in the order of the frameworks."""

    key: str
    title: Text
    summary: Text
    maps: tuple[Mapped, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Instrument:
    """One version of an instrument, its groups in display order and its scale and tiers lowest first."""

    slug: str
    version: int
    kind: Kind
    title: Text
    summary: Text
    source: Text
    scale: tuple[ScaleStep, ...]
    not_applicable: NotApplicable
    blocking: str
    tiers: tuple[Choice, ...]
    tier_sets: dict[str, tuple[str, ...]]
    flags: tuple[Choice, ...]
    frameworks: tuple[Framework, ...]
    groups: tuple[Group, ...]

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its key, in display order."""
        return {item.key: item for group in self.groups for item in group.items}

    @cached_property
    def steps(self) -> dict[str, ScaleStep]:
        """The scale by key, lowest first."""
        return {step.key: step for step in self.scale}

    @cached_property
    def group_of(self) -> dict[str, Group]:
        """The group of each item, by the item's key."""
        return {item.key: group for group in self.groups for item in group.items}

    @cached_property
    def framework_by_key(self) -> dict[str, Framework]:
        """The frameworks by key."""
        return {framework.key: framework for framework in self.frameworks}

    def knows(self, key: str) -> bool:
        """Items are all there is."""
        return key in self.items

    def takes_step(self, key: str) -> bool:
        """Every item is rated."""
        return key in self.items

    def takes_na(self, key: str) -> bool:
        """Every item may be set aside, where the instrument allows it at all."""
        return self.not_applicable.allowed and key in self.items

    @property
    def lowest(self) -> Fraction:
        """The value of the lowest step."""
        return self.scale[0].value

    @property
    def highest(self) -> Fraction:
        """The value of the highest step."""
        return self.scale[-1].value


def gate_applies(item: Item, tier: str | None, flags: frozenset[str]) -> bool:
    """Whether the blocking step on ``item`` blocks, given the confirmed tier and flags."""
    return item.gate.holds(tier, flags)


def is_asked(item: Item, tier: str | None, flags: frozenset[str]) -> bool:
    """Whether an answer to ``item`` is expected, given the confirmed tier and flags."""
    return item.asked.holds(tier, flags)
