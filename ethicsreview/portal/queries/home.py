"""What awaits a person, what is late, what changed: across the whole house, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import roles_of
from workflows.domain.clock import Clock, read_clock
from workflows.domain.rooms import SeatRole
from workflows.domain.states import MeetingState, State
from workflows.models import Attendance, Case, CaseReport, Decision, Meeting, Motion, Review, Seat, Vote
from workflows.queries.rulebooks import load_rulebook

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
class Timed:
    """A case with its running clock."""

    case: Case
    clock: Clock


@dataclass(frozen=True)
class Home:
    """Everything the home page shows."""

    awaiting: list[Awaited]
    late: list[Timed]
    changed: list[Case]
    meetings: list[Meeting]
    is_applicant: bool
    is_desk: bool
    failed_reports: list[CaseReport]


def seats_of(user: User, day: date) -> list[Seat]:
    """The person's seats of today, with their committees; one query."""
    return list(Seat.objects.filter(user=user).current(day).select_related("committee"))


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
        Review.objects.visible_to(user, day)
        .filter(user=user, submitted_at__isnull=True, withdrawn_at__isnull=True, case__state=State.REVIEWING.value)
        .select_related("case__committee")
        .order_by("assigned_at")[:SHOWN]
    )
    return [Awaited("review", review.case, review.assigned_at) for review in reviews]


_DESK_TASKS = {
    State.SUBMITTED.value: "check_application",
    State.ACCEPTED.value: "assign_reviewers",
    State.CARRIED.value: "draft_decision",
}


def _desk_tasks(user: User, day: date, committees: list[int]) -> list[Awaited]:
    if not committees:
        return []
    waiting = Review.objects.filter(case=OuterRef("pk"), withdrawn_at__isnull=True, submitted_at__isnull=True)
    drafted = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=True)
    cases = (
        Case.objects.on_desk_of(user, day)
        .filter(committee__in=committees)
        .filter(
            Q(state__in=[State.SUBMITTED.value, State.ACCEPTED.value])
            | Q(Q(state=State.REVIEWING.value), ~Exists(waiting))
            | Q(Q(state=State.CARRIED.value), ~Exists(drafted))
            | Q(state=State.READY.value, agenda_items__isnull=True)
        )
        .select_related("committee")
        .order_by("changed_at")[: SHOWN * 2]
    )
    names = {**_DESK_TASKS, State.REVIEWING.value: "close_reviews", State.READY.value: "schedule"}
    return [Awaited(names[case.state], case, case.changed_at) for case in cases]


def _chair_tasks(user: User, day: date) -> list[Awaited]:
    drafted = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=True)
    chairs = Q(committee__seats__user=user, committee__seats__role=SeatRole.CHAIR.value, acting_chair__isnull=True)
    cases = (
        Case.objects.on_desk_of(user, day)
        .filter(chairs | Q(acting_chair__user=user))
        .filter(Q(state=State.CHECKING.value) | Q(Q(state=State.CARRIED.value), Exists(drafted)))
        .select_related("committee")
        .distinct()
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


def timed_cases(cases: QuerySet[Case], now: datetime) -> list[Timed]:
    """Cases whose clock runs, the oldest start first, each with its clock."""
    rows = (
        cases.filter(clock_started_at__isnull=False, clock_stopped_at__isnull=True)
        .select_related("committee", "rulebook")
        .order_by("clock_started_at")[:50]
    )
    return [Timed(case, _clock(case, now)) for case in rows]


def _clock(case: Case, now: datetime) -> Clock:
    rules = load_rulebook(case.rulebook)
    return read_clock(
        started=case.clock_started_at or now,
        days=rules.meeting.days.value,
        zone=rules.time_zone,
        extended_to=case.extended_to,
        stopped=case.clock_stopped_at,
        now=now,
    )


def home_of(user: User, *, now: datetime, day: date) -> Home:
    """What the home page of this person shows."""
    seats = seats_of(user, day)
    desk = _with_role(seats, SeatRole.SECRETARY)
    awaiting = _vote_tasks(user, day) if seats else []
    if seats:
        awaiting += _chair_tasks(user, day) + _review_tasks(user, day) + _desk_tasks(user, day, desk)
    awaiting += _applicant_tasks(user)
    on_desk = Case.objects.on_desk_of(user, day)
    timed = timed_cases(on_desk, now) if seats else []
    changed = Case.objects.visible_to(user, day).select_related("committee").order_by("-changed_at", "-pk")[:SHOWN]
    return Home(
        awaiting=awaiting,
        late=sorted((row for row in timed if row.clock.left <= NEAR), key=lambda row: row.clock.left)[:SHOWN],
        changed=list(changed),
        meetings=_meetings(user, day, now) if seats else [],
        is_applicant=any(MemberRole.APPLICANT in held for held in roles_of(user, day).values()),
        is_desk=bool(desk),
        failed_reports=_failed(user, day) if desk else [],
    )


def _meetings(user: User, day: date, now: datetime) -> list[Meeting]:
    upcoming = Meeting.objects.visible_to(user, day).filter(
        Q(state=MeetingState.OPEN.value)
        | Q(state__in=[MeetingState.PLANNED.value, MeetingState.CONVENED.value], starts_at__gte=now)
    )
    return list(upcoming.select_related("committee").annotate(cases=Count("items")).order_by("starts_at")[:SHOWN])


def _failed(user: User, day: date) -> list[CaseReport]:
    rows = CaseReport.objects.visible_to(user, day).filter(state="failed")
    return list(rows.select_related("decision__case").order_by("progressed_at")[:SHOWN])
