"""Meetings for programs: planned, convened, held, closed; motions and votes; minutes; running votes stay secret."""

from datetime import timedelta
from typing import Any

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.answers import codes, good, hidden_like_nothing, overtaken, pointers, queries
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.scenes import Scene, make_scene, rate
from workflows.actions.conflicts import declare_conflict
from workflows.actions.motions import cast_vote
from workflows.domain.ballots import Choice
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, Meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def desk(scene: Scene) -> Caller:
    return Caller(scene.secretary, scene.now)


def opened(told: dict[str, Any], name: str) -> bool:
    return next(bool(one["open"]) for one in told["actions"] if one["name"] == name)


def test_meeting_is_planned_convened_held_and_closed(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.READY)
    seats = {user.pk: seat.pk for user, seat in ((user, scene.seats[user.pk]) for user in scene.voters)}
    body = {
        "committee": scene.committee.pk,
        "starts_at": (scene.now + timedelta(days=7)).isoformat(),
        "presiding": seats[scene.chair.pk],
    }
    assert pointers(desk.post("meetings", body)) == ["/place"]
    assert pointers(desk.post("meetings", {**body, "place": "Room 1", "presiding": 10**9})) == ["/presiding"]
    assert pointers(desk.post("meetings", {**body, "place": "x", "committee": 10**9})) == ["/committee"]
    past = {**body, "place": "Room 1", "starts_at": (scene.now - timedelta(days=1)).isoformat()}
    assert codes(desk.post("meetings", past)) == ["day_past"]
    assert Caller(scene.chair, scene.now).post("meetings", {**body, "place": "Room 1"}).status_code == 403
    planned = good(desk.post("meetings", {**body, "place": "Room 1"}), 201)
    path = f"meetings/{planned['id']}"
    assert (planned["number"], planned["state"]) == (1, "planned")
    assert codes(desk.post(f"{path}/convene")) == ["agenda_empty"]
    assert good(desk.get(path))["ready"] == [case.reference]
    assert pointers(desk.call("PUT", f"{path}/agenda", {"cases": ["NONE-1"]})) == ["/cases/0"]
    told = good(desk.call("PUT", f"{path}/agenda", {"cases": [case.reference]}))
    assert [line["case"] for line in told["agenda"]] == [case.reference]
    assert opened(told, "meeting.convene")
    assert good(desk.post(f"{path}/convene"))["state"] == "convened"
    assert good(desk.post(f"{path}/open"))["state"] == "open"
    for user in scene.voters[:5]:
        own = Caller(user, scene.now)
        good(own.post(f"{path}/arrive", {"seat": seats[user.pk], "mode": "room"}))
    other = {"seat": seats[scene.chair.pk], "mode": "room"}
    assert Caller(scene.members[0], scene.now).post(f"{path}/arrive", other).status_code == 403
    assert codes(desk.post(f"{path}/arrive", {"seat": 10**9, "mode": "room"})) == ["not_present"]
    assert good(desk.post(f"cases/{case.reference}/open-item"))["state"] == "deliberating"
    gone = good(desk.post(f"{path}/leave", {"seat": seats[scene.members[2].pk]}))
    assert [row["here"] for row in gone["room"]] == [True] * 4 + [False] * 3
    assert "no_quorum" in [one["code"] for one in gone["agenda"][0]["missing"]]
    assert codes(desk.post(f"{path}/close")) == ["item_open"]
    assert good(desk.post(f"cases/{case.reference}/adjourn-item", {"reasons": "Too few."}))["state"] == "ready"
    closed = good(desk.post(f"{path}/close"))
    assert (closed["state"], closed["agenda"][0]["outcome"]) == ("closed", "adjourned")


def test_list_of_meetings_is_for_those_with_a_seat(scene: Scene, desk: Caller, stranger: User) -> None:
    meeting = scene.plan()
    assert [row["id"] for row in good(desk.get("meetings"))["results"]] == [meeting.pk]
    assert good(desk.get("meetings", {"state": "open"}))["results"] == []
    for caller in (Caller(stranger, scene.now), Caller(scene.lead, scene.now)):
        assert good(caller.get("meetings"))["results"] == []
        hidden_like_nothing(caller, f"meetings/{meeting.pk}", "meetings/999999")
        hidden_like_nothing(caller, f"meetings/{meeting.pk}/minutes", "meetings/999999/minutes")


# -- motions ----------------------------------------------------------------------------------------------------------


