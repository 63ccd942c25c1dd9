"""Which answers an instrument takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assessments.domain.instrument import ScaleStep

REASON_LENGTH = 8000  # characters
NOTE_LENGTH = 300  # characters


class Answerable(Protocol):
    """What an answer is checked against, whatever the shape of the instrument."""

    @property
    def steps(self) -> Mapping[str, ScaleStep]:
        """The scale by key."""

    def takes_step(self, key: str) -> bool:
        """Whether ``key`` names something that is rated."""

    def takes_na(self, key: str) -> bool:
        """Whether ``key`` names something that may be set aside."""

    def knows(self, key: str) -> bool:
        """Whether ``key`` names anything that can be answered."""


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


def check_answer(instrument: Answerable, *, item: str, step: str | None, not_applicable: bool, reason: str) -> None:
    """Raise ``BadAnswer`` unless ``instrument`` takes this answer. Neither step nor N/A clears an earlier answer."""
    if not instrument.knows(item) or (step is not None and not instrument.takes_step(item)):
        raise BadAnswer("item", AnswerFault.UNKNOWN_ITEM)
    if step is not None and step not in instrument.steps:
        raise BadAnswer("step", AnswerFault.UNKNOWN_STEP)
    if len(reason) > REASON_LENGTH:
        raise BadAnswer("reason", AnswerFault.TOO_LONG)
    if not_applicable:
        _check_set_aside(instrument, item, step, reason)


def check_evidence(link: EvidenceLink, *, pages: int | None) -> None:
    """Raise ``BadAnswer`` unless the page exists, as far as the document's number of pages is known."""
    if link.page is not None and (link.page < 1 or (pages is not None and link.page > pages)):
        raise BadAnswer("evidence", AnswerFault.NO_SUCH_PAGE)
    if len(link.note) > NOTE_LENGTH:
        raise BadAnswer("evidence", AnswerFault.TOO_LONG)


def _check_set_aside(instrument: Answerable, item: str, step: str | None, reason: str) -> None:
    if step is not None:
        raise BadAnswer("not_applicable", AnswerFault.STEP_AND_NOT_APPLICABLE)
    if not instrument.takes_na(item):
        raise BadAnswer("not_applicable", AnswerFault.NOT_APPLICABLE_REFUSED)
    if not reason.strip():
        raise BadAnswer("reason", AnswerFault.REASON_MISSING)
