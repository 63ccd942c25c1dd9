"""Decisions for programs: drafted, issued in person, read; modified versions; signed documents."""

from typing import Any

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.documents.models import SignedDocument
from tests.api.answers import bytes_of, codes, good, hidden_like_nothing, overtaken, pointers, queries
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.factories import PASSWORD
from tests.scenes import Scene, make_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportState, State
from workflows.models import Case, CaseReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def desk(scene: Scene) -> Caller:
    return Caller(scene.secretary, scene.now)


@pytest.fixture
def chair(scene: Scene) -> Caller:
    return Caller(scene.chair, scene.now)


def text(scene: Scene, **more: Any) -> dict[str, Any]:
    """A draft that states all an approval must."""
    return {
        "seen": "",
        "reasons_en": "The benefits outweigh the risks.",
        "scope_en": "One hospital.",
        "valid_until": "2027-11-01",
        "followup_months": 6,
        "conditions": [{"text_en": "Report every quarter.", "due": "2027-02-01"}],
        **more,
    }


def test_decision_is_drafted_and_issued_in_person(scene: Scene, desk: Caller, chair: Caller) -> None:
    case = scene.case_in(State.CARRIED)
    path = f"cases/{case.reference}"
    assert "draft_missing" in [one["code"] for one in good(desk.get(f"{path}/decision-draft"))["missing"]]
    kept = good(desk.call("PUT", f"{path}/decision-draft", text(scene)))
    assert [one["given"] for one in kept["must_state"]] == [True] * len(kept["must_state"])
    assert (kept["missing"], kept["draft"]["conditions"][0]["text_en"]) == ([], "Report every quarter.")
    mark = kept["draft"]["mark"]
    assert overtaken(desk.call("PUT", f"{path}/decision-draft", text(scene)))["mark"] == mark
    assert good(chair.get(f"{path}/decisions"))["decisions"] == []
    assert desk.post(f"{path}/issue-decision", {"seen": mark, "password": PASSWORD}).status_code == 403
    assert pointers(chair.post(f"{path}/issue-decision", {"seen": mark, "password": "wrong"})) == ["/password"]
    late = chair.post(f"{path}/issue-decision", {"seen": "2020", "password": PASSWORD})
    assert overtaken(late)["reasons_en"] == "The benefits outweigh the risks."
    told = good(chair.post(f"{path}/issue-decision", {"seen": mark, "password": PASSWORD}))
    assert (told["state"], told["clock"]["running"]) == ("approved", False)
    issued = good(Caller(scene.lead, scene.now).get(f"{path}/decisions"))["decisions"][0]
    assert (issued["issued_as"], issued["standing"], issued["motion"]) == ("chair", None, None)
    assert good(desk.get(f"{path}/decisions"))["decisions"][0]["standing"]["in_favour"] == 7
    assert codes(chair.post(f"{path}/issue-decision", {"seen": mark, "password": PASSWORD})) == ["wrong_state"]
    assert codes(desk.call("PUT", f"{path}/decision-draft", text(scene))) == ["wrong_state"]
    assert desk.get(f"{path}/decision-draft").status_code == 404
    assert "password" not in str(AuditEvent.objects.get(verb="decision.issue").facts)


def test_draft_is_the_writers_alone_and_its_faults_are_named(scene: Scene, desk: Caller, stranger: User) -> None:
    case = scene.case_in(State.CARRIED)
    path = f"cases/{case.reference}/decision-draft"
    for user in (scene.members[0], scene.lead):
        assert Caller(user, scene.now).get(path).status_code == 403
        assert Caller(user, scene.now).call("PUT", path, text(scene)).status_code == 403
    hidden_like_nothing(Caller(stranger, scene.now), path, "cases/NONE-1/decision-draft")
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"valid_until": "2020-01-01"}, ["/valid_until"]),
        ({"valid_from": "2027-10-01", "valid_until": "2027-09-01"}, ["/valid_until"]),
        ({"valid_until": "2150-01-01"}, ["/valid_until"]),
        ({"followup_months": 600}, ["/followup_months"]),
        ({"requirements_en": "Do this."}, ["/requirements_en"]),
        ({"conditions": [{"due": "2027-02-01"}, {"text_en": "x", "due": "2020-01-01"}]}, CONDITIONS),
        ({"reasons_en": "Bell \u0007"}, ["/reasons_en"]),
        ({"verdict": "yes"}, ["/verdict"]),
    ]
    for more, where in wrong:
        assert pointers(desk.call("PUT", path, text(scene, **more))) == where


