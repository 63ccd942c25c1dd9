"""An instrument's file, read as plain values, into an ``Instrument``; whatever is not expected is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.domain.instrument import (
    ALWAYS,
    NEVER,
    Choice,
    Condition,
    Confidence,
    Entry,
    Framework,
    Group,
    Instrument,
    Item,
    Kind,
    Mapped,
    NotApplicable,
    ScaleStep,
    Source,
)
from assessments.domain.strict import Bad, Reader, refuse_repeated

_HEAD = {"slug", "version", "kind", "title", "summary", "source"}
_BODY = {"scale", "not_applicable", "blocking", "tiers", "tier_sets", "flags", "frameworks", "groups"}


class BadInstrument(Bad):
    """The values are not an instrument; ``path`` says where and ``reason`` why."""


@dataclass(frozen=True)
class _Names:
    """What the groups and items may refer to."""

    tier_sets: dict[str, tuple[str, ...]]
    flags: tuple[str, ...]
    frameworks: tuple[Framework, ...]


def parse_instrument(content: Mapping[str, Any]) -> Instrument:
    """The instrument that ``content`` describes. Raises ``BadInstrument``."""
    try:
        return _instrument(Reader(content).mapping(required=_HEAD | _BODY))
    except Bad as error:
        raise BadInstrument(error.path, error.reason) from error


def _instrument(top: Reader) -> Instrument:
    steps = scale(top.get("scale"))
    tiers = tuple(choice(reader) for reader in top.get("tiers").items(unique="key"))
    flags = tuple(choice(reader) for reader in top.get("flags").items(unique="key"))
    frameworks = tuple(_framework(reader) for reader in top.get("frameworks").items(unique="key"))
    tier_sets = _tier_sets(top.get("tier_sets"), tuple(tier.key for tier in tiers))
    names = _Names(tier_sets, tuple(flag.key for flag in flags), frameworks)
    return Instrument(
        slug=top.get("slug").key(),
        version=top.get("version").integer(least=1),
        kind=Kind(top.get("kind").one_of(Kind.RATING.value)),
        title=top.get("title").text(),
        summary=top.get("summary").text(),
        source=top.get("source").text(),
        scale=steps,
        not_applicable=_not_applicable(top.get("not_applicable")),
        blocking=top.get("blocking").reference([step.key for step in steps], "step of the scale"),
        tiers=tiers,
        tier_sets=tier_sets,
        flags=flags,
        frameworks=frameworks,
        groups=_groups(top.get("groups"), names),
    )


def scale(reader: Reader) -> tuple[ScaleStep, ...]:
    """The steps of a scale, each counting more than the one before it."""
    steps: list[ScaleStep] = []
    for entry in reader.items(unique="key", least=2):
        step = _step(entry)
        if steps and step.value <= steps[-1].value:
            raise entry.get("value").bad(f"{step.value} does not exceed the step before it, {steps[-1].value}")
        steps.append(step)
    return tuple(steps)


def _step(reader: Reader) -> ScaleStep:
    reader.mapping(required={"key", "value", "label", "meaning"})
    return ScaleStep(
        reader.get("key").key(),
        reader.get("value").fraction(least=0),
        reader.get("label").text(),
        reader.get("meaning").text(),
    )


def _not_applicable(reader: Reader) -> NotApplicable:
    reader.mapping(required={"allowed", "reason_required", "label"})
    found = NotApplicable(reader.get("allowed").boolean(), reader.get("label").text())
    reasoned = reader.get("reason_required")
    if not reasoned.boolean() and found.allowed:
        raise reasoned.bad("an answer that sets an item aside is kept with its reason only")
    return found


def choice(reader: Reader) -> Choice:
    """A tier or a flag."""
    reader.mapping(required={"key", "label", "meaning"})
    return Choice(reader.get("key").key(), reader.get("label").text(), reader.get("meaning").text())


def _tier_sets(reader: Reader, tiers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {name: members.references(tiers, "tier") for name, members in reader.pairs()}


def _framework(reader: Reader) -> Framework:
    reader.mapping(required={"key", "title", "entries"})
    entries = tuple(
        Entry(entry.get("key").key(), entry.get("label").text())
        for entry in reader.get("entries").items(unique="key", least=1)
        if entry.mapping(required={"key", "label"})
    )
    return Framework(reader.get("key").key(), reader.get("title").text(), entries)


def _groups(reader: Reader, names: _Names) -> tuple[Group, ...]:
    readers = reader.items(unique="key", least=1)
    groups = tuple(_group(entry, names) for entry in readers)
    refuse_repeated([item.get("key") for group in readers for item in group.get("items").items()])
    return groups


def _group(reader: Reader, names: _Names) -> Group:
    reader.mapping(required={"key", "title", "summary", "maps", "items"})
    return Group(
        reader.get("key").key(),
        reader.get("title").text(),
        reader.get("summary").text(),
        _maps(reader.get("maps"), names.frameworks),
        tuple(_item(item, names) for item in reader.get("items").items(least=1)),
    )


def _maps(reader: Reader, frameworks: tuple[Framework, ...]) -> tuple[Mapped, ...]:
    reader.mapping(optional={framework.key for framework in frameworks})
    found = [(framework, reader.maybe(framework.key)) for framework in frameworks]
    return tuple(_mapped(framework, entry) for framework, entry in found if entry is not None)


def _mapped(framework: Framework, reader: Reader) -> Mapped:
    reader.mapping(required={"primary", "secondary"})
    known = [entry.key for entry in framework.entries]
    noun = f"entry of {framework.key}"
    primary = reader.get("primary").references(known, noun, least=0)
    secondary = reader.get("secondary").references(known, noun, least=0)
    for key in secondary:
        if key in primary:
            raise reader.bad(f"{key!r} is both primary and secondary")
    return Mapped(framework.key, primary, secondary)


def _item(reader: Reader, names: _Names) -> Item:
    reader.mapping(required={"key", "question", "check", "evidence", "sources", "gate", "asked"})
    return Item(
        key=reader.get("key").key(),
        question=reader.get("question").text(),
        check=reader.get("check").text(),
        evidence=reader.get("evidence").text(),
        sources=tuple(_source(source) for source in reader.get("sources").items(least=1)),
        gate=_condition(reader.get("gate"), names, {"none": NEVER, "always": ALWAYS}),
        asked=_condition(reader.get("asked"), names, {"always": ALWAYS}),
    )


def _source(reader: Reader) -> Source:
    reader.mapping(required={"ref", "at", "confidence"})
    return Source(reader.get("ref").text(), reader.get("at").string(), reader.get("confidence").member(Confidence))


def _condition(reader: Reader, names: _Names, words: dict[str, Condition]) -> Condition:
    if not isinstance(reader.value, dict):
        return words[reader.one_of(*words)]
    reader.mapping(optional={"tiers", "flags"})
    tiers, flags = reader.maybe("tiers"), reader.maybe("flags")
    if tiers is None and flags is None:
        raise reader.bad("names neither tiers nor flags")
    tier_set = tiers.reference(names.tier_sets, "tier set") if tiers else None
    return Condition(
        tier_set=tier_set,
        tiers=names.tier_sets[tier_set] if tier_set else (),
        flags=flags.references(names.flags, "flag") if flags else (),
    )
