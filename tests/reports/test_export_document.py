"""``export_document`` writes the newest file as it was signed, or says why it cannot."""

import hashlib
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.models import SignedDocument
from tests.factories import NOW, make_organisation

pytestmark = pytest.mark.django_db


def keep(
    code: str, content: bytes, signed_at: datetime, issuer: Organisation, *, digest_of: bytes | None = None
) -> None:
    """A row of the register, without a signature: the command looks at bytes alone."""
    SignedDocument.objects.create(
        code=code,
        kind="letter",
        language="en",
        title="Letter",
        subject=f"tests.case:{code}",
        organisation=issuer,
        content=content,
        sha256=hashlib.sha256(content if digest_of is None else digest_of).hexdigest(),
        length=len(content),
        signers=[],
        signed_at=signed_at,
    )


def test_export_writes_the_newest_file_byte_for_byte(tmp_path: Path) -> None:
    issuer = make_organisation()
    keep("AAAA-AAAA-AAAA", b"%PDF old", NOW - timedelta(days=1), issuer)
    keep("BBBB-BBBB-BBBB", b"%PDF new", NOW, issuer)
    output = StringIO()
    call_command("export_document", latest=tmp_path, stdout=output)
    path = tmp_path / "letter-en-BBBB-BBBB-BBBB.pdf"
    assert output.getvalue() == f"{path}\n"
    assert path.read_bytes() == b"%PDF new"
    assert list(tmp_path.iterdir()) == [path]


def test_export_without_a_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^no document has been signed yet$"):
        call_command("export_document", latest=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_export_of_damaged_bytes_is_refused(tmp_path: Path) -> None:
    keep("AAAA-AAAA-AAAA", b"%PDF changed", NOW, make_organisation(), digest_of=b"%PDF signed")
    with pytest.raises(CommandError, match="is damaged"):
        call_command("export_document", latest=tmp_path)
    assert list(tmp_path.iterdir()) == []
