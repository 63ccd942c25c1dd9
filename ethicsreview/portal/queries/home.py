"""What awaits a person, what is late, what changed: across the whole house, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.queries.maturity_lists import MaturityRow, open_work
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.queries import roles_of
from ethicsreview.documents.keys import KeyCode, key_state
from workflows.domain.rooms import SeatRole
from workflows.domain.states import MeetingState, ReportState, State
from workflows.models import (
    AgendaItem,
    Attendance,
    Case,
    CaseReport,
    Conflict,
    Decision,
    Meeting,
    Motion,
    Review,
    RulebookVersion,
    Seat,
    Verification,
    VerificationReport,
    Vote,
)
from workflows.queries.deadlines import Timed, timed_cases
from workflows.queries.rulebooks import load_rulebook, published_editions
from workflows.queries.verification_tasks import VerificationTask, has_part, verification_tasks

SHOWN = 8  # rows a box of the home page shows
NEAR = 7  # days before a limit from which a case counts as near it


@dataclass(frozen=True)
class Awaited:
    """One thing only this person, or this person's desk, can move on."""

    task: str
    case: Case
    since: datetime
    anchor: int | None = None


@dataclass(frozen=True)
class Failed:
    """A case or verification of which documents could not be signed: how many, and why the last one was not."""

    subject: Case | Verification
    count: int
    error: str


@dataclass(frozen=True)
class Home:
    """Everything the home page shows.

    ``timed``: cases due within ``NEAR`` days or overdue; ``keyless``: organisations whose key cannot sign, and why;
    ``failed_anywhere``: failed documents of the whole installation, of cases and of verifications, told to the
    operator alone.
    """

    awaiting: list[Awaited]
    timed: list[Timed]
    changed: list[Case]
    meetings: list[Meeting]
    is_applicant: bool
    failed: list[Failed]
    keyless: list[tuple[Organisation, KeyCode]]
    failed_anywhere: tuple[int, int] | None
    is_enterprise: bool = False
    assessing: tuple[MaturityRow, ...] = ()  # open assessments the person leads or contributes to
    verifying: tuple[VerificationTask, ...] = ()  # what awaits the person in verifications

    @property
    def late(self) -> list[Timed]:
        """The overdue ones of ``timed``."""
        return [row for row in self.timed if row.clock.overdue]


def seats_of(user: User, day: date) -> list[Seat]:
    """The person's seats of today, with their committees and hosts; one query."""
    return list(Seat.objects.filter(user=user).current(day).select_related("committee__host"))


def _with_role(seats: list[Seat], *roles: SeatRole) -> list[int]:
    return [seat.committee_id for seat in seats if seat.role in {role.value for role in roles}]


def _applicant_tasks(user: User) -> list[Awaited]:
    states = {
        State.DRAFT.value: "continue_draft",
        State.SUPPLEMENT.value: "answer_supplement",
        State.MODIFYING.value: "modify",
    }
    cases = Case.objects.of_applicant(user).filter(state__in=states).select_related("committee")
    return [Awaited(states[case.state], case, case.changed_at) for case in cases.order_by("changed_at")[:SHOWN]]


def _review_tasks(user: User, day: date) -> list[Awaited]:
    reviews = (
        Review.objects.party_to(user, day)
        .filter(user=user, submitted_at__isnull=True, withdrawn_at__isnull=True, case__state=State.REVIEWING.value)
        .select_related("case__committee")
        .order_by("assigned_at")[:SHOWN]
    )
    return [Awaited("review", review.case, review.assigned_at) for review in reviews]


_DESK_TASKS = {
    State.SUBMITTED.value: "check_application",
    State.ACCEPTED.value: "assign_reviewers",
    State.CARRIED.value: "draft_decision",
    State.READY.value: "schedule",
}


def _standing() -> QuerySet[Review]:
    """The reviews of a case that count."""
    return Review.objects.filter(case=OuterRef("pk"), withdrawn_at__isnull=True)


