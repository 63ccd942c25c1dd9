"""Conflicts of interest: declared or set, they act at once."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import withdraw
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import CLOSED, Role, State
from workflows.models import Conflict, Review
from workflows.queries.people import presiding, secretaries
from workflows.steps import note, open_folder, tell


@transaction.atomic(durable=True)
def declare_conflict(case_id: int, user: User, *, kind: str, reason: str, actor: User, now: datetime) -> Conflict:
    """Recuse ``user`` from the case: unassigned and without access from this moment.

    A member declares the own conflict; the secretary may set anybody's with a reason. Twice is refused.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    own = user.pk == actor.pk
    seated = any(seat.user_id == user.pk for seat in folder.seats)
    if not (seated and (folder.roles if own else Role.SECRETARY in folder.roles)):
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    if State(folder.case.state) in CLOSED | {State.DRAFT}:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.case.state),))
    if kind not in {rule.code for rule in folder.rules.conflicts}:
        raise Refused((Gap(GapCode.CONFLICT_KIND_UNKNOWN, kind),))
    if not own and not reason.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    if user.pk in folder.recused:
        raise Refused((Gap(GapCode.CONFLICT, str(user.pk)),))
    told = [*secretaries(folder), *presiding(folder)]
    conflict = Conflict.objects.create(
        case=folder.case, user=user, kind=kind, reason=reason.strip(), declared_at=now, declared_by=actor
    )
    review = Review.objects.filter(case=folder.case, user=user, withdrawn_at__isnull=True)
    review.update(withdrawn_at=now, withdrawn_reason="conflict")
    withdraw(user_ids=[user.pk], subject=f"case:{folder.case.pk}", at=now)
    note(folder.case, "conflict.declare", actor=actor, now=now, user=user.pk, kind=kind)
    tell(folder, [person for person in told if person.pk != user.pk], Verb.CONFLICT_DECLARED)
    return conflict


@transaction.atomic(durable=True)
def lift_conflict(conflict_id: int, *, reason: str, actor: User, now: datetime) -> Conflict:
    """The secretary ends a recusal that was set by mistake; the record of it stays."""
    case_id = Conflict.objects.values_list("case_id", flat=True).get(pk=conflict_id)
    folder = open_folder(case_id, actor=actor, now=now)
    conflict = Conflict.objects.select_for_update().get(pk=conflict_id)
    if Role.SECRETARY not in folder.roles or conflict.user_id == actor.pk:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    if conflict.lifted_at is not None or State(folder.case.state) in CLOSED:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.case.state),))
    if not reason.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    conflict.lifted_at, conflict.lifted_reason = now, reason.strip()
    conflict.save(update_fields=["lifted_at", "lifted_reason"])
    note(folder.case, "conflict.lift", actor=actor, now=now, user=conflict.user_id)
    return conflict
