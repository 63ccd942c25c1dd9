"""The list of cases and the page of a case: who sees what, what is next, and at what cost."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.actions.decisions import designate_chair
from workflows.domain.states import State
from workflows.models import Case

LIST = "/cases/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def get(client: Client, user: User, address: str, **data: Any) -> Any:
    client.force_login(user)
    return client.get(address, data)


def hub(client: Client, user: User, case: Case) -> Any:
    return get(client, user, reverse("workflows:case", args=[case.pk]))


def steps_of(response: Any) -> tuple[list[str], list[str]]:
    """What the page offers first, and what else."""
    with translation.override("en"):
        return tuple([str(row["label"]) for row in response.context[name]] for name in ("first", "more"))  # type: ignore[return-value]


def links(response: Any) -> list[str]:
    return re.findall(r'class="table__main" href="(/cases/\d+/)"', response.content.decode())


NOTHING: tuple[list[str], list[str]] = ([], [])
WITHDRAW = "Withdraw the case"
TIER = "Change tier and flags"
MEETING = "Go to the meeting"
NEXT: dict[State, dict[str, tuple[list[str], list[str]]]] = {
    State.DRAFT: {"lead": (["Continue the application"], [])},
    State.SUBMITTED: {
        "lead": ([], [WITHDRAW]),
        "secretary": (["Confirm tier and flags"], ["Send the supplement notice", "Do not accept"]),
        "chair": NOTHING,
    },
    State.SUPPLEMENT: {
        "lead": (["Answer the supplement notice"], [WITHDRAW]),
        "secretary": ([], ["Do not accept"]),
        "chair": NOTHING,
    },
    State.DECLINED: {"lead": NOTHING, "secretary": NOTHING, "chair": NOTHING},
    State.WITHDRAWN: {"lead": NOTHING, "secretary": NOTHING, "chair": NOTHING},
    State.ACCEPTED: {
        "lead": ([], [WITHDRAW]),
        "secretary": (["Assign reviewers"], [TIER]),
        "chair": ([], ["Extend the time limit"]),
        "reviewer": NOTHING,
    },
    State.REVIEWING: {
        "lead": ([], [WITHDRAW]),
        "secretary": (["Open the reviews to the committee"], ["Assign reviewers", TIER]),
        "chair": (["Open the reviews to the committee"], ["Extend the time limit"]),
        "reviewer": (["Rate the case"], []),
        "member": NOTHING,
    },
    State.READY: {
        "lead": ([], [WITHDRAW]),
        "secretary": (["Put the case on an agenda"], [TIER]),
        "chair": ([], ["Extend the time limit"]),
        "reviewer": ([], ["Look at your review"]),
        "member": NOTHING,
    },
    State.DELIBERATING: {
        "lead": ([], [WITHDRAW]),
        "secretary": ([MEETING], [TIER]),
        "chair": ([MEETING], ["Extend the time limit"]),
        "reviewer": ([MEETING], ["Look at your review"]),
        "member": ([MEETING], []),
    },
    State.VOTING: {
        "lead": NOTHING,
        "secretary": (["Go to the ballot"], []),
        "chair": (["Go to the ballot"], ["Extend the time limit"]),
        "member": (["Go to the ballot"], []),
    },
    State.CARRIED: {
        "lead": NOTHING,
        "secretary": (["Draft the decision"], []),
        "chair": (["Draft the decision"], ["Extend the time limit"]),
        "member": NOTHING,
    },
    State.MODIFYING: {
        "lead": (["Modify and hand in again"], [WITHDRAW]),
        "secretary": NOTHING,
        "chair": NOTHING,
        "member": NOTHING,
    },
    State.CHECKING: {
        "lead": ([], [WITHDRAW]),
        "secretary": (["Draft the decision"], []),
        "chair": (["Check the modified version"], ["Extend the time limit"]),
        "member": NOTHING,
    },
    State.APPROVED: {"lead": NOTHING, "secretary": NOTHING, "chair": NOTHING, "member": NOTHING},
    State.REFUSED: {"lead": NOTHING, "secretary": NOTHING, "chair": NOTHING, "member": NOTHING},
}


def person(scene: Scene, who: str) -> User:
    named = {"reviewer": scene.members[0], "member": scene.members[4]}
    return named.get(who) or getattr(scene, who)


@pytest.mark.parametrize("state", list(State))
def test_page_offers_each_role_the_steps_of_the_state(
    client: Client, scene: Scene, state: State, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case, found = scene.case_in(state), {}
    for who in NEXT[state]:
        client.force_login(person(scene, who))
        with django_assert_max_num_queries(25):
            found[who] = steps_of(client.get(f"/cases/{case.pk}/"))
    assert found == NEXT[state]


@pytest.mark.parametrize("state", list(State))
def test_step_bar_has_one_step_whose_words_a_phone_shows(client: Client, scene: Scene, state: State) -> None:
    page = hub(client, scene.lead, scene.case_in(state)).content.decode()
    assert len(re.findall(r'<li class="steps__step (?:[^"]*--last"|[^>]*aria-current="step")', page)) == 1


@pytest.mark.parametrize("state", [State.DRAFT, State.READY, State.APPROVED])
def test_page_in_chinese_has_no_english_step_left(client: Client, scene: Scene, state: State) -> None:
    case = scene.case_in(state)
    User.objects.filter(pk=scene.lead.pk).update(language="zh-hans")
    page = hub(client, User.objects.get(pk=scene.lead.pk), case).content.decode()
    left = [
        word
        for word in ("Application", "Acceptance", "Facts", "History", "Committee", "Applicant")
        if f">{word}<" in page
    ]
    assert left == []


@pytest.mark.parametrize("page", ["decision", "reports", "withdraw"])
def test_draft_without_a_reference_is_called_draft(client: Client, scene: Scene, page: str) -> None:
    case = scene.case_in(State.DRAFT)
    shown = get(client, scene.lead, f"/cases/{case.pk}/{page}/").content.decode()
    over = re.search(r'page-header__over">([^<·]*)', shown)
    title = re.search(r"<title>([^<]*)", shown)
    assert over is not None
    assert title is not None
    assert (over[1].strip(), "None" in title[1]) == ("Draft", False)


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.ACCEPTED])
def test_page_is_not_there_for_those_who_may_not_read_it(
    client: Client, scene: Scene, stranger: User, state: State
) -> None:
    case = scene.case_in(state)
    closed = {
        State.DRAFT: [stranger, scene.manager, scene.secretary, scene.chair, scene.members[0]],
        State.SUBMITTED: [stranger, scene.manager, scene.members[0], scene.vice_chair],
        State.ACCEPTED: [stranger, scene.manager],
    }
    codes = [hub(client, user, case).status_code for user in closed[state]]
    assert codes == [404] * len(closed[state])


def test_visitor_is_sent_to_the_door(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    answers = [client.get(address) for address in (LIST, f"/cases/{case.pk}/")]
    assert [answer["Location"].partition("?")[0] for answer in answers] == ["/accounts/sign-in/"] * 2


def test_recused_member_sees_neither_row_nor_count_nor_name(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    Case.objects.filter(pk=case.pk).update(title="Quiet heron project")
    member, kind = scene.members[0], scene.rules.conflicts[0].code
    declare_conflict(case.pk, member, kind=kind, reason="", actor=member, now=scene.now)
    pages = [get(client, member, LIST), get(client, member, "/"), get(client, member, LIST, text="heron")]
    texts = [page.content.decode() for page in pages]
    assert [text.count("Quiet heron") + text.count(str(case.reference)) for text in texts] == [0, 0, 0]
    assert hub(client, member, case).status_code == 404


def test_recused_chair_is_named_to_the_desk_and_the_vice_chair_can_be_designated(client: Client, scene: Scene) -> None:
    case, kind = scene.case_in(State.ACCEPTED), scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.chair, kind=kind, reason="", actor=scene.chair, now=scene.now)
    before = hub(client, scene.secretary, case)
    designate_chair(
        case.pk, seat_id=scene.seats[scene.vice_chair.pk].pk, reasons="Recused.", actor=scene.secretary, now=scene.now
    )
    after = hub(client, scene.secretary, case)
    assert [notice["title"] for notice in before.context["notices"] + after.context["notices"]] == [
        "The chair is recused from this case or away, and nobody acts for the chair yet",
        "Wei Vice acts for the chair in this case",
    ]
    assert steps_of(before)[0] == ["Assign reviewers", "Designate who acts for the chair"]
    assert steps_of(after)[0] == ["Assign reviewers"]


def test_red_line_is_told_with_what_follows(client: Client, scene: Scene) -> None:
    line = scene.rules.lists.red_lines[0]
    case = scene.case_in(State.ACCEPTED, red_lines=(line.code,))
    for user in (scene.secretary, scene.members[4], scene.lead):
        notice = hub(client, user, case).context["notices"][0]
        assert (notice["tone"], notice["title"], notice["article"], notice["lines"]) == (
            "bad",
            "A red line is crossed: this case can only be declined or refused",
            scene.rules.gaps["red_line"].in_("en"),
            [{"text": line.question.en, "article": line.citation.in_("en")}],
        )


@pytest.mark.parametrize(
    ("exempt", "tone", "title"),
    [
        (False, "warn", "On the expert re-review list: no approval before the re-review or a proven exemption"),
        (True, "info", "On the expert re-review list, with an exemption found proven"),
    ],
)
def test_listed_case_is_told_with_its_exemption(
    client: Client, scene: Scene, exempt: bool, tone: str, title: str
) -> None:
    lists = scene.rules.lists
    extra = {"exemption": lists.exemptions[0].code, "evidence": "Filed in 2025."} if exempt else {}
    case = scene.case_in(State.ACCEPTED, listed=(lists.re_review[0].code,), **extra)
    notice = hub(client, scene.secretary, case).context["notices"][0]
    grounds = [lists.exemptions[0].question.en] if exempt else []
    assert (notice["tone"], notice["title"]) == (tone, title)
    assert [line["text"] for line in notice["lines"]] == [lists.re_review[0].question.en, *grounds]


def test_applicants_claims_are_the_desks_to_see_before_the_finding(client: Client, scene: Scene) -> None:
    code = scene.rules.lists.red_lines[0].code
    case = scene.case_in(State.SUBMITTED, red_lines=(code,))
    titles = [
        [n["title"] for n in hub(client, user, case).context["notices"]] for user in (scene.secretary, scene.lead)
    ]
    assert titles == [["The applicant answers these questions with yes"], []]


def test_applicant_reads_the_classification_from_acceptance_on(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    Case.objects.filter(pk=case.pk).update(tier="T2", classification_reason="Secret until then")
    early = hub(client, scene.lead, case).content.decode()
    assert (early.count("Secret until then"), early.count("T2 ·")) == (0, 0)


def test_applicant_is_told_of_the_work_without_names(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    page = hub(client, scene.lead, case)
    text = page.content.decode()
    assert [text.count(user.name) for user in (scene.secretary, *scene.voters)] == [0] * 8
    assert [str(event["text"]) for event in page.context["events"]] == [
        "Case accepted",
        "Application submitted",
        "Application begun",
    ]


def test_still_needed_stands_beside_the_step_with_its_article(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    row = hub(client, scene.secretary, case).context["first"][0]
    assert [(need["code"], need["article"]) for need in row["needed"]] == [
        ("reviews_outstanding", scene.rules.gaps["reviews_outstanding"].in_("en"))
    ]


def test_how_surely_an_article_is_known_is_said_in_words(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    page = get(client, scene.chair, f"/cases/{case.pk}/decision/issue/").content.decode()
    titles = set(re.findall(r'class="article" title="([^"]*)"', page))
    known = {"seen in the text", "from memory, surely", "from memory, probably", "this system&#x27;s own rule"}
    assert titles
    assert titles <= known


def test_script_in_a_title_is_shown_as_text(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    Case.objects.filter(pk=case.pk).update(title=HOSTILE)
    pages = [hub(client, scene.secretary, case), get(client, scene.secretary, LIST), get(client, scene.secretary, "/")]
    assert [page.content.decode().count(HOSTILE) for page in pages] == [0, 0, 0]
    assert all("&lt;script&gt;" in page.content.decode() for page in pages)


@pytest.mark.parametrize("address", [LIST, "/cases/{pk}/"])
def test_pages_are_read_only(client: Client, scene: Scene, address: str) -> None:
    case = scene.case_in(State.SUBMITTED)
    client.force_login(scene.secretary)
    assert client.post(address.format(pk=case.pk)).status_code == 405


def test_list_filters_by_address_and_shows_chips(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    scene.case_in(State.ACCEPTED)
    page = get(client, scene.secretary, LIST, state="submitted", text="triage")
    assert links(page) == [f"/cases/{case.pk}/"]
    assert [(str(chip["label"]), str(chip["value"]), chip["remove_url"]) for chip in page.context["filters"]] == [
        ("State", "Submitted", "/cases/?text=triage"),
        ("Words", "triage", "/cases/?state=submitted"),
    ]


def test_list_counts_each_state_as_a_link_that_keeps_the_filters(client: Client, scene: Scene) -> None:
    for state in (State.SUBMITTED, State.SUBMITTED, State.ACCEPTED):
        scene.case_in(state)
    page = get(client, scene.secretary, LIST, text="triage", state="accepted", older="x")
    assert [(str(tab["label"]), tab["count"], tab["url"], tab["current"]) for tab in page.context["tabs"]] == [
        ("All", 3, "/cases/?text=triage", False),
        ("Submitted", 2, "/cases/?text=triage&state=submitted", False),
        ("Accepted", 1, "/cases/?text=triage&state=accepted", True),
    ]


@pytest.mark.parametrize(("name", "value"), [("state", "nowhere"), ("committee", "0"), ("text", "x" * 101)])
def test_list_answers_a_foreign_filter_with_400(client: Client, scene: Scene, name: str, value: str) -> None:
    assert get(client, scene.secretary, LIST, **{name: value}).status_code == 400


def test_list_offers_only_committees_whose_cases_one_may_read(client: Client, scene: Scene, stranger: User) -> None:
    scene.case_in(State.SUBMITTED)
    fields = [get(client, user, LIST).context["form"].fields["committee"] for user in (scene.secretary, stranger)]
    assert [[choice.pk for choice in field.queryset] for field in fields] == [[scene.committee.pk], []]


def test_apply_button_is_for_those_who_may_apply(client: Client, scene: Scene) -> None:
    pages = [get(client, user, LIST).content.decode() for user in (scene.lead, scene.secretary)]
    assert [page.count(reverse("workflows:case-start")) for page in pages] == [1, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_row_and_three(
    client: Client, scene: Scene, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        scene.case_in(State.ACCEPTED)
    client.force_login(scene.secretary)
    client.get(LIST)
    with django_assert_num_queries(7):
        page = client.get(LIST)
    assert len(links(page)) == rows


@pytest.mark.parametrize("reviewers", [2, 4])
@pytest.mark.parametrize(("who", "count"), [("secretary", 14), ("lead", 10)])
def test_page_costs_the_same_for_two_reviewers_and_four(
    client: Client,
    scene: Scene,
    who: str,
    count: int,
    reviewers: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    case = scene.case_in(State.READY, reviewers=reviewers)
    client.force_login(person(scene, who))
    client.get(f"/cases/{case.pk}/")
    with django_assert_num_queries(count):
        client.get(f"/cases/{case.pk}/")
