"""Strict reading of plain values: whatever is not expected is an error that names its path."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self, TypeVar

E = TypeVar("E", bound=StrEnum)

_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?")
_FRACTION = re.compile(r"-?[0-9]{1,12}(?:/0*[1-9][0-9]{0,11})?")


class Bad(ValueError):
    """A value is not what its place asks for; reads ``groups[2].items[4].gate: reason``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or '(top)'}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Text:
    """A sentence in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The Chinese for every ``zh…`` language code, the English for all others."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Reader:
    """A plain value and the path to it. Every reading method raises ``Bad`` when the value is of another shape."""

    value: Any
    path: str = ""

    def bad(self, reason: str) -> Bad:
        """The error to raise about this place."""
        return Bad(self.path, reason)

    def mapping(self, *, required: Collection[str] = (), optional: Collection[str] = ()) -> Self:
        """This reader, once it is known to hold a mapping with all required keys and no unknown one."""
        keys = [key for key, _reader in self.pairs()]
        for key in keys:
            if key not in required and key not in optional:
                raise self.bad(f"unknown key {key!r}")
        for key in sorted(set(required) - set(keys)):
            raise self.bad(f"missing key {key!r}")
        return self

    def pairs(self) -> list[tuple[str, Self]]:
        """Key and reader for each entry of a mapping whose keys are the file's own, in the file's order."""
        if not isinstance(self.value, dict):
            raise self._expected("a mapping")
        for key in self.value:
            if not isinstance(key, str):
                raise self.bad(f"the key {key!r} is not a string")
        return [(key, self.get(key)) for key in self.value]

    def get(self, key: str) -> Self:
        """The reader of one entry."""
        found = self.maybe(key)
        if found is None:
            raise self.bad(f"missing key {key!r}")
        return found

    def maybe(self, key: str) -> Self | None:
        """The reader of one entry, or None where there is none; an entry without a value is still an entry."""
        if not isinstance(self.value, dict):
            raise self._expected("a mapping")
        if key not in self.value:
            return None
        return type(self)(self.value[key], f"{self.path}.{key}" if self.path else key)

    def items(self, *, unique: str | None = None, least: int = 0) -> list[Self]:
        """Readers of a list's elements, at least ``least``; ``unique`` names the entry no two of them may share."""
        if not isinstance(self.value, list):
            raise self._expected("a list")
        if len(self.value) < least:
            raise self.bad(f"expected at least {least}, found {len(self.value)}")
        found = [type(self)(value, f"{self.path}[{place}]") for place, value in enumerate(self.value)]
        if unique is not None:
            refuse_repeated([reader.get(unique) for reader in found])
        return found

    def references(self, known: Collection[str], noun: str, *, least: int = 1) -> tuple[str, ...]:
        """A list of names that are all known, none of them twice."""
        found = self.items(least=least)
        refuse_repeated(found)
        return tuple(reader.reference(known, noun) for reader in found)

    def reference(self, known: Collection[str], noun: str) -> str:
        """A name that stands in ``known``; ``noun`` says what it should have named."""
        name = self.string()
        if name not in known:
            raise self.bad(f"no {noun} {name!r}")
        return name

    def text(self) -> Text:
        """A sentence in both languages."""
        both = self.mapping(required={"en", "zh"})
        return Text(en=both.get("en").string(), zh=both.get("zh").string())

    def string(self) -> str:
        """Characters, without the blanks around them; never none at all."""
        if not isinstance(self.value, str):
            raise self._expected("a string")
        stripped = self.value.strip()
        if not stripped:
            raise self.bad("empty")
        if "\0" in stripped:
            raise self.bad("a character that cannot be kept")
        return stripped

    def key(self) -> str:
        """A short name for machines: at most 40 letters, digits, dots, hyphens and underscores."""
        if not isinstance(self.value, str) or not _KEY.fullmatch(self.value):
            raise self.bad(f"{self.value!r} is not a key")
        return self.value

    def integer(self, *, least: int | None = None) -> int:
        """A whole number; true and false are not numbers."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self._expected("a whole number")
        if least is not None and self.value < least:
            raise self.bad(f"{self.value} is less than {least}")
        return self.value

    def fraction(self, *, least: int | None = None) -> Fraction:
        """An exact number: a whole number, or a string ``"p"`` or ``"p/q"``; never a decimal."""
        if isinstance(self.value, str):
            if not _FRACTION.fullmatch(self.value):
                raise self.bad(f"{self.value!r} is not a whole number or p/q")
            number = Fraction(self.value)
        else:
            number = Fraction(self.integer())
        if least is not None and number < least:
            raise self.bad(f"{number} is less than {least}")
        return number

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self._expected("true or false")
        return self.value

    def one_of(self, *allowed: str) -> str:
        """One of a few words."""
        if not isinstance(self.value, str) or self.value not in allowed:
            raise self.bad(f"{self.value!r} is not one of {', '.join(allowed)}")
        return self.value

    def member(self, kind: type[E]) -> E:
        """One of the values of an enum."""
        return kind(self.one_of(*(member.value for member in kind)))

    def _expected(self, what: str) -> Bad:
        return self.bad(f"expected {what}, found {'nothing' if self.value is None else type(self.value).__name__}")


def refuse_repeated(readers: Sequence[Reader]) -> None:
    """Raise ``Bad`` at the first of these names that stood before."""
    first: dict[str, str] = {}
    for reader in readers:
        name = reader.string()
        if name in first:
            raise reader.bad(f"{name!r} was used already at {first[name]}")
        first[name] = reader.path