CONDITIONS = ["/conditions/0", "/conditions/1/due"]


@pytest.mark.usefixtures("empty_cache")
def test_guessing_the_password_is_stopped_as_at_the_sign_in(scene: Scene, desk: Caller, chair: Caller) -> None:
    case = scene.case_in(State.CARRIED)
    path = f"cases/{case.reference}"
    mark = good(desk.call("PUT", f"{path}/decision-draft", text(scene)))["draft"]["mark"]
    told = [
        chair.post(f"{path}/issue-decision", {"seen": mark, "password": f"guess {number}"}).status_code
        for number in range(9)
    ]
    assert (told[0], told[-1]) == (400, 429)
    late = chair.post(f"{path}/issue-decision", {"seen": mark, "password": PASSWORD})
    assert (late.status_code, late["Content-Type"]) == (429, "application/problem+json")
    assert Case.objects.get(pk=case.pk).state == "carried"


def test_modified_version_is_confirmed_or_sent_back(scene: Scene, chair: Caller) -> None:
    case = scene.case_in(State.CHECKING)
    path = f"cases/{case.reference}"
    back = good(chair.post(f"{path}/return-modification", {"reasons": "Requirement 2 is open."}))
    assert (back["state"], back["return_reasons"]) == ("modifying", "Requirement 2 is open.")
    scene.resubmit(case)
    kept = good(chair.call("PUT", f"{path}/decision-draft", text(scene)))
    assert kept["kind"] == scene.kind(Effect.APPROVE)
    body = {"seen": kept["draft"]["mark"], "password": PASSWORD}
    assert codes(chair.post(f"{path}/issue-decision", body)) == ["wrong_state"]
    assert good(chair.post(f"{path}/confirm-modification", body))["state"] == "approved"
    assert len(good(chair.get(f"{path}/decisions"))["decisions"]) == 2


# -- signed documents -------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(scene: Scene) -> Case:
    """Approved; its letter in English is signed, the others wait."""
    case = scene.case_in(State.APPROVED)
    letter = CaseReport.objects.get(decision__case=case, kind="letter", language="en")
    document = SignedDocument.objects.create(
        code="AAAA-BBBB-CCCC",
        kind="letter",
        language="en",
        title="Decision letter",
        subject=f"workflows.casereport:{letter.pk}",
        organisation=scene.host,
        content=b"%PDF-1.7 signed",
        sha256="a" * 64,
        length=15,
        signers=[],
        signed_at=scene.now,
    )
    CaseReport.objects.filter(pk=letter.pk).update(state=ReportState.SIGNED.value, document=document)
    CaseReport.objects.filter(decision__case=case, kind="report").update(
        state=ReportState.FAILED.value, error="cannot_sign: no_key"
    )
    return case


def test_documents_have_honest_states_and_the_signed_ones_are_handed_out(
    scene: Scene, decided: Case, desk: Caller, stranger: User
) -> None:
    lead = Caller(scene.lead, scene.now)
    theirs = good(lead.get(f"cases/{decided.reference}/reports"))["reports"]
    whole = good(desk.get(f"cases/{decided.reference}/reports"))["reports"]
    assert ([row["kind"] for row in theirs], len(whole)) == (["letter", "letter"], 4)
    letter = next(row for row in theirs if row["state"] == "signed")
    assert (letter["sha256"], letter["code"], letter["error"]) == ("a" * 64, "AAAA-BBBB-CCCC", "")
    answer = lead.get(f"reports/{letter['id']}/content")
    assert (bytes_of(answer), answer["Content-Type"]) == (b"%PDF-1.7 signed", "application/pdf")
    assert good(lead.get(f"reports/{letter['id']}"))["state"] == "signed"
    failed = next(row for row in whole if row["state"] == "failed")
    assert failed["error"] == "cannot_sign: no_key"
    hidden_like_nothing(lead, f"reports/{failed['id']}", "reports/999999")
    hidden_like_nothing(desk, f"reports/{failed['id']}/content", "reports/999999/content")
    hidden_like_nothing(Caller(stranger, scene.now), f"reports/{letter['id']}", "reports/999999")


