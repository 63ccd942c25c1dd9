"""What the team does, for programs: ratings, evidence, the DCMM level, the visit, findings and their answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.models import Evidence
from ethicsreview.accounts.models import User
from tests.api.callers import Caller
from tests.driven import this_moment
from tests.verification_scenes import Course, VerificationScene, make_verification_scene
from workflows.domain.verification_states import VState

pytestmark = pytest.mark.django_db
TEXT_FILE = b"The other quarters.\n"


@pytest.fixture
def scene(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


def caller(user: User) -> Caller:
    return Caller(user, timezone.now())


def codes(answer: Any) -> list[str]:
    """The codes of what is missing."""
    return [one["code"] for one in answer.json()["missing"]]


def test_ratings_are_saved_and_a_colleagues_is_not_written_over(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    path = f"verifications/{row.pk}/ratings/1.1.1"
    one, two = caller(scene.assessor), caller(scene.lead_assessor)
    assert (one.get(path).json()["answer"], one.get(path).json()["team"]) == (0, None)
    first = one.call("PUT", path, {"step": "P", "note": "Half.", "seen": 0})
    assert (first.json()["team"]["step"], first.json()["claimed"]["step"]) == ("P", "F")
    late = two.call("PUT", path, {"step": "F", "note": "", "seen": 0})
    assert late.json()["type"].endswith("overtaken")
    assert late.json()["standing"]["answer"] == first.json()["answer"]
    assert two.call("PUT", path, {"step": "F", "seen": first.json()["answer"]}).json()["team"]["step"] == "F"
    assert two.call("PUT", path, {"step": "Z"}).json()["faults"][0]["pointer"] == "/step"
    assert two.call("PUT", f"verifications/{row.pk}/ratings/0.0", {"step": "F"}).status_code == 404
    assert caller(scene.lead).call("PUT", path, {"step": "F"}).status_code == 403
    assert caller(scene.coordinator).call("PUT", path, {"step": "F"}).status_code == 403


def test_items_set_aside_are_decided_on(scene: VerificationScene) -> None:
    row = scene.request(Course(aside=("4.1",)))
    scene.staff(row)
    scene.accept(row)
    path = f"verifications/{row.pk}/items/4.1"
    lead = caller(scene.lead_assessor)
    told = lead.get(path).json()
    assert (told["claimed_reason"], told["approved"]) == ("Bought in whole.", None)
    assert caller(scene.assessor).call("PUT", path, {"approved": True, "reason": "Seen."}).status_code == 403
    decided = lead.call("PUT", path, {"approved": True, "reason": "Seen so."}).json()
    assert (decided["approved"], decided["reason"]) == (True, "Seen so.")
    assert caller(scene.lead).get(path).json()["approved"] is None
    assert lead.get(f"verifications/{row.pk}/items/1.1").status_code == 404


def test_evidence_is_judged(scene: VerificationScene, stranger: User) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    team = caller(scene.assessor)
    piece = team.get(f"verifications/{row.pk}/evidence").json()["pieces"][0]
    path = f"verifications/{row.pk}/evidence/{piece['id']}"
    assert piece["accepted"] is None
    assert team.post(f"{path}/judge", {"accepted": False}).json()["accepted"] is False
    assert team.post(f"{path}/judge", {"accepted": "maybe"}).status_code == 400
    assert caller(scene.lead).post(f"{path}/judge", {"accepted": True}).status_code == 403
    assert caller(scene.lead).get(path).json()["accepted"] is None
    assert team.get(f"{path}/file").status_code == 404
    assert caller(stranger).get(path).status_code == 404


def test_dcmm_level_is_judged_found_and_signed(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    path = f"verifications/{row.pk}/dcmm"
    lead, second = caller(scene.lead_assessor), caller(scene.assessor)
    told = lead.get(path).json()
    assert (told["claim"]["level"], told["accepted"], told["counts_as"], told["finding"]) == (4, None, 0, None)
    judged = lead.post(f"{path}/judge", {"accepted": True, "reasons": "Checked."}).json()
    assert (judged["accepted"], judged["counts_as"]) == (True, 4)
    assert second.post(f"{path}/judge", {"accepted": True, "reasons": "x"}).status_code == 403
    assert codes(lead.post(f"{path}/find", {"level": 9, "grounds": "x"})) == ["level_unknown"]
    found = lead.post(f"{path}/find", {"level": 5, "grounds": "As level 5 asks."})
    assert (found.status_code, found.json()["counts_as"]) == (201, 4)
    assert codes(lead.post(f"{path}/countersign")) == ["own_signature"]
    signed = second.post(f"{path}/countersign").json()
    assert (signed["counts_as"], signed["finding"]["countersigned_by"]["id"]) == (5, scene.assessor.pk)
    assert lead.get(f"{path}/file").status_code == 404


def test_visit_is_recorded(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    path = f"verifications/{row.pk}/onsite"
    lead, team = caller(scene.lead_assessor), caller(scene.assessor)
    assert team.post(f"{path}/begin").status_code == 403
    wanted = lead.post(f"{path}/begin").json()["wanted"]
    role = wanted[0]["role"]
    entry = {"kind": "interview", "role": role, "subject": "CIO", "held_on": "2026-01-05", "notes": "Heard."}
    made = team.post(path, entry)
    assert (made.status_code, made.json()["wanted"][0]["done"]) == (201, 1)
    assert codes(team.post(path, entry | {"role": "nobody"})) == ["interview_role_unknown"]
    ahead = (timezone.now().date() + timedelta(days=3)).isoformat()
    assert codes(team.post(path, entry | {"held_on": ahead})) == ["day_ahead"]
    assert team.post(path, entry | {"kind": "chat"}).json()["faults"][0]["pointer"] == "/kind"
    pk = made.json()["entries"][0]["id"]
    assert team.post(f"{path}/{pk}/remove").json()["entries"] == []
    assert team.post(f"{path}/{pk}/remove").status_code == 404
    assert caller(scene.coordinator).get(path).status_code == 403


def test_findings_are_written_released_answered_and_settled(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE, Course(finding=""))
    base = f"verifications/{row.pk}"
    team, lead, enterprise = caller(scene.assessor), caller(scene.lead_assessor), caller(scene.lead)
    body = {"criterion": "7.2.3", "kind": "major", "text": "One quarter only."}
    made = team.post(f"{base}/findings", body).json()["findings"]
    assert (made[0]["number"], made[0]["kind"]) == (1, "major")
    path = f"{base}/findings/{made[0]['id']}"
    assert codes(team.post(f"{base}/findings", body | {"criterion": "0.0.0"})) == ["criterion_unknown"]
    assert team.call("PUT", path, body | {"kind": "minor"}).json()["kind"] == "minor"
    second = team.post(f"{base}/findings", body | {"criterion": "1.1.1"}).json()["findings"][1]
    assert team.post(f"{base}/findings/{second['id']}/remove").status_code == 204
    refused = lead.post(f"{base}/findings/release")
    assert "interviews_missing" in codes(refused)
    scene.visit(row)
    assert team.post(f"{base}/findings/release").status_code == 403
    assert lead.post(f"{base}/findings/release").json()["findings"][0]["answer"] == ""
    assert enterprise.get(base).json()["state"] == "correction"
    assert enterprise.get(path).json()["text"] == "One quarter only."
    linked = Evidence.objects.filter(self_assessment=row.self_assessment).first()
    assert linked is not None
    answered = enterprise.call("PUT", f"{path}/answer", {"answer": "See the annex.", "linked": [linked.pk]})
    assert (answered.json()["answer"], answered.json()["answered_by"]["id"]) == ("See the annex.", scene.lead.pk)
    piece = {"kind": "record", "title": "Annex"}
    incomplete = enterprise.call("PUT", f"{path}/answer", {"answer": "x", "evidence": [piece]})
    assert codes(incomplete) == ["evidence_incomplete"]
    file = SimpleUploadedFile("annex.txt", TEXT_FILE, "text/plain")
    sent = enterprise.send(f"{path}/answer/upload", {**piece, "answer": "Here it is.", "file": file})
    assert (sent.status_code, sent.json()["answer"]) == (200, "Here it is.")
    newest = Evidence.objects.filter(self_assessment=row.self_assessment).latest("pk")
    got = team.get(f"{base}/evidence/{newest.pk}/file")
    assert b"".join(got.streaming_content) == TEXT_FILE
    assert team.get(f"{base}/evidence/{newest.pk}/pages/1").status_code == 404
    assert team.call("PUT", f"{path}/answer", {"answer": "x"}).status_code == 403
    assert caller(scene.enterprise.reader).post(f"{base}/correction/close").status_code == 403
    assert enterprise.post(f"{base}/correction/close").json()["state"] == "recommending"
    settled = team.post(f"{path}/resolve", {"resolved": True, "resolution": "Shown."}).json()
    assert (settled["resolved"], settled["resolved_by"]["id"]) == (True, scene.assessor.pk)
    assert codes(enterprise.post(f"{base}/correction/close")) == ["wrong_state"]
    rate = f"{base}/ratings/1.1.1"
    assert codes(team.call("PUT", rate, {"step": "F", "note": "Hm."})) == ["no_finding"]
