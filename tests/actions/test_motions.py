"""At the table: who is counted, which votes stand, what a lost motion leaves, how a gate is lifted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from ethicsreview.accounts.models import User
from tests.actions.test_cases import events, last_event
from tests.editions import content_of
from tests.scenes import Scene, make_scene, open_motion, rate
from workflows.actions import conflicts, meetings, motions
from workflows.actions.rulebooks import publish_rulebook
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import AgendaItem, Case, Dissent, Meeting, Motion, Seat, Vote

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def vote(
    scene: Scene, case: Case, user: User, choice: Choice = FOR, *, by: User | None = None, reason: str = ""
) -> Vote:
    return motions.cast_vote(
        case.pk,
        motion_id=open_motion(case).pk,
        choice=choice,
        reason=reason,
        voter=user if by else None,
        actor=by or user,
        now=scene.now,
    )


def recuse(scene: Scene, case: Case, user: User) -> None:
    conflicts.declare_conflict(case.pk, user, kind="family", reason="A cousin.", actor=scene.secretary, now=scene.now)


def refused(act: Any, *gaps: Gap) -> None:
    before = last_event()
    with pytest.raises(Refused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def standing(motion: Motion) -> list[Any]:
    motion.refresh_from_db()
    assert motion.standing is not None
    names = ("in_favour", "against", "abstain", "silent", "present", "needed")
    return [motion.carried, *(motion.standing[name] for name in names)]


# -- who is counted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "in_favour", "carried"), [(5, 4, True), (5, 3, False), (6, 4, True), (7, 4, False)]
)
def test_two_thirds_of_those_present_carry(scene: Scene, present: int, in_favour: int, carried: bool) -> None:
    case = scene.case_in(State.VOTING, present=present)
    scene.vote(case, dict.fromkeys(scene.voters[:in_favour], FOR))
    assert scene.close(case).carried is carried


def test_abstention_and_silence_are_not_in_favour(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, {**dict.fromkeys(scene.voters[:4], FOR), scene.voters[4]: ABSTAIN})
    assert standing(scene.close(case)) == [False, 4, 0, 1, 2, 7, 5]


def test_recused_member_shrinks_the_room(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, {**dict.fromkeys(scene.voters[:4], FOR), scene.voters[6]: AGAINST})
    recuse(scene, case, scene.voters[6])
    assert standing(scene.close(case)) == [True, 4, 0, 0, 2, 6, 4]
    assert Vote.objects.filter(user=scene.voters[6]).count() == 1


def test_vote_of_one_who_left_is_kept_and_not_counted(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, dict.fromkeys(scene.voters[:5], FOR))
    scene.leave(Meeting.objects.get(), scene.voters[4])
    motion = scene.close(case)
    assert standing(motion) == [True, 4, 0, 0, 2, 6, 4]
    assert (motion.votes.count(), scene.voters[4].pk in motion.present) == (5, False)


def test_recusal_that_breaks_the_quorum_blocks_the_vote_until_withdrawn_and_adjourned(scene: Scene) -> None:
    case = scene.case_in(State.VOTING, present=5)
    vote(scene, case, scene.chair)
    recuse(scene, case, scene.members[2])
    broken = Gap(GapCode.NO_QUORUM, "4/5")
    refused(lambda: vote(scene, case, scene.vice_chair), broken)
    refused(lambda: vote(scene, case, scene.vice_chair, by=scene.secretary), broken)
    refused(lambda: scene.close(case), broken)
    reasons = {"reasons": "No quorum.", "actor": scene.secretary, "now": scene.now}
    motion = motions.withdraw_motion(case.pk, **reasons)
    assert (motion.carried, motion.standing, motion.votes.count()) == (None, None, 1)
    refused(lambda: scene.put(case), broken)
    assert motions.adjourn_item(case.pk, **reasons).state == "ready"


def test_recused_member_cannot_vote_nor_be_voted_for(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    recuse(scene, case, scene.members[4])
    refused(lambda: vote(scene, case, scene.members[4]), Gap(GapCode.WRONG_ROLE))
    refused(lambda: vote(scene, case, scene.members[4], by=scene.secretary), Gap(GapCode.NOT_PRESENT))


def test_missing_category_keeps_the_item_closed(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    Seat.objects.exclude(pk=scene.seats[scene.chair.pk].pk).filter(categories__contains="ethics").update(
        categories=["law"]
    )
    Seat.objects.filter(pk=scene.seats[scene.chair.pk].pk).update(categories=["ethics", "ai_technology"])
    scene.convene(case)
    recuse(scene, case, scene.chair)
    with pytest.raises(Refused) as found:
        motions.open_item(case.pk, actor=scene.secretary, now=scene.now)
    assert Gap(GapCode.ROOM_CATEGORY_MISSING, "ethics") in found.value.gaps
    assert {gap.code for gap in found.value.gaps} == {GapCode.ROOM_CATEGORY_MISSING}


# -- votes -------------------------------------------------------------------------------------------------------


def test_changed_vote_stands_and_both_rows_are_kept(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    first, second = vote(scene, case, scene.chair, AGAINST), vote(scene, case, scene.chair, FOR, reason="Convinced.")
    assert [(row.number, row.choice) for row in Vote.objects.order_by("number")] == [(1, "against"), (2, "for")]
    assert (first.pk != second.pk, vote(scene, case, scene.chair, FOR, reason="Convinced.").pk) == (True, second.pk)
    assert standing(scene.close(case)) == [False, 1, 0, 0, 6, 7, 5]


def test_vote_is_never_changed_in_the_database(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    row = vote(scene, case, scene.chair)
    for change in (lambda: Vote.objects.filter(pk=row.pk).update(choice="against"), row.delete):
        with pytest.raises(DatabaseError, match="votes are never changed"), transaction.atomic():
            change()


def test_vote_recorded_by_the_secretary_keeps_whose_and_whose_hand(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    before = last_event()
    row = vote(scene, case, scene.members[0], ABSTAIN, by=scene.secretary)
    assert (row.user, row.by) == (scene.members[0], scene.secretary)
    facts = {"motion": row.motion_id, "voter": scene.members[0].pk, "vote": 1, "choice": "abstain"}
    assert events(case, before) == [("vote.record", scene.secretary.pk, facts)]


def test_own_later_vote_replaces_the_recorded_one(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    vote(scene, case, scene.members[0], AGAINST, by=scene.secretary)
    vote(scene, case, scene.members[0], FOR)
    assert standing(scene.close(case)) == [False, 1, 0, 0, 6, 7, 5]


def test_vote_on_a_motion_the_page_no_longer_shows_is_stale(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    old = scene.carry(case, Effect.APPROVE, voters=1)
    scene.put(case, Effect.REFUSE)
    arguments = {"motion_id": old.pk, "actor": scene.chair, "now": scene.now}
    refused(lambda: motions.cast_vote(case.pk, choice=FOR, reason="", **arguments), Gap(GapCode.STALE))
    refused(lambda: motions.close_motion(case.pk, **arguments), Gap(GapCode.STALE))


def test_applicant_on_the_committee_has_no_part_in_it(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    seat = Seat.objects.get(pk=scene.seats[scene.members[4].pk].pk)
    Seat.objects.filter(pk=seat.pk).delete()
    own = Seat.objects.create(
        **{
            name: getattr(seat, name)
            for name in ("committee", "role", "categories", "sex", "external", "starts", "ends")
        },
        user=scene.lead,
    )
    meeting = scene.convene(case, present=scene.voters[:6])
    meetings.arrive(meeting.pk, own.pk, mode=meetings.Mode.ROOM, actor=scene.secretary, now=scene.now)
    motions.open_item(case.pk, actor=scene.secretary, now=scene.now)
    scene.put(case)
    refused(lambda: vote(scene, case, scene.lead), Gap(GapCode.WRONG_ROLE))
    refused(lambda: vote(scene, case, scene.lead, by=scene.secretary), Gap(GapCode.NOT_PRESENT))
    assert standing(scene.close(case)) == [False, 0, 0, 0, 6, 6, 4]


# -- outcome -----------------------------------------------------------------------------------------------------


def test_lost_motion_leaves_the_item_open_for_another(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    lost = scene.carry(case, Effect.APPROVE, voters=4)
    case.refresh_from_db()
    item = AgendaItem.objects.get()
    assert (lost.carried, case.state, item.closed_at) == (False, "deliberating", None)
    won = scene.carry(case, Effect.REFUSE)
    case.refresh_from_db()
    item.refresh_from_db()
    assert (won.number, won.carried, case.state, item.outcome) == (2, True, "carried", "carried")


def test_adjourned_case_comes_to_a_later_meeting(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    motions.adjourn_item(case.pk, reasons="Hear an expert.", actor=scene.chair, now=scene.now)
    meetings.close_meeting(Meeting.objects.get().pk, actor=scene.secretary, now=scene.now)
    scene.open_room(case)
    outcomes = [item.outcome for item in AgendaItem.objects.order_by("pk")]
    assert (outcomes, Case.objects.get().state) == (["adjourned", ""], "deliberating")


def test_red_line_can_only_be_refused(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, red_lines=("social_scoring",))
    for effect in (Effect.APPROVE, Effect.MODIFY_THEN_CHECK, Effect.MODIFY_THEN_MEETING):
        refused(lambda e=effect: scene.put(case, e), Gap(GapCode.RED_LINE, "social_scoring"))  # type: ignore[misc]
    assert scene.carry(case, Effect.REFUSE).carried is True


def test_listed_case_needs_its_re_review_and_the_refusal_names_the_article(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, listed=("human_machine",))
    for effect in (Effect.APPROVE, Effect.MODIFY_THEN_CHECK):
        refused(
            lambda e=effect: scene.put(case, e),  # type: ignore[misc]
            Gap(GapCode.RE_REVIEW_OUTSTANDING, "human_machine"),
        )
    citation = scene.rules.gaps[GapCode.RE_REVIEW_OUTSTANDING.value]
    assert (citation.is_law, citation.article != "") == (True, True)
    assert scene.put(case, Effect.MODIFY_THEN_MEETING).decision_kind == "re_review_after_modification"


def test_listed_case_with_a_proven_exemption_is_approved(scene: Scene) -> None:
    course = {"listed": ("opinion_mobilisation",), "exemption": "generative_ai", "evidence": "Filing no. 7."}
    case = scene.case_in(State.APPROVED, **course)
    assert case.route == "listed_exempt"


# -- gates -------------------------------------------------------------------------------------------------------


def test_gate_blocks_until_its_reviewer_revises(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    reviewer = scene.members[0]
    rate(case, reviewer, scene.gate, "0", now=scene.now)
    standing_gate = Gap(GapCode.GATE_STANDING, f"{scene.gate}#{reviewer.pk}")
    refused(lambda: scene.put(case), standing_gate)
    refused(lambda: scene.put(case, Effect.MODIFY_THEN_CHECK), standing_gate)
    rate(case, reviewer, scene.gate, "2", now=scene.now, reason="Shown today.")
    assert scene.put(case).number == 1


def resolve(scene: Scene, case: Case, *, votes: int = 5, text: str = "A second check stands behind it.") -> Motion:
    motions.put_gate_motion(
        case.pk, reviewer=scene.members[0].pk, indicator=scene.gate, text=text, actor=scene.chair, now=scene.now
    )
    scene.vote(case, dict.fromkeys(scene.voters[:votes], FOR))
    return scene.close(case)


def test_carried_motion_lifts_the_gate_and_a_new_zero_blocks_again(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    reviewer = scene.members[0]
    rate(case, reviewer, scene.gate, "0", now=scene.now)
    block = Gap(GapCode.GATE_STANDING, f"{scene.gate}#{reviewer.pk}")
    assert (resolve(scene, case, votes=4).carried, Case.objects.get().state) == (False, "deliberating")
    refused(lambda: scene.put(case), block)
    motion = resolve(scene, case)
    assert (motion.carried, motion.kind, Case.objects.get().state) == (True, "resolve_gate", "deliberating")
    assert scene.put(case).number == 3
    reasons = {"reasons": "More to say.", "actor": scene.chair, "now": scene.now}
    motions.withdraw_motion(case.pk, **reasons)
    later = replace(scene, now=scene.now + timedelta(minutes=5))
    rate(case, reviewer, scene.gate, "0", now=later.now, reason="Still nothing, for another cause.")
    refused(lambda: later.put(case), block)


def test_resolving_one_reviewers_gate_leaves_the_others(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    for reviewer in scene.members[:2]:
        rate(case, reviewer, scene.gate, "0", now=scene.now)
    resolve(scene, case)
    refused(lambda: scene.put(case), Gap(GapCode.GATE_STANDING, f"{scene.gate}#{scene.members[1].pk}"))


def test_gate_motion_needs_a_standing_gate_and_reasons(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    refused(lambda: resolve(scene, case), Gap(GapCode.GATE_UNKNOWN, scene.gate))
    rate(case, scene.members[0], scene.gate, "0", now=scene.now)
    refused(lambda: resolve(scene, case, text=" "), Gap(GapCode.REASONS_MISSING))


def test_recused_reviewers_gate_no_longer_stands(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    rate(case, scene.members[0], scene.gate, "0", now=scene.now)
    recuse(scene, case, scene.members[0])
    assert scene.put(case).number == 1


@pytest.mark.parametrize(("tier", "blocks"), [("T3", False), ("T4", True), ("T5", True)])
def test_gate_of_the_high_tiers_blocks_there_alone(scene: Scene, tier: str, blocks: bool) -> None:
    case = scene.case_in(State.READY, tier=tier)
    high = next(key for key, item in scene.items().items() if item.gate.tiers == ("T4", "T5"))
    rate(case, scene.members[0], high, "0", now=scene.now)
    scene.open_room(case)
    if blocks:
        refused(lambda: scene.put(case), Gap(GapCode.GATE_STANDING, f"{high}#{scene.members[0].pk}"))
    else:
        assert scene.put(case).number == 1


def test_zero_on_what_is_no_gate_blocks_nothing(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    plain = next(key for key, item in scene.items().items() if item.gate.never)
    rate(case, scene.members[0], plain, "0", now=scene.now)
    assert scene.put(case).number == 1


# -- dissent -----------------------------------------------------------------------------------------------------


def dissent(scene: Scene, case: Case, motion: Motion, user: User, text: str = "The risk is too high.") -> Dissent:
    return motions.write_dissent(case.pk, motion_id=motion.pk, text=text, actor=user, now=scene.now)


def test_dissent_is_written_by_who_was_there_until_the_decision_is_out(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, present=6)
    motion = scene.carry(case)
    refused(lambda: dissent(scene, case, motion, scene.voters[6]), Gap(GapCode.WRONG_ROLE))
    refused(lambda: dissent(scene, case, motion, scene.secretary), Gap(GapCode.WRONG_ROLE))
    refused(lambda: dissent(scene, case, motion, scene.voters[5], " "), Gap(GapCode.REASONS_MISSING))
    dissent(scene, case, motion, scene.voters[5])
    dissent(scene, case, motion, scene.voters[5], "Still too high.")
    assert list(Dissent.objects.values_list("text", flat=True)) == ["Still too high."]
    scene.issue(case)
    refused(lambda: dissent(scene, case, motion, scene.voters[5]), Gap(GapCode.WRONG_STATE, "approved"))


@pytest.mark.parametrize(("in_favour", "carried"), [(5, True), (3, False)])
def test_dissent_is_not_for_who_made_the_outcome(scene: Scene, in_favour: int, carried: bool) -> None:
    case = scene.case_in(State.VOTING)
    votes = {**dict.fromkeys(scene.voters[:in_favour], FOR), scene.voters[5]: AGAINST}
    scene.vote(case, votes)
    motion = scene.close(case)
    made, against = (scene.voters[0], scene.voters[5]) if carried else (scene.voters[5], scene.voters[0])
    refused(lambda: dissent(scene, case, motion, made), Gap(GapCode.NOT_DISSENTING))
    written = [dissent(scene, case, motion, user).user for user in (against, scene.voters[6])]
    assert (motion.carried, written) == (carried, [against, scene.voters[6]])


def test_last_vote_says_who_made_the_outcome(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, dict.fromkeys(scene.voters[:6], FOR))
    scene.vote(case, {scene.voters[5]: AGAINST})
    motion = scene.close(case)
    refused(lambda: dissent(scene, case, motion, scene.voters[4]), Gap(GapCode.NOT_DISSENTING))
    assert dissent(scene, case, motion, scene.voters[5]).user == scene.voters[5]


def test_recused_member_writes_no_dissent(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    motion = scene.carry(case)
    recuse(scene, case, scene.voters[6])
    refused(lambda: dissent(scene, case, motion, scene.voters[6]), Gap(GapCode.WRONG_ROLE))


def test_threshold_over_all_members_comes_from_the_rulebook(scene: Scene) -> None:
    base, overlay = content_of("rulebooks/cn-2023.v1.yaml"), content_of("rulebooks/cn-ai-2026.v1.yaml")
    over_all = {"value": "all_members", "source": ["design"], "confidence": "design"}
    newer = {**overlay, "version": 2, "meeting": {**overlay.get("meeting", {}), "denominator": over_all}}
    publish_rulebook(newer, base, actor=None, now=scene.now)
    case = scene.case_in(State.VOTING, present=5)
    scene.vote(case, dict.fromkeys(scene.voters[:4], FOR))
    assert standing(scene.close(case)) == [False, 4, 0, 0, 1, 5, 5]
