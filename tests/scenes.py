"""A lawful committee with its people, and cases brought to each state by the actions that bring them there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from assessments.domain.instrument import Item, is_asked
from assessments.models import Answer, InstrumentVersion
from assessments.queries import load_instrument
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from tests.driven import driven_once
from tests.editions import complete_answers, file_items, hand_in, publish_editions
from tests.factories import make_organisation, make_person
from workflows.actions import applications, decisions, intake, meetings, motions, reviews
from workflows.actions.committees import SeatTerms, create_committee, seat_member
from workflows.actions.decisions import ConditionText, DecisionText
from workflows.actions.intake import Classification
from workflows.domain import application as forms
from workflows.domain.ballots import Choice
from workflows.domain.rooms import Mode, SeatRole, Sex
from workflows.domain.rulebook import Effect, Rulebook
from workflows.domain.states import State
from workflows.models import Case, Committee, Meeting, Motion, Review, RulebookVersion, Seat
from workflows.queries.folders import Folder
from workflows.queries.rulebooks import load_rulebook

TERM_STARTS, TERM_ENDS = date(2026, 1, 1), date(2029, 12, 31)


@dataclass(frozen=True)
class Course:
    """What kind of case it is; the defaults make one that can be approved."""

    tier: str = "T2"
    flags: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    red_lines: tuple[str, ...] = ()
    exemption: str = ""
    evidence: str = ""
    step: str = "3"
    reviewers: int = 2
    present: int = 7
    effect: Effect | None = None


_EFFECTS = {
    State.REFUSED: Effect.REFUSE,
    State.MODIFYING: Effect.MODIFY_THEN_CHECK,
    State.CHECKING: Effect.MODIFY_THEN_CHECK,
}


@dataclass(frozen=True)
class Scene:
    """The people of one committee and its applicant; everything happens at ``now`` unless a call says otherwise.

    ``members`` are the five ordinary ones; ``voters`` the seven who vote: chair, vice-chair and members.
    """

    now: datetime
    rulebook: RulebookVersion
    instrument: InstrumentVersion
    host: Organisation
    company: Organisation
    committee: Committee
    manager: User
    secretary: User
    chair: User
    vice_chair: User
    members: tuple[User, ...]
    alternate: User
    lead: User
    seats: dict[int, Seat]

    @property
    def rules(self) -> Rulebook:
        """The rules of the cases made here."""
        return load_rulebook(self.rulebook)

    @property
    def voters(self) -> tuple[User, ...]:
        """Those with a vote, alternates apart."""
        return (self.chair, self.vice_chair, *self.members)

    def items(self) -> dict[str, Item]:
        """The instrument's items by key."""
        return load_instrument(self.instrument).items

    @property
    def gate(self) -> str:
        """An item that is a gate at every tier."""
        return next(key for key, item in self.items().items() if item.gate.always)

    def kind(self, effect: Effect) -> str:
        """The rulebook's code of the decision with this effect."""
        return next(rule.code for rule in self.rules.decisions if rule.effect is effect)

    # -- one step each -------------------------------------------------------------------------------------------

    @driven_once
    def draft(self, course: Course | None = None) -> Case:
        """A draft that lacks nothing."""
        course = course or Course()
        case = applications.start_case(self.committee, self.company, actor=self.lead, now=self.now)
        answers = complete_answers(self.rules, listed=course.listed, red_lines=course.red_lines)
        applications.save_answers(case.pk, answers, actor=self.lead, now=self.now)
        for item in file_items(self.rules, answers):
            hand_in(case, item, by=self.lead, now=self.now)
        return case

    @driven_once
    def submit(self, case: Case) -> None:
        applications.submit_case(case.pk, actor=self.lead, now=self.now)

    @driven_once
    def ask_supplement(self, case: Case) -> None:
        """The one notice, about the plan of the activity."""
        item = next(forms.form_items(self.rules.application)).code
        requests = {item: "Say more about it."}
        intake.request_supplement(
            case.pk, requests, message="One thing is missing.", actor=self.secretary, now=self.now
        )

    @driven_once
    def accept(self, case: Case, course: Course | None = None) -> None:
        """Classified and accepted."""
        self.classify(case, course)
        intake.accept_case(case.pk, reasons="General procedure.", actor=self.secretary, now=self.now)

    def classify(self, case: Case, course: Course | None = None) -> None:
        """Tier, flags and findings confirmed."""
        course = course or Course()
        finding = Classification(
            tier=course.tier,
            flags=course.flags,
            reason="As the application describes it.",
            red_lines=course.red_lines,
            listed=course.listed,
            exemption=course.exemption,
            exemption_evidence=course.evidence,
        )
        intake.classify_case(case.pk, finding, actor=self.secretary, now=self.now)

    @driven_once
    def assign(self, case: Case, count: int = 2) -> list[Review]:
        """The first members become reviewers."""
        return reviews.assign_reviewers(case.pk, self.members[:count], actor=self.secretary, now=self.now)

    @driven_once
    def review(self, case: Case, *, step: str = "3") -> None:
        """Every reviewer rates everything alike and hands in; the secretary opens the reviews."""
        rows = Review.objects.filter(case=case, withdrawn_at__isnull=True, submitted_at__isnull=True)
        for review in rows.select_related("user").order_by("pk"):
            rate_all(case, review.user, step, now=self.now)
            reviews.submit_review(case.pk, opinion="Sound.", actor=review.user, now=self.now)
        reviews.close_reviews(case.pk, actor=self.secretary, now=self.now)

    def plan(self, *cases: Case) -> Meeting:
        """A meeting in a week with these cases on its agenda."""
        meeting = meetings.plan_meeting(
            self.committee,
            starts_at=self.now + timedelta(days=7),
            place="Room 1",
            video_link="",
            message="",
            presiding=self.seats[self.chair.pk],
            actor=self.secretary,
            now=self.now,
        )
        meetings.set_agenda(meeting.pk, [case.pk for case in cases], actor=self.secretary, now=self.now)
        return meeting

    def convene(self, *cases: Case, present: int | Sequence[User] = 7) -> Meeting:
        """A meeting that has been convened and opened, with the first ``present`` of the voters, or these, there."""
        meeting = self.plan(*cases)
        meetings.convene_meeting(meeting.pk, actor=self.secretary, now=self.now)
        meetings.open_meeting(meeting.pk, actor=self.secretary, now=self.now)
        for user in self.voters[:present] if isinstance(present, int) else present:
            self.arrive(meeting, user)
        return meeting

    def arrive(self, meeting: Meeting, user: User, *, mode: Mode = Mode.ROOM) -> None:
        meetings.arrive(meeting.pk, self.seats[user.pk].pk, mode=mode, actor=self.secretary, now=self.now)

    def leave(self, meeting: Meeting, user: User) -> None:
        meetings.leave(meeting.pk, self.seats[user.pk].pk, actor=self.secretary, now=self.now)

    @driven_once
    def open_room(self, case: Case, present: int | Sequence[User] = 7) -> Meeting:
        """An open meeting that has turned to this case."""
        meeting = self.convene(case, present=present)
        motions.open_item(case.pk, actor=self.secretary, now=self.now)
        return meeting

    @driven_once
    def put(self, case: Case, effect: Effect = Effect.APPROVE) -> Motion:
        return motions.put_motion(
            case.pk, decision_kind=self.kind(effect), text="As discussed.", actor=self.chair, now=self.now
        )

    def vote(self, case: Case, choices: Mapping[User, Choice] | Choice = Choice.FOR) -> None:
        """These people vote for themselves; one choice alone is everybody's in the room."""
        motion = open_motion(case)
        if isinstance(choices, Choice):
            here = motion.item.meeting.attendance.filter(left_at__isnull=True).select_related("seat__user")
            choices = {stay.seat.user: choices for stay in here}
        for user, choice in choices.items():
            motions.cast_vote(case.pk, motion_id=motion.pk, choice=choice, reason="", actor=user, now=self.now)

    @driven_once
    def close(self, case: Case) -> Motion:
        return motions.close_motion(case.pk, motion_id=open_motion(case).pk, actor=self.chair, now=self.now)

    def carry(self, case: Case, effect: Effect = Effect.APPROVE, voters: int = 5) -> Motion:
        """A motion put, five in favour, closed."""
        self.put(case, effect)
        self.vote(case, dict.fromkeys(self.voters[:voters], Choice.FOR))
        return self.close(case)

    def write_decision(self, case: Case) -> None:
        """A draft that states all any kind may have to, with follow-up as seldom as the rulebook allows."""
        folder = Folder(Case.objects.get(pk=case.pk), user=self.secretary, now=self.now)
        text = replace(full_text(self.now), followup_months=folder.longest_followup.value)
        decisions.draft_decision(case.pk, text, (full_condition(self.now),), actor=self.secretary, now=self.now)

    @driven_once
    def issue(self, case: Case) -> None:
        self.write_decision(case)
        decisions.issue_decision(case.pk, actor=self.chair, now=self.now)

    @driven_once
    def resubmit(self, case: Case) -> None:
        applications.resubmit_case(case.pk, changes="All four points are met.", actor=self.lead, now=self.now)

    # -- the whole way -------------------------------------------------------------------------------------------

    @driven_once
    def case_in(self, state: State, **course: Any) -> Case:
        """A fresh case in ``state``, brought there by the actions; ``course``: see ``Course``."""
        asked = Course(**course)
        case = self.draft(asked)
        for reached, step in self._way(case, state, asked):
            if state is State.DRAFT:
                break
            step()
            if reached is state:
                break
        case.refresh_from_db()
        assert case.state == state.value, (case.state, state)
        return case

    @driven_once
    def _vote_and_close(self, case: Case) -> None:
        self.vote(case)
        self.close(case)

    def _way(self, case: Case, state: State, course: Course) -> list[tuple[State, Callable[[], Any]]]:
        effect = course.effect or _EFFECTS.get(state, Effect.APPROVE)
        submitted: list[tuple[State, Callable[[], Any]]] = [(State.SUBMITTED, lambda: self.submit(case))]
        branches: dict[State, Callable[[], Any]] = {
            State.SUPPLEMENT: lambda: self.ask_supplement(case),
            State.DECLINED: lambda: intake.decline_case(
                case.pk, reasons="Out of scope.", actor=self.secretary, now=self.now
            ),
            State.WITHDRAWN: lambda: applications.withdraw_case(
                case.pk, reasons="The plan changed.", actor=self.lead, now=self.now
            ),
        }
        if state in branches:
            return [*submitted, (state, branches[state])]
        outcome = State.REFUSED if effect is Effect.REFUSE else State.APPROVED
        return [
            *submitted,
            (State.ACCEPTED, lambda: self.accept(case, course)),
            (State.REVIEWING, lambda: self.assign(case, course.reviewers)),
            (State.READY, lambda: self.review(case, step=course.step)),
            (State.DELIBERATING, lambda: self.open_room(case, course.present)),
            (State.VOTING, lambda: self.put(case, effect)),
            (State.CARRIED, lambda: self._vote_and_close(case)),
            (state if state in {State.MODIFYING, State.REFUSED} else outcome, lambda: self.issue(case)),
            (State.CHECKING, lambda: self.resubmit(case)),
        ]


