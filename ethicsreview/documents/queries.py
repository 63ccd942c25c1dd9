"""What the register knows: about a file, about a code, about this machine's readiness."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ethicsreview.documents import fonts
from ethicsreview.documents.domain import (
    OPERATOR,
    FileFacts,
    FileProblem,
    Outcome,
    SignatureInfo,
    SignatureReport,
    judge,
    read_code,
)
from ethicsreview.documents.keys import key_state, trust_roots
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.verifying import first_look, inspect, inspect_apart

MOST_REVISIONS = 12  # beginnings of a file that are looked up
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*\d{1,10}\s+\d{1,10}\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CODE = re.compile(rb"urn:ethicsreview:code:([A-Z0-9-]{14})")


@dataclass(frozen=True)
class Verdict:
    """Everything said about one file. ``document`` is the register's entry it is, or claims to be."""

    outcome: Outcome
    document: SignedDocument | None
    report: SignatureReport
    sha256: str
    length: int

    @property
    def is_genuine(self) -> bool:
        """Issued here and unchanged, superseded or not."""
        return self.outcome in (Outcome.GENUINE, Outcome.SUPERSEDED)

    @property
    def same_bytes(self) -> bool:
        """Byte for byte the file in the register."""
        return self.document is not None and self.document.sha256 == self.sha256

    @property
    def signatures(self) -> tuple[SignatureInfo, ...]:
        """The signatures found in the file."""
        return self.report.signatures


def verdict(pdf: bytes, *, now: datetime) -> Verdict:
    """The verdict on a file, whatever it holds; never raises for what is in it, never fetches anything.

    The register's digest and length come first. A file it does not hold is read for signatures in a process of its
    own, then tried as a changed one of ours: by the code written into it, or by the digest of an earlier revision.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    problem = first_look(pdf)
    if problem in (FileProblem.EMPTY, FileProblem.TOO_LARGE, FileProblem.NOT_PDF):
        return Verdict(Outcome.UNREADABLE, None, SignatureReport((), problem), digest, len(pdf))
    kept = _documents().filter(sha256=digest, length=len(pdf)).first()
    if kept is not None:
        report = inspect(pdf, trust_roots=trust_roots(), moment=kept.signed_at)
        same = [found.certificate for found in report.signatures] == [found["certificate"] for found in kept.signers]
        facts = FileFacts(same, True, kept.superseded_by_id is not None, report)
        return Verdict(judge(facts), kept, report, digest, len(pdf))
    claimed = claimed_document(pdf)
    report = inspect_apart(pdf, trust_roots=trust_roots(), moment=now)
    facts = FileFacts(False, claimed is not None, False, report)
    return Verdict(judge(facts), claimed, report, digest, len(pdf))


def claimed_document(pdf: bytes) -> SignedDocument | None:
    """The document a file begins with, byte for byte, or names by its code; found without reading its structure."""
    beginnings = {hashlib.sha256(memoryview(pdf)[:end]).hexdigest() for end in _revision_ends(pdf)}
    found = _documents().filter(sha256__in=beginnings).first()
    if found is not None:
        return found
    codes = {code for match in _CODE.finditer(pdf) if (code := read_code(match[1].decode("ascii")))}
    return _documents().filter(code__in=codes).first() if len(codes) <= MOST_REVISIONS else None


def _revision_ends(pdf: bytes) -> Iterator[int]:
    for number, match in enumerate(_BYTE_RANGE.finditer(pdf)):
        end = int(match[1]) + int(match[2])
        if number < MOST_REVISIONS and end <= len(pdf):
            yield end


def document_by_code(typed: str) -> SignedDocument | None:
    """The document with a code, however it was typed; ``None`` if there is none."""
    code = read_code(typed)
    return _documents().filter(code=code).first() if code else None


def _documents() -> QuerySet[SignedDocument]:
    return SignedDocument.objects.select_related("organisation", "superseded_by")


def readiness(*, now: datetime) -> dict[str, str]:
    """Fonts, subsetter and the operator's signing key, each ``ready`` or a code of what is wrong."""
    problems = fonts.problems()
    return {
        "fonts": "font_missing" if "font_missing" in problems else "ready",
        "subsetter": "subsetter_missing" if "subsetter_missing" in problems else "ready",
        "signing_key": key_state(OPERATOR, at=now).code.value,
    }
