"""Cases for programs: reading, acting, refusals, repeated and overtaken calls."""

from datetime import datetime

import pytest
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.interface.models import Call
from tests.api.callers import Caller
from tests.scenes import Scene, make_scene
from workflows.domain.states import State
from workflows.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


@pytest.fixture
def submitted(scene: Scene) -> Case:
    """Submitted and not yet classified."""
    return scene.case_in(State.SUBMITTED)


def test_list_holds_what_the_caller_may_see(scene: Scene, submitted: Case, stranger: User) -> None:
    now = timezone.now()
    found = Caller(scene.secretary, now).get("cases").json()
    assert [row["ref"] for row in found["results"]] == [submitted.reference]
    assert (found["next"], found["previous"]) == (None, None)
    assert Caller(stranger, now).get("cases").json()["results"] == []


def test_one_case_says_what_can_be_done_and_what_is_missing(scene: Scene, submitted: Case) -> None:
    answer = Caller(scene.secretary, timezone.now()).get(f"cases/{submitted.reference}")
    told = answer.json()
    assert (told["ref"], told["state"], told["roles"], told["clock"]) == (
        submitted.reference,
        "submitted",
        ["secretary"],
        None,
    )
    actions = {one["name"]: one for one in told["actions"]}
    assert actions["case.decline"]["open"] is True
    assert actions["case.accept"]["open"] is False
    assert actions["case.accept"]["missing"][0]["code"] == "tier_missing"


def test_what_one_may_not_see_answers_like_what_is_not_there(scene: Scene, submitted: Case, stranger: User) -> None:
    caller = Caller(stranger, timezone.now())
    hidden, absent = caller.get(f"cases/{submitted.reference}"), caller.get("cases/NOWHERE-1")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json() | {"instance": ""} == absent.json() | {"instance": ""}
    assert caller.post(f"cases/{submitted.reference}/accept", {}).status_code == 404


def test_refused_as_on_the_page_in_both_languages(scene: Scene, submitted: Case) -> None:
    body = {"reasons": "Complete."}
    told = {}
    for language in ("en", "zh-hans"):
        caller = Caller(scene.secretary, timezone.now(), language=language)
        answer = caller.post(f"cases/{submitted.reference}/accept", body)
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        told[language] = answer.json()["missing"]
    assert [one["code"] for one in told["en"]] == [one["code"] for one in told["zh-hans"]] == ["tier_missing"]
    assert told["en"][0]["text"] != told["zh-hans"][0]["text"]
    assert not AuditEvent.objects.filter(verb="case.accept").exists()


def test_bad_bodies_name_each_fault(scene: Scene, submitted: Case) -> None:
    caller = Caller(scene.secretary, timezone.now())
    answer = caller.post(f"cases/{submitted.reference}/accept", {"reason": "x"})
    pointers = sorted(fault["pointer"] for fault in answer.json()["faults"])
    assert (answer.status_code, pointers) == (400, ["/reason"])
    assert caller.post(f"cases/{submitted.reference}/accept", ["x"]).status_code == 400
    path = f"/api/v1/cases/{submitted.reference}/accept"
    broken = caller.client.generic("POST", path, "{", "application/json", headers=caller.headers)
    assert (broken.status_code, broken.json()["type"]) == (400, "/api/v1/docs/#problem-bad-request")
    form = caller.client.post(path, {"reasons": "x"}, headers=caller.headers)
    assert form.status_code == 415


def test_wrong_role_is_told_so(scene: Scene, submitted: Case) -> None:
    answer = Caller(scene.lead, timezone.now()).post(f"cases/{submitted.reference}/accept", {"reasons": "x"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs/#problem-not-allowed")


def classified(scene: Scene) -> Case:
    """Lacks nothing for its acceptance."""
    case = scene.case_in(State.SUBMITTED)
    scene.classify(case)
    return case


def test_accepting_names_token_and_person_in_the_history(scene: Scene) -> None:
    case = classified(scene)
    caller = Caller(scene.secretary, timezone.now())
    answer = caller.post(f"cases/{case.reference}/accept", {"reasons": "Complete."})
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    event = AuditEvent.objects.get(verb="case.accept")
    assert event.actor == scene.secretary.pk
    assert event.facts["via"] == {"token": caller.token.pk, "person": scene.secretary.pk}


def test_repeated_call_changes_nothing_and_is_answered_alike(scene: Scene) -> None:
    case = classified(scene)
    caller = Caller(scene.secretary, timezone.now())
    path, body = f"cases/{case.reference}/accept", {"reasons": "Complete."}
    first = caller.post(path, body, idempotency_key="k-1")
    second = caller.post(path, body, idempotency_key="k-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert (second.json(), second["ETag"], second["Idempotent-Replayed"]) == (first.json(), first["ETag"], "true")
    assert AuditEvent.objects.filter(verb="case.accept").count() == 1
    other = caller.post(path, {"reasons": "Otherwise."}, idempotency_key="k-1")
    assert (other.status_code, other.json()["type"]) == (422, "/api/v1/docs/#problem-key-reused")
    assert caller.post(path, body, idempotency_key="k-2").status_code == 409


def test_refused_call_leaves_its_key_free(scene: Scene, submitted: Case) -> None:
    caller = Caller(scene.secretary, timezone.now())
    path, body = f"cases/{submitted.reference}/accept", {"reasons": "Complete."}
    assert caller.post(path, body, idempotency_key="again").status_code == 409
    scene.classify(submitted)
    assert caller.post(path, body, idempotency_key="again").status_code == 200


def test_change_whose_answer_was_lost_is_not_made_again(scene: Scene) -> None:
    case = classified(scene)
    caller = Caller(scene.secretary, timezone.now())
    path, body = f"cases/{case.reference}/accept", {"reasons": "Complete."}
    caller.post(path, body, idempotency_key="lost")
    Call.objects.update(status=None, body="", headers={})  # as a process leaves it that dies before it answers
    answer = caller.post(path, body, idempotency_key="lost")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/v1/docs/#problem-already-done")
    assert AuditEvent.objects.filter(verb="case.accept").count() == 1


def test_what_has_changed_meanwhile_is_not_written_over(scene: Scene, submitted: Case) -> None:
    caller = Caller(scene.secretary, timezone.now())
    read = caller.get(f"cases/{submitted.reference}")
    scene.classify(submitted)
    path, body = f"cases/{submitted.reference}/accept", {"reasons": "Complete."}
    late = caller.post(path, body, if_match=read["ETag"])
    assert (late.status_code, late.json()["type"]) == (412, "/api/v1/docs/#problem-changed-meanwhile")
    chinese = Caller(scene.secretary, timezone.now(), language="zh-hans").get(f"cases/{submitted.reference}")
    assert caller.post(path, body, if_match=chinese["ETag"]).status_code == 200
