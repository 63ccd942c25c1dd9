"""What a document is, how its code looks, and what may be said about a file: values alone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 signs; I, O, 0 and 1 are left out
CODE_GROUPS = 3
GROUP_LENGTH = 4
LARGEST_FILE = 32 * 1024 * 1024  # bytes; ours stay far below
OPERATOR = 0  # stands for the organisation's id in the key of whoever runs the installation


@dataclass(frozen=True)
class AttachmentData:
    """A file carried inside the PDF; ``media_type`` such as ``application/json``."""

    name: str
    description: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class SignatureField:
    """A place for a signature. ``label`` is read aloud; no ``name`` may be the beginning of another."""

    name: str
    label: str


SEAL = SignatureField("Seal", "Institution seal")
SEAL_ZH = SignatureField("Seal", "机构印章")
CHAIR = SignatureField("ChairSignature", "Signature of the chair")
CHAIR_ZH = SignatureField("ChairSignature", "主任委员签名")
DECIDER = SignatureField("DeciderSignature", "Signature of the person who decided")
DECIDER_ZH = SignatureField("DeciderSignature", "签发人签名")


def seal_field(language: str) -> SignatureField:
    """Where the institution seals, named in ``language``."""
    return SEAL_ZH if language.startswith("zh") else SEAL


def chair_field(language: str) -> SignatureField:
    """Where the chair may sign later, named in ``language``."""
    return CHAIR_ZH if language.startswith("zh") else CHAIR


def decider_field(language: str) -> SignatureField:
    """Where whoever decided without a committee may sign later, named in ``language``."""
    return DECIDER_ZH if language.startswith("zh") else DECIDER


@dataclass(frozen=True)
class Furniture:
    """What print.html puts on every page, already in the document's language.

    ``issued_at`` is in the time zone to be printed; ``letterhead`` is printed line by line; ``logo`` is a data
    address made by ``logo.data_address`` or empty;
    ``number`` is the document's own number; ``qr`` is the SVG made by ``qr.qr_svg`` for ``verify_url``; ``signer`` is
    the place for a person's signature, the chair's unless another is given.
    """

    language: str
    title: str
    organisation: str
    number: str
    code: str
    verify_url: str
    qr: str
    issued_at: datetime
    letterhead: str = ""
    logo: str = ""
    subtitle: str = ""
    signer: SignatureField | None = None

    @property
    def html_language(self) -> str:
        """The language as HTML and PDF name it."""
        return html_language(self.language)

    @property
    def django_language(self) -> str:
        """The language as translations are filed under."""
        return "zh-hans" if self.language.startswith("zh") else self.language

    @property
    def issued_words(self) -> str:
        """Day, time and offset as ``issued_at`` itself carries them: ``2026-11-24 10:00 (UTC+08:00)``."""
        return f"{self.issued_at:%Y-%m-%d %H:%M} (UTC{self.issued_at.isoformat()[-6:]})"

    @property
    def letterhead_lines(self) -> tuple[str, ...]:
        """The letterhead without its empty lines."""
        return tuple(line.strip() for line in self.letterhead.splitlines() if line.strip())

    @property
    def seal(self) -> SignatureField:
        """The seal's field."""
        return seal_field(self.language)

    @property
    def chair(self) -> SignatureField:
        """The field of the chair, or of whoever signs instead."""
        return self.signer or chair_field(self.language)


def html_language(language: str) -> str:
    """``zh`` and its variants name the simplified script; anything else stays as it is."""
    return "zh-Hans" if language.startswith("zh") else language


def new_code() -> str:
    """A verification code such as ``ABCD-EFGH-JKLM``: 60 random bits, printed before the file exists."""
    signs = [secrets.choice(ALPHABET) for _ in range(CODE_GROUPS * GROUP_LENGTH)]
    return grouped("".join(signs))


def grouped(signs: str) -> str:
    """Twelve signs with hyphens."""
    return "-".join(signs[n : n + GROUP_LENGTH] for n in range(0, len(signs), GROUP_LENGTH))


def read_code(typed: str) -> str | None:
    """The code in its printed form, whatever case, blanks and hyphens it was typed with; ``None`` if it is none."""
    signs = "".join(sign for sign in typed.upper() if not sign.isspace() and sign not in "-‐‑–—_.")
    if len(signs) != CODE_GROUPS * GROUP_LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return grouped(signs)


@dataclass(frozen=True)
class Standing:
    """What a document states, as it is today, which its bytes cannot tell: a certificate may have been withdrawn.

    ``tone`` is ``good``, ``warn`` or ``bad``; ``address`` leads to more about it.
    """

    tone: str
    title: str
    line: str
    address: str

    @property
    def counts(self) -> bool:
        """Whether it may be relied upon."""
        return self.tone == "good"


class SignatureReason(StrEnum):
    """Why a signature is not accepted; ``OK`` when it is."""

    OK = "ok"
    BROKEN = "broken"  # the signed bytes are not the bytes of the file
    INVALID = "invalid"  # the cryptographic value does not fit the certificate
    UNTRUSTED = "untrusted"  # no way from the certificate to an authority known here
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class SignatureInfo:
    """One signature of a file. ``at`` is what the signer claims; nothing is fetched to check it."""

    field: str
    signer: str
    organisation: str
    at: datetime | None
    intact: bool
    valid: bool
    trusted: bool
    covers_whole_file: bool
    reason_code: SignatureReason
    certificate: str = ""  # SHA-256 of the certificate, hexadecimal

    @property
    def accepted(self) -> bool:
        """Intact, valid and trusted."""
        return self.intact and self.valid and self.trusted


class FileProblem(StrEnum):
    """Why a file could not be read for signatures at all."""

    NONE = ""
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class SignatureReport:
    """Every signature found in a file, in the order of the file's revisions."""

    signatures: tuple[SignatureInfo, ...]
    problem: FileProblem = FileProblem.NONE

    @property
    def all_accepted(self) -> bool:
        """There is a signature, and none fails."""
        return bool(self.signatures) and all(found.accepted for found in self.signatures)


class Outcome(StrEnum):
    """The one sentence about a file."""

    GENUINE = "genuine"  # byte for byte what was issued here
    SUPERSEDED = "superseded"  # the same, but a later document replaces it
    DAMAGED_RECORD = "damaged_record"  # the bytes are ours, yet the signature no longer verifies: our fault, say so
    CHANGED = "changed"  # it was issued here, or claims to be, and the bytes differ
    FOREIGN = "foreign"  # properly signed by someone trusted, not kept here
    UNKNOWN = "unknown"  # nothing here knows it and no accepted signature vouches for it
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class FileFacts:
    """What is known about a file before judging it: how it stands to the register, then its signatures."""

    same_bytes: bool
    claims_known: bool  # not the same bytes, but it carries a known code or begins with a known file
    superseded: bool
    report: SignatureReport


def judge(facts: FileFacts) -> Outcome:
    """The register first, then the signatures: a signature does not notice that a file was cut back or added to."""
    if facts.same_bytes:
        if not facts.report.all_accepted:
            return Outcome.DAMAGED_RECORD
        return Outcome.SUPERSEDED if facts.superseded else Outcome.GENUINE
    if facts.claims_known:
        return Outcome.CHANGED
    if facts.report.problem:
        return Outcome.UNREADABLE
    whole = any(found.covers_whole_file for found in facts.report.signatures)
    if facts.report.all_accepted and whole:
        return Outcome.FOREIGN
    return Outcome.UNKNOWN
