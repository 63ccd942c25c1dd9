"""A report's facts as an unsigned PDF."""

from dataclasses import dataclass
from datetime import datetime

from ethicsreview.documents.domain import SignatureField
from workflows.models import CaseReport


@dataclass(frozen=True)
class Composed:
    """An unsigned PDF with what its signature and its entry in the register need."""

    pdf: bytes
    title: str
    place: str
    code: str
    seal: SignatureField


def compose(report: CaseReport, *, code: str, at: datetime) -> Composed:
    """Gather, lay out and render; raises ``CannotRender``."""
    raise RuntimeError(f"not laid out: {report.kind} {code} {at}")
