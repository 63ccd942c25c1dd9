"""Verifications for programs: asked for, staffed, accepted; each sees what the pages show, and readings are kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.verification_scenes import Course, VerificationScene, make_verification_scene
from workflows.domain.verification_states import VState
from workflows.models import Verification

pytestmark = pytest.mark.django_db
PARTS = (
    "",
    "/history",
    "/people",
    "/ratings",
    "/differences",
    "/evidence",
    "/dcmm",
    "/findings",
    "/ballots",
    "/reports",
)


@pytest.fixture
def scene(db: None) -> VerificationScene:
    """Everything happens now: tokens are measured against the clock."""
    return make_verification_scene(this_moment())


@pytest.fixture
def later(db: None) -> VerificationScene:
    """What happened two months ago has run its course by now."""
    return make_verification_scene(this_moment() - timedelta(days=60))


def caller(user: User, language: str = "en") -> Caller:
    return Caller(user, timezone.now(), language=language)


def codes(answer: Any) -> list[str]:
    """The codes of what is missing."""
    return [one["code"] for one in answer.json()["missing"]]


def queries(who: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert who.get(path).status_code == 200
    return len(found)


def test_one_is_asked_for_and_accepted(scene: VerificationScene, stranger: User) -> None:
    assessed = scene.hand_in().self_assessment
    lead = caller(scene.lead)
    hosts = lead.get("verifying-bodies").json()["results"]
    assert [one["id"] for one in hosts] == [scene.host.pk]
    body = {"assessment": assessed.pk, "host": scene.host.pk}
    assert caller(scene.enterprise.reader).post("verifications", body).status_code == 403
    for name in ("assessment", "host"):
        wrong = lead.post("verifications", body | {name: 999_999})
        assert [one["pointer"] for one in wrong.json()["faults"]] == [f"/{name}"]
    asked = lead.post("verifications", body)
    told = asked.json()
    assert asked.status_code == 201, told
    assert (told["state"], told["roles"], told["claimed"]["tier"], told["verified"]) == (
        "entry",
        ["enterprise", "lead"],
        3,
        None,
    )
    assert codes(lead.post("verifications", body)) == ["verification_running"]
    desk, base = caller(scene.coordinator), f"verifications/{told['id']}"
    refused = desk.post(f"{base}/accept")
    assert codes(refused) == ["team_incomplete", "lead_missing"]
    assert refused.json()["missing"][0]["article"]
    assert codes(caller(scene.coordinator, "zh-hans").post(f"{base}/accept")) == codes(refused)
    people = desk.get(f"{base}/people").json()
    assert {one["id"] for one in people["candidates"] if one["for_team"]} >= {
        scene.lead_assessor.pk,
        scene.assessor.pk,
    }
    desk.post(f"{base}/team", {"person": scene.lead_assessor.pk, "lead": True})
    team = desk.post(f"{base}/team", {"person": scene.assessor.pk}).json()["team"]
    assert [(one["id"], one["leads"]) for one in team] == [(scene.lead_assessor.pk, True), (scene.assessor.pk, False)]
    assert desk.post(f"{base}/team", {"person": scene.lead.pk}).json()["faults"][0]["pointer"] == "/person"
    named = desk.call("PUT", f"{base}/reviewer", {"person": scene.reviewer.pk})
    assert named.json()["reviewer"]["id"] == scene.reviewer.pk
    assert desk.post(f"{base}/accept").json()["state"] == "documents"
    assert caller(scene.lead).get(f"{base}/people").json()["reviewer"] is None


def test_sent_home_and_taken_back(scene: VerificationScene) -> None:
    row, other = scene.request(), scene.request()
    assert caller(scene.lead).post(f"verifications/{row.pk}/return", {"reasons": "x"}).status_code == 403
    sent = caller(scene.coordinator).post(f"verifications/{row.pk}/return", {"reasons": "Not ours."})
    assert (sent.json()["state"], sent.json()["closing_reasons"]) == ("returned", "Not ours.")
    taken = caller(scene.lead).post(f"verifications/{other.pk}/withdraw", {"reasons": "Later."})
    assert taken.json()["state"] == "withdrawn"
    again = caller(scene.lead).post(f"verifications/{other.pk}/withdraw", {"reasons": "Later."})
    assert codes(again) == ["wrong_state"]
    assert caller(scene.lead).post(f"verifications/{other.pk}/withdraw", {"reasons": "\u202e"}).status_code == 400


def test_places_end_and_conflicts_act_at_once(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ENTRY)
    base, desk = f"verifications/{row.pk}", caller(scene.coordinator)
    scene.staff(row)
    desk.post(f"{base}/team", {"person": scene.spare.pk})
    ended = desk.post(f"{base}/team/{scene.spare.pk}/end", {"reasons": "Away."})
    assert scene.spare.pk not in {one["id"] for one in ended.json()["team"]}
    assert desk.post(f"{base}/team/{scene.spare.pk}/end", {"reasons": "Away."}).status_code == 404
    kind = desk.get(f"{base}/people").json()["conflicts"][0]["code"]
    assert caller(scene.lead).post(f"{base}/recusals", {"person": scene.lead.pk, "kind": kind}).status_code == 403
    bad = desk.post(f"{base}/recusals", {"person": 999_999, "kind": kind, "reason": "x"})
    assert bad.json()["faults"][0]["pointer"] == "/person"
    set_ = desk.post(f"{base}/recusals", {"person": scene.spare.pk, "kind": kind, "reason": "Cousin."})
    assert [one["person"]["id"] for one in set_.json()["recusals"]] == [scene.spare.pk]
    own = caller(scene.assessor)
    assert own.post(f"{base}/recusals", {"person": scene.assessor.pk, "kind": kind}).status_code == 204
    assert own.get(base).status_code == 404


def test_panel_is_seated_and_unseated(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.COMPLIANCE, Course(claimed=4, found=4, target=4))
    base, desk = f"verifications/{row.pk}", caller(scene.coordinator)
    seated = desk.post(f"{base}/panel", {"person": scene.panel[0].pk})
    assert [one["id"] for one in seated.json()["panel"]] == [scene.panel[0].pk]
    refused = desk.post(f"{base}/panel", {"person": scene.assessor.pk})
    assert codes(refused) == ["has_another_part"]
    ended = desk.post(f"{base}/panel/{scene.panel[0].pk}/end", {"reasons": "Ill."})
    assert ended.json()["panel"] == []


def test_strangers_find_nothing(scene: VerificationScene, stranger: User) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    who = caller(stranger)
    absent = who.get("verifications/999999").json() | {"instance": ""}
    for part in (*PARTS, "/onsite", "/objections"):
        hidden = who.get(f"verifications/{row.pk}{part}")
        assert (hidden.status_code, hidden.json() | {"instance": ""}) == (404, absent), part
    assert who.post(f"verifications/{row.pk}/accept").status_code == 404
    assert who.get("verifications").json()["results"] == []


def test_list_is_narrowed(scene: VerificationScene) -> None:
    row, other = scene.verification_in(VState.DOCUMENTS), scene.request()
    desk = caller(scene.coordinator)

    def found(**asked: object) -> list[int]:
        return [one["id"] for one in desk.get("verifications", asked).json()["results"]]

    assert found() == [other.pk, row.pk]
    assert found(state="documents") == [row.pk]
    assert found(text=other.reference) == [other.pk]
    assert found(mine="true") == []
    assert found(assessment=row.self_assessment_id) == [row.pk]
    mine = caller(scene.assessor).get("verifications", {"mine": "true"}).json()["results"]
    assert [one["id"] for one in mine] == [row.pk]
    assert desk.get("verifications", {"state": "asleep"}).status_code == 400


def test_drafts_of_the_team_stay_with_it(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE)
    base = f"verifications/{row.pk}"
    team, enterprise, desk = caller(scene.assessor), caller(scene.lead), caller(scene.coordinator)
    rated = {one["key"]: one for one in team.get(f"{base}/ratings").json()["criteria"]}
    assert (rated["1.1.1"]["claimed"]["step"], rated["1.1.1"]["team"]["step"]) == ("F", "F")
    for who in (enterprise, desk):
        seen = {one["key"]: one for one in who.get(f"{base}/ratings").json()["criteria"]}
        assert (seen["1.1.1"]["claimed"]["step"], seen["1.1.1"]["team"], seen["1.1.1"]["answer"]) == ("F", None, None)
        assert who.get(f"{base}/findings").status_code == 403
        assert who.get(base).json()["standing"] is None
    assert team.get(base).json()["standing"]["tier"] == 3
    assert enterprise.get(f"{base}/onsite").status_code == 403
    assert enterprise.get(f"{base}/dcmm").json()["accepted"] is None
    assert caller(scene.reviewer).get(f"{base}/ratings").status_code == 403


def test_authority_reads_part_by_part_and_it_is_kept(later: VerificationScene) -> None:
    row, running = later.verification_in(VState.CERTIFIED), later.verification_in(VState.DOCUMENTS)
    who = caller(make_regulator())
    for part in PARTS:
        assert who.get(f"verifications/{row.pk}{part}").status_code == 200, part
    kept = AuditEvent.objects.filter(verb="verification.read", subject=f"verification:{row.pk}").order_by("number")
    assert [event.facts["part"] for event in kept] == [
        "facts",
        "procedure",
        "people",
        "ratings",
        "ratings",
        "evidence",
        "ratings",
        "findings",
        "votes",
        "reports",
    ]
    assert {event.chain for event in kept} == {f"organisation:{later.enterprise.organisation.pk}"}
    told = who.get(f"verifications/{row.pk}").json()
    assert (told["roles"], told["verified"]["tier"], told["actions"], told["adviser"]) == (["authority"], 3, [], "")
    for part in PARTS:
        expected = 200 if part in {"", "/history"} else 404
        assert who.get(f"verifications/{running.pk}{part}").status_code == expected, part
    facts = who.get(f"verifications/{running.pk}").json()
    assert (facts["claimed"], facts["recommended_tier"]) == (None, None)
    assert who.post(f"verifications/{running.pk}/accept").status_code == 403
    assert [one["id"] for one in who.get("verifications", {"text": row.reference}).json()["results"]] == [row.pk]
    search = AuditEvent.objects.get(verb="oversight.searched")
    assert (search.facts["about"], search.facts["filters"]) == ("verifications", {"text": row.reference})


def test_authority_gets_no_confidential_file(later: VerificationScene) -> None:
    row = later.verification_in(VState.CERTIFIED)
    who = caller(make_regulator())
    pieces = who.get(f"verifications/{row.pk}/evidence").json()["pieces"]
    secret = next(one for one in pieces if one["confidential"])
    assert (secret["reference"], secret["kind"], secret["file"]) == ("", "", None)
    assert secret["title"] == "Proof by measurement"
    assert who.get(f"verifications/{row.pk}/evidence/{secret['id']}/file").status_code == 404
    inside = caller(later.assessor).get(f"verifications/{row.pk}/evidence").json()["pieces"]
    assert next(one for one in inside if one["confidential"])["reference"] == "Archive 3"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(rows: int, scene: VerificationScene) -> None:
    made: list[Verification] = [scene.request() for _ in range(rows)]
    row = made[0]
    scene.staff(row)
    scene.accept(row)
    row.refresh_from_db()
    scene.rate_all(row)
    for key in ("7.2.3", "7.1.1", "1.1.1")[:rows]:
        scene.write_finding(row, key)
    base, team, desk = f"verifications/{row.pk}", caller(scene.lead_assessor), caller(scene.coordinator)
    team.get("me")
    desk.get("me")
    parts = ("", "/history", "/ratings", "/evidence", "/dcmm", "/onsite", "/findings")
    found = {part: queries(team, base + part) for part in parts}
    found |= {"list": queries(desk, "verifications"), "desk": queries(desk, base)}
    found["/people"] = queries(desk, f"{base}/people")
    assert found == {
        "": 17,
        "/history": 9,
        "/people": 23,
        "/ratings": 10,
        "/evidence": 9,
        "/dcmm": 9,
        "/onsite": 17,
        "/findings": 8,
        "list": 3,
        "desk": 17,
    }


def test_moments_are_the_servers(scene: VerificationScene) -> None:
    row = scene.request()
    told = caller(scene.coordinator).get(f"verifications/{row.pk}")
    assert datetime.fromisoformat(told.json()["created_at"]) == row.created_at
    assert caller(scene.coordinator).get(f"verifications/{row.pk}", if_none_match=told["ETag"]).status_code == 304
