"""A ZIP file that grows on the disk: each member is digested on its way in, and nothing is held in memory whole."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from django.utils.timezone import localtime

from assessments.domain.strict import Text
from workflows.domain.archives import CHECKSUMS, MANIFEST, MOST_BYTES, Entry, Manifest, TooLarge, checksums

FOLDER = "archives"
CHUNK = 1 << 20
PACKED = (".pdf", ".zip", ".png", ".jpg", ".jpeg", ".docx", ".xlsx", ".pptx")  # gain nothing by another packing


def new_path() -> str:
    """Where the next archive grows: nothing of what is in it, or whose it is, in the name."""
    token = uuid.uuid4().hex
    return f"{FOLDER}/{token[:2]}/{token}.zip"


def stored_archives() -> Iterator[str]:
    """The storage path of every kept archive, with a row or without."""
    if not default_storage.exists(FOLDER):
        return
    for folder in default_storage.listdir(FOLDER)[0]:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{name}"


class Zip:
    """The archive while it is written; ``at`` dates what has no moment of its own."""

    def __init__(self, file: ZipFile, *, at: datetime) -> None:
        self._file = file
        self._at = at
        self._total = 0
        self.entries: list[Entry] = []

    def add(self, path: str, chunks: Iterable[bytes], *, kind: str, title: Text, at: datetime | None = None) -> Entry:
        """One member. Raises ``TooLarge`` once all of them together outgrow what an archive may hold."""
        size, digest = self._write(path, chunks, at)
        entry = Entry(path, size, digest, kind, title, at)
        self.entries.append(entry)
        return entry

    def close(self, manifest: Manifest) -> None:
        """The manifest of what was added, and the digests of that and of the manifest itself."""
        _size, digest = self._write(MANIFEST, [manifest.as_json()], None)
        listed = [(entry.path, entry.sha256) for entry in self.entries]
        self._write(CHECKSUMS, [checksums([*listed, (MANIFEST, digest)])], None)

    def _write(self, path: str, chunks: Iterable[bytes], at: datetime | None) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with self._file.open(self._member(path, at), "w", force_zip64=True) as member:
            for chunk in chunks:
                size += len(chunk)
                self._total += len(chunk)
                if self._total > MOST_BYTES:
                    raise TooLarge(path)
                digest.update(chunk)
                member.write(chunk)
        return size, digest.hexdigest()

    def _member(self, path: str, at: datetime | None) -> ZipInfo:
        info = ZipInfo(path, localtime(at or self._at).timetuple()[:6])
        info.compress_type = ZIP_STORED if path.lower().endswith(PACKED) else ZIP_DEFLATED
        info.create_system = 3  # the rights below are those of Unix, wherever it is made
        info.external_attr = 0o100644 << 16
        return info


@contextmanager
def growing(path: str, *, at: datetime) -> Iterator[Zip]:
    """A new archive at ``path`` of the storage; what was not finished is taken away again."""
    place = Path(default_storage.path(path))
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with ZipFile(place, "x") as file:
            yield Zip(file, at=at)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def measured(path: str) -> tuple[int, str]:
    """Size and SHA-256 of a finished archive."""
    with default_storage.open(path) as file:
        return file.size, hashlib.file_digest(file, "sha256").hexdigest()


def in_chunks(content: bytes) -> Iterator[bytes]:
    """Bytes that are in memory already, piece by piece."""
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]
