"""Marks of pages: where a list ordered by a moment and an id goes on, as it stands in an address."""

from datetime import datetime


def mark(moment: datetime | None, pk: int) -> str:
    """The mark of a row."""
    return f"{moment.isoformat() if moment else ''}~{pk}"


def read_mark(text: str) -> tuple[datetime, int] | None:
    """What ``mark`` wrote; None for anything else, so that a foreign mark starts anew."""
    moment, _tilde, pk = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    known = found.tzinfo is not None and pk.isascii() and pk.isdigit() and len(pk) < 19
    return (found, int(pk)) if known else None
