"""Tables of instruments, answers and enterprises' self-assessments; no business verbs here."""

from assessments.models.instruments import Answer, AnswerEvidence, Assessment, InstrumentVersion
from assessments.models.maturity import (
    Contributor,
    DcmmClaim,
    Evidence,
    EvidenceLink,
    ItemEffort,
    PlanStep,
    SelfAssessment,
    Snapshot,
)

__all__ = [
    "Answer",
    "AnswerEvidence",
    "Assessment",
    "Contributor",
    "DcmmClaim",
    "Evidence",
    "EvidenceLink",
    "InstrumentVersion",
    "ItemEffort",
    "PlanStep",
    "SelfAssessment",
    "Snapshot",
]
