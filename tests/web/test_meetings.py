"""Pages of meetings: planning, agenda, the live screen, attendance, minutes; what a recused member never sees."""

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.applications import withdraw_case
from workflows.actions.conflicts import declare_conflict
from workflows.actions.meetings import close_meeting, convene_meeting, draft_minutes
from workflows.actions.motions import adjourn_item, open_item
from workflows.domain.ballots import Choice
from workflows.domain.rooms import Mode
from workflows.domain.states import MeetingState, State
from workflows.models import Attendance, Case, Meeting, Minutes, RulebookVersion


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def plan_data(scene: Scene, **changes: Any) -> dict[str, Any]:
    soon = localtime(scene.now + timedelta(days=3))
    return {
        "day": soon.date().isoformat(),
        "time": "14:30",
        "presiding": scene.seats[scene.chair.pk].pk,
        "place": "Room <script>alert(1)</script>",
        "video_link": "",
        "message": "",
        **changes,
    }


def recuse(case: Case, user: User, scene: Scene) -> None:
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, user, kind=kind, reason="Kin.", actor=scene.secretary, now=scene.now)


def entitle(case: Case, title: str) -> None:
    """Another title for the case and for the version that lies before the committee."""
    Case.objects.filter(pk=case.pk).update(title=title)
    version = case.applications.latest("number")
    version.answers["title"] = title
    version.save(update_fields=["answers"])


def test_plan_keeps_time_of_the_site_and_goes_on_to_the_agenda(client: Client, scene: Scene) -> None:
    response = at(client, scene.secretary).post("/meetings/plan/", plan_data(scene))
    meeting = Meeting.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/meetings/{meeting.pk}/agenda/")
    assert localtime(meeting.starts_at).strftime("%H:%M") == "14:30"
    assert "<script>alert" not in client.get(f"/meetings/{meeting.pk}/").content.decode()


def test_plan_refuses_thirtieth_of_february_and_keeps_what_was_typed(client: Client, scene: Scene) -> None:
    response = at(client, scene.secretary).post("/meetings/plan/", plan_data(scene, day="2027-02-30", place="Hall 7"))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["day"]
    assert response.context["form"]["place"].value() == "Hall 7"
    assert Meeting.objects.count() == 0


def test_plan_refuses_a_past_day_with_what_was_typed_kept(client: Client, scene: Scene) -> None:
    response = at(client, scene.secretary).post("/meetings/plan/", plan_data(scene, day="2020-01-31", place="Hall 7"))
    assert response.status_code == 409
    assert [row["code"] for row in response.context["needed"]] == ["day_past"]
    assert response.context["form"]["place"].value() == "Hall 7"


def test_plan_needs_a_place_or_a_video_address(client: Client, scene: Scene) -> None:
    response = at(client, scene.secretary).post("/meetings/plan/", plan_data(scene, place=""))
    assert (response.status_code, list(response.context["form"].errors)) == (400, ["place"])


def test_plan_is_the_secretarys(client: Client, scene: Scene) -> None:
    assert at(client, scene.chair).get("/meetings/plan/").status_code == 403


def test_agenda_sets_the_order_typed(client: Client, scene: Scene) -> None:
    first, second, third = (scene.case_in(State.READY) for _ in range(3))
    meeting = scene.plan(first)
    typed = {f"place-{first.pk}": "2", f"place-{second.pk}": "1", f"place-{third.pk}": ""}
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/agenda/", typed)
    assert (response.status_code, response["Location"]) == (302, f"/meetings/{meeting.pk}/")
    assert list(meeting.items.order_by("position").values_list("case", flat=True)) == [second.pk, first.pk]


