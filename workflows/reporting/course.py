"""The case, its people, its course and its room, as plain values in both languages."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from assessments.domain.strict import Text
from workflows.domain.citations import Citation
from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.rulebook import ListQuestion, ProcedureRule, Route


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
