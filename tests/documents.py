"""Reports with a document that was never rendered: what a test of reading rights needs of a signed one."""

from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.models import SignedDocument
from tests.factories import NOW
from workflows.domain.states import ReportState
from workflows.models import CaseReport, VerificationReport

PDF = b"%PDF-1.7 made up"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def sign(report: CaseReport | VerificationReport, issuer: Organisation) -> SignedDocument:
    """The report as it stands once its document is kept."""
    prefix = "case" if isinstance(report, CaseReport) else "maturity"
    letters = "".join(_LETTERS[report.pk // 24**place % 24] for place in range(4))
    report.document = SignedDocument.objects.create(
        code=f"{prefix[:4].upper()}-MADE-{letters}",
        kind=f"{prefix}-{report.kind}",
        language=report.language,
        title="A document",
        subject=f"made-up:{report.pk}",
        organisation=issuer,
        content=PDF,
        sha256=f"{prefix}{report.pk}".encode().hex().rjust(64, "0"),
        length=len(PDF),
        signers=[],
        signed_at=NOW,
    )
    report.state = ReportState.SIGNED.value
    report.save()
    return report.document
