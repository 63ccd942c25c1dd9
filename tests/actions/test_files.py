"""Keeping files: versions, what leaves no trace, the process apart, and the sweeper."""

import hashlib
import io
import os
import resource
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from PIL import Image
from pytest_django import Settings

from ethicsreview.accounts.models import User
from ethicsreview.files import periodic
from ethicsreview.files.domain import apart
from ethicsreview.files.domain.apart import CannotShow, inspect_apart, picture_apart
from ethicsreview.files.domain.child import MOST_MEMORY
from ethicsreview.files.domain.kinds import BadFile, Fault
from ethicsreview.files.models import FileVersion, Upload
from ethicsreview.files.queries import FileLost, current_version, open_version, page_count, page_image, stored_files
from ethicsreview.files.steps import NoTransaction, remove_orphans, store, trim_pages
from tests.factories import make_user

CSV = b"a,b\n1,2\n"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def pdf(pages: int) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(300, 400))
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def keep(
    by: User, now: datetime, content: bytes = CSV, *, name: str = "数据.csv", upload: Upload | None = None
) -> FileVersion:
    return store(upload=upload, stream=io.BytesIO(content), name=name, by_id=by.pk, now=now)


def left() -> list[str]:
    return sorted(stored_files())


def test_store_first_version_has_all_facts(applicant: User, now: datetime) -> None:
    version = store(
        upload=None, stream=io.BytesIO(pdf(3)), name="C:\\我的\\方案.PDF", by_id=applicant.pk, now=now, title="Plan"
    )
    kept = FileVersion.objects.values().get()
    assert kept == {
        "id": version.pk,
        "upload_id": version.upload_id,
        "number": 1,
        "name": "方案.pdf",
        "content_type": "application/pdf",
        "size": len(pdf(3)),
        "sha256": hashlib.sha256(pdf(3)).hexdigest(),
        "path": version.path,
        "pages": 3,
        "uploaded_by_id": applicant.pk,
        "at": now,
    }
    assert (version.upload.title, version.upload.created_by, version.upload.created_at) == ("Plan", applicant, now)
    with open_version(version) as file:
        assert file.read() == pdf(3)


def test_store_path_holds_nothing_of_the_sender(applicant: User, now: datetime) -> None:
    first, second = keep(applicant, now), keep(applicant, now)
    parts = first.path.split("/")
    assert (parts[0], parts[1], len(parts[2]), set(parts[2]) - set("0123456789abcdef")) == (
        "uploads",
        parts[2][:2],
        32,
        set(),
    )
    assert first.path != second.path


def test_store_next_version_counts_on(applicant: User, now: datetime) -> None:
    first = keep(applicant, now)
    second = keep(applicant, now, b"a,b\n1,3\n", upload=first.upload)
    third = keep(applicant, now, CSV, upload=first.upload)
    assert [(v.number, v.sha256 == first.sha256) for v in (first, second, third)] == [(1, True), (2, False), (3, True)]
    assert current_version(first.upload) == third
    assert left() == sorted(v.path for v in (first, second, third))


def test_store_same_content_gives_the_current_version(applicant: User, now: datetime) -> None:
    first = keep(applicant, now)
    again = keep(applicant, now + timedelta(hours=1), name="other.csv", upload=first.upload)
    assert (again, FileVersion.objects.count(), left()) == (first, 1, [first.path])


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [("a.exe", b"MZ", Fault.KIND), ("a.pdf", b"MZ", Fault.MISMATCH), ("a.csv", b"", Fault.EMPTY)],
)
def test_store_refused_keeps_nothing(applicant: User, now: datetime, name: str, content: bytes, fault: Fault) -> None:
    with pytest.raises(BadFile) as caught:
        keep(applicant, now, content, name=name)
    assert (caught.value.code, left(), Upload.objects.count()) == (fault, [], 0)


def test_store_limit_is_the_largest_size_taken(applicant: User, now: datetime, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = len(CSV)
    kept = keep(applicant, now)
    with pytest.raises(BadFile) as caught:
        keep(applicant, now, CSV + b"3")
    assert (caught.value.code, caught.value.facts) == (Fault.TOO_LARGE, {"most": len(CSV)})
    assert left() == [kept.path]


@pytest.mark.django_db(transaction=True)
def test_store_needs_a_transaction(now: datetime) -> None:
    with pytest.raises(NoTransaction):
        keep(make_user(), now)
    assert left() == []


@pytest.mark.django_db(transaction=True)
def test_store_two_senders_get_two_numbers(now: datetime) -> None:
    author = make_user()
    with transaction.atomic():
        upload = keep(author, now).upload
    barrier = threading.Barrier(2)

    def send(text: bytes) -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                keep(author, now, text, upload=upload)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(text,)) for text in (b"one", b"two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [*FileVersion.objects.values_list("number", flat=True)] == [1, 2, 3]


@pytest.mark.parametrize("change", ["name", "path", "sha256"])
def test_version_never_changes(applicant: User, now: datetime, change: str) -> None:
    keep(applicant, now)
    with pytest.raises(ProgrammingError, match="a file version never changes"), transaction.atomic():
        FileVersion.objects.update(**{change: "x"})


def test_open_version_tells_when_bytes_are_lost(applicant: User, now: datetime, folder: Path) -> None:
    version = keep(applicant, now)
    (folder / version.path).write_bytes(CSV[:-1])
    with pytest.raises(FileLost):
        open_version(version)
    (folder / version.path).unlink()
    with pytest.raises(FileLost):
        open_version(version)


def test_page_image_is_drawn_once(applicant: User, now: datetime, folder: Path) -> None:
    version = keep(applicant, now, pdf(2), name="a.pdf")
    first = page_image(version, 2)
    cached = folder / "pages" / version.sha256 / "2.png"
    assert (cached.read_bytes(), [*cached.parent.iterdir()]) == (first, [cached])
    (folder / version.path).unlink()
    assert page_image(version, 2) == first


@pytest.mark.parametrize("page", [-1, 0, 3])
def test_page_image_outside_the_document_cannot_be_shown(applicant: User, now: datetime, page: int) -> None:
    version = keep(applicant, now, pdf(2), name="a.pdf")
    with pytest.raises(CannotShow):
        page_image(version, page)


def test_page_image_that_takes_too_much_is_not_tried_again(
    applicant: User, now: datetime, monkeypatch: pytest.MonkeyPatch, empty_cache: None
) -> None:
    version = keep(applicant, now, pdf(2), name="a.pdf")
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.01)
    with pytest.raises(CannotShow):
        page_image(version, 2)
    monkeypatch.undo()
    with pytest.raises(CannotShow):
        page_image(version, 2)
    assert page_image(version, 1)[:4] == b"\x89PNG"


