"""The improvement plan: efforts, steps taken over and added, their owners and progress, who may change it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from assessments.actions.contributors import name_contributor
from assessments.actions.planning import StepTerms, add_steps, edit_step, remove_step, set_efforts, tick_step
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, MaturityRefused
from assessments.models import ItemEffort, PlanStep, SelfAssessment
from assessments.queries.planning import PlanFolder, efforts_of
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.maturity_scenes import Enterprise, fill, folder_of, levels_of, make_enterprise, make_self_assessment

pytestmark = pytest.mark.django_db
Code = MaturityGapCode
DUE = date(2027, 3, 1)


@pytest.fixture
def who() -> Enterprise:
    """The enterprise whose assessment it is."""
    return make_enterprise()


@pytest.fixture
def row(who: Enterprise, now: datetime) -> SelfAssessment:
    """An assessment that has just begun."""
    return make_self_assessment(who, now=now)


def events(row: SelfAssessment) -> list[tuple[str, int | None, dict[str, Any]]]:
    """Every event about the plan, the earliest first."""
    found = AuditEvent.objects.filter(subject=f"self_assessment:{row.pk}", verb__startswith="self_assessment.plan")
    return [(event.verb, event.actor, event.facts) for event in found.order_by("number")]


def steps(row: SelfAssessment) -> list[tuple[str, int | None, date | None, str, datetime | None]]:
    found = PlanStep.objects.filter(self_assessment=row).order_by("pk")
    return list(found.values_list("criterion", "owner", "due", "note", "done_at"))


def test_efforts_are_kept_by_item_and_one_is_the_rule(row: SelfAssessment, now: datetime) -> None:
    set_efforts(row.pk, {"1.1": 5, "1.2": 1, "7.2": 30}, actor=row.lead, now=now)
    set_efforts(row.pk, {"1.1": 5, "7.2": 30}, actor=row.lead, now=now)  # says the same
    assert (efforts_of(row.pk), ItemEffort.objects.count()) == ({"1.1": 5, "7.2": 30}, 2)
    assert events(row) == [("self_assessment.plan_efforts", row.lead_id, {"efforts": {"1.1": 5, "7.2": 30}})]


def test_efforts_of_unknown_items_are_refused(row: SelfAssessment, now: datetime) -> None:
    with pytest.raises(MaturityRefused) as refused:
        set_efforts(row.pk, {"9.9": 2}, actor=row.lead, now=now)
    assert (refused.value.gaps, efforts_of(row.pk)) == ((MaturityGap(Code.CRITERION_UNKNOWN, "9.9"),), {})


def test_proposal_is_taken_over_once(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    fill(row, levels_of(folder_of(row, now=now).instrument, 3, i7_2=2, i1_2=2), now=now)
    proposal = PlanFolder(folder_of(row, now=now)).proposal(3)
    terms = StepTerms(who.colleague, DUE, " Together. ")
    assert proposal.changes == ("7.2.3",)
    made = add_steps(row.pk, ["1.2.3", *proposal.changes], terms, actor=row.lead, now=now)
    again = add_steps(row.pk, [*proposal.changes, "8.1.4"], StepTerms(), actor=row.lead, now=now)
    assert ([step.criterion for step in made], [step.criterion for step in again]) == (["1.2.3", "7.2.3"], ["8.1.4"])
    assert steps(row) == [
        ("1.2.3", who.colleague.pk, DUE, "Together.", None),
        ("7.2.3", who.colleague.pk, DUE, "Together.", None),
        ("8.1.4", None, None, "", None),
    ]
    assert [facts for _verb, _actor, facts in events(row)] == [
        {"criteria": ["1.2.3", "7.2.3"]},
        {"criteria": ["8.1.4"]},
    ]


def test_nothing_new_leaves_no_event(row: SelfAssessment, now: datetime) -> None:
    add_steps(row.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now)
    assert add_steps(row.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now) == []
    assert len(events(row)) == 1


def test_step_about_an_unknown_criterion_is_refused(row: SelfAssessment, now: datetime) -> None:
    with pytest.raises(MaturityRefused) as refused:
        add_steps(row.pk, ["1.1.1", "1.1"], StepTerms(), actor=row.lead, now=now)
    assert (refused.value.gaps, steps(row)) == ((MaturityGap(Code.CRITERION_UNKNOWN, "1.1"),), [])


def test_only_people_of_the_enterprise_take_a_step_on(row: SelfAssessment, stranger: User, now: datetime) -> None:
    with pytest.raises(MaturityRefused) as refused:
        add_steps(row.pk, ["1.1.1"], StepTerms(stranger), actor=row.lead, now=now)
    assert (refused.value.gaps, steps(row)) == ((MaturityGap(Code.COLLEAGUE_UNKNOWN),), [])


def test_step_is_edited_ticked_opened_again_and_removed(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    (step,) = add_steps(row.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now)
    later = now + timedelta(hours=1)
    edit_step(row.pk, step.pk, StepTerms(who.lead, DUE, "Soon."), actor=row.lead, now=now)
    edit_step(row.pk, step.pk, StepTerms(who.lead, DUE, "Soon."), actor=row.lead, now=now)
    tick_step(row.pk, step.pk, done=True, actor=row.lead, now=later)
    tick_step(row.pk, step.pk, done=True, actor=row.lead, now=now)
    assert steps(row) == [("1.1.1", who.lead.pk, DUE, "Soon.", later)]
    tick_step(row.pk, step.pk, done=False, actor=row.lead, now=now)
    assert steps(row) == [("1.1.1", who.lead.pk, DUE, "Soon.", None)]
    remove_step(row.pk, step.pk, actor=row.lead, now=now)
    about = {"criterion": "1.1.1"}
    assert (steps(row), events(row)[1:]) == (
        [],
        [
            ("self_assessment.plan_edit", row.lead_id, {**about, "owner": who.lead.pk, "due": "2027-03-01"}),
            ("self_assessment.plan_done", row.lead_id, about),
            ("self_assessment.plan_reopen", row.lead_id, about),
            ("self_assessment.plan_remove", row.lead_id, about),
        ],
    )


def test_owner_who_left_stays_until_another_is_chosen(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    (step,) = add_steps(row.pk, ["1.1.1"], StepTerms(who.colleague), actor=row.lead, now=now)
    who.colleague.memberships.update(ends=(now - timedelta(days=2)).date())
    edit_step(row.pk, step.pk, StepTerms(who.colleague, DUE), actor=row.lead, now=now)
    with pytest.raises(MaturityRefused):
        add_steps(row.pk, ["1.1.2"], StepTerms(who.colleague), actor=row.lead, now=now)
    assert steps(row) == [("1.1.1", who.colleague.pk, DUE, "", None)]


def test_step_of_another_assessment_does_not_exist(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    other = make_self_assessment(who, now=now)
    (step,) = add_steps(other.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now)
    for act in _acts(row, step):
        with pytest.raises(PlanStep.DoesNotExist):
            act(row.lead, now)


def _acts(row: SelfAssessment, step: PlanStep) -> list[Callable[[User, datetime], Any]]:
    """Every change of one step."""
    return [
        lambda actor, now: edit_step(row.pk, step.pk, StepTerms(), actor=actor, now=now),
        lambda actor, now: tick_step(row.pk, step.pk, done=True, actor=actor, now=now),
        lambda actor, now: remove_step(row.pk, step.pk, actor=actor, now=now),
    ]


@pytest.mark.parametrize("part", ["reader", "stranger"])
def test_plan_is_changed_by_lead_and_contributors_alone(
    row: SelfAssessment, who: Enterprise, stranger: User, part: str, now: datetime
) -> None:
    (step,) = add_steps(row.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now)
    before, actor = steps(row), who.reader if part == "reader" else stranger
    acts = [
        *_acts(row, step),
        lambda actor, now: add_steps(row.pk, ["1.1.2"], StepTerms(), actor=actor, now=now),
        lambda actor, now: set_efforts(row.pk, {"1.1": 2}, actor=actor, now=now),
    ]
    for act in acts:
        with pytest.raises(MaturityRefused) as refused:
            act(actor, now)
        assert refused.value.gaps == (MaturityGap(Code.WRONG_ROLE),)
    assert (steps(row), efforts_of(row.pk), len(events(row))) == (before, {}, 1)


def test_contributor_goes_on_planning_after_the_submission(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=row.lead, now=now)
    fill(row, 3, now=now)
    submit_self_assessment(row.pk, actor=row.lead, now=now)
    add_steps(row.pk, ["7.2.4"], StepTerms(), actor=who.colleague, now=now)
    assert [step[0] for step in steps(row)] == ["7.2.4"]
