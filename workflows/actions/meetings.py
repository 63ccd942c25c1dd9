"""Planning, convening, attending and closing a meeting; its minutes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from ethicsreview.accounts.models import User
from ethicsreview.audit.steps import record
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import VOTING, Mode, SeatRole
from workflows.domain.sittings import (
    APPROVE_MINUTES,
    ATTEND,
    CLOSE,
    CONVENE,
    DRAFT_MINUTES,
    OPEN,
    SET_AGENDA,
    MeetingStep,
    meeting_gaps,
)
from workflows.domain.states import Role, State
from workflows.models import AgendaItem, Attendance, Case, Committee, Meeting, Minutes, Seat
from workflows.queries.meetings import MeetingFolder
from workflows.queries.minutes import meeting_record
from workflows.steps import digest_of


def _open(meeting_id: int, *, actor: User, now: datetime) -> MeetingFolder:
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("committee__host", "presiding__user")
        .get(pk=meeting_id)
    )
    return MeetingFolder(meeting, user=actor, now=now)


def _guard(step: MeetingStep, folder: MeetingFolder) -> None:
    found = meeting_gaps(step, folder.facts)
    if found:
        raise Refused(found)


def _note(meeting: Meeting, verb: str, *, actor: User, now: datetime, **facts: Any) -> None:
    record(
        chain=f"organisation:{meeting.committee.host_id}",
        at=now,
        actor=actor.pk,
        verb=verb,
        subject=f"meeting:{meeting.pk}",
        **facts,
    )


def _set_state(meeting: Meeting, step: MeetingStep, moment: str = "", *, now: datetime) -> None:
    if step.target is not None:
        meeting.state = step.target.value
    if moment:
        setattr(meeting, moment, now)
    meeting.save(update_fields=["state", moment] if moment else ["state"])


def _may_be_planned(folder: MeetingFolder) -> None:
    presiding = folder.meeting.presiding
    if Role.SECRETARY not in folder.roles:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    if presiding not in folder.seats or presiding.role not in {SeatRole.CHAIR.value, SeatRole.VICE_CHAIR.value}:
        raise Refused((Gap(GapCode.CHAIR_MISSING),))
    if folder.meeting.starts_at <= folder.now:
        raise Refused((Gap(GapCode.DAY_PAST),))


@transaction.atomic(durable=True)
def plan_meeting(
    committee: Committee,
    *,
    starts_at: datetime,
    place: str,
    video_link: str,
    message: str,
    presiding: Seat,
    actor: User,
    now: datetime,
) -> Meeting:
    """A new meeting, numbered within the committee; the secretary plans it."""
    Committee.objects.select_for_update().get(pk=committee.pk)
    number = (committee.meetings.aggregate(last=Max("number"))["last"] or 0) + 1
    meeting = Meeting(
        committee=committee,
        number=number,
        starts_at=starts_at,
        place=place,
        video_link=video_link,
        message=message,
        presiding=presiding,
    )
    _may_be_planned(MeetingFolder(meeting, user=actor, now=now))
    meeting.save()
    _note(meeting, "meeting.plan", actor=actor, now=now, number=number, presiding=presiding.pk)
    return meeting


@transaction.atomic(durable=True)
def set_agenda(meeting_id: int, case_ids: Sequence[int], *, actor: User, now: datetime) -> list[AgendaItem]:
    """The agenda in this order; every case must be ready and of this committee."""
    folder = _open(meeting_id, actor=actor, now=now)
    _guard(SET_AGENDA, folder)
    standing = [item.case_id for item in folder.items]  # those taken off are held too, against a withdrawal meanwhile
    held = Case.objects.select_for_update().filter(pk__in=[*case_ids, *standing]).order_by("pk")
    cases = {
        case.pk: case
        for case in held
        if case.committee_id == folder.meeting.committee_id and case.state == State.READY.value
    }
    busy = AgendaItem.objects.filter(case_id__in=cases, closed_at__isnull=True).exclude(meeting=folder.meeting)
    taken = set(busy.values_list("case_id", flat=True))
    wrong = [case_id for case_id in case_ids if case_id not in cases or case_id in taken]
    if wrong:
        raise Refused(tuple(Gap(GapCode.WRONG_STATE, str(case_id)) for case_id in wrong))
    folder.meeting.items.all().delete()
    made = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=folder.meeting, case=cases[case_id], position=position)
        for position, case_id in enumerate(dict.fromkeys(case_ids), start=1)
    )
    _note(folder.meeting, SET_AGENDA.verb, actor=actor, now=now, cases=list(dict.fromkeys(case_ids)))
    return made


@transaction.atomic(durable=True)
def convene_meeting(meeting_id: int, *, actor: User, now: datetime) -> Meeting:
    """Send the convening notice to every seat but those recused from all of the agenda."""
    folder = _open(meeting_id, actor=actor, now=now)
    _guard(CONVENE, folder)
    meeting = folder.meeting
    _set_state(meeting, CONVENE, "convened_at", now=now)
    _note(meeting, CONVENE.verb, actor=actor, now=now)
    notify(
        users=[seat.user for seat in folder.seats if seat.user_id not in {actor.pk, *folder.barred}],
        verb=Verb.MEETING_CONVENED,
        params={
            "committee": {"en": meeting.committee.name, "zh": meeting.committee.name_zh or meeting.committee.name},
            "meeting": meeting.number,
            "date": meeting.starts_at.isoformat(),
            "place": meeting.place,
        },
        link=f"/meetings/{meeting.pk}/",
        at=now,
        subject=f"meeting:{meeting.pk}",
    )
    return meeting


@transaction.atomic(durable=True)
def open_meeting(meeting_id: int, *, actor: User, now: datetime) -> Meeting:
    """The sitting begins; the event keeps when it was planned to, for it may be opened before."""
    folder = _open(meeting_id, actor=actor, now=now)
    _guard(OPEN, folder)
    _set_state(folder.meeting, OPEN, "opened_at", now=now)
    _note(folder.meeting, OPEN.verb, actor=actor, now=now, planned=folder.meeting.starts_at.isoformat())
    return folder.meeting


def _attending(folder: MeetingFolder, seat_id: int) -> Seat:
    """The seat that comes or goes; a member speaks for the own seat, the secretary for any."""
    _guard(ATTEND, folder)
    seat = next((seat for seat in folder.seats if seat.pk == seat_id), None)
    if seat is None or SeatRole(seat.role) not in VOTING:
        raise Refused((Gap(GapCode.NOT_PRESENT),))
    if Role.SECRETARY not in folder.roles and seat.user_id != folder.user.pk:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    return seat


def _alternate_gaps(folder: MeetingFolder, seat: Seat, stands_for: int | None) -> tuple[Gap, ...]:
    if stands_for is None:
        return ()
    absent = next((other for other in folder.seats if other.pk == stands_for), None)
    here = {stay.seat_id for stay in folder.attendance if stay.left_at is None}
    stood_for = {s.stands_for_id for s in folder.attendance if s.left_at is None and s.seat_id != seat.pk}
    lawful = (
        folder.rules.committee.alternates.value
        and seat.role == SeatRole.ALTERNATE.value
        and absent is not None
        and absent.role != SeatRole.ALTERNATE.value
        and SeatRole(absent.role) in VOTING
        and stands_for not in here | stood_for
    )
    return () if lawful else (Gap(GapCode.ALTERNATE_NOT_ALLOWED),)


@transaction.atomic(durable=True)
def arrive(
    meeting_id: int, seat_id: int, *, mode: Mode, stands_for: int | None = None, actor: User, now: datetime
) -> Attendance:
    """A member comes into the room or joins by video; an alternate may stand for one absent member."""
    folder = _open(meeting_id, actor=actor, now=now)
    seat = _attending(folder, seat_id)
    found = _alternate_gaps(folder, seat, stands_for)
    by_video_unlawfully = mode is Mode.VIDEO and not (
        folder.rules.meeting.video.value and folder.meeting.committee.video_rules
    )
    if by_video_unlawfully:
        found = (*found, Gap(GapCode.VIDEO_NOT_ALLOWED))
    if any(stay.stands_for_id == seat_id and stay.left_at is None for stay in folder.attendance):
        found = (*found, Gap(GapCode.ALTERNATE_NOT_ALLOWED))
    if found:
        raise Refused(found)
    current = next((s for s in folder.attendance if s.seat_id == seat_id and s.left_at is None), None)
    if current is not None and (current.mode, current.stands_for_id) == (mode.value, stands_for):
        return current
    if current is not None:
        current.left_at = now
        current.save(update_fields=["left_at"])
    stay = Attendance.objects.create(
        meeting=folder.meeting, seat=seat, mode=mode.value, stands_for_id=stands_for, arrived_at=now
    )
    _note(folder.meeting, "meeting.arrive", actor=actor, now=now, seat=seat_id, mode=mode.value, for_seat=stands_for)
    return stay


@transaction.atomic(durable=True)
def leave(meeting_id: int, seat_id: int, *, actor: User, now: datetime) -> None:
    """A member leaves; quorum is counted again from this moment."""
    folder = _open(meeting_id, actor=actor, now=now)
    _attending(folder, seat_id)
    changed = Attendance.objects.filter(meeting=folder.meeting, seat_id=seat_id, left_at__isnull=True).update(
        left_at=now
    )
    if changed:
        _note(folder.meeting, "meeting.leave", actor=actor, now=now, seat=seat_id)


@transaction.atomic(durable=True)
def close_meeting(meeting_id: int, *, actor: User, now: datetime) -> Meeting:
    """The sitting ends; cases not reached go back to the ready list."""
    folder = _open(meeting_id, actor=actor, now=now)
    _guard(CLOSE, folder)
    _set_state(folder.meeting, CLOSE, "closed_at", now=now)
    Attendance.objects.filter(meeting=folder.meeting, left_at__isnull=True).update(left_at=now)
    folder.meeting.items.filter(closed_at__isnull=True).update(closed_at=now, outcome="not_reached")
    _note(folder.meeting, CLOSE.verb, actor=actor, now=now)
    return folder.meeting


@transaction.atomic(durable=True)
def draft_minutes(meeting_id: int, *, notes: str, seen: str | None = None, actor: User, now: datetime) -> Minutes:
    """Minutes made from the record, with the secretary's notes; drafting again keeps the newest.

    ``seen`` is the mark of the draft the page showed, empty where there was none; another one is refused as stale.
    """
    folder = _open(meeting_id, actor=actor, now=now)
    _guard(DRAFT_MINUTES, folder)
    if seen is not None and seen != (folder.minutes.mark if folder.minutes else ""):
        raise Refused((Gap(GapCode.STALE),))
    minutes, _new = Minutes.objects.update_or_create(
        meeting=folder.meeting,
        defaults={
            "notes": notes.strip(),
            "record": meeting_record(folder.meeting),
            "drafted_by": actor,
            "drafted_at": now,
        },
    )
    _note(folder.meeting, DRAFT_MINUTES.verb, actor=actor, now=now)
    return minutes


def _hold_cases(folder: MeetingFolder) -> None:
    """Lock the cases of the agenda, after the meeting: nobody writes into the record while it is frozen."""
    held = Case.objects.select_for_update(of=("self",)).filter(agenda_items__meeting=folder.meeting).order_by("pk")
    list(held.values_list("pk", flat=True))


@transaction.atomic(durable=True)
def approve_minutes(meeting_id: int, *, seen: str | None = None, actor: User, now: datetime) -> Minutes:
    """The one who presided approves; record and notes are frozen with a digest.

    Refused when the record changed since the draft, such as by a dissent: the secretary drafts again. ``seen`` is the
    mark of the draft that was read; a newer one is refused as stale.
    """
    folder = _open(meeting_id, actor=actor, now=now)
    _hold_cases(folder)
    _guard(APPROVE_MINUTES, folder)
    minutes = Minutes.objects.select_for_update().get(meeting=folder.meeting)
    if seen is not None and seen != minutes.mark:
        raise Refused((Gap(GapCode.STALE),))
    minutes.approved_by, minutes.approved_at = actor, now
    minutes.digest = digest_of({"record": minutes.record, "notes": minutes.notes})
    minutes.save(update_fields=["approved_by", "approved_at", "digest"])
    _set_state(folder.meeting, APPROVE_MINUTES, now=now)
    _note(folder.meeting, APPROVE_MINUTES.verb, actor=actor, now=now, digest=minutes.digest)
    _tell_of_minutes(folder, actor=actor, now=now)
    return minutes


def _tell_of_minutes(folder: MeetingFolder, *, actor: User, now: datetime) -> None:
    notify(
        users=[seat.user for seat in folder.seats if seat.user_id != actor.pk],
        verb=Verb.MINUTES_APPROVED,
        params={
            "committee": {
                "en": folder.meeting.committee.name,
                "zh": folder.meeting.committee.name_zh or folder.meeting.committee.name,
            },
            "meeting": folder.meeting.number,
        },
        link=f"/meetings/{folder.meeting.pk}/",
        at=now,
        subject=f"meeting:{folder.meeting.pk}",
    )
