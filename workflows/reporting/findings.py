"""What reviewers found and how the committee voted, as plain values in both languages."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from assessments.domain.ratings import Coverage
from assessments.domain.strict import Text
from workflows.domain.ballots import Choice, Standing
from workflows.domain.rulebook import DecisionRule
from workflows.domain.states import MotionKind
from workflows.reporting.course import Person


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
