"""A case as one person stands to it: roles, people, clock and the number of reads."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.actions.acts import recuse
from tests.scenes import Scene, make_scene, rate
from workflows.actions.committees import end_seat, record_absence
from workflows.actions.decisions import designate_chair
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.states import Role, State
from workflows.domain.transitions import ISSUE_DECISION, PUT_MOTION, SUBMIT_REVIEW, gaps
from workflows.models import Case
from workflows.queries.folders import Folder
from workflows.queries.people import applicants, presiding, secretaries, voters

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def folder(scene: Scene, case: Case, user: User, *, now: datetime | None = None) -> Folder:
    rows = Case.objects.select_related("committee__host", "rulebook", "instrument", "lead", "acting_chair")
    return Folder(rows.get(pk=case.pk), user=user, now=now or scene.now)


def test_roles_of_the_cast(scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.REVIEWING)
    people = [scene.lead, scene.secretary, scene.chair, scene.vice_chair, scene.members[0], scene.manager, stranger]
    assert [folder(scene, case, user).roles for user in people] == [
        {Role.APPLICANT, Role.TEAM},
        {Role.SECRETARY},
        {Role.MEMBER, Role.CHAIR},
        {Role.MEMBER},
        {Role.MEMBER, Role.REVIEWER},
        set(),
        set(),
    ]


def test_recused_person_is_nothing_to_the_case(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    recuse(lambda s: s.chair)(scene, case)
    recuse(lambda s: s.members[0])(scene, case)
    assert folder(scene, case, scene.chair).roles == frozenset()
    assert folder(scene, case, scene.members[0]).roles == frozenset()
    people = folder(scene, case, scene.secretary)
    assert (presiding(people), {user.pk for user in voters(people)} & {scene.chair.pk, scene.members[0].pk}) == (
        [],
        set(),
    )


def test_designated_vice_chair_leads_in_the_chairs_place(scene: Scene) -> None:
    case, day = scene.case_in(State.READY), scene.now.date()
    record_absence(scene.seats[scene.chair.pk].pk, away_from=day, away_until=day, actor=scene.chair, now=scene.now)
    seat = scene.seats[scene.vice_chair.pk]
    designate_chair(case.pk, seat_id=seat.pk, reasons="Away.", actor=scene.secretary, now=scene.now)
    assert folder(scene, case, scene.vice_chair).roles == {Role.MEMBER, Role.CHAIR}
    assert folder(scene, case, scene.chair).roles == {Role.MEMBER}
    assert presiding(folder(scene, case, scene.secretary)) == [scene.vice_chair]
    end_seat(seat.pk, last_day=day, actor=scene.manager, now=scene.now)
    tomorrow = scene.now + timedelta(days=1)
    assert folder(scene, case, scene.vice_chair, now=tomorrow).roles == frozenset()
    assert folder(scene, case, scene.chair, now=tomorrow).roles == {Role.MEMBER, Role.CHAIR}


def test_people_of_a_case(scene: Scene) -> None:
    held = folder(scene, scene.case_in(State.ACCEPTED), scene.secretary)
    assert (secretaries(held), applicants(held), presiding(held)) == ([scene.secretary], [scene.lead], [scene.chair])
    assert {user.pk for user in voters(held)} == {scene.alternate.pk, *(user.pk for user in scene.voters)}


def test_page_and_action_are_told_the_same(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING, listed=("human_machine",))
    rate(case, scene.members[0], scene.gate, "0", now=scene.now)
    held = folder(scene, case, scene.chair)
    assert gaps(PUT_MOTION, held.facts, held.rules) == ()
    assert gaps(ISSUE_DECISION, held.facts, held.rules) == (Gap(GapCode.WRONG_STATE, "deliberating"),)
    reviewer = folder(scene, scene.case_in(State.REVIEWING), scene.members[0])
    missing = Gap(GapCode.RATINGS_MISSING, str(len(reviewer.unrated)))
    assert gaps(SUBMIT_REVIEW, reviewer.facts, reviewer.rules) == (missing,)


def test_profile_counts_submitted_unrecused_reviews(scene: Scene) -> None:
    case = scene.case_in(State.READY, reviewers=3)
    assert [row.reviewer for row in folder(scene, case, scene.chair).ratings] == [u.pk for u in scene.members[:3]]
    recuse(lambda s: s.members[1])(scene, case)
    held = folder(scene, case, scene.chair)
    assert [row.reviewer for row in held.ratings] == [scene.members[0].pk, scene.members[2].pk]
    assert {group.value for group in held.profile.groups} == {3}


@pytest.mark.parametrize(
    ("state", "queries"),
    [
        (State.DRAFT, 7),
        (State.SUBMITTED, 7),
        (State.REVIEWING, 4),
        (State.READY, 8),
        (State.VOTING, 12),
        (State.CARRIED, 11),
    ],
)
@pytest.mark.parametrize("reviewers", [2, 3])
def test_facts_are_gathered_in_as_many_reads_whatever_the_rows(
    scene: Scene,
    django_assert_num_queries: DjangoAssertNumQueries,
    state: State,
    queries: int,
    reviewers: int,
) -> None:
    held = folder(scene, scene.case_in(state, reviewers=reviewers), scene.chair)
    held.rules, held.instrument  # noqa: B018  read once in the life of the process
    with django_assert_num_queries(queries):
        held.facts  # noqa: B018
