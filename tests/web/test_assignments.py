"""Reviewers with their workload, conflicts that act at once, the end of the blind phase."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import State
from workflows.models import Case, Conflict, Review


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def address(name: str, case: Case, *more: int) -> str:
    return reverse(f"workflows:{name}", args=[case.pk, *more])


def send(client: Client, user: User, where: str, **data: Any) -> Any:
    client.force_login(user)
    return client.post(where, data)


def look(client: Client, user: User, where: str) -> Any:
    client.force_login(user)
    return client.get(where)


def kind(scene: Scene) -> str:
    return scene.rules.conflicts[0].code


def recuse(scene: Scene, case: Case, user: User) -> Conflict:
    return declare_conflict(case.pk, user, kind=kind(scene), reason="", actor=user, now=timezone.now())


def test_members_stand_with_their_workload_the_least_busy_first(client: Client, scene: Scene) -> None:
    scene.case_in(State.REVIEWING)
    case = scene.case_in(State.ACCEPTED)
    recuse(scene, case, scene.members[4])
    rows = look(client, scene.secretary, address("case-reviewers", case)).context["rows"]
    found = [(row["name"], row["load"].open, row["load"].recused, row["load"].free) for row in rows]
    assert found[-2:] == [("Mei Member 1", 1, False, True), ("Mei Member 2", 1, False, True)]
    assert ("Mei Member 5", 0, True, False) in found
    assert len(found) == 8


def test_chosen_members_are_assigned(client: Client, scene: Scene) -> None:
    case, chosen = scene.case_in(State.ACCEPTED), [user.pk for user in scene.members[:2]]
    response = send(client, scene.secretary, address("case-reviewers", case), reviewers=chosen)
    case.refresh_from_db()
    assert (response.status_code, case.state) == (302, "reviewing")
    assert sorted(case.reviews.values_list("user", flat=True)) == sorted(chosen)


def test_too_few_are_refused_and_the_choice_stays(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    response = send(client, scene.secretary, address("case-reviewers", case), reviewers=[scene.members[0].pk])
    assert (response.status_code, [need["code"] for need in response.context["needed"]]) == (
        409,
        ["reviewers_missing"],
    )
    assert [row["name"] for row in response.context["rows"] if row["chosen"]] == ["Mei Member 1"]


def test_recused_member_and_nobody_cannot_be_chosen(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    recuse(scene, case, scene.members[0])
    where = address("case-reviewers", case)
    answers = [send(client, scene.secretary, where, reviewers=pks) for pks in ([scene.members[0].pk], [], ["x"])]
    assert ([answer.status_code for answer in answers], Review.objects.count()) == ([400] * 3, 0)


def test_assignment_is_taken_back_with_a_reason(client: Client, scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING, reviewers=3), scene.members[0]
    where = address("case-unassign", case, member.pk)
    asked, empty = look(client, scene.secretary, where), send(client, scene.secretary, where, reasons="")
    done = send(client, scene.secretary, where, reasons="Ill.")
    review = case.reviews.get(user=member)
    assert (asked.status_code, empty.status_code, done.status_code) == (200, 400, 302)
    assert (review.withdrawn_at is not None, review.withdrawn_reason) == (True, "Ill.")
    assert look(client, scene.secretary, where).status_code == 404


def test_reviews_are_opened_once_all_are_in(client: Client, scene: Scene) -> None:
    case, where = scene.case_in(State.REVIEWING), address("reviews-close", scene.case_in(State.REVIEWING))
    where = address("reviews-close", case)
    early = send(client, scene.secretary, where)
    case.reviews.update(submitted_at=timezone.now())
    done = send(client, scene.secretary, where)
    case.refresh_from_db()
    assert (early.status_code, [need["code"] for need in early.context["needed"]]) == (409, ["reviews_outstanding"])
    assert (done.status_code, case.state) == (302, "ready")


def test_own_conflict_closes_the_case_at_once(client: Client, scene: Scene) -> None:
    case, member = scene.case_in(State.REVIEWING), scene.members[0]
    response = send(client, member, address("case-conflicts", case), person=member.pk, kind=kind(scene), reason="")
    assert (response.status_code, response["Location"]) == (302, "/cases/")
    assert look(client, member, address("case", case)).status_code == 404
    assert case.reviews.get(user=member).withdrawn_at is not None


def test_member_declares_for_nobody_else(client: Client, scene: Scene) -> None:
    case, other = scene.case_in(State.REVIEWING), scene.members[1]
    where = address("case-conflicts", case)
    response = send(client, scene.members[0], where, person=other.pk, kind=kind(scene), reason="No.")
    assert (response.status_code, Conflict.objects.count()) == (400, 0)


def test_secretary_sets_a_conflict_with_a_reason_alone(client: Client, scene: Scene) -> None:
    case, where = scene.case_in(State.REVIEWING), ""
    where = address("case-conflicts", case)
    data = {"person": scene.members[0].pk, "kind": kind(scene)}
    refused = send(client, scene.secretary, where, **data, reason="")
    done = send(client, scene.secretary, where, **data, reason="Co-author.")
    conflict = Conflict.objects.get()
    assert (refused.status_code, [need["code"] for need in refused.context["needed"]]) == (409, ["reasons_missing"])
    assert (done.status_code, conflict.user_id, conflict.reason) == (302, scene.members[0].pk, "Co-author.")


def test_reason_of_a_conflict_is_the_secretarys_to_read(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    data = {"person": scene.members[0].pk, "kind": kind(scene), "reason": "Quiet <b>reason</b>"}
    send(client, scene.secretary, address("case-conflicts", case), **data)
    pages = [look(client, user, address("case-conflicts", case)) for user in (scene.secretary, scene.members[1])]
    assert [page.content.decode().count("Quiet &lt;b&gt;reason") for page in pages] == [1, 0]


def test_recusal_is_lifted_by_the_secretary_with_a_reason(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    conflict = recuse(scene, case, scene.members[0])
    where = address("case-conflict-lift", case, conflict.pk)
    answers = [
        send(client, scene.members[1], where, reasons="Mine."),
        send(client, scene.secretary, where, reasons=""),
        send(client, scene.secretary, where, reasons="Set by mistake."),
        send(client, scene.secretary, where, reasons="Again."),
    ]
    assert [answer.status_code for answer in answers] == [403, 400, 302, 404]
    assert look(client, scene.members[0], address("case", case)).status_code == 200


@pytest.mark.parametrize("name", ["case-reviewers", "case-conflicts"])
def test_desk_pages_are_closed_to_the_applicant_and_to_strangers(
    client: Client, scene: Scene, stranger: User, name: str
) -> None:
    case = scene.case_in(State.REVIEWING)
    users = (scene.lead, stranger)
    assert [look(client, user, address(name, case)).status_code for user in users] == [403, 404]


def test_only_those_who_lead_open_the_reviews(client: Client, scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.REVIEWING)
    where = address("reviews-close", case)
    assert [send(client, u, where).status_code for u in (scene.lead, scene.members[0], stranger)] == [403, 403, 404]
    assert look(client, scene.secretary, where).status_code == 405


@pytest.mark.parametrize("reviewers", [2, 4])
def test_reviewers_page_costs_the_same_for_two_and_four(
    client: Client, scene: Scene, reviewers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = scene.case_in(State.REVIEWING, reviewers=reviewers)
    client.force_login(scene.secretary)
    client.get(address("case-reviewers", case))
    with django_assert_num_queries(9):
        client.get(address("case-reviewers", case))
