"""What was sent, carried from the preview to the confirmation, signed so that it comes back unchanged."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from workflows.domain.bulk_sheets import Sheet, Table
from workflows.domain.lengths import IMPORT_TOKEN
from workflows.forms.bulk import Sent

SALT = "workflows.import"
GOOD_FOR = timedelta(days=1)


class Outdated(ValueError):
    """Too old, not ours, or somebody else's: the files must be sent again."""


class TooLong(ValueError):
    """More than a page can carry back."""


@dataclass(frozen=True)
class Offer:
    """What was sent and the digest of the plan that was shown."""

    sent: Sent
    seen: str


def packed(offer: Offer, *, user: int) -> str:
    """The offer as a signed text. Raises ``TooLong``."""
    plain = {
        "for": user,
        "seen": offer.seen,
        "tables": [[one.sheet.value, one.name, one.head, one.rows] for one in offer.sent.tables],
        "passed": offer.sent.passed,
        "names": offer.sent.names,
    }
    text = signing.dumps(plain, salt=SALT, compress=True)
    if len(text) > IMPORT_TOKEN:
        raise TooLong
    return text


def unpacked(token: str, *, user: int) -> Offer:
    """The offer as it was packed for this person. Raises ``Outdated``."""
    try:
        plain: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Outdated from None
    if plain["for"] != user:
        raise Outdated
    tables = tuple(
        Table(Sheet(sheet), name, tuple(head), tuple((number, tuple(cells)) for number, cells in rows))
        for sheet, name, head, rows in plain["tables"]
    )
    return Offer(Sent(tables, tuple(plain["passed"]), tuple(plain["names"])), plain["seen"])
