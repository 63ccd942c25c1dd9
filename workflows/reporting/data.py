"""What a decision's documents say, as plain values in both languages; nothing here depends on who reads."""

from dataclasses import dataclass
from datetime import date, datetime

from assessments.domain.instrument import ScaleStep
from assessments.domain.ratings import Coverage
from assessments.domain.strict import Text
from workflows.domain.citations import Citation
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import DecisionRule, MeetingRules
from workflows.domain.states import MotionKind, ReportKind
from workflows.reporting.course import (
    ApplicationFacts,
    Label,
    Matter,
    MeetingFacts,
    Milestone,
    Paper,
    Party,
    Person,
    Recusal,
    Seated,
    Side,
    Span,
    Stay,
    Times,
    Written,
)
from workflows.reporting.findings import (
    DissentFacts,
    Evidence,
    Gate,
    GateOutcome,
    Indicator,
    Line,
    MotionFacts,
    MotionOutcome,
    Point,
    Rated,
    Reviewer,
    VoteFacts,
)

__all__ = [
    "Act",
    "Appeal",
    "ApplicationFacts",
    "CaseReportData",
    "ChainHead",
    "ConditionFacts",
    "DissentFacts",
    "Edition",
    "Evidence",
    "Followup",
    "Gate",
    "GateOutcome",
    "Indicator",
    "Label",
    "Line",
    "Matter",
    "MeetingFacts",
    "Milestone",
    "MotionFacts",
    "MotionOutcome",
    "Outcome",
    "Paper",
    "Party",
    "Person",
    "Point",
    "Rated",
    "Recusal",
    "Reviewer",
    "Seated",
    "Side",
    "Span",
    "Stay",
    "Times",
    "VoteFacts",
    "Written",
]


@dataclass(frozen=True)
class ConditionFacts:
    """A condition with the day it is due."""

    number: int
    text: Written
    due: date | None


@dataclass(frozen=True)
class Followup:
    """The interval between follow-up reviews, the longest the rulebook allows, and when the first is due."""

    months: int
    at_most: int
    first_due: date
    citation: Citation
    contents: tuple[Text, ...]


@dataclass(frozen=True)
class Act:
    """The act of issuing: who, as what, when, and the event of the audit chain that records it."""

    person: Person
    role: SeatRole | None
    at: datetime
    event: int
    digest: str


@dataclass(frozen=True)
class Appeal:
    """To whom, in which form and within how many days an appeal goes; ``days`` is None without a limit."""

    to: str
    form: str
    days: int | None
    citation: Citation


@dataclass(frozen=True)
class Outcome:
    """The decision. ``followup`` is None where nothing is approved."""

    number: int
    rule: DecisionRule
    reasons: Written
    requirements: Written
    scope: Written
    valid_from: date | None
    valid_until: date | None
    conditions: tuple[ConditionFacts, ...]
    followup: Followup | None
    appeal: Appeal
    act: Act
    drafted_by: Person
    motion: int  # number of the motion that carried it, 0 where the chair confirmed a modification


@dataclass(frozen=True)
class Edition:
    """A published edition of rulebook or instrument."""

    slug: str
    version: int
    title: Text
    digest: str


@dataclass(frozen=True)
class ChainHead:
    """Where the audit chain stood when the document was composed."""

    chain: str
    number: int
    digest: str


@dataclass(frozen=True)
class CaseReportData:
    """All that letter and report are made of. ``zone`` is the rulebook's time zone, in which moments are printed."""

    zone: str
    host: Party
    committee: Text
    matter: Matter
    application: ApplicationFacts
    milestones: tuple[Milestone, ...]
    times: Times
    roster: tuple[Seated, ...]
    meeting: MeetingFacts | None
    recusals: tuple[Recusal, ...]
    reviewers: tuple[Reviewer, ...]
    points: tuple[Point, ...]
    coverage: Coverage
    scale: tuple[ScaleStep, ...]
    not_applicable: Text
    blocking: str
    gates: tuple[Gate, ...]
    gates_asked: int
    motions: tuple[MotionFacts, ...]
    meeting_rules: MeetingRules
    min_reviewers: int
    reviewers_citation: Citation
    outcome: Outcome
    rulebook: Edition
    rulebook_instrument: Text
    instrument: Edition
    instrument_summary: Text
    instrument_source: Text
    head: ChainHead

    def number(self, kind: ReportKind) -> str:
        """The document's own number: reference, decision and L for the letter or R for the report."""
        return f"{self.matter.reference}-D{self.outcome.number}-{'L' if kind is ReportKind.LETTER else 'R'}"

    @property
    def deciding(self) -> MotionFacts | None:
        """The motion that carried the decision."""
        return next((motion for motion in self.motions if motion.number == self.outcome.motion), None)

    @property
    def ballots(self) -> tuple[MotionFacts, ...]:
        """Motions on a decision, in order."""
        return tuple(motion for motion in self.motions if motion.kind is MotionKind.DECISION)

    @property
    def dissents(self) -> int:
        """How many dissents were put in writing."""
        return sum(len(motion.dissents) for motion in self.motions)

    @property
    def standing_recusals(self) -> int:
        """How many people had no part because of a conflict that stood."""
        return sum(row.lifted_at is None for row in self.recusals)
