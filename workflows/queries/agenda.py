"""Meetings in lists, and an agenda as one reader may see it: quorum per item, nothing of what one is recused from."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from assessments.queries.keysets import mark, read_mark
from ethicsreview.accounts.models import User
from workflows.domain.ballots import needed
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import VOTING, Room, SeatRole, room_gaps
from workflows.domain.rulebook import Denominator
from workflows.domain.states import MeetingState, State
from workflows.models import AgendaItem, Case, Committee, Conflict, Meeting, Motion, Seat, TeamMember, Vote
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder

PAGE = 20
SOON = 50  # meetings not yet over that a list shows
_OVER = [MeetingState.CLOSED.value, MeetingState.APPROVED.value]


@dataclass(frozen=True)
class Line:
    """One agenda item for one reader. ``folder`` and ``room`` are None where the reader is recused."""

    item: AgendaItem
    folder: Folder | None
    room: Room | None
    gaps: tuple[Gap, ...]

    @property
    def is_open(self) -> bool:
        """Whether the meeting has turned to it."""
        return self.item.opened_at is not None and self.item.closed_at is None


def agenda_lines(meeting: MeetingFolder) -> list[Line]:
    """The agenda in order with each item's room as it is now; eight queries however many items there are.

    The committee's side counts: whoever is on the applicant's side of a case is recused from its item.
    """
    items = list(
        meeting.meeting.items.select_related(
            "meeting__presiding__user",
            "case__committee__host",
            "case__rulebook",
            "case__instrument",
            "case__applicant",
            "case__acting_chair__user",
        ).order_by("position", "pk")
    )
    cases = [item.case_id for item in items]
    desk = Case.objects.on_desk_of(meeting.user, meeting.day).filter(pk__in=cases)
    readable = set(desk.values_list("pk", flat=True))
    recused, motions = _recused(items), _motions(readable)
    return [
        _line(meeting, item, frozenset(recused[item.case_id]), motions[item.case_id])
        if item.case_id in readable
        else Line(item, None, None, ())
        for item in items
    ]


def _line(meeting: MeetingFolder, item: AgendaItem, recused: frozenset[int], motions: list[Motion]) -> Line:
    folder = Folder(item.case, user=meeting.user, now=meeting.now)
    folder.seats, folder.recused, folder.motions = meeting.seats, recused, motions
    room = folder.room_of(meeting.attendance)
    return Line(item, folder, room, room_gaps(room, folder.rules))


def _recused(items: list[AgendaItem]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for item in items:
        found[item.case_id].add(item.case.lead_id)
    standing = Conflict.objects.filter(case__in=found, lifted_at__isnull=True).values_list("case_id", "user_id")
    for case_id, user_id in [*standing, *TeamMember.objects.filter(case__in=found).values_list("case_id", "user_id")]:
        found[case_id].add(user_id)
    return found


def _motions(cases: set[int]) -> dict[int, list[Motion]]:
    found: dict[int, list[Motion]] = defaultdict(list)
    rows = (
        Motion.objects.filter(item__case__in=cases)
        .select_related("item", "put_by", "review__user")
        .prefetch_related("votes__user", "votes__by", "dissents__user")
        .order_by("pk")
    )
    for motion in rows:
        found[motion.item.case_id].append(motion)
    return found


def unseen(lines: list[Line]) -> dict[int, int]:
    """Cases still on the agenda that the reader is recused from, with their places."""
    return {
        line.item.case_id: line.item.position for line in lines if line.folder is None and line.item.closed_at is None
    }


def members(meeting: MeetingFolder) -> list[Seat]:
    """Seats with a vote; alternates where the rulebook knows them."""
    alternates = meeting.rules.committee.alternates.value
    order = list(SeatRole)
    seats = [seat for seat in meeting.seats if SeatRole(seat.role) in VOTING]
    rows = [seat for seat in seats if alternates or seat.role != SeatRole.ALTERNATE.value]
    return sorted(rows, key=lambda seat: (order.index(SeatRole(seat.role)), seat.pk))


def leads(meeting: MeetingFolder, folder: Folder) -> bool:
    """Whether the person moves this item on: the secretary, or whoever leads the case."""
    seat = meeting.own_seat
    if seat is None or seat.user_id in folder.recused:
        return False
    return seat.role == SeatRole.SECRETARY.value or seat == folder.leading


def newest_votes(motion: Motion) -> dict[int, Vote]:
    """The vote that stands for each voter."""
    return {vote.user_id: vote for vote in sorted(motion.votes.all(), key=lambda vote: vote.number)}


def may_see_choice(user: User, vote: Vote) -> bool:
    """What somebody voted, while the ballot is open, is told to that person and to the hand that entered it alone."""
    return user.pk in {vote.user_id, vote.by_id}


def may_dissent_from(folder: Folder, motion: Motion) -> bool:
    """Whether the person can write against the outcome: until the decision is issued."""
    open_now = State(folder.case.state) in {State.DELIBERATING, State.VOTING, State.CARRIED}
    return open_now and folder.dissents_from(motion)


def denominator(folder: Folder, room: Room) -> int:
    """Over how many the threshold is counted: the room, or the committee where the rulebook says so."""
    meeting = folder.rules.meeting
    if meeting.denominator.value is Denominator.PRESENT:
        return room.counted
    full = [seat for seat in folder.seats if SeatRole(seat.role) in VOTING - {SeatRole.ALTERNATE}]
    return sum(meeting.recused_count.value or seat.user_id not in folder.recused for seat in full)


def votes_needed(folder: Folder, room: Room) -> int:
    """Votes in favour that carry a motion with the room as it is."""
    rules = folder.rules.meeting
    base = denominator(folder, room)
    return needed(threshold=rules.threshold.value, inclusive=rules.inclusive.value, denominator=base)


def ready_cases(meeting: MeetingFolder) -> list[Case]:
    """Cases of the committee that could stand on this agenda and that the reader may see, longest waiting first."""
    elsewhere = AgendaItem.objects.filter(closed_at__isnull=True).exclude(meeting=meeting.meeting)
    return list(
        Case.objects.on_desk_of(meeting.user, meeting.day)
        .filter(committee=meeting.meeting.committee_id, state=State.READY.value)
        .exclude(pk__in=elsewhere.values("case"))
        .select_related("applicant", "rulebook")
        .order_by("accepted_at", "pk")
    )


def secretary_of(user: User, day: date) -> list[Committee]:
    """Committees this person keeps the meetings of."""
    seats = Seat.objects.filter(user=user, role=SeatRole.SECRETARY.value).current(day)
    return list(Committee.objects.filter(pk__in=seats.values("committee")).select_related("host").order_by("code"))


@dataclass(frozen=True)
class MeetingPage:
    """Meetings to come, the next one first, and a page of those over, newest first, with the neighbours' marks."""

    coming: list[Meeting]
    over: list[Meeting]
    newer: str
    older: str


