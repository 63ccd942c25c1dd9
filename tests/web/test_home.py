"""Home per role, the search box, the page on accessibility."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from tests.verification_scenes import make_verification_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportState, State
from workflows.domain.verification_states import VState
from workflows.models import Case, CaseReport

HOME = "/"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def home(client: Client, user: User) -> Any:
    client.force_login(user)
    return client.get(HOME)


def tasks(response: Any) -> list[tuple[str, str]]:
    return [(str(task["label"]), task["url"]) for task in response.context["awaiting"]]


def address(name: str, case: Case) -> str:
    return reverse(f"workflows:{name}", args=[case.pk])


@pytest.mark.parametrize(
    ("state", "who", "label", "page"),
    [
        (State.DRAFT, "lead", "Continue the application", "application-check"),
        (State.SUPPLEMENT, "lead", "Answer the supplement notice", "supplement-answer"),
        (State.MODIFYING, "lead", "Modify and hand in again", "application-check"),
        (State.SUBMITTED, "secretary", "Check the application", "case"),
        (State.ACCEPTED, "secretary", "Assign reviewers", "case-reviewers"),
        (State.READY, "secretary", "Put on an agenda", "case"),
        (State.CARRIED, "secretary", "Draft the decision", "decision"),
        (State.CHECKING, "chair", "Check the modified version", "decision"),
    ],
)
def test_home_names_what_awaits_the_person(
    client: Client, scene: Scene, state: State, who: str, label: str, page: str
) -> None:
    case = scene.case_in(state)
    assert tasks(home(client, getattr(scene, who))) == [(label, address(page, case))]


def test_reviewer_is_asked_until_the_review_is_in_and_the_secretary_then(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    before = [tasks(home(client, user)) for user in (scene.members[0], scene.members[4], scene.secretary)]
    case.reviews.update(submitted_at=scene.now)
    after = [tasks(home(client, user)) for user in (scene.members[0], scene.members[4], scene.secretary)]
    assert before == [[("Rate the case", address("review", case))], [], []]
    assert after == [[], [], [("Open the reviews: all are in", address("case", case))]]


def test_secretary_assigns_again_when_a_recusal_leaves_too_few(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    case.reviews.update(withdrawn_at=scene.now)
    assert tasks(home(client, scene.secretary)) == [("Assign reviewers", address("case-reviewers", case))]


def test_secretary_assigns_again_while_those_left_still_rate(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    before = tasks(home(client, scene.secretary))
    case.reviews.filter(pk=case.reviews.order_by("pk")[0].pk).update(withdrawn_at=scene.now)
    left = case.reviews.filter(withdrawn_at__isnull=True, submitted_at__isnull=True).count()
    assert (before, 0 < left < scene.rules.review.min_reviewers.value) == ([], True)
    assert tasks(home(client, scene.secretary)) == [("Assign reviewers", address("case-reviewers", case))]


def test_adjourned_case_is_to_be_put_on_an_agenda_again(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    scene.plan(case)
    planned = tasks(home(client, scene.secretary))
    case.agenda_items.update(closed_at=scene.now, outcome="adjourned")
    assert (planned, tasks(home(client, scene.secretary))) == ([], [("Put on an agenda", address("case", case))])


def test_vote_awaits_those_in_the_room_until_they_have_voted(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING, present=6)
    meeting = reverse("workflows:meeting", args=[case.agenda_items.get().meeting_id])
    inside, outside = scene.voters[0], scene.voters[6]
    before = [tasks(home(client, user)) for user in (inside, outside)]
    scene.vote(case)
    assert before == [[("Vote now", meeting)], []]
    assert tasks(home(client, inside)) == []


def test_drafted_decision_awaits_whoever_leads(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED, effect=Effect.APPROVE)
    scene.write_decision(case)
    waiting = [tasks(home(client, user)) for user in (scene.chair, scene.vice_chair, scene.secretary)]
    assert waiting == [[("Issue the decision", address("decision", case))], [], []]
    Case.objects.filter(pk=case.pk).update(acting_chair=scene.seats[scene.vice_chair.pk])
    waiting = [tasks(home(client, user)) for user in (scene.chair, scene.vice_chair)]
    assert waiting == [[], [("Issue the decision", address("decision", case))]]


def test_former_chair_who_is_a_member_now_issues_nothing(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    seat = scene.seats[scene.chair.pk]
    today = timezone.localdate()
    seat.ends = today - timedelta(days=1)
    seat.save(update_fields=["ends"])
    seat.pk, seat.starts, seat.ends, seat.role = None, today, today + timedelta(days=9), "member"
    seat.save()
    assert tasks(home(client, scene.chair)) == []


def test_late_and_near_cases_are_told_apart(client: Client, db: None) -> None:
    early = make_scene(this_moment() - timedelta(days=40))
    late, near = early.case_in(State.ACCEPTED), early.case_in(State.ACCEPTED)
    soon = timezone.localdate() + timedelta(days=2)
    Case.objects.filter(pk=near.pk).update(extended_to=soon)
    found = home(client, early.secretary).context
    assert [(row.case.pk, row.clock.left) for row in found["home"].timed] == [(late.pk, -10), (near.pk, 2)]
    assert [(str(figure["label"]), figure["value"]) for figure in found["figures"]] == [
        ("awaiting you", 2),
        ("overdue", 1),
        ("due within a week", 1),
    ]


def test_key_that_cannot_sign_is_told_to_the_secretary_of_its_host(client: Client, scene: Scene) -> None:
    pages = [home(client, user).context["keyless"] for user in (scene.secretary, scene.chair, scene.lead)]
    assert [[(row["name"], str(row["state"])) for row in rows] for rows in pages] == [
        [("Lakeside Review Office", "No signing key is installed")],
        [],
        [],
    ]


def test_failed_documents_are_told_to_the_secretary_by_case_with_their_reason(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    CaseReport.objects.update(state=ReportState.FAILED.value, error="CannotSign: expired")
    pages = [home(client, user).context["failed"] for user in (scene.secretary, scene.lead)]
    assert [[(row["subject"].pk, row["count"], str(row["reason"])) for row in rows] for rows in pages] == [
        [(case.pk, 4, "The certificate has expired")],
        [],
    ]


def test_failed_documents_of_a_verification_are_told_to_its_desk(client: Client, db: None) -> None:
    scene = make_verification_scene(this_moment())
    row = scene.verification_in(VState.CERTIFIED)
    failed = {"state": ReportState.FAILED.value, "error": "CannotSign: expired"}
    row.reports.filter(language="en").update(**failed)
    pages = [home(client, user).context["failed"] for user in (scene.coordinator, scene.decider, scene.lead)]
    assert [[(one["subject"], one["url"], one["count"], str(one["reason"])) for one in rows] for rows in pages] == [
        [(row, f"/verifications/{row.pk}/reports/", 2, "The certificate has expired")],
        [],
        [],
    ]


def test_unforeseen_failure_is_told_as_it_was_kept(client: Client, scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    CaseReport.objects.update(state=ReportState.FAILED.value, error="CannotRender: no font")
    assert [row["reason"] for row in home(client, scene.secretary).context["failed"]] == ["CannotRender: no font"]


@pytest.mark.parametrize("model", ["casereport", "verificationreport"])
def test_operator_is_shown_to_the_back_office_and_nobody_else(
    client: Client, scene: Scene, operator: User, model: str
) -> None:
    link = reverse(f"admin:workflows_{model}_changelist")
    pages = [home(client, user).content.decode() for user in (operator, scene.secretary)]
    assert [page.count(link) for page in pages] == [1, 0]


def test_home_is_for_the_signed_in_and_to_be_read(client: Client, scene: Scene) -> None:
    assert client.get(HOME)["Location"].partition("?")[0] == "/accounts/sign-in/"
    client.force_login(scene.lead)
    assert client.post(HOME).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=%00",
        "/cases/?text=a%00",
        "/cases/?committee=%00",
        "/cases/?older=%00",
        "/notices/?after=%00",
        "/meetings/?older=%00",
        "/committees/%00/",
        "/verify/%00/",
        "/admin/workflows/case/?state__exact=%00",
        "/admin/workflows/case/?q=%00",
        "/admin/workflows/case/?%00=1",
    ],
)
def test_nul_in_an_address_is_answered_with_400(client: Client, operator: User, address: str) -> None:
    client.force_login(operator)
    page = client.get(address)
    assert (page.status_code, [template.name for template in page.templates][:1]) == (400, ["400.html"])


def test_search_box_stands_on_every_page_of_the_signed_in(client: Client, scene: Scene) -> None:
    page = home(client, scene.lead).content.decode()
    assert page.count(f'action="{reverse("portal:search")}"') == 1


def test_accessibility_page_is_public(client: Client, db: None) -> None:
    assert client.get(reverse("portal:accessibility")).status_code == 200
