"""The chain's arithmetic: one canonical form, one digest, one way to check a chain."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
OPERATOR_CHAIN = "operator"


class BadFacts(ValueError):
    """A fact would not come back from the database as it went in; the message names where it stands."""


class Fault(StrEnum):
    """How a chain can be broken."""

    MISSING_NUMBER = "missing_number"  # the event that should follow is not there
    WRONG_PREVIOUS = "wrong_previous"  # the event does not continue from the one before
    WRONG_DIGEST = "wrong_digest"  # the event's contents are not those it was written with
    HEAD_NOT_FOUND = "head_not_found"  # the chain ends before, or differs from, a head that was printed earlier


@dataclass(frozen=True)
class Head:
    """Where a chain stands: the number and digest of its last event; 0 and ``GENESIS`` when it is empty."""

    number: int = 0
    digest: str = GENESIS


@dataclass(frozen=True)
class Link:
    """One event as it was read back."""

    chain: str
    number: int
    at: datetime
    actor: int | None
    verb: str
    subject: str
    facts: dict[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True)
class Break:
    """The first link that does not hold: its number and what is wrong with it."""

    number: int
    fault: Fault


@dataclass(frozen=True)
class Verification:
    """What checking a chain found. ``count`` and ``head`` reach as far as the chain held."""

    first_broken: Break | None
    count: int
    head: Head

    @property
    def ok(self) -> bool:
        """Every link holds."""
        return self.first_broken is None


def organisation_chain(organisation_id: int) -> str:
    """The name of an organisation's own chain."""
    return f"organisation:{organisation_id}"


def canonical(
    *,
    chain: str,
    number: int,
    at: datetime,
    actor: int | None,
    verb: str,
    subject: str,
    facts: dict[str, Any],
    previous: str,
) -> bytes:
    """The bytes an event's digest is made over: JSON with sorted keys, UTC microseconds, no blanks."""
    return json.dumps(
        {
            "chain": chain,
            "number": number,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": actor,
            "verb": verb,
            "subject": subject,
            "facts": facts,
            "previous": previous,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def digest(form: bytes) -> str:
    """SHA-256 of a canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(form).hexdigest()


def check_facts(value: object, where: str = "facts") -> None:
    """Raise ``BadFacts`` unless ``value`` is made of mappings with string keys, lists, strings, ints, bools and None.

    Floats are refused because the database may spell them differently; so is the NUL character, which it cannot keep,
    and half a surrogate pair, which is no character.
    """
    match value:
        case None | bool() | int():
            return
        case str():
            if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
                raise BadFacts(f"{where}: a string with a character that cannot be kept")
        case list() | tuple():
            for position, part in enumerate(value):
                check_facts(part, f"{where}[{position}]")
        case dict():
            for key, part in value.items():
                _check_key(key, where)
                check_facts(part, f"{where}.{key}")
        case _:
            raise BadFacts(f"{where}: {type(value).__name__} is not a plain JSON value without fractions")


def _check_key(key: object, where: str) -> None:
    if not isinstance(key, str):
        raise BadFacts(f"{where}: the key {key!r} is not a string")
    check_facts(key, f"{where}: a key")


def verify(links: Iterable[Link], *, printed: Head | None = None) -> Verification:
    """Check one chain, its links given in the order of their numbers, holding one link at a time.

    ``printed`` is a head seen earlier, on a signed report for instance: a chain cut short after that moment holds in
    itself, and only this tells.
    """
    head, count, found = Head(), 0, printed is None or printed == Head()
    for link in links:
        fault = _fault(link, head)
        if fault is not None:
            number = head.number + 1 if fault is Fault.MISSING_NUMBER else link.number
            return Verification(Break(number, fault), count, head)
        head, count = Head(link.number, link.digest), count + 1
        found = found or head == printed
    if printed is not None and not found:
        return Verification(Break(printed.number, Fault.HEAD_NOT_FOUND), count, head)
    return Verification(None, count, head)


def _fault(link: Link, head: Head) -> Fault | None:
    if link.number != head.number + 1:
        return Fault.MISSING_NUMBER
    if link.previous != head.digest:
        return Fault.WRONG_PREVIOUS
    form = canonical(
        chain=link.chain,
        number=link.number,
        at=link.at,
        actor=link.actor,
        verb=link.verb,
        subject=link.subject,
        facts=link.facts,
        previous=link.previous,
    )
    return None if digest(form) == link.digest else Fault.WRONG_DIGEST
