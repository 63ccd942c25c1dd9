"""Tables of the procedure; no business verbs here."""

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
from workflows.models.committees import Committee, RulebookVersion, Seat
from workflows.models.decisions import CaseReport, Condition, Decision
from workflows.models.meetings import AgendaItem, Attendance, Dissent, Meeting, Minutes, Motion, Vote
from workflows.models.reminders import Reminder
from workflows.models.reviews import Review

__all__ = [
    "AgendaItem",
    "Application",
    "Attendance",
    "Case",
    "CaseFile",
    "CaseReport",
    "Committee",
    "Condition",
    "Conflict",
    "Decision",
    "Dissent",
    "Meeting",
    "Minutes",
    "Motion",
    "Reminder",
    "Review",
    "RulebookVersion",
    "Seat",
    "SupplementItem",
    "SupplementNotice",
    "TeamMember",
    "Vote",
    "Wait",
]
