"""What the desk does with a case, for programs: from classifying to extending; reviewers and conflicts."""

from datetime import timedelta
from typing import Any

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.answers import codes, good, hidden_like_nothing, pointers, queries
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.committees import record_absence
from workflows.domain.application import form_items
from workflows.domain.states import State
from workflows.models import Conflict, Review

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def desk(scene: Scene) -> Caller:
    return Caller(scene.secretary, scene.now)


def test_case_is_classified_and_accepted(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.SUBMITTED)
    path, lead = f"cases/{case.reference}", Caller(scene.lead, scene.now)
    body = {"tier": "T9", "flags": ["nothing"], "red_lines": ["nothing"], "exemption": "nothing", "reason": "x"}
    wrong = pointers(desk.post(f"{path}/classify", body))
    assert wrong == ["/tier", "/flags/0", "/red_lines/0", "/exemption"]
    assert lead.post(f"{path}/classify", {"tier": "T2", "reason": "x"}).status_code == 403
    assert lead.post(f"{path}/classify", {"nothing": "of this"}).status_code == 403
    told = good(desk.post(f"{path}/classify", {"tier": "T2", "reason": "As described."}))
    assert (told["tier"], told["classification_reason"]) == ("T2", "As described.")
    assert good(lead.get(path))["tier"] == ""
    accepted = good(desk.post(f"{path}/accept", {"reasons": "Complete."}))
    assert (accepted["state"], accepted["procedure"], accepted["clock"]["running"]) == ("accepted", "general", True)
    assert good(lead.get(path))["tier"] == "T2"
    assert [row["tier"] for row in good(lead.get("cases"))["results"]] == ["T2"]


def test_notice_is_sent_once(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.SUBMITTED)
    path = f"cases/{case.reference}/request-supplement"
    item = next(form_items(scene.rules.application)).code
    assert pointers(desk.post(path, {"requests": {}})) == ["/requests"]
    assert pointers(desk.post(path, {"requests": {"no/where": "x"}})) == ["/requests/no~1where"]
    told = good(desk.post(path, {"requests": {item: "Say more."}, "message": "One thing."}))
    assert (told["state"], told["waits"][0]["kind"]) == ("supplement", "supplement")
    assert codes(desk.post(path, {"requests": {item: "More."}})) == ["wrong_state"]


def test_declining_ends_the_case_with_its_reasons(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.SUBMITTED)
    path = f"cases/{case.reference}/decline"
    assert Caller(scene.lead, scene.now).post(path, {"reasons": "x"}).status_code == 403
    told = good(desk.post(path, {"reasons": "Out of scope."}))
    assert (told["state"], told["closing_reasons"]) == ("declined", "Out of scope.")
    assert codes(desk.post(path, {"reasons": "Again."})) == ["wrong_state"]


def test_limit_is_extended_by_who_leads(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.ACCEPTED)
    path, chair = f"cases/{case.reference}/extend", Caller(scene.chair, scene.now)
    last = good(chair.get(f"cases/{case.reference}"))["clock"]["last_day"]
    assert desk.post(path, {"until": "2027-12-31", "reasons": "x"}).status_code == 403
    assert codes(chair.post(path, {"until": last, "reasons": "x"})) == ["deadline_not_later"]
    assert pointers(chair.post(path, {"until": "9999-12-31", "reasons": "x"})) == ["/until"]
    told = good(chair.post(path, {"until": "2027-12-31", "reasons": "An expert is awaited."}))["clock"]
    assert (told["last_day"], told["extended"]) == ("2027-12-31", True)
    assert told["extension_reason"] == "An expert is awaited."


def test_vice_chair_acts_while_the_chair_is_away(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.ACCEPTED)
    path, seat = f"cases/{case.reference}", scene.seats[scene.vice_chair.pk]
    body = {"seat": seat.pk, "reasons": "The chair is away."}
    assert codes(desk.post(f"{path}/designate-chair", body)) == ["chair_available"]
    day = scene.now.date()
    record_absence(
        scene.seats[scene.chair.pk].pk,
        away_from=day - timedelta(days=1),
        away_until=None,
        actor=scene.chair,
        now=scene.now,
    )
    good(desk.post(f"{path}/designate-chair", body))
    leading = [row["id"] for row in good(desk.get(f"{path}/people"))["people"] if row["leads"]]
    assert leading == [scene.vice_chair.pk]
    assert codes(desk.post(f"{path}/end-designation")) == ["chair_unavailable"]
    record_absence(scene.seats[scene.chair.pk].pk, away_from=None, away_until=None, actor=scene.chair, now=scene.now)
    good(desk.post(f"{path}/end-designation"))
    assert codes(desk.post(f"{path}/end-designation")) == ["nobody_designated"]


def test_reviewers_are_assigned_and_an_assignment_is_taken_back(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.ACCEPTED)
    path = f"cases/{case.reference}/assignments"
    first, second, third = scene.members[:3]
    told = good(desk.get(path))
    assert (told["least"], told["reviewers"], len(told["members"])) == (2, [], 8)
    assert pointers(desk.post(path, {"reviewers": [first.pk, 10**9]})) == ["/reviewers/1"]
    assert pointers(desk.post(path, {"reviewers": []})) == ["/reviewers"]
    assert codes(desk.post(path, {"reviewers": [first.pk]})) == ["reviewers_missing"]
    assigned = good(desk.post(path, {"reviewers": [first.pk, second.pk, third.pk]}))
    assert [row["id"] for row in assigned["reviewers"]] == [first.pk, second.pk, third.pk]
    left = good(desk.post(f"{path}/{third.pk}/withdraw", {"reasons": "Away."}))
    assert [row["id"] for row in left["reviewers"]] == [first.pk, second.pk]
    assert Review.objects.get(user=third).withdrawn_reason == "Away."
    assert desk.post(f"{path}/{third.pk}/withdraw", {"reasons": "Away."}).status_code == 404
    member = Caller(first, scene.now)
    assert member.get(path).status_code == 403
    assert member.post(path, {"reviewers": [third.pk]}).status_code == 403


