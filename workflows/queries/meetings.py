"""Reads of meetings: the person's roles there, the rows of the live screen."""

from datetime import date, datetime
from functools import cached_property

from ethicsreview.accounts.models import User
from workflows.domain.clock import local_day
from workflows.domain.rooms import VOTING, SeatRole
from workflows.domain.rulebook import Rulebook
from workflows.domain.sittings import MeetingFacts, MeetingStep
from workflows.domain.states import MeetingState, Role
from workflows.models import AgendaItem, Attendance, Conflict, Meeting, Minutes, Seat, TeamMember
from workflows.queries.minutes import is_stale
from workflows.queries.rulebooks import latest_rulebook, load_rulebook


class MeetingFolder:
    """A meeting as one person stands to it at one moment; each part is fetched when first asked for."""

    def __init__(self, meeting: Meeting, *, user: User, now: datetime) -> None:
        self.meeting = meeting
        self.user = user
        self.now = now

    @cached_property
    def rules(self) -> Rulebook:
        """The newest edition of the committee's rulebook; a case on the agenda keeps to its own."""
        return load_rulebook(latest_rulebook(self.meeting.committee.rulebook_slug))

    @cached_property
    def day(self) -> date:
        """Today in the rulebook's time zone."""
        return local_day(self.now, self.rules.time_zone)

    @cached_property
    def seats(self) -> list[Seat]:
        """The committee's seats of today, with their people."""
        return list(
            Seat.objects.filter(committee_id=self.meeting.committee_id)
            .current(self.day)
            .select_related("user")
            .order_by("role", "pk")
        )

    @cached_property
    def own_seat(self) -> Seat | None:
        """This person's seat."""
        return next((seat for seat in self.seats if seat.user_id == self.user.pk), None)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Secretary, member, and chair for whoever presides."""
        seat = self.own_seat
        if seat is None:
            return frozenset()
        if seat.role == SeatRole.SECRETARY.value:
            return frozenset({Role.SECRETARY})
        found = {Role.MEMBER} if SeatRole(seat.role) in VOTING else set()
        if seat.pk == self.meeting.presiding_id or seat.role == SeatRole.CHAIR.value:
            found.add(Role.CHAIR)
        return frozenset(found)

    @cached_property
    def items(self) -> list[AgendaItem]:
        """The agenda in order, every item: filter by the reader's rights before showing."""
        return list(self.meeting.items.select_related("case", "case__committee").order_by("position", "pk"))

    @cached_property
    def attendance(self) -> list[Attendance]:
        """Every stay in the room."""
        return list(self.meeting.attendance.select_related("seat__user", "stands_for__user").order_by("pk"))

    @cached_property
    def barred(self) -> frozenset[int]:
        """Ids of people who have no part in any case still on the agenda."""
        cases = [item.case for item in self.items if item.closed_at is None]
        parts: dict[int, set[int]] = {case.pk: {case.lead_id} for case in cases}
        standing = Conflict.objects.filter(case__in=cases, lifted_at__isnull=True).values_list("case_id", "user_id")
        team = TeamMember.objects.filter(case__in=cases).values_list("case_id", "user_id")
        for case_id, user_id in [*standing, *team]:
            parts[case_id].add(user_id)
        return frozenset(set.intersection(*parts.values())) if parts else frozenset()

    @cached_property
    def minutes(self) -> Minutes | None:
        """The minutes, where drafted."""
        return Minutes.objects.filter(meeting=self.meeting).select_related("approved_by", "drafted_by").first()

    @cached_property
    def facts(self) -> MeetingFacts:
        """What the table needs."""
        return MeetingFacts(
            state=MeetingState(self.meeting.state),
            roles=self.roles,
            items=sum(item.closed_at is None for item in self.items),
            item_open=any(item.opened_at and not item.closed_at for item in self.items),
            has_minutes=self.minutes is not None,
            minutes_stale=self.minutes is not None and is_stale(self.minutes, self.meeting),
            in_future=self.meeting.starts_at > self.now,
        )

    def may(self, step: MeetingStep) -> bool:
        """Whether the person's role and the meeting's state are those of the step."""
        return bool(step.roles & self.roles) and self.facts.state in step.sources
