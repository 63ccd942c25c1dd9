"""Other people's tools about a signed file."""

import io
import subprocess
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from ethicsreview.documents.keys import trust_roots
from tests.reports.specimen import ISSUED

VERA = subprocess.run(["script/vera", "--ready"], capture_output=True, text=True)


def pyhanko_says(pdf: bytes) -> list[tuple[str, bool, bool, str]]:
    """Field, verdict, whether the permissions were kept, and coverage, of every signature; needs the trust folder."""
    context = ValidationContext(trust_roots=list(trust_roots()), allow_fetching=False, moment=ISSUED)
    return [
        (found.field_name, status.bottom_line, bool(status.docmdp_ok), status.coverage.name)
        for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        for status in [validate_pdf_signature(found, context)]
    ]


def poppler_says(file: Path) -> list[str]:
    """The lines that judge."""
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True).stdout
    lines = [line.strip(" -\t") for line in said.splitlines()]
    return [
        line for line in lines if line.startswith(("Total document", "Signature Validation", "The signature form"))
    ]


def qpdf_says(file: Path) -> int:
    """0 when qpdf finds no fault."""
    return subprocess.run(["qpdf", "--check", file], capture_output=True).returncode


def vera_says(file: Path) -> list[str]:
    """veraPDF's word on PDF/A-3a and PDF/UA-1."""
    asked = subprocess.run(["script/vera", "3a,ua1", file], capture_output=True, text=True)
    return asked.stdout.splitlines()
