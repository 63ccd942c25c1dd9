"""Everything about one case, read at most once each, and the facts the domain asks for."""

from datetime import date, datetime
from functools import cached_property

from assessments.domain.instrument import Instrument, is_asked
from assessments.domain.profile import Profile, profile
from assessments.domain.ratings import Block, ReviewerRatings
from assessments.models import Answer
from assessments.queries import current_answers, load_instrument, reviewer_ratings
from ethicsreview.accounts.models import User
from workflows.domain.aftercare import longest_followup
from workflows.domain.ballots import Cast, Choice, Standing, last_choices, may_dissent, tally
from workflows.domain.casefacts import CaseFacts
from workflows.domain.checks import decision_rule
from workflows.domain.citations import Ruled
from workflows.domain.clock import Clock, local_day, read_clock
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import VOTING, Room, SeatRole, composition_gaps
from workflows.domain.rulebook import Effect, Route, RouteFacts, Rulebook, route_of
from workflows.domain.states import MeetingState, MotionKind, Role
from workflows.models import (
    AgendaItem,
    Application,
    Attendance,
    Case,
    CaseFile,
    Conflict,
    Decision,
    Motion,
    Review,
    Seat,
    SupplementNotice,
    Wait,
)
from workflows.queries.committees import seat_is_away, sitting_of
from workflows.queries.facts import case_facts
from workflows.queries.facts import given_in as given_in
from workflows.queries.rulebooks import load_rulebook


