"""Reading self-assessments: who sees which, how far each is, pages that meet, and what it costs."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.actions.answering import set_item_aside
from assessments.actions.contributors import name_contributor
from assessments.domain.maturity_gaps import Part
from assessments.models import Assessment, SelfAssessment, Snapshot
from assessments.queries import load_staged
from assessments.queries.maturity import answers_digest, one_round
from assessments.queries.maturity_lists import PAGE, maturity_page, open_work, predecessors, progress
from assessments.queries.people import colleagues_of, enterprises_of, staged_instruments
from assessments.queries.snapshots import own_snapshot
from ethicsreview.accounts.models import Membership, User
from tests.factories import make_instrument_version
from tests.maturity_scenes import (
    Enterprise,
    fill,
    folder_of,
    levels_of,
    make_enterprise,
    make_self_assessment,
    make_submitted,
    publish_staged,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(now: datetime) -> Enterprise:
    return make_enterprise()


@pytest.fixture
def row(who: Enterprise, now: datetime) -> SelfAssessment:
    """An assessment filled to level 2 that aims at tier 3."""
    found = make_self_assessment(who, now=now)
    fill(found, 2, now=now)
    return found


def test_people_of_the_enterprise_see_it_and_nobody_else(
    who: Enterprise,
    row: SelfAssessment,
    now: datetime,
    assessor: User,
    regulator: User,
    operator: User,
    stranger: User,
) -> None:
    foreign = make_enterprise("Egret Works").lead
    people = [who.lead, who.colleague, who.reader, foreign, assessor, regulator, operator, stranger]
    found = [SelfAssessment.objects.visible_to(user, now.date()).count() for user in people]
    assert found == [1, 1, 1, 0, 0, 0, 0, 0]


def test_who_left_sees_it_no_more(who: Enterprise, row: SelfAssessment, now: datetime) -> None:
    Membership.objects.filter(user=who.lead).update(ends=now.date())
    seen = [SelfAssessment.objects.visible_to(who.lead, now.date() + timedelta(days=n)).count() for n in (0, 1)]
    assert seen == [1, 0]


def test_folder_knows_how_each_stands(who: Enterprise, row: SelfAssessment, stranger: User, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D2", "D1"], actor=who.lead, now=now)
    folders = [folder_of(row, user, now=now) for user in (who.lead, who.colleague, who.reader, stranger)]
    assert [folder.parts for folder in folders] == [
        {Part.LEAD, Part.READER},
        {Part.CONTRIBUTOR, Part.READER},
        {Part.READER},
        set(),
    ]
    assert [sorted(folder.own) for folder in folders] == [
        [f"D{n}" for n in range(1, 9)],
        ["D1", "D2"],
        [],
        [],
    ]


def test_progress_counts_what_is_asked_alone(row: SelfAssessment, now: datetime) -> None:
    fresh = make_self_assessment(now=now)
    found = [(one.answered, one.asked) for one in progress(folder_of(fresh, now=now))]
    assert found == [(0, len(one.items)) for one in folder_of(fresh, now=now).instrument.dimensions]
    full = progress(folder_of(row, now=now))
    assert [(one.answered, one.asked, one.complete) for one in full] == [
        (3 * len(one.dimension.items), 3 * len(one.dimension.items), True) for one in full
    ]


def test_item_set_aside_is_not_asked(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before = progress(folder_of(row, now=now))[3]
    set_item_aside(row.pk, "4.1", aside=True, reason="Rented.", actor=who.lead, now=now)
    after = progress(folder_of(row, now=now))[3]
    assert (before.asked, after.asked) == (9, 6)


def test_target_above_what_is_answered_opens_questions(row: SelfAssessment, now: datetime) -> None:
    instrument = load_staged(row.assessment.instrument_version)
    lower = make_self_assessment(target=1, now=now)
    fill(lower, levels_of(instrument, 1), now=now)
    SelfAssessment.objects.filter(pk=lower.pk).update(target=2)
    found = folder_of(lower, now=now).result
    assert (found.complete, found.lower.tier, found.upper.tier, len(found.unanswered)) == (False, 1, 2, 28)


def test_digest_of_answers_tells_one_saying_from_another(row: SelfAssessment, now: datetime) -> None:
    first = one_round(row.assessment_id)
    other = make_self_assessment(now=now)
    fill(other, 2, now=now)
    assert answers_digest(first) == answers_digest(one_round(other.assessment_id)) != answers_digest({})


def many(who: Enterprise, count: int, now: datetime) -> None:
    """Empty assessments; every three changed at the same moment."""
    version = publish_staged(now=now)
    rounds = Assessment.objects.bulk_create(
        Assessment(instrument_version=version, started_at=now) for _ in range(count)
    )
    SelfAssessment.objects.bulk_create(
        SelfAssessment(
            assessment=one,
            organisation=who.organisation,
            reference=f"MA-X-{number:04}",
            legal_entity="Heron",
            scope="All.",
            size="large",
            target=3,
            lead=who.lead,
            created_at=now,
            changed_at=now + timedelta(minutes=number // 3),
        )
        for number, one in enumerate(rounds)
    )


def test_pages_meet_exactly_forth_and_back(who: Enterprise, now: datetime) -> None:
    many(who, 2 * PAGE + 7, now)
    ordered = list(SelfAssessment.objects.order_by("-changed_at", "-pk").values_list("pk", flat=True))
    forth = [maturity_page(who.reader, now=now)]
    while forth[-1].older:
        forth.append(maturity_page(who.reader, now=now, older=forth[-1].older))
    back = [forth[-1]]
    while back[-1].newer:
        back.append(maturity_page(who.reader, now=now, newer=back[-1].newer))
    found = [[row.folder.row.pk for row in one.rows] for one in forth]
    assert found == [ordered[:PAGE], ordered[PAGE : 2 * PAGE], ordered[2 * PAGE :]]
    assert [[row.folder.row.pk for row in one.rows] for one in reversed(back)] == found
    assert {one.total for one in forth} == {len(ordered)}


@pytest.mark.parametrize("mark", ["x", "2026-11-24~1", "2026-11-24T10:00:00+08:00~x", "~", "0" * 400])
def test_strange_marks_begin_anew(who: Enterprise, now: datetime, mark: str) -> None:
    many(who, 2, now)
    assert [len(maturity_page(who.lead, now=now, older=mark, newer=mark).rows)] == [2]


def test_list_tells_bounds_tier_and_what_was_handed_in(who: Enterprise, row: SelfAssessment, now: datetime) -> None:
    make_self_assessment(who, now=now)
    submitted = make_submitted(who, 3, now=now + timedelta(minutes=1))
    rows = maturity_page(who.lead, now=now).rows
    assert [(one.percent, one.snapshot and one.snapshot.tier, one.folder.result.complete) for one in rows] == [
        (100, 3, True),
        (0, None, False),
        (100, None, True),
    ]
    assert rows[0].snapshot == submitted


def test_list_never_shows_a_snapshot_of_a_verification(who: Enterprise, now: datetime) -> None:
    own = make_submitted(who, 3, now=now)
    later = Snapshot.objects.get(pk=own.pk)
    later.pk, later.number, later.tier = None, 2, 1
    later.save(force_insert=True)
    assert own_snapshot(own.self_assessment_id) == own
    assert [row.snapshot for row in maturity_page(who.lead, now=now).rows] == [own]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(
    who: Enterprise, now: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        fill(make_self_assessment(who, now=now), 2, now=now)
        make_submitted(who, 2, now=now)
    maturity_page(who.lead, now=now)
    with django_assert_num_queries(7):
        page = maturity_page(who.lead, now=now)
        assert [row.percent for row in page.rows] == [100] * 2 * count


def test_open_work_is_for_who_leads_or_contributes(who: Enterprise, row: SelfAssessment, now: datetime) -> None:
    make_submitted(who, 2, now=now)
    fresh = make_self_assessment(who, now=now)
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now + timedelta(minutes=1))
    found = {
        user.name: [(one.folder.row, one.answered, one.asked) for one in open_work(user, now=now)]
        for user in (who.lead, who.colleague, who.reader)
    }
    assert found == {
        "Lin Lead": [(fresh, 0, 28), (row, 84, 84)],
        "Hu Helper": [(row, 9, 9)],
        "Qi Reader": [],
    }


def test_what_a_new_one_can_begin_with(who: Enterprise, row: SelfAssessment, now: datetime, stranger: User) -> None:
    make_instrument_version()
    publish_staged("dcmm-2018", now=now)
    assert [version.slug for version in staged_instruments()] == ["aim-dcmm", "dcmm-2018"]
    assert (enterprises_of(who.lead, now.date()), enterprises_of(stranger, now.date())) == ([who.organisation], [])
    assert (predecessors(who.reader, now=now), predecessors(stranger, now=now)) == ([row], [])
    assert colleagues_of(who.organisation.pk, now.date()) == [who.colleague, who.lead, who.reader]
