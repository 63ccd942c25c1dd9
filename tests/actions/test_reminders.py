"""Warnings of time limits: each once, to those who can act, caught up after an outage, anew after an extension."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.models import Notice
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.actions.intake import extend_deadline
from workflows.actions.reminders import warn_of_deadline
from workflows.domain.states import State
from workflows.domain.warnings import Warned
from workflows.models import Case, Reminder
from workflows.periodic import warn_deadlines
from workflows.queries.deadlines import unwarned_cases

NEAR, PASSED = "deadline_near", "deadline_passed"


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


@pytest.fixture
def case(scene: Scene) -> Case:
    """Accepted at ``now``, so that its last day is thirty days later."""
    return scene.case_in(State.ACCEPTED)


def warn(case: Case, moment: datetime) -> Warned | None:
    return warn_of_deadline(case.pk, actor=None, now=moment)


def told(verb: str) -> list[str]:
    return sorted(Notice.objects.filter(verb=verb).values_list("user__name", flat=True))


def test_each_warning_is_given_once_on_its_day(case: Case, now: datetime) -> None:
    days = [warn(case, now + timedelta(days=day)) for day in (22, 23, 24, 26, 27, 28, 29, 30, 31, 32)]
    none = None
    assert days == [none, Warned.SEVEN, none, none, Warned.THREE, none, Warned.ONE, none, Warned.PASSED, none]
    assert told(NEAR) == ["Chen Chair"] * 3 + ["Si Secretary"] * 3
    assert told(PASSED) == ["Chen Chair", "Si Secretary"]


def test_warning_names_the_last_day_and_leads_to_the_case(case: Case, now: datetime) -> None:
    warn(case, now + timedelta(days=23))
    notice = Notice.objects.filter(verb=NEAR).first()
    assert notice is not None
    assert (notice.params["date"], notice.link, notice.subject) == (
        (now + timedelta(days=30)).date().isoformat(),
        f"/cases/{case.pk}/",
        f"case:{case.pk}",
    )


def test_after_an_outage_only_the_most_urgent_warning_is_given(case: Case, now: datetime) -> None:
    assert warn(case, now + timedelta(days=35)) is Warned.PASSED
    assert (told(NEAR), told(PASSED)) == ([], ["Chen Chair", "Si Secretary"])
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["1", "3", "7", "passed"]


def test_extended_limit_is_warned_of_anew(scene: Scene, case: Case, now: datetime) -> None:
    warn(case, now + timedelta(days=29))
    until = (now + timedelta(days=45)).date()
    extend_deadline(case.pk, until=until, reasons="Complex.", actor=scene.chair, now=now + timedelta(days=29))
    assert [warn(case, now + timedelta(days=day)) for day in (30, 38)] == [None, Warned.SEVEN]


def test_stopped_clock_and_case_before_acceptance_are_not_warned_of(scene: Scene, now: datetime) -> None:
    cases = [scene.case_in(state) for state in (State.SUBMITTED, State.DRAFT, State.APPROVED, State.MODIFYING)]
    assert [warn(case, now + timedelta(days=40)) for case in cases] == [None] * 4


def test_recused_chair_is_not_warned(scene: Scene, case: Case, now: datetime) -> None:
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.chair, kind=kind, reason="", actor=scene.chair, now=now)
    warn(case, now + timedelta(days=31))
    assert told(PASSED) == ["Si Secretary"]


def test_warning_is_an_event_of_the_case(scene: Scene, case: Case, now: datetime) -> None:
    warn(case, now + timedelta(days=23))
    event = AuditEvent.objects.get(subject=f"case:{case.pk}", verb="case.remind")
    due = (now + timedelta(days=30)).date().isoformat()
    assert (event.chain, event.actor, event.facts) == (
        f"organisation:{scene.host.pk}",
        None,
        {"warning": "7", "due": due},
    )


def test_cases_with_everything_said_are_not_asked_for_again(case: Case, now: datetime) -> None:
    late = now + timedelta(days=31)
    assert (unwarned_cases(now), unwarned_cases(late)) == ([], [case.pk])
    warn(case, late)
    assert unwarned_cases(late + timedelta(days=9)) == []


@pytest.mark.django_db
def test_periodic_job_warns_of_every_case_that_needs_it() -> None:
    early = make_scene(timezone.now() - timedelta(days=25))
    cases = [early.case_in(State.ACCEPTED) for _ in range(2)]
    warn_deadlines()
    warn_deadlines()
    rows = Reminder.objects.order_by("case_id", "kind").values_list("case_id", "kind")
    assert list(rows) == [(case.pk, kind) for case in cases for kind in ["7"]]