def full_text(now: datetime) -> DecisionText:
    """Every field of a decision filled in both languages, valid for a year from ``now``."""
    return DecisionText(
        reasons_en="The benefits outweigh the risks.",
        reasons_zh="收益大于风险。",
        requirements_en="Describe the fallback.",
        requirements_zh="补充说明备用方案。",
        scope_en="Version 1 at one hospital.",
        scope_zh="一家医院使用的第一版。",
        valid_from=now.date(),
        valid_until=now.date() + timedelta(days=365),
        followup_months=12,
    )


def full_condition(now: datetime) -> ConditionText:
    """A condition due in ninety days."""
    return ConditionText("Report every quarter.", "每季度报告一次。", now.date() + timedelta(days=90))


def open_motion(case: Case) -> Motion:
    """The motion being voted on."""
    return Motion.objects.select_related("item__meeting").get(item__case=case, closed_at__isnull=True)


def rate_all(case: Case, user: User, step: str = "3", *, now: datetime) -> None:
    """Every indicator asked gets ``step`` from this reviewer: the rows ``rate_indicator`` adds, at once."""
    review = Review.objects.select_related("case__instrument").get(case=case, user=user, withdrawn_at__isnull=True)
    instrument = load_instrument(review.case.instrument)
    flags = frozenset(review.case.flags)
    Answer.objects.bulk_create(
        Answer(assessment_id=review.assessment_id, item=key, step=step, reason="Seen in the file.", by=user, at=now)
        for key, item in instrument.items.items()
        if is_asked(item, review.case.tier or None, flags)
    )