def test_failed_document_is_queued_again_by_the_desk(scene: Scene, decided: Case, desk: Caller) -> None:
    failed = CaseReport.objects.filter(decision__case=decided, state="failed").first()
    assert failed is not None
    assert Caller(scene.members[0], scene.now).post(f"reports/{failed.pk}/retry").status_code == 403
    assert good(desk.post(f"reports/{failed.pk}/retry"))["state"] == "queued"
    assert Caller(scene.lead, scene.now).post(f"reports/{failed.pk}/retry").status_code == 404


def test_authority_downloads_what_is_signed_and_it_is_kept(scene: Scene, decided: Case) -> None:
    caller = Caller(make_regulator(), scene.now)
    listed = good(caller.get(f"cases/{decided.reference}/reports"))["reports"]
    assert [(row["kind"], row["state"]) for row in listed] == [("letter", "signed")]
    assert bytes_of(caller.get(f"reports/{listed[0]['id']}/content")) == b"%PDF-1.7 signed"
    event = AuditEvent.objects.get(verb="report.downloaded")
    assert (event.facts["report"], event.facts["via"]["token"]) == (listed[0]["id"], caller.token.pk)
    assert good(caller.get(f"cases/{decided.reference}/decisions"))["decisions"][0]["kind"]


def test_decisions_and_documents_are_listed_across_cases(scene: Scene, decided: Case, desk: Caller) -> None:
    lead, regulator = Caller(scene.lead, scene.now), Caller(make_regulator(), scene.now)
    (row,) = good(lead.get("decisions", {"kind": scene.kind(Effect.APPROVE)}))["results"]
    assert (row["case"], row["number"]) == (decided.reference, 1)
    assert good(lead.get("decisions", {"issued_until": "2020-01-01"}))["results"] == []
    assert len(good(desk.get("reports"))["results"]) == 4
    assert [one["state"] for one in good(regulator.get("reports"))["results"]] == ["signed"]
    assert len(good(regulator.get("decisions"))["results"]) == 1
    about = [event.facts["about"] for event in AuditEvent.objects.filter(verb="oversight.searched").order_by("pk")]
    assert about == ["reports", "decisions"]
    assert good(Caller(scene.members[0], scene.now).get("reviews", {"open": "false"}))["results"] == [
        {
            "case": decided.reference,
            "state": "approved",
            "assigned_at": good(Caller(scene.members[0], scene.now).get("reviews"))["results"][0]["assigned_at"],
            "submitted_at": good(Caller(scene.members[0], scene.now).get("reviews"))["results"][0]["submitted_at"],
        }
    ]
    assert good(lead.get("reviews"))["results"] == []


def test_reading_decisions_and_documents_costs(scene: Scene, decided: Case, desk: Caller) -> None:
    path = f"cases/{decided.reference}"
    report = CaseReport.objects.filter(decision__case=decided).order_by("pk").first()
    assert report is not None
    found = {
        "decisions": queries(lambda: desk.get(f"{path}/decisions")),
        "reports": queries(lambda: desk.get(f"{path}/reports")),
        "report": queries(lambda: desk.get(f"reports/{report.pk}")),
        "list": queries(lambda: desk.get("decisions")),
        "all": queries(lambda: desk.get("reports")),
        "own": queries(lambda: desk.get("reviews")),
    }
    assert found == {"decisions": 8, "reports": 6, "report": 6, "list": 3, "all": 3, "own": 2}
