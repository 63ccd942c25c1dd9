"""A case's history from the audit chain, as far as the reader may know it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from workflows.domain.oversight import READINGS
from workflows.queries.folders import Folder

# What the applicant may know of the committee's work before the decision: that it goes on, not who does what.
OPEN_TO_APPLICANTS = frozenset(
    {
        "case.start",
        "case.submit",
        "case.request_supplement",
        "case.answer_supplement",
        "case.accept",
        "case.decline",
        "case.withdraw",
        "case.extend",
        "case.resubmit",
        "decision.issue",
        "modification.confirm",
        "modification.return",
        "report.sign",
    }
)
# Steps of the work on a draft, too many and too small to tell.
STEPS = frozenset({"application.save", "supplement.save", "review.rate", "vote.cast", "vote.record", "report.requeue"})
# What authorities read is told on a page of its own and changes nothing of the case.
UNTOLD = STEPS | frozenset(READINGS)


@dataclass(frozen=True)
class Happened:
    """One event as the page shows it."""

    at: datetime
    verb: str
    actor: User | None
    facts: dict[str, Any]
    number: int


def history(folder: Folder, *, desk: bool, limit: int = 40) -> list[Happened]:
    """The newest events first; two queries."""
    events = AuditEvent.objects.filter(subject=f"case:{folder.case.pk}").exclude(verb__in=UNTOLD)
    if not desk:
        events = events.filter(verb__in=OPEN_TO_APPLICANTS)
    rows = list(events.order_by("-pk")[:limit])
    people = User.objects.in_bulk({row.actor for row in rows if row.actor})
    return [
        Happened(row.at, row.verb, people.get(row.actor) if row.actor else None, row.facts, row.number) for row in rows
    ]
