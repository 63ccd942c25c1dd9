"""The list of verifications and the page of one: who sees what, what is next, what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.factories import make_user
from tests.verification_scenes import HIGH, Course, VerificationScene, make_verification_scene
from workflows.actions.verification_team import recuse
from workflows.domain.verification_states import VState
from workflows.models import Certificate, Verification

ALL = [
    "accept/",
    "return/",
    "withdraw/",
    "team/",
    "reviewer/",
    "seats/",
    "conflicts/",
    "rating/",
    "onsite/",
    "onsite/begin/",
    "findings/",
    "findings/release/",
    "correction/close/",
    "recommend/",
    "differences/",
    "compliance/",
    "panel/",
    "objections/",
    "reopen/",
    "decide/",
    "reports/",
    "certificate/",
    "certificate/surveillance/",
    "certificate/dcmm/",
    "certificate/dcmm/judge/",
    "certificate/withdraw/",
]


@pytest.fixture
def scene(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def course(state: VState) -> Course:
    return HIGH if state is VState.PANEL else Course(certify=state is not VState.REFUSED)


def opened(client: Client, user: User, row: Verification) -> dict[int, set[str]]:
    """Every page of a verification by the status it answers with."""
    at(client, user)
    found: dict[int, set[str]] = {}
    for page in ALL:
        code = client.get(f"/verifications/{row.pk}/{page}").status_code
        found.setdefault(code, set()).add(page)
    return found


READS = {"rating/", "findings/", "differences/", "reports/"}
OWN = {"withdraw/", "correction/close/", "reports/"}  # of the lead; what the moment forbids says so on its page
INSIDE = READS | {"conflicts/", "onsite/", "panel/"}


@pytest.mark.parametrize(
    ("who", "state", "pages"),
    [
        ("lead", VState.ENTRY, OWN),
        ("lead", VState.ONSITE, OWN),
        ("lead", VState.CORRECTION, OWN | {"rating/", "findings/"}),
        ("lead", VState.NOTICE, OWN | READS),
        ("spare", VState.CORRECTION, set()),
        ("reviewer", VState.DOCUMENTS, {"compliance/", "conflicts/", "panel/", "reports/"}),
        ("reviewer", VState.COMPLIANCE, {"compliance/"} | INSIDE),
    ],
)
def test_pages_open_to_whoever_has_the_part(
    client: Client, scene: VerificationScene, who: str, state: VState, pages: set[str]
) -> None:
    row = scene.verification_in(state, course(state))
    found = opened(client, getattr(scene, who), row)
    assert (found.get(200, set()), set(found) <= {200, 403, 404, 409}) == (pages, True)


def test_draft_ratings_and_findings_stay_with_the_team(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE)
    seen = {}
    for name in ("lead", "coordinator", "decider", "reviewer", "assessor", "lead_assessor"):
        at(client, getattr(scene, name))
        pages = ("rating/", "findings/", "onsite/")
        seen[name] = [client.get(f"/verifications/{row.pk}/{page}").status_code for page in pages]
    closed = [403, 403, 403]
    assert seen == {
        "lead": closed,
        "coordinator": closed,
        "decider": closed,
        "reviewer": closed,
        "assessor": [200, 200, 200],
        "lead_assessor": [200, 200, 200],
    }


@pytest.mark.parametrize("state", list(VState))
def test_page_says_what_the_state_waits_for(client: Client, scene: VerificationScene, state: VState) -> None:
    row = scene.verification_in(state, course(state))
    codes = []
    for user in (scene.lead, scene.coordinator, scene.lead_assessor, scene.decider):
        page = at(client, user).get(f"/verifications/{row.pk}/")
        codes.append(page.status_code)
    assert codes == [200, 200, 200 if row.team.exists() else 404, 200]


def labels(page: Any) -> list[str]:
    return [str(entry["label"]) for entry in page.context["first"]]


def test_next_step_follows_the_verification_from_role_to_role(client: Client, scene: VerificationScene) -> None:
    row = scene.request()
    url = f"/verifications/{row.pk}/"
    steps = [labels(at(client, scene.coordinator).get(url))]
    scene.staff(row)
    steps.append(labels(at(client, scene.coordinator).get(url)))
    scene.accept(row)
    steps.append(labels(at(client, scene.assessor).get(url)))
    scene.rate_all(row)
    scene.judge_claim(row)
    scene.write_finding(row)
    steps.append(labels(at(client, scene.lead_assessor).get(url)))
    scene.begin_onsite(row)
    steps.append(labels(at(client, scene.assessor).get(url)))
    scene.visit(row)
    scene.release(row)
    steps.append(labels(at(client, scene.lead).get(url)))
    scene.answer(row)
    scene.close_correction(row)
    steps.append(labels(at(client, scene.assessor).get(url)))
    scene.resolve(row)
    steps.append(labels(at(client, scene.lead_assessor).get(url)))
    scene.recommend(row)
    steps.append(labels(at(client, scene.reviewer).get(url)))
    assert steps == [
        ["Assign the assessors"],
        ["Accept the verification"],
        ["Rate the criteria"],
        ["Go on site"],
        ["Record what was done on site"],
        ["Answer the findings", "End the correction window"],
        ["Rate the criteria", "Settle the findings"],
        ["Recommend the tier"],
        ["Review the procedure"],
    ]


@pytest.mark.parametrize(
    ("state", "last"),
    [
        (VState.CERTIFIED, ["Outcome"]),
        (VState.REFUSED, ["Outcome"]),
        (VState.RETURNED, ["Entry check"]),
        (VState.WITHDRAWN, ["Withdrawn"]),
        (VState.NOTICE, []),
    ],
)
def test_step_bar_of_what_is_over_names_where_it_ended(
    client: Client, scene: VerificationScene, state: VState, last: list[str]
) -> None:
    """On a narrow screen only the current step and the last one are named."""
    row = scene.verification_in(state, Course(certify=state is not VState.REFUSED))
    page = at(client, scene.coordinator).get(f"/verifications/{row.pk}/")
    assert [str(step["label"]) for step in page.context["steps"] if step.get("last")] == last
    assert page.content.decode().count("steps__step--last") == len(last)


def test_step_names_what_is_missing_with_its_rule(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE)
    page = at(client, scene.lead_assessor).get(f"/verifications/{row.pk}/")
    release = next(entry for entry in page.context["first"] if entry["label"] == "Release ratings and findings")
    assert [one["code"] for one in release["needed"]] == [
        *["interviews_missing"] * 5,
        "demonstrations_missing",
        "scenarios_missing",
    ]
    assert release["needed"][0]["text"] == "Interviews are missing: Top manager (0/1)"
    assert {bool(one["article"]) for one in release["needed"]} == {True}


def test_stranger_and_recused_find_nothing(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    at(client, make_user())
    assert client.get(f"/verifications/{row.pk}/").status_code == 404
    assert client.get("/verifications/").context["rows"] == []
    kind = scene.scheme.conflicts[0].code
    recuse(row.pk, scene.assessor, kind=kind, reason="", actor=scene.assessor, now=scene.now)
    at(client, scene.assessor)
    assert client.get(f"/verifications/{row.pk}/").status_code == 404
    assert client.get("/verifications/").context["rows"] == []
    assert client.get(f"/verifications/{row.pk}/rating/").status_code == 404


def test_visitor_is_sent_to_sign_in(client: Client, scene: VerificationScene) -> None:
    row = scene.request()
    answers = [client.get(path) for path in ("/verifications/", f"/verifications/{row.pk}/")]
    assert [(one.status_code, one.headers["Location"].split("?")[0]) for one in answers] == [
        (302, "/accounts/sign-in/")
    ] * 2


def test_list_is_filtered_and_keeps_its_filters(client: Client, scene: VerificationScene) -> None:
    first, second = scene.request(), scene.verification_in(VState.DOCUMENTS)
    at(client, scene.coordinator)

    def listed(query: str) -> list[str]:
        return [row["reference"] for row in client.get(f"/verifications/?{query}").context["rows"]]

    assert listed("") == [second.reference, first.reference]
    assert listed("state=entry") == [first.reference]
    assert listed(f"text={second.reference}") == [second.reference]
    assert listed("mine=on") == []
    page = client.get("/verifications/?state=entry&text=heron")
    assert [chip["label"] for chip in page.context["filters"]] == ["Words", "State"]
    assert [tab["count"] for tab in page.context["tabs"]] == [2, 1, 1]
    assert client.get("/verifications/?state=nonsense").status_code == 400
    assert client.get("/verifications/?older=nonsense~7&newer=7").status_code == 200


@pytest.mark.parametrize(
    ("days", "word"),
    [(31, None), (30, "surveillance due"), (0, "surveillance due"), (-1, "surveillance overdue")],
)
def test_look_that_is_due_or_overdue_is_told_on_list_and_pages(
    client: Client, scene: VerificationScene, days: int, word: str | None
) -> None:
    certificate = scene.certificate()
    due = timezone.localdate() + timedelta(days=days)
    Certificate.objects.update(issued_on=due - timedelta(days=365), surveillance_due=due)
    at(client, scene.lead)
    (row,) = client.get("/verifications/").context["rows"]
    assert (row["look_due"], row["look"] and str(row["look"]["label"])) == (due, word)
    path = f"/verifications/{certificate.verification_id}/"
    notices = [str(notice["title"]) for notice in client.get(path).context["notices"]]
    assert notices == (["The yearly surveillance is to be done"] if word else [])
    look = client.get(f"{path}certificate/").context["look"]
    assert (look and str(look["label"])) == word


def test_home_leads_the_desk_to_the_look(client: Client, scene: VerificationScene) -> None:
    certificate = scene.certificate()
    Certificate.objects.update(surveillance_due=timezone.localdate())
    tasks = [at(client, user).get("/").context["awaiting"] for user in (scene.coordinator, scene.lead)]
    path = f"/verifications/{certificate.verification_id}/certificate/"
    assert [[(str(task["label"]), task["url"]) for task in rows] for rows in tasks] == [
        [("Record the yearly surveillance", path)],
        [],
    ]


def test_conflict_is_declared_from_the_certificate_and_ends_access(client: Client, scene: VerificationScene) -> None:
    row = scene.certificate().verification
    path = f"/verifications/{row.pk}/conflicts/"
    pages = [at(client, user).get(f"/verifications/{row.pk}/certificate/") for user in (scene.lead, scene.assessor)]
    assert [path in page.content.decode() for page in pages] == [False, True]
    sent = {"person": scene.assessor.pk, "kind": "financial", "reason": "Bought shares."}
    assert client.post(path, sent)["Location"] == "/verifications/"
    assert client.get(f"/verifications/{row.pk}/certificate/surveillance/").status_code == 404


# Asked twice: what the process remembers of schemes and instruments is not counted.
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("who", ["coordinator", "lead", "assessor"])
def test_list_costs_the_same_for_one_row_and_three(
    client: Client, scene: VerificationScene, who: str, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        scene.verification_in(VState.DOCUMENTS)
    at(client, getattr(scene, who)).get("/verifications/")
    with django_assert_num_queries(5):
        assert len(client.get("/verifications/").context["rows"]) == rows


@pytest.mark.parametrize(
    ("who", "state", "count"),
    [
        ("coordinator", VState.ENTRY, 20),
        ("lead", VState.CORRECTION, 21),
        ("lead_assessor", VState.RECOMMENDING, 22),
        ("coordinator", VState.NOTICE, 22),
        ("coordinator", VState.CERTIFIED, 23),
    ],
)
@pytest.mark.parametrize("others", [0, 2])
def test_page_costs_a_constant_number_of_queries(
    client: Client,
    scene: VerificationScene,
    who: str,
    state: VState,
    count: int,
    others: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(others):
        scene.request()
    row = scene.verification_in(state)
    at(client, getattr(scene, who)).get(f"/verifications/{row.pk}/")
    with django_assert_num_queries(count):
        client.get(f"/verifications/{row.pk}/")
