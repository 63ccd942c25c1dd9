"""The page of the search: what is shown to whom, chips, tabs, pages, saved searches, and what is recorded."""

from datetime import datetime
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.portal.models import SavedSearch
from ethicsreview.portal.queries.search import PAGE
from tests.authorities import make_regulator
from tests.factories import make_organisation
from tests.scenes import Scene, make_scene
from tests.search_rows import make_case, make_decision, make_letter, make_verified
from workflows.domain.states import State

SEARCH = "/search/"


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


def page(client: Client, user: User, query: str = "", path: str = SEARCH) -> HttpResponse:
    client.force_login(user)
    return client.get(f"{path}?{query}")  # type: ignore[return-value]


def titles(response: HttpResponse) -> list[str]:
    return ["".join(piece for piece, _hit in row["title"]) for row in response.context["rows"]]


def test_search_asks_to_sign_in_and_is_to_be_read(client: Client, scene: Scene) -> None:
    assert client.get(SEARCH)["Location"].partition("?")[0] == "/accounts/sign-in/"
    client.force_login(scene.lead)
    assert client.post(SEARCH).status_code == 405


def test_words_on_any_page_lead_to_the_one_thing_named(client: Client, scene: Scene) -> None:
    case = make_case(scene, 1)
    letter = make_letter(make_decision(case))
    assert page(client, scene.secretary, f"q= {case.reference} ".lower())["Location"] == f"/cases/{case.pk}/"
    assert page(client, scene.lead, f"q={letter.document.code}")["Location"] == f"/verify/{letter.document.code}/"
    assert page(client, scene.secretary, f"kind=cases&q={case.reference}").status_code == 200


def test_regulator_is_led_to_the_desk(client: Client, scene: Scene, regulator: User) -> None:
    case = make_case(scene, 1)
    assert page(client, regulator, f"q={case.reference}")["Location"] == f"/regulator/cases/{case.reference}/"
    assert page(client, regulator, "kind=cases").context["rows"][0]["url"] == f"/regulator/cases/{case.reference}/"


def test_reference_of_a_case_one_may_not_read_finds_nothing(client: Client, scene: Scene, stranger: User) -> None:
    case = make_case(scene, 1)
    known, unknown = page(client, stranger, f"q={case.reference}"), page(client, stranger, "q=LKS-2026-9999")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert "Nothing you may read matches" in known.content.decode()
    assert known.content.decode().count(str(case.reference)) == unknown.content.decode().count("LKS-2026-9999")


def test_words_are_marked_and_nothing_of_them_is_markup(client: Client, scene: Scene) -> None:
    make_case(scene, 1, title="人工智能伦理审查 <b>bold</b>")
    shown = page(client, scene.secretary, "q=伦理").content.decode()
    assert "人工智能<mark>伦理</mark>审查 &lt;b&gt;bold&lt;/b&gt;" in shown
    attacked = page(client, scene.secretary, 'q="><script>alert(1)</script>').content.decode()
    assert "<script>alert(1)" not in attacked


def test_chips_take_away_one_filter_each(client: Client, scene: Scene) -> None:
    make_case(scene, 1, title="Crop")
    response = page(client, scene.secretary, f"kind=cases&q=crop&tier=T2&overdue=on&committee={scene.committee.pk}")
    chips = {str(one["label"]): (str(one["value"]), one["remove_url"]) for one in response.context["filters"]}
    rest = f"committee={scene.committee.pk}"
    assert chips == {
        "Words": ("crop", f"/search/?kind=cases&tier=T2&{rest}&overdue=on"),
        "Tier": ("T2", f"/search/?kind=cases&q=crop&{rest}&overdue=on"),
        "Committee": ("Lakeside AI Ethics Committee", "/search/?kind=cases&q=crop&tier=T2&overdue=on"),
        "": ("Overdue only", f"/search/?kind=cases&q=crop&tier=T2&{rest}"),
    }


def test_facets_are_addresses_with_counts(client: Client, scene: Scene) -> None:
    make_case(scene, 1)
    make_case(scene, 2, state=State.VOTING.value, applicant=make_organisation(name="Wren", name_zh="鹪鹩"))
    facets = {
        str(one["label"]): one["values"] for one in page(client, scene.secretary, "kind=cases").context["facets"]
    }
    assert [(str(one["label"]), one["count"], one["url"]) for one in facets["State"]] == [
        ("Accepted", 1, "/search/?kind=cases&state=accepted"),
        ("Voting", 1, "/search/?kind=cases&state=voting"),
    ]
    assert {str(one["label"]) for one in facets["Organisation"]} == {"Heron Robotics", "Wren"}
    chosen = page(client, scene.secretary, "kind=cases&state=voting").context["facets"][0]["values"]
    assert [(one["current"], one["url"]) for one in chosen] == [
        (False, "/search/?kind=cases&state=accepted"),
        (True, "/search/?kind=cases"),
    ]