def test_agenda_refuses_a_word_and_keeps_it(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.plan(case)
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/agenda/", {f"place-{case.pk}": "first"})
    assert (response.status_code, response.context["form"][f"place-{case.pk}"].value()) == (400, "first")


def test_agenda_keeps_the_item_its_secretary_is_recused_from(client: Client, scene: Scene) -> None:
    mine, hidden = scene.case_in(State.READY), scene.case_in(State.READY)
    entitle(hidden, "Hidden heron")
    meeting = scene.plan(mine, hidden)
    recuse(hidden, scene.secretary, scene)
    page = at(client, scene.secretary).get(f"/meetings/{meeting.pk}/agenda/")
    assert ("Item 2 — you are recused" in text(page), "Hidden heron" in text(page)) == (True, False)
    client.post(f"/meetings/{meeting.pk}/agenda/", {f"place-{mine.pk}": "5"})
    assert list(meeting.items.order_by("position").values_list("case", flat=True)) == [hidden.pk, mine.pk]


def test_agenda_is_set_after_an_unseen_case_was_withdrawn(client: Client, scene: Scene) -> None:
    mine, hidden = scene.case_in(State.READY), scene.case_in(State.READY)
    meeting = scene.plan(hidden, mine)
    recuse(hidden, scene.secretary, scene)
    withdraw_case(hidden.pk, reasons="The plan changed.", actor=scene.lead, now=scene.now)
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/agenda/", {f"place-{mine.pk}": "1"})
    assert response.status_code == 302
    assert list(meeting.items.filter(closed_at=None).values_list("case", flat=True)) == [mine.pk]


def test_agenda_is_closed_once_the_meeting_is_open(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.convene(case)
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/agenda/", {f"place-{case.pk}": ""})
    assert response.status_code == 409
    assert meeting.items.count() == 1


def test_convening_names_who_is_told_and_tells_them(client: Client, scene: Scene) -> None:
    meeting = scene.plan(scene.case_in(State.READY))
    page = at(client, scene.secretary).get(f"/meetings/{meeting.pk}/convene/")
    named = {user.name for user in (*scene.voters, scene.alternate)}
    assert set(page.context["confirm"]["people"]) == named
    client.post(f"/meetings/{meeting.pk}/convene/")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CONVENED.value


def test_opening_before_the_hour_warns_and_at_the_hour_does_not(client: Client, scene: Scene) -> None:
    meeting = scene.plan(scene.case_in(State.READY))
    convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    early = at(client, scene.chair).get(f"/meetings/{meeting.pk}/open/")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    due = client.get(f"/meetings/{meeting.pk}/open/")
    planned = date_format(localtime(meeting.starts_at), "DATETIME_FORMAT")
    assert f"Convened for {planned}." in text(early)
    assert [text(page).count("before its time") for page in (early, due)] == [1, 0]


def test_opening_a_meeting_twice_shows_the_present_state(client: Client, scene: Scene) -> None:
    meeting = scene.plan(scene.case_in(State.READY))
    convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    chair = at(client, scene.chair)
    assert chair.post(f"/meetings/{meeting.pk}/open/").status_code == 302
    again = chair.post(f"/meetings/{meeting.pk}/open/")
    assert (again.status_code, [row["code"] for row in again.context["refused"]]) == (409, ["wrong_state"])
    assert "In session" in text(again)


def test_close_refuses_while_an_item_is_open(client: Client, scene: Scene) -> None:
    meeting = scene.open_room(scene.case_in(State.READY))
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/close/")
    assert (response.status_code, [row["code"] for row in response.context["refused"]]) == (409, ["item_open"])


def test_member_comes_and_leaves_for_oneself(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY), present=0)
    seat = scene.seats[scene.members[0].pk]
    member = at(client, scene.members[0])
    member.post(f"/meetings/{meeting.pk}/attend/", {"seat": seat.pk, "mode": "video"})
    assert list(Attendance.objects.values_list("seat", "mode", "left_at")) == [(seat.pk, "video", None)]
    member.post(f"/meetings/{meeting.pk}/leave/", {"seat": seat.pk})
    assert Attendance.objects.filter(left_at__isnull=True).count() == 0


def test_member_cannot_seat_another(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY), present=0)
    other = scene.seats[scene.chair.pk].pk
    response = at(client, scene.members[0]).post(f"/meetings/{meeting.pk}/attend/", {"seat": other, "mode": "room"})
    assert (response.status_code, Attendance.objects.count()) == (403, 0)


def test_alternates_are_not_offered_where_the_rulebook_has_none(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY), present=0)
    page = at(client, scene.secretary).get(f"/meetings/{meeting.pk}/")
    assert scene.rules.committee.alternates.value is False
    assert (scene.alternate.name in text(page)) is False


