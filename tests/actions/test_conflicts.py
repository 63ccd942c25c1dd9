"""Conflicts of interest act at once, everywhere, and until they are lifted."""

from datetime import datetime
from typing import Any

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.notices.models import Notice
from tests.actions.test_cases import events, last_event
from tests.scenes import Scene, make_scene
from workflows.actions import conflicts, reviews
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import State
from workflows.models import Case, CaseReport, Conflict, Meeting, Review
from workflows.queries.meetings import MeetingFolder

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def declare(scene: Scene, case: Case, user: User, *, by: User | None = None, reason: str = "A cousin.") -> Conflict:
    return conflicts.declare_conflict(
        case.pk, user, kind="family", reason=reason, actor=by or scene.secretary, now=scene.now
    )


def refused(act: Any, *gaps: Gap) -> None:
    before = last_event()
    with pytest.raises(Refused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def seen_by(user: User, scene: Scene) -> tuple[int, int, int, int, int]:
    """How many cases, desk cases, reviews, reports and notices of cases this person sees."""
    day = scene.now.date()
    return (
        Case.objects.visible_to(user, day).count(),
        Case.objects.on_desk_of(user, day).count(),
        Review.objects.visible_to(user, day).count(),
        CaseReport.objects.visible_to(user, day).count(),
        Notice.objects.visible_to(user.pk).filter(subject__startswith="case:").count(),
    )


def test_conflict_acts_at_once_in_every_reading(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    member = scene.members[0]
    assert seen_by(member, scene) == (1, 1, 2, 0, 2)
    before = last_event()
    declare(scene, case, member, by=member, reason="")
    assert seen_by(member, scene) == (0, 0, 0, 0, 0)
    assert seen_by(scene.members[1], scene) == (1, 1, 2, 0, 2)
    assert events(case, before) == [("conflict.declare", member.pk, {"user": member.pk, "kind": "family"})]
    scene.issue(case)
    assert seen_by(member, scene) == (0, 0, 0, 0, 0)
    assert seen_by(scene.members[1], scene)[3] == 4


def test_recused_member_still_sees_the_meeting_but_not_the_case_on_its_agenda(scene: Scene) -> None:
    case, other = scene.case_in(State.READY), scene.case_in(State.READY)
    meeting = scene.plan(case, other)
    member = scene.members[4]
    declare(scene, case, member)
    assert list(Meeting.objects.visible_to(member, scene.now.date())) == [meeting]
    shown = Case.objects.on_desk_of(member, scene.now.date()).filter(agenda_items__meeting=meeting)
    assert list(shown) == [other]
    assert MeetingFolder(meeting, user=member, now=scene.now).barred == frozenset({scene.lead.pk})


def test_conflicted_reviewer_is_unassigned_and_the_ratings_no_longer_count(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    member = scene.members[0]
    declare(scene, case, member)
    row = Review.objects.get(case=case, user=member)
    assert (row.withdrawn_at, row.withdrawn_reason) == (scene.now, "conflict")
    refused(lambda: reviews.submit_review(case.pk, opinion="", actor=member, now=scene.now), Gap(GapCode.WRONG_ROLE))
    with pytest.raises(Refused) as found:
        reviews.assign_reviewers(case.pk, [member], actor=scene.secretary, now=scene.now)
    assert found.value.gaps == (Gap(GapCode.CONFLICT, str(member.pk)),)


def test_member_declares_only_the_own_and_needs_no_reason(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    refused(lambda: declare(scene, case, scene.members[1], by=scene.members[0]), Gap(GapCode.WRONG_ROLE))
    assert declare(scene, case, scene.members[0], by=scene.members[0], reason="").declared_by == scene.members[0]


def test_secretary_sets_it_with_a_reason_and_once(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    member = scene.members[0]
    refused(lambda: declare(scene, case, member, reason=" "), Gap(GapCode.REASONS_MISSING))
    declare(scene, case, member)
    refused(lambda: declare(scene, case, member), Gap(GapCode.CONFLICT, str(member.pk)))
    refused(lambda: declare(scene, case, member, by=member), Gap(GapCode.WRONG_ROLE))


@pytest.mark.parametrize("kind", ["", "made_up", "Family"])
def test_kind_is_one_of_the_rulebooks(scene: Scene, kind: str) -> None:
    case = scene.case_in(State.ACCEPTED)
    given = {"kind": kind, "reason": "A cousin.", "actor": scene.secretary, "now": scene.now}
    refused(
        lambda: conflicts.declare_conflict(case.pk, scene.members[0], **given),
        Gap(GapCode.CONFLICT_KIND_UNKNOWN, kind),
    )


@pytest.mark.parametrize("who", ["lead", "stranger", "manager"])
def test_conflict_is_a_matter_of_the_committee(scene: Scene, stranger: User, who: str) -> None:
    case = scene.case_in(State.ACCEPTED)
    user = stranger if who == "stranger" else getattr(scene, who)
    refused(lambda: declare(scene, case, user), Gap(GapCode.WRONG_ROLE))
    refused(lambda: declare(scene, case, scene.members[0], by=user), Gap(GapCode.WRONG_ROLE))


@pytest.mark.parametrize("state", [State.DRAFT, State.DECLINED])
def test_no_conflict_with_what_the_committee_has_not_or_no_longer(scene: Scene, state: State) -> None:
    case = scene.case_in(state)
    refused(lambda: declare(scene, case, scene.members[0]), Gap(GapCode.WRONG_STATE, state.value))


def lift(scene: Scene, conflict: Conflict, *, by: User | None = None, reason: str = "A namesake.") -> Conflict:
    return conflicts.lift_conflict(conflict.pk, reason=reason, actor=by or scene.secretary, now=scene.now)


def test_lifted_conflict_gives_the_case_back_and_not_the_review(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    member = scene.members[0]
    conflict = declare(scene, case, member)
    refused(lambda: lift(scene, conflict, reason=""), Gap(GapCode.REASONS_MISSING))
    refused(lambda: lift(scene, conflict, by=scene.chair), Gap(GapCode.WRONG_ROLE))
    refused(lambda: lift(scene, conflict, by=member), Gap(GapCode.WRONG_ROLE))
    before = last_event()
    lift(scene, conflict)
    assert events(case, before) == [("conflict.lift", scene.secretary.pk, {"user": member.pk})]
    assert seen_by(member, scene)[:3] == (1, 1, 0)
    refused(lambda: lift(scene, conflict), Gap(GapCode.WRONG_STATE, "reviewing"))
    assert len(reviews.assign_reviewers(case.pk, [member], actor=scene.secretary, now=scene.now)) == 1


def test_secretary_does_not_lift_the_own_conflict(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    conflict = declare(scene, case, scene.secretary)
    refused(lambda: lift(scene, conflict), Gap(GapCode.WRONG_ROLE))


def test_desk_and_chair_are_told_and_the_recused_is_not(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    declare(scene, case, scene.members[0], by=scene.members[0])
    declare(scene, case, scene.chair, by=scene.chair)
    told = Notice.objects.filter(verb="conflict_declared").order_by("pk").values_list("user_id", "withdrawn_at")
    assert list(told) == [(scene.secretary.pk, None), (scene.chair.pk, scene.now), (scene.secretary.pk, None)]