def test_filters_of_the_list_are_carried_along_by_the_form(client: Client, scene: Scene) -> None:
    shown = page(client, scene.secretary, "kind=cases&state=voting&from=2026-01-01").content.decode()
    assert shown.count('<input type="hidden" name="state" value="voting">') == 1
    assert shown.count('value="2026-01-01"') == 1
    assert "Remove words and filters" in shown


def test_every_bad_value_is_named_and_nothing_is_run(client: Client, scene: Scene) -> None:
    make_case(scene, 1)
    response = page(client, scene.secretary, "kind=cases&state=lost&year=26&q=" + "x" * 300)
    shown = unescape(response.content.decode())
    assert response.status_code == 400
    for words in (
        "“lost” is no value of “State”.",
        "“26” is no value of “Year”.",
        "More than 200 letters are sought; please use fewer words.",
    ):
        assert words in shown
    assert "Case 1" not in shown


@pytest.mark.parametrize(
    "words", ["'", '"', "\\", "%", "_", "x" * 10_000, "🦆", "a b c d e f g h i j", "‮", "--", "$1"]
)
def test_no_words_break_the_search(client: Client, scene: Scene, words: str) -> None:
    client.force_login(scene.secretary)
    answered = {client.get(SEARCH, {"q": words, "kind": kind}).status_code for kind in ("cases", "reports")}
    assert answered <= {200, 400}
    assert client.get(reverse("portal:search-elsewhere"), {"q": words}).status_code in {200, 404}


def test_other_kinds_are_counted_beside(client: Client, scene: Scene) -> None:
    make_letter(make_decision(make_case(scene, 1, title="Crop")))
    shown = page(client, scene.secretary, "kind=cases&q=crop", reverse("portal:search-elsewhere"))
    tabs = [(str(tab["label"]), tab["count"], tab["url"]) for tab in shown.context["tabs"]]
    assert tabs == [
        ("Cases", None, "/search/?kind=cases&q=crop"),
        ("Committees", "0", "/search/?kind=committees&q=crop"),
        ("Decisions", "1", "/search/?kind=decisions&q=crop"),
        ("Maturity results", "0", "/search/?kind=maturity&q=crop"),
        ("Reports", "1", "/search/?kind=reports&q=crop"),
    ]


def test_pages_lead_forth_and_back(client: Client, scene: Scene) -> None:
    for number in range(2 * PAGE + 1):
        make_case(scene, number)
    first = page(client, scene.secretary, "kind=cases")
    assert (first.context["page"]["previous_url"], first.context["page"]["first_url"]) == ("", "")
    second = client.get(first.context["page"]["next_url"])
    third = client.get(second.context["page"]["next_url"])
    assert titles(third) == ["Case 0"]
    assert titles(client.get(third.context["page"]["previous_url"])) == titles(second)
    assert titles(client.get(first.context["page"]["last_url"]))[-1] == "Case 0"
    assert titles(client.get(second.context["page"]["first_url"])) == titles(first)


def test_every_kind_is_shown_in_both_languages(client: Client, scene: Scene, regulator: User) -> None:
    make_letter(make_decision(make_case(scene, 1)))
    make_verified(scene, 1)
    for language in ("en", "zh-hans"):
        User.objects.update(language=language)
        for kind in ("cases", "committees", "decisions", "maturity", "reports"):
            for user in (scene.secretary, regulator):
                assert page(client, user, f"kind={kind}&q=e").status_code == 200, (language, kind)


def test_downloads_and_places_are_those_of_the_reader(client: Client, scene: Scene, regulator: User) -> None:
    letter = make_letter(make_decision(make_case(scene, 1)))
    own, seen = (page(client, user, "kind=reports").context["rows"][0]["url"] for user in (scene.lead, regulator))
    assert (own, seen) == (f"/reports/{letter.pk}/download/", f"/regulator/reports/{letter.pk}/")


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_search_of_an_authority_is_kept_in_its_chain(
    client: Client, scene: Scene, regulator: User, authority: Organisation
) -> None:
    shown = page(client, regulator, "kind=cases&q=crop&state=voting")
    assert client.get(shown.context["elsewhere_url"]).status_code == 200
    page(client, regulator, "kind=cases&state=lost")
    page(client, scene.secretary, "kind=cases&q=crop")
    found = AuditEvent.objects.filter(verb="oversight.searched").values_list("chain", "actor", "facts")
    assert list(found) == [
        (
            f"organisation:{authority.pk}",
            regulator.pk,
            {"authority": authority.pk, "about": "cases", "filters": {"query": "kind=cases&q=crop&state=voting"}},
        )
    ]


