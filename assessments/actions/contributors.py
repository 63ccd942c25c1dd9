"""Who answers an assessment: colleagues with their dimensions, and who leads."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from assessments.domain.maturity_gaps import NAME, REMOVE, TAKE_LEAD, MaturityGap, MaturityGapCode, MaturityRefused
from assessments.models import Contributor, SelfAssessment
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.steps import guard, lock_self_assessment, note, tell, touch
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import has_role
from ethicsreview.notices.domain import Verb

Code = MaturityGapCode


@transaction.atomic(durable=True)
def name_contributor(
    self_assessment_id: int, user: User, dimensions: Sequence[str], *, actor: User, now: datetime
) -> Contributor:
    """Let a colleague answer these dimensions from now on, and no others; tells him or her when new or changed.

    Refused for who has not the enterprise role in the same organisation. Raises ``MaturityRefused``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(NAME, folder)
    known = [one.key for one in folder.instrument.dimensions if one.key in set(dimensions)]
    _check_colleague(folder, user)
    if not known or len(known) != len(set(dimensions)):
        raise MaturityRefused(MaturityGap(Code.DIMENSIONS_MISSING))
    row, new = Contributor.objects.get_or_create(
        self_assessment=folder.row, user=user, defaults={"dimensions": known, "added_at": now}
    )
    if not new and row.dimensions == known:
        return row
    row.dimensions = known
    row.save(update_fields=["dimensions"])
    touch(folder.row, now=now)
    note(folder.row, NAME.verb, actor=actor, now=now, user=user.pk, dimensions=known)
    tell(folder, [user], Verb.CONTRIBUTOR_NAMED)
    return row


@transaction.atomic(durable=True)
def remove_contributor(self_assessment_id: int, user: User, *, actor: User, now: datetime) -> None:
    """End a colleague's part; what he or she answered stays. Raises ``MaturityRefused``."""
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(REMOVE, folder)
    gone, _rows = Contributor.objects.filter(self_assessment=folder.row, user=user).delete()
    if gone:
        touch(folder.row, now=now)
        note(folder.row, REMOVE.verb, actor=actor, now=now, user=user.pk)


@transaction.atomic(durable=True)
def change_lead(self_assessment_id: int, user: User, *, actor: User, now: datetime) -> SelfAssessment:
    """Hand the lead to a colleague; who leads does so, or anybody of the enterprise once the lead has left it.

    Raises ``MaturityRefused``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(TAKE_LEAD, folder)
    day, row = day_of(now), folder.row
    if row.lead_id != actor.pk and has_role(row.lead, MemberRole.ENTERPRISE, row.organisation_id, day):
        raise MaturityRefused(MaturityGap(Code.WRONG_ROLE))
    _check_colleague(folder, user)
    before = row.lead_id
    Contributor.objects.filter(self_assessment=row, user=user).delete()
    touch(row, now=now, lead=user)
    note(row, TAKE_LEAD.verb, actor=actor, now=now, was=before, became=user.pk)
    if user.pk != actor.pk:
        tell(folder, [user], Verb.LEAD_HANDED_OVER)
    return row


def _check_colleague(folder: MaturityFolder, user: User) -> None:
    if user.pk == folder.row.lead_id:
        raise MaturityRefused(MaturityGap(Code.COLLEAGUE_LEADS))
    if not has_role(user, MemberRole.ENTERPRISE, folder.row.organisation_id, day_of(folder.now)):
        raise MaturityRefused(MaturityGap(Code.COLLEAGUE_UNKNOWN))
