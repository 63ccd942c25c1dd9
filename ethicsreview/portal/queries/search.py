"""What the search box finds at once."""

from dataclasses import dataclass
from datetime import date

from ethicsreview.accounts.models import User
from ethicsreview.documents.domain import read_code
from ethicsreview.documents.queries import document_by_code
from workflows.models import Case


@dataclass(frozen=True)
class Found:
    """The one thing that is named: a case by its reference, or a signed document by its code; or neither."""

    case_id: int | None = None
    code: str | None = None


def find(words: str, *, user: User, day: date) -> Found:
    """A case the person may read by its exact reference, or any signed document by its code."""
    if not words:
        return Found()
    case = Case.objects.visible_to(user, day).filter(reference__iexact=words).values_list("pk", flat=True).first()
    if case is not None:
        return Found(case_id=case)
    document = document_by_code(words) if read_code(words) else None
    return Found(code=document.code) if document else Found()