def test_counts_asked_for_by_themselves_are_a_search(
    client: Client, scene: Scene, regulator: User, authority: Organisation
) -> None:
    other, where = make_regulator(), reverse("portal:search-elsewhere")
    mark = page(client, regulator, "kind=cases&q=crop").context["elsewhere_url"].partition("noted=")[2]
    page(client, regulator, "kind=cases&q=crop", where)
    page(client, regulator, f"kind=cases&q=grain&noted={mark}", where)
    page(client, other, f"kind=cases&q=crop&noted={mark}", where)
    page(client, regulator, "kind=cases&q=crop&noted=x", where)
    page(client, scene.secretary, "kind=cases&q=crop", where)
    found = AuditEvent.objects.filter(verb="oversight.searched").order_by("pk").values_list("actor", "facts__filters")
    assert [(actor, filters["query"]) for actor, filters in found] == [
        (regulator.pk, "kind=cases&q=crop"),
        (regulator.pk, "kind=cases&q=crop"),
        (regulator.pk, "kind=cases&q=grain"),
        (other.pk, "kind=cases&q=crop"),
        (regulator.pk, "kind=cases&q=crop"),
    ]


# -- saved searches ---------------------------------------------------------------------------------------------------


def saved(client: Client, user: User, query: str = "kind=cases&q=crop", name: str = "Crops") -> HttpResponse:
    client.force_login(user)
    return client.post(reverse("portal:search-save"), {"query": query, "name": name})  # type: ignore[return-value]


def test_saved_search_stands_beside_and_opens(client: Client, scene: Scene) -> None:
    assert saved(client, scene.lead)["Location"] == "/search/?kind=cases&q=crop"
    row = SavedSearch.objects.get()
    assert client.get(reverse("portal:search-saved", args=[row.pk]))["Location"] == "/search/?kind=cases&q=crop"
    listed = page(client, scene.lead, "kind=cases&q=crop").context["saved"]
    assert [(one["row"].name, one["current"]) for one in listed] == [("Crops", True)]


def test_saved_search_is_renamed_and_removed(client: Client, scene: Scene) -> None:
    saved(client, scene.lead)
    row = SavedSearch.objects.get()
    edit = reverse("portal:search-edit", args=[row.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"name": ""}).status_code == 422
    assert client.post(edit, {"name": "Fields"}).status_code == 302
    assert SavedSearch.objects.get().name == "Fields"
    assert client.post(reverse("portal:search-remove", args=[row.pk])).status_code == 302
    assert SavedSearch.objects.count() == 0


def test_saved_search_is_its_owners_alone(client: Client, scene: Scene, stranger: User) -> None:
    saved(client, scene.lead)
    row = SavedSearch.objects.get()
    client.force_login(stranger)
    names = ("search-saved", "search-edit")
    assert [client.get(reverse(f"portal:{name}", args=[row.pk])).status_code for name in names] == [404, 404]
    for name in ("search-edit", "search-remove"):
        assert client.post(reverse(f"portal:{name}", args=[row.pk]), {"name": "Mine"}).status_code == 404
    assert page(client, stranger, "kind=cases").context["saved"] == []


def test_what_cannot_be_kept_is_said(client: Client, scene: Scene) -> None:
    saved(client, scene.lead)
    client.force_login(scene.lead)
    for name, query, words in (
        ("Crops", "kind=cases", "You have saved a search under this name already."),
        ("", "kind=cases", "Please name the search, in at most 80 letters that can be seen."),
        ("Crops\u200b", "kind=cases", "Please name the search, in at most 80 letters that can be seen."),
        ("x" * 81, "kind=cases", "Please name the search, in at most 80 letters that can be seen."),
    ):
        answered = client.post(reverse("portal:search-save"), {"query": query, "name": name}, follow=True)
        assert words in answered.content.decode()
    assert saved(client, scene.lead, query="state=lost", name="Bad").status_code == 404
    assert SavedSearch.objects.count() == 1


# -- queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_as_many_queries_for_any_number_of_rows(
    client: Client, scene: Scene, regulator: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_case(scene, number)
    for user, queries in ((scene.secretary, 8), (regulator, 15)):
        client.force_login(user)
        client.get(f"{SEARCH}?kind=cases")  # the rulebook is read once in a process
        with django_assert_num_queries(queries):
            client.get(f"{SEARCH}?kind=cases&tier=T2")