def test_motion_is_put_voted_on_and_carried(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.DELIBERATING)
    path, chair = f"cases/{case.reference}", Caller(scene.chair, scene.now)
    kind = scene.kind(Effect.APPROVE)
    assert [one["missing"] for one in good(chair.get(f"{path}/motions"))["kinds"] if one["code"] == kind] == [[]]
    assert codes(chair.post(f"{path}/motions", {"decision_kind": "nothing"})) == ["decision_kind_unknown"]
    assert Caller(scene.members[0], scene.now).post(f"{path}/motions", {"decision_kind": kind}).status_code == 403
    motion = good(chair.post(f"{path}/motions", {"decision_kind": kind, "text": "As discussed."}), 201)["motions"][0]
    assert (motion["needed"], len(motion["voters"]), motion["votes"]) == (5, 7, [])
    one = f"{path}/motions/{motion['id']}"
    for user in scene.voters[:5]:
        good(Caller(user, scene.now).post(f"{one}/vote", {"choice": "for", "reason": "Useful."}))
    assert pointers(chair.post(f"{one}/vote", {"choice": "maybe"})) == ["/choice"]
    assert pointers(desk.post(f"{one}/record-vote", {"voter": 10**9, "choice": "for"})) == ["/voter"]
    good(desk.post(f"{one}/record-vote", {"voter": scene.members[4].pk, "choice": "abstain"}))
    closed = good(chair.post(f"{one}/close"))
    standing = closed["standing"]
    assert (closed["carried"], standing["in_favour"], standing["abstain"], standing["silent"]) == (True, 5, 1, 1)
    assert [vote["choice"] for vote in closed["votes"]] == ["for"] * 5 + ["abstain"]
    assert closed["votes"][5]["by"]["id"] == scene.secretary.pk
    assert codes(chair.post(f"{one}/close")) == ["wrong_state"]
    against = Caller(scene.members[4], scene.now)
    assert good(against.get(one))["may_dissent"] is True
    written = good(against.call("PUT", f"{one}/dissent", {"text": "The fallback is unclear."}))
    assert [row["text"] for row in written["dissents"]] == ["The fallback is unclear."]
    assert codes(chair.call("PUT", f"{one}/dissent", {"text": "x"})) == ["not_dissenting"]
    assert desk.call("PUT", f"{one}/dissent", {"text": "x"}).status_code == 403


def test_running_votes_are_secret(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.VOTING)
    motion = case.agenda_items.get().motions.get()
    cast_vote(
        case.pk,
        motion_id=motion.pk,
        choice=Choice.AGAINST,
        reason="Secret words.",
        actor=scene.members[0],
        now=scene.now,
    )
    meeting = Meeting.objects.get()
    for caller in (desk, Caller(scene.chair, scene.now), Caller(scene.members[1], scene.now)):
        for path in (f"cases/{case.reference}/motions", f"meetings/{meeting.pk}"):
            answer = caller.get(path)
            assert "Secret words." not in answer.content.decode()
            assert "against" not in [vote["choice"] for vote in _votes(answer.json())]
            assert [vote["person"]["id"] for vote in _votes(answer.json())] == [scene.members[0].pk]
    own = good(Caller(scene.members[0], scene.now).get(f"cases/{case.reference}/motions/{motion.pk}"))
    assert (own["votes"][0]["choice"], own["votes"][0]["reason"]) == ("against", "Secret words.")
    assert Caller(scene.lead, scene.now).get(f"cases/{case.reference}/motions").status_code == 403


def _votes(told: dict[str, Any]) -> list[dict[str, Any]]:
    motions = told["motions"] if "motions" in told else told["agenda"][0]["motions"]
    return [vote for motion in motions for vote in motion["votes"]]


