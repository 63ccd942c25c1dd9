"""What the verification pages say of a certificate, which its bytes cannot tell: whether it counts today."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.steps import keep_signed, supersede
from tests.reports.specimen import CODE, ISSUED, key_folder, signed_specimen
from tests.reports.verification_file import queue_reports, verified_file
from workflows.domain.states import ReportState
from workflows.models import Certificate, VerificationReport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
SUSPENDED, WITHDRAWN = {"state": "suspended"}, {"state": "withdrawn"}


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


def kept(kind: str, *, language: str = "en", code: str = CODE, subject: int = 0) -> SignedDocument:
    """The specimen's bytes in the register as a document of a verification of that kind."""
    row = VerificationReport.objects.filter(kind=kind, language=language).order_by("pk").last()
    assert row is not None
    with transaction.atomic():
        document = keep_signed(
            subject=f"workflows.verification:{subject or row.verification_id}",
            kind=f"maturity-{kind}",
            language=language,
            title="Maturity certificate",
            organisation_id=row.verification.host_id,
            code=code,
            pdf=signed_specimen("en" if language == "en" else "zh"),
            signed_at=ISSUED,
        )
        row.document, row.state = document, ReportState.SIGNED.value
        row.save()
    return document


@pytest.fixture
def certificate(db: None) -> Certificate:
    """Valid from today on, its signed document kept."""
    row = verified_file()
    queue_reports(row)
    today = timezone.now().date()
    Certificate.objects.filter(verification=row).update(
        issued_on=today - timedelta(days=1), expires_on=today + timedelta(days=900)
    )
    return Certificate.objects.get(verification=row)


def headline(response: HttpResponse) -> str:
    return response.content.decode().split('<h1 id="verdict">')[1].split("</h1>")[0]


def tone(response: HttpResponse) -> str:
    return response.content.decode().split('class="verdict verdict--')[1].split('"')[0]


def by_code(client: Client) -> HttpResponse:
    return client.get(reverse("documents:verify-code", args=[CODE]))


def by_file(client: Client) -> HttpResponse:
    file = SimpleUploadedFile("certificate.pdf", signed_specimen("en"), content_type="application/pdf")
    return client.post(reverse("documents:verify"), {"file": file})


def test_valid_certificate_stands_and_leads_to_the_register(client: Client, certificate: Certificate) -> None:
    kept("certificate")
    response = by_code(client)
    assert headline(response) == "A document was issued under this code, and it stands"
    page = response.content.decode()
    assert page.count("This certificate is valid") == 1
    assert page.count(reverse("workflows:register-certificate", args=[certificate.number])) == 1
    assert headline(by_file(client)) == "This document is genuine and unchanged"


@pytest.mark.parametrize(
    ("change", "title", "said"),
    [
        (SUSPENDED, "This certificate is suspended", "warn"),
        (WITHDRAWN, "This certificate was withdrawn", "bad"),
        ({"expires_on": timezone.now().date() - timedelta(days=1)}, "This certificate has expired", "bad"),
    ],
)
def test_certificate_that_does_not_count_says_so_first(
    client: Client, certificate: Certificate, change: dict[str, object], title: str, said: str
) -> None:
    kept("certificate")
    Certificate.objects.filter(pk=certificate.pk).update(**change)
    for response in (by_code(client), by_file(client)):
        assert (response.status_code, headline(response), tone(response)) == (200, title, said)
    assert by_file(client).content.decode().count("Counts today") == 1


def test_report_of_a_withdrawn_certificate_is_a_document_like_any_other(
    client: Client, certificate: Certificate
) -> None:
    kept("report")
    Certificate.objects.filter(pk=certificate.pk).update(**WITHDRAWN)
    assert headline(by_code(client)) == "A document was issued under this code, and it stands"
    assert by_code(client).content.decode().count("Counts today") == 0


def test_replaced_certificate_leads_to_the_later_document(client: Client, certificate: Certificate) -> None:
    old, new = kept("certificate"), kept("certificate", language="zh-hans", code="BBBB-BBBB-BBBB")
    Certificate.objects.filter(pk=certificate.pk).update(state="replaced")
    with transaction.atomic():
        supersede(old, by=new)
    assert headline(by_code(client)) == "A document was issued under this code, and a later one replaces it"
    assert headline(by_file(client)) == "This document is genuine, but a later one replaces it"


def test_changed_file_of_a_certificate_is_judged_as_a_file(client: Client, certificate: Certificate) -> None:
    kept("certificate")
    Certificate.objects.filter(pk=certificate.pk).update(**WITHDRAWN)
    file = SimpleUploadedFile("certificate.pdf", signed_specimen("en") + b"x", content_type="application/pdf")
    response = client.post(reverse("documents:verify"), {"file": file})
    assert headline(response) == "Do not rely on this file: it is not the document as issued"


def test_chinese_document_is_said_to_be_chinese(client: Client, certificate: Certificate) -> None:
    kept("certificate", language="zh-hans")
    page = by_code(client).content.decode()
    assert (page.count("<dd>Chinese</dd>"), page.count('<dd lang="zh-Hans">')) == (1, 1)


def test_standing_costs_one_query(
    client: Client, certificate: Certificate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kept("certificate")
    with django_assert_num_queries(2):
        by_code(client)
    with django_assert_num_queries(2):
        by_file(client)
