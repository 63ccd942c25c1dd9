"""Everything a rulebook or an instrument says, with the place it rests on."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from assessments.domain.instrument import Source
from assessments.domain.strict import Text
from workflows.domain.citations import Citation

_NAMES = ("code", "key")
_WORDS = ("label", "question", "title", "text")


@dataclass(frozen=True)
class Rest:
    """One value with what it rests on; ``path`` leads to it, by codes where there are some.

    ``value`` is None where words are all there is.
    """

    path: str
    value: Any
    words: Text | None
    place: Citation | Source


def rests(thing: Any, path: str = "") -> Iterator[Rest]:
    """Every value inside that says what it rests on, in the order of the file."""
    if isinstance(thing, Citation):
        yield Rest(path, None, None, thing)
    elif isinstance(thing, Mapping):
        for key, part in thing.items():
            yield from rests(part, _joined(path, str(key)))
    elif isinstance(thing, tuple | list):
        for place, part in enumerate(thing):
            yield from rests(part, _joined(path, _name(part) or str(place)))
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type | Text | Source):
        yield from _inside(thing, path)


def _inside(thing: Any, path: str) -> Iterator[Rest]:
    citation = getattr(thing, "citation", None)
    words = next((text for name in _WORDS if isinstance(text := getattr(thing, name, None), Text)), None)
    if isinstance(citation, Citation):
        yield Rest(path, plain(getattr(thing, "value", None)), words, citation)
    for source in getattr(thing, "sources", ()):
        if isinstance(source, Source):
            yield Rest(path, None, words, source)
    for field in dataclasses.fields(thing):
        if field.name != "citation":
            yield from rests(getattr(thing, field.name), _joined(path, field.name))


def plain(value: Any) -> Any:
    """A value as JSON has it: whole numbers, yes and no, everything else as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return str(value.value) if isinstance(value, Enum) else str(value)


def _name(part: Any) -> str:
    return next((str(getattr(part, name)) for name in _NAMES if hasattr(part, name)), "")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
