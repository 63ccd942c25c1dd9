"""The law as values: what one edition of a rulebook says, each value with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from assessments.domain.strict import Text
from workflows.domain.application_form import (
    ApplicationForm,
    Choice,
    Condition,
    FormItem,
    ItemKind,
    ListQuestion,
    Lists,
    Pledge,
    Step,
    StepKind,
)
from workflows.domain.citations import Citation, Cited, Confidence, Ruled
from workflows.domain.procedure_rules import (
    Denominator,
    Limit,
    LimitUnit,
    Procedure,
    ProcedureRule,
    Route,
    RouteFacts,
    route_of,
)

__all__ = [
    "AcceptanceRules",
    "AppealRules",
    "ApplicationForm",
    "Category",
    "ChecklistItem",
    "Choice",
    "Citation",
    "Cited",
    "CommitteeRules",
    "Condition",
    "Confidence",
    "ConflictKind",
    "DecisionRule",
    "Denominator",
    "Effect",
    "FollowupRules",
    "FormItem",
    "ItemKind",
    "Limit",
    "LimitUnit",
    "ListQuestion",
    "Lists",
    "MeetingRules",
    "MonthDay",
    "Pledge",
    "Procedure",
    "ProcedureRule",
    "RegistrationRules",
    "RetentionRules",
    "ReviewRules",
    "Route",
    "RouteFacts",
    "Rulebook",
    "RulebookKind",
    "Ruled",
    "ServiceCentreRules",
    "Step",
    "StepKind",
    "route_of",
]


class RulebookKind(StrEnum):
    """What a rulebook's file rules; a file without a kind is a committee's."""

    COMMITTEE = "committee"
    VERIFICATION = "verification"  # see ``scheme``


@dataclass(frozen=True)
class Category(Cited):
    """A discipline or background among the members; ``when`` names the circumstance that makes it required."""

    required: bool
    when: str | None


@dataclass(frozen=True)
class CommitteeRules:
    """What makes a committee complete; ``parity`` is any or odd, terms are in years."""

    min_members: Ruled[int]
    parity: Ruled[str]
    categories: tuple[Category, ...]
    mixed_gender: Ruled[bool]
    external: Ruled[bool]
    max_term_years: Ruled[int]
    renewable: Ruled[bool]
    chairs: Ruled[int]
    alternates: Ruled[bool]


@dataclass(frozen=True)
class MeetingRules:
    """The general procedure.

    ``quorum`` counts voting members present; ``inclusive`` lets exactly ``threshold`` carry; ``days`` are calendar
    days from acceptance; ``extension``: longer with reasons; ``recused_count``: whether the recused stay counted.
    """

    quorum: Ruled[int]
    quorum_categories: Ruled[bool]
    threshold: Ruled[Fraction]
    denominator: Ruled[Denominator]
    inclusive: Ruled[bool]
    video: Ruled[bool]
    days: Ruled[int]
    extension: Ruled[bool]
    recused_count: Ruled[bool]


@dataclass(frozen=True)
class ReviewRules:
    """Members' reviews before the meeting; ``focuses`` are what the law itself tells reviewers to look at."""

    min_reviewers: Ruled[int]
    focuses: tuple[Cited, ...]


@dataclass(frozen=True)
class ChecklistItem(Cited):
    """One line of the completeness check; ``item`` is the form item it looks at, None for the whole file."""

    item: str | None


@dataclass(frozen=True)
class AcceptanceRules:
    """Deciding whether to accept; ``supplement_notices`` is how many times more may be asked for."""

    supplement_notices: Ruled[int]
    checklist: tuple[ChecklistItem, ...]


class Effect(StrEnum):
    """What a decision does to the case."""

    APPROVE = "approve"
    MODIFY_THEN_CHECK = "modify_then_check"  # the chair checks the modified version
    MODIFY_THEN_MEETING = "modify_then_meeting"  # the modified version returns to a meeting
    REFUSE = "refuse"


@dataclass(frozen=True)
class DecisionRule(Cited):
    """One kind of decision.

    ``requires`` names what it must state: reasons, conditions, requirements, scope, validity, appeal_route.
    """

    effect: Effect
    requires: tuple[str, ...]


@dataclass(frozen=True)
class FollowupRules:
    """Longest intervals in months: of any approved activity, of one on the re-review list, and by tier."""

    default_months: Ruled[int]
    listed_months: Ruled[int]
    by_tier: Mapping[str, Ruled[int]]
    contents: tuple[Cited, ...]
    outcomes: tuple[Cited, ...]


@dataclass(frozen=True)
class ConflictKind(Cited):
    """A kind of conflict of interest."""


@dataclass(frozen=True)
class AppealRules:
    """To whom and how; ``days`` is None where the law sets no limit."""

    to: Ruled[str]
    form: Ruled[str]
    days: Ruled[int | None]


@dataclass(frozen=True)
class MonthDay:
    """A day of every year."""

    month: int
    day: int


@dataclass(frozen=True)
class RegistrationRules:
    """What is registered where, within how many days; the yearly report covers the year before."""

    platform: Ruled[str]
    committee_days: Ruled[int]
    listed_days: Ruled[int]
    annual_report: Ruled[MonthDay]


@dataclass(frozen=True)
class RetentionRules:
    """Years records are kept after the end of the activity; ``statutory_years`` is None where no law says."""

    statutory_years: Ruled[int | None]
    default_years: Ruled[int]


@dataclass(frozen=True)
class ServiceCentreRules:
    """Whether such centres exist, and whether one may both review and re-review the same activity."""

    enabled: Ruled[bool]
    review_and_re_review: Ruled[bool]


@dataclass(frozen=True)
class Rulebook:
    """One edition. ``base`` is the slug and version it falls back to; ``instrument`` the official title and number.

    ``gaps`` maps a gap code to what a refusal with it cites. ``routes`` is ordered: the first that holds counts.
    """

    slug: str
    version: int
    base: tuple[str, int] | None
    title: Text
    instrument: Text
    cited_as: Text
    issued: date
    in_force: date
    time_zone: str
    sources: Mapping[str, str]
    committee: CommitteeRules
    meeting: MeetingRules
    review: ReviewRules
    acceptance: AcceptanceRules
    decisions: tuple[DecisionRule, ...]
    followup: FollowupRules
    lists: Lists
    application: ApplicationForm
    conflicts: tuple[ConflictKind, ...]
    gaps: Mapping[str, Citation]
    procedures: tuple[ProcedureRule, ...]
    routes: tuple[Route, ...]
    appeal: AppealRules
    registration: RegistrationRules
    retention: RetentionRules
    service_centre: ServiceCentreRules
