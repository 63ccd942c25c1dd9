"""Writing an event; needs the caller's open transaction, so that event and change stand or fall together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ethicsreview.audit.domain import GENESIS, canonical, check_facts, digest
from ethicsreview.audit.models import AuditEvent


class NoTransaction(RuntimeError):
    """An event was recorded outside a transaction: it could outlive or miss its change."""


@dataclass(frozen=True)
class Origin:
    """By which way a change came in, beside who made it: ``via`` goes into each event's facts.

    ``noted`` is called in the transaction of each event, so that what it writes stands or falls with the change.
    """

    via: dict[str, Any]
    noted: Callable[[], None]


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def coming_by(origin: Origin) -> Iterator[None]:
    """Every event recorded inside names this origin."""
    mark = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(mark)


@dataclass(frozen=True)
class Entry:
    """An event to be recorded; ``facts`` are plain JSON values without fractions, ids of people, never their names."""

    chain: str
    at: datetime
    actor: int | None
    verb: str
    subject: str
    facts: dict[str, Any]


LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('audit:' || chain, 0)) FROM unnest(%s::text[]) AS chain"
LAST = """
SELECT chain, number, digest FROM unnest(%s::text[]) AS chain CROSS JOIN LATERAL
 (SELECT number, digest FROM audit_auditevent AS event WHERE event.chain = chain.chain ORDER BY number DESC LIMIT 1)
 AS last
"""


def record(*, chain: str, at: datetime, actor: int | None, verb: str, subject: str, **facts: Any) -> AuditEvent:
    """Append one event to ``chain``. Call it after the subject's own row is locked, never before.

    ``facts`` are plain JSON values without fractions (spell them as strings), ids of people and never their names.
    Raises ``NoTransaction`` and ``BadFacts``.
    """
    return record_all([Entry(chain, at, actor, verb, subject, facts)])[0]


def record_all(entries: Sequence[Entry]) -> list[AuditEvent]:
    """Append all of them, each to its chain, in three queries; else as ``record``."""
    if not connection.in_atomic_block:
        raise NoTransaction(", ".join(sorted({entry.verb for entry in entries})))
    origin = _origin.get()
    via = {"via": origin.via} if origin is not None else {}
    heads = _locked_heads(sorted({entry.chain for entry in entries}))
    events = []
    for entry in entries:
        facts = {**entry.facts, **via}
        check_facts(facts)
        number, previous = heads[entry.chain]
        event = _event(entry, facts, number=number + 1, previous=previous)
        heads[entry.chain] = (event.number, event.digest)
        events.append(event)
    AuditEvent.objects.bulk_create(events)
    if origin is not None:
        origin.noted()
    return events


def _locked_heads(chains: list[str]) -> dict[str, tuple[int, str]]:
    """Number and digest of each chain's last event; nobody else appends to any of them until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [chains])
        cursor.execute(LAST, [chains])
        found = {chain: (number, digest) for chain, number, digest in cursor.fetchall()}
    return {chain: found.get(chain, (0, GENESIS)) for chain in chains}


def _event(entry: Entry, facts: dict[str, Any], *, number: int, previous: str) -> AuditEvent:
    form = canonical(
        chain=entry.chain,
        number=number,
        at=entry.at,
        actor=entry.actor,
        verb=entry.verb,
        subject=entry.subject,
        facts=facts,
        previous=previous,
    )
    return AuditEvent(
        chain=entry.chain,
        number=number,
        at=entry.at,
        actor=entry.actor,
        verb=entry.verb,
        subject=entry.subject,
        facts=facts,
        previous=previous,
        digest=digest(form),
    )
