"""The yearly look at a certificate: who is reminded and when, who may look, and what a late recusal leaves alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.models import Notice
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.actions.certificates import (
    DcmmText,
    hand_in_dcmm,
    judge_dcmm,
    record_surveillance,
    withdraw_certificate,
)
from workflows.actions.reminders import warn_of_look
from workflows.actions.verification_team import recuse
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import VState
from workflows.domain.warnings import LookWarned, due_look_warnings
from workflows.models import Certificate, LookReminder, Verification
from workflows.periodic import warn_deadlines
from workflows.queries.certificates import unwarned_looks
from workflows.queries.verification_tasks import verification_tasks

pytestmark = pytest.mark.django_db

NEAR = datetime.fromisoformat("2027-11-02T10:00:00+08:00")  # 30 days before the first look is due
OVERDUE = datetime.fromisoformat("2027-12-03T10:00:00+08:00")  # the day after


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


@pytest.fixture
def issued(scene: VerificationScene) -> Certificate:
    """To be looked at by 2 December 2027."""
    return scene.certificate()


def told(verb: str) -> list[str]:
    return sorted(Notice.objects.filter(verb=verb).values_list("user__name", flat=True))


def given(row: Certificate) -> list[tuple[str, str]]:
    return [(one.kind, one.due.isoformat()) for one in row.reminders.order_by("pk")]


def beat(now: datetime) -> list[LookWarned | None]:
    """What the hourly job does."""
    return [warn_of_look(pk, actor=None, now=now) for pk in unwarned_looks(now)]


def gaps_of(act: Any) -> tuple[Gap, ...]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.gaps


# -- reminders ---------------------------------------------------------------------------------------------------


def test_look_is_announced_a_month_before_and_told_once_it_is_overdue() -> None:
    days = {left: due_look_warnings(left) for left in (31, 30, 0, -1, -400)}
    near, both = (LookWarned.NEAR,), (LookWarned.NEAR, LookWarned.OVERDUE)
    assert days == {31: (), 30: near, 0: near, -1: both, -400: both}


def test_desk_and_enterprise_are_reminded_once_before_and_once_after(
    scene: VerificationScene, issued: Certificate
) -> None:
    people = ["Cao Coordinator", "Lin Lead"]
    assert beat(NEAR - timedelta(days=1)) == []
    assert [beat(NEAR), beat(NEAR), beat(OVERDUE - timedelta(days=1))] == [[LookWarned.NEAR], [], []]
    assert (told("surveillance_near"), told("surveillance_overdue")) == (people, [])
    assert [beat(OVERDUE), beat(OVERDUE + timedelta(days=300))] == [[LookWarned.OVERDUE], []]
    assert (told("surveillance_near"), told("surveillance_overdue")) == (people, people)
    events = AuditEvent.objects.filter(subject=f"certificate:{issued.pk}", verb="certificate.remind").order_by("pk")
    assert [(event.actor, event.facts) for event in events] == [
        (None, {"warning": "near", "due": "2027-12-02"}),
        (None, {"warning": "overdue", "due": "2027-12-02"}),
    ]


def test_after_an_outage_the_urgent_reminder_alone_is_given(issued: Certificate) -> None:
    assert [beat(OVERDUE), beat(OVERDUE)] == [[LookWarned.OVERDUE], []]
    assert given(issued) == [("near", "2027-12-02"), ("overdue", "2027-12-02")]
    assert told("surveillance_near") == []


def test_reminders_stop_when_the_look_is_recorded_and_begin_anew_for_the_next(
    scene: VerificationScene, issued: Certificate
) -> None:
    beat(NEAR)
    record_surveillance(issued.pk, holds=True, reasons="All kept up.", actor=scene.coordinator, now=NEAR)
    assert beat(OVERDUE) == []  # the next is due on 2 November 2028
    assert beat(datetime.fromisoformat("2028-10-10T10:00:00+08:00")) == [LookWarned.NEAR]
    assert given(issued) == [("near", "2027-12-02"), ("near", "2028-11-02")]


def test_nobody_is_reminded_of_a_certificate_that_ended(scene: VerificationScene, issued: Certificate) -> None:
    assert unwarned_looks(datetime.fromisoformat("2029-12-02T10:00:00+08:00")) == []  # the day after its last
    withdraw_certificate(issued.pk, reasons="The scope ceased.", actor=scene.decider, now=scene.now)
    assert (unwarned_looks(OVERDUE), warn_of_look(issued.pk, actor=None, now=OVERDUE)) == ([], None)


def test_looking_for_reminders_costs_three_queries(issued: Certificate, django_assert_num_queries: Any) -> None:
    unwarned_looks(OVERDUE)
    with django_assert_num_queries(3):
        assert unwarned_looks(OVERDUE) == [issued.pk]


def test_hourly_job_reminds(issued: Certificate) -> None:
    Certificate.objects.update(surveillance_due=datetime.fromisoformat("2026-11-01T00:00:00+08:00").date())
    warn_deadlines()
    warn_deadlines()
    assert LookReminder.objects.count() == len(told("surveillance_overdue")) == 2


def test_look_awaits_the_desk_and_the_team_until_it_is_recorded(scene: VerificationScene, issued: Certificate) -> None:
    people = (scene.coordinator, scene.assessor, scene.lead, scene.decider)

    def tasks(now: datetime) -> list[list[str]]:
        return [[one.task for one in verification_tasks(user, now.date(), most=8)] for user in people]

    assert tasks(NEAR - timedelta(days=1)) == [[], [], [], []]
    assert tasks(NEAR) == [["surveil"], ["surveil"], [], []]
    record_surveillance(issued.pk, holds=True, reasons="All kept up.", actor=scene.coordinator, now=NEAR)
    assert tasks(OVERDUE) == [[], [], [], []]


# -- recusals after the decision ---------------------------------------------------------------------------------


def test_recused_after_the_decision_looks_no_more_and_judges_no_renewal(
    scene: VerificationScene, issued: Certificate
) -> None:
    text = DcmmText(4, "2025", "owner", issued.legal_entity, "D-7", "Quay", issued.issued_on, issued.expires_on)
    renewal = hand_in_dcmm(issued.pk, text, actor=scene.lead, now=scene.after_notice)
    for user, actor in ((scene.assessor, scene.assessor), (scene.lead_assessor, scene.coordinator)):
        recuse(issued.verification_id, user, kind="financial", reason="Shares.", actor=actor, now=NEAR)
    recuse(issued.verification_id, scene.coordinator, kind="family", reason="", actor=scene.coordinator, now=NEAR)
    for user in (scene.assessor, scene.lead_assessor, scene.coordinator):

        def look(user: Any = user) -> object:
            return record_surveillance(issued.pk, holds=True, reasons="So.", actor=user, now=NEAR)

        def judge(user: Any = user) -> object:
            return judge_dcmm(renewal.pk, accepted=True, reasons="So.", actor=user, now=NEAR)

        assert (gaps_of(look), gaps_of(judge)) == ((Gap(GapCode.WRONG_ROLE),),) * 2
        assert not Verification.objects.visible_to(user, NEAR.date()).exists()


def test_recusal_after_the_decision_leaves_what_was_decided_alone(
    scene: VerificationScene, issued: Certificate
) -> None:
    row = issued.verification
    before = scene.folder(row).round.result
    for user in (scene.lead_assessor, scene.assessor, scene.reviewer):
        recuse(row.pk, user, kind="financial", reason="", actor=user, now=NEAR)
    after = scene.folder(row, now=NEAR)
    assert (after.round.result, after.verification.reviewer) == (before, scene.reviewer)
    assert (after.state, after.team) == (VState.CERTIFIED, [])


def test_nobody_is_recused_where_nothing_is_left_to_judge(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RETURNED)

    def act() -> object:
        return recuse(row.pk, scene.coordinator, kind="family", reason="", actor=scene.coordinator, now=scene.now)

    assert gaps_of(act) == (Gap(GapCode.WRONG_STATE, "returned"),)
