"""Bytes to what their signatures say. Nothing is fetched, nothing is raised, whatever the file holds."""

import base64
import io
import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from ethicsreview.documents.domain import LARGEST_FILE, FileProblem, SignatureInfo, SignatureReason, SignatureReport

MOST_SIGNATURES = 12  # read of one file
LONGEST_NAME = 200  # characters of a signer's name that are shown
MEMORY = 1024 * 1024 * 1024  # bytes of address space a strange file may use
SECONDS = 15  # of processor time a strange file may use
ROOT = Path(__file__).resolve().parents[2]  # where the package is found
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")  # of the environment; no password, no address
UNREADABLE = SignatureReport((), FileProblem.UNREADABLE)


def inspect(pdf: bytes, *, trust_roots: Sequence[x509.Certificate], moment: datetime) -> SignatureReport:
    """The signatures of a file of ours. Certificates are judged as of ``moment``.

    pyHanko's comparison of revisions is left out: it takes seconds, and our register compares bytes. A file from
    outside belongs in ``inspect_apart``.
    """
    problem = first_look(pdf)
    if problem:
        return SignatureReport((), problem)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            return UNREADABLE
        embedded = [found for found in reader.embedded_signatures if found.sig_object.get("/Type") != "/DocTimeStamp"]
        return SignatureReport(tuple(_read(found, trust_roots, moment) for found in embedded[:MOST_SIGNATURES]))
    except (Exception, RecursionError, MemoryError):  # a hostile file may break the reader anywhere
        return UNREADABLE


def first_look(pdf: bytes) -> FileProblem:
    """What can be said without reading the structure."""
    if not pdf:
        return FileProblem.EMPTY
    if len(pdf) > LARGEST_FILE:
        return FileProblem.TOO_LARGE
    return FileProblem.NONE if b"%PDF-" in pdf[:1024] else FileProblem.NOT_PDF


def _read(embedded: Any, trust_roots: Sequence[x509.Certificate], moment: datetime) -> SignatureInfo:
    certificate = embedded.signer_cert
    subject = certificate.subject.native
    context = ValidationContext(
        trust_roots=list(trust_roots), allow_fetching=False, revocation_mode="soft-fail", moment=moment
    )
    status = validate_pdf_signature(embedded, context, skip_diff=True)
    return SignatureInfo(
        field=embedded.field_name,
        signer=_shown(subject.get("common_name") or certificate.subject.human_friendly),
        organisation=_shown(subject.get("organization_name", "")),
        at=_claimed(embedded.self_reported_timestamp),
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted),
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        reason_code=_reason(status),
        certificate=certificate.sha256.hex(),
    )


def _shown(name: object) -> str:
    """What a stranger calls himself, on one line of bounded length that reads from left to right."""
    return "".join(letter for letter in str(name) if letter.isprintable())[:LONGEST_NAME]


def _claimed(at: datetime | None) -> datetime | None:
    """The moment a stranger claims, if every time zone has it."""
    return at if at and at.tzinfo and MINYEAR < at.year < MAXYEAR else None


def _reason(status: Any) -> SignatureReason:
    if not status.intact:
        return SignatureReason.BROKEN
    if not status.valid:
        return SignatureReason.INVALID
    return SignatureReason.OK if status.trusted else SignatureReason.UNTRUSTED


def inspect_apart(pdf: bytes, *, trust_roots: Sequence[x509.Certificate], moment: datetime) -> SignatureReport:
    """As ``inspect``, for a file from outside: in a process of its own with little memory and time.

    A small file can unpack to gigabytes or keep a reader busy for hours; then the process ends, not the server.
    """
    problem = first_look(pdf)
    if problem:
        return SignatureReport((), problem)
    roots = [base64.b64encode(root.dump()).decode() for root in trust_roots]
    asked = json.dumps({"roots": roots, "moment": moment.isoformat()}).encode() + b"\n" + pdf
    try:
        answered = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", __name__],
            input=asked,
            capture_output=True,
            timeout=2 * SECONDS,
            check=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name in PASSED_ON},
        )
        return _from_json(json.loads(answered.stdout))
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError, OSError):
        return UNREADABLE


def _from_json(answer: dict[str, Any]) -> SignatureReport:
    signatures = tuple(
        SignatureInfo(
            **{
                **found,
                "at": datetime.fromisoformat(found["at"]) if found["at"] else None,
                "reason_code": SignatureReason(found["reason_code"]),
            }
        )
        for found in answer["signatures"]
    )
    return SignatureReport(signatures, FileProblem(answer["problem"]))


def as_json(signature: SignatureInfo) -> dict[str, Any]:
    """A signature as a mapping JSON can hold."""
    at = signature.at.isoformat() if signature.at else None
    return {**asdict(signature), "at": at, "reason_code": signature.reason_code.value}


def _answer() -> None:
    """The other side of ``inspect_apart``: reads the question from standard input under limits it sets itself."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    head, _, pdf = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    roots = [x509.Certificate.load(base64.b64decode(root)) for root in asked["roots"]]
    report = inspect(pdf, trust_roots=roots, moment=datetime.fromisoformat(asked["moment"]))
    sys.stdout.write(
        json.dumps({"problem": report.problem.value, "signatures": [as_json(s) for s in report.signatures]})
    )


if __name__ == "__main__":
    _answer()
