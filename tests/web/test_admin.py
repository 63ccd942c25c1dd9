"""The back office: the operator looks at everything of the procedure and changes nothing."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.reminders import warn_of_deadline
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportState, State
from workflows.models import Case, CaseReport

APPS = ("assessments", "workflows")
SHOWN = [model for app in APPS for model in apps.get_app_config(app).get_models() if admin.site.is_registered(model)]
NAMES = [model._meta.model_name for model in SHOWN]


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_what_people_decide_is_shown() -> None:
    wanted = {"case", "application", "vote", "motion", "review", "decision", "casereport", "meeting", "committee"}
    wanted |= {"seat", "rulebookversion", "selfassessment", "evidence", "dcmmclaim", "snapshot", "verification"}
    wanted |= {"finding", "onsiteentry", "objection", "panelballot", "panelvote", "certificate", "certificateevent"}
    assert wanted - set(map(str, NAMES)) == set()


@pytest.mark.parametrize("model", SHOWN, ids=NAMES)
def test_nothing_of_the_procedure_is_written_in_the_back_office(
    client: Client, operator: User, scene: Scene, model: type[models.Model]
) -> None:
    case = scene.case_in(State.MODIFYING)
    warn_of_deadline(case.pk, actor=None, now=scene.now)
    client.force_login(operator)
    row, before = model._default_manager.first(), model._default_manager.count()
    opened = address(model, "changelist")
    codes = [client.get(opened).status_code, client.get(address(model, "add")).status_code]
    if row is not None:
        change, delete = address(model, "change", row.pk), address(model, "delete", row.pk)
        codes += [client.get(change).status_code, client.post(change, {}).status_code, client.post(delete).status_code]
        codes += [client.post(opened, {"action": "delete_selected", "_selected_action": [row.pk]}).status_code]
        assert codes[2:5] == [200, 403, 403]
    assert codes[:2] == [200, 403]
    assert model._default_manager.count() == before


@pytest.mark.parametrize("model", SHOWN, ids=NAMES)
def test_back_office_is_closed_to_everyone_else(client: Client, scene: Scene, model: type[models.Model]) -> None:
    client.force_login(scene.secretary)
    assert client.get(address(model, "changelist")).status_code == 302


def test_operator_finds_failed_reports_with_their_error(client: Client, operator: User, scene: Scene) -> None:
    case = scene.case_in(State.REFUSED, effect=Effect.REFUSE)
    failed = CaseReport.objects.order_by("pk").first()
    assert failed is not None
    CaseReport.objects.update(state=ReportState.QUEUED.value, error="")
    CaseReport.objects.filter(pk=failed.pk).update(state=ReportState.FAILED.value, error="CannotSign: expired")
    client.force_login(operator)
    page = client.get(address(CaseReport, "changelist"), {"state__exact": "failed"})
    found = [(report.pk, report.error) for report in page.context["cl"].result_list]
    assert found == [(failed.pk, "CannotSign: expired")]
    assert (page.content.decode().count("CannotSign: expired"), str(case.reference) in page.content.decode()) == (
        1,
        True,
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_cases_costs_the_same_for_one_and_three(
    client: Client, operator: User, scene: Scene, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        scene.case_in(State.SUBMITTED)
    client.force_login(operator)
    with django_assert_num_queries(6):
        page = client.get(address(Case, "changelist"))
    assert len(page.context["cl"].result_list) == rows
