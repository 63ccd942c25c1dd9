"""Which authority read what of an organisation, from its own chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.models import AuditEvent
from workflows.domain.oversight import READINGS, SEARCHED

PAGE = 25


@dataclass(frozen=True)
class Reading:
    """One event with the names behind its ids; ``facts`` are the event's own."""

    number: int
    at: datetime
    verb: str
    person: User | None
    authority: Organisation | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class ReadingPage:
    """Readings, the newest first, with the numbers at which the neighbouring pages begin; 0 at the ends."""

    rows: list[Reading]
    newer: int
    older: int


def reading_page(organisation_id: int, *, older: int = 0, newer: int = 0) -> ReadingPage:
    """One page of what was read of the organisation, and of an authority's what it sought itself; three queries."""
    rows = AuditEvent.objects.filter(chain=organisation_chain(organisation_id), verb__in=[*READINGS, SEARCHED])
    if newer:
        kept = list(rows.filter(number__gt=newer).order_by("number")[: PAGE + 1])
        more, kept = len(kept) > PAGE, list(reversed(kept[:PAGE]))
        return ReadingPage(_named(kept), kept[0].number if more else 0, kept[-1].number if kept else 0)
    if older:
        rows = rows.filter(number__lt=older)
    kept = list(rows.order_by("-number")[: PAGE + 1])
    more, kept = len(kept) > PAGE, kept[:PAGE]
    return ReadingPage(_named(kept), kept[0].number if kept and older else 0, kept[-1].number if more else 0)


def _named(events: list[AuditEvent]) -> list[Reading]:
    people = User.objects.in_bulk({event.actor for event in events if event.actor})
    offices = Organisation.objects.defer("logo").in_bulk({event.facts["authority"] for event in events})
    return [
        Reading(
            number=event.number,
            at=event.at,
            verb=event.verb,
            person=people.get(event.actor) if event.actor else None,
            authority=offices.get(event.facts["authority"]),
            facts=event.facts,
        )
        for event in events
    ]