def test_quorum_is_shown_per_item_after_recusals_with_its_article(client: Client, scene: Scene) -> None:
    free, broken = scene.case_in(State.READY), scene.case_in(State.READY)
    recuse(broken, scene.vice_chair, scene)
    meeting = scene.convene(free, broken, present=5)
    lines = at(client, scene.secretary).get(f"/meetings/{meeting.pk}/").context["parts"]["agenda"]["lines"]
    quorum = scene.rules.gaps["no_quorum"].in_("en")
    missing = [{row["code"]: row["article"] for row in line["gaps"]}.get("no_quorum") for line in lines]
    assert ([line["counted"] for line in lines], missing) == ([5, 4], [None, quorum])


def test_recused_member_sees_the_number_of_the_item_alone(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    entitle(case, "Hidden heron")
    meeting = scene.convene(case)
    recuse(case, scene.members[3], scene)
    turn_to(case, scene)
    scene.put(case)
    scene.vote(case, dict.fromkeys(scene.voters[:5], Choice.FOR))
    member = at(client, scene.members[3])
    page = member.get(f"/meetings/{meeting.pk}/")
    assert "Item 1 — you are recused" in text(page)
    for word in ("Hidden heron", case.reference, "Motion", "Have voted", "In favour", "As discussed"):
        assert (word, word in text(page)) == (word, False)
    partial = member.get(f"/meetings/{meeting.pk}/live/?seen=open-a-b-c-d-e", headers={"HX-Request": "true"})
    for word in ("Hidden heron", str(case.reference), "Motion", "Have voted", "In favour", "As discussed"):
        assert (word, word in text(partial)) == (word, False)


def turn_to(case: Case, scene: Scene) -> None:
    open_item(case.pk, actor=scene.secretary, now=scene.now)


def test_committee_member_on_the_applicants_team_is_recused_in_the_meeting(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.convene(case)
    case.team.create(user=scene.members[4])
    page = at(client, scene.members[4]).get(f"/meetings/{meeting.pk}/")
    assert ("Item 1 — you are recused" in text(page), case.title in text(page)) == (True, False)


def test_polling_answers_nothing_when_nothing_changed_and_only_what_did(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.open_room(case)
    scene.put(case)
    member = at(client, scene.members[0])
    seen = member.get(f"/meetings/{meeting.pk}/").context["seen"]
    url, asks = f"/meetings/{meeting.pk}/live/?seen=", {"HX-Request": "true"}
    assert member.get(url + seen, headers=asks).status_code == 204
    scene.vote(case, {scene.chair: Choice.AGAINST})
    changed = member.get(url + seen, headers=asks)
    assert (changed.status_code, changed.context["changed"]) == (200, ["bar", "item"])
    close_now(case, meeting, scene)
    assert member.get(url + seen, headers=asks)["HX-Refresh"] == "true"


def close_now(case: Case, meeting: Meeting, scene: Scene) -> None:
    scene.close(case)
    adjourn_item(case.pk, reasons="Late.", actor=scene.chair, now=scene.now)
    close_meeting(meeting.pk, actor=scene.chair, now=scene.now)


def test_polling_without_a_session_says_so_and_sweeps_nothing_away(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY))
    response = client.get(f"/meetings/{meeting.pk}/live/?seen=x", headers={"HX-Request": "true"})
    assert (response.status_code, "no longer signed in" in text(response)) == (200, True)


def test_polling_without_htmx_goes_to_the_page(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY))
    response = at(client, scene.chair).get(f"/meetings/{meeting.pk}/live/")
    assert (response.status_code, response["Location"]) == (302, f"/meetings/{meeting.pk}/")


@pytest.mark.parametrize(
    "path", ["", "live/", "agenda/", "convene/", "open/", "close/", "minutes/", "minutes/approve/"]
)
def test_strangers_and_applicants_find_no_meeting(client: Client, scene: Scene, stranger: User, path: str) -> None:
    meeting = scene.convene(scene.case_in(State.READY))
    for user in (stranger, scene.lead):
        assert at(client, user).get(f"/meetings/{meeting.pk}/{path}").status_code == 404


def test_wrong_methods_are_refused(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY))
    chair = at(client, scene.chair)
    codes = [chair.get(f"/meetings/{meeting.pk}/{path}/").status_code for path in ("attend", "leave")]
    codes += [chair.post(f"/meetings/{path}").status_code for path in ("", f"{meeting.pk}/", f"{meeting.pk}/live/")]
    assert codes == [405] * 5