def _desk_work(editions: list[RulebookVersion]) -> Q:
    """Cases the secretary can move on; too few reviewers is what each edition's rules call so."""
    drafted = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=True)
    scheduled = AgendaItem.objects.filter(case=OuterRef("pk"), closed_at__isnull=True)
    all_in_or_too_few = Q(~Exists(_standing().filter(submitted_at__isnull=True)))
    for edition in editions:
        all_in_or_too_few |= Q(rulebook=edition, standing__lt=load_rulebook(edition).review.min_reviewers.value)
    return (
        Q(state__in=[State.SUBMITTED.value, State.ACCEPTED.value])
        | (Q(state=State.REVIEWING.value) & all_in_or_too_few)
        | Q(Q(state=State.CARRIED.value), ~Exists(drafted))
        | Q(Q(state=State.READY.value), ~Exists(scheduled))
    )


def _desk_tasks(user: User, day: date, committees: list[int], editions: list[RulebookVersion]) -> list[Awaited]:
    if not committees:
        return []
    count = _standing().order_by().values("case").annotate(number=Count("pk")).values("number")
    cases = (
        Case.objects.on_desk_of(user, day)
        .annotate(standing=Coalesce(Subquery(count), 0))
        .filter(_desk_work(editions), committee__in=committees)
        .select_related("committee", "rulebook")
        .defer("rulebook__content")
        .order_by("changed_at")[: SHOWN * 2]
    )
    return [Awaited(_desk_task(case), case, case.changed_at) for case in cases]


def _desk_task(case: Case) -> str:
    if case.state != State.REVIEWING.value:
        return _DESK_TASKS[case.state]
    least = load_rulebook(case.rulebook).review.min_reviewers.value
    return "close_reviews" if case.standing >= least else "assign_reviewers"  # type: ignore[attr-defined]  # annotated


def _chair_tasks(user: User, day: date, committees: list[int]) -> list[Awaited]:
    """What waits for the chair, or for the vice-chair designated while that one can act."""
    drafted = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=True)
    barred = Conflict.objects.filter(case=OuterRef("pk"), user=OuterRef("acting_chair__user"), lifted_at__isnull=True)
    leads = Q(committee__in=committees) & (Q(acting_chair__isnull=True) | Q(Exists(barred)))
    cases = (
        Case.objects.on_desk_of(user, day)
        .filter(leads | Q(acting_chair__user=user))
        .filter(Q(state=State.CHECKING.value) | Q(Q(state=State.CARRIED.value), Exists(drafted)))
        .select_related("committee")
        .order_by("changed_at")[:SHOWN]
    )
    names = {State.CHECKING.value: "check_modification", State.CARRIED.value: "issue_decision"}
    return [Awaited(names[case.state], case, case.changed_at) for case in cases]


def _vote_tasks(user: User, day: date) -> list[Awaited]:
    here = Attendance.objects.filter(meeting=OuterRef("item__meeting"), seat__user=user, left_at__isnull=True)
    voted = Vote.objects.filter(motion=OuterRef("pk"), user=user)
    readable = Case.objects.on_desk_of(user, day).filter(pk=OuterRef("item__case"))
    motions = (
        Motion.objects.filter(Exists(here), Exists(readable), ~Exists(voted), closed_at__isnull=True)
        .select_related("item__case__committee")
        .order_by("put_at")[:SHOWN]
    )
    return [Awaited("vote", motion.item.case, motion.put_at, motion.item.meeting_id) for motion in motions]


