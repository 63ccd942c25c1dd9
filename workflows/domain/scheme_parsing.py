"""A scheme's file, read as plain values, into a ``Scheme``; whatever is not expected is refused."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

from assessments.domain.claims import Policy
from assessments.domain.strict import Bad, Reader
from workflows.domain.citation_parsing import check_sources, entry
from workflows.domain.citations import Citation, Confidence, Ruled
from workflows.domain.gapcodes import GapCode
from workflows.domain.rulebook import ConflictKind, RulebookKind
from workflows.domain.rulebook_merging import OWN, effective
from workflows.domain.rulebook_parsing import read_day, read_time_zone
from workflows.domain.scheme import Interview, PanelBase, PanelRules, Scheme

T = TypeVar("T")

_COUNTS = (
    "team",
    "demonstrations",
    "scenarios",
    "correction_days",
    "notice_days",
    "validity_months",
    "surveillance_months",
    "lapse_days",
)
_PARTS = {
    "kind",
    "design",
    "verifies",
    "time_zone",
    "prefixes",
    "sources",
    "interviews",
    "panel",
    "dcmm_policy",
    "conflicts",
    "gaps",
    *_COUNTS,
}


class BadScheme(Bad):
    """The values are not a scheme; ``path`` says where and ``reason`` why."""


def parse_scheme(mapping: Mapping[str, Any]) -> Scheme:
    """The edition that ``mapping`` describes. Raises ``BadScheme``."""
    try:
        return _scheme(Reader(effective(mapping, None)).mapping(required=OWN | _PARTS))
    except Bad as error:
        raise BadScheme(error.path, error.reason) from error


def _scheme(top: Reader) -> Scheme:
    top.get("kind").one_of(RulebookKind.VERIFICATION.value)
    top.get("design").text()
    sources = {key: reader.string() for key, reader in top.get("sources").pairs()}
    check_sources(top, sources)
    prefixes = top.get("prefixes").mapping(required={"verification", "certificate"})
    return Scheme(
        slug=top.get("slug").key(),
        version=top.get("version").integer(least=1),
        title=top.get("title").text(),
        instrument=top.get("instrument").text(),
        cited_as=top.get("cited_as").text(),
        verifies=top.get("verifies").key(),
        issued=read_day(top.get("issued")),
        in_force=read_day(top.get("in_force")),
        time_zone=read_time_zone(top.get("time_zone")),
        sources=sources,
        verification_prefix=_prefix(prefixes.get("verification")),
        certificate_prefix=_prefix(prefixes.get("certificate")),
        **{name: _ruled(top.get(name), lambda value: value.integer(least=1)) for name in _COUNTS},
        interviews=tuple(_interview(one) for one in top.get("interviews").items(unique="code")),
        panel=_panel(top.get("panel")),
        dcmm_policy=_ruled(top.get("dcmm_policy"), lambda value: value.member(Policy)),
        conflicts=tuple(_conflict(one) for one in top.get("conflicts").items(unique="code", least=1)),
        gaps={_code(top, code): _citation(entry(reader)) for code, reader in top.get("gaps").pairs()},
    )


def _prefix(reader: Reader) -> str:
    found = reader.key()
    if len(found) > 12:
        raise reader.bad("longer than 12 characters")
    return found


def _citation(reader: Reader) -> Citation:
    """What stands in a mapping, whatever stands beside it; neither practice nor design has articles."""
    for key in ("article", "place"):
        found = reader.maybe(key)
        if found is not None:
            raise found.bad("a scheme cites no articles")
    return Citation(
        instrument=reader.get("instrument").text(),
        article="",
        source=", ".join(key.string() for key in reader.get("source").items(least=1)),
        confidence=reader.get("confidence").member(Confidence),
    )


def _ruled(reader: Reader, read: Callable[[Reader], T]) -> Ruled[T]:
    entry(reader, required={"value"})
    return Ruled(read(reader.get("value")), _citation(reader))


def _interview(reader: Reader) -> Interview:
    entry(reader, required={"code", "label", "least"})
    return Interview(
        code=reader.get("code").key(),
        label=reader.get("label").text(),
        citation=_citation(reader),
        least=reader.get("least").integer(least=1),
    )


def _conflict(reader: Reader) -> ConflictKind:
    entry(reader, required={"code", "label"})
    return ConflictKind(reader.get("code").key(), reader.get("label").text(), _citation(reader))


def _panel(reader: Reader) -> PanelRules:
    reader.mapping(required={field.name for field in fields(PanelRules)})
    return PanelRules(
        from_tier=_ruled(reader.get("from_tier"), lambda value: value.integer(least=1)),
        size=_ruled(reader.get("size"), lambda value: value.integer(least=1)),
        threshold=_ruled(reader.get("threshold"), _share),
        inclusive=_ruled(reader.get("inclusive"), lambda value: value.boolean()),
        base=_ruled(reader.get("base"), lambda value: value.member(PanelBase)),
    )


def _share(reader: Reader) -> Fraction:
    found = reader.fraction(least=0)
    if found > 1:
        raise reader.bad(f"{found} is more than all")
    return found


def _code(top: Reader, code: str) -> str:
    if code not in {one.value for one in GapCode}:
        raise top.get("gaps").get(code).bad("no such gap")
    return code
