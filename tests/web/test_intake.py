"""The secretary's pages of one case: each happens, each is refused to the wrong person, what was typed stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.committees import record_absence
from workflows.actions.conflicts import declare_conflict
from workflows.domain.application import form_items
from workflows.domain.states import State
from workflows.models import Case

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def send(client: Client, user: User, name: str, case: Case, **data: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(f"workflows:{name}", args=[case.pk]), data)


def look(client: Client, user: User, name: str, case: Case) -> Any:
    client.force_login(user)
    return client.get(reverse(f"workflows:{name}", args=[case.pk]))


def codes(response: Any) -> list[str]:
    return [need["code"] for need in response.context["needed"]]


def finding(**more: Any) -> dict[str, Any]:
    return {"tier": "T3", "flags": ["minors"], "reason": "As described.", "exemption": ""} | more


def test_classification_is_confirmed_with_its_reason(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    response = send(client, scene.secretary, "case-classify", case, **finding())
    case.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/")
    assert (case.tier, case.flags, case.classification_reason) == ("T3", ["minors"], "As described.")


def test_classification_begins_with_what_the_applicant_says(client: Client, scene: Scene) -> None:
    red, listed = scene.rules.lists.red_lines[0], scene.rules.lists.re_review[0]
    case = scene.case_in(State.SUBMITTED, red_lines=(red.code,), listed=(listed.code,))
    page = look(client, scene.secretary, "case-classify", case)
    form, said = page.context["form"], page.context["said"]
    assert (form["red_lines"].value(), form["listed"].value()) == ((red.code,), (listed.code,))
    assert [(line["question"], line["why"]) for line in said["yes"]] == [
        (red.question.en, "It does so in part."),
        (listed.question.en, "It does so in part."),
    ]


def test_classification_without_proof_of_the_exemption_is_refused_and_keeps_the_words(
    client: Client, scene: Scene
) -> None:
    case, ground = scene.case_in(State.SUBMITTED), scene.rules.lists.exemptions[0].code
    response = send(client, scene.secretary, "case-classify", case, **finding(exemption=ground, reason=HOSTILE))
    page = response.content.decode()
    case.refresh_from_db()
    assert (response.status_code, codes(response), case.tier) == (409, ["exemption_unproven"], "")
    assert (page.count("&lt;script&gt;alert(1)&lt;/script&gt;"), page.count(HOSTILE)) == (1, 0)


@pytest.mark.parametrize("wrong", [{"tier": "T9"}, {"flags": ["unheard"]}, {"reason": "  "}, {"red_lines": ["none"]}])
def test_classification_of_a_foreign_shape_is_a_bad_request(
    client: Client, scene: Scene, wrong: dict[str, Any]
) -> None:
    case = scene.case_in(State.SUBMITTED)
    response = send(client, scene.secretary, "case-classify", case, **finding(**wrong))
    assert (response.status_code, list(response.context["form"].errors)) == (400, list(wrong))


def test_acceptance_says_the_way_by_rule_and_starts_the_clock(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    send(client, scene.secretary, "case-classify", case, **finding())
    page = look(client, scene.secretary, "case-accept", case)
    response = send(client, scene.secretary, "case-accept", case, reasons="General.")
    case.refresh_from_db()
    route = next(row for row in scene.rules.routes if row.code == case.route)
    way = f"Way by rule: {route.label.en} ({route.citation.in_('en')})"
    assert page.context["sheet"].effects[:2] == (way, "The time limit of 30 days begins today.")
    assert (response.status_code, case.state, case.clock_started_at is not None) == (302, "accepted", True)


def test_acceptance_before_the_tier_is_refused_with_what_is_missing(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    before = look(client, scene.secretary, "case-accept", case)
    response = send(client, scene.secretary, "case-accept", case, reasons="My words stay.")
    assert (before.status_code, codes(before)) == (200, ["tier_missing"])
    assert (response.status_code, codes(response)) == (409, ["tier_missing"])
    assert response.context["form"]["reasons"].value() == "My words stay."


def test_decline_ends_the_case_with_reasons_the_applicant_reads(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    empty = send(client, scene.secretary, "case-decline", case, reasons="")
    done = send(client, scene.secretary, "case-decline", case, reasons="Out of scope here.")
    page = look(client, scene.lead, "case", case).content.decode()
    assert (empty.status_code, done.status_code, page.count("Out of scope here.")) == (400, 302, 1)


def test_supplement_notice_goes_out_once_item_by_item(client: Client, scene: Scene) -> None:
    case, item = scene.case_in(State.SUBMITTED), next(form_items(scene.rules.application)).code
    empty = send(client, scene.secretary, "case-supplement", case, message="Please.")
    done = send(
        client, scene.secretary, "case-supplement", case, **{f"item-{item}": "Say more.", "message": "Please."}
    )
    case.refresh_from_db()
    notice = case.notices.get()
    assert (empty.status_code, codes(empty), done.status_code) == (409, ["supplement_items_missing"], 302)
    assert (case.state, notice.message) == ("supplement", "Please.")
    assert list(notice.items.values_list("item", "request")) == [(item, "Say more.")]


def test_extension_is_the_chairs_and_later_than_before(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    early, later = (timezone.localdate() + timedelta(days=days) for days in (3, 45))
    refused = send(client, scene.chair, "case-extend", case, until=early.isoformat(), reasons="Complex.")
    done = send(client, scene.chair, "case-extend", case, until=later.isoformat(), reasons="Complex.")
    case.refresh_from_db()
    assert (refused.status_code, codes(refused)) == (409, ["deadline_not_later"])
    assert (done.status_code, case.extended_to, case.extension_reason) == (302, later, "Complex.")


def test_vice_chair_is_designated_when_the_chair_is_recused(client: Client, scene: Scene) -> None:
    case, seat = scene.case_in(State.ACCEPTED), scene.seats[scene.vice_chair.pk]
    refused = send(client, scene.secretary, "case-designate", case, seat=seat.pk, reasons="Away.")
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.chair, kind=kind, reason="", actor=scene.chair, now=timezone.now())
    done = send(client, scene.secretary, "case-designate", case, seat=seat.pk, reasons="Recused.")
    case.refresh_from_db()
    assert (refused.status_code, codes(refused)) == (409, ["chair_available"])
    assert (done.status_code, case.acting_chair_id) == (302, seat.pk)


def test_case_returns_to_a_chair_who_is_back(client: Client, scene: Scene) -> None:
    case, seat = scene.case_in(State.ACCEPTED), scene.seats[scene.chair.pk].pk
    today = timezone.now().date()
    record_absence(seat, away_from=today, away_until=None, actor=scene.chair, now=timezone.now())
    vice = scene.seats[scene.vice_chair.pk].pk
    send(client, scene.secretary, "case-designate", case, seat=vice, reasons="Away.")
    early = send(client, scene.secretary, "case-designation-end", case)
    record_absence(seat, away_from=None, away_until=None, actor=scene.chair, now=timezone.now())
    row = look(client, scene.secretary, "case", case).content.decode().count(f"/cases/{case.pk}/designate/end/")
    by_member = send(client, scene.members[4], "case-designation-end", case)
    done = send(client, scene.secretary, "case-designation-end", case)
    case.refresh_from_db()
    assert (early.status_code, codes(early), row) == (409, ["chair_unavailable"], 1)
    assert (by_member.status_code, done.status_code, case.acting_chair_id) == (403, 302, None)


ACTS = ["case-classify", "case-accept", "case-decline", "case-supplement", "case-extend", "case-designate"]


@pytest.mark.parametrize("name", ACTS)
def test_act_is_closed_to_others(client: Client, scene: Scene, stranger: User, name: str) -> None:
    case = scene.case_in(State.ACCEPTED)
    wrong = scene.secretary if name == "case-extend" else scene.members[0]
    found = [look(client, user, name, case).status_code for user in (stranger, scene.lead, wrong)]
    found += [send(client, user, name, case).status_code for user in (stranger, scene.lead, wrong)]
    assert found == [404, 403, 403] * 2


@pytest.mark.parametrize("name", ACTS)
def test_act_knows_looking_and_sending_alone(client: Client, scene: Scene, name: str) -> None:
    case = scene.case_in(State.SUBMITTED)
    client.force_login(scene.secretary)
    assert client.delete(reverse(f"workflows:{name}", args=[case.pk])).status_code == 405


def test_act_on_a_case_that_moved_on_is_refused(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    response = send(client, scene.secretary, "case-accept", case, reasons="Again.")
    assert (response.status_code, codes(response)) == (409, ["wrong_state"])
