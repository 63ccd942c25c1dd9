"""One door to all checks: does the content hold what the name promises, and nothing that acts by itself?"""

from typing import BinaryIO

import filetype

from ethicsreview.files.domain.images import check_image
from ethicsreview.files.domain.kinds import BadFile, Family, Fault, Found, Kind
from ethicsreview.files.domain.names import kind_of
from ethicsreview.files.domain.office import check_office
from ethicsreview.files.domain.pdfs import check_pdf
from ethicsreview.files.domain.texts import check_text

HEAD = 8192
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an Office file with a password begins, and an old one


def inspect(name: str, stream: BinaryIO) -> Found:
    """What the file is. ``stream`` is seekable and is left wherever the checks ended.

    Raises ``BadFile`` with the first reason found.
    """
    kind = kind_of(name)
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        raise BadFile(Fault.EMPTY)
    _check_opening(kind, head, ending=name.rpartition(".")[2].lower())
    stream.seek(0)
    if kind.family is Family.PDF:
        return Found(kind, pages=check_pdf(stream))
    if kind.family is Family.OFFICE:
        check_office(stream, kind)
    elif kind.family is Family.IMAGE:
        check_image(stream, kind)
    else:
        check_text(stream)
    return Found(kind)


def _check_opening(kind: Kind, head: bytes, *, ending: str) -> None:
    if head.startswith(kind.opening) and not (kind.code == "webp" and head[8:12] != b"WEBP"):
        return
    if kind.family is Family.OFFICE and head.startswith(COMPOUND):
        raise BadFile(Fault.ENCRYPTED)
    raise BadFile(Fault.MISMATCH, ending=ending, found=filetype.guess_mime(head) or "")