def meeting_page(user: User, day: date, *, older: str = "", newer: str = "") -> MeetingPage:
    """The person's meetings; those to come stand on the first page alone."""
    meetings = (
        Meeting.objects.party_to(user, day)
        .select_related("committee__host", "presiding__user")
        .annotate(cases=Count("items"))
    )
    over, before, after = meetings.filter(state__in=_OVER), read_mark(newer), read_mark(older)
    if before:
        found = list(over.filter(_later(*before)).order_by("starts_at", "pk")[: PAGE + 1])
        more, found = len(found) > PAGE, list(reversed(found[:PAGE]))
        if more:
            return MeetingPage([], found, _mark(found[0]), _mark(found[-1]))
    found, more = _down(over, None if before else after)
    first = before is not None or after is None
    coming = list(meetings.exclude(state__in=_OVER).order_by("starts_at", "pk")[:SOON]) if first else []
    return MeetingPage(coming, found, "" if first or not found else _mark(found[0]), _mark(found[-1]) if more else "")


def _down(rows: QuerySet[Meeting], after: tuple[datetime, int] | None) -> tuple[list[Meeting], bool]:
    if after:
        rows = rows.filter(_earlier(*after))
    found = list(rows.order_by("-starts_at", "-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def _mark(meeting: Meeting) -> str:
    return mark(meeting.starts_at, meeting.pk)


def _earlier(moment: datetime, pk: int) -> Q:
    return Q(starts_at__lt=moment) | Q(starts_at=moment, pk__lt=pk)


def _later(moment: datetime, pk: int) -> Q:
    return Q(starts_at__gt=moment) | Q(starts_at=moment, pk__gt=pk)
