"""Meetings: each step with its exact event, its gaps and wrong people; attendance, alternates, minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.models import Notice
from tests.actions.meeting_rows import MEETING_ROWS, MeetingRow, case_of, meeting_in
from tests.editions import content_of
from tests.scenes import Scene, make_scene
from workflows.actions import applications, conflicts, meetings, motions
from workflows.actions.rulebooks import publish_rulebook
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import Mode
from workflows.domain.rulebook import Effect
from workflows.domain.sittings import MEETING_TABLE
from workflows.domain.states import MeetingState, Role, State
from workflows.models import Attendance, Meeting, Minutes
from workflows.queries.folders import Folder
from workflows.queries.minutes import meeting_record

pytestmark = pytest.mark.django_db

HELD = {
    "lead": set(),
    "secretary": {Role.SECRETARY},
    "chair": {Role.MEMBER, Role.CHAIR},
    "vice_chair": {Role.MEMBER},
    "member": {Role.MEMBER},
    "alternate": {Role.MEMBER},
    "manager": set(),
    "stranger": set(),
}


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


@contextmanager
def undone() -> Iterator[None]:
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def events(meeting: Meeting, after: int = 0) -> list[tuple[str, int | None, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(subject=f"meeting:{meeting.pk}", pk__gt=after).order_by("pk")
    return [(row.verb, row.actor, row.facts) for row in rows]


def refused(row: MeetingRow, scene: Scene, meeting: Meeting, user: User, gaps: tuple[Gap, ...]) -> None:
    before = (Meeting.objects.values().get(pk=meeting.pk), AuditEvent.objects.latest("pk"))
    with pytest.raises(Refused) as found:
        row.act(scene, meeting, user)
    assert found.value.gaps == gaps
    assert (Meeting.objects.values().get(pk=meeting.pk), AuditEvent.objects.latest("pk")) == before


@pytest.mark.parametrize("verb", MEETING_ROWS)
def test_meeting_row_is_walked(verb: str, scene: Scene, stranger: User) -> None:
    row, roles = MEETING_ROWS[verb], next(step.roles for step in MEETING_TABLE if step.verb == verb)
    meeting = meeting_in(scene, row.state)
    if row.prepare is not None:
        row.prepare(scene, meeting)
    cast = {name: getattr(scene, name) for name in HELD if hasattr(scene, name)}
    cast |= {"member": scene.members[4], "stranger": stranger}
    for name, user in cast.items():
        if not HELD[name] & roles:
            refused(row, scene, meeting, user, (Gap(GapCode.WRONG_ROLE),))
    for kept in row.kept:
        with undone():
            if kept.prepare is not None:
                kept.prepare(scene, meeting)
            refused(replace(row, act=kept.act or row.act), scene, meeting, cast[row.by], kept.gaps)
    meeting.refresh_from_db()
    done_once_then_again(row, verb, scene, meeting, cast[row.by])


def done_once_then_again(row: MeetingRow, verb: str, scene: Scene, meeting: Meeting, actor: User) -> None:
    before = AuditEvent.objects.latest("pk").pk
    result = row.act(scene, meeting, actor)
    meeting.refresh_from_db()
    expected = (row.verb or verb, actor.pk, row.facts(scene, meeting, result))
    assert (meeting.state, events(meeting, before)) == (row.became.value, [expected])
    if isinstance(row.twice, Gap):
        refused(row, scene, meeting, actor, (row.twice,))
    else:
        row.act(scene, meeting, actor)
        assert events(meeting, before) == [expected] * (2 if row.twice == "again" else 1)


def plan(scene: Scene, **given: Any) -> Meeting:
    values = {
        "starts_at": scene.now + timedelta(days=3),
        "place": "",
        "video_link": "",
        "message": "",
        "presiding": scene.seats[scene.chair.pk],
        "actor": scene.secretary,
        "now": scene.now,
    }
    return meetings.plan_meeting(scene.committee, **values | given)


def test_meetings_are_numbered_within_the_committee(scene: Scene) -> None:
    assert [plan(scene).number, plan(scene).number] == [1, 2]


def test_only_the_secretary_plans(scene: Scene) -> None:
    with pytest.raises(Refused) as found:
        plan(scene, actor=scene.chair)
    assert found.value.gaps == (Gap(GapCode.WRONG_ROLE),)


def test_a_member_or_another_committees_chair_cannot_preside(scene: Scene) -> None:
    other = make_scene_beside(scene)
    for seat in (scene.seats[scene.members[0].pk], other):
        with pytest.raises(Refused) as found:
            plan(scene, presiding=seat)
        assert found.value.gaps == (Gap(GapCode.CHAIR_MISSING),)


def make_scene_beside(scene: Scene) -> Any:
    """The chair's seat on another committee."""
    seat = scene.seats[scene.chair.pk]
    beside = type(scene.committee).objects.create(
        host=scene.host, code="OTH", name="Other", rulebook_slug="none", instrument_slug="none"
    )
    return type(seat).objects.create(
        committee=beside, user=scene.manager, role="chair", sex="male", starts=seat.starts, ends=seat.ends
    )