def test_conflict_acts_at_once_and_can_be_lifted(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.ACCEPTED)
    path, member = f"cases/{case.reference}/conflicts", scene.members[0]
    own = Caller(member, scene.now)
    told = good(own.get(path))
    kind = told["kinds"][0]["code"]
    assert [row["id"] for row in told["people"]] == [member.pk]
    assert pointers(own.post(path, {"person": scene.chair.pk, "kind": kind})) == ["/person"]
    assert codes(own.post(path, {"person": member.pk, "kind": "nothing"})) == ["conflict_kind_unknown"]
    gone = own.post(path, {"person": member.pk, "kind": kind, "reason": "A relative works there."})
    assert (gone.status_code, gone.content) == (204, b"")
    hidden_like_nothing(own, f"cases/{case.reference}", "cases/NONE-1")
    assert codes(desk.post(path, {"person": scene.chair.pk, "kind": kind})) == ["reasons_missing"]
    kept = good(desk.get(path))["conflicts"]
    assert [(row["person"]["id"], row["reason"]) for row in kept] == [(member.pk, "A relative works there.")]
    seen = good(Caller(scene.chair, scene.now).get(path))["conflicts"]
    assert [(row["person"]["id"], row["reason"]) for row in seen] == [(member.pk, "")]
    lift = f"{path}/{Conflict.objects.get().pk}/lift"
    assert Caller(scene.chair, scene.now).post(lift, {"reasons": "x"}).status_code == 403
    lifted = good(desk.post(lift, {"reasons": "The wrong person."}))["conflicts"][0]
    assert lifted["lifted_reason"] == "The wrong person."
    assert codes(desk.post(lift, {"reasons": "Again."})) == ["wrong_state"]
    assert own.get(f"cases/{case.reference}").status_code == 200
    assert Caller(scene.lead, scene.now).get(path).status_code == 403


def test_history_and_people_tell_each_reader_their_part(scene: Scene, desk: Caller, stranger: User) -> None:
    case = scene.case_in(State.REVIEWING)
    lead, regulator = Caller(scene.lead, scene.now), Caller(make_regulator(), scene.now)
    whole = good(desk.get(f"cases/{case.reference}/history"))["events"]
    theirs = good(lead.get(f"cases/{case.reference}/history"))["events"]
    assert [row["verb"] for row in whole] == [
        "case.assign",
        "case.accept",
        "case.classify",
        "case.submit",
        "case.start",
    ]
    assert [(row["verb"], row["actor"]) for row in theirs] == [
        ("case.accept", ""),
        ("case.submit", ""),
        ("case.start", ""),
    ]
    people = good(desk.get(f"cases/{case.reference}/people"))["people"]
    assert sum(row["reviews"] for row in people) == 2
    assert lead.get(f"cases/{case.reference}/people").status_code == 403
    seen = good(regulator.get(f"cases/{case.reference}/people"))["people"]
    assert {(row["leads"], row["recused"], row["reviews"]) for row in seen} == {(None, None, None)}
    assert AuditEvent.objects.get(verb="case.read").facts["part"] == "people"
    for part in ("history", "people", "assignments", "conflicts"):
        hidden_like_nothing(Caller(stranger, scene.now), f"cases/{case.reference}/{part}", f"cases/NONE-1/{part}")


def test_lists_and_pages_of_the_desk_cost_the_same_with_one_row_and_three(scene: Scene, desk: Caller) -> None:
    case = scene.case_in(State.REVIEWING)
    path = f"cases/{case.reference}"

    def costs() -> dict[str, Any]:
        parts = ("", "/history", "/people", "/assignments", "/conflicts")
        found = {part: queries(lambda part=part: desk.get(f"{path}{part}")) for part in parts}
        return found | {"cases": queries(lambda: desk.get("cases", {"late": "true", "text": "LKS"}))}

    before = costs()
    scene.case_in(State.REVIEWING)
    scene.case_in(State.SUBMITTED)
    assert costs() == before == COSTS


COSTS = {"": 8, "/history": 7, "/people": 6, "/assignments": 7, "/conflicts": 5, "cases": 4}


def test_authority_looking_through_cases_is_kept_word_by_word(scene: Scene) -> None:
    scene.case_in(State.ACCEPTED)
    regulator = make_regulator()
    caller = Caller(regulator, scene.now)
    found = good(caller.get("cases", {"text": "LKS", "state": ["accepted", "reviewing"]}))
    assert len(found["results"]) == 1
    event = AuditEvent.objects.get(verb="oversight.searched")
    assert (event.facts["about"], event.facts["filters"]) == ("cases", {"text": "LKS", "state": "accepted, reviewing"})
    assert good(caller.get("cases", {"mine": "true"}))["results"] == []
    assert pointers(caller.get("cases", {"state": "lost"})) == ["state"]
