"""Typed readers of the environment: a bad value stops the start instead of being guessed at."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The value of ``name``, or of the file named by ``name_FILE``; without either, ``default`` or an error."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        return Path(file_name).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def flag(name: str, *, default: bool) -> bool:
    """A yes/no value: 1/0, true/false, yes/no, on/off."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in _TRUE:
        return True
    if raw.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number not below ``least``."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if not raw.isdecimal() or int(raw) < least:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number from {least} up")
    return int(raw)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks around the parts are dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def database(name: str, default: str | None = None) -> dict[str, object]:
    """A PostgreSQL address ``postgresql://user:password@host:port/name`` as Django's mapping.

    ``host`` may be a socket folder given as ``?host=/path``.
    """
    raw = text(name, default)
    url = urlsplit(raw)
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must be a postgresql:// address")
    query = dict(part.split("=", 1) for part in url.query.split("&") if "=" in part)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "postgres",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.get("host", url.hostname or "")),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # The rights have many alternatives: the server would take seconds to compile what runs in milliseconds, and
        # takes an index for dearer than it is on today's disks.
        "OPTIONS": {"options": "-c jit=off -c random_page_cost=1.1"},
    }
