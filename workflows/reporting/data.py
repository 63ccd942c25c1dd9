"""What a decision's documents say, as plain values in both languages; nothing here depends on who reads."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from assessments.domain.instrument import ScaleStep
from assessments.domain.ratings import Coverage
from assessments.domain.strict import Text
from workflows.domain.ballots import Choice, Standing
from workflows.domain.citations import Citation
from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.rulebook import DecisionRule, ListQuestion, MeetingRules, ProcedureRule, Route
from workflows.domain.states import MotionKind, ReportKind


@dataclass(frozen=True)
class Written:
    """Text by hand: given in English, in Chinese, in both or not at all."""

    en: str
    zh: str

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    def in_(self, language: str) -> str:
        """The text in ``language``, else as it was given."""
        chinese = language.startswith("zh")
        return (self.zh or self.en) if chinese else (self.en or self.zh)

    def given_in(self, language: str) -> str:
        """The language of what ``in_`` returns: ``en`` or ``zh-Hans``."""
        chinese = bool(self.zh) and (language.startswith("zh") or not self.en)
        return "zh-Hans" if chinese else "en"


@dataclass(frozen=True)
class Person:
    """``id`` is the user's; the attached result names people by it."""

    id: int
    name: Text


@dataclass(frozen=True)
class Party:
    """An organisation; ``letterhead`` is printed line by line, ``logo`` is a PNG or empty."""

    id: int
    name: Text
    letterhead: Text
    logo: bytes = field(repr=False)


@dataclass(frozen=True)
class Label:
    """A code with its words."""

    code: str
    text: Text


@dataclass(frozen=True)
class Matter:
    """The case itself, as classified when the decision was issued."""

    reference: str
    title: str
    applicant: Text
    lead: Person
    tier: Label
    flags: tuple[Label, ...]
    classification_reason: str
    red_lines: tuple[ListQuestion, ...]
    listed: tuple[ListQuestion, ...]
    exemption: ListQuestion | None
    exemption_evidence: str
    list_edition: str
    procedure: ProcedureRule | None
    route: Route | None
    procedure_reasons: str


@dataclass(frozen=True)
class Paper:
    """A document of the application: what it was handed in for, its version and digest."""

    item: Text
    name: str
    version: int
    pages: int | None
    sha256: str


@dataclass(frozen=True)
class ApplicationFacts:
    """The version decided upon."""

    number: int
    submitted_at: datetime
    submitted_by: Person
    digest: str
    changes: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class Milestone:
    """A step of the procedure. ``verb`` is the audit event's; ``meeting`` the number of a meeting, 0 for none."""

    at: datetime
    verb: str
    citation: Citation | None = None
    meeting: int = 0
    person: Person | None = None
    lines: tuple[tuple[Text, str, str], ...] = ()  # of a supplement notice: item, what was asked, the answer


class Side(StrEnum):
    """With whom the case lay."""

    COMMITTEE = "committee"
    APPLICANT = "applicant"


@dataclass(frozen=True)
class Span:
    """A stretch of time on one side; ``why`` is ``review``, ``supplement`` or ``modification``."""

    side: Side
    why: str
    started: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.ended - self.started


@dataclass(frozen=True)
class Times:
    """The two clocks, and the time limit of the procedure.

    ``limit_started`` is the acceptance or the arrival of the modified version, None where neither happened.
    """

    spans: tuple[Span, ...]
    limit_started: datetime | None
    limit_days: int
    last_day: date | None
    extended: bool
    extension_reason: str
    overdue: bool
    citation: Citation

    def total(self, side: Side) -> timedelta:
        """All the time on one side."""
        return sum((span.length for span in self.spans if span.side is side), start=timedelta())

    @property
    def committee(self) -> timedelta:
        """Time with the committee."""
        return self.total(Side.COMMITTEE)

    @property
    def applicant(self) -> timedelta:
        """Time with the applicant."""
        return self.total(Side.APPLICANT)


@dataclass(frozen=True)
class Stay:
    """One stay in the room of the deciding meeting."""

    mode: Mode
    arrived: datetime
    left: datetime | None
    stands_for: Person | None


@dataclass(frozen=True)
class Seated:
    """A seat on the committee. ``counted``: in the room and free to vote when the deciding ballot closed."""

    person: Person
    role: SeatRole
    categories: tuple[Text, ...]
    profession: Text
    external: bool
    stays: tuple[Stay, ...]
    counted: bool
    recused: bool


