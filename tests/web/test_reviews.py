"""A member's rating page, its saves with and without script, handing in, and the comparison once reviews are open."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.domain.answers import EvidenceLink
from assessments.models import Answer
from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene, rate, rate_all
from workflows.actions import reviews
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import State
from workflows.models import Case, Review

HTMX = {"HX-Request": "true"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None) -> Scene:
    """One committee and its applicant, an hour before the pages read the clock."""
    return make_scene(this_moment() - timedelta(hours=1))


@pytest.fixture
def case(scene: Scene) -> Case:
    """A case with two reviewers at work."""
    return scene.case_in(State.REVIEWING)


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(case: Case, **query: str) -> str:
    return reverse("workflows:review", args=[case.pk], query=query)


def address(case: Case, item: str) -> str:
    return reverse("workflows:review-item", args=[case.pk, item])


def version_of(case: Case) -> int:
    """A document that was submitted."""
    version: int = case.applications.get(number=1).files[0]["version"]
    return version


def current(case: Case, user: User, item: str) -> Answer:
    """What the reviewer says of an indicator now."""
    return Answer.objects.filter(assessment__review__case=case, by=user, item=item).current().get()


def evidence_of(answer: Answer) -> list[tuple[int, int | None, str]]:
    return list(answer.evidence.order_by("pk").values_list("version_id", "page", "note"))


# -- the page


def test_rating_page_shows_one_point_with_its_indicators(scene: Scene, case: Case) -> None:
    body = sign_in(scene.members[0]).get(page(case, point="PR")).content.decode()
    assert re.findall(r'<article class="review-item" id="([A-Z]+-\d+)"', body) == [f"PR-{n}" for n in range(1, 11)]


def test_rating_page_opens_the_point_of_an_indicator(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).get(page(case, item="SS-3"))
    assert response.context["group"]["key"] == "SS"


@pytest.mark.parametrize("query", [{"point": "nothing"}, {"doc": "x", "page": "-1"}, {"doc": "9" * 30}, {"item": "?"}])
def test_rating_page_survives_a_strange_address(scene: Scene, case: Case, query: dict[str, str]) -> None:
    response = sign_in(scene.members[0]).get(page(case, **query))
    assert (response.status_code, response.context["group"]["key"]) == (200, "HR")


def test_rating_page_shows_the_asked_page_of_a_document(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).get(page(case, doc=str(version_of(case)), page="2"))
    shown = response.context["source"]["shown"]
    row = case.applications.get(number=1).files[0]
    assert shown["leaf"].image == reverse("workflows:file-page", args=[case.pk, row["file"], 1, 2])
    assert response.content.decode().count(shown["leaf"].image) == 1


def test_rating_page_stays_within_the_document(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).get(page(case, doc=str(version_of(case)), page="99"))
    assert response.context["source"]["shown"]["leaf"].page == 2


PAGE_QUERIES = {0: 11, 1: 12, 76: 12}  # evidence is read where there are answers


@pytest.mark.parametrize("rated", [0, 1, 76])
def test_rating_page_takes_the_same_queries_however_much_is_rated(
    scene: Scene, case: Case, django_assert_num_queries: DjangoAssertNumQueries, rated: int
) -> None:
    reviewer = scene.members[0]
    if rated == 76:
        rate_all(case, reviewer, now=scene.now)
    elif rated:
        link = EvidenceLink(version_of(case), 1)
        for item in ("HR-1", "HR-2", "HR-3"):
            reviews.rate_indicator(
                case.pk,
                item,
                step="2",
                not_applicable=False,
                reason="",
                evidence=[link],
                actor=reviewer,
                now=scene.now,
            )
    client = sign_in(reviewer)
    client.get(page(case))
    with django_assert_num_queries(PAGE_QUERIES[rated]):
        client.get(page(case, point="HR"))


# -- who may


def test_rating_is_for_the_assigned_alone(scene: Scene, case: Case, stranger: User) -> None:
    people = {
        "reviewer": scene.members[0],
        "unassigned": scene.members[3],
        "secretary": scene.secretary,
        "chair": scene.chair,
        "lead": scene.lead,
        "stranger": stranger,
    }
    found = {name: sign_in(user).get(page(case)).status_code for name, user in people.items()}
    assert found == {
        "reviewer": 200,
        "unassigned": 403,
        "secretary": 403,
        "chair": 403,
        "lead": 403,
        "stranger": 404,
    }


@pytest.mark.parametrize("name", ["review-item", "review-submit"])
def test_rating_by_others_is_refused_and_nothing_kept(scene: Scene, case: Case, stranger: User, name: str) -> None:
    arguments = [case.pk, "HR-1"] if name == "review-item" else [case.pk]
    url = reverse(f"workflows:{name}", args=arguments)
    people = [scene.members[3], scene.secretary, scene.lead, stranger]
    data = {"rating": "3", "opinion": "Sound."}
    assert [sign_in(user).post(url, data).status_code for user in people] == [403, 403, 403, 404]
    assert Answer.objects.count() == 0


def test_recused_reviewer_sees_nothing_at_once(scene: Scene, case: Case) -> None:
    reviewer = scene.members[0]
    client = sign_in(reviewer)
    declare_conflict(case.pk, reviewer, kind="other", reason="A relative.", actor=reviewer, now=scene.now)
    urls = [page(case), reverse("workflows:comparison", args=[case.pk])]
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert client.post(address(case, "HR-1"), {"rating": "3"}).status_code == 404


def test_wrong_methods_are_refused(scene: Scene, case: Case) -> None:
    client = sign_in(scene.members[0])
    assert client.get(address(case, "HR-1")).status_code == 405
    assert client.get(reverse("workflows:review-submit", args=[case.pk])).status_code == 405
    assert client.post(page(case)).status_code == 405
    assert client.post(reverse("workflows:comparison", args=[case.pk])).status_code == 405


# -- one rating


def test_rating_is_saved_without_script_and_returns_to_its_place(scene: Scene, case: Case) -> None:
    version = version_of(case)
    data = {"rating": "3", "reason": "Seen.", "here_doc": str(version), "here_page": "2", "cite": "here"}
    response = sign_in(scene.members[0]).post(address(case, "PR-2"), data)
    assert (response.status_code, response["Location"]) == (
        302,
        f"{page(case)}?point=PR&doc={version}&page=2#PR-2",
    )
    answer = current(case, scene.members[0], "PR-2")
    assert (answer.step, answer.reason, evidence_of(answer)) == ("3", "Seen.", [(version, 2, "")])


def test_rating_saved_by_script_answers_with_its_state_and_the_points(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).post(address(case, "HR-1"), {"rating": "2"}, headers=HTMX)
    body = response.content.decode()
    assert response.status_code == 200
    assert re.findall(r'id="(state-HR-1|review-points)"', body) == ["state-HR-1", "review-points"]
    assert body.count("<html") == 0


def test_the_page_looked_at_by_script_wins_over_the_one_drawn(scene: Scene, case: Case) -> None:
    version = str(version_of(case))
    data = {
        "rating": "3",
        "cite": "here",
        "here_doc": version,
        "here_page": "1",
        "seen_doc": version,
        "seen_page": "2",
    }
    sign_in(scene.members[0]).post(address(case, "HR-1"), data, headers=HTMX)
    assert evidence_of(current(case, scene.members[0], "HR-1")) == [(int(version), 2, "")]


def test_evidence_is_chosen_with_a_note_kept_and_removed(scene: Scene, case: Case) -> None:
    client, reviewer, version = sign_in(scene.members[0]), scene.members[0], version_of(case)
    chosen = {"rating": "3", "cite": "chosen", "doc": str(version), "page": "1", "note": "line 4: yes"}
    client.post(address(case, "HR-1"), chosen)
    assert evidence_of(current(case, reviewer, "HR-1")) == [(version, 1, "line 4: yes")]
    kept = {"rating": "4", "evidence": f"{version}:1:line 4: yes"}
    client.post(address(case, "HR-1"), kept)
    assert evidence_of(current(case, reviewer, "HR-1")) == [(version, 1, "line 4: yes")]
    client.post(address(case, "HR-1"), {"rating": "4"})
    assert evidence_of(current(case, reviewer, "HR-1")) == []


def test_evidence_of_another_case_is_refused(scene: Scene, case: Case) -> None:
    other = scene.case_in(State.REVIEWING)
    data = {"rating": "3", "cite": "chosen", "doc": str(version_of(other)), "page": "1"}
    response = sign_in(scene.members[0]).post(address(case, "HR-1"), data)
    assert (response.status_code, Answer.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    "data",
    [
        {"rating": "7"},
        {"rating": "na"},
        {"rating": "3", "cite": "here"},
        {"rating": "3", "cite": "chosen", "doc": "x"},
        {"rating": "3", "reason": "x" * 8001},
        {"rating": "3", "reason": "a\x00b"},
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_rating_that_cannot_be_taken_is_refused(
    scene: Scene, case: Case, data: dict[str, str], headers: dict[str, str]
) -> None:
    response = sign_in(scene.members[0]).post(address(case, "HR-1"), data, headers=headers)
    assert (response.status_code, Answer.objects.count()) == (422, 0)


@pytest.mark.parametrize("value", ["0:1:", "x", "9999999999:1:", "1:1", "1:-2:", "1:1:a\x00"])
def test_evidence_nobody_could_have_chosen_is_left_out(scene: Scene, case: Case, value: str) -> None:
    data = {"rating": "3", "evidence": value}
    assert sign_in(scene.members[0]).post(address(case, "HR-1"), data).status_code == 302
    assert evidence_of(current(case, scene.members[0], "HR-1")) == []


def test_unknown_indicator_is_not_found(scene: Scene, case: Case) -> None:
    assert sign_in(scene.members[0]).post(address(case, "ZZ-9"), {"rating": "3"}).status_code == 404


def test_words_that_were_refused_stay_on_the_page(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).post(address(case, "HR-1"), {"rating": "8", "reason": "My long thought"})
    item = next(item for item in response.context["items"] if item["key"] == "HR-1")
    assert (response.status_code, item["reason"]) == (422, "My long thought")


def test_a_script_in_a_reason_is_shown_as_text(scene: Scene, case: Case) -> None:
    rate(case, scene.members[0], "HR-1", "2", now=scene.now, reason=SCRIPT)
    body = sign_in(scene.members[0]).get(page(case)).content.decode()
    assert (body.count(SCRIPT), body.count("&lt;script&gt;alert(1)&lt;/script&gt;")) == (0, 1)


# -- handing in and revising


def hand_in(client: Client, case: Case, opinion: str = "Sound.") -> tuple[int, str]:
    response = client.post(reverse("workflows:review-submit", args=[case.pk]), {"opinion": opinion})
    return response.status_code, response.headers.get("Location", "")


def test_an_incomplete_review_cannot_be_handed_in_and_the_words_stay(scene: Scene, case: Case) -> None:
    response = sign_in(scene.members[0]).post(
        reverse("workflows:review-submit", args=[case.pk]), {"opinion": "My long thought"}
    )
    assert (response.status_code, response.context["opinion"]["opinion"].value()) == (409, "My long thought")
    assert [row["code"] for row in response.context["refused"]] == ["ratings_missing"]


def test_what_is_missing_links_to_each_indicator(scene: Scene, case: Case) -> None:
    rate_all(case, scene.members[0], now=scene.now)
    rate(case, scene.members[0], "HR-2", None, now=scene.now, reason="")
    response = sign_in(scene.members[0]).get(page(case, point="hand-in"))
    missing = [line["url"] for point in response.context["missing"] for line in point["missing"]]
    assert missing == [f"{page(case)}?point=HR#HR-2"]


def test_a_gate_rated_0_without_a_reason_is_named_and_keeps_the_review(scene: Scene, case: Case) -> None:
    reviewer = scene.members[0]
    rate_all(case, reviewer, now=scene.now)
    rate(case, reviewer, "HR-2", "0", now=scene.now, reason="")
    client = sign_in(reviewer)
    response = client.get(page(case, point="hand-in"))
    assert [line["key"] for point in response.context["missing"] for line in point["unreasoned"]] == ["HR-2"]
    assert hand_in(client, case) == (409, "")
    rate(case, reviewer, "HR-2", "0", now=scene.now, reason="Nothing was done.")
    assert hand_in(client, case) == (302, f"{page(case)}?point=hand-in")


def test_handing_in_needs_an_opinion(scene: Scene, case: Case) -> None:
    rate_all(case, scene.members[0], now=scene.now)
    client = sign_in(scene.members[0])
    assert hand_in(client, case, " ") == (422, "")


def test_a_second_click_on_hand_in_finds_it_handed_in(scene: Scene, case: Case) -> None:
    rate_all(case, scene.members[0], now=scene.now)
    client = sign_in(scene.members[0])
    there = (302, f"{page(case)}?point=hand-in")
    assert [hand_in(client, case), hand_in(client, case, "Other.")] == [there, there]
    assert Review.objects.get(case=case, user=scene.members[0]).opinion == "Sound."


def test_after_handing_in_a_change_needs_a_reason_and_its_history_shows(scene: Scene, case: Case) -> None:
    reviewer = scene.members[0]
    rate_all(case, reviewer, "3", now=scene.now)
    reviews.submit_review(case.pk, opinion="Sound.", actor=reviewer, now=scene.now)
    client = sign_in(reviewer)
    assert client.post(address(case, "HR-1"), {"rating": "1", "reason": " "}).status_code == 409
    assert client.post(address(case, "HR-1"), {"rating": "1", "reason": "I misread."}).status_code == 302
    item = next(i for i in client.get(page(case)).context["items"] if i["key"] == "HR-1")
    assert [entry["words"]["short"] for entry in item["history"]] == ["3", "1"]


@pytest.mark.parametrize(("state", "revising"), [(State.READY, True), (State.VOTING, False), (State.APPROVED, False)])
def test_revising_is_offered_while_the_table_allows_it(scene: Scene, state: State, revising: bool) -> None:
    case = scene.case_in(state)
    body = sign_in(scene.members[0]).get(page(case)).content.decode()
    assert (body.count('class="review-revise"'), body.count("data-saves")) == (9 if revising else 0, 0)


def test_a_stale_page_after_the_vote_was_opened_is_refused_and_says_why(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    response = sign_in(scene.members[0]).post(address(case, "HR-1"), {"rating": "0", "reason": "Late."})
    assert (response.status_code, [row["code"] for row in response.context["refused"]]) == (409, ["wrong_state"])
    piece = sign_in(scene.members[0]).post(address(case, "HR-1"), {"rating": "0", "reason": "Late."}, headers=HTMX)
    assert (piece.status_code, piece.content.decode().count("The case has moved on")) == (409, 1)


# -- comparison


def comparison(case: Case, **query: str) -> str:
    return reverse("workflows:comparison", args=[case.pk], query=query)


def divided(scene: Scene, case: Case) -> tuple[User, User]:
    """Two reviews handed in and opened: they differ on two indicators, and one blocks."""
    one, other = scene.members[:2]
    for user in (one, other):
        rate_all(case, user, "3", now=scene.now)
    rate(case, one, "PR-1", "1", now=scene.now, reason="Weak.")
    rate(case, one, "HR-2", "0", now=scene.now, reason=SCRIPT)
    for user in (one, other):
        reviews.submit_review(case.pk, opinion=f"Opinion of {user.name}", actor=user, now=scene.now)
    reviews.close_reviews(case.pk, actor=scene.secretary, now=scene.now)
    return one, other


def test_reviews_stay_blind_for_everybody_until_they_are_opened(scene: Scene, case: Case, stranger: User) -> None:
    rate_all(case, scene.members[0], "1", now=scene.now)
    reviews.submit_review(case.pk, opinion="Secret thought", actor=scene.members[0], now=scene.now)
    people = [scene.secretary, scene.chair, scene.members[0], scene.members[1], scene.members[3]]
    answers = [sign_in(user).get(comparison(case)) for user in people]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert sum(answer.content.decode().count("Secret thought") for answer in answers) == 0
    chips = [(row["name"], row["chip"]) for row in answers[0].context["people"]]
    assert chips == [("Mei Member 1", "Handed in"), ("Mei Member 2", "Reviewing")]
    assert [sign_in(user).get(comparison(case)).status_code for user in (scene.lead, stranger)] == [403, 404]


def test_the_other_reviewers_words_never_reach_a_rating_page(scene: Scene, case: Case) -> None:
    rate_all(case, scene.members[0], "1", now=scene.now)
    rate(case, scene.members[0], "HR-1", "1", now=scene.now, reason="Secret thought")
    body = sign_in(scene.members[1]).get(page(case)).content.decode()
    assert body.count("Secret thought") == 0


def test_comparison_is_for_the_committee_without_the_recused(scene: Scene, case: Case, stranger: User) -> None:
    divided(scene, case)
    declare_conflict(
        case.pk, scene.members[4], kind="other", reason="A relative.", actor=scene.members[4], now=scene.now
    )
    people = [scene.secretary, scene.chair, scene.members[0], scene.members[3], scene.members[4], scene.lead, stranger]
    found = [sign_in(user).get(comparison(case)).status_code for user in people]
    assert found == [200, 200, 200, 200, 404, 403, 404]


def test_comparison_puts_what_divides_most_first(scene: Scene, case: Case) -> None:
    divided(scene, case)
    rows = sign_in(scene.chair).get(comparison(case)).context["rows"]
    assert [(row["key"], row["spread"]) for row in rows[:3]] == [("HR-2", "3"), ("PR-1", "2"), ("HR-1", "")]


@pytest.mark.parametrize(("show", "keys"), [("differing", ["HR-2", "PR-1"]), ("zeros", ["HR-2"])])
def test_comparison_is_filtered(scene: Scene, case: Case, show: str, keys: list[str]) -> None:
    divided(scene, case)
    response = sign_in(scene.chair).get(comparison(case, show=show))
    assert [row["key"] for row in response.context["rows"]] == keys


def test_comparison_shows_all_for_an_unknown_filter(scene: Scene, case: Case) -> None:
    divided(scene, case)
    response = sign_in(scene.chair).get(comparison(case, show="nothing"))
    assert len(response.context["rows"]) == response.context["tabs"][0]["count"]


def test_comparison_escapes_reasons(scene: Scene, case: Case) -> None:
    divided(scene, case)
    assert sign_in(scene.chair).get(comparison(case)).content.decode().count(SCRIPT) == 0


@pytest.mark.parametrize("count", [2, 3])
def test_comparison_takes_the_same_queries_for_two_and_three_reviewers(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    case = scene.case_in(State.READY, reviewers=count)
    client = sign_in(scene.chair)
    client.get(comparison(case))
    with django_assert_num_queries(16):
        client.get(comparison(case))


@pytest.mark.parametrize("point", ["HR", "hand-in"])
def test_rating_page_speaks_chinese(scene: Scene, case: Case, point: str) -> None:
    scene.members[0].language = "zh-hans"
    scene.members[0].save(update_fields=["language"])
    client = sign_in(scene.members[0])
    body = client.get(page(case, point=point)).content.decode()
    words = ["My review", "What to check", "Hand in", "Save", "Reason", "Human rights", "Submitted documents"]
    assert [word for word in words if word in re.sub(r"<[^>]+>", " ", body)] == []
