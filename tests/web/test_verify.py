"""The public verification pages: a file or a code in, a clear verdict out, without signing in."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.domain import LARGEST_FILE
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.steps import keep_signed, supersede
from ethicsreview.documents.views import MOST_FILES
from tests.reports.specimen import CODE, ISSUED, key_folder, signed_specimen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


def keep(host: Organisation, *, language: str = "en", code: str = CODE) -> SignedDocument:
    """The specimen in the register; the subject is what the public pages must not tell."""
    with transaction.atomic():
        return keep_signed(
            subject="secret:99",
            kind="letter",
            language=language,
            title="Ethics review decision",
            organisation_id=host.pk,
            code=code,
            pdf=signed_specimen(language[:2]),
            signed_at=ISSUED,
        )


def send(client: Client, content: bytes, *, language: str = "en") -> HttpResponse:
    """``content`` uploaded by somebody without an account."""
    file = SimpleUploadedFile("letter.pdf", content, content_type="application/pdf")
    return client.post(reverse("documents:verify"), {"file": file}, headers={"accept-language": language})


def headline(response: HttpResponse) -> str:
    """The verdict's title."""
    return response.content.decode().split('<h1 id="verdict">')[1].split("</h1>")[0]


def test_page_asks_for_a_file_or_a_code(client: Client) -> None:
    response = client.get(reverse("documents:verify"))
    assert response.status_code == 200
    assert [t.name for t in response.templates][:1] == ["documents/verify.html"]


def test_original_is_genuine(client: Client, host: Organisation) -> None:
    keep(host)
    response = send(client, signed_specimen("en"))
    assert (response.status_code, headline(response)) == (200, "This document is genuine and unchanged")


def test_flipped_byte_is_refused(client: Client, host: Organisation) -> None:
    keep(host)
    pdf = signed_specimen("en")
    response = send(client, pdf[:60_000] + bytes([pdf[60_000] ^ 1]) + pdf[60_001:])
    assert headline(response) == "Do not rely on this file: it is not the document as issued"


def test_superseded_original_says_so(client: Client, host: Organisation) -> None:
    old, new = keep(host), keep(host, language="zh-hans", code="BBBB-BBBB-BBBB")
    with transaction.atomic():
        supersede(old, by=new)
    assert headline(send(client, signed_specimen("en"))) == "This document is genuine, but a later one replaces it"


def test_file_of_somebody_else_is_unknown(client: Client) -> None:
    assert headline(send(client, b"%PDF-1.4 nothing")) == "This file cannot be read as a signed PDF"


def test_verdict_never_tells_what_the_document_reports_on(client: Client, host: Organisation) -> None:
    document = keep(host)
    pages = [
        send(client, signed_specimen("en")),
        send(client, signed_specimen("en") + b"x"),
        client.get(reverse("documents:verify-code", args=[document.code])),
    ]
    assert [page.content.count(b"secret") for page in pages] == [0, 0, 0]


def test_empty_file_is_answered(client: Client) -> None:
    assert headline(send(client, b"")) == "This file cannot be read as a signed PDF"


def test_missing_file_is_asked_for_again(client: Client) -> None:
    response = client.post(reverse("documents:verify"))
    assert (response.status_code, response.context["file_form"].errors["file"]) == (422, ["This field is required."])


def test_file_larger_than_ours_is_not_read(client: Client) -> None:
    response = send(client, bytes(LARGEST_FILE + 1))
    assert (response.status_code, response.context["file_form"].errors["file"]) == (
        422,
        ["The file is larger than any document issued here."],
    )


def test_one_address_cannot_send_files_without_end(client: Client) -> None:
    answers = [send(client, b"").status_code for _ in range(MOST_FILES + 1)]
    assert answers == [200] * MOST_FILES + [429]


def test_upload_needs_its_token(host: Organisation) -> None:
    assert send(Client(enforce_csrf_checks=True), b"").status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)(reverse("documents:verify")).status_code == 405
    assert getattr(client, method)(reverse("documents:verify-code", args=[CODE])).status_code == 405


def test_code_page_shows_what_is_in_the_register(client: Client, host: Organisation) -> None:
    document = keep(host)
    response = client.get(reverse("documents:verify-code", args=[CODE]))
    assert (response.status_code, response.context["document"]) == (200, document)
    assert headline(response) == "A document was issued under this code, and it stands"
    assert response.content.decode().count(document.sha256) == 1


def test_code_page_of_superseded_document_leads_to_the_later_one(client: Client, host: Organisation) -> None:
    old, new = keep(host), keep(host, language="zh-hans", code="BBBB-BBBB-BBBB")
    with transaction.atomic():
        supersede(old, by=new)
    response = client.get(reverse("documents:verify-code", args=[CODE]))
    assert headline(response) == "A document was issued under this code, and a later one replaces it"
    assert response.content.decode().count(reverse("documents:verify-code", args=[new.code])) == 1


@pytest.mark.parametrize(("language", "facts"), [("en", ("en", "English")), ("zh-hans", ("zh-Hans", "Chinese"))])
def test_code_page_names_the_documents_language(
    client: Client, host: Organisation, language: str, facts: tuple[str, str]
) -> None:
    keep(host, language=language)
    page = client.get(reverse("documents:verify-code", args=[CODE])).content.decode()
    title = re.findall(r'<dt>Document</dt><dd lang="([\w-]+)">', page)
    assert (*title, *re.findall(r"<dt>Language</dt><dd>(\w+)</dd>", page)) == facts


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLN", "nonsense", "<script>"])
def test_unknown_code_gets_a_helpful_404(client: Client, code: str) -> None:
    response = client.get(reverse("documents:verify-code", args=[code]))
    assert (response.status_code, headline(response)) == (404, "No document has this code")
    assert response.content.count(b"<script>") == 0


def test_typed_code_leads_to_its_page(client: Client, host: Organisation) -> None:
    keep(host)
    response = client.get(reverse("documents:verify"), {"code": "abcd efgh jklm"})
    assert (response.status_code, response["Location"]) == (302, reverse("documents:verify-code", args=[CODE]))


def test_mistyped_code_is_explained(client: Client) -> None:
    response = client.get(reverse("documents:verify"), {"code": "abcd"})
    assert (response.status_code, response.context["code_form"].errors["code"]) == (
        422,
        ["A verification code has twelve letters and figures; I, O, 0 and 1 do not occur."],
    )


def test_pages_cost_few_queries(
    client: Client, host: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keep(host)
    with django_assert_num_queries(1):
        client.get(reverse("documents:verify-code", args=[CODE]))
    with django_assert_num_queries(1):
        send(client, signed_specimen("en"))
    with django_assert_num_queries(2):
        send(client, signed_specimen("en") + b"x")
