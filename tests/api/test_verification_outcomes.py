"""How a verification ends, for programs: recommendation, panel, notice, decision, certificate, register."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.documents import PDF, sign
from tests.driven import this_moment
from tests.factories import PASSWORD
from tests.verification_scenes import HIGH, Course, VerificationScene, make_verification_scene
from workflows.domain.states import ReportState
from workflows.domain.verification_states import CertificateState, VState
from workflows.models import Certificate, VerificationReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


@pytest.fixture
def later(db: None) -> VerificationScene:
    """What happened two months ago has run its course by now."""
    return make_verification_scene(this_moment() - timedelta(days=60))


def caller(user: User | None) -> Caller:
    return Caller(user, timezone.now())


def queries(who: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert who.get(path).status_code == 200
    return len(found)


def codes(answer: Any) -> list[str]:
    """The codes of what is missing."""
    return [one["code"] for one in answer.json()["missing"]]


def test_recommended_sent_back_and_passed(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    base = f"verifications/{row.pk}"
    lead, reviewer = caller(scene.lead_assessor), caller(scene.reviewer)
    refused = lead.post(f"{base}/recommend", {"grounds": "As rated."})
    assert codes(refused) == ["evidence_unjudged", "findings_unresolved"]
    scene.resolve(row)
    assert caller(scene.assessor).post(f"{base}/recommend", {"grounds": "x"}).status_code == 403
    told = lead.post(f"{base}/recommend", {"grounds": "As rated."}).json()
    assert (told["state"], told["recommended_tier"], told["verified"]["tier"]) == ("compliance", 3, 3)
    items = lead.get(f"{base}/differences").json()["items"]
    assert {(one["claimed"], one["verified"]) for one in items} == {(3, 3)}
    assert caller(scene.lead).get(base).json()["recommendation"] == ""
    assert caller(scene.coordinator).post(f"{base}/compliance/pass", {"note": "x"}).status_code == 403
    back = reviewer.post(f"{base}/compliance/reject", {"reasons": "Look again."}).json()
    assert (back["state"], back["return_reasons"]) == ("recommending", "Look again.")
    lead.post(f"{base}/recommend", {"grounds": "As rated."})
    passed = reviewer.post(f"{base}/compliance/pass", {"note": "Kept."}).json()
    assert (passed["state"], passed["compliance_note"]) == ("notice", "Kept.")


def test_compliance_goes_by_the_same_points_as_the_page(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    path, reviewer = f"verifications/{row.pk}/compliance", caller(scene.reviewer)
    points = reviewer.get(path).json()["points"]
    assert [point["text"] for point in points if not point["kept"]] == [
        "Every piece of evidence is accepted or rejected",
        "Every finding has its outcome",
    ]
    assert points[0]["note"] == "2 assessors"
    scene.resolve(row)
    scene.recommend(row)
    told = reviewer.get(path).json()
    assert ({point["kept"] for point in told["points"]}, told["grounds"]) == ({True}, "As the ratings show.")
    for other in (scene.coordinator, scene.lead_assessor, scene.lead):
        assert caller(other).get(path).status_code == 403
    assert caller(make_regulator()).get(path).status_code == 404


def test_panel_votes_in_secret(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.PANEL, HIGH)
    base = f"verifications/{row.pk}"
    desk = caller(scene.coordinator)
    assert codes(desk.post(f"{base}/ballots")) == ["panel_incomplete"]
    scene.seat(row)
    opened = desk.post(f"{base}/ballots")
    ballot = opened.json()["ballots"][0]
    assert (opened.status_code, ballot["voted"], ballot["standing"]) == (201, 0, None)
    path = f"{base}/ballots/{ballot['id']}"
    assert codes(desk.post(f"{path}/close")) == ["votes_outstanding"]
    for user in scene.panel:
        own = caller(user).post(f"{path}/vote", {"choice": "for"}).json()
        assert [vote["person"]["id"] for vote in own["votes"]] == [user.pk]
    assert caller(scene.panel[0]).post(f"{path}/vote", {"choice": "maybe"}).status_code == 400
    assert desk.post(f"{path}/vote", {"choice": "for"}).status_code == 403
    assert (desk.get(path).json()["voted"], desk.get(path).json()["votes"]) == (5, [])
    assert caller(scene.lead).get(f"{base}/ballots").status_code == 403
    closed = desk.post(f"{path}/close").json()
    assert (closed["carried"], closed["standing"]["in_favour"], len(closed["votes"])) == (True, 5, 5)
    assert caller(scene.lead).get(path).json()["votes"] == []


def test_anybody_objects_and_is_answered(scene: VerificationScene, empty_cache: None) -> None:
    row = scene.verification_in(VState.NOTICE)
    public = caller(None)
    notices = public.get("register/notices").json()["notices"]
    assert [(one["reference"], one["running"], one["tier"]) for one in notices] == [(row.reference, True, 3)]
    path = f"register/notices/{row.reference}"
    assert public.get(path).json()["legal_entity"] == "Heron Robotics Co., Ltd."
    body = {"name": "Wang Fang", "contact": "wang@example.org", "text": "A plant was left out."}
    assert public.post(f"{path}/objections", {**body, "contact": "nowhere"}).status_code == 400
    filed = public.post(f"{path}/objections", body)
    assert (filed.status_code, set(filed.json())) == (201, {"at"})
    assert public.post("register/notices/NONE-1/objections", body).status_code == 404
    base, desk = f"verifications/{row.pk}", caller(scene.coordinator)
    objection = desk.get(f"{base}/objections").json()["objections"][0]
    assert (objection["name"], objection["contact"]) == ("Wang Fang", "wang@example.org")
    hidden = caller(scene.lead).get(f"{base}/objections").json()["objections"][0]
    assert (hidden["name"], hidden["contact"], hidden["text"]) == ("", "", "A plant was left out.")
    settle = f"{base}/objections/{objection['id']}/settle"
    assert caller(scene.lead).post(settle, {"upheld": True, "answer": "x"}).status_code == 403
    assert codes(desk.post(f"{base}/reopen", {"reasons": "x"})) == ["objection_not_upheld"]
    settled = desk.post(settle, {"upheld": True, "answer": "You are right."}).json()
    assert (settled["upheld"], settled["settled_by"]["id"]) == (True, scene.coordinator.pk)
    assert codes(desk.post(settle, {"upheld": True, "answer": "Again."})) == ["stale"]
    assert desk.post(f"{base}/reopen", {"reasons": "A plant was left out."}).json()["state"] == "recommending"


def test_objections_are_counted_by_address(scene: VerificationScene, empty_cache: None) -> None:
    row = scene.verification_in(VState.NOTICE)
    body = {"name": "Wang Fang", "contact": "wang@example.org", "text": "A plant was left out."}
    public = caller(None)
    answers = [public.post(f"register/notices/{row.reference}/objections", body).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]


def test_decided_in_person(later: VerificationScene) -> None:
    row = later.verification_in(VState.NOTICE)
    path = f"verifications/{row.pk}/decide"
    decider = caller(later.decider)
    seen = decider.get(f"verifications/{row.pk}").json()["recommended_at"]
    body = {"certify": True, "reasons": "", "seen": seen, "password": PASSWORD}
    assert caller(later.coordinator).post(path, body).status_code == 403
    assert codes(decider.post(path, {**body, "certify": False})) == ["reasons_missing"]
    assert decider.post(path, {**body, "password": "wrong"}).json()["faults"][0]["pointer"] == "/password"
    stale = decider.post(path, {**body, "seen": "2020-01-01T00:00:00Z"})
    assert (stale.status_code, stale.json()["type"]) == (409, "/api/v1/docs/#problem-overtaken")
    assert not AuditEvent.objects.filter(verb="verification.decide").exists()
    told = decider.post(path, body)
    assert (told.status_code, told.json()["state"]) == (200, "certified")
    certificate = decider.get(f"certificates/{told.json()['certificate']}").json()
    assert (certificate["tier"], certificate["counts"], certificate["verification"]) == (3, True, row.pk)


def test_notice_still_running_keeps_the_decision(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    body = {"certify": True, "seen": "x", "password": "x"}
    assert codes(caller(scene.decider).post(f"verifications/{row.pk}/decide", body)) == ["notice_running"]


def test_documents_are_fetched_retried_and_kept(later: VerificationScene, stranger: User) -> None:
    row = later.verification_in(VState.CERTIFIED)
    base = f"verifications/{row.pk}/reports"
    VerificationReport.objects.filter(verification=row).update(
        state=ReportState.FAILED.value, document=None, error="key_missing"
    )
    report, other = VerificationReport.objects.filter(verification=row).order_by("pk")[:2]
    sign(report, later.host)
    desk, enterprise = caller(later.coordinator), caller(later.lead)
    told = {one["id"]: one for one in desk.get(base).json()["reports"]}
    assert (told[report.pk]["state"], told[other.pk]["state"], told[other.pk]["error"]) == (
        "signed",
        "failed",
        "key_missing",
    )
    assert {one["error"] for one in enterprise.get(base).json()["reports"]} == {""}
    got = enterprise.get(f"{base}/{report.pk}/file")
    assert (got.content, got["Content-Type"]) == (PDF, "application/pdf")
    assert enterprise.get(f"{base}/{other.pk}/file").status_code == 404
    assert enterprise.post(f"{base}/{other.pk}/retry").status_code == 403
    assert desk.post(f"{base}/{other.pk}/retry").status_code == 200
    assert caller(stranger).get(f"{base}/{report.pk}/file").status_code == 404
    authority = caller(make_regulator())
    assert [one["id"] for one in authority.get(base).json()["reports"]] == [report.pk]
    assert authority.get(f"{base}/{report.pk}").status_code == 200
    assert authority.get(f"{base}/{report.pk}/file").content == PDF
    kept = AuditEvent.objects.filter(verb="report.downloaded").get()
    assert (kept.facts["report"], kept.chain) == (report.pk, f"organisation:{later.enterprise.organisation.pk}")


RENEWED = {
    "level": 4,
    "edition": "2018",
    "party": "owner",
    "legal_entity": "Heron Robotics Co., Ltd.",
    "certificate": "DCMM-2026-0042",
    "body": "Harbour Certification",
    "issued": "2026-01-01",
    "expires": "2029-02-28",
}


def test_certificate_lives_on(later: VerificationScene, stranger: User) -> None:
    held = later.certificate()
    base = f"certificates/{held.pk}"
    desk, enterprise, decider = caller(later.coordinator), caller(later.lead), caller(later.decider)
    assert [one["id"] for one in desk.get("certificates", {"state": "valid", "tier": 3}).json()["results"]] == [
        held.pk
    ]
    assert desk.get("certificates", {"state": "withdrawn"}).json()["results"] == []
    hidden, absent = caller(stranger).get(base), caller(stranger).get("certificates/999999")
    assert (hidden.status_code, hidden.json() | {"instance": ""}) == (404, absent.json() | {"instance": ""})
    actions = {one["name"]: one["open"] for one in enterprise.get(base).json()["actions"]}
    assert actions == {"certificate.hand_in_dcmm": True}
    assert enterprise.post(f"{base}/surveil", {"holds": True, "reasons": "x"}).status_code == 403
    looked = desk.post(f"{base}/surveil", {"holds": False, "reasons": "Nothing was kept up."}).json()
    assert (looked["state"], looked["counts"], looked["events"][0]["verb"]) == ("suspended", False, "suspended")
    wrong = enterprise.post(f"{base}/renewals", RENEWED | {"expires": "2025-01-01"})
    assert wrong.json()["faults"][0]["pointer"] == "/expires"
    assert codes(enterprise.post(f"{base}/renewals", RENEWED | {"legal_entity": "Another Ltd."})) == [
        "dcmm_not_counting"
    ]
    file = SimpleUploadedFile("dcmm.txt", b"Certificate.\n", "text/plain")
    handed = enterprise.send(f"{base}/renewals/upload", {**RENEWED, "file": file})
    renewal = handed.json()["renewals"][0]
    assert (handed.status_code, renewal["file"]["name"], renewal["accepted"]) == (201, "dcmm.txt", None)
    assert codes(enterprise.post(f"{base}/renewals", RENEWED)) == ["renewal_open"]
    got = desk.get(f"{base}/renewals/{renewal['id']}/file")
    assert b"".join(got.streaming_content) == b"Certificate.\n"
    judge = f"{base}/renewals/{renewal['id']}/judge"
    assert enterprise.post(judge, {"accepted": True, "reasons": "x"}).status_code == 403
    assert desk.post(judge, {"accepted": True, "reasons": "Checked."}).json()["dcmm_expires"] == "2029-02-28"
    assert desk.post(f"{base}/withdraw", {"reasons": "x"}).status_code == 403
    gone = decider.post(f"{base}/withdraw", {"reasons": "The plant was sold."}).json()
    assert (gone["state"], gone["events"][0]["reasons"]) == ("withdrawn", "The plant was sold.")
    assert codes(decider.post(f"{base}/withdraw", {"reasons": "Again."})) == ["wrong_state"]


def test_certificate_is_read_by_an_authority_and_kept(later: VerificationScene) -> None:
    held = later.certificate()
    told = caller(make_regulator()).get(f"certificates/{held.pk}").json()
    assert (told["actions"], told["renewals"], {one["by"] for one in told["events"]}) == ([], [], {None})
    assert AuditEvent.objects.get(verb="verification.read").facts["part"] == "reports"


def test_register_is_open_to_everybody(later: VerificationScene) -> None:
    held = later.certificate()
    public = caller(None)
    rows = public.get("register/certificates", {"tier": 3}).json()["results"]
    assert [(row["number"], row["body"]) for row in rows] == [(held.number, "Harbour Verification")]
    assert public.get("register/certificates", {"tier": 4}).json()["results"] == []
    one = public.get(f"register/certificates/{held.number}").json()
    assert (one["counts"], one["tier"], [event["verb"] for event in one["events"]]) == (True, 3, ["issued"])
    assert public.get("register/certificates/NONE-1").status_code == 404
    assert public.get("certificates").status_code == 401
    ended = public.get(f"register/notices/{held.verification.reference}").json()
    assert (ended["running"], ended["certificate"]) == (False, held.number)
    assert public.post(f"register/notices/{held.verification.reference}/objections", OBJECTION).status_code == 409


OBJECTION = {"name": "Wang Fang", "contact": "wang@example.org", "text": "Too late."}


def test_refused_ends_without_a_certificate(later: VerificationScene) -> None:
    row = later.verification_in(VState.REFUSED, Course(certify=False))
    told = caller(None).get(f"register/notices/{row.reference}").json()
    assert (told["refused"], told["certificate"]) == (True, "")
    assert caller(later.lead).get(f"verifications/{row.pk}").json()["closing_reasons"]


def test_files_are_checked_by_anybody(empty_cache: None, db: None) -> None:
    public = caller(None)
    sent = public.send("verify", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 nothing", "application/pdf")})
    told = sent.json()
    assert (sent.status_code, told["genuine"], told["code"]) == (200, False, "")
    assert told["outcome"] in {"unknown", "unreadable"}
    assert told["title"]
    assert next(one["tone"] for one in told["checks"]) == "warn"
    assert public.send("verify", {}).json()["faults"][0]["pointer"] == "/file"
    codes_ = [public.send("verify", {"file": SimpleUploadedFile("x.pdf", b"")}).status_code for _ in range(30)]
    assert codes_ == [200] * 29 + [429]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(rows: int, later: VerificationScene) -> None:
    made = [later.certificate() for _ in range(rows)]
    held = made[0]
    Certificate.objects.update(state=CertificateState.VALID.value)
    desk, public = caller(later.coordinator), caller(None)
    desk.get("me")
    base = f"verifications/{held.verification_id}"
    found = {
        "certificates": queries(desk, "certificates"),
        "certificate": queries(desk, f"certificates/{held.pk}"),
        "reports": queries(desk, f"{base}/reports"),
        "ballots": queries(desk, f"{base}/ballots"),
        "objections": queries(desk, f"{base}/objections"),
        "register": queries(public, "register/certificates"),
        "registered": queries(public, f"register/certificates/{held.number}"),
    }
    assert found == {
        "certificates": 3,
        "certificate": 11,
        "reports": 6,
        "ballots": 7,
        "objections": 6,
        "register": 1,
        "registered": 3,
    }


def test_no_address_breaks_the_register(db: None) -> None:
    public = caller(None)
    assert public.get("register/certificates/%00").status_code == 400
    assert public.get("register/certificates/a%2Fb").status_code == 404
    assert public.get("register/certificates", {"tier": "x"}).status_code == 400
    assert public.get("register/certificates", {"text": "\x00"}).status_code == 400
