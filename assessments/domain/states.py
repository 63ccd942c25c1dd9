"""How far an assessment is."""

from enum import StrEnum


class AssessmentState(StrEnum):
    """A submitted assessment takes revisions of single ratings alone, kept beside what they revise."""

    OPEN = "open"
    SUBMITTED = "submitted"
