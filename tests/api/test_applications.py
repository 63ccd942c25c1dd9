"""Applications for programs: begun, answered, handed in, supplemented, modified; documents and the team."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.answers import bytes_of, codes, good, hidden_like_nothing, overtaken, pointers, queries
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.editions import complete_answers, file_items, hand_in, small_pdf
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.actions.applications import save_answers
from workflows.domain.states import State
from workflows.models import Application, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def lead(scene: Scene) -> Caller:
    return Caller(scene.lead, scene.now)


def pdf(name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, small_pdf(), "application/pdf")


def test_application_goes_from_nothing_to_its_reference(scene: Scene, lead: Caller) -> None:
    body = {"committee": scene.committee.pk, "organisation": scene.company.pk}
    begun = good(lead.post("cases", body), 201)
    ref = begun["ref"]
    case = Case.objects.get()
    assert (ref, begun["state"], begun["roles"]) == (f"draft-{case.pk}", "draft", ["applicant", "team"])
    assert codes(lead.post(f"cases/{ref}/submit", {"pledge": True}))[0] == "materials_missing"
    answers = {key: value for key, value in complete_answers(scene.rules).items() if key != "pledge"}
    saved = good(lead.call("PATCH", f"cases/{ref}/application", {"answers": answers}))
    assert (saved["number"], saved["open"], saved["revision"]) == (1, True, 2)
    told = {item["code"]: item["value"] for item in saved["items"]}
    assert (told["title"], told["pledge"]) == ("Triage assistant for a county hospital", "yes")
    for item in file_items(scene.rules, answers):
        hand_in(case, item, by=scene.lead, now=scene.now)
    seen = good(lead.get(f"cases/{ref}/application"))["digest"]
    assert overtaken(lead.post(f"cases/{ref}/submit", {"pledge": True, "seen": "f" * 64}))["digest"] == seen
    handed = good(lead.post(f"cases/{ref}/submit", {"pledge": True, "seen": seen}))
    assert (handed["state"], handed["ref"][:4]) == ("submitted", "LKS-")
    assert good(lead.get(f"cases/{handed['ref']}/versions"))["versions"][0]["digest"] == seen
    event = AuditEvent.objects.get(verb="case.submit")
    assert event.facts["via"] == {"token": lead.token.pk, "person": scene.lead.pk}


def test_beginning_names_what_may_not_be_chosen(scene: Scene, lead: Caller, stranger: User) -> None:
    committee, company = scene.committee.pk, scene.company.pk
    assert pointers(lead.post("cases", {"committee": committee, "organisation": scene.host.pk})) == ["/organisation"]
    assert pointers(lead.post("cases", {"committee": 10**9, "organisation": company})) == ["/committee"]
    assert pointers(lead.post("cases", {"committee": "x"})) == ["/committee", "/organisation"]
    body = {"committee": committee, "organisation": company}
    assert Caller(scene.secretary, scene.now).post("cases", body).status_code == 403
    assert Case.objects.count() == 0


def test_wrong_answers_are_named_one_by_one_and_nothing_is_kept(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    before = Application.objects.get(case=case).answers
    items = {item["code"]: item for item in good(lead.get(f"cases/draft-{case.pk}/application"))["items"]}
    choice = next(code for code, item in items.items() if item["kind"] == "choice")
    people = next(code for code, item in items.items() if item["kind"] == "people")
    files = next(code for code, item in items.items() if item["kind"] == "files")
    question = next(code for code, item in items.items() if item["kind"] == "question")
    wrong = {
        "title": ["not", "text"],
        "nowhere": "x",
        choice: "no such choice",
        people: [{"name": "Lin", "salary": "7"}],
        files: "x",
        question: "perhaps",
        f"{question}.why": "Bell \u0007",
        "pledge": "yes",
    }
    answer = lead.call("PATCH", f"cases/draft-{case.pk}/application", {"answers": wrong})
    assert sorted(pointers(answer)) == sorted(f"/answers/{key}" for key in wrong)
    assert Application.objects.get(case=case).answers == before
    body = {"answers": {"starts": "2027-05-01", "ends": "2027-04-01"}}
    assert pointers(lead.call("PATCH", f"cases/draft-{case.pk}/application", body)) == ["/answers/starts"]


def test_somebody_elses_newer_answer_is_told_and_not_written_over(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    path = f"cases/draft-{case.pk}/application"
    save_answers(case.pk, {"title": "From another tab"}, actor=scene.lead, now=scene.now)
    body = {"answers": {"title": "Mine"}, "seen": {"title": "Triage assistant for a county hospital"}}
    answer = lead.call("PATCH", path, body)
    assert overtaken(answer) == {"title": "From another tab"}
    saved = good(lead.call("PATCH", path, {"answers": {"title": "Mine"}, "seen": {"title": "From another tab"}}))
    assert {item["code"]: item["value"] for item in saved["items"]}["title"] == "Mine"


def test_documents_are_handed_in_replaced_read_and_taken_out(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    ref = f"draft-{case.pk}"
    item = file_items(scene.rules, complete_answers(scene.rules))[0]
    assert pointers(lead.send(f"cases/{ref}/files", {"item": "title", "file": pdf()})) == ["/item"]
    assert pointers(lead.send(f"cases/{ref}/files", {"item": item, "file": pdf("plan.exe")})) == ["/file"]
    added = good(lead.send(f"cases/{ref}/files", {"item": item, "file": pdf()}), 201)
    assert (added["item"], added["standing"], [row["pages"] for row in added["versions"]]) == (item, True, [2])
    path = f"cases/{ref}/files/{added['id']}"
    newer = SimpleUploadedFile("plan-2.txt", b"In other words.", "text/plain")
    replaced = good(lead.send(f"{path}/versions", {"file": newer}), 201)
    assert [row["number"] for row in replaced["versions"]] == [2, 1]
    content = lead.get(f"{path}/versions/1/content")
    assert bytes_of(content) == small_pdf()
    assert (content["Content-Type"], content["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "plan.pdf" in content["Content-Disposition"]
    assert lead.get(f"{path}/versions/1/pages/3").status_code == 404
    assert lead.get(f"{path}/versions/1/pages/2")["Content-Type"] == "image/png"
    assert good(lead.post(f"{path}/remove"))["standing"] is False
    assert codes(lead.send(f"{path}/versions", {"file": pdf()})) == ["stale"]
    assert len(good(lead.get(f"cases/{ref}/files"))["files"]) == 1 + len(
        file_items(scene.rules, complete_answers(scene.rules))
    )
    assert lead.post(f"cases/{ref}/files", {"item": item}).status_code == 415


def test_desk_reads_what_was_handed_in_and_writes_nothing(scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.SUBMITTED)
    desk = Caller(scene.secretary, scene.now)
    ref = case.reference
    assert [row["number"] for row in good(desk.get(f"cases/{ref}/versions"))["versions"]] == [1]
    assert good(desk.get(f"cases/{ref}/versions/1"))["submitted_by"]["id"] == scene.lead.pk
    files = good(desk.get(f"cases/{ref}/files"))["files"]
    assert all(row["standing"] for row in files)
    first = f"cases/{ref}/files/{files[0]['id']}"
    assert bytes_of(desk.get(f"{first}/versions/1/content")) == small_pdf()
    assert desk.call("PATCH", f"cases/{ref}/application", {"answers": {"title": "x"}}).status_code == 403
    assert desk.send(f"cases/{ref}/files", {"item": files[0]["item"], "file": pdf()}).status_code == 403
    assert desk.post(f"{first}/remove").status_code == 403
    assert desk.get(f"cases/{ref}/team").status_code == 403
    far = Caller(stranger, scene.now)
    for part in ("application", "versions", "versions/1", "files", "notices", "team", f"files/{files[0]['id']}"):
        hidden_like_nothing(far, f"cases/{ref}/{part}", f"cases/NONE-1/{part}")


def test_drafts_are_the_applicants_alone(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    hidden_like_nothing(Caller(scene.secretary, scene.now), f"cases/draft-{case.pk}", "cases/draft-999999")
    assert good(lead.get(f"cases/draft-{case.pk}"))["tier"] == ""


def test_supplement_notice_is_answered_item_by_item(scene: Scene, lead: Caller) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    ref, desk = case.reference, Caller(scene.secretary, scene.now)
    notice = good(lead.get(f"cases/{ref}/notices"))["notices"][0]
    item = notice["items"][0]["item"]
    assert (notice["answered_at"], notice["items"][0]["answer"]) == (None, "")
    assert codes(lead.post(f"cases/{ref}/answer-supplement", {"pledge": True})) == ["supplement_unanswered"]
    path = f"cases/{ref}/supplement-answers/{item}"
    kept = good(lead.call("PUT", path, {"answer": "See page 4.", "seen": ""}))
    assert kept["notices"][0]["items"][0]["answer"] == "See page 4."
    assert good(desk.get(f"cases/{ref}/notices"))["notices"][0]["items"][0]["answer"] == ""
    assert overtaken(lead.call("PUT", path, {"answer": "Otherwise.", "seen": ""})) == {item: "See page 4."}
    assert lead.call("PUT", f"cases/{ref}/supplement-answers/nowhere", {"answer": "x"}).status_code == 404
    assert pointers(lead.post(f"cases/{ref}/answer-supplement", {"pledge": False})) == ["/pledge"]
    assert good(lead.post(f"cases/{ref}/answer-supplement", {"pledge": True}))["state"] == "submitted"
    assert good(desk.get(f"cases/{ref}/notices"))["notices"][0]["items"][0]["answer"] == "See page 4."


def test_modified_version_is_handed_in_again(scene: Scene, lead: Caller) -> None:
    case = scene.case_in(State.MODIFYING)
    path = f"cases/{case.reference}/resubmit"
    assert pointers(lead.post(path, {"pledge": True})) == ["/changes"]
    assert good(lead.post(path, {"pledge": True, "changes": "All four points."}))["state"] == "checking"
    versions = good(lead.get(f"cases/{case.reference}/versions"))["versions"]
    assert [(row["number"], row["changes"]) for row in versions] == [(1, ""), (2, "All four points.")]


def test_withdrawing_ends_the_case(scene: Scene, lead: Caller) -> None:
    case = scene.case_in(State.SUBMITTED)
    path = f"cases/{case.reference}/withdraw"
    assert Caller(scene.secretary, scene.now).post(path, {"reasons": "x"}).status_code == 403
    assert pointers(lead.post(path, {"reasons": ""})) == ["/reasons"]
    told = good(lead.post(path, {"reasons": "The plan changed."}))
    assert (told["state"], told["closing_reasons"]) == ("withdrawn", "The plan changed.")
    assert codes(lead.post(path, {"reasons": "Again."})) == ["wrong_state"]


def test_colleague_joins_and_an_address_tells_nobody_who_has_an_account(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    path = f"cases/draft-{case.pk}/team"
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company, name="Co Colleague")
    told = [lead.post(path, {"email": mail}) for mail in ("nobody@example.test", scene.secretary.email)]
    assert told[0].json()["faults"] == told[1].json()["faults"]
    assert pointers(told[0]) == ["/email"]
    added = good(lead.post(path, {"email": colleague.email.upper()}))
    assert [row["id"] for row in added["people"]] == [scene.lead.pk, colleague.pk]
    assert good(Caller(colleague, scene.now).get(f"cases/draft-{case.pk}"))["roles"] == ["team"]


def test_authority_reads_an_application_once_it_is_decided_and_each_reading_is_kept(scene: Scene) -> None:
    accepted, decided = scene.case_in(State.ACCEPTED), scene.case_in(State.APPROVED)
    regulator = make_regulator()
    caller = Caller(regulator, scene.now)
    assert good(caller.get(f"cases/{accepted.reference}"))["roles"] == []
    hidden_like_nothing(caller, f"cases/{accepted.reference}/application", "cases/NONE-1/application")
    version = good(caller.get(f"cases/{decided.reference}/application"))
    files = good(caller.get(f"cases/{decided.reference}/files"))["files"]
    content = caller.get(f"cases/{decided.reference}/files/{files[0]['id']}/versions/1/content")
    assert (version["number"], bytes_of(content)) == (1, small_pdf())
    events = AuditEvent.objects.filter(verb="case.read").order_by("pk")
    kept = [(event.subject, event.facts["part"], event.facts.get("version")) for event in events]
    case = f"case:{decided.pk}"
    assert kept == [
        (f"case:{accepted.pk}", "facts", None),
        (case, "application", 1),
        (case, "files", None),
        (case, "files", 1),
    ]
    assert {event.facts["via"]["token"] for event in events} == {caller.token.pk}
    hidden_like_nothing(caller, f"cases/{decided.reference}/notices", "cases/NONE-1/notices")
    assert caller.post(f"cases/{decided.reference}/withdraw", {"reasons": "x"}).status_code == 403


def test_reading_costs_the_same_however_much_there_is(scene: Scene, lead: Caller) -> None:
    case = scene.draft()
    ref = f"draft-{case.pk}"
    item = file_items(scene.rules, complete_answers(scene.rules))[0]

    def costs() -> dict[str, Any]:
        parts = ("application", "versions", "files", "team", "notices")
        return {part: queries(lambda part=part: lead.get(f"cases/{ref}/{part}")) for part in parts}

    before = costs()
    for _ in range(3):
        hand_in(case, item, by=scene.lead, now=scene.now)
    assert costs() == before == COSTS


COSTS = {"application": 5, "versions": 5, "files": 6, "team": 4, "notices": 4}
