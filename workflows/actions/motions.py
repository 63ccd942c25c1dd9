"""At the table: an item is opened, a motion put, votes cast, the ballot closed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from assessments.domain.ratings import Block
from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.ballots import Choice, Standing, carried, needed
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import Room
from workflows.domain.states import MeetingState, MotionKind, State
from workflows.domain.transitions import (
    ADJOURN_ITEM,
    CAST_VOTE,
    CLOSE_MOTION,
    OPEN_ITEM,
    PUT_MOTION,
    RECORD_VOTE,
    WITHDRAW_MOTION,
)
from workflows.models import AgendaItem, Case, Dissent, Meeting, Motion, Vote
from workflows.queries.agenda import denominator
from workflows.queries.folders import Folder
from workflows.steps import guard, move, note, open_folder, tell


def _item(folder: Folder) -> AgendaItem:
    if folder.item is None:
        raise Refused((Gap(GapCode.NOT_ON_AGENDA),))
    return folder.item


def _motion(folder: Folder) -> Motion:
    motion = folder.motion
    if motion is None:
        raise Refused((Gap(GapCode.BALLOT_CLOSED),))
    return motion


def _room(folder: Folder) -> Room:
    if folder.room is None:
        raise Refused((Gap(GapCode.MEETING_NOT_OPEN),))
    return folder.room


def _hold_meeting(case_id: int) -> None:
    """Lock the open meeting before the case: two items never open at once, nor one while the meeting closes."""
    here = Meeting.objects.filter(items__case=case_id, items__closed_at__isnull=True, state=MeetingState.OPEN.value)
    Meeting.objects.select_for_update().filter(pk__in=here.values("pk")).first()


@transaction.atomic(durable=True)
def open_item(case_id: int, *, actor: User, now: datetime) -> AgendaItem:
    """The meeting turns to this case; quorum and categories are counted without the recused."""
    _hold_meeting(case_id)
    folder = open_folder(case_id, actor=actor, now=now)
    guard(OPEN_ITEM, folder)
    item = _item(folder)
    item.opened_at = now
    item.save(update_fields=["opened_at"])
    change = move(folder.case, OPEN_ITEM.target, now=now)
    note(folder.case, OPEN_ITEM.verb, actor=actor, now=now, **change, meeting=item.meeting_id)
    return item


@transaction.atomic(durable=True)
def adjourn_item(case_id: int, *, reasons: str, actor: User, now: datetime) -> Case:
    """The case leaves the table undecided and can come to a later meeting."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(ADJOURN_ITEM, folder, reasons=bool(reasons.strip()))
    item = _item(folder)
    item.closed_at, item.outcome, item.note = now, "adjourned", reasons.strip()
    item.save(update_fields=["closed_at", "outcome", "note"])
    change = move(folder.case, ADJOURN_ITEM.target, now=now)
    note(folder.case, ADJOURN_ITEM.verb, actor=actor, now=now, **change, meeting=item.meeting_id)
    return folder.case


def _put(folder: Folder, motion: Motion) -> Motion:
    item = _item(folder)
    motion.item = item
    motion.number = (item.motions.aggregate(last=Max("number"))["last"] or 0) + 1
    motion.put_by, motion.put_at = folder.user, folder.now
    motion.save()
    change = move(folder.case, PUT_MOTION.target, now=folder.now)
    note(
        folder.case,
        PUT_MOTION.verb,
        actor=folder.user,
        now=folder.now,
        **change,
        motion=motion.pk,
        kind=motion.kind,
        decision=motion.decision_kind,
        indicator=motion.indicator,
    )
    present = [seat.user for seat in folder.seats if seat.user_id in _room(folder).users]
    tell(folder, present, Verb.MOTION_OPENED)
    return motion


@transaction.atomic(durable=True)
def put_motion(case_id: int, *, decision_kind: str, text: str, actor: User, now: datetime) -> Motion:
    """Put a decision to the vote; refused for a kind this case may not get, whatever the majority."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(PUT_MOTION, folder, proposal=decision_kind or "?")
    return _put(folder, Motion(kind=MotionKind.DECISION.value, decision_kind=decision_kind, text=text.strip()))


@transaction.atomic(durable=True)
def put_gate_motion(case_id: int, *, reviewer: int, indicator: str, text: str, actor: User, now: datetime) -> Motion:
    """Put it to the vote that a standing gate no longer blocks; ``text`` holds the reasons and must not be empty."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(PUT_MOTION, folder, proposal="")
    if Block(item=indicator, reviewer=reviewer) not in folder.blocks:
        raise Refused((Gap(GapCode.GATE_UNKNOWN, indicator),))
    if not text.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    review = next(row for row in folder.reviews if row.user_id == reviewer)
    motion = Motion(kind=MotionKind.RESOLVE_GATE.value, review=review, indicator=indicator, text=text.strip())
    return _put(folder, motion)


