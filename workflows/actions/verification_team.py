"""Who has a part in a verification: team, reviewer of compliance, and who is recused."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import withdraw
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_table import (
    ASSIGN,
    DECLARE_RECUSAL,
    END_PLACE,
    NAME_REVIEWER,
    RECORD_RECUSAL,
)
from workflows.models import Recusal, TeamAssessor, Verification
from workflows.queries.verification_folders import VerificationFolder
from workflows.steps.verifications import as_candidate, coordinators, guard, lock_verification, log, move, tell

_BODY_ROLES = [MemberRole.SECRETARY.value, MemberRole.MANAGER.value, MemberRole.ASSESSOR.value]


def _standing(folder: VerificationFolder, user: User) -> TeamAssessor | None:
    return next((place for place in folder.places if place.user_id == user.pk and place.ended_at is None), None)


def _end(place: TeamAssessor, now: datetime, reason: str = "") -> None:
    place.ended_at, place.end_reason = now, reason
    place.save(update_fields=["ended_at", "end_reason"])


def _place(folder: VerificationFolder, user: User, *, lead: bool) -> TeamAssessor:
    return TeamAssessor.objects.create(
        verification=folder.verification, user=user, lead=lead, assigned_by=folder.user, assigned_at=folder.now
    )


@transaction.atomic(durable=True)
def assign_assessor(verification_id: int, user: User, *, lead: bool, actor: User, now: datetime) -> TeamAssessor:
    """The coordinator puts an assessor of the body on the team; a new leading one takes the lead from another.

    Again with another ``lead`` changes it; again with the same changes nothing.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    seated = any(seat.user_id == user.pk and seat.ended_at is None for seat in folder.seats)
    apart = user.pk != folder.verification.reviewer_id and not seated
    guard(ASSIGN, folder, candidate_apart=apart, **as_candidate(folder, user))
    held = _standing(folder, user)
    if held is not None and held.lead == lead:
        return held
    former = next((one for one in folder.places if one.lead and one.ended_at is None), None) if lead else None
    for place in {one.pk: one for one in (held, former) if one is not None}.values():
        _end(place, now)
    if former is not None and former != held:
        _place(folder, former.user, lead=False)
    made = _place(folder, user, lead=lead)
    move(folder, None)
    log(folder, ASSIGN.verb, user=user.pk, lead=lead)
    if held is None:
        tell(folder, [user], Verb.ASSESSOR_ASSIGNED)
    return made


@transaction.atomic(durable=True)
def end_place(verification_id: int, user: User, *, reasons: str, actor: User, now: datetime) -> TeamAssessor:
    """The coordinator takes an assessor off the team, with reasons; what that person rated stays."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(END_PLACE, folder, reasons=bool(reasons.strip()))
    held = _standing(folder, user)
    if held is None:
        raise Refused((Gap(GapCode.NOT_AN_ASSESSOR),))
    _end(held, now, reasons.strip())
    move(folder, None)
    log(folder, END_PLACE.verb, user=user.pk)
    return held


@transaction.atomic(durable=True)
def name_reviewer(verification_id: int, user: User, *, actor: User, now: datetime) -> Verification:
    """The coordinator names who reviews compliance: an assessor of the body, never on the team nor the panel."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    others = {place.user_id for place in folder.places} | {seat.user_id for seat in folder.seats}
    guard(NAME_REVIEWER, folder, candidate_apart=user.pk not in others, **as_candidate(folder, user))
    if folder.verification.reviewer_id == user.pk:
        return folder.verification
    move(folder, None, reviewer=user)
    log(folder, NAME_REVIEWER.verb, user=user.pk)
    tell(folder, [user], Verb.COMPLIANCE_ASSIGNED)
    return folder.verification


@transaction.atomic(durable=True)
def recuse(verification_id: int, user: User, *, kind: str, reason: str, actor: User, now: datetime) -> Recusal:
    """From now on ``user`` has no part and no access: one's own declaration, or the coordinator's with a reason.

    ``kind`` is a code of the scheme's kinds of conflict. What a recused assessor rated must be rated again; after the
    decision it stands, and the person has no part in the certificate's surveillance and renewals.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    own = user.pk == actor.pk
    transition = DECLARE_RECUSAL if own else RECORD_RECUSAL
    given = {"conflict_kind": kind, "already_recused": user.pk in folder.recused}
    guard(transition, folder, reasons=bool(reason.strip()), **given)
    if not own and not _is_of_body(folder, user):
        raise Refused((Gap(GapCode.NOT_AN_ASSESSOR),))
    told = [person for person in coordinators(folder) if person.pk != user.pk]
    recusal = Recusal.objects.create(
        verification=folder.verification, user=user, kind=kind, reason=reason.strip(), by=actor, at=now
    )
    folder.verification.team.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    folder.verification.panel.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    reviews = folder.verification.reviewer_id == user.pk and folder.verification.decided_at is None
    move(folder, None, **({"reviewer": None} if reviews else {}))
    withdraw(user_ids=[user.pk], subject=f"verification:{folder.verification.pk}", at=now)
    log(folder, transition.verb, user=user.pk, kind=kind)
    tell(folder, told, Verb.VERIFICATION_RECUSAL)
    return recusal


def _is_of_body(folder: VerificationFolder, user: User) -> bool:
    held = Membership.objects.current(folder.day).filter(
        organisation=folder.verification.host_id, user=user, role__in=_BODY_ROLES
    )
    return held.exists() or user.pk in folder.involved