def test_motion_is_withdrawn_and_a_vote_on_it_is_stale(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    first = case.agenda_items.get().motions.get()
    path, chair = f"cases/{case.reference}/motions", Caller(scene.chair, scene.now)
    taken = good(chair.post(f"{path}/{first.pk}/withdraw", {"reasons": "The text changes."}))
    assert (taken["withdrawn_reason"], taken["votes"]) == ("The text changes.", [])
    good(chair.post(path, {"decision_kind": scene.kind(Effect.APPROVE)}), 201)
    assert codes(chair.post(f"{path}/{first.pk}/vote", {"choice": "for"})) == ["stale"]
    assert codes(chair.post(f"{path}/{first.pk}/withdraw", {"reasons": "x"})) == ["ballot_closed"]
    assert chair.post(f"{path}/999999/vote", {"choice": "for"}).status_code == 404


def test_gate_is_put_to_the_vote(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    rate(case, scene.members[0], scene.gate, "0", now=scene.now, reason="Not shown.")
    path, chair = f"cases/{case.reference}", Caller(scene.chair, scene.now)
    told = good(chair.get(f"{path}/motions"))
    assert [(row["indicator"], row["reviewer"]["id"]) for row in told["gates"]] == [(scene.gate, scene.members[0].pk)]
    approve = next(one for one in told["kinds"] if one["code"] == scene.kind(Effect.APPROVE))
    assert [one["code"] for one in approve["missing"]] == ["gate_standing"]
    body = {"reviewer": scene.members[0].pk, "indicator": scene.gate, "text": "It was shown in the meeting."}
    assert codes(chair.post(f"{path}/gate-motions", {**body, "indicator": "XX-1"})) == ["gate_unknown"]
    motion = good(chair.post(f"{path}/gate-motions", body), 201)["motions"][0]
    assert (motion["kind"], motion["indicator"]) == ("resolve_gate", scene.gate)
    assert motion["reviewer"]["id"] == scene.members[0].pk


def test_recused_members_see_nothing_but_the_place_of_the_item(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.members[0], kind=kind, reason="", actor=scene.members[0], now=scene.now)
    told = good(Caller(scene.members[0], scene.now).get(f"meetings/{Meeting.objects.get().pk}"))
    line = told["agenda"][0]
    assert (line["position"], line["recused"], line["case"], line["title"], line["motions"]) == (1, True, None, "", [])


# -- minutes ----------------------------------------------------------------------------------------------------------


def closed_meeting(scene: Scene) -> tuple[Case, Meeting]:
    """A meeting that decided one case and is closed."""
    case = scene.case_in(State.CARRIED)
    meeting = Meeting.objects.get()
    good(Caller(scene.secretary, scene.now).post(f"meetings/{meeting.pk}/close"))
    return case, meeting


def test_minutes_are_drafted_read_and_approved(scene: Scene, desk: Caller) -> None:
    case, meeting = closed_meeting(scene)
    path, chair = f"meetings/{meeting.pk}/minutes", Caller(scene.chair, scene.now)
    assert good(desk.get(path))["record"]["items"][0]["reference"] == case.reference
    assert good(chair.get(path))["record"] is None
    assert chair.call("PUT", path, {"notes": "x", "seen": ""}).status_code == 403
    drafted = good(desk.call("PUT", path, {"notes": "The chair thanked all.", "seen": ""}))
    assert overtaken(desk.call("PUT", path, {"notes": "Otherwise.", "seen": ""}))["notes"] == "The chair thanked all."
    late = chair.post(f"{path}/approve", {"seen": "2020-01-01T00:00:00+00:00"})
    assert overtaken(late)["mark"] == drafted["mark"]
    assert desk.post(f"{path}/approve", {"seen": drafted["mark"]}).status_code == 403
    approved = good(chair.post(f"{path}/approve", {"seen": drafted["mark"]}))
    assert (approved["notes"], len(approved["digest"])) == ("The chair thanked all.", 64)
    told = good(desk.get(f"cases/{case.reference}/minutes"))["minutes"]
    assert [row["digest"] for row in told] == [approved["digest"]]


def test_authority_reads_votes_and_minutes_of_decided_cases(scene: Scene, desk: Caller) -> None:
    case, meeting = closed_meeting(scene)
    drafted = good(desk.call("PUT", f"meetings/{meeting.pk}/minutes", {"notes": "", "seen": ""}))
    good(Caller(scene.chair, scene.now).post(f"meetings/{meeting.pk}/minutes/approve", {"seen": drafted["mark"]}))
    caller = Caller(make_regulator(), scene.now)
    hidden_like_nothing(caller, f"cases/{case.reference}/motions", "cases/NONE-1/motions")
    hidden_like_nothing(caller, f"cases/{case.reference}/minutes", "cases/NONE-1/minutes")
    hidden_like_nothing(caller, f"meetings/{meeting.pk}", "meetings/999999")
    scene.issue(case)
    motions = good(caller.get(f"cases/{case.reference}/motions"))
    assert ([row["carried"] for row in motions["motions"]], motions["kinds"]) == ([True], [])
    assert good(caller.get(f"cases/{case.reference}/minutes"))["minutes"][0]["meeting"] == meeting.pk
    parts = [event.facts["part"] for event in AuditEvent.objects.filter(verb="case.read").order_by("pk")]
    assert parts == ["votes", "minutes"]


def test_reading_a_meeting_costs_the_same_with_one_item_and_three(scene: Scene, desk: Caller) -> None:
    def costs(cases: int) -> dict[str, int]:
        made = [scene.case_in(State.READY) for _ in range(cases)]
        meeting = scene.convene(*made)
        paths = {"one": f"meetings/{meeting.pk}", "minutes": f"meetings/{meeting.pk}/minutes", "all": "meetings"}
        found = {name: queries(lambda path=path: desk.get(path)) for name, path in paths.items()}
        found["motions"] = queries(lambda: desk.get(f"cases/{made[0].reference}/motions"))
        return found

    assert costs(1) == costs(3) == {"one": 12, "minutes": 12, "all": 2, "motions": 6}
