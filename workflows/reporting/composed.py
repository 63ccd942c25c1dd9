"""What composing a report comes to, whatever it reports on."""

from dataclasses import dataclass

from ethicsreview.documents.domain import SignatureField


@dataclass(frozen=True)
class Composed:
    """An unsigned PDF with what its signature and its entry in the register need."""

    pdf: bytes
    title: str
    place: str
    code: str
    seal: SignatureField
