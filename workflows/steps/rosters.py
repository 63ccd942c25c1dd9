"""What the actions on committees share with a bulk import; needs an open transaction."""

from datetime import datetime
from typing import Any

from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.steps import Entry
from workflows.models import Committee


def committee_entry(committee: Committee, verb: str, *, actor: User, now: datetime, facts: dict[str, Any]) -> Entry:
    """An event of a committee, in its host's chain."""
    chain = organisation_chain(committee.host_id)
    return Entry(chain, now, actor.pk, verb, f"committee:{committee.pk}", facts)