@transaction.atomic(durable=True)
def cast_vote(
    case_id: int, *, motion_id: int, choice: Choice, reason: str, voter: User | None = None, actor: User, now: datetime
) -> Vote:
    """Add one vote; the last one of a voter stands until the ballot is closed.

    ``voter`` other than ``actor`` is a vote the secretary records by hand. ``motion_id`` is the motion the page
    showed, so that a stale page never votes on another one.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    whose = voter or actor
    transition = CAST_VOTE if whose.pk == actor.pk else RECORD_VOTE
    guard(transition, folder, voter=whose.pk)
    motion = _motion(folder)
    if motion.pk != motion_id:
        raise Refused((Gap(GapCode.STALE),))
    standing = motion.votes.filter(user=whose).order_by("number").last()
    if standing and (standing.choice, standing.reason) == (choice.value, reason.strip()):
        return standing
    vote = _add_vote(folder, motion, whose, choice, reason.strip())
    facts = {"motion": motion.pk, "voter": whose.pk, "vote": vote.number, "choice": choice.value}
    note(folder.case, transition.verb, actor=actor, now=now, **facts)
    return vote


def _add_vote(folder: Folder, motion: Motion, whose: User, choice: Choice, reason: str) -> Vote:
    last = motion.votes.aggregate(last=Max("number"))["last"] or 0
    return Vote.objects.create(
        motion=motion,
        user=whose,
        by=folder.user,
        number=last + 1,
        choice=choice.value,
        reason=reason,
        at=folder.now,
    )


def _result(standing: Standing, room: Room, folder: Folder) -> tuple[bool, dict[str, int]]:
    base, rules = denominator(folder, room), folder.rules
    threshold, inclusive = rules.meeting.threshold.value, rules.meeting.inclusive.value
    passed = carried(standing, threshold=threshold, inclusive=inclusive, denominator=base)
    least = needed(threshold=threshold, inclusive=inclusive, denominator=base)
    return passed, {
        "in_favour": standing.in_favour,
        "against": standing.against,
        "abstain": standing.abstain,
        "silent": standing.silent,
        "present": standing.present,
        "needed": least,
        "base": base,
    }


@transaction.atomic(durable=True)
def close_motion(case_id: int, *, motion_id: int, actor: User, now: datetime) -> Motion:
    """Close the ballot over those present at this moment; a lost motion leaves the item open for another."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(CLOSE_MOTION, folder)
    motion, room = _motion(folder), _room(folder)
    if motion.pk != motion_id:
        raise Refused((Gap(GapCode.STALE),))
    motion.carried, motion.standing = _result(folder.standing_of(motion, room), room, folder)
    motion.present, motion.closed_at = sorted(room.users), now
    motion.save(update_fields=["carried", "standing", "present", "closed_at"])
    decided = motion.carried and motion.kind == MotionKind.DECISION.value
    if decided:
        item = _item(folder)
        item.closed_at, item.outcome = now, "carried"
        item.save(update_fields=["closed_at", "outcome"])
    change = move(folder.case, State.CARRIED if decided else State.DELIBERATING, now=now)
    note(
        folder.case,
        CLOSE_MOTION.verb,
        actor=actor,
        now=now,
        **change,
        motion=motion.pk,
        carried=motion.carried,
        standing=motion.standing,
        present=motion.present,
    )
    return motion


@transaction.atomic(durable=True)
def withdraw_motion(case_id: int, *, reasons: str, actor: User, now: datetime) -> Motion:
    """Take an open motion from the table; the votes cast stay in the record and decide nothing."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(WITHDRAW_MOTION, folder, reasons=bool(reasons.strip()))
    motion = _motion(folder)
    motion.closed_at, motion.withdrawn_reason = now, reasons.strip()
    motion.save(update_fields=["closed_at", "withdrawn_reason"])
    change = move(folder.case, WITHDRAW_MOTION.target, now=now)
    note(folder.case, WITHDRAW_MOTION.verb, actor=actor, now=now, **change, motion=motion.pk)
    return motion


@transaction.atomic(durable=True)
def write_dissent(case_id: int, *, motion_id: int, text: str, actor: User, now: datetime) -> Dissent:
    """A member who was there and did not vote for the outcome dissents in writing, until the decision is issued."""
    folder = open_folder(case_id, actor=actor, now=now)
    motion = next((row for row in folder.motions if row.pk == motion_id and row.carried is not None), None)
    if motion is None or not folder.was_at(motion):
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    if State(folder.case.state) not in {State.DELIBERATING, State.VOTING, State.CARRIED}:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.case.state),))
    if not folder.dissents_from(motion):
        raise Refused((Gap(GapCode.NOT_DISSENTING),))
    if not text.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    dissent, _new = Dissent.objects.update_or_create(
        motion=motion, user=actor, defaults={"text": text.strip(), "at": now}
    )
    note(folder.case, "motion.dissent", actor=actor, now=now, motion=motion.pk)
    return dissent