def test_no_meeting_is_planned_for_the_past(scene: Scene) -> None:
    with pytest.raises(Refused) as found:
        plan(scene, starts_at=scene.now)
    assert found.value.gaps == (Gap(GapCode.DAY_PAST),)


def test_agenda_takes_ready_cases_of_the_committee_once(scene: Scene) -> None:
    ready, draft = scene.case_in(State.READY), scene.case_in(State.DRAFT)
    taken = scene.plan(ready)
    meeting = plan(scene)
    for case in (ready, draft):
        with pytest.raises(Refused) as found:
            meetings.set_agenda(meeting.pk, [case.pk], actor=scene.secretary, now=scene.now)
        assert found.value.gaps == (Gap(GapCode.WRONG_STATE, str(case.pk)),)
    meetings.set_agenda(taken.pk, [], actor=scene.secretary, now=scene.now)
    items = meetings.set_agenda(meeting.pk, [ready.pk, ready.pk], actor=scene.secretary, now=scene.now)
    assert [(item.case_id, item.position) for item in items] == [(ready.pk, 1)]


def test_convening_tells_everyone_but_who_has_no_part_in_any_case(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    conflicts.declare_conflict(
        case.pk, scene.members[4], kind="family", reason="Cousin.", actor=scene.secretary, now=scene.now
    )
    meeting = scene.plan(case)
    meetings.convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    told = Notice.objects.filter(subject=f"meeting:{meeting.pk}").values_list("user_id", flat=True)
    assert set(told) == {scene.chair.pk, scene.vice_chair.pk, scene.alternate.pk, *(u.pk for u in scene.members[:4])}


def test_member_recused_from_one_of_two_cases_is_convened(scene: Scene) -> None:
    first, second = scene.case_in(State.READY), scene.case_in(State.READY)
    conflicts.declare_conflict(
        first.pk, scene.members[4], kind="family", reason="Cousin.", actor=scene.secretary, now=scene.now
    )
    meeting = scene.plan(first, second)
    meetings.convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    assert Notice.objects.filter(subject=f"meeting:{meeting.pk}", user=scene.members[4]).count() == 1


def arrive(scene: Scene, meeting: Meeting, user: User, *, by: User, mode: Mode = Mode.ROOM, **more: Any) -> Attendance:
    return meetings.arrive(meeting.pk, scene.seats[user.pk].pk, mode=mode, actor=by, now=scene.now, **more)


def test_member_comes_and_goes_by_own_hand_or_the_secretarys(scene: Scene) -> None:
    meeting = meeting_in(scene, MeetingState.OPEN)
    member = scene.members[4]
    first = arrive(scene, meeting, member, by=member)
    again = arrive(scene, meeting, member, by=scene.secretary, mode=Mode.VIDEO)
    first.refresh_from_db()
    assert (first.left_at, again.left_at) == (scene.now, None)
    meetings.leave(meeting.pk, again.seat_id, actor=scene.secretary, now=scene.now)
    before = events(meeting)
    meetings.leave(meeting.pk, again.seat_id, actor=scene.secretary, now=scene.now)
    assert events(meeting) == before
    assert [verb for verb, _actor, _facts in before][-3:] == ["meeting.arrive", "meeting.arrive", "meeting.leave"]


@pytest.mark.parametrize(
    ("who", "by", "code"),
    [
        ("chair", "member", GapCode.WRONG_ROLE),
        ("secretary", "secretary", GapCode.NOT_PRESENT),
    ],
)
def test_nobody_comes_for_another_and_the_secretary_does_not_vote(
    scene: Scene, who: str, by: str, code: GapCode
) -> None:
    meeting = meeting_in(scene, MeetingState.OPEN)
    hand = scene.members[4] if by == "member" else scene.secretary
    with pytest.raises(Refused) as found:
        arrive(scene, meeting, getattr(scene, who), by=hand)
    assert found.value.gaps == (Gap(code),)


def test_video_needs_the_committees_own_rules(scene: Scene) -> None:
    meeting = meeting_in(scene, MeetingState.OPEN)
    type(scene.committee).objects.filter(pk=scene.committee.pk).update(video_rules=False)
    with pytest.raises(Refused) as found:
        arrive(scene, meeting, scene.members[4], by=scene.secretary, mode=Mode.VIDEO)
    assert found.value.gaps == (Gap(GapCode.VIDEO_NOT_ALLOWED),)


def test_alternate_is_refused_where_the_rulebook_knows_none_and_counts_for_nothing(scene: Scene) -> None:
    meeting = meeting_in(scene, MeetingState.OPEN)
    absent = scene.seats[scene.members[4].pk].pk
    with pytest.raises(Refused) as found:
        arrive(scene, meeting, scene.alternate, by=scene.secretary, stands_for=absent)
    assert found.value.gaps == (Gap(GapCode.ALTERNATE_NOT_ALLOWED),)
    arrive(scene, meeting, scene.alternate, by=scene.secretary)
    room = Folder(case_of(meeting), user=scene.secretary, now=scene.now).room
    assert room is not None
    assert room.users == {user.pk for user in scene.voters[:6]}


def test_alternate_stands_for_one_absent_member_where_the_rulebook_allows(scene: Scene) -> None:
    allow_alternates(scene)
    meeting = meeting_in(scene, MeetingState.OPEN)
    absent, here = scene.seats[scene.members[4].pk].pk, scene.seats[scene.members[0].pk].pk
    for wrong in (here, scene.seats[scene.secretary.pk].pk, scene.seats[scene.alternate.pk].pk):
        with pytest.raises(Refused) as found:
            arrive(scene, meeting, scene.alternate, by=scene.secretary, stands_for=wrong)
        assert found.value.gaps == (Gap(GapCode.ALTERNATE_NOT_ALLOWED),)
    arrive(scene, meeting, scene.alternate, by=scene.secretary, stands_for=absent)
    room = Folder(case_of(meeting), user=scene.secretary, now=scene.now).room
    assert room is not None
    assert room.users == {scene.alternate.pk, *(user.pk for user in scene.voters[:6])}
    with pytest.raises(Refused) as returned:
        arrive(scene, meeting, scene.members[4], by=scene.secretary)
    assert returned.value.gaps == (Gap(GapCode.ALTERNATE_NOT_ALLOWED),)


def allow_alternates(scene: Scene) -> None:
    """A newer edition of the rulebook in which alternates are lawful."""
    base, overlay = content_of("rulebooks/cn-2023.v1.yaml"), content_of("rulebooks/cn-ai-2026.v1.yaml")
    rule = {"value": True, "source": ["design"], "confidence": "design"}
    newer = {**overlay, "version": 2, "committee": {**overlay.get("committee", {}), "alternates": rule}}
    publish_rulebook(newer, base, actor=None, now=scene.now)


def test_closing_sends_everybody_home_and_frees_what_was_not_reached(scene: Scene) -> None:
    meeting = meeting_in(scene, MeetingState.CLOSED)
    assert Attendance.objects.filter(meeting=meeting, left_at__isnull=True).count() == 0
    assert meeting.items.get().outcome == "not_reached"
    later = plan(scene)
    items = meetings.set_agenda(later.pk, [case_of(meeting).pk], actor=scene.secretary, now=scene.now)
    assert len(items) == 1


def test_minutes_are_drafted_anew_until_approved_then_frozen(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    meeting = Meeting.objects.get(items__case=case)
    meetings.close_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes="First.", actor=scene.secretary, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes="Second.", actor=scene.secretary, now=scene.now)
    minutes = meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)
    assert (Minutes.objects.count(), minutes.notes, minutes.approved_by) == (1, "Second.", scene.chair)
    motion = minutes.record["items"][0]["motions"][0]
    assert motion["standing"] == {
        "in_favour": 7,
        "against": 0,
        "abstain": 0,
        "silent": 0,
        "present": 7,
        "needed": 5,
        "base": 7,
    }
    assert [vote["counted"] for vote in motion["votes"]] == [True] * 7
    with pytest.raises(Refused) as found:
        meetings.draft_minutes(meeting.pk, notes="Third.", actor=scene.secretary, now=scene.now)
    assert found.value.gaps == (Gap(GapCode.WRONG_STATE, "approved"),)


