"""Writing an event; needs the caller's open transaction, so that event and change stand or fall together."""

from datetime import datetime
from typing import Any

from django.db import connection

from ethicsreview.audit.domain import GENESIS, canonical, check_facts, digest
from ethicsreview.audit.models import AuditEvent


class NoTransaction(RuntimeError):
    """An event was recorded outside a transaction: it could outlive or miss its change."""


def record(*, chain: str, at: datetime, actor: int | None, verb: str, subject: str, **facts: Any) -> AuditEvent:
    """Append one event to ``chain``. Call it after the subject's own row is locked, never before.

    ``facts`` are plain JSON values without fractions (spell them as strings), ids of people and never their names.
    Raises ``NoTransaction`` and ``BadFacts``.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(verb)
    check_facts(facts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{chain}"])
    last = AuditEvent.objects.filter(chain=chain).order_by("-number").first()
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    form = canonical(
        chain=chain,
        number=number,
        at=at,
        actor=actor,
        verb=verb,
        subject=subject,
        facts=facts,
        previous=previous,
    )
    return AuditEvent.objects.create(
        chain=chain,
        number=number,
        at=at,
        actor=actor,
        verb=verb,
        subject=subject,
        facts=facts,
        previous=previous,
        digest=digest(form),
    )
