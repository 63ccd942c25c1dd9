"""What leaves the house with a file, header by header."""

import io
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import ACCEPT, BadFile, Fault
from ethicsreview.files.forms import BoundedUpload, UploadForm
from ethicsreview.files.models import FileVersion
from ethicsreview.files.steps import store
from ethicsreview.files.views import attachment_response, page_response
from ethicsreview.files.wording import reason

FACTS: dict[Fault, dict[str, str | int]] = {
    Fault.TOO_LARGE: {"most": 50 * 1024 * 1024},
    Fault.KIND: {"ending": "exe"},
    Fault.LEGACY: {"ending": "doc"},
    Fault.MISMATCH: {"ending": "pdf", "found": "image/png"},
    Fault.DAMAGED: {"ending": "pdf"},
    Fault.ACTIVE: {"what": "script"},
    Fault.ATTACHMENT: {"name": "x.exe"},
    Fault.TOO_MANY_PAGES: {"most": 5000},
    Fault.TOO_MANY_PIXELS: {"most": 40_000_000},
}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def version(applicant: User, now: datetime) -> FileVersion:
    """A PDF of two pages with a Chinese name."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 400))
    document.add_blank_page(page_size=(300, 400))
    out = io.BytesIO()
    document.save(out)
    out.seek(0)
    return store(upload=None, stream=out, name='研究"方案".pdf', by_id=applicant.pk, now=now)


def test_attachment_has_safe_headers(version: FileVersion) -> None:
    response = attachment_response(version)
    assert dict(response.items()) == {
        "Content-Type": "application/pdf",
        "Content-Length": str(version.size),
        "Content-Disposition": "attachment; filename*=utf-8''%E7%A0%94%E7%A9%B6_%E6%96%B9%E6%A1%88_.pdf",
        "ETag": f'"{version.sha256}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert len(b"".join(response.streaming_content)) == version.size
    response.close()


def test_page_is_a_picture_with_safe_headers(version: FileVersion, rf: RequestFactory) -> None:
    response = page_response(rf.get("/"), version, 2)
    assert dict(response.items()) == {
        "Content-Type": "image/png",
        "ETag": f'"{version.sha256}-2"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"


def test_page_unchanged_is_not_sent_again(version: FileVersion, rf: RequestFactory) -> None:
    response = page_response(rf.get("/", headers={"if-none-match": f'"{version.sha256}-1"'}), version, 1)
    assert (response.status_code, response["Cache-Control"]) == (304, "private, no-cache")


@pytest.mark.parametrize("page", [0, 3])
def test_page_that_does_not_exist_is_404(version: FileVersion, rf: RequestFactory, page: int) -> None:
    with pytest.raises(Http404):
        page_response(rf.get("/"), version, page)


def test_form_offers_the_kinds_that_are_taken() -> None:
    form = UploadForm({}, {"file": SimpleUploadedFile("a.csv", b"x")})
    assert (form.is_valid(), form.fields["file"].widget.attrs["accept"]) == (True, ACCEPT)


def test_form_needs_a_file() -> None:
    assert UploadForm({}, {}).errors == {"file": ["This field is required."]}


def test_upload_far_above_the_limit_stops_while_it_comes_in(rf: RequestFactory, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1 << 20
    small = rf.post("/", {"file": SimpleUploadedFile("a.bin", b"x" * (2 << 20))})
    large = rf.post("/", {"file": SimpleUploadedFile("a.bin", b"x" * ((2 << 20) + 1))})
    assert small.FILES["file"].size == 2 << 20
    with pytest.raises(RequestDataTooBig):
        _ = large.FILES


def test_upload_handlers_begin_with_the_bound(settings: Settings) -> None:
    assert settings.FILE_UPLOAD_HANDLERS[0] == f"{BoundedUpload.__module__}.{BoundedUpload.__qualname__}"


@pytest.mark.parametrize("fault", Fault)
def test_reason_is_said_for_every_fault(fault: Fault) -> None:
    said = reason(BadFile(fault, **FACTS.get(fault, {})))
    assert (said[-1], "%(" in said, said[0].isupper()) == (".", False, True)


@pytest.mark.parametrize("what", ["script", "launch", "media", "form", "remote", "markup"])
def test_reason_is_said_for_every_active_content(what: str) -> None:
    assert reason(BadFile(Fault.ACTIVE, what=what))[-1] == "."


def test_reason_names_the_limit_in_the_readers_language() -> None:
    with translation.override("en"):
        assert reason(BadFile(Fault.TOO_LARGE, most=50 << 20)) == "The file is larger than 50.0\xa0MB."


def test_admin_shows_files_and_changes_none(version: FileVersion, operator: User, client: Client) -> None:
    client.force_login(operator)
    page = reverse("admin:files_upload_change", args=[version.upload_id])
    answers = [
        client.get(reverse("admin:files_upload_changelist"), {"q": version.sha256}).status_code,
        client.get(page).status_code,
        client.post(page, {"title": "x"}).status_code,
        client.get(reverse("admin:files_upload_add")).status_code,
        client.post(reverse("admin:files_upload_delete", args=[version.upload_id]), {"post": "yes"}).status_code,
    ]
    assert answers == [200, 200, 403, 403, 403]