def test_withdrawn_case_leaves_the_agenda_without_having_been_opened(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.plan(case)
    applications.withdraw_case(case.pk, reasons="Given up.", actor=scene.lead, now=scene.now)
    item = meeting.items.get()
    assert (item.outcome, item.opened_at, item.closed_at) == ("withdrawn", None, scene.now)


def test_minutes_are_drafted_again_when_somebody_dissents_after_the_draft(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    motion = scene.carry(case)
    meeting = Meeting.objects.get()
    meetings.close_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes="", actor=scene.secretary, now=scene.now)
    motions.write_dissent(case.pk, motion_id=motion.pk, text="Too early.", actor=scene.voters[6], now=scene.now)
    with pytest.raises(Refused) as found:
        meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)
    assert found.value.gaps == (Gap(GapCode.MINUTES_STALE),)
    meetings.draft_minutes(meeting.pk, notes="", actor=scene.secretary, now=scene.now)
    minutes = meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)
    assert [row["text"] for row in minutes.record["items"][0]["motions"][0]["dissents"]] == ["Too early."]


def test_record_keeps_recusals_and_title_as_they_were_at_the_table(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    kind = {"kind": "family", "reason": "Cousin.", "actor": scene.secretary}
    early = conflicts.declare_conflict(case.pk, scene.members[4], **kind, now=scene.now)
    scene.carry(case, Effect.MODIFY_THEN_CHECK)
    meeting = Meeting.objects.get()
    meetings.close_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    before = meeting_record(Meeting.objects.get())
    later = scene.now + timedelta(minutes=5)
    conflicts.lift_conflict(early.pk, reason="A namesake.", actor=scene.secretary, now=later)
    conflicts.declare_conflict(case.pk, scene.members[3], **kind, now=later)
    scene.issue(case)
    applications.save_answers(case.pk, {"title": "Another name"}, actor=scene.lead, now=later)
    assert meeting_record(Meeting.objects.get()) == before
    item = before["items"][0]
    assert ([row["id"] for row in item["recused"]], item["title"]) == ([scene.members[4].pk], case.title)
