"""Tables of the procedure; no business verbs here."""

from workflows.models.archives import Archive
from workflows.models.cases import (
    Application,
    Case,
    CaseFile,
    Conflict,
    SupplementItem,
    SupplementNotice,
    TeamMember,
    Wait,
)
from workflows.models.certificates import Certificate, CertificateEvent, DcmmRenewal, VerificationReport
from workflows.models.committees import Committee, RulebookVersion, Seat
from workflows.models.decisions import CaseReport, Condition, Decision
from workflows.models.meetings import AgendaItem, Attendance, Dissent, Meeting, Minutes, Motion, Vote
from workflows.models.reminders import LookReminder, Reminder
from workflows.models.reviews import Review
from workflows.models.verifications import (
    DcmmFinding,
    Finding,
    NaDecision,
    Objection,
    OnSiteEntry,
    PanelBallot,
    PanelSeat,
    PanelVote,
    Recusal,
    SentBack,
    TeamAssessor,
    Verification,
)

__all__ = [
    "AgendaItem",
    "Application",
    "Archive",
    "Attendance",
    "Case",
    "CaseFile",
    "CaseReport",
    "Certificate",
    "CertificateEvent",
    "Committee",
    "Condition",
    "Conflict",
    "DcmmFinding",
    "DcmmRenewal",
    "Decision",
    "Dissent",
    "Finding",
    "LookReminder",
    "Meeting",
    "Minutes",
    "Motion",
    "NaDecision",
    "Objection",
    "OnSiteEntry",
    "PanelBallot",
    "PanelSeat",
    "PanelVote",
    "Recusal",
    "Reminder",
    "Review",
    "RulebookVersion",
    "Seat",
    "SentBack",
    "SupplementItem",
    "SupplementNotice",
    "TeamAssessor",
    "TeamMember",
    "Verification",
    "VerificationReport",
    "Vote",
    "Wait",
]