@dataclass(frozen=True)
class MeetingFacts:
    """The meeting that took the decision."""

    number: int
    place: str
    opened_at: datetime | None
    closed_at: datetime | None
    presiding: Person


@dataclass(frozen=True)
class Recusal:
    """Who had no part and of what kind the conflict is; the reason stays out. ``own``: declared in person."""

    person: Person
    kind: Text
    at: datetime
    own: bool
    lifted_at: datetime | None


@dataclass(frozen=True)
class Reviewer:
    """A reviewer; ``mark`` (R1, R2, …) heads the columns of the tables."""

    mark: str
    person: Person
    submitted_at: datetime
    opinion: str


@dataclass(frozen=True)
class Evidence:
    """Where a rating's evidence is found."""

    document: str
    version: int
    page: int | None
    note: str
    sha256: str


@dataclass(frozen=True)
class Rated:
    """One reviewer's rating of one indicator; neither ``step`` nor ``na`` where it is open."""

    mark: str
    step: str | None
    na: bool
    reason: str
    evidence: tuple[Evidence, ...]
    at: datetime | None
    blocks: bool


@dataclass(frozen=True)
class Indicator:
    """An indicator with every reviewer's rating; ``gate``: its blocking step blocks in this case."""

    key: str
    question: Text
    gate: bool
    asked: bool
    ratings: tuple[Rated, ...]

    @property
    def answered(self) -> bool:
        """Whether any reviewer rated it or set it aside."""
        return any(rated.step is not None or rated.na for rated in self.ratings)

    @property
    def lines(self) -> tuple["Line", ...]:
        """The reasons with their evidence; reviewers who wrote the same share a line."""
        marks: dict[tuple[str, tuple[Evidence, ...]], list[str]] = {}
        for rated in self.ratings:
            if rated.reason or rated.evidence:
                marks.setdefault((rated.reason, rated.evidence), []).append(rated.mark)
        return tuple(Line(", ".join(found), reason, evidence) for (reason, evidence), found in marks.items())


@dataclass(frozen=True)
class Line:
    """One reason as printed: whose it is, the words, the evidence."""

    marks: str
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Point:
    """One of the instrument's points: values exact, None without any rating; ``by_reviewer`` in their order."""

    key: str
    title: Text
    summary: Text
    value: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    coverage: Coverage
    by_reviewer: tuple[Fraction | None, ...]
    indicators: tuple[Indicator, ...]


class GateOutcome(StrEnum):
    """What became of a gate that a reviewer rated with the blocking step."""

    STANDING = "standing"
    REVISED = "revised"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Gate:
    """A blocking rating and what became of it; ``motion`` is the number of the motion that resolved it."""

    key: str
    question: Text
    reviewer: Person
    reason: str
    at: datetime
    outcome: GateOutcome
    became: Text | None = None
    became_at: datetime | None = None
    motion: int = 0


class MotionOutcome(StrEnum):
    """How a motion ended."""

    CARRIED = "carried"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class VoteFacts:
    """A vote that stands: ``by`` is whose hand entered it, None for the own; ``earlier`` is how often it changed."""

    person: Person
    choice: Choice
    reason: str
    by: Person | None
    at: datetime
    counted: bool
    earlier: int


@dataclass(frozen=True)
class DissentFacts:
    """A dissent in full."""

    person: Person
    text: str
    at: datetime


@dataclass(frozen=True)
class MotionFacts:
    """A motion on the case, numbered through all meetings. ``base`` is over how many the threshold was counted."""

    number: int
    meeting: int
    kind: MotionKind
    decision: DecisionRule | None
    gate: tuple[str, Person] | None
    text: str
    put_by: Person
    put_at: datetime
    closed_at: datetime | None
    outcome: MotionOutcome
    withdrawn_reason: str
    standing: Standing | None
    needed: int
    base: int
    present: tuple[Person, ...]
    votes: tuple[VoteFacts, ...]
    dissents: tuple[DissentFacts, ...]

    @property
    def tied(self) -> bool:
        """As many against as in favour."""
        return self.standing is not None and 0 < self.standing.in_favour == self.standing.against

    @property
    def silent(self) -> tuple[Person, ...]:
        """Those present who did not vote."""
        voted = {vote.person.id for vote in self.votes if vote.counted}
        return tuple(person for person in self.present if person.id not in voted)


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
