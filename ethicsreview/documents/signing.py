"""Bytes to signed bytes: one PAdES B-B signature in a field that is already there."""

import io
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.stamp import StaticStampStyle

DIGEST = "sha256"
BYTES_RESERVED = 16384  # for the signature's container; with a chain of three certificates about a third is used


class _SignerAt(PdfSigner):  # type: ignore[misc]  # pyHanko's types are not followed
    """Signs with the moment it is told; pyHanko reads the clock itself."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: Signer, at: datetime) -> None:
        blank = StaticStampStyle(background=RawContent(b"", box=BoxConstraints(width=1, height=1)), border_width=0)
        super().__init__(metadata, signer, stamp_style=blank)
        self._at = at

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._at
        return session


def sign(pdf: bytes, *, signer: Signer, field: str, reason: str, location: str, certify: bool, at: datetime) -> bytes:
    """``pdf`` with one more revision, signed in the empty field ``field``.

    ``certify`` allows filling and signing afterwards and nothing else (DocMDP 2), and must be the first signature.
    The field's own appearance stays empty: what the seal says is text of the page, tagged and in our fonts, whereas
    pyHanko's default text has no Chinese and would break PDF/A. Raises pyHanko's ``SigningError`` when the field is
    absent or filled.
    """
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signed = _SignerAt(metadata, signer, at).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=True, bytes_reserved=BYTES_RESERVED
    )
    return bytes(signed.getvalue())
