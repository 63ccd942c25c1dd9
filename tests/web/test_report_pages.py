"""The signed documents of a case: honest states, who may download what, another try."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from ethicsreview.accounts.models import User
from ethicsreview.documents.models import SignedDocument
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import ReportKind, ReportState, State
from workflows.models import Case, CaseReport

PDF = b"%PDF-1.7 made up"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def signed(case: Case, kind: ReportKind, language: str, *, now: datetime) -> CaseReport:
    """The report as it stands once its document is kept."""
    report = CaseReport.objects.get(decision__case=case, kind=kind.value, language=language)
    number = report.pk % 10
    report.document = SignedDocument.objects.create(
        code=f"ABCD-EFGH-JKL{number}",
        kind=f"case-{kind.value}",
        language=language,
        title="A document",
        subject=f"workflows.decision:{report.decision_id}",
        organisation=case.committee.host,
        content=PDF,
        sha256=f"{report.pk:064x}",
        length=len(PDF),
        signers=[],
        signed_at=now,
    )
    report.state = ReportState.SIGNED.value
    report.save()
    return report


def shown(client: Client, case: Case, **headers: str) -> list[tuple[str, bool, bool, str]]:
    """Kind, downloadable, retry offered, error shown: of each row of the list."""
    page = client.get(f"/cases/{case.pk}/reports/", headers=headers)
    rows = [row for group in page.context["groups"] for row in group["reports"]]
    return [(str(row["kind"]), bool(row["document"]), row["retry"], row["error"]) for row in rows]


def test_applicant_sees_letters_alone_and_no_inner_errors(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    CaseReport.objects.update(state=ReportState.FAILED.value, error="CannotSign: missing")
    signed(case, ReportKind.LETTER, "en", now=scene.now)
    assert shown(at(client, scene.lead), case) == [
        ("Decision letter", True, False, ""),
        ("Decision letter", False, False, ""),
    ]


def test_desk_sees_the_reason_of_a_failure_and_may_try_again(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    CaseReport.objects.update(state=ReportState.FAILED.value, error="CannotSign: missing")
    rows = shown(at(client, scene.secretary), case)
    assert rows == [
        ("Decision letter", False, True, "CannotSign: missing"),
        ("Decision letter", False, True, "CannotSign: missing"),
        ("Review report", False, True, "CannotSign: missing"),
        ("Review report", False, True, "CannotSign: missing"),
    ]
    members = shown(at(client, scene.members[0]), case)
    assert [row[2:] for row in members] == [(False, "")] * 4


def test_failure_kept_by_the_worker_is_said_in_words(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    said = {
        "cannot_sign: missing": "No signing key is installed",
        "cannot_render: glyphs_missing: ☃ (U+2603)": "The text holds characters that cannot be printed: ☃ (U+2603)",
        "OperationalError: gone": "An unexpected fault.",
    }
    for error, words in said.items():
        CaseReport.objects.update(state=ReportState.FAILED.value, error=error)
        page = at(client, scene.secretary).get(f"/cases/{case.pk}/reports/")
        assert {row["why"] for group in page.context["groups"] for row in group["reports"]} == {words}


def test_list_polls_until_everything_is_signed(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    reader, asks = at(client, scene.lead), {"HX-Request": "true"}
    first = reader.get(f"/cases/{case.pk}/reports/", headers=asks)
    for language in ("en", "zh-hans"):
        signed(case, ReportKind.LETTER, language, now=scene.now)
    last = reader.get(f"/cases/{case.pk}/reports/", headers=asks)
    states = [
        (page.context["unfinished"], b"hx-get" in page.content, b"<html" in page.content) for page in (first, last)
    ]
    assert states == [(True, True, False), (False, False, False)]


def test_download_is_an_attachment_with_its_name_and_safe_headers(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    report = signed(case, ReportKind.LETTER, "en", now=scene.now)
    response = at(client, scene.lead).get(f"/reports/{report.pk}/download/")
    assert report.document is not None
    assert response.content == PDF
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    name = f"{case.reference}-case-letter-en-{report.document.code}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_full_report_is_the_committees_alone(client: Client, scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.APPROVED)
    report = signed(case, ReportKind.REPORT, "en", now=scene.now)
    people: list[Any] = [scene.members[0], scene.lead, stranger]
    assert [at(client, user).get(f"/reports/{report.pk}/download/").status_code for user in people] == [200, 404, 404]


def test_what_is_not_signed_is_not_there(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    report = CaseReport.objects.filter(decision__case=case, kind=ReportKind.LETTER.value).first()
    assert report is not None
    assert at(client, scene.secretary).get(f"/reports/{report.pk}/download/").status_code == 404


def test_recused_member_finds_no_document(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, scene.members[4], kind=kind, reason="Kin.", actor=scene.secretary, now=scene.now)
    scene.issue(case)
    report = signed(case, ReportKind.REPORT, "en", now=scene.now)
    member = at(client, scene.members[4])
    codes = [
        member.get(path).status_code for path in (f"/reports/{report.pk}/download/", f"/cases/{case.pk}/reports/")
    ]
    assert codes == [404, 404]


def test_retry_queues_again_for_the_desk_alone(client: Client, scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.APPROVED)
    CaseReport.objects.update(state=ReportState.FAILED.value, error="CannotSign: missing")
    report = CaseReport.objects.filter(decision__case=case, kind=ReportKind.LETTER.value).first()
    assert report is not None
    address = f"/reports/{report.pk}/retry/"
    people = (stranger, scene.lead, scene.members[0], scene.secretary)
    assert [at(client, user).post(address).status_code for user in people] == [404, 403, 403, 302]
    report.refresh_from_db()
    assert (report.state, client.get(address).status_code) == (ReportState.QUEUED.value, 405)


def test_retry_of_a_signed_document_says_that_it_is_signed(client: Client, scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    report = signed(case, ReportKind.LETTER, "en", now=scene.now)
    page = at(client, scene.secretary).post(f"/reports/{report.pk}/retry/", follow=True)
    assert [str(message) for message in page.context["messages"]] == ["The document is signed already."]
