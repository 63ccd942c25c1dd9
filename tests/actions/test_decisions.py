"""Decisions: what they must state, who issues, where they lead, modified versions, the designated vice-chair."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.notices.models import Notice
from tests.actions.test_cases import events, last_event
from tests.scenes import Scene, full_text, make_scene, rate
from workflows.actions import applications, conflicts, decisions, motions
from workflows.actions.committees import record_absence
from workflows.actions.decisions import ConditionText, DecisionText
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Application, Case, CaseReport, Condition, Decision, Wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def refused(act: Any, *gaps: Gap) -> None:
    before = last_event()
    with pytest.raises(Refused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def write(scene: Scene, case: Case, text: DecisionText, *conditions: ConditionText) -> Decision:
    return decisions.draft_decision(case.pk, text, conditions, actor=scene.secretary, now=scene.now)


def issue(scene: Scene, case: Case, by: User | None = None) -> Decision:
    return decisions.issue_decision(case.pk, actor=by or scene.chair, now=scene.now)


def recuse(scene: Scene, case: Case, user: User) -> None:
    conflicts.declare_conflict(case.pk, user, kind="family", reason="A cousin.", actor=scene.secretary, now=scene.now)


def designate(scene: Scene, case: Case, user: User, by: User | None = None) -> Case:
    seat = scene.seats[user.pk].pk
    return decisions.designate_chair(
        case.pk, seat_id=seat, reasons="The chair is away.", actor=by or scene.secretary, now=scene.now
    )


# -- what a decision states --------------------------------------------------------------------------------------


def test_each_kind_needs_what_the_rulebook_says(scene: Scene) -> None:
    needs = {
        Effect.MODIFY_THEN_CHECK: (GapCode.DECISION_REASONS_MISSING, GapCode.DECISION_REQUIREMENTS_MISSING),
        Effect.REFUSE: (GapCode.DECISION_REASONS_MISSING,),
        Effect.APPROVE: (GapCode.SCOPE_MISSING, GapCode.VALIDITY_MISSING),
    }
    for effect, codes in needs.items():
        case = scene.case_in(State.DELIBERATING)
        scene.carry(case, effect)
        write(scene, case, DecisionText())
        refused(lambda c=case: issue(scene, c), *(Gap(code) for code in codes))  # type: ignore[misc]


def test_one_language_is_enough_to_state_it(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    scene.carry(case, Effect.REFUSE)
    write(scene, case, DecisionText(reasons_zh="风险过高。"))
    assert issue(scene, case).kind == "disapprove"


def test_rewritten_draft_replaces_texts_and_conditions(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    due = scene.now.date()
    first = write(scene, case, full_text(scene.now), ConditionText("One.", "", due), ConditionText("", "二。", None))
    second = write(scene, case, DecisionText(scope_en=" Wards only. "), ConditionText("", "", due))
    assert (first.pk, second.scope_en, second.reasons_en) == (second.pk, "Wards only.", "")
    assert (Decision.objects.count(), Condition.objects.count()) == (1, 0)


def test_issued_decision_stops_the_clock_tells_the_applicant_and_queues_four_documents(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    decision = issue(scene, case)
    case.refresh_from_db()
    assert (case.state, case.clock_stopped_at, decision.issued_as) == ("approved", scene.now, "chair")
    queued = CaseReport.objects.order_by("kind", "language").values_list("kind", "language", "state")
    assert list(queued) == [
        ("letter", "en", "queued"),
        ("letter", "zh-hans", "queued"),
        ("report", "en", "queued"),
        ("report", "zh-hans", "queued"),
    ]
    told = Notice.objects.filter(verb="decision_issued").values_list("user_id", flat=True)
    assert set(told) == {scene.lead.pk, scene.secretary.pk}


@pytest.mark.parametrize(("effect", "state"), [(Effect.REFUSE, "refused"), (Effect.MODIFY_THEN_MEETING, "modifying")])
def test_kind_decides_where_the_case_goes(scene: Scene, effect: Effect, state: str) -> None:
    case = scene.case_in(State.CARRIED, effect=effect)
    scene.issue(case)
    case.refresh_from_db()
    assert case.state == state


def test_issued_decision_is_not_written_any_more(scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    refused(lambda: write(scene, case, DecisionText()), Gap(GapCode.WRONG_STATE, "approved"))


# -- modified versions -------------------------------------------------------------------------------------------


def test_modification_opens_a_new_version_and_waits_for_the_applicant(scene: Scene) -> None:
    case = scene.case_in(State.MODIFYING)
    versions = list(Application.objects.filter(case=case).order_by("number"))
    assert [(v.number, v.submitted_at is None) for v in versions] == [(1, False), (2, True)]
    assert versions[1].answers == versions[0].answers
    assert list(Wait.objects.values_list("kind", "ended_at")) == [("modification", None)]


def test_first_kind_of_modification_is_checked_by_the_chair(scene: Scene) -> None:
    case = scene.case_in(State.CHECKING)
    later = replace(scene, now=scene.now + timedelta(days=40))
    scene.write_decision(case)
    decision = decisions.confirm_modification(case.pk, actor=scene.chair, now=later.now)
    case.refresh_from_db()
    assert (case.state, decision.kind, decision.motion, decision.number) == ("approved", "approve", None, 2)
    assert decision.application.number == 2
    assert CaseReport.objects.filter(decision=decision).count() == 4


def test_second_kind_of_modification_returns_to_a_meeting(scene: Scene) -> None:
    case = scene.case_in(State.MODIFYING, effect=Effect.MODIFY_THEN_MEETING)
    later = replace(scene, now=scene.now + timedelta(days=40))
    later.resubmit(case)
    case.refresh_from_db()
    assert (case.state, case.clock_started_at, case.clock_stopped_at) == ("ready", later.now, None)
    later.open_room(case)
    later.carry(case)
    later.issue(case)
    case.refresh_from_db()
    numbers = Decision.objects.order_by("number").values_list("kind", "application__number")
    assert (case.state, list(numbers)) == ("approved", [("re_review_after_modification", 1), ("approve", 2)])


def test_new_round_can_be_withdrawn_until_its_own_vote(scene: Scene) -> None:
    case = scene.case_in(State.MODIFYING, effect=Effect.MODIFY_THEN_MEETING)
    later = replace(scene, now=scene.now + timedelta(days=40))
    later.resubmit(case)
    later.open_room(case)
    withdrawn = applications.withdraw_case(case.pk, reasons="Given up.", actor=scene.lead, now=later.now)
    assert withdrawn.state == "withdrawn"


def test_modification_sent_back_begins_anew(scene: Scene) -> None:
    case = scene.case_in(State.CHECKING)
    scene.write_decision(case)
    decisions.return_modification(case.pk, reasons="Point two is open.", actor=scene.chair, now=scene.now)
    case.refresh_from_db()
    assert (case.state, case.return_reasons) == ("modifying", "Point two is open.")
    assert (Decision.objects.filter(issued_at__isnull=True).count(), Application.objects.count()) == (0, 3)
    scene.resubmit(case)
    case.refresh_from_db()
    assert case.state == "checking"


# -- who acts for the chair --------------------------------------------------------------------------------------


def test_vice_chair_issues_when_the_chair_is_recused(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    recuse(scene, case, scene.chair)
    refused(lambda: issue(scene, case), Gap(GapCode.WRONG_ROLE))
    refused(lambda: issue(scene, case, scene.vice_chair), Gap(GapCode.WRONG_ROLE))
    designate(scene, case, scene.vice_chair)
    decision = issue(scene, case, scene.vice_chair)
    assert (decision.issued_by, decision.issued_as) == (scene.vice_chair, "vice_chair")


def test_nobody_is_designated_while_the_chair_can_act(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    refused(lambda: designate(scene, case, scene.vice_chair), Gap(GapCode.CHAIR_AVAILABLE))


@pytest.mark.parametrize(
    ("away_from", "away_until", "free"),
    [(-5, -1, True), (-5, 0, False), (0, None, False), (1, None, True), (0, 0, False)],
)
def test_absence_counts_from_its_first_day_to_its_last(
    scene: Scene, away_from: int, away_until: int | None, free: bool
) -> None:
    case, today = scene.case_in(State.ACCEPTED), scene.now.date()
    until = None if away_until is None else today + timedelta(days=away_until)
    record_absence(
        scene.seats[scene.chair.pk].pk,
        away_from=today + timedelta(days=away_from),
        away_until=until,
        actor=scene.chair,
        now=scene.now,
    )
    if free:
        refused(lambda: designate(scene, case, scene.vice_chair), Gap(GapCode.CHAIR_AVAILABLE))
    else:
        assert designate(scene, case, scene.vice_chair).acting_chair == scene.seats[scene.vice_chair.pk]


def test_only_a_vice_chair_without_a_conflict_is_designated(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    recuse(scene, case, scene.chair)
    refused(lambda: designate(scene, case, scene.members[0]), Gap(GapCode.CONFLICT, ""))
    recuse(scene, case, scene.vice_chair)
    refused(lambda: designate(scene, case, scene.vice_chair), Gap(GapCode.CONFLICT, str(scene.vice_chair.pk)))


def test_chair_leads_again_when_the_designated_is_recused(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    seat = scene.seats[scene.chair.pk].pk
    record_absence(seat, away_from=scene.now.date(), away_until=None, actor=scene.chair, now=scene.now)
    designate(scene, case, scene.vice_chair)
    refused(lambda: issue(scene, case), Gap(GapCode.WRONG_ROLE))
    recuse(scene, case, scene.vice_chair)
    assert issue(scene, case).issued_as == "chair"


def test_chair_who_is_back_leads_again_when_the_designation_ends(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    seat = scene.seats[scene.chair.pk].pk
    record_absence(seat, away_from=scene.now.date(), away_until=None, actor=scene.chair, now=scene.now)
    designate(scene, case, scene.vice_chair)
    record_absence(seat, away_from=None, away_until=None, actor=scene.chair, now=scene.now)
    refused(lambda: issue(scene, case), Gap(GapCode.WRONG_ROLE))
    ended = decisions.end_designation(case.pk, actor=scene.vice_chair, now=scene.now)
    refused(lambda: issue(scene, case, scene.vice_chair), Gap(GapCode.WRONG_ROLE))
    assert (ended.acting_chair, ended.acting_reason, issue(scene, case).issued_as) == (None, "", "chair")


# -- reports -----------------------------------------------------------------------------------------------------


def test_report_is_queued_again_by_desk_and_clock_alone(scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    report = CaseReport.objects.order_by("pk").first()
    assert report is not None
    refused(lambda: decisions.retry_report(report.pk, actor=scene.members[0], now=scene.now), Gap(GapCode.WRONG_ROLE))
    before = last_event()
    later = scene.now + timedelta(minutes=3)
    assert decisions.retry_report(report.pk, actor=scene.secretary, now=later).queued_at == later
    assert decisions.retry_report(report.pk, actor=None, now=later).state == "queued"
    facts = {"report": report.pk, "attempts": 0}
    assert events(case, before) == [
        ("report.requeue", scene.secretary.pk, facts),
        ("report.requeue", None, facts),
    ]


def test_standing_gate_keeps_a_checked_modification_from_being_proposed_at_all(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    rate(case, scene.members[0], scene.gate, "0", now=scene.now)
    refused(
        lambda: scene.put(case, Effect.MODIFY_THEN_CHECK),
        Gap(GapCode.GATE_STANDING, f"{scene.gate}#{scene.members[0].pk}"),
    )
    assert scene.put(case, Effect.REFUSE).decision_kind == "disapprove"


def test_decision_keeps_the_standing_as_it_stood(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, {**dict.fromkeys(scene.voters[:5], Choice.FOR), scene.voters[5]: Choice.AGAINST})
    scene.close(case)
    recuse(scene, case, scene.voters[0])
    designate(scene, case, scene.vice_chair)
    scene.write_decision(case)
    decision = issue(scene, case, scene.vice_chair)
    assert decision.motion is not None
    assert decision.motion.standing == {
        "in_favour": 5,
        "against": 1,
        "abstain": 0,
        "silent": 1,
        "present": 7,
        "needed": 5,
        "base": 7,
    }
    assert motions.Motion.objects.get().present == sorted(user.pk for user in scene.voters)
