"""Documents of a case: handed in, replaced, taken out; who may fetch which version."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.files.models import FileVersion
from tests.driven import this_moment
from tests.editions import small_pdf
from tests.factories import make_organisation, make_person
from tests.scenes import Scene, make_scene
from workflows.actions.applications import replace_file
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import State
from workflows.models import Case, CaseFile

ITEM = "protocol_file"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def other_pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def send(client: Client, user: User, name: str, *args: Any, htmx: bool = False, **files: Any) -> Any:
    client.force_login(user)
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(f"workflows:{name}", args=args), files, headers=headers)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def fetch(client: Client, user: User, held: CaseFile, number: int) -> int:
    client.force_login(user)
    address = reverse("workflows:file-download", args=[held.case_id, held.pk, number])
    response = client.get(address)
    if response.streaming:
        b"".join(response)  # read to its end, so that the file is closed
    return response.status_code


def draft(scene: Scene) -> Case:
    """A complete draft without its plan document."""
    case = scene.draft()
    CaseFile.objects.filter(case=case, item=ITEM).delete()
    return case


def test_several_files_are_handed_in_at_once(scene: Scene, client: Client) -> None:
    case = draft(scene)
    files = [upload("plan.pdf", small_pdf()), upload("方案 v2.pdf", other_pdf())]
    sent = send(client, scene.lead, "file-add", case.pk, ITEM, file=files)
    names = list(CaseFile.objects.filter(case=case, item=ITEM).order_by("pk").values_list("current__name", flat=True))
    assert names == ["plan.pdf", "方案 v2.pdf"]
    assert sent["Location"] == reverse("workflows:application-step", args=[case.pk, "plan"]) + f"#item-{ITEM}"


def test_bad_file_is_named_with_its_reason_and_the_good_one_kept(scene: Scene, client: Client) -> None:
    case = draft(scene)
    files = [upload("plan.pdf", small_pdf()), upload("<b>.exe", b"MZ")]
    sent = send(client, scene.lead, "file-add", case.pk, ITEM, file=files)
    [shown] = [row for row in sent.context["groups"][0]["pieces"] if row["code"] == ITEM]
    assert (sent.status_code, len(shown["errors"]), len(shown["files"])) == (422, 1, 1)
    assert shown["errors"][0].startswith("<b>.exe: Files of this kind are not taken.")
    assert sent.content.count(b"<b>.exe") == 0


def test_file_too_large_is_refused_with_the_limit(scene: Scene, client: Client, settings: Settings) -> None:
    case = draft(scene)
    settings.UPLOAD_MAX_BYTES = 100
    sent = send(client, scene.lead, "file-add", case.pk, ITEM, htmx=True, file=upload("plan.pdf", b"x" * 150))
    assert (sent.status_code, sent.context["piece"]["errors"]) == (
        422,
        ["plan.pdf: The file is larger than 100\xa0bytes."],
    )
    assert CaseFile.objects.filter(case=case, item=ITEM).count() == 0


def test_nothing_chosen_is_said(scene: Scene, client: Client) -> None:
    sent = send(client, scene.lead, "file-add", draft(scene).pk, ITEM, htmx=True)
    assert (sent.status_code, sent.context["piece"]["errors"]) == (422, ["No file was chosen."])


def test_new_version_keeps_the_earlier_one(scene: Scene, client: Client) -> None:
    case = scene.draft()
    held = CaseFile.objects.get(case=case, item=ITEM)
    sent = send(client, scene.lead, "file-replace", case.pk, held.pk, htmx=True, file=upload("plan2.pdf", other_pdf()))
    [file] = sent.context["piece"]["files"]
    assert [(row["version"].number, row["version"].name) for row in file["versions"]] == [
        (2, "plan2.pdf"),
        (1, f"{ITEM}.pdf"),
    ]
    assert [fetch(client, scene.lead, held, number) for number in (1, 2, 3)] == [200, 200, 404]


def test_document_is_taken_out_after_asking(scene: Scene, client: Client) -> None:
    case = scene.draft()
    held = CaseFile.objects.get(case=case, item=ITEM)
    client.force_login(scene.lead)
    asked = client.get(reverse("workflows:file-remove", args=[case.pk, held.pk]))
    assert (asked.status_code, CaseFile.objects.get(pk=held.pk).removed_at) == (200, None)
    sent = send(client, scene.lead, "file-remove", case.pk, held.pk)
    twice = send(client, scene.lead, "file-remove", case.pk, held.pk)
    assert (sent.status_code, twice.status_code) == (302, 404)
    assert CaseFile.objects.get(pk=held.pk).removed_at is not None


def test_files_of_a_handed_in_version_stay_as_they_are(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    held = CaseFile.objects.get(case=case, item=ITEM)
    sent = [
        send(client, scene.lead, "file-add", case.pk, ITEM, file=upload("late.pdf", other_pdf())),
        send(client, scene.lead, "file-replace", case.pk, held.pk, file=upload("late.pdf", other_pdf())),
        send(client, scene.lead, "file-remove", case.pk, held.pk),
    ]
    assert [row.status_code for row in sent] == [409, 409, 409]
    assert FileVersion.objects.filter(upload=held.upload_id).count() == 1


def test_item_that_takes_no_files_is_404(scene: Scene, client: Client) -> None:
    case = draft(scene)
    for item in ("title", "nowhere"):
        assert (
            send(client, scene.lead, "file-add", case.pk, item, file=upload("a.pdf", small_pdf())).status_code == 404
        )


def test_drafts_files_are_private_until_submitted(scene: Scene, client: Client) -> None:
    case = scene.draft()
    held = CaseFile.objects.get(case=case, item=ITEM)
    stranger = make_person(role=MemberRole.APPLICANT, organisation=make_organisation())
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    assert [fetch(client, user, held, 1) for user in (scene.lead, colleague, scene.secretary, stranger)] == [
        200,
        404,
        404,
        404,
    ]
    scene.submit(case)
    assert [fetch(client, user, held, 1) for user in (scene.lead, scene.secretary, scene.members[0], stranger)] == [
        200,
        200,
        404,
        404,
    ]


def test_committee_reads_frozen_versions_alone(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    held = CaseFile.objects.get(case=case, item=ITEM)
    replace_file(case.pk, held.pk, io.BytesIO(other_pdf()), name="new.pdf", actor=scene.lead, now=scene.now)
    assert [fetch(client, scene.lead, held, number) for number in (1, 2)] == [200, 200]
    assert [fetch(client, scene.secretary, held, number) for number in (1, 2)] == [200, 404]


def test_recused_member_reads_no_document(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.ACCEPTED)
    held, member = CaseFile.objects.get(case=case, item=ITEM), scene.members[0]
    before = fetch(client, member, held, 1)
    kind = scene.rules.conflicts[0].code
    declare_conflict(case.pk, member, kind=kind, reason="Shares.", actor=member, now=scene.now)
    assert (before, fetch(client, member, held, 1)) == (200, 404)


def test_file_of_another_case_is_404(scene: Scene, client: Client) -> None:
    one, other = scene.draft(), scene.draft()
    held = CaseFile.objects.get(case=other, item=ITEM)
    client.force_login(scene.lead)
    assert client.get(reverse("workflows:file-download", args=[one.pk, held.pk, 1])).status_code == 404
    assert send(client, scene.lead, "file-remove", one.pk, held.pk).status_code == 404


def test_download_is_an_attachment_and_a_page_is_a_picture(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    held = CaseFile.objects.get(case=case, item=ITEM)
    client.force_login(scene.secretary)
    file = client.get(reverse("workflows:file-download", args=[case.pk, held.pk, 1]))
    assert file["Content-Disposition"] == f'attachment; filename="{ITEM}.pdf"'
    assert b"".join(file) == small_pdf()
    page = client.get(reverse("workflows:file-page", args=[case.pk, held.pk, 1, 1]))
    beyond = client.get(reverse("workflows:file-page", args=[case.pk, held.pk, 1, 3]))
    assert (page["Content-Type"], page.content[:4], beyond.status_code) == ("image/png", b"\x89PNG", 404)


def test_lost_bytes_are_admitted(scene: Scene, client: Client, tmp_path: Path) -> None:
    case = scene.draft()
    held = CaseFile.objects.select_related("current").get(case=case, item=ITEM)
    (tmp_path / held.current.path).unlink()
    assert fetch(client, scene.lead, held, 1) == 503


def test_wrong_methods_are_405(scene: Scene, client: Client) -> None:
    case = scene.draft()
    held = CaseFile.objects.get(case=case, item=ITEM)
    client.force_login(scene.lead)
    assert client.get(reverse("workflows:file-add", args=[case.pk, ITEM])).status_code == 405
    assert client.get(reverse("workflows:file-replace", args=[case.pk, held.pk])).status_code == 405
    assert client.post(reverse("workflows:file-download", args=[case.pk, held.pk, 1])).status_code == 405
