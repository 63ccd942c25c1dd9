"""Pages at the table: items, motions, votes, dissents; secrecy of running votes, stale pages, two at once."""

import re
from typing import Any

import pytest
from django.test import Client

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene, open_motion
from workflows.domain.ballots import Choice
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, Dissent, Motion, Vote


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def codes(response: Any, name: str = "refused") -> list[str]:
    return [row["code"] for row in response.context[name]]


def meeting_of(case: Case) -> int:
    return case.agenda_items.get().meeting_id


def vote(motion: Motion, choice: str = "for", **more: Any) -> dict[str, Any]:
    return {"motion": motion.pk, "choice": choice, **more}


def test_item_opens_and_the_page_turns_to_it(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.convene(case)
    response = at(client, scene.chair).post(f"/cases/{case.pk}/item/open/")
    assert (response.status_code, response["Location"]) == (302, f"/meetings/{meeting.pk}/")
    assert client.get(f"/meetings/{meeting.pk}/").context["parts"]["item"]["reference"] == case.reference


def test_item_is_not_opened_without_quorum_and_the_page_names_the_article(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    scene.convene(case, present=3)
    response = at(client, scene.secretary).post(f"/cases/{case.pk}/item/open/")
    found = {row["code"]: row["article"] for row in response.context["refused"]}
    assert (response.status_code, found["no_quorum"]) == (409, scene.rules.gaps["no_quorum"].in_("en"))


def test_motion_is_put_from_the_page_that_says_what_stands_in_the_way(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, listed=("autonomous_decisions",))
    page = at(client, scene.secretary).get(f"/cases/{case.pk}/motions/put/")
    standing = {kind["code"]: [row["code"] for row in kind["needed"]] for kind in page.context["kinds"]}
    blocked, refuse = scene.kind(Effect.APPROVE), scene.kind(Effect.REFUSE)
    assert (standing[blocked], standing[refuse]) == (["re_review_outstanding"], [])
    typed = {"decision_kind": blocked, "text": "As amended."}
    again = client.post(f"/cases/{case.pk}/motions/put/", typed)
    assert (again.status_code, codes(again, "needed")) == (409, ["re_review_outstanding"])
    assert again.context["form"]["text"].value() == "As amended."
    assert client.post(f"/cases/{case.pk}/motions/put/", {"decision_kind": refuse, "text": ""}).status_code == 302
    assert open_motion(case).decision_kind == refuse


def test_motion_text_the_fonts_cannot_print_is_refused_by_name(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    typed = {"decision_kind": scene.kind(Effect.APPROVE), "text": "Yes 😀"}
    response = at(client, scene.chair).post(f"/cases/{case.pk}/motions/put/", typed)
    assert (response.status_code, "U+1F600" in response.context["form"].errors["text"][0]) == (400, True)


def test_gate_is_put_to_the_vote_with_reasons(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, step="0")
    page = at(client, scene.chair).get(f"/cases/{case.pk}/motions/gate/")
    gate = page.context["gates"][0]
    assert (gate["reviewer"], gate["reason"]) == (scene.members[0].name, "Seen in the file.")
    missing = client.post(f"/cases/{case.pk}/motions/gate/", {"gate": gate["value"], "text": " "})
    assert (missing.status_code, list(missing.context["form"].errors)) == (400, ["text"])
    done = client.post(f"/cases/{case.pk}/motions/gate/", {"gate": gate["value"], "text": "Met by design."})
    motion = open_motion(case)
    assert (done.status_code, motion.indicator, motion.text) == (302, gate["indicator"], "Met by design.")


def test_gate_forged_for_another_reviewer_is_refused(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, step="0")
    forged = {"gate": f"HR-1#{scene.chair.pk}", "text": "Met."}
    assert at(client, scene.chair).post(f"/cases/{case.pk}/motions/gate/", forged).status_code == 400


def test_vote_is_cast_changed_and_secret_until_the_ballot_closes(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    motion, meeting = open_motion(case), meeting_of(case)
    voter = at(client, scene.members[0])
    voter.post(f"/cases/{case.pk}/votes/cast/", vote(motion, "against", reason="Unproven."))
    voter.post(f"/cases/{case.pk}/votes/cast/", vote(motion, "abstain", reason="Thought again."))
    own = voter.get(f"/meetings/{meeting}/")
    assert (own.context["parts"]["vote"]["choice"], "Thought again." in text(own)) == ("abstain", True)
    assert list(Vote.objects.order_by("number").values_list("choice", flat=True)) == ["against", "abstain"]
    for other in (scene.chair, scene.secretary, scene.members[1]):
        page = at(client, other).get(f"/meetings/{meeting}/")
        row = next(r for r in page.context["parts"]["item"]["motion"]["voters"] if r["user"] == scene.members[0].pk)
        assert (row["voted"], row["choice"], row["value"]) == (True, "", "")
        assert [word in text(page) for word in ("Thought again.", "Unproven.")] == [False, False]


def test_vote_by_hand_is_seen_by_the_hand_alone(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    motion, meeting = open_motion(case), meeting_of(case)
    typed = vote(motion, "against", voter=scene.members[2].pk)
    assert at(client, scene.secretary).post(f"/cases/{case.pk}/votes/record/", typed).status_code == 302
    found = Vote.objects.get()
    assert (found.user_id, found.by_id, found.choice) == (scene.members[2].pk, scene.secretary.pk, "against")
    shown = []
    for reader in (scene.secretary, scene.members[2], scene.chair):
        voters = at(client, reader).get(f"/meetings/{meeting}/").context["parts"]["item"]["motion"]["voters"]
        shown.append(next(row["value"] for row in voters if row["user"] == scene.members[2].pk))
    assert shown == ["against", "against", ""]


def test_vote_without_a_choice_keeps_the_reason(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    motion = open_motion(case)
    typed = {"motion": motion.pk, "reason": "Because <b>so</b>."}
    response = at(client, scene.chair).post(f"/cases/{case.pk}/votes/cast/", typed)
    assert (response.status_code, list(response.context["form"].errors)) == (400, ["choice"])
    assert ("<b>so</b>" in response.content.decode(), "&lt;b&gt;so" in response.content.decode()) == (False, True)


def test_vote_on_a_motion_no_longer_open_shows_the_present_state_and_the_words(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    stale = open_motion(case)
    scene.vote(case, Choice.AGAINST)
    scene.close(case)
    voter = at(client, scene.members[0])
    late = voter.post(f"/cases/{case.pk}/votes/cast/", vote(stale, reason="My words."))
    assert (late.status_code, codes(late), late.context["typed"]) == (409, ["wrong_state"], "My words.")
    scene.put(case)
    wrong = voter.post(f"/cases/{case.pk}/votes/cast/", vote(stale, reason="My words."))
    assert (wrong.status_code, codes(wrong)) == (409, ["stale"])
    assert Vote.objects.filter(motion=open_motion(case)).count() == 0


def test_closing_twice_shows_the_result_that_stands(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    motion = open_motion(case)
    scene.vote(case, dict.fromkeys(scene.voters[:4], Choice.FOR))
    chair = at(client, scene.chair)
    assert chair.post(f"/cases/{case.pk}/motions/close/", {"motion": motion.pk}).status_code == 302
    again = chair.post(f"/cases/{case.pk}/motions/close/", {"motion": motion.pk})
    assert (again.status_code, codes(again)) == (409, ["wrong_state"])
    result = again.context["parts"]["item"]["results"][0]
    assert (result["carried"], result["standing"]["in_favour"], result["standing"]["needed"]) == (False, 4, 5)
    assert "lost" in text(again)


def test_vote_of_one_not_present_is_refused(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING, present=5)
    response = at(client, scene.members[4]).post(f"/cases/{case.pk}/votes/cast/", vote(open_motion(case)))
    assert (response.status_code, codes(response)) == (409, ["not_present"])


def test_motion_is_withdrawn_with_reasons_and_another_can_be_put(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    chair = at(client, scene.chair)
    assert chair.post(f"/cases/{case.pk}/motions/withdraw/", {"reasons": ""}).status_code == 400
    assert chair.post(f"/cases/{case.pk}/motions/withdraw/", {"reasons": "Too early."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, Motion.objects.get().withdrawn_reason) == (State.DELIBERATING.value, "Too early.")


def test_item_is_adjourned_with_reasons_shown_in_the_agenda(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    chair = at(client, scene.chair)
    chair.post(f"/cases/{case.pk}/item/adjourn/", {"reasons": "The expert is away."})
    page = chair.get(f"/meetings/{meeting_of(case)}/")
    line = page.context["parts"]["agenda"]["lines"][0]
    assert (line["outcome"], line["note"]) == ("Adjourned", "The expert is away.")


def test_dissent_is_written_by_those_present_and_shown(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING, present=6)
    scene.vote(case, {**dict.fromkeys(scene.voters[:5], Choice.FOR), scene.members[3]: Choice.AGAINST})
    motion = scene.close(case)
    address = f"/cases/{case.pk}/motions/{motion.pk}/dissent/"
    assert at(client, scene.members[4]).get(address).status_code == 403
    made = at(client, scene.members[0])
    assert [made.get(address).status_code, made.post(address, {"text": "No."}).status_code] == [200, 409]
    member = at(client, scene.members[3])
    assert member.post(address, {"text": " "}).status_code == 400
    assert member.post(address, {"text": "<i>I disagree.</i>"}).status_code == 302
    assert Dissent.objects.get().text == "<i>I disagree.</i>"
    page = member.get(f"/meetings/{meeting_of(case)}/").content.decode()
    assert ("<i>I disagree" in page, "I disagree" in page) == (False, True)


PAGES = ["item/adjourn", "motions/put", "motions/gate", "motions/withdraw"]
BUTTONS = ["item/open", "motions/close", "votes/cast", "votes/record"]


@pytest.mark.parametrize("path", [*PAGES, *BUTTONS])
def test_table_is_closed_to_strangers_applicants_and_those_without_the_role(
    client: Client, scene: Scene, stranger: User, path: str
) -> None:
    case = scene.case_in(State.VOTING)
    address, sent = f"/cases/{case.pk}/{path}/", vote(open_motion(case), reasons="x", text="x")
    outsider = at(client, stranger).post(address, sent).status_code
    applicant = at(client, scene.lead).post(address, sent).status_code
    wrong = scene.secretary if path == "votes/cast" else scene.members[0]
    assert (outsider, applicant, at(client, wrong).post(address, sent).status_code) == (404, 403, 403)


@pytest.mark.parametrize("path", BUTTONS)
def test_buttons_are_posted_alone(client: Client, scene: Scene, path: str) -> None:
    case = scene.case_in(State.VOTING)
    assert at(client, scene.chair).get(f"/cases/{case.pk}/{path}/").status_code == 405


def test_chinese_page_of_a_ballot_has_chinese_words(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    member = at(client, scene.members[0])
    User.objects.filter(pk=scene.members[0].pk).update(language="zh-hans")
    page = text(member.get(f"/meetings/{meeting_of(case)}/"))
    assert [word in page for word in ("赞成", "反对", "弃权", "主任委员", "批准")] == [True] * 5