class Folder:
    """A case as one person stands to it at one moment; each part is fetched when first asked for."""

    def __init__(self, case: Case, *, user: User, now: datetime) -> None:
        self.case = case
        self.user = user
        self.now = now

    @cached_property
    def rules(self) -> Rulebook:
        """The rulebook edition pinned to the case."""
        return load_rulebook(self.case.rulebook)

    @cached_property
    def instrument(self) -> Instrument:
        """The instrument edition pinned to the case."""
        return load_instrument(self.case.instrument)

    @cached_property
    def day(self) -> date:
        """Today in the rulebook's time zone."""
        return local_day(self.now, self.rules.time_zone)

    @cached_property
    def seats(self) -> list[Seat]:
        """The committee's seats of today, with their people."""
        return list(
            Seat.objects.filter(committee_id=self.case.committee_id)
            .current(self.day)
            .select_related("user")
            .order_by("role", "pk")
        )

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Every conflict ever declared on the case, standing and lifted."""
        return list(self.case.conflicts.select_related("user", "declared_by").order_by("declared_at", "pk"))

    @cached_property
    def team(self) -> frozenset[int]:
        """Ids of those on the applicant's side: the lead and the team."""
        return frozenset({self.case.lead_id, *self.case.team.values_list("user_id", flat=True)})

    @cached_property
    def recused(self) -> frozenset[int]:
        """Ids of people with no part in the committee's work on this case."""
        standing = {conflict.user_id for conflict in self.conflicts if conflict.lifted_at is None}
        return frozenset(standing) | self.team

    @cached_property
    def roles(self) -> frozenset[Role]:
        """What the person is to the case."""
        found: set[Role] = set()
        if self.user.pk == self.case.lead_id:
            found.add(Role.APPLICANT)
        if self.user.pk in self.team:
            return frozenset(found | {Role.TEAM})
        if self.user.pk in self.recused:
            return frozenset()
        found |= self._seat_roles()
        if Role.MEMBER in found and any(review.user_id == self.user.pk for review in self.reviews):
            found.add(Role.REVIEWER)
        return frozenset(found)

    def _seat_roles(self) -> set[Role]:
        found: set[Role] = set()
        for seat in self.seats:
            if seat.user_id != self.user.pk:
                continue
            if seat.role == SeatRole.SECRETARY.value:
                found.add(Role.SECRETARY)
            else:
                found.add(Role.MEMBER)
            if seat == self.leading:
                found.add(Role.CHAIR)
        return found

    @cached_property
    def leading(self) -> Seat | None:
        """The seat that leads this case: the one designated while it can act, else the chair's own."""
        acting = next((seat for seat in self.seats if seat.pk == self.case.acting_chair_id), None)
        return acting if acting is not None and acting.user_id not in self.recused else self.chair

    @cached_property
    def chair(self) -> Seat | None:
        """The chair's seat, whoever acts for it."""
        return next((seat for seat in self.seats if seat.role == SeatRole.CHAIR.value), None)

    @cached_property
    def chair_free(self) -> bool:
        """Whether the chair is neither recused from this case nor away today."""
        chair = self.chair
        return chair is not None and chair.user_id not in self.recused and not seat_is_away(chair, self.day)

    # -- application ---------------------------------------------------------------------------------------------

    @cached_property
    def applications(self) -> list[Application]:
        """Versions, oldest first."""
        return list(self.case.applications.order_by("number"))

    @property
    def application(self) -> Application:
        """The newest version, open or frozen."""
        return self.applications[-1]

    @cached_property
    def files(self) -> list[CaseFile]:
        """Files standing in the application now."""
        return list(
            self.case.files.filter(removed_at__isnull=True)
            .select_related("current", "current__upload")
            .order_by("item", "pk")
        )

    @cached_property
    def notices(self) -> list[SupplementNotice]:
        """Supplement notices with their items, oldest first."""
        return list(self.case.notices.prefetch_related("items").order_by("number"))

    @cached_property
    def waits(self) -> list[Wait]:
        """Times in which the committee waited for the applicant."""
        return list(self.case.waits.order_by("started_at"))

    # -- reviews -------------------------------------------------------------------------------------------------

    @cached_property
    def reviews(self) -> list[Review]:
        """Reviews that count, of people who are not recused."""
        rows = self.case.reviews.filter(withdrawn_at__isnull=True).select_related("user").order_by("pk")
        return [row for row in rows if row.user_id not in self.recused]

    @cached_property
    def readable_reviews(self) -> frozenset[int]:
        """Ids of the reviews this person may read."""
        rows = Review.objects.party_to(self.user, self.day).filter(case=self.case)
        return frozenset(rows.values_list("pk", flat=True))

    @cached_property
    def answers(self) -> dict[int, dict[str, Answer]]:
        """Current answers of each counting review's assessment."""
        return current_answers([review.assessment_id for review in self.reviews])

    @cached_property
    def own_review(self) -> Review | None:
        """This person's review."""
        return next((review for review in self.reviews if review.user_id == self.user.pk), None)

    @cached_property
    def ratings(self) -> tuple[ReviewerRatings, ...]:
        """What each submitted, unrecused reviewer currently rates."""
        return reviewer_ratings({row.user_id: row.assessment_id for row in self.reviews if row.submitted_at})

    @cached_property
    def profile(self) -> Profile:
        """The case's exact profile over the submitted, unrecused reviews."""
        return profile(self.instrument, self.ratings, tier=self.case.tier or None, flags=frozenset(self.case.flags))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Standing blocking ratings on applicable gates that no carried motion resolved since; none while blind."""
        if self.case.reviews_opened_at is None:
            return ()
        closed = {
            (motion.review.user_id, motion.indicator): motion.closed_at
            for motion in self.motions
            if motion.kind == MotionKind.RESOLVE_GATE.value and motion.carried and motion.review
        }
        return tuple(b for b in self.profile.blocks if not self._resolved(b, closed.get((b.reviewer, b.item))))

    def _resolved(self, block: Block, closed_at: datetime | None) -> bool:
        review = next(row for row in self.reviews if row.user_id == block.reviewer)
        answer = self.answers[review.assessment_id][block.item]
        return closed_at is not None and answer.at <= closed_at

    @cached_property
    def unrated(self) -> tuple[str, ...]:
        """Indicators the person's own review still leaves open, of those this case is asked."""
        if self.own_review is None:
            return ()
        given = self.answers.get(self.own_review.assessment_id, {})
        answered = {key for key, answer in given.items() if not answer.cleared}
        tier, flags = self.case.tier or None, frozenset(self.case.flags)
        return tuple(
            key for key, item in self.instrument.items.items() if key not in answered and is_asked(item, tier, flags)
        )

    @cached_property
    def unreasoned(self) -> tuple[str, ...]:
        """Gates of the person's own review that have the blocking step and no reason, whatever the tier."""
        given = self.answers.get(self.own_review.assessment_id, {}) if self.own_review else {}
        blocking = self.instrument.blocking
        return tuple(
            key
            for key, item in self.instrument.items.items()
            if not item.gate.never and key in given and given[key].step == blocking and not given[key].reason
        )

    # -- meeting -------------------------------------------------------------------------------------------------

    @cached_property
    def agenda(self) -> list[AgendaItem]:
        """Every time the case stood on an agenda, oldest first."""
        return list(self.case.agenda_items.select_related("meeting", "meeting__presiding__user").order_by("pk"))

    @cached_property
    def item(self) -> AgendaItem | None:
        """The open item, else the newest one not closed."""
        return next((item for item in reversed(self.agenda) if item.closed_at is None), None)

    @cached_property
    def attendance(self) -> list[Attendance]:
        """Every stay in the room of the meeting at hand."""
        if self.item is None:
            return []
        return list(self.item.meeting.attendance.select_related("seat__user", "stands_for").order_by("pk"))

    @cached_property
    def room(self) -> Room | None:
        """Those present and free to vote on this case now; None while no meeting is open."""
        if self.item is None or self.item.meeting.state != MeetingState.OPEN.value:
            return None
        return self.room_of(self.attendance)

    def room_of(self, attendance: list[Attendance]) -> Room:
        """The room made of these stays, without those who left, the recused, and alternates who stand for nobody."""
        seated = [stay for stay in attendance if stay.left_at is None and self._votes(stay)]
        here = [stay for stay in seated if stay.seat.user_id not in self.recused]
        return Room(
            people=tuple(sitting_of(stay.seat) for stay in here),
            video=frozenset(stay.seat.user_id for stay in here if stay.mode == "video"),
            circumstances=frozenset(self.case.committee.circumstances),
            recused=len(seated) - len(here) if self.rules.meeting.recused_count.value else 0,
        )

    def _votes(self, stay: Attendance) -> bool:
        role = SeatRole(stay.seat.role)
        if role not in VOTING:
            return False
        return role is not SeatRole.ALTERNATE or stay.stands_for_id is not None

    @cached_property
    def motions(self) -> list[Motion]:
        """Every motion on the case, oldest first, with votes and dissents."""
        return list(
            Motion.objects.filter(item__case=self.case)
            .select_related("review__user")
            .prefetch_related("votes__user", "votes__by", "dissents__user")
            .order_by("pk")
        )

    @property
    def motion(self) -> Motion | None:
        """The motion being voted on."""
        return next((motion for motion in self.motions if motion.closed_at is None), None)

    @property
    def voting_opened(self) -> bool:
        """Whether a decision was put to the vote since the newest one was issued, and not taken back."""
        since = self.issued[-1].issued_at if self.issued else None
        return any(
            motion.kind == MotionKind.DECISION.value
            and not motion.withdrawn_reason
            and (since is None or motion.put_at > since)
            for motion in self.motions
        )

    def standing_of(self, motion: Motion, room: Room) -> Standing:
        """The ballot over ``room`` as it is."""
        return tally(votes_of(motion), room.users)

    def was_at(self, motion: Motion) -> bool:
        """Whether the person was there when the ballot was closed, and has a part in the case still."""
        return self.user.pk in motion.present and self.user.pk not in self.recused

    def dissents_from(self, motion: Motion) -> bool:
        """Whether the person was there when the ballot was closed and did not vote for its outcome."""
        own = last_choices(votes_of(motion)).get(self.user.pk)
        return motion.carried is not None and self.was_at(motion) and may_dissent(own, is_carried=motion.carried)

    @cached_property
    def decisions(self) -> list[Decision]:
        """Drafted and issued decisions, oldest first, with conditions."""
        return list(
            self.case.decisions.select_related("issued_by", "drafted_by", "motion")
            .prefetch_related("conditions")
            .order_by("number")
        )

    @property
    def draft(self) -> Decision | None:
        """The decision being written."""
        return next((decision for decision in self.decisions if decision.issued_at is None), None)

    @property
    def carried(self) -> Motion | None:
        """The newest carried motion on a decision."""
        return next(
            (m for m in reversed(self.motions) if m.kind == MotionKind.DECISION.value and m.carried),
            None,
        )

    @property
    def issued(self) -> list[Decision]:
        """Decisions that are out, oldest first."""
        return [decision for decision in self.decisions if decision.issued_at is not None]

    @property
    def modification_is_checked(self) -> bool:
        """Whether the newest decision lets the chair check the modified version, without a meeting."""
        rule = decision_rule(self.issued[-1].kind, self.rules) if self.issued else None
        return rule is not None and rule.effect is Effect.MODIFY_THEN_CHECK

    @property
    def route(self) -> Route:
        """The way the rulebook gives a case with the secretary's findings."""
        facts = RouteFacts(
            red_line=bool(self.case.red_lines),
            listed=bool(self.case.listed),
            exempt=bool(self.case.exemption and self.case.exemption_evidence),
            tier=self.case.tier,
        )
        return route_of(self.rules.routes, facts)

    @property
    def longest_followup(self) -> Ruled[int]:
        """The longest interval between follow-up reviews, in months, that the rulebook allows this case."""
        return longest_followup(self.rules.followup, self.route, listed=bool(self.case.listed), tier=self.case.tier)

    # -- clock and facts -----------------------------------------------------------------------------------------

    @cached_property
    def clock(self) -> Clock | None:
        """The committee's clock; None before acceptance."""
        if self.case.clock_started_at is None:
            return None
        return read_clock(
            started=self.case.clock_started_at,
            days=self.rules.meeting.days.value,
            zone=self.rules.time_zone,
            extended_to=self.case.extended_to,
            stopped=self.case.clock_stopped_at,
            now=self.now,
        )

    @cached_property
    def composition(self) -> tuple[Gap, ...]:
        """What the committee lacks today."""
        people = [sitting_of(seat) for seat in self.seats]
        return composition_gaps(people, self.rules.committee, frozenset(self.case.committee.circumstances))

    @cached_property
    def facts(self) -> CaseFacts:
        """Everything the table needs, for this person and this moment."""
        return case_facts(self)


def votes_of(motion: Motion) -> list[Cast]:
    """The votes of a motion as the domain counts them."""
    return [Cast(vote.user_id, Choice(vote.choice), vote.number) for vote in motion.votes.all()]
