"""Committees for everyone signed in, and their rosters for those who keep them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.models import Committee, Seat

LIST, NEW = "/committees/", "/committees/new/"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def newcomer(scene: Scene) -> User:
    return make_person(role=MemberRole.MEMBER, organisation=scene.host, name="Ne Newcomer")


def page_of(scene: Scene) -> str:
    return reverse("workflows:committee", args=[scene.committee.pk])


def look(client: Client, user: User, where: str) -> Any:
    client.force_login(user)
    return client.get(where)


def send(client: Client, user: User, where: str, **data: Any) -> Any:
    client.force_login(user)
    return client.post(where, data)


def seat_form(user: User, **more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "person": user.pk,
        "role": "member",
        "categories": ["law"],
        "sex": "female",
        "profession": "<i>Lawyer</i>",
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=700)).isoformat(),
    } | more


def test_committees_are_listed_with_their_seats(client: Client, scene: Scene, stranger: User) -> None:
    rows = look(client, stranger, LIST).context["rows"]
    assert [(row["name"], row["host"], row["committee"].people) for row in rows] == [
        ("Lakeside AI Ethics Committee", "Lakeside Review Office", 9)
    ]


def test_lawful_committee_lacks_nothing_and_its_chair_comes_first(client: Client, scene: Scene) -> None:
    context = look(client, scene.lead, page_of(scene)).context
    assert (context["needed"], [member["name"] for member in context["members"]][:3]) == (
        [],
        ["Chen Chair", "Wei Vice", "Mei Member 1"],
    )


def test_what_a_committee_lacks_is_named_with_its_article(client: Client, scene: Scene) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Seat.objects.filter(role="chair").update(ends=yesterday)
    needs = look(client, scene.lead, page_of(scene)).context["needed"]
    assert ("chair_missing", scene.rules.gaps["chair_missing"].in_("en")) in [(n["code"], n["article"]) for n in needs]


def test_seat_to_come_is_shown_and_not_counted(client: Client, scene: Scene) -> None:
    Seat.objects.filter(role="chair").update(starts=timezone.localdate() + timedelta(days=3))
    context = look(client, scene.lead, page_of(scene)).context
    assert next((member["name"], member["coming"]) for member in context["members"]) == ("Chen Chair", True)
    assert "chair_missing" in [need["code"] for need in context["needed"]]


def test_keepers_alone_are_offered_to_keep_the_roster(client: Client, scene: Scene) -> None:
    found = {}
    for who in ("manager", "secretary", "chair", "lead"):
        context = look(client, getattr(scene, who), page_of(scene)).context
        links = [(bool(m["end_url"]), bool(m["absence_url"])) for m in context["members"]]
        found[who] = (context["keeper"], sum(end for end, _ in links), sum(absence for _, absence in links))
    assert found == {
        "manager": (True, 9, 9),
        "secretary": (True, 9, 9),
        "chair": (False, 0, 1),
        "lead": (False, 0, 0),
    }


def test_committee_is_set_up_by_its_hosts_manager(client: Client, scene: Scene) -> None:
    data = {
        "host": scene.host.pk,
        "code": "riv",
        "name": "Riverside Committee",
        "name_zh": "河畔委员会",
        "rulebook": scene.rulebook.slug,
        "instrument": scene.instrument.slug,
        "circumstances": [],
    }
    response = send(client, scene.manager, NEW, **data)
    committee = Committee.objects.get(code="RIV")
    again = send(client, scene.manager, NEW, **data)
    assert response["Location"] == reverse("workflows:committee", args=[committee.pk])
    assert (committee.name, committee.host_id, committee.rulebook_slug) == (
        "Riverside Committee",
        scene.host.pk,
        scene.rulebook.slug,
    )
    assert (again.status_code, list(again.context["form"].errors)) == (400, ["code"])


@pytest.mark.parametrize("code", ["1AB", "A B", "Ä", "", "A" * 13])
def test_code_that_makes_no_reference_is_a_bad_request(client: Client, scene: Scene, code: str) -> None:
    response = send(client, scene.manager, NEW, code=code)
    assert (response.status_code, "code" in response.context["form"].errors) == (400, True)


def test_person_is_given_a_seat(client: Client, scene: Scene, newcomer: User) -> None:
    where = reverse("workflows:seat-new", args=[scene.committee.pk])
    response = send(client, scene.secretary, where, **seat_form(newcomer, external="on"))
    seat = Seat.objects.get(user=newcomer)
    assert (response.status_code, seat.role, seat.categories, seat.external) == (302, "member", ["law"], True)
    assert look(client, scene.lead, page_of(scene)).content.decode().count("&lt;i&gt;Lawyer&lt;/i&gt;") == 1


def test_seat_over_a_coming_one_is_refused_and_what_was_typed_stays(
    client: Client, scene: Scene, newcomer: User
) -> None:
    where, today = reverse("workflows:seat-new", args=[scene.committee.pk]), timezone.localdate()
    later = (today + timedelta(days=90)).isoformat()
    send(client, scene.secretary, where, **seat_form(newcomer, starts=later))
    response = send(client, scene.secretary, where, **seat_form(newcomer))
    assert (response.status_code, [need["code"] for need in response.context["needed"]]) == (409, ["already_seated"])
    assert response.context["form"]["profession"].value() == "<i>Lawyer</i>"


@pytest.mark.parametrize("wrong", [{"person": 0}, {"role": "king"}, {"categories": ["magic"]}, {"ends": "2020-01-01"}])
def test_seat_of_a_foreign_shape_is_a_bad_request(
    client: Client, scene: Scene, newcomer: User, wrong: dict[str, Any]
) -> None:
    where = reverse("workflows:seat-new", args=[scene.committee.pk])
    response = send(client, scene.secretary, where, **seat_form(newcomer, **wrong))
    assert (response.status_code, list(response.context["form"].errors)) == (400, list(wrong))


def test_seats_are_for_the_hosts_people_without_one(client: Client, scene: Scene, newcomer: User) -> None:
    form = look(client, scene.manager, reverse("workflows:seat-new", args=[scene.committee.pk])).context["form"]
    assert [value for value, _label in form.fields["person"].choices] == ["", newcomer.pk]


def test_seat_is_ended(client: Client, scene: Scene) -> None:
    seat, today = scene.seats[scene.members[0].pk], timezone.localdate()
    where = reverse("workflows:seat-end", args=[seat.pk])
    early = send(client, scene.manager, where, last_day="2020-01-01")
    done = send(client, scene.manager, where, last_day=today.isoformat())
    seat.refresh_from_db()
    assert (early.status_code, [need["code"] for need in early.context["needed"]]) == (409, ["day_past"])
    assert (done.status_code, seat.ends) == (302, today)


def test_member_records_the_own_absence_and_comes_back(client: Client, scene: Scene) -> None:
    seat, today = scene.seats[scene.chair.pk], timezone.localdate()
    where = reverse("workflows:seat-absence", args=[seat.pk])
    wrong = send(client, scene.chair, where, away_from="", away_until=today.isoformat())
    send(client, scene.chair, where, away_from=today.isoformat(), away_until="")
    away = look(client, scene.chair, page_of(scene)).context["members"][0]["away"]
    send(client, scene.chair, where, away_from="", away_until="")
    back = look(client, scene.chair, page_of(scene)).context["members"][0]["away"]
    assert (wrong.status_code, away, back) == (400, True, False)


def test_roster_is_closed_to_everyone_else(client: Client, scene: Scene, stranger: User) -> None:
    seat = scene.seats[scene.chair.pk]
    doors = [
        NEW,
        reverse("workflows:seat-new", args=[scene.committee.pk]),
        reverse("workflows:seat-end", args=[seat.pk]),
        reverse("workflows:seat-absence", args=[seat.pk]),
    ]
    for user in (stranger, scene.members[0], scene.lead):
        assert [look(client, user, door).status_code for door in doors] == [403] * 4
        assert [send(client, user, door).status_code for door in doors] == [403] * 4


def test_what_is_not_there_answers_404(client: Client, scene: Scene) -> None:
    doors = ["/committees/0/", "/committees/0/seats/new/", "/seats/0/end/", "/seats/0/absence/"]
    assert [look(client, scene.manager, door).status_code for door in doors] == [404] * 4


@pytest.mark.parametrize("seats", [1, 9])
def test_page_costs_the_same_for_one_seat_and_nine(
    client: Client, scene: Scene, seats: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keep = Seat.objects.order_by("pk").values_list("pk", flat=True)[:seats]
    Seat.objects.exclude(pk__in=list(keep)).update(ends=timezone.localdate() - timedelta(days=1))
    client.force_login(scene.manager)
    client.get(page_of(scene))
    with django_assert_num_queries(8):
        client.get(page_of(scene))
