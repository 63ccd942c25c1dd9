"""Reading the chains."""

from collections.abc import Iterator

from ethicsreview.audit.domain import Head, Link, Verification, verify
from ethicsreview.audit.models import AuditEvent

BATCH = 2000  # events held in memory at a time while a chain is read


def chains() -> list[str]:
    """The names of all chains, in order."""
    return list(AuditEvent.objects.order_by("chain").values_list("chain", flat=True).distinct())


def chain_head(chain: str) -> Head:
    """The last event's number and digest; of an empty chain 0 and 64 zeros."""
    last = AuditEvent.objects.filter(chain=chain).order_by("-number").values_list("number", "digest").first()
    return Head(*last) if last else Head()


def verify_chain(chain: str, *, printed: Head | None = None) -> Verification:
    """Read ``chain`` from its first event and check every link, in constant memory."""
    return verify(_links(chain), printed=printed)


def _links(chain: str) -> Iterator[Link]:
    rows = AuditEvent.objects.filter(chain=chain).order_by("number")
    for row in rows.iterator(chunk_size=BATCH):
        yield Link(
            chain=row.chain,
            number=row.number,
            at=row.at,
            actor=row.actor,
            verb=row.verb,
            subject=row.subject,
            facts=row.facts,
            previous=row.previous,
            digest=row.digest,
        )
