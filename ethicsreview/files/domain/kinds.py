"""The kinds of file that are taken, and the reasons for refusing one."""

from dataclasses import dataclass
from enum import StrEnum

OOXML = "application/vnd.openxmlformats-officedocument."


class Family(StrEnum):
    """How a kind is checked."""

    PDF = "pdf"
    OFFICE = "office"
    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True)
class Kind:
    """One kind of file: its ending decides what its content must be.

    ``opening`` are the bytes every such file begins with; ``main`` is the content type of an Office file's main part.
    """

    code: str
    family: Family
    endings: tuple[str, ...]
    content_type: str
    opening: bytes = b""
    main: str = ""


KINDS = (
    Kind("pdf", Family.PDF, ("pdf",), "application/pdf", b"%PDF-"),
    Kind(
        "docx",
        Family.OFFICE,
        ("docx",),
        OOXML + "wordprocessingml.document",
        b"PK\x03\x04",
        OOXML + "wordprocessingml.document.main+xml",
    ),
    Kind(
        "xlsx",
        Family.OFFICE,
        ("xlsx",),
        OOXML + "spreadsheetml.sheet",
        b"PK\x03\x04",
        OOXML + "spreadsheetml.sheet.main+xml",
    ),
    Kind(
        "pptx",
        Family.OFFICE,
        ("pptx",),
        OOXML + "presentationml.presentation",
        b"PK\x03\x04",
        OOXML + "presentationml.presentation.main+xml",
    ),
    Kind("png", Family.IMAGE, ("png",), "image/png", b"\x89PNG\r\n\x1a\n"),
    Kind("jpeg", Family.IMAGE, ("jpg", "jpeg"), "image/jpeg", b"\xff\xd8\xff"),
    Kind("webp", Family.IMAGE, ("webp",), "image/webp", b"RIFF"),
    Kind("csv", Family.TEXT, ("csv",), "text/csv"),
    Kind("txt", Family.TEXT, ("txt",), "text/plain"),
)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
BY_CONTENT_TYPE = {kind.content_type: kind for kind in KINDS}
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)

LEGACY = frozenset({"doc", "xls", "ppt", "wps", "et", "dps", "rtf", "odt", "ods", "odp"})
WITH_MACROS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "ppam"})


class Fault(StrEnum):
    """Why a file is refused; ``wording.reason`` says it to people."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"  # most: bytes
    KIND = "kind"  # ending
    LEGACY = "legacy"  # ending
    MISMATCH = "mismatch"  # ending, found: content type or ""
    DAMAGED = "damaged"  # ending
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    ACTIVE = "active"  # what: script, launch, media, form, remote, markup
    ATTACHMENT = "attachment"  # name
    BOMB = "bomb"
    TOO_MANY_PAGES = "too-many-pages"  # most
    TOO_MANY_PIXELS = "too-many-pixels"  # most
    NOT_TEXT = "not-text"


class BadFile(Exception):
    """The file is refused for ``code``; ``facts`` are plain values for its sentence."""

    def __init__(self, code: Fault, **facts: str | int) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Found:
    """What a checked file is; ``pages`` for PDFs alone."""

    kind: Kind
    pages: int | None = None