def test_list_shows_meetings_to_come_first_then_those_over(client: Client, scene: Scene) -> None:
    over = scene.convene(scene.case_in(State.READY))
    close_meeting(over.pk, actor=scene.chair, now=scene.now)
    late, soon = scene.plan(), scene.plan()
    Meeting.objects.filter(pk=late.pk).update(starts_at=scene.now + timedelta(days=30))
    page = at(client, scene.members[0]).get("/meetings/")
    assert [row["meeting"].pk for row in page.context["coming"]] == [soon.pk, late.pk]
    assert [row["meeting"].pk for row in page.context["over"]] == [over.pk]


def test_list_pages_by_key_both_ways(client: Client, scene: Scene) -> None:
    seat = scene.seats[scene.chair.pk]
    for number in range(1, 46):
        Meeting.objects.create(
            committee=scene.committee,
            number=number,
            starts_at=scene.now - timedelta(days=number),
            presiding=seat,
            state=MeetingState.CLOSED.value,
        )
    member = at(client, scene.members[0])
    seen, url = [], "/meetings/"
    for _page in range(3):
        context = member.get(url).context
        seen += [row["meeting"].number for row in context["over"]]
        url = "/meetings/" + context["page"]["next_url"]
    assert seen == list(range(1, 46))
    back = member.get("/meetings/" + context["page"]["previous_url"]).context
    assert [row["meeting"].number for row in back["over"]] == list(range(21, 41))


