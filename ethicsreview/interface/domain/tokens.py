"""What a token may do and how its secret is spelt."""

import hashlib
import hmac
import re
from enum import StrEnum

PREFIX = "er"
SECRET_LETTERS = 43  # 256 bits in base64url
SHAPE = re.compile(rf"{PREFIX}_(?P<id>[1-9][0-9]{{0,17}})_(?P<secret>[A-Za-z0-9_-]{{{SECRET_LETTERS}}})")
LONGEST_TERM = 366  # days
# what the service account of an organisation's token can be: rating, voting and assessing stay with people
SERVICE_ROLES = frozenset({"applicant", "enterprise", "regulator", "manager"})


class Half(StrEnum):
    """The parts of the product a scope is about."""

    CASES = "cases"  # ethics review
    MATURITY = "maturity"
    PEOPLE = "people"  # organisations, people, tokens, webhooks, the audit chain


class Scope(StrEnum):
    """What the holder of a token may do, beside what the person's own rights allow."""

    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    MATURITY_READ = "maturity:read"
    MATURITY_WRITE = "maturity:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"


def scope_for(half: Half, *, writes: bool) -> Scope:
    """The scope a call of this half needs."""
    return Scope(f"{half.value}:{'write' if writes else 'read'}")


def spell(token_id: int, secret: str) -> str:
    """The token as its holder keeps it."""
    return f"{PREFIX}_{token_id}_{secret}"


def read(spelt: str) -> tuple[int, str] | None:
    """Id and secret of a token as it was sent, or None when it has no token's shape."""
    found = SHAPE.fullmatch(spelt)
    return (int(found["id"]), found["secret"]) if found else None


def fingerprint(secret: str) -> str:
    """What is stored of a secret: SHA-256 in 64 hexadecimal digits; with 256 random bits no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def holds(secret: str, stored: str) -> bool:
    """Whether the secret is the stored one, compared in constant time."""
    return hmac.compare_digest(fingerprint(secret), stored)
