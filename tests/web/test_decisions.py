"""Pages of decisions: draft, what is missing, issuing in person, the modified version, who reads what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.factories import PASSWORD
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, Decision


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture(autouse=True)
def fresh(empty_cache: None) -> None:
    """Wrong passwords are counted: each test begins at none."""


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def codes(response: Any, name: str = "needed") -> list[str]:
    return [row["code"] for row in response.context[name]]


def typed(scene: Scene, *conditions: tuple[str, str], **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    rows = {
        f"condition-{n}-{name}": value
        for n, (words, due) in enumerate(conditions)
        for name, value in (("text_en", words), ("text_zh", ""), ("due", due))
    }
    return {
        "reasons_en": "Benefits outweigh risks.",
        "reasons_zh": "收益大于风险。",
        "scope_en": "Version 1.",
        "scope_zh": "",
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=200)).isoformat(),
        "followup_months": "12",
        "condition-TOTAL_FORMS": str(len(conditions)),
        "condition-INITIAL_FORMS": "0",
        **rows,
        **changes,
    }


def issue_data(case: Case, password: str = PASSWORD) -> dict[str, str]:
    return {"password": password, "drafted": Decision.objects.get(case=case, issued_at=None).drafted_at.isoformat()}


def test_draft_is_kept_with_conditions_and_says_what_is_missing(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    page = at(client, scene.secretary).get(f"/cases/{case.pk}/decision/")
    assert (codes(page), page.context["form"]["followup_months"].value()) == (["draft_missing"], 12)
    sent = typed(scene, ("Report <b>quarterly</b>.", "2030-01-31"), ("", ""), scope_en="")
    assert client.post(f"/cases/{case.pk}/decision/", sent).status_code == 302
    draft = Decision.objects.get(case=case)
    assert list(draft.conditions.values_list("number", "text_en")) == [(1, "Report <b>quarterly</b>.")]
    again = client.get(f"/cases/{case.pk}/decision/")
    assert (codes(again), "<b>quarterly" in again.content.decode()) == (["scope_missing"], False)


def test_one_condition_more_keeps_everything_and_saves_nothing(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    sent = typed(scene, ("Report.", ""), add="1", reasons_en="Half a sen")
    page = at(client, scene.chair).post(f"/cases/{case.pk}/decision/", sent)
    assert (page.status_code, len(page.context["rows"].forms)) == (200, 2)
    assert page.context["rows"].forms[0]["text_en"].value() == "Report."
    assert (page.context["form"]["reasons_en"].value(), Decision.objects.count()) == ("Half a sen", 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": "2027-02-30"}, "valid_until"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_from": "2031-01-01", "valid_until": "2030-01-01"}, "valid_until"),
        ({"valid_from": "9999-12-01", "valid_until": ""}, "valid_from"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"followup_months": "13"}, "followup_months"),
        ({"reasons_zh": "好😀"}, "reasons_zh"),
    ],
)
def test_draft_refuses_what_cannot_be_printed_or_meant(
    client: Client, scene: Scene, changes: dict[str, str], field: str
) -> None:
    case = scene.case_in(State.CARRIED)
    page = at(client, scene.secretary).post(f"/cases/{case.pk}/decision/", typed(scene, **changes))
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert (page.context["form"][field].value(), Decision.objects.count()) == (changes[field], 0)


@pytest.mark.parametrize("first", [False, True], ids=["rewritten", "written first"])
def test_draft_somebody_else_kept_meanwhile_is_not_written_over(client: Client, scene: Scene, first: bool) -> None:
    case = scene.case_in(State.CARRIED)
    address = f"/cases/{case.pk}/decision/"
    if not first:
        scene.write_decision(case)
    seen = at(client, scene.secretary).get(address).context["form"]["drafted"].value() or ""
    mine, theirs = (typed(scene, drafted=seen, reasons_en=words) for words in ("My reasons.", "Their reasons."))
    assert at(client, scene.chair).post(address, theirs).status_code == 302
    page = at(client, scene.secretary).post(address, mine)
    assert (page.status_code, codes(page, "refused")) == (409, ["stale"])
    form = page.context["form"]
    assert (form["reasons_en"].value(), page.context["draft"]["texts"][0]["first"]) == (
        "My reasons.",
        "Their reasons.",
    )
    again = client.post(address, mine | {"drafted": form["drafted"].value()})
    assert (again.status_code, Decision.objects.get().reasons_en) == (302, "My reasons.")


@pytest.mark.parametrize("due", ["2020-01-01", "9999-12-31", "2027-02-30"])
def test_condition_is_due_on_a_day_to_come(client: Client, scene: Scene, due: str) -> None:
    case = scene.case_in(State.CARRIED)
    page = at(client, scene.secretary).post(f"/cases/{case.pk}/decision/", typed(scene, ("Report.", due)))
    assert (page.status_code, page.context["rows"].errors[0].keys()) == (400, {"due"})
    assert Decision.objects.count() == 0


def test_listed_case_is_followed_up_at_least_as_often_as_its_list_says(client: Client, scene: Scene) -> None:
    case = scene.case_in(
        State.CARRIED, listed=("autonomous_decisions",), exemption=exemption(scene), evidence="Decree 5."
    )
    page = at(client, scene.chair).get(f"/cases/{case.pk}/decision/")
    limit = scene.rules.followup.listed_months
    assert (page.context["limit"], page.context["limit_article"]) == (limit.value, limit.citation.in_("en"))


def exemption(scene: Scene) -> str:
    return scene.rules.lists.exemptions[0].code


def test_chair_issues_in_person(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    page = at(client, scene.chair).get(f"/cases/{case.pk}/decision/issue/")
    assert page.context["people"] == [scene.lead.name, scene.secretary.name]
    response = client.post(f"/cases/{case.pk}/decision/issue/", issue_data(case))
    case.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/reports/")
    assert (case.state, Decision.objects.get().issued_by) == (State.APPROVED.value, scene.chair)


def test_wrong_password_issues_nothing_and_is_counted(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    chair, address, sent = at(client, scene.chair), f"/cases/{case.pk}/decision/issue/", issue_data(case, "wrong")
    first = chair.post(address, sent)
    assert (first.status_code, list(first.context["form"].errors)) == (400, ["password"])
    tries = [chair.post(address, sent).status_code for _n in range(8)]
    assert (tries[-1], chair.post(address, issue_data(case)).status_code) == (429, 429)
    case.refresh_from_db()
    assert case.state == State.CARRIED.value


def test_somebody_elses_password_does_not_issue(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    scene.chair.set_password("ten loud geese")
    scene.chair.save()
    response = at(client, scene.chair).post(f"/cases/{case.pk}/decision/issue/", issue_data(case))
    assert (response.status_code, Decision.objects.get().issued_at) == (400, None)


def test_draft_changed_since_it_was_read_is_not_issued(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    sent = issue_data(case)
    at(client, scene.secretary).post(f"/cases/{case.pk}/decision/", typed(scene, drafted=sent["drafted"]))
    response = at(client, scene.chair).post(f"/cases/{case.pk}/decision/issue/", sent)
    assert (response.status_code, codes(response)) == (409, ["stale"])
    assert Decision.objects.get().issued_at is None


def test_issuing_twice_is_refused_with_the_present_state(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    chair, sent = at(client, scene.chair), issue_data(case)
    chair.post(f"/cases/{case.pk}/decision/issue/", sent)
    again = chair.post(f"/cases/{case.pk}/decision/issue/", sent)
    assert (again.status_code, codes(again)) == (409, ["wrong_state"])


def test_secretary_does_not_issue_and_member_does_not_draft(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    issuing = at(client, scene.secretary).post(f"/cases/{case.pk}/decision/issue/", issue_data(case))
    drafting = at(client, scene.members[0]).post(f"/cases/{case.pk}/decision/", typed(scene))
    assert (issuing.status_code, drafting.status_code) == (403, 403)


def test_draft_is_shown_to_its_writers_alone(client: Client, scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    secret = "The benefits outweigh the risks."
    seen = {
        user: secret in text(at(client, user).get(f"/cases/{case.pk}/decision/"))
        for user in (scene.secretary, scene.chair, scene.members[0], scene.lead)
    }
    assert list(seen.values()) == [True, True, False, False]
    assert at(client, stranger).get(f"/cases/{case.pk}/decision/").status_code == 404


def test_issued_decision_is_read_by_all_who_may_and_the_vote_by_the_committee(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    shown = {}
    for user in (scene.lead, scene.members[0]):
        page = at(client, user).get(f"/cases/{case.pk}/decision/")
        shown[user] = ("Report every quarter." in text(page), "Abstain" in text(page))
    assert list(shown.values()) == [(True, False), (True, True)]


def test_recused_member_finds_no_decision(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.members[4], kind=kind, reason="Kin.", actor=scene.secretary, now=scene.now)
    assert at(client, scene.members[4]).get(f"/cases/{case.pk}/decision/").status_code == 404


def test_vice_chair_designated_issues_for_a_recused_chair(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.chair, kind=kind, reason="Kin.", actor=scene.secretary, now=scene.now)
    seat = scene.seats[scene.vice_chair.pk].pk
    at(client, scene.secretary).post(f"/cases/{case.pk}/designate/", {"seat": seat, "reasons": "Chair recused."})
    response = at(client, scene.vice_chair).post(f"/cases/{case.pk}/decision/issue/", issue_data(case))
    assert (response.status_code, Decision.objects.get().issued_as) == (302, "vice_chair")


def test_modified_version_is_confirmed_in_person(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CHECKING)
    page = at(client, scene.chair).get(f"/cases/{case.pk}/decision/")
    assert (page.context["checking"], page.context["changes"]) == (True, "All four points are met.")
    client.post(f"/cases/{case.pk}/decision/", typed(scene))
    response = client.post(f"/cases/{case.pk}/modification/confirm/", issue_data(case))
    case.refresh_from_db()
    assert (response.status_code, case.state) == (302, State.APPROVED.value)


def test_modified_version_is_sent_back_with_reasons(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CHECKING)
    chair = at(client, scene.chair)
    assert chair.post(f"/cases/{case.pk}/modification/return/", {"reasons": " "}).status_code == 400
    assert chair.post(f"/cases/{case.pk}/modification/return/", {"reasons": "Point 2."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.return_reasons) == (State.MODIFYING.value, "Point 2.")


def test_kind_for_modification_asks_for_requirements_and_no_scope(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED, effect=Effect.MODIFY_THEN_CHECK)
    page = at(client, scene.secretary).get(f"/cases/{case.pk}/decision/")
    assert page.context["sections"] == ("reasons", "requirements")
    assert [row["label"] for row in page.context["must_state"]] == [
        "Reasons",
        "Suggestions and requirements for modification",
        "Route of appeal",
    ]
