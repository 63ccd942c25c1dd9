"""Which answers an instrument takes."""

from dataclasses import dataclass
from enum import StrEnum

from assessments.domain.instrument import Instrument

REASON_LENGTH = 8000  # characters
NOTE_LENGTH = 300  # characters


class AnswerFault(StrEnum):
    """Why an answer is refused."""

    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_STEP = "unknown_step"
    STEP_AND_NOT_APPLICABLE = "step_and_not_applicable"
    NOT_APPLICABLE_REFUSED = "not_applicable_refused"  # the instrument does not allow it
    REASON_MISSING = "reason_missing"
    TOO_LONG = "too_long"
    UNKNOWN_DOCUMENT = "unknown_document"
    NO_SUCH_PAGE = "no_such_page"
    SUBMITTED = "submitted"  # only a revision may follow
    NOT_SUBMITTED = "not_submitted"  # nothing to revise yet


class BadAnswer(ValueError):
    """An answer is refused. ``field`` names the argument at fault, ``code`` says why; the words are in ``wording``."""

    def __init__(self, field: str, code: AnswerFault) -> None:
        super().__init__(f"{field}: {code.value}")
        self.field = field
        self.code = code


@dataclass(frozen=True)
class EvidenceLink:
    """Where evidence is found: a file version's id and, if known, the page counted from 1."""

    version: int
    page: int | None = None
    note: str = ""


def check_answer(instrument: Instrument, *, item: str, step: str | None, not_applicable: bool, reason: str) -> None:
    """Raise ``BadAnswer`` unless ``instrument`` takes this answer. Neither step nor N/A clears an earlier answer."""
    if item not in instrument.items:
        raise BadAnswer("item", AnswerFault.UNKNOWN_ITEM)
    if step is not None and step not in instrument.steps:
        raise BadAnswer("step", AnswerFault.UNKNOWN_STEP)
    if len(reason) > REASON_LENGTH:
        raise BadAnswer("reason", AnswerFault.TOO_LONG)
    if not_applicable:
        _check_set_aside(instrument, step, reason)


def check_evidence(link: EvidenceLink, *, pages: int | None) -> None:
    """Raise ``BadAnswer`` unless the page exists, as far as the document's number of pages is known."""
    if link.page is not None and (link.page < 1 or (pages is not None and link.page > pages)):
        raise BadAnswer("evidence", AnswerFault.NO_SUCH_PAGE)
    if len(link.note) > NOTE_LENGTH:
        raise BadAnswer("evidence", AnswerFault.TOO_LONG)


def _check_set_aside(instrument: Instrument, step: str | None, reason: str) -> None:
    if step is not None:
        raise BadAnswer("not_applicable", AnswerFault.STEP_AND_NOT_APPLICABLE)
    if not instrument.not_applicable.allowed:
        raise BadAnswer("not_applicable", AnswerFault.NOT_APPLICABLE_REFUSED)
    if not reason.strip():
        raise BadAnswer("reason", AnswerFault.REASON_MISSING)
