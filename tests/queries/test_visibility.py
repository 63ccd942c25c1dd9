"""Who reads what: each of the cast, in each state, and nobody else."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.actions import decisions
from workflows.actions.committees import end_seat, record_absence
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, CaseReport, Meeting, Review, Seat, TeamMember

pytestmark = pytest.mark.django_db

APPLICANTS, LEADERS = {"lead", "colleague"}, {"secretary", "chair"}
MEMBERS = LEADERS | {"vice_chair", "member", "reviewer", "alternate"}
WHO_SEES = {
    State.DRAFT: APPLICANTS,
    State.SUBMITTED: APPLICANTS | LEADERS,
    State.SUPPLEMENT: APPLICANTS | LEADERS,
    State.DECLINED: APPLICANTS | LEADERS,
    State.WITHDRAWN: APPLICANTS | LEADERS,
    State.ACCEPTED: APPLICANTS | MEMBERS,
    State.REVIEWING: APPLICANTS | MEMBERS,
    State.READY: APPLICANTS | MEMBERS,
    State.DELIBERATING: APPLICANTS | MEMBERS,
    State.VOTING: APPLICANTS | MEMBERS,
    State.CARRIED: APPLICANTS | MEMBERS,
    State.MODIFYING: APPLICANTS | MEMBERS,
    State.CHECKING: APPLICANTS | MEMBERS,
    State.APPROVED: APPLICANTS | MEMBERS,
    State.REFUSED: APPLICANTS | MEMBERS,
}


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def cast(scene: Scene, case: Case, *others: User) -> dict[str, User]:
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    TeamMember.objects.create(case=case, user=colleague)
    names = dict(zip(("stranger", "operator", "regulator"), others, strict=True))
    people = {
        name: getattr(scene, name) for name in ("lead", "secretary", "chair", "vice_chair", "alternate", "manager")
    }
    seated = {"member": scene.members[4], "reviewer": scene.members[0], "colleague": colleague}
    other_applicant = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    return {**people, **seated, **names, "not on the team": other_applicant}


@pytest.mark.parametrize("state", State)
def test_case_is_seen_by(scene: Scene, stranger: User, operator: User, regulator: User, state: State) -> None:
    case, day = scene.case_in(state), scene.now.date()
    people = cast(scene, case, stranger, operator, regulator)
    seen = {name for name, user in people.items() if Case.objects.visible_to(user, day).filter(pk=case.pk).exists()}
    desk = {name for name, user in people.items() if Case.objects.on_desk_of(user, day).filter(pk=case.pk).exists()}
    assert (seen, desk) == (WHO_SEES[state], WHO_SEES[state] - APPLICANTS)


def test_nobody_signed_out_sees_anything(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    nobody, day = AnonymousUser(), scene.now.date()
    rows = (
        Case.objects.visible_to(nobody, day),
        Case.objects.on_desk_of(nobody, day),
        Review.objects.visible_to(nobody, day),
        Meeting.objects.visible_to(nobody, day),
        CaseReport.objects.visible_to(nobody, day),
    )
    assert [row.count() for row in rows] == [0, 0, 0, 0, 0]


def test_case_withdrawn_after_acceptance_stays_with_those_who_knew_it(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    scene_withdraw(scene, case)
    assert Case.objects.visible_to(scene.members[0], scene.now.date()).count() == 1


def scene_withdraw(scene: Scene, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN.value)


def test_seat_opens_cases_for_its_term_alone(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    member, today = scene.members[4], scene.now.date()
    end_seat(scene.seats[member.pk].pk, last_day=today, actor=scene.manager, now=scene.now)

    def seen(day: date) -> list[int]:
        rows = (Case, Review, Meeting, CaseReport)
        return [row.objects.visible_to(member, day).count() for row in rows]

    assert seen(today) == [1, 2, 1, 4]
    assert seen(today + timedelta(days=1)) == [0, 0, 0, 0]
    assert seen(date(2025, 12, 31)) == [0, 0, 0, 0]


def test_applicant_with_a_seat_reads_own_case_as_applicant_alone(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    day = scene.now.date()
    Seat.objects.create(committee=scene.committee, user=scene.lead, role="member", sex="male", starts=day)
    assert Case.objects.visible_to(scene.lead, day).count() == 1
    assert Case.objects.on_desk_of(scene.lead, day).count() == 0
    assert Review.objects.visible_to(scene.lead, day).count() == 0
    assert set(CaseReport.objects.visible_to(scene.lead, day).values_list("kind", flat=True)) == {"letter"}


def test_letters_go_to_the_applicant_and_full_reports_to_the_committee(scene: Scene, stranger: User) -> None:
    case, day = scene.case_in(State.REFUSED), scene.now.date()
    people = cast(scene, case, stranger, scene.manager, scene.manager)
    counted = {name: CaseReport.objects.visible_to(user, day).count() for name, user in people.items()}
    expected = dict.fromkeys(people, 0) | dict.fromkeys(APPLICANTS, 2) | dict.fromkeys(MEMBERS, 4)
    assert counted == expected


def test_vice_chair_sees_early_what_designation_makes_theirs(scene: Scene) -> None:
    case, day = scene.case_in(State.SUBMITTED), scene.now.date()
    assert Case.objects.visible_to(scene.vice_chair, day).count() == 0
    record_absence(scene.seats[scene.chair.pk].pk, away_from=day, away_until=None, actor=scene.chair, now=scene.now)
    seat = scene.seats[scene.vice_chair.pk]
    decisions.designate_chair(case.pk, seat_id=seat.pk, reasons="Away.", actor=scene.secretary, now=scene.now)
    assert Case.objects.visible_to(scene.vice_chair, day).count() == 1
    end_seat(seat.pk, last_day=day, actor=scene.manager, now=scene.now)
    assert Case.objects.visible_to(scene.vice_chair, day + timedelta(days=1)).count() == 0


def test_other_committee_sees_nothing(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    day = scene.now.date()
    beside = type(scene.committee).objects.create(host=scene.host, code="OTH", name="Other")
    Seat.objects.filter(user=scene.secretary).delete()
    Seat.objects.create(committee=beside, user=scene.secretary, role="secretary", sex="male", starts=day)
    rows = (Case, Review, Meeting, CaseReport)
    assert [row.objects.visible_to(scene.secretary, day).count() for row in rows] == [0, 0, 0, 0]


def test_meetings_are_seen_by_their_committee(scene: Scene, stranger: User) -> None:
    scene.case_in(State.MODIFYING, effect=Effect.MODIFY_THEN_CHECK)
    day = scene.now.date()
    people = [scene.secretary, scene.alternate, scene.members[3], scene.lead, scene.manager, stranger]
    assert [Meeting.objects.visible_to(user, day).count() for user in people] == [1, 1, 1, 0, 0, 0]
