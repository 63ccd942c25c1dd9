"""What a workbook offers, carried from the preview to the confirmation, signed so that it comes back unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from assessments.domain.merging import Content
from assessments.domain.workbook import CellFault, Fault, Place, Row
from assessments.domain.workbook_changes import NOTHING
from assessments.forms.workbook import Sent

SALT = "assessments.workbook"
GOOD_FOR = timedelta(days=1)


class Outdated(ValueError):
    """Too old, not ours, or meant for somebody or something else: the workbook must be sent again."""


@dataclass(frozen=True)
class Offer:
    """The rows that say something else than the download did, and all that cannot be read.

    ``saved`` names the download they are measured against; ``same`` counts the other rows, ``passed`` are sheets left
    alone.
    """

    name: str
    saved: int | None
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    same: int
    passed: tuple[str, ...]


def offer_of(sent: Sent, base: Mapping[str, Content]) -> Offer:
    """What is worth looking at in what was sent."""
    rows = tuple(row for row in sent.rows if row.given != base.get(row.key, NOTHING))
    return Offer(sent.name, sent.saved, rows, tuple(sent.faults), len(sent.rows) - len(rows), tuple(sent.passed))


def packed(offer: Offer, *, assessment: int, user: int, seen: str) -> str:
    """The offer as a signed text; ``seen`` is the digest of the answers beside which it was shown."""
    plain = {
        "for": [assessment, user],
        "seen": seen,
        "name": offer.name,
        "saved": offer.saved,
        "same": offer.same,
        "passed": offer.passed,
        "rows": [
            [row.key, row.given.step, row.given.set_aside, row.given.note, *_pair(row.place)] for row in offer.rows
        ],
        "faults": [[*_pair(fault.place), fault.code.value, fault.shown] for fault in offer.faults],
    }
    return signing.dumps(plain, salt=SALT, compress=True)


def unpacked(token: str, *, assessment: int, user: int) -> tuple[Offer, str]:
    """The offer and the digest it was shown beside. Raises ``Outdated``."""
    try:
        plain: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Outdated from None
    if plain["for"] != [assessment, user]:
        raise Outdated
    rows = tuple(
        Row(key, Content(step, aside, note), Place(sheet, cell))
        for key, step, aside, note, sheet, cell in plain["rows"]
    )
    faults = tuple(Fault(Place(sheet, cell), CellFault(code), shown) for sheet, cell, code, shown in plain["faults"])
    offer = Offer(plain["name"], plain["saved"], rows, faults, plain["same"], tuple(plain["passed"]))
    return offer, plain["seen"]


def _pair(place: Place) -> list[str]:
    return [place.sheet, place.cell]
