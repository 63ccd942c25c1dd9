"""Reads of kept files: their bytes, and their pages as pictures. Who may ask is the caller's to settle."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage

from ethicsreview.files.domain.apart import CannotShow, picture_apart
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE, Family
from ethicsreview.files.models import FileVersion, Upload

__all__ = [
    "CannotShow",
    "FileLost",
    "current_version",
    "open_made",
    "open_version",
    "page_count",
    "page_image",
    "stored_files",
]

UPLOADS = "uploads"
PAGES = "pages"
REMEMBERED = 3600  # seconds in which a page that could not be drawn is not tried again


class FileLost(RuntimeError):
    """The stored bytes are gone or cut short: the operator restores them from the backup."""


def current_version(upload: Upload) -> FileVersion | None:
    """The newest version, the one that counts."""
    return FileVersion.objects.filter(upload=upload).order_by("-number").first()


def open_version(version: FileVersion) -> File[bytes]:
    """The kept bytes, opened for reading. Raises ``FileLost``."""
    try:
        file = default_storage.open(version.path)
    except FileNotFoundError:
        raise FileLost(version.path) from None
    if file.size != version.size:
        file.close()
        raise FileLost(version.path)
    return file


def open_made(path: str) -> File[bytes]:
    """A file that was made here and lies at ``path`` of the storage. Raises ``FileLost``."""
    try:
        return default_storage.open(path)
    except FileNotFoundError:
        raise FileLost(path) from None


def page_count(version: FileVersion) -> int:
    """How many pages can be shown as pictures: a PDF's pages, 1 for an image, 0 for what is only downloaded."""
    kind = BY_CONTENT_TYPE.get(version.content_type)
    if kind is None or kind.family not in {Family.PDF, Family.IMAGE}:
        return 0
    return version.pages or 1


def page_image(version: FileVersion, page: int) -> bytes:
    """Page ``page`` (from 1) as PNG, drawn once and then read from the cache. Raises ``CannotShow``, ``FileLost``.

    A page that takes too much costs half a minute of a processor: it is not tried again at every look.
    """
    if not 1 <= page <= page_count(version):
        raise CannotShow(page)
    cached = page_folder() / version.sha256 / f"{page}.png"
    try:
        os.utime(cached)  # the sweeper takes what nobody looked at for longest
        return cached.read_bytes()
    except FileNotFoundError:
        pass
    failed = f"files.cannot_show:{version.sha256}:{page}"
    if cache.get(failed):
        raise CannotShow(page)
    with open_version(version):
        try:
            png = picture_apart(version.content_type, Path(default_storage.path(version.path)), page)
        except CannotShow:
            cache.set(failed, True, REMEMBERED)
            raise
    _keep(cached, png)
    return png


def page_folder() -> Path:
    """Where drawn pages are kept: ``<sha256>/<page>.png``, all of it can be drawn again."""
    return Path(settings.MEDIA_ROOT) / PAGES


def stored_files() -> Iterator[str]:
    """The storage path of every kept file, with a row or without."""
    if not default_storage.exists(UPLOADS):
        return
    for folder in default_storage.listdir(UPLOADS)[0]:
        for name in default_storage.listdir(f"{UPLOADS}/{folder}")[1]:
            yield f"{UPLOADS}/{folder}/{name}"


def _keep(cached: Path, png: bytes) -> None:
    """In one step, so that another reader never sees half a picture."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=cached.parent, suffix=".part")
    with os.fdopen(handle, "wb") as part:
        part.write(png)
    Path(name).replace(cached)
