"""A staged instrument's file, read as plain values; whatever is not expected is refused with its path."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.domain.instrument import Choice, Kind, NotApplicable, ScaleStep
from assessments.domain.parsing import BadInstrument, choice, scale
from assessments.domain.staged import (
    Criterion,
    DcmmGate,
    Dimension,
    EvidenceKind,
    EvidenceNeed,
    EvidenceRules,
    StagedInstrument,
    StagedItem,
)
from assessments.domain.strict import Bad, Reader, refuse_repeated

_HEAD = {"slug", "version", "kind", "title", "summary", "source", "notice"}
_BODY = {"scale", "not_applicable", "attain", "score_margin", "strict_floor", "tiers", "groups"}
_OPTIONAL = {"dcmm_min", "dcmm_editions", "dcmm_levels", "evidence"}
_NEEDS = {"pieces", "months", "kinds", "periods", "outside"}


def parse_staged(content: Mapping[str, Any]) -> StagedInstrument:
    """The staged instrument that ``content`` describes. Raises ``BadInstrument``."""
    try:
        return _staged(Reader(content).mapping(required=_HEAD | _BODY, optional=_OPTIONAL))
    except Bad as error:
        raise BadInstrument(error.path, error.reason) from error


def _staged(top: Reader) -> StagedInstrument:
    top.get("kind").one_of(Kind.STAGED.value)
    steps = scale(top.get("scale"))
    if steps[0].value != 0 or steps[-1].value != 1:
        raise top.get("scale").bad("the lowest step counts 0 and the highest 1")
    tiers = tuple(choice(reader) for reader in top.get("tiers").items(unique="key", least=1))
    aside, most = _set_aside(top.get("not_applicable"))
    return StagedInstrument(
        slug=top.get("slug").key(),
        version=top.get("version").integer(least=1),
        title=top.get("title").text(),
        summary=top.get("summary").text(),
        source=top.get("source").text(),
        notice=top.get("notice").text(),
        scale=steps,
        not_applicable=aside,
        max_na_weight=most,
        attain=_share(top.get("attain"), but=0),
        score_margin=_share(top.get("score_margin"), but=1),  # with 1, a tier above the target could be reached
        strict_floor=top.get("strict_floor").boolean(),
        tiers=tiers,
        dcmm=_dcmm(top, tiers),
        evidence=_evidence(top.maybe("evidence"), steps, tiers),
        dimensions=_dimensions(top.get("groups"), tiers, allowed=aside.allowed),
    )


def _share(reader: Reader, *, but: int) -> Fraction:
    found = reader.fraction(least=0)
    if found > 1 or found == but:
        raise reader.bad(f"{found} is not between 0 and 1, or is {but}")
    return found


def _set_aside(reader: Reader) -> tuple[NotApplicable, int]:
    reader.mapping(required={"allowed", "reason_required", "label", "max_weight"})
    found = NotApplicable(reader.get("allowed").boolean(), reader.get("label").text())
    reasoned = reader.get("reason_required")
    if not reasoned.boolean() and found.allowed:
        raise reasoned.bad("an answer that sets an item aside is kept with its reason only")
    return found, reader.get("max_weight").integer(least=0)


def _numbered(reader: Reader, most: int) -> list[tuple[int, Reader]]:
    """The entries of a mapping from every number 1 to ``most``, in that order."""
    found = dict(reader.pairs())
    wanted = [str(number) for number in range(1, most + 1)]
    for key in found:
        if key not in wanted:
            raise reader.bad(f"{key!r} is not one of {', '.join(wanted)}")
    return [(number, reader.get(str(number))) for number in range(1, most + 1)]


def _dcmm(top: Reader, tiers: tuple[Choice, ...]) -> DcmmGate | None:
    given = {key for key in ("dcmm_min", "dcmm_editions", "dcmm_levels") if top.maybe(key) is not None}
    if not given:
        return None
    levels = tuple(reader.text() for reader in top.get("dcmm_levels").items(least=1))
    least: dict[int, int] = {}
    for tier, reader in _numbered(top.get("dcmm_min"), len(tiers)):
        level = reader.integer(least=max(least.values(), default=1))
        if level > len(levels):
            raise reader.bad(f"there are {len(levels)} DCMM levels")
        least[tier] = level
    editions = top.get("dcmm_editions").items(least=1)
    refuse_repeated(editions)
    return DcmmGate(least, tuple(edition.string() for edition in editions), levels)


def _evidence(reader: Reader | None, steps: tuple[ScaleStep, ...], tiers: tuple[Choice, ...]) -> EvidenceRules | None:
    if reader is None:
        return None
    reader.mapping(required={"cap", "kinds", "levels"})
    cap = reader.get("cap").reference([step.key for step in steps[:-1]], "step below the highest")
    kinds = tuple(_kind(entry) for entry in reader.get("kinds").items(unique="key", least=1))
    needs = {level: _need(entry) for level, entry in _numbered(reader.get("levels"), len(tiers))}
    return EvidenceRules(cap, kinds, needs)


def _kind(reader: Reader) -> EvidenceKind:
    reader.mapping(required={"key", "label", "meaning", "outside"})
    return EvidenceKind(
        reader.get("key").key(),
        reader.get("label").text(),
        reader.get("meaning").text(),
        reader.get("outside").boolean(),
    )


def _need(reader: Reader) -> EvidenceNeed:
    reader.mapping(optional=_NEEDS)
    return EvidenceNeed(**{name: entry.integer(least=1) for name, entry in reader.pairs()})


def _dimensions(reader: Reader, tiers: tuple[Choice, ...], *, allowed: bool) -> tuple[Dimension, ...]:
    readers = reader.items(unique="key", least=1)
    found = tuple(_dimension(entry, len(tiers), allowed=allowed) for entry in readers)
    refuse_repeated([item.get("key") for group in readers for item in group.get("items").items()])
    refuse_repeated(_criteria(readers))
    return found


def _criteria(readers: list[Reader]) -> list[Reader]:
    items = [item for group in readers for item in group.get("items").items()]
    cells = [cell for item in items for _level, cell in item.get("levels").pairs()]
    return [one.get("key") for cell in cells for one in cell.items()]


def _dimension(reader: Reader, levels: int, *, allowed: bool) -> Dimension:
    reader.mapping(required={"key", "title", "summary", "weight", "items"})
    items = tuple(_item(item, levels, allowed=allowed) for item in reader.get("items").items(least=1))
    if all(item.may_na for item in items):
        raise reader.get("items").bad("a whole dimension cannot be set aside")
    return Dimension(
        reader.get("key").key(),
        reader.get("title").text(),
        reader.get("summary").text(),
        reader.get("weight").integer(least=1),
        items,
    )


def _item(reader: Reader, levels: int, *, allowed: bool) -> StagedItem:
    reader.mapping(required={"key", "title", "summary", "weight", "may_na", "levels"}, optional={"core_from"})
    key, core = reader.get("key").key(), reader.maybe("core_from")
    core_from = core.integer(least=1) if core else None
    if core and core_from is not None and core_from > levels:
        raise core.bad(f"there are {levels} tiers")
    may_na = reader.get("may_na")
    if may_na.boolean() and (core is not None or not allowed):
        raise may_na.bad("a core item cannot be set aside" if core else "nothing can be set aside here")
    cells = _numbered(reader.get("levels"), levels)
    return StagedItem(
        key=key,
        title=reader.get("title").text(),
        summary=reader.get("summary").text(),
        weight=reader.get("weight").integer(least=1),
        core_from=core_from,
        may_na=may_na.boolean(),
        cells=tuple(_cell(cell, key, level) for level, cell in cells),
    )


def _cell(reader: Reader, item: str, level: int) -> tuple[Criterion, ...]:
    return tuple(_criterion(entry, item, level) for entry in reader.items(least=1))


def _criterion(reader: Reader, item: str, level: int) -> Criterion:
    reader.mapping(required={"key", "text", "evidence"})
    key, stem = reader.get("key"), f"{item}.{level}"
    if key.key() != stem and not key.key().startswith(f"{stem}."):
        raise key.bad(f"{key.value!r} does not begin with {stem!r}")
    return Criterion(key.key(), item, level, reader.get("text").text(), reader.get("evidence").text())
