"""Keeping a file that was sent, and clearing away what no row refers to."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection

from ethicsreview.files.domain.apart import inspect_apart
from ethicsreview.files.domain.kinds import BadFile, Fault
from ethicsreview.files.domain.names import clean_name, kind_of
from ethicsreview.files.models import FileVersion, Upload
from ethicsreview.files.queries import UPLOADS, current_version, page_folder, stored_files

CHUNK = 1 << 20
ORPHAN_AGE = timedelta(days=1)  # longer than any transaction that could still write the row
PAGE_AGE = timedelta(days=14)


class NoTransaction(RuntimeError):
    """A file was to be kept outside a transaction: its row could outlive or miss the change it belongs to."""


class _Measured(File[bytes]):
    """Bytes on their way to the disk: counted, digested, stopped at the limit."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__(source)
        self.source = source
        self.digest = hashlib.sha256()
        self.length = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self.source.read(chunk_size or CHUNK):
            self.length += len(chunk)
            if self.length > settings.UPLOAD_MAX_BYTES:
                raise BadFile(Fault.TOO_LARGE, most=settings.UPLOAD_MAX_BYTES)
            self.digest.update(chunk)
            yield chunk


def store(
    *, upload: Upload | None, stream: IO[bytes], name: str, by_id: int, now: datetime, title: str = ""
) -> FileVersion:
    """Keep ``stream`` as the next version of ``upload``, or as the first of a new one called ``title``.

    The same bytes as the current version give that version back. The content is written first, then inspected as it
    lies there, so what was checked is what is kept. Needs an open transaction; if that is rolled back, the sweeper
    takes the file. Raises ``BadFile`` with nothing kept.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(name)
    clean = clean_name(name)
    kind_of(clean)
    measured = _Measured(stream)
    path = _new_path()
    try:
        default_storage.save(path, measured)
        last = _locked_current(upload)
        if last and last.sha256 == measured.digest.hexdigest():
            default_storage.delete(path)
            return last
        found = inspect_apart(clean, Path(default_storage.path(path)))
    except BaseException:
        default_storage.delete(path)
        raise
    return FileVersion.objects.create(
        upload=upload or Upload.objects.create(title=title, created_by_id=by_id, created_at=now),
        number=last.number + 1 if last else 1,
        name=clean,
        content_type=found.kind.content_type,
        size=measured.length,
        sha256=measured.digest.hexdigest(),
        path=path,
        pages=found.pages,
        uploaded_by_id=by_id,
        at=now,
    )


def _locked_current(upload: Upload | None) -> FileVersion | None:
    """The version before the one to come; the document stays locked, so that two senders get two numbers."""
    return current_version(Upload.objects.select_for_update().get(pk=upload.pk)) if upload else None


def _new_path() -> str:
    token = uuid.uuid4().hex
    return f"{UPLOADS}/{token[:2]}/{token}"


def remove_orphans(now: datetime) -> int:
    """Delete kept files older than ``ORPHAN_AGE`` that no version refers to; how many."""
    old = [path for path in stored_files() if now - default_storage.get_modified_time(path) > ORPHAN_AGE]
    known = set(FileVersion.objects.filter(path__in=old).values_list("path", flat=True))
    orphans = [path for path in old if path not in known]
    for path in orphans:
        default_storage.delete(path)
    return len(orphans)


def trim_pages(now: datetime) -> int:
    """Delete drawn pages nobody looked at for ``PAGE_AGE``, and the least looked at above ``PAGE_CACHE_MAX_BYTES``."""
    seen = sorted(((file.stat(), file) for file in page_folder().glob("*/*")), key=lambda pair: -pair[0].st_mtime)
    removed, total = 0, 0
    for facts, file in seen:
        total += facts.st_size
        if total > settings.PAGE_CACHE_MAX_BYTES or now.timestamp() - facts.st_mtime > PAGE_AGE.total_seconds():
            file.unlink(missing_ok=True)
            removed += 1
    return removed
