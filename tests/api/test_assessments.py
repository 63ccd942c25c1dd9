"""Self-assessments for programs: begun, answered, proved, planned, handed in; nobody writes over anybody."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from assessments.models import SelfAssessment
from assessments.queries import load_staged
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.callers import Caller
from tests.maturity_scenes import (
    Enterprise,
    fill,
    make_enterprise,
    make_self_assessment,
    make_submitted,
    prove,
    publish_staged,
)

pytestmark = pytest.mark.django_db
TEXT_FILE = b"Kept on paper since May.\n"
OUTLINE = {"legal_entity": "Heron  Robotics", "scope": "All plants.", "size": "large", "target": 3}


@pytest.fixture
def moment() -> datetime:
    """The moment of the calls: tokens are measured against it."""
    return timezone.now()


@pytest.fixture
def enterprise(db: None) -> Enterprise:
    return make_enterprise()


@pytest.fixture
def row(enterprise: Enterprise, moment: datetime) -> SelfAssessment:
    return make_self_assessment(enterprise, now=moment)


@pytest.fixture
def lead(row: SelfAssessment, moment: datetime) -> Caller:
    return Caller(row.lead, moment)


def queries(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert caller.get(path).status_code == 200
    return len(found)


def test_one_is_begun_edited_and_listed(enterprise: Enterprise, moment: datetime, stranger: User) -> None:
    publish_staged(now=moment)
    caller = Caller(enterprise.lead, moment)
    body = {**OUTLINE, "organisation": enterprise.organisation.pk, "instrument": "aim-dcmm"}
    begun = caller.post("assessments", body)
    told = begun.json()
    assert begun.status_code == 201, told
    assert (told["legal_entity"], told["filling"], told["tier"], told["parts"]) == (
        "Heron Robotics",
        "open",
        None,
        ["lead", "reader"],
    )
    edited = caller.call(
        "PUT", f"assessments/{told['id']}", {**OUTLINE, "target": 2, "entity_code": "９1310000ma1fl8xq30"}
    )
    assert (edited.json()["target"], edited.json()["entity_code"]) == (2, "91310000MA1FL8XQ30")
    rows = caller.get("assessments", {"filling": "open", "target": 2}).json()["results"]
    assert [one["id"] for one in rows] == [told["id"]]
    assert caller.get("assessments", {"filling": "submitted"}).json()["results"] == []
    assert Caller(stranger, moment).get("assessments").json()["results"] == []
    wrong = caller.post("assessments", {**body, "organisation": 999_999})
    assert [fault["pointer"] for fault in wrong.json()["faults"]] == ["/organisation"]
    for change, pointer in (({"instrument": "none"}, "/instrument"), ({"follows": 999_999}, "/follows")):
        assert [one["pointer"] for one in caller.post("assessments", body | change).json()["faults"]] == [pointer]
    assert caller.post("assessments", body | {"follows": told["id"]}).json()["follows"] == told["id"]
    bad = caller.call("PUT", f"assessments/{told['id']}", {**OUTLINE, "entity_code": "12", "colour": "red"})
    assert bad.status_code == 400
    assert caller.call("PUT", f"assessments/{told['id']}", {**OUTLINE, "target": 9}).json()["missing"][0]["code"] == (
        "target_unknown"
    )


def test_one_says_what_can_be_done_and_what_is_missing(lead: Caller, row: SelfAssessment) -> None:
    told = lead.get(f"assessments/{row.pk}").json()
    actions = {one["name"]: one for one in told["actions"]}
    assert actions["self_assessment.answer"]["open"] is True
    assert actions["self_assessment.submit"]["open"] is False
    assert {one["code"] for one in actions["self_assessment.submit"]["missing"]} == {"unanswered", "claim_missing"}
    assert told["result"]["bounds"]["lower"] == {"tier": 0, "index": "0/1"}
    refused = lead.post(f"assessments/{row.pk}/submit", {})
    assert refused.status_code == 409
    assert "claim_missing" in {one["code"] for one in refused.json()["missing"]}


def test_strangers_find_nothing_and_readers_may_not_act(
    row: SelfAssessment, enterprise: Enterprise, stranger: User, moment: datetime
) -> None:
    foreign, reader = Caller(stranger, moment), Caller(enterprise.reader, moment)
    absent = foreign.get("assessments/999999").json() | {"instance": ""}
    for part in ("", "/result", "/snapshot", "/answers", "/evidence", "/claim", "/colleagues", "/plan", "/comparison"):
        hidden = foreign.get(f"assessments/{row.pk}{part}")
        assert (hidden.status_code, hidden.json() | {"instance": ""}) == (404, absent), part
        assert reader.get(f"assessments/{row.pk}{part}").status_code == 200, part
    assert foreign.get(f"assessments/{row.pk}/workbook").status_code == 404
    for method, path, body in (
        ("PUT", "", OUTLINE),
        ("POST", "/submit", {}),
        ("PUT", "/answers/1.1.1", {"step": None}),
        ("PUT", "/claim", {"source": "self", "level": 1}),
        ("POST", "/evidence", {"title": "x", "kind": "document", "reference": "y"}),
        ("PUT", "/plan/efforts", {"efforts": {}}),
        ("POST", "/plan/steps", {"criteria": ["1.1.1"]}),
    ):
        answer = reader.call(method, f"assessments/{row.pk}{path}", body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs/#problem-not-allowed"), path
    assert not AuditEvent.objects.filter(actor=enterprise.reader.pk, subject=f"self_assessment:{row.pk}").exists()


def test_answers_are_saved_and_nobody_is_written_over(
    lead: Caller, row: SelfAssessment, enterprise: Enterprise, moment: datetime
) -> None:
    base = f"assessments/{row.pk}"
    instrument = load_staged(row.assessment.instrument_version)
    key = next(iter(instrument.criteria))
    dimension = instrument.dimension_of[instrument.criteria[key].item].key
    steps = list(instrument.steps)
    first = lead.call("PUT", f"{base}/answers/{key}", {"step": steps[0], "note": "Seen.", "seen": None})
    assert (first.status_code, first.json()["step"], first.json()["standing"]) == (200, steps[0], "rated")
    named = lead.call("PUT", f"{base}/colleagues/{enterprise.colleague.pk}", {"dimensions": [dimension]})
    assert named.json()["contributors"][0]["dimensions"] == [dimension]
    helper = Caller(enterprise.colleague, moment)
    seen = first.json()["answer"]
    newer = helper.call("PUT", f"{base}/answers/{key}", {"step": steps[-1], "note": "No.", "seen": seen})
    late = lead.call("PUT", f"{base}/answers/{key}", {"step": steps[1], "note": "Hm.", "seen": seen})
    assert (late.status_code, late.json()["type"]) == (409, "/api/v1/docs/#problem-overtaken")
    standing = late.json()["standing"]
    assert (standing["answer"], standing["step"], standing["note"]) == (newer.json()["answer"], steps[-1], "No.")
    other = next(
        one for one in instrument.criteria if instrument.dimension_of[instrument.criteria[one].item].key != dimension
    )
    assert helper.call("PUT", f"{base}/answers/{other}", {"step": steps[0]}).status_code == 403
    assert (
        lead.call("PUT", f"{base}/answers/{key}", {"step": "lots", "seen": standing["answer"]}).json()["faults"][0][
            "pointer"
        ]
        == "/step"
    )
    assert lead.call("PUT", f"{base}/answers/{key}", {"step": None, "note": "\u202e"}).status_code == 400
    assert lead.get(f"{base}/answers/nothing").status_code == 404
    whole = lead.get(f"{base}/answers").json()
    assert {one["key"]: one["step"] for one in whole["criteria"]}[key] == steps[-1]
    gone = lead.post(f"{base}/colleagues/{enterprise.colleague.pk}/remove")
    assert gone.json()["contributors"] == []
    assert lead.call("PUT", f"{base}/lead", {"person": 999_999}).status_code == 400
    handed = lead.call("PUT", f"{base}/lead", {"person": enterprise.colleague.pk})
    assert handed.json()["lead"]["id"] == enterprise.colleague.pk


def test_items_are_set_aside_with_their_reason(lead: Caller, row: SelfAssessment) -> None:
    instrument = load_staged(row.assessment.instrument_version)
    may = next(item.key for item in instrument.items.values() if item.may_na)
    never = next(item.key for item in instrument.items.values() if not item.may_na)
    path = f"assessments/{row.pk}/items/{may}"
    assert lead.call("PUT", path, {"set_aside": True}).json()["faults"][0]["pointer"] == "/reason"
    kept = lead.call("PUT", path, {"set_aside": True, "reason": "Bought in whole."})
    assert (kept.json()["set_aside"], kept.json()["reason"]) == (True, "Bought in whole.")
    refused = lead.call("PUT", f"assessments/{row.pk}/items/{never}", {"set_aside": True, "reason": "x"})
    assert [one["code"] for one in refused.json()["missing"]] == ["set_aside_refused"]
    again = lead.call("PUT", path, {"set_aside": False, "seen": kept.json()["answer"]})
    assert again.json()["set_aside"] is False
    assert lead.get(path).json() == again.json()


def upload(content: bytes = TEXT_FILE, name: str = "proof.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


def test_evidence_comes_is_linked_replaced_and_goes(
    lead: Caller, row: SelfAssessment, stranger: User, moment: datetime
) -> None:
    base = f"assessments/{row.pk}/evidence"
    one, two = list(load_staged(row.assessment.instrument_version).criteria)[:2]
    facts = {"kind": "document", "title": "Handbook", "reference": "Archive 1"}
    added = lead.post(base, {**facts, "criteria": [one]})
    assert (added.status_code, added.json()["criteria"], added.json()["file"]) == (201, [one], None)
    assert lead.post(base, {"kind": "document", "title": "x"}).json()["faults"][0]["pointer"] == "/reference"
    assert lead.post(base, {**facts, "kind": "rumour"}).json()["missing"][0]["code"] == "kind_unknown"
    tomorrow = (moment.date() + timedelta(days=2)).isoformat()
    assert lead.post(base, {**facts, "dated": tomorrow}).json()["missing"][0]["code"] == "evidence_ahead"
    form = {"kind": "document", "title": "Log", "confidential": "true", "criteria": [one, two], "file": upload()}
    sent = lead.send(f"{base}/upload", form)
    piece = sent.json()
    assert (sent.status_code, piece["criteria"], piece["confidential"], piece["file"]["name"]) == (
        201,
        [one, two],
        True,
        "proof.txt",
    )
    bad = lead.send(f"{base}/upload", {**form, "file": upload(b"MZ\x00\x00", "virus.exe")})
    assert [fault["pointer"] for fault in bad.json()["faults"]] == ["/file"]
    path = f"{base}/{piece['id']}"
    assert lead.call("PUT", path, {**facts, "title": "Logs"}).json()["title"] == "Logs"
    newer = lead.send(f"{path}/file", {"file": upload(TEXT_FILE + b"More.\n")})
    assert (newer.status_code, [version["number"] for version in newer.json()["versions"]]) == (201, [2, 1])
    got = lead.get(f"{path}/versions/1")
    assert (b"".join(got.streaming_content), got["Content-Disposition"]) == (
        TEXT_FILE,
        'attachment; filename="proof.txt"',
    )
    assert Caller(stranger, moment).get(f"{path}/versions/1").status_code == 404
    assert lead.get(f"{path}/versions/9").status_code == 404
    assert lead.post(f"{path}/unlink", {"criterion": two}).json()["criteria"] == [one]
    assert lead.post(f"{path}/link", {"criteria": [two]}).json()["criteria"] == [one, two]
    assert lead.post(f"{path}/link", {"criteria": ["0.0.0"]}).json()["missing"][0]["code"] == "criterion_unknown"
    assert lead.post(f"{path}/remove").status_code == 204
    assert lead.get(path).status_code == 404
    assert [one["title"] for one in lead.get(base).json()["pieces"]] == ["Handbook"]


def test_claim_says_what_it_is_worth(lead: Caller, row: SelfAssessment, stranger: User, moment: datetime) -> None:
    path = f"assessments/{row.pk}/claim"
    assert (lead.get(path).json()["id"], lead.get(path).json()["fault"]) == (None, "none")
    declared = lead.call("PUT", path, {"source": "self", "level": 2}).json()
    assert (declared["counts_as"], declared["provisional"]) == (2, True)
    certificate = {
        "source": "certificate",
        "level": 4,
        "edition": "2018",
        "party": "owner",
        "legal_entity": row.legal_entity,
        "issued": "2025-03-01",
        "expires": "2028-02-29",
    }
    held = lead.send(f"{path}/certificate", {**certificate, "file": upload(name="dcmm.txt")}).json()
    assert (held["counts_as"], held["fault"], held["file"]["name"]) == (4, None, "dcmm.txt")
    foreign = lead.call("PUT", path, {**certificate, "legal_entity": "Another Ltd."}).json()
    assert (foreign["counts_as"], foreign["fault"], foreign["file"]["name"]) == (0, "entity", "dcmm.txt")
    assert lead.call("PUT", path, {**certificate, "level": 0}).json()["faults"][0]["pointer"] == "/level"
    assert lead.call("PUT", path, {**certificate, "issued": None}).json()["missing"][0]["code"] == "claim_incomplete"
    got = lead.get(f"assessments/{row.pk}/claims/{held['id']}/file")
    assert b"".join(got.streaming_content) == TEXT_FILE
    assert Caller(stranger, moment).get(f"assessments/{row.pk}/claims/{held['id']}/file").status_code == 404


def test_plan_is_the_exact_one_and_its_steps_are_kept(lead: Caller, row: SelfAssessment, moment: datetime) -> None:
    fill(row, 2, now=moment)
    base = f"assessments/{row.pk}/plan"
    plan = lead.get(base).json()
    assert (plan["tier"], plan["ahead"][0]) == (2, 3)
    fewest = lead.get(f"{base}/proposals/fewest/3").json()
    assert fewest["cost"] == len(fewest["changes"]) > 0
    assert lead.get(f"{base}/proposals/fewest/2").status_code == 404
    item = fewest["items"][0]["item"]
    assert lead.call("PUT", f"{base}/efforts", {"efforts": {item: 9}}).json()["efforts"] == {item: 9}
    assert lead.call("PUT", f"{base}/efforts", {"efforts": {item: 0}}).status_code == 400
    cheapest = lead.get(f"{base}/proposals/cheapest/3").json()
    assert cheapest["cost"] >= fewest["cost"]
    terms = {"owner": row.lead_id, "due": "2020-01-01", "note": "Soon."}
    added = lead.post(f"{base}/steps", {"criteria": fewest["changes"][:2], **terms})
    steps = added.json()["steps"]
    assert (added.status_code, [one["criterion"] for one in steps]) == (201, fewest["changes"][:2])
    assert (steps[0]["late"], steps[0]["owner"]["id"]) == (True, row.lead_id)
    path = f"{base}/steps/{steps[0]['id']}"
    assert lead.call("PUT", path, {"note": "Later."}).json()["steps"][0]["owner"] is None
    assert lead.call("PUT", path, {"owner": 999_999}).json()["faults"][0]["pointer"] == "/owner"
    assert lead.post(f"{path}/tick", {"done": True}).json()["steps"][0]["done_at"] is not None
    assert len(lead.post(f"{path}/remove").json()["steps"]) == 1
    assert lead.post(f"{path}/remove").status_code == 404
    fresh = lead.get(f"{base}/proposals/fewest/3").json()["fresh"]
    assert fresh == [key for key in fewest["changes"] if key != fewest["changes"][1]]


def test_handed_in_with_what_was_seen_and_scored_exactly(lead: Caller, row: SelfAssessment, moment: datetime) -> None:
    fill(row, 3, now=moment)
    base = f"assessments/{row.pk}"
    one = lead.get(base).json()
    before = lead.get(f"{base}/snapshot").json()
    assert (before["handed_in"], before["digest"]) == (False, one["digest"])
    stale = lead.post(f"{base}/submit", {"seen": "0" * 64})
    assert [gap["code"] for gap in stale.json()["missing"]] == ["stale"]
    done = lead.post(f"{base}/submit", {"seen": one["digest"]}).json()
    assert (done["filling"], done["tier"], done["index"]) == ("submitted", 3, "3/1")
    frozen = lead.get(f"{base}/snapshot").json()
    assert (frozen["handed_in"], frozen["digest"], frozen["by"]["id"]) == (True, one["digest"], row.lead_id)
    assert frozen["inputs"]["instrument"] == "aim-dcmm"
    result = lead.get(f"{base}/result").json()
    assert (result["tier"], result["gates"], result["capped"]["3"]) == (
        3,
        {"dcmm": 4, "floor": 3, "score": 3},
        "3/1",
    )
    assert {item["score"] for item in result["items"]} == {"3/1"}
    late = lead.call("PUT", f"{base}/claim", {"source": "self", "level": 1})
    assert [gap["code"] for gap in late.json()["missing"]] == ["submitted"]
    past = lead.get(f"{base}/comparison").json()
    assert ([line["index"] for line in past["past"]], past["peers_at_least"]) == (["3/1"], None)


def test_workbook_goes_out_is_looked_at_and_taken(lead: Caller, row: SelfAssessment) -> None:
    base = f"assessments/{row.pk}"
    key, other = list(load_staged(row.assessment.instrument_version).criteria)[:2]
    out = lead.get(f"{base}/workbook")
    assert out["Content-Disposition"] == f'attachment; filename="{row.reference}.xlsx"'
    filled = rated(out.content, {key: "F"})
    seen = lead.send(f"{base}/workbook/preview", {"file": SimpleUploadedFile("back.xlsx", filled)}).json()
    assert [(one["key"], one["after"]["step"]) for one in seen["changes"]] == [(key, "F")]
    lead.call("PUT", f"{base}/answers/{other}", {"step": "N"})
    overtaken = lead.post(f"{base}/workbook/take", {"token": seen["token"]})
    assert overtaken.json()["type"].endswith("overtaken")
    taken = lead.post(f"{base}/workbook/take", {"token": overtaken.json()["standing"]["token"]})
    assert taken.json() == {"taken": 1, "faults": []}
    assert lead.get(f"{base}/answers/{key}").json()["step"] == "F"
    assert lead.post(f"{base}/workbook/take", {"token": "x"}).json()["faults"][0]["pointer"] == "/token"
    wrong = lead.send(f"{base}/workbook/preview", {"file": upload()})
    assert wrong.json()["faults"][0]["pointer"] == "/file"


def rated(content: bytes, steps: dict[str, str]) -> bytes:
    """The workbook with these ratings typed in."""
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets[1:]:
        heads = {cell.value: cell.column for cell in sheet[1]}
        for line in sheet.iter_rows(min_row=4):
            key = str(line[heads["er:key"] - 1].value)
            if key in steps:
                sheet.cell(line[0].row, heads["er:rating"]).value = steps[key]
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(rows: int, enterprise: Enterprise, moment: datetime) -> None:
    made = [make_self_assessment(enterprise, now=moment) for _ in range(rows)]
    for one in made:
        prove(one, list(load_staged(one.assessment.instrument_version).criteria)[:rows], now=moment)
    make_submitted(enterprise, now=moment)
    caller = Caller(enterprise.lead, moment)
    caller.get("me")
    base = f"assessments/{made[0].pk}"
    paths = ("assessments", base, f"{base}/answers", f"{base}/evidence", f"{base}/plan")
    found = {path.removeprefix(base): queries(caller, path) for path in paths}
    assert found == {"assessments": 2, "": 6, "/answers": 5, "/evidence": 4, "/plan": 8}
