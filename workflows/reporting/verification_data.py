"""What the documents of a verification say, as plain values in both languages; nothing here depends on who reads."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from assessments.domain.claims import Claim, ClaimFault, Policy
from assessments.domain.enterprises import Size
from assessments.domain.instrument import Choice as Tier
from assessments.domain.planning import Plan
from assessments.domain.scoring import Standing
from assessments.domain.staged import StagedInstrument
from assessments.domain.strict import Text
from workflows.domain.ballots import Choice
from workflows.domain.citations import Citation
from workflows.domain.verification_states import FindingKind, OnSiteKind, VReportKind, VState
from workflows.reporting.course import Party, Person
from workflows.reporting.data import ChainHead, Edition
from workflows.reporting.verification_rounds import Rated, RoundFacts

LONGEST_MARK = 4  # characters
MARKS = {VReportKind.REPORT: "R", VReportKind.CERTIFICATE: "C"}


@dataclass(frozen=True)
class EnterpriseFacts:
    """Who was assessed, for what. ``adviser`` is a firm that helped to prepare."""

    organisation: Text
    legal_entity: str
    entity_code: str
    scope: str
    sector: str
    size: Size | None
    adviser: str


@dataclass(frozen=True)
class ClaimFacts:
    """The DCMM level that was claimed: ``counted`` is what it is worth, ``fault`` why that is nothing.

    A finding has two assessors under it.
    """

    claim: Claim
    name: Text  # of the level
    certificate: str
    body: str
    reason: str
    sha256: str  # of the file, empty without one
    counted: int
    fault: ClaimFault | None
    found_by: Person | None
    countersigned: Person | None


@dataclass(frozen=True)
class CriterionFacts:
    """One criterion as the enterprise and as the assessors rated it; ``evidence`` and ``findings`` by their marks."""

    key: str
    text: Text
    own: Rated | None
    own_standing: Standing
    found: Rated | None
    found_standing: Standing
    evidence: tuple[str, ...]
    findings: tuple[int, ...]

    @property
    def rated(self) -> bool:
        """Whether either side rated it so that it counts."""
        return self.own is not None or self.found is not None

    @property
    def differs(self) -> bool:
        """Whether the assessors counted it differently."""
        one, other = self.own, self.found
        return (one.counted if one else "") != (other.counted if other else "")


@dataclass(frozen=True)
class LevelFacts:
    """One cell of an item. ``own`` and ``found`` are means, None where it was not reached."""

    level: int
    asked: bool
    own: Fraction | None
    found: Fraction | None
    criteria: tuple[CriterionFacts, ...]

    @property
    def reached(self) -> bool:
        """Whether either side rated it."""
        return self.own is not None or self.found is not None


@dataclass(frozen=True)
class NaFacts:
    """That an item was set aside, why, and what the team decided; ``approved`` is None where it was not asked."""

    reason: str
    approved: bool | None
    team_reason: str


@dataclass(frozen=True)
class ItemFacts:
    """One item. Levels and scores are None where it was set aside; ``blocks`` keeps the next tier away."""

    key: str
    title: Text
    weight: int
    effective: Fraction | None
    core_from: int | None
    own_level: int | None
    own_score: Fraction | None
    level: int | None
    score: Fraction | None
    blocks: bool
    below_floor: bool
    na: NaFacts | None
    levels: tuple[LevelFacts, ...]


@dataclass(frozen=True)
class DimensionFacts:
    """One dimension with its score by either side."""

    key: str
    title: Text
    summary: Text
    weight: int
    own: Fraction
    score: Fraction
    items: tuple[ItemFacts, ...]

    @property
    def mark(self) -> str:
        """The key where it is short enough to be printed as a number; a longer one repeats the title."""
        return self.key if len(self.key) <= LONGEST_MARK else ""


@dataclass(frozen=True)
class EvidenceFacts:
    """One piece of evidence; of a confidential one neither title nor reference is kept here."""

    mark: str
    kind: Text
    title: str
    reference: str
    dated: date | None
    periods: int
    sha256: str
    confidential: bool
    accepted: bool | None
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class AssessorFacts:
    """A place on the team as it stood at the decision."""

    person: Person
    lead: bool


@dataclass(frozen=True)
class OnSiteFacts:
    """One thing done on site; ``role`` is the role of the person interviewed."""

    kind: OnSiteKind
    role: Text | None
    subject: str
    held_on: date
    notes: str
    by: Person


@dataclass(frozen=True)
class FindingFacts:
    """What was found short, what the enterprise answered, and what became of it."""

    number: int
    criterion: str
    kind: FindingKind
    text: str
    at: datetime
    answer: str
    answered_at: datetime | None
    resolution: str
    resolved: bool | None


@dataclass(frozen=True)
class PanelVoteFacts:
    """The vote of one expert that stands; ``choice`` is None for who kept silent."""

    person: Person
    choice: Choice | None
    reason: str


@dataclass(frozen=True)
class BallotFacts:
    """One vote of the panel on a recommended tier, as it stood when it was closed."""

    number: int
    tier: int
    opened_at: datetime
    closed_at: datetime
    carried: bool
    in_favour: int
    against: int
    abstain: int
    silent: int
    present: int
    needed: int
    votes: tuple[PanelVoteFacts, ...]


@dataclass(frozen=True)
class NoticeFacts:
    """The public notice, both days inclusive, and how the objections to it were answered."""

    first: date
    last: date
    objections: int
    upheld: int
    citation: Citation | None


@dataclass(frozen=True)
class RecusalFacts:
    """Who had no part and of what kind the conflict is; the reason stays out."""

    person: Person
    kind: Text
    at: datetime


@dataclass(frozen=True)
class StepFacts:
    """A step of the procedure: the verb of its event, and the rule of the scheme that asks for it."""

    at: datetime
    verb: str
    person: Person | None
    citation: Citation | None


@dataclass(frozen=True)
class ReturnFacts:
    """That a recommended tier went back to the team: from which state, and why."""

    at: datetime
    state: VState
    tier: int
    reasons: str


@dataclass(frozen=True)
class JudgementFacts:
    """What somebody stated in writing at one step of the procedure."""

    person: Person
    at: datetime
    text: str


@dataclass(frozen=True)
class DecisionFacts:
    """How it was decided, and the event of the audit chain that records it."""

    certified: bool
    person: Person
    at: datetime
    reasons: str
    event: int
    digest: str


@dataclass(frozen=True)
class CertificateFacts:
    """What the certificate states; both days inclusive."""

    number: str
    legal_entity: str
    scope: str
    tier: int
    issued_on: date
    expires_on: date


@dataclass(frozen=True)
class PlanRow:
    """One criterion of the plan; ``now`` is its rating, empty where it has none. ``first`` of its item."""

    item: ItemFacts
    key: str
    text: Text
    now: str
    first: bool


@dataclass(frozen=True)
class Basis:
    """Who was verified, by whom, and by which editions of instrument and scheme.

    Moments are printed in ``zone``, the scheme's time zone.
    """

    zone: str
    reference: str
    host: Party
    enterprise: EnterpriseFacts
    instrument: StagedInstrument
    edition: Edition
    scheme: Edition
    scheme_instrument: Text


@dataclass(frozen=True)
class Outcome:
    """What both sides rated, what it comes to, and what would lift it.

    ``claim`` is the DCMM level the verified result rests on, ``claim_note`` what the assessors say of the certificate
    that was claimed.
    """

    policy: Policy
    reference_date: date
    own: RoundFacts
    verified: RoundFacts
    claim: ClaimFacts | None
    claim_note: str
    dimensions: tuple[DimensionFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    findings: tuple[FindingFacts, ...]
    plan: Plan | None


@dataclass(frozen=True)
class Procedure:
    """How it was found, step by step, to the decision and its place in the audit chain."""

    steps: tuple[StepFacts, ...]
    returns: tuple[ReturnFacts, ...]
    team: tuple[AssessorFacts, ...]
    onsite: tuple[OnSiteFacts, ...]
    recommendation: JudgementFacts | None
    compliance: JudgementFacts | None
    ballots: tuple[BallotFacts, ...]
    panel_citation: Citation | None
    notice: NoticeFacts | None
    recusals: tuple[RecusalFacts, ...]
    decision: DecisionFacts
    certificate: CertificateFacts | None
    head: ChainHead


@dataclass(frozen=True)
class VerificationReportData(Procedure, Outcome, Basis):
    """All that report and certificate are made of."""

    def number(self, kind: VReportKind) -> str:
        """The document's own number: the certificate's, or the reference with R for the report."""
        if kind is VReportKind.CERTIFICATE and self.certificate is not None:
            return self.certificate.number
        return f"{self.reference}-{MARKS[kind]}"

    @property
    def tier(self) -> int:
        """The verified tier, 0 for not graded."""
        return self.verified.verdict.tier

    @property
    def tier_facts(self) -> Tier | None:
        """The verified tier with its name and meaning; None when not graded."""
        return self.instrument.tier(self.tier)

    @property
    def next_tier(self) -> Tier | None:
        """The tier after the verified one; None at the highest."""
        return self.instrument.tier(self.tier + 1) if self.tier < self.instrument.highest else None

    @property
    def items(self) -> tuple[ItemFacts, ...]:
        """Every item, in the instrument's order."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)

    @property
    def blocking(self) -> tuple[ItemFacts, ...]:
        """The items that keep the next tier away."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def plan_rows(self) -> tuple[PlanRow, ...]:
        """The plan, criterion by criterion, in the instrument's order."""
        if self.plan is None:
            return ()
        items, steps = {item.key: item for item in self.items}, self.verified.request.ratings.steps
        return tuple(
            PlanRow(items[item], key, self.instrument.criteria[key].text, steps.get(key, ""), not place)
            for item, changes in self.plan.by_item.items()
            for place, key in enumerate(changes)
        )