def rate(case: Case, user: User, item: str, step: str | None, *, now: datetime, reason: str = "Why.") -> Answer | None:
    """One rating through the action."""
    return reviews.rate_indicator(case.pk, item, step=step, not_applicable=False, reason=reason, actor=user, now=now)


@driven_once
def make_scene(now: datetime) -> Scene:
    """A lawful committee of seven with an alternate and a secretary, and a lead at a company that applies."""
    rulebook, instrument = publish_editions(now)
    host = make_organisation(
        kind=OrganisationKind.REVIEW_BODY, name="Lakeside Review Office", name_zh="湖畔审查办公室", province="310000"
    )
    company = make_organisation(name="Heron Robotics", name_zh="苍鹭机器人", province="310000")
    manager = make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager", name_zh="马主管")
    secretary = make_person(role=MemberRole.SECRETARY, organisation=host, name="Si Secretary", name_zh="司秘书")
    named = [("Chen Chair", "陈主任"), ("Wei Vice", "韦副主任")]
    named += [(f"Mei Member {n}", f"梅委员{n}") for n in range(1, 6)]
    voters = [make_person(role=MemberRole.MEMBER, organisation=host, name=en, name_zh=zh) for en, zh in named]
    alternate = make_person(role=MemberRole.MEMBER, organisation=host, name="Al Alternate", name_zh="艾候补")
    lead = make_person(role=MemberRole.APPLICANT, organisation=company, name="Ai Applicant", name_zh="艾申请")
    committee = create_committee(
        host,
        code="LKS",
        name="Lakeside AI Ethics Committee",
        name_zh="湖畔人工智能伦理委员会",
        rulebook_slug=rulebook.slug,
        instrument_slug=instrument.slug,
        actor=manager,
        now=now,
    )
    codes = [category.code for category in load_rulebook(rulebook).committee.categories]
    roles = [SeatRole.CHAIR, SeatRole.VICE_CHAIR, *[SeatRole.MEMBER] * 5, SeatRole.ALTERNATE, SeatRole.SECRETARY]
    seats = {
        user.pk: seat_member(committee, user, _terms(place, role, codes), actor=manager, now=now)
        for place, (user, role) in enumerate(zip([*voters, alternate, secretary], roles, strict=True))
    }
    return Scene(
        now=now,
        rulebook=rulebook,
        instrument=instrument,
        host=host,
        company=company,
        committee=committee,
        manager=manager,
        secretary=secretary,
        chair=voters[0],
        vice_chair=voters[1],
        members=tuple(voters[2:]),
        alternate=alternate,
        lead=lead,
        seats=seats,
    )


def _terms(place: int, role: SeatRole, codes: list[str]) -> SeatTerms:
    """Neighbours share a category, every other seat is a woman's, every third comes from outside."""
    held = () if role is SeatRole.SECRETARY else (codes[place % len(codes)], codes[(place + 1) % len(codes)])
    return SeatTerms(
        role=role,
        categories=tuple(dict.fromkeys(held)),
        sex=Sex.FEMALE if place % 2 == 0 else Sex.MALE,
        external=place % 3 == 2,
        starts=TERM_STARTS,
        ends=TERM_ENDS,
    )
