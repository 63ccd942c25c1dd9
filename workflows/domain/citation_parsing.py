"""Reading values that carry what they rest on."""

from collections.abc import Callable, Collection
from typing import TypeVar

from assessments.domain.strict import Reader
from workflows.domain.citations import Citation, Cited, Confidence, Ruled

T = TypeVar("T")

CITATION = frozenset({"instrument", "source", "confidence", "article", "place"})


def entry(reader: Reader, *, required: Collection[str] = (), optional: Collection[str] = ()) -> Reader:
    """A mapping with these keys and a citation beside them."""
    reader.mapping(required={*required, "source", "confidence"}, optional={*optional, *CITATION})
    return reader


def citation(reader: Reader) -> Citation:
    """The citation that stands in a mapping, whatever stands beside it."""
    confidence = reader.get("confidence").member(Confidence)
    place = reader.maybe("place")
    return Citation(
        instrument=reader.get("instrument").text(),
        article=_article(reader, confidence),
        source=", ".join(key.string() for key in reader.get("source").items(least=1)),
        confidence=confidence,
        place=None if place is None else place.member(Confidence),
    )


def bare_citation(reader: Reader) -> Citation:
    """A citation with nothing beside it."""
    return citation(entry(reader))


def _article(reader: Reader, confidence: Confidence) -> str:
    if confidence is not Confidence.DESIGN:
        return reader.get("article").string()
    for key in ("article", "place"):
        found = reader.maybe(key)
        if found is not None:
            raise found.bad("a design stands in no article")
    return ""


def ruled(reader: Reader, read: Callable[[Reader], T]) -> Ruled[T]:
    """One value with its citation."""
    entry(reader, required={"value"})
    return Ruled(read(reader.get("value")), citation(reader))


def ruled_flag(reader: Reader) -> Ruled[bool]:
    """True or false with its citation."""
    return ruled(reader, lambda value: value.boolean())


def ruled_count(reader: Reader, *, least: int = 1) -> Ruled[int]:
    """A whole number with its citation."""
    return ruled(reader, lambda value: value.integer(least=least))


def ruled_count_or_none(reader: Reader) -> Ruled[int | None]:
    """A whole number, or none where the law gives none, with its citation."""
    return ruled(reader, lambda value: None if value.value is None else value.integer(least=1))


def cited(reader: Reader) -> Cited:
    """A code and its label, with a citation."""
    entry(reader, required={"code", "label"})
    return Cited(reader.get("code").key(), reader.get("label").text(), citation(reader))


def cited_list(reader: Reader | None, *, least: int = 0) -> tuple[Cited, ...]:
    """A list of them, no code twice; nothing is an empty list."""
    return () if reader is None else tuple(cited(one) for one in reader.items(unique="code", least=least))


def check_sources(reader: Reader, known: Collection[str]) -> None:
    """Raise ``Bad`` where any citation below names a source the rulebook does not list."""
    if isinstance(reader.value, list):
        for one in reader.items():
            check_sources(one, known)
    elif isinstance(reader.value, dict):
        if "confidence" in reader.value and "source" in reader.value:
            reader.get("source").references(known, "source")
        for _key, one in reader.pairs():
            check_sources(one, known)
