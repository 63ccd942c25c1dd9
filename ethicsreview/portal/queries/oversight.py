"""What lies in an authority's jurisdiction: figures, newest decisions, committees with what they lack."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import jurisdiction
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import composition_gaps
from workflows.domain.rulebook import Rulebook
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case, CaseReport, Committee, Decision, Seat, Verification, VerificationReport
from workflows.queries.committees import sitting_of
from workflows.queries.lists import state_counts
from workflows.queries.rosters import newest_rulebooks
from workflows.queries.verifications import full

NEWEST = 8  # decisions the desk shows
PAGE = 25


@dataclass(frozen=True)
class Desk:
    """What the desk shows at first sight: cases and verifications by state, the newest decisions."""

    cases: dict[State, int]
    verifications: dict[VState, int]
    committees: int
    decisions: list[Decision]


def desk_of(user: User, day: date) -> Desk:
    """Four queries, however much lies in the jurisdiction."""
    decided = Decision.objects.supervised_by(user, day).select_related("case__committee", "case__rulebook")
    return Desk(
        cases=state_counts(Case.objects.supervised_by(user, day)),
        verifications=_verification_counts(Verification.objects.supervised_by(user, day)),
        committees=committees_of(user, day).count(),
        decisions=list(decided.order_by("-issued_at", "-pk")[:NEWEST]),
    )


def _verification_counts(rows: QuerySet[Verification]) -> dict[VState, int]:
    found = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: found[state.value] for state in VState if state.value in found}


def overseen_case(reference: str, user: User, day: date) -> tuple[Case, bool] | None:
    """The case within the jurisdiction with all its pages ask for, and whether the person sits on it; one query.

    Of a case in the jurisdiction nobody is a party but by a seat: applicants and recused people read their own side.
    """
    seats = Seat.objects.filter(user=user, committee=OuterRef("committee")).current(day)
    rows: QuerySet[Case] = (
        Case.objects.supervised_by(user, day)
        .filter(reference=reference)
        .select_related("committee__host", "rulebook", "instrument", "applicant", "lead", "acting_chair__user")
    )
    case = rows.annotate(seated=Exists(seats)).first()
    return (case, case.seated) if case else None


def overseen_verification(pk: int, user: User, day: date) -> tuple[Verification, bool] | None:
    """The verification within the jurisdiction, and whether the person has a part in it; one query."""
    own = Verification.objects.party_to(user, day).filter(pk=OuterRef("pk"))
    rows = full(Verification.objects.supervised_by(user, day).filter(pk=pk))
    row = rows.annotate(own=Exists(own)).first()
    return (row, row.own) if row else None


def newest_decision(case: Case) -> Decision | None:
    """The newest decision on the case that is out, with the case given; one query."""
    rows = case.decisions.filter(issued_at__isnull=False).select_related("issued_by")
    found = rows.order_by("-number").first()
    if found is not None:
        found.case = case
    return found


# -- committees ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Composed:
    """A committee with today's seats and what its composition lacks by its own rulebook."""

    committee: Committee
    seats: int
    rules: Rulebook
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class CommitteePage:
    """Committees by code, with the codes at which the neighbouring pages begin, empty at the ends."""

    rows: list[Composed]
    before: str
    after: str
    total: int


def committees_of(user: User, day: date) -> QuerySet[Committee]:
    """The committees whose hosts lie in the jurisdiction."""
    return Committee.objects.filter(jurisdiction(user, day, prefix="host__"))


def committee_page(rows: QuerySet[Committee], day: date, *, after: str = "", before: str = "") -> CommitteePage:
    """One page of these committees, a code apart from its neighbours; four queries."""
    total = rows.count()
    found = rows.select_related("host").defer("host__logo").prefetch_related(_seats(day))
    if before:
        kept = list(found.filter(code__lt=before).order_by("-code")[: PAGE + 1])
        more, kept = len(kept) > PAGE, list(reversed(kept[:PAGE]))
        return CommitteePage(_composed(kept), kept[0].code if more else "", kept[-1].code if kept else "", total)
    kept = list(found.filter(code__gt=after).order_by("code")[: PAGE + 1])
    more, kept = len(kept) > PAGE, kept[:PAGE]
    first = kept[0].code if kept and after else ""
    return CommitteePage(_composed(kept), first, kept[-1].code if more else "", total)


def committee_of(user: User, day: date, code: str) -> tuple[Committee, list[Seat]] | None:
    """One committee of the jurisdiction with its seats of today and to come; two queries."""
    coming = Seat.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day)).select_related("user").order_by("starts")
    rows = committees_of(user, day).filter(code=code).select_related("host").defer("host__logo")
    committee = rows.prefetch_related(Prefetch("seats", queryset=coming, to_attr="listed")).first()
    return (committee, committee.listed) if committee else None


def _seats(day: date) -> Prefetch[str, QuerySet[Seat], str]:
    return Prefetch("seats", queryset=Seat.objects.current(day), to_attr="listed")


def _composed(committees: Iterable[Committee]) -> list[Composed]:
    known = {rules.slug: rules for rules in newest_rulebooks()}
    found = []
    for row in committees:
        seats: list[Seat] = row.listed  # type: ignore[attr-defined]  # to_attr
        rules = known[row.rulebook_slug]
        lacking = composition_gaps(map(sitting_of, seats), rules.committee, frozenset(row.circumstances))
        found.append(Composed(row, len(seats), rules, lacking))
    return found


# -- signed documents ------------------------------------------------------------------------------------------------


def overseen_report(pk: int, user: User, day: date) -> CaseReport | None:
    """A signed document of a case in the jurisdiction on which the person does not sit, with its bytes; one query."""
    seats = Seat.objects.filter(user=user, committee=OuterRef("decision__case__committee")).current(day)
    rows = CaseReport.objects.supervised_by(user, day).filter(~Exists(seats), pk=pk)
    return rows.select_related("document", "decision__case__committee").first()


def overseen_verification_report(pk: int, user: User, day: date) -> VerificationReport | None:
    """A signed document of a verification in which the person has no part, with its bytes; one query."""
    own = Verification.objects.party_to(user, day).filter(pk=OuterRef("verification"))
    rows = VerificationReport.objects.supervised_by(user, day).filter(~Exists(own), pk=pk)
    return rows.select_related("document", "verification__self_assessment").first()


def reports_of(case: Case, user: User, day: date) -> list[CaseReport]:
    """The signed documents of a case, without their bytes, the newest decision's first; one query."""
    rows = CaseReport.objects.supervised_by(user, day).filter(decision__case=case)
    rows = rows.select_related("decision", "document").defer("document__content")
    return list(rows.order_by("-decision__number", "kind", "language"))


def verification_reports_of(row: Verification, user: User, day: date) -> list[VerificationReport]:
    """The signed documents of a verification, without their bytes; one query."""
    rows = VerificationReport.objects.supervised_by(user, day).filter(verification=row)
    return list(rows.select_related("document").defer("document__content").order_by("kind", "language"))