def test_page_count_by_kind(applicant: User, now: datetime) -> None:
    out = io.BytesIO()
    Image.new("RGB", (3, 2)).save(out, "PNG")
    versions = [
        keep(applicant, now, pdf(2), name="a.pdf"),
        keep(applicant, now, out.getvalue(), name="a.png"),
        keep(applicant, now),
    ]
    assert [(page_count(v), v.pages) for v in versions] == [(2, 2), (1, None), (0, None)]


@pytest.fixture
def aged(folder: Path) -> Callable[[str, datetime], None]:
    """Sets when a file was last written."""

    def set_age(path: str, at: datetime) -> None:
        os.utime(folder / path, (at.timestamp(), at.timestamp()))

    return set_age


def test_orphans_older_than_a_day_are_removed(
    applicant: User, now: datetime, aged: Callable[[str, datetime], None]
) -> None:
    kept = keep(applicant, now)
    for name, age in (("old", timedelta(hours=25)), ("young", timedelta(hours=23))):
        default_storage.save(f"uploads/aa/{name}", io.BytesIO(b"x"))
        aged(f"uploads/aa/{name}", now - age)
    aged(kept.path, now - timedelta(days=400))
    assert (remove_orphans(now), left()) == (1, sorted(["uploads/aa/young", kept.path]))
    assert remove_orphans(now) == 0


@pytest.mark.django_db(transaction=True)
def test_file_of_a_lost_transaction_is_swept(now: datetime, aged: Callable[[str, datetime], None]) -> None:
    author = make_user()
    with transaction.atomic():
        keep(author, now)
        transaction.set_rollback(True)
    [path] = left()
    aged(path, now - timedelta(days=2))
    periodic.sweep_files()
    assert (left(), FileVersion.objects.count()) == ([], 0)


def test_pages_not_looked_at_are_trimmed(
    folder: Path, now: datetime, settings: Settings, aged: Callable[[str, datetime], None]
) -> None:
    (folder / "pages" / "ab").mkdir(parents=True)
    for day in (1, 2, 3, 15):
        (folder / "pages" / "ab" / f"{day}.png").write_bytes(b"12345")
        aged(f"pages/ab/{day}.png", now - timedelta(days=day))
    settings.PAGE_CACHE_MAX_BYTES = 10
    assert trim_pages(now) == 2
    assert sorted(file.name for file in (folder / "pages" / "ab").iterdir()) == ["1.png", "2.png"]


def zeros() -> Iterator[bytes]:
    """Half a megabyte that unpacks to 2 GiB."""
    packer = zlib.compressobj(9)
    yield packer.compress(b"\0" * (16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * (16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(127):
        yield block


def test_inspection_apart_agrees_and_refuses(folder: Path) -> None:
    file = folder / "x"
    file.write_bytes(pdf(4))
    found = inspect_apart("方案.pdf", file)
    assert (found.kind.code, found.pages) == ("pdf", 4)
    with pytest.raises(BadFile) as caught:
        inspect_apart("a.png", file)
    assert caught.value.args == (Fault.MISMATCH, {"ending": "png", "found": "application/pdf"})


@pytest.mark.slow
def test_inspection_apart_survives_a_file_that_eats_memory(folder: Path) -> None:
    packed = b"".join(zeros())
    start = b"%PDF-1.7\n"
    body = b"1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    file = folder / "x"
    file.write_bytes(start + body + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(start))
    with pytest.raises(BadFile) as caught:
        inspect_apart("a.pdf", file)
    assert caught.value.code == Fault.DAMAGED
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MOST_MEMORY


def test_inspection_apart_refuses_a_file_that_takes_too_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.01)
    file = folder / "x"
    file.write_bytes(pdf(1))
    with pytest.raises(BadFile) as caught:
        inspect_apart("a.pdf", file)
    assert caught.value.code == Fault.BOMB


def test_picture_apart_of_a_broken_file_cannot_be_shown(folder: Path) -> None:
    file = folder / "x"
    file.write_bytes(b"%PDF-1.7" + struct.pack(">I", 7))
    with pytest.raises(CannotShow):
        picture_apart("application/pdf", file, 1)
