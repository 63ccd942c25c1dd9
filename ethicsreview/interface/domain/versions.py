"""Marks of versions (ETag) and keys of repeated calls (Idempotency-Key)."""

import hashlib
import json
import re
from typing import Any

MARK_DIGITS = 32
KEY = re.compile(r"[\x21-\x7e]{1,200}")


def mark(representation: Any) -> str:
    """The version of a thing's whole representation, in 32 hexadecimal digits, whatever its language and fields."""
    form = json.dumps(representation, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()[:MARK_DIGITS]


def tag(version: str, *variant: str) -> str:
    """The ETag of one rendering of a version: its language and chosen fields make a tag of their own."""
    told = hashlib.sha256("\n".join(variant).encode()).hexdigest()[:8]
    return f'"{version}.{told}"'


def matches(header: str, version: str) -> bool:
    """Whether an If-Match header names this version in any rendering; ``*`` matches whatever is there.

    Weak tags never match, as RFC 9110 section 13.1.1 asks of If-Match.
    """
    if header.strip() == "*":
        return True
    named = (part.strip() for part in header.split(","))
    return any(part.strip('"').split(".")[0] == version for part in named if part.startswith('"'))


def unchanged(header: str, etag: str) -> bool:
    """Whether an If-None-Match header names exactly this rendering."""
    if header.strip() == "*":
        return True
    return etag in {part.strip().removeprefix("W/") for part in header.split(",")}


def good_key(key: str) -> bool:
    """Whether a caller's Idempotency-Key has 1 to 200 visible ASCII characters."""
    return KEY.fullmatch(key) is not None
