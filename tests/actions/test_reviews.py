"""Reviews: who is assigned, blind rating, handing in, revising, opening."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.domain.answers import BadAnswer
from assessments.models import Answer
from ethicsreview.accounts.models import User
from ethicsreview.notices.models import Notice
from tests.actions.test_cases import events, last_event
from tests.actions.test_meetings import allow_alternates
from tests.scenes import Scene, make_scene, rate, rate_all
from workflows.actions import reviews
from workflows.actions.committees import end_seat
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import State
from workflows.models import Case, Review

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def refused(act: Any, *gaps: Gap) -> None:
    before = last_event()
    with pytest.raises(Refused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def assign(scene: Scene, case: Case, *users: User) -> list[Review]:
    return reviews.assign_reviewers(case.pk, users, actor=scene.secretary, now=scene.now)


def unassign(scene: Scene, case: Case, user: User, reason: str = "Ill.") -> None:
    reviews.unassign_reviewer(case.pk, user, reason=reason, actor=scene.secretary, now=scene.now)


def submit(scene: Scene, case: Case, user: User) -> Review:
    return reviews.submit_review(case.pk, opinion="Sound.", actor=user, now=scene.now)


def test_reviewers_are_added_to_those_assigned_and_told(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    made = assign(scene, case, scene.members[0], scene.members[2])
    assert [review.user for review in made] == [scene.members[2]]
    told = Notice.objects.filter(verb="review_assigned").order_by("pk").values_list("user_id", flat=True)
    assert list(told) == [user.pk for user in scene.members[:3]]


@pytest.mark.parametrize("who", ["secretary", "lead", "manager", "alternate"])
def test_reviewer_has_a_members_seat(scene: Scene, who: str) -> None:
    case, user = scene.case_in(State.REVIEWING), None
    user = getattr(scene, who)
    refused(lambda: assign(scene, case, user), Gap(GapCode.CONFLICT, str(user.pk)))


def test_alternate_reviews_where_the_rulebook_knows_alternates(scene: Scene) -> None:
    allow_alternates(scene)
    case = scene.case_in(State.REVIEWING)
    assert [review.user for review in assign(scene, case, scene.alternate)] == [scene.alternate]


def test_unassigned_reviewer_no_longer_counts_and_can_come_again(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    rate(case, member, scene.gate, "0", now=scene.now)
    refused(lambda: unassign(scene, case, member, " "), Gap(GapCode.REASONS_MISSING))
    refused(lambda: unassign(scene, case, scene.members[4]), Gap(GapCode.WRONG_STATE, "reviewing"))
    before = last_event()
    unassign(scene, case, member)
    assert events(case, before) == [("case.unassign", scene.secretary.pk, {"user": member.pk})]
    refused(lambda: rate(case, member, scene.gate, "1", now=scene.now), Gap(GapCode.WRONG_ROLE))
    assign(scene, case, member)
    assert Review.objects.filter(case=case, user=member).count() == 2


def test_member_whose_term_ended_reviews_no_more(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    end_seat(scene.seats[member.pk].pk, last_day=scene.now.date(), actor=scene.manager, now=scene.now)
    tomorrow = scene.now + timedelta(days=1)
    refused(lambda: rate(case, member, scene.gate, "1", now=tomorrow), Gap(GapCode.WRONG_ROLE))
    assert Review.objects.visible_to(member, tomorrow.date()).count() == 0


def test_rating_said_again_adds_nothing(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    first = rate(case, member, scene.gate, "2", now=scene.now)
    before = last_event()
    again = rate(case, member, scene.gate, "2", now=scene.now + timedelta(minutes=1))
    assert (again, last_event(), Answer.objects.count()) == (first, before, 1)


def test_rating_the_instrument_has_not_is_refused(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    for item, step in (("none", "2"), (scene.gate, "9")):
        with pytest.raises(BadAnswer):
            rate(case, member, item, step, now=scene.now)
    assert Answer.objects.count() == 0


def test_gate_of_zero_needs_its_reason_before_handing_in(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    rate_all(case, member, now=scene.now)
    rate(case, member, scene.gate, "0", now=scene.now, reason=" ")
    refused(lambda: submit(scene, case, member), Gap(GapCode.GATE_REASON_MISSING, scene.gate))
    rate(case, member, scene.gate, "0", now=scene.now, reason="No fallback.")
    assert submit(scene, case, member).submitted_at == scene.now


def test_handed_in_review_changes_by_reasoned_revision_alone(scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    rate_all(case, member, now=scene.now)
    submit(scene, case, member)
    refused(lambda: rate(case, member, scene.gate, "1", now=scene.now, reason=""), Gap(GapCode.REASONS_MISSING))
    before = last_event()
    answer = rate(case, member, scene.gate, "1", now=scene.now)
    assert answer is not None
    facts = {"review": Review.objects.get(user=member).pk, "item": scene.gate, "answer": answer.pk}
    assert events(case, before) == [("review.revise", member.pk, facts)]


def test_desk_and_chair_are_told_when_the_last_review_is_in(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    for count, user in enumerate(scene.members[:2]):
        rate_all(case, user, now=scene.now)
        submit(scene, case, user)
        told = Notice.objects.filter(verb="reviews_complete").values_list("user_id", flat=True)
        assert set(told) == ({scene.secretary.pk, scene.chair.pk} if count else set())


def test_reviews_are_blind_until_opened(scene: Scene) -> None:
    case, day = scene.case_in(State.REVIEWING), scene.now.date()
    first, second = scene.members[:2]

    def seen(user: User) -> set[int]:
        return set(Review.objects.visible_to(user, day).values_list("user_id", flat=True))

    both = {first.pk, second.pk}
    committee = [first, second, scene.members[4], scene.chair, scene.secretary]
    assert [seen(user) for user in committee] == [{first.pk}, {second.pk}, set(), set(), set()]
    scene.review(case)
    assert [seen(user) for user in committee] == [both] * 5
    assert (seen(scene.lead), seen(scene.manager)) == (set(), set())


def test_gate_is_named_blocking_only_once_its_review_is_in(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    later = replace(scene, now=scene.now + timedelta(hours=1))
    rate(case, scene.members[1], scene.gate, "0", now=later.now)
    scene.open_room(case)
    refused(lambda: scene.put(case), Gap(GapCode.GATE_STANDING, f"{scene.gate}#{scene.members[1].pk}"))