def home_of(user: User, *, now: datetime, day: date) -> Home:
    """What the home page of this person shows."""
    seats = seats_of(user, day)
    desk = _with_role(seats, SeatRole.SECRETARY)
    chairs = _with_role(seats, SeatRole.CHAIR)
    editions = published_editions() if seats else []
    awaiting: list[Awaited] = []
    if seats:
        awaiting += _vote_tasks(user, day) + _chair_tasks(user, day, chairs)
        awaiting += _review_tasks(user, day) + _desk_tasks(user, day, desk, editions)
    awaiting += _applicant_tasks(user)
    roles = frozenset[MemberRole]().union(*roles_of(user, day).values())
    body = MemberRole.SECRETARY in roles
    changed = Case.objects.party_to(user, day).select_related("committee").order_by("-changed_at", "-pk")[:SHOWN]
    return Home(
        awaiting=awaiting,
        timed=_timed(user, day, now, editions) if seats else [],
        changed=list(changed),
        meetings=_meetings(user, day, now) if seats else [],
        is_applicant=MemberRole.APPLICANT in roles,
        failed=[*(_failed(user, day) if desk else []), *(_failed_of_verifications(user, day) if body else [])],
        keyless=_keyless([seat.committee.host for seat in seats if seat.committee_id in desk], now),
        failed_anywhere=_failed_anywhere() if user.is_staff else None,
        is_enterprise=MemberRole.ENTERPRISE in roles,
        assessing=tuple(open_work(user, now=now)) if MemberRole.ENTERPRISE in roles else (),
        verifying=tuple(verification_tasks(user, day, most=SHOWN)) if has_part(roles) else (),
    )


def _timed(user: User, day: date, now: datetime, editions: list[RulebookVersion]) -> list[Timed]:
    return timed_cases(Case.objects.on_desk_of(user, day), within=NEAR, now=now, editions=editions)


def _meetings(user: User, day: date, now: datetime) -> list[Meeting]:
    """Meetings in session and to come; the cases counted are those the person may read."""
    upcoming = Meeting.objects.party_to(user, day).filter(
        Q(state=MeetingState.OPEN.value)
        | Q(state__in=[MeetingState.PLANNED.value, MeetingState.CONVENED.value], starts_at__gte=now)
    )
    readable = Q(items__case__in=Case.objects.on_desk_of(user, day).values("pk"))
    rows = upcoming.select_related("committee").annotate(cases=Count("items", filter=readable))
    return list(rows.order_by("starts_at", "pk")[:SHOWN])


def _failed(user: User, day: date) -> list[Failed]:
    reports = CaseReport.objects.party_to(user, day).filter(state=ReportState.FAILED.value)
    found: dict[int, list[CaseReport]] = {}
    for report in reports.select_related("decision__case").order_by("progressed_at")[: SHOWN * 4]:
        found.setdefault(report.decision.case_id, []).append(report)
    return [Failed(rows[-1].decision.case, len(rows), rows[-1].error) for rows in found.values()][:SHOWN]


def _failed_of_verifications(user: User, day: date) -> list[Failed]:
    """Of the verifications whose desk the person is; an enterprise is told when its documents are ready."""
    desk = Membership.objects.current(day).filter(user=user, role=MemberRole.SECRETARY.value)
    reports = VerificationReport.objects.party_to(user, day).filter(
        Exists(desk.filter(organisation=OuterRef("verification__host"))), state=ReportState.FAILED.value
    )
    found: dict[int, list[VerificationReport]] = {}
    for report in reports.select_related("verification").order_by("progressed_at")[: SHOWN * 4]:
        found.setdefault(report.verification_id, []).append(report)
    return [Failed(rows[-1].verification, len(rows), rows[-1].error) for rows in found.values()][:SHOWN]


def _failed_anywhere() -> tuple[int, int]:
    failed = {"state": ReportState.FAILED.value}
    return CaseReport.objects.filter(**failed).count(), VerificationReport.objects.filter(**failed).count()


def _keyless(hosts: list[Organisation], now: datetime) -> list[tuple[Organisation, KeyCode]]:
    """Hosts whose key cannot sign now; looks at files, not at the database."""
    states = {host: key_state(host.pk, at=now).code for host in hosts}
    return [(host, code) for host, code in states.items() if code is not KeyCode.READY]