def test_list_and_page_ask_the_same_number_of_queries_for_one_and_three_rows(
    client: Client, scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = scene.convene(scene.case_in(State.READY))
    three = scene.convene(*(scene.case_in(State.READY) for _ in range(3)))
    member = at(client, scene.members[4])
    for meeting in (one, three):
        with django_assert_num_queries(14):
            member.get(f"/meetings/{meeting.pk}/")
    with django_assert_num_queries(6):
        member.get("/meetings/")


def sat(scene: Scene, *, recused: User | None = None) -> tuple[Case, Meeting]:
    """A meeting over, with one case decided."""
    case = scene.case_in(State.READY)
    entitle(case, "Hidden heron")
    if recused:
        recuse(case, recused, scene)
    meeting = scene.convene(case)
    turn_to(case, scene)
    scene.carry(case)
    close_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    return case, meeting


def test_minutes_are_drafted_by_the_secretary_and_approved_by_the_chair(client: Client, scene: Scene) -> None:
    _case, meeting = sat(scene)
    at(client, scene.secretary).post(f"/meetings/{meeting.pk}/minutes/", {"notes": "The chair thanked all."})
    page = at(client, scene.chair).get(f"/meetings/{meeting.pk}/minutes/")
    assert [word in text(page) for word in ("The chair thanked all.", "Hidden heron", "carried")] == [True] * 3
    read = {"drafted": page.context["minutes"].mark}
    asked = client.get(f"/meetings/{meeting.pk}/minutes/approve/", read)
    assert (asked.status_code, asked.context["form"]["drafted"].value()) == (200, read["drafted"])
    assert client.post(f"/meetings/{meeting.pk}/minutes/approve/", read).status_code == 302
    assert len(Minutes.objects.get().digest) == 64
    again = client.post(f"/meetings/{meeting.pk}/minutes/approve/", read)
    assert again.status_code == 409


@pytest.mark.parametrize("method", ["get", "post"])
def test_minutes_drafted_again_are_read_before_they_are_approved(client: Client, scene: Scene, method: str) -> None:
    _case, meeting = sat(scene)
    desk, address = at(Client(), scene.secretary), f"/meetings/{meeting.pk}/minutes/"
    desk.post(address, {"notes": "First."})
    read = {"drafted": Minutes.objects.get().mark}
    desk.post(address, {"notes": "Second.", **read})
    refused = getattr(at(client, scene.chair), method)(f"{address}approve/", read)
    kept = Minutes.objects.get()
    assert (refused.status_code, refused.context["notes"], kept.approved_at) == (409, "Second.", None)
    assert f"approve/?drafted={quote(kept.mark, safe='')}" in refused.content.decode().replace("&#x27;", "'")


def test_notes_somebody_else_kept_meanwhile_are_not_written_over(client: Client, scene: Scene) -> None:
    _case, meeting = sat(scene)
    desk, address = at(client, scene.secretary), f"/meetings/{meeting.pk}/minutes/"
    desk.post(address, {"notes": "First."})
    seen = desk.get(address).context["form"]["drafted"].value()
    assert desk.post(address, {"notes": "Theirs.", "drafted": seen}).status_code == 302
    page = desk.post(address, {"notes": "Mine.", "drafted": seen})
    assert (page.status_code, [row["code"] for row in page.context["refused"]]) == (409, ["stale"])
    form = page.context["form"]
    assert (form["notes"].value(), page.context["notes"]) == ("Mine.", "Theirs.")
    again = desk.post(address, {"notes": "Mine.", "drafted": form["drafted"].value()})
    assert (again.status_code, Minutes.objects.get().notes) == (302, "Mine.")


def test_minutes_hide_a_recused_item_and_the_notes(client: Client, scene: Scene) -> None:
    case, meeting = sat(scene, recused=scene.members[4])
    draft_minutes(meeting.pk, notes="Hidden heron was odd.", actor=scene.secretary, now=scene.now)
    page = text(at(client, scene.members[4]).get(f"/meetings/{meeting.pk}/minutes/"))
    assert "Item 1 — you are recused" in page
    assert [word in page for word in ("Hidden heron", str(case.reference), "carried", "In favour")] == [False] * 4


def test_minutes_refuse_what_the_fonts_cannot_print_and_name_it(client: Client, scene: Scene) -> None:
    _case, meeting = sat(scene)
    response = at(client, scene.secretary).post(f"/meetings/{meeting.pk}/minutes/", {"notes": "Fine 😀"})
    assert response.status_code == 400
    assert ["U+1F600" in error for error in response.context["form"].errors["notes"]] == [True]


def test_members_cannot_draft_or_approve_minutes(client: Client, scene: Scene) -> None:
    _case, meeting = sat(scene)
    member = at(client, scene.members[1])
    codes = [member.post(f"/meetings/{meeting.pk}/minutes/{path}").status_code for path in ("", "approve/")]
    assert codes == [403, 403]


def test_live_page_says_video_where_a_member_joined_so(client: Client, scene: Scene) -> None:
    meeting = scene.convene(scene.case_in(State.READY), present=4)
    scene.arrive(meeting, scene.members[4], mode=Mode.VIDEO)
    rows = at(client, scene.chair).get(f"/meetings/{meeting.pk}/").context["parts"]["room"]["rows"]
    assert [(row["name"], str(row["mode"])) for row in rows if row["video"]] == [(scene.members[4].name, "By video")]


def allow_alternates(scene: Scene) -> None:
    """A newer edition of the rulebook, alike but for its alternates."""
    newest = RulebookVersion.objects.get(pk=scene.rulebook.pk)
    content = deepcopy(newest.content)
    content["rulebook"]["version"] = newest.version + 1
    part = content["rulebook"].setdefault("committee", {})
    part["alternates"] = {"value": True, "source": ["design"], "confidence": "design"}
    RulebookVersion.objects.create(
        slug=newest.slug, version=newest.version + 1, digest="b" * 64, content=content, published_at=scene.now
    )


def test_alternate_stands_for_one_absent_member_where_the_rulebook_allows(client: Client, scene: Scene) -> None:
    allow_alternates(scene)
    meeting = scene.convene(scene.case_in(State.READY), present=6)
    absent, seat = scene.seats[scene.members[4].pk], scene.seats[scene.alternate.pk]
    secretary = at(client, scene.secretary)
    offered = secretary.get(f"/meetings/{meeting.pk}/").context["parts"]["room"]["absent"]
    assert [row["seat"] for row in offered] == [absent.pk]
    sent = {"seat": seat.pk, "mode": "room", "stands_for": absent.pk}
    assert secretary.post(f"/meetings/{meeting.pk}/attend/", sent).status_code == 302
    rows = secretary.get(f"/meetings/{meeting.pk}/").context["parts"]["room"]["rows"]
    assert [row["for"] for row in rows if row["seat"] == seat.pk] == [scene.members[4].name]


def test_screen_of_an_open_ballot_asks_the_same_number_of_queries_for_one_and_three_items(
    client: Client, scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        cases = [scene.case_in(State.READY) for _ in range(count)]
        meeting = scene.convene(*cases)
        turn_to(cases[0], scene)
        scene.put(cases[0])
        scene.vote(cases[0], Choice.FOR)
        member = at(client, scene.members[4])
        with django_assert_num_queries(18):
            member.get(f"/meetings/{meeting.pk}/")
