"""The chain's arithmetic: one canonical form, one digest."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


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
