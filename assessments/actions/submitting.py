"""An enterprise hands its assessment in."""

from datetime import datetime

from django.db import transaction

from assessments.domain.maturity_gaps import SUBMIT, MaturityRefused, gaps
from assessments.models import Snapshot
from assessments.steps import lock_self_assessment, note, submit_assessment, take_snapshot, tell, touch
from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb


@transaction.atomic(durable=True)
def submit_self_assessment(self_assessment_id: int, *, seen: str = "", actor: User, now: datetime) -> Snapshot:
    """Hand the assessment in: today becomes its reference date, and a snapshot of all of it is taken.

    ``seen`` is the digest of the contents that were read before, empty where unknown; another one is refused as
    stale. Raises ``MaturityRefused`` naming every criterion that is still open.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    stale = bool(seen) and seen != folder.contents.digest
    if found := gaps(SUBMIT, folder.submission_facts(stale=stale)):
        raise MaturityRefused(*found)
    row, claim = folder.row, folder.claim
    touch(row, now=now, reference_date=folder.day)
    submit_assessment(assessment=row.assessment, now=now)
    snapshot = take_snapshot(
        self_assessment=row,
        assessment=row.assessment,
        day=folder.day,
        claim=claim,
        evidence_counts=lambda piece: True,
        by=actor,
        now=now,
    )
    facts = {"snapshot": snapshot.pk, "digest": snapshot.digest, "tier": snapshot.tier}
    note(row, SUBMIT.verb, actor=actor, now=now, **facts)
    tell(folder, [one.user for one in folder.contributors], Verb.SELF_ASSESSMENT_SUBMITTED)
    return snapshot
