"""Who reads what: each of the cast, in each state, and nobody else."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from tests.authorities import COVERING, make_regulator, regulators_around
from tests.documents import sign
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.actions import decisions, meetings
from workflows.actions.committees import end_seat, record_absence
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import (
    Case,
    CaseReport,
    CertificateEvent,
    Conflict,
    Decision,
    Meeting,
    Review,
    Seat,
    TeamMember,
    Verification,
    VerificationReport,
)

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


# An authority that covers the host reads a case from its acceptance on.
OVERSEEN = {state for state in State if "member" in WHO_SEES[state]}


@pytest.fixture
def scene(now: datetime) -> Scene:
    made = make_scene(now)
    made.host.sector = "health"
    made.host.save()
    return made


def cast(scene: Scene, case: Case, *others: User) -> dict[str, User]:
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    TeamMember.objects.create(case=case, user=colleague)
    names = dict(zip(("stranger", "operator"), others, strict=True)) | regulators_around(scene.host)
    people = {
        name: getattr(scene, name) for name in ("lead", "secretary", "chair", "vice_chair", "alternate", "manager")
    }
    seated = {"member": scene.members[4], "reviewer": scene.members[0], "colleague": colleague}
    other_applicant = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    return {**people, **seated, **names, "not on the team": other_applicant}


@pytest.mark.parametrize("state", State)
def test_case_is_seen_by(scene: Scene, stranger: User, operator: User, state: State) -> None:
    case, day = scene.case_in(state), scene.now.date()
    people = cast(scene, case, stranger, operator)

    def those(read: str) -> set[str]:
        rows = {name: getattr(Case.objects, read)(user, day) for name, user in people.items()}
        return {name for name, found in rows.items() if found.filter(pk=case.pk).exists()}

    parties, overseers = WHO_SEES[state], COVERING if state in OVERSEEN else set()
    assert (those("party_to"), those("on_desk_of")) == (parties, parties - APPLICANTS)
    assert (those("supervised_by"), those("visible_to")) == (overseers, parties | overseers)


@pytest.mark.parametrize("state", State)
def test_what_a_regulator_reads_of_the_committee_s_work(scene: Scene, state: State) -> None:
    case, day = scene.case_in(state), scene.now.date()
    sign_all(case)
    approve(scene, case)
    decided = case.decisions.filter(issued_at__isnull=False).exists()
    for name, user in regulators_around(scene.host).items():
        counted = [row.objects.visible_to(user, day).count() for row in (Review, Meeting, Decision, CaseReport)]
        assert counted == ([2, 1, 1, 4] if decided and name in COVERING else [0, 0, 0, 0]), name
        assert [row.objects.party_to(user, day).count() for row in (Review, Meeting, CaseReport)] == [0, 0, 0]


def sign_all(case: Case) -> None:
    """Every report of the case has its document."""
    for report in CaseReport.objects.filter(decision__case=case):
        sign(report, case.committee.host)


def approve(scene: Scene, case: Case) -> None:
    """The minutes of the meeting that dealt with the case, where there was one and it can be closed."""
    meeting = Meeting.objects.filter(items__case=case, items__closed_at__isnull=False).first()
    if meeting is None:
        return
    meetings.close_meeting(meeting.pk, actor=scene.chair, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes="", actor=scene.secretary, now=scene.now)
    meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)


def test_regulator_reads_no_report_before_it_is_signed_and_no_minutes_before_they_are_approved(scene: Scene) -> None:
    case, day, user = scene.case_in(State.APPROVED), scene.now.date(), make_regulator()
    rows = (Meeting, CaseReport)
    assert [row.objects.visible_to(user, day).count() for row in rows] == [0, 0]
    sign(CaseReport.objects.filter(decision__case=case).latest("pk"), scene.host)
    assert [row.objects.visible_to(user, day).count() for row in rows] == [0, 1]


def test_review_withdrawn_or_not_handed_in_is_no_regulator_s(scene: Scene) -> None:
    case, day, user = scene.case_in(State.APPROVED), scene.now.date(), make_regulator()
    first, second = case.reviews.order_by("pk")
    Review.objects.filter(pk=first.pk).update(withdrawn_at=scene.now)
    assert list(Review.objects.visible_to(user, day)) == [second]
    Review.objects.filter(pk=second.pk).update(submitted_at=None)
    assert list(Review.objects.visible_to(user, day)) == []


def test_second_round_waits_for_its_own_decision(scene: Scene) -> None:
    """A meeting held after the decision is read once the next decision is out."""
    case, day, user = scene.case_in(State.APPROVED), scene.now.date(), make_regulator()
    approve(scene, case)
    meeting = Meeting.objects.get()
    item = meeting.items.get()
    assert list(Meeting.objects.visible_to(user, day)) == [meeting]
    type(item).objects.filter(pk=item.pk).update(closed_at=scene.now + timedelta(hours=1))
    assert list(Meeting.objects.visible_to(user, day)) == []


def test_recused_and_applying_regulators_read_their_own_side_alone(scene: Scene) -> None:
    case, day = scene.case_in(State.REVIEWING), scene.now.date()
    recused, applying, seated = make_regulator(), make_regulator(), make_regulator()
    kind = scene.rules.conflicts[0].code
    Conflict.objects.create(case=case, user=recused, kind=kind, declared_at=scene.now, declared_by=recused)
    TeamMember.objects.create(case=case, user=applying)
    Seat.objects.create(committee=scene.committee, user=seated, role="member", sex="male", starts=day)
    people = [recused, applying, seated]
    assert [Case.objects.supervised_by(user, day).count() for user in people] == [0, 0, 1]
    assert [Case.objects.visible_to(user, day).count() for user in people] == [0, 1, 1]
    Conflict.objects.update(lifted_at=scene.now)
    assert Case.objects.supervised_by(recused, day).count() == 1


def test_oversight_ends_with_the_regulator_s_term(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    user, day = make_regulator(), scene.now.date()
    user.memberships.update(ends=day)
    seen = [Case.objects.visible_to(user, day + timedelta(days=later)).count() for later in (0, 1)]
    assert seen == [1, 0]


def test_nobody_signed_out_sees_anything(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    nobody, day = AnonymousUser(), scene.now.date()
    rows = (
        Case.objects.visible_to(nobody, day),
        Case.objects.party_to(nobody, day),
        Case.objects.supervised_by(nobody, day),
        Case.objects.on_desk_of(nobody, day),
        Review.objects.visible_to(nobody, day),
        Meeting.objects.visible_to(nobody, day),
        Decision.objects.visible_to(nobody, day),
        CaseReport.objects.visible_to(nobody, day),
        Verification.objects.visible_to(nobody, day),
        Verification.objects.supervised_by(nobody, day),
        VerificationReport.objects.visible_to(nobody, day),
        CertificateEvent.objects.visible_to(nobody, day),
    )
    assert [row.count() for row in rows] == [0] * len(rows)


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
    people = cast(scene, case, stranger, scene.manager)
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
