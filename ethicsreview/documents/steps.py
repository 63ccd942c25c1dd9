"""Keeping what was signed."""

import hashlib
from datetime import datetime

from django.db import transaction

from ethicsreview.documents.domain import LARGEST_FILE
from ethicsreview.documents.keys import trust_roots
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.verifying import as_json, inspect


class NotSigned(Exception):
    """The file is refused by the register: no signature, or one that does not verify, or bytes no signature covers."""


def keep_signed(
    *,
    subject: str,
    kind: str,
    language: str,
    title: str,
    organisation_id: int,
    code: str,
    pdf: bytes,
    signed_at: datetime,
) -> SignedDocument:
    """Enters a signed file into the register, inside the caller's transaction.

    At most one file is kept for each subject, kind and language: if there is one, it is returned and ``pdf`` is
    dropped, also when another worker keeps it at the same moment. The file is verified once more before it is kept.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("keep_signed needs an open transaction")
    report = inspect(pdf, trust_roots=trust_roots(), moment=signed_at)
    whole = any(found.covers_whole_file for found in report.signatures)
    if len(pdf) > LARGEST_FILE or not report.all_accepted or not whole:
        raise NotSigned(report.problem.value or ", ".join(found.reason_code.value for found in report.signatures))
    kept, _ = SignedDocument.objects.get_or_create(
        subject=subject,
        kind=kind,
        language=language,
        defaults={
            "title": title,
            "organisation_id": organisation_id,
            "code": code,
            "content": pdf,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "length": len(pdf),
            "signers": [as_json(found) for found in report.signatures],
            "signed_at": signed_at,
        },
    )
    return kept


def supersede(document: SignedDocument, *, by: SignedDocument) -> None:
    """Marks ``document`` as replaced, once; a document already replaced keeps its first successor."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("supersede needs an open transaction")
    SignedDocument.objects.filter(pk=document.pk, superseded_by=None).update(superseded_by=by)
