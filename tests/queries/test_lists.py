"""The list of cases: who finds what, filters, and pages that meet without gap or overlap."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from tests.scenes import Scene, make_scene
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import State
from workflows.models import Case
from workflows.queries.deadlines import clock_of, due_within, timed_cases
from workflows.queries.lists import PAGE, CaseFilters, Page, case_page


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


def page(user: User, now: datetime, older: str = "", newer: str = "", **filters: object) -> Page:
    return case_page(user, now.date(), CaseFilters(**filters), now=now, older=older, newer=newer)  # type: ignore[arg-type]


def many(scene: Scene, count: int, now: datetime) -> list[Case]:
    """Submitted cases; every three changed at the same moment."""
    return Case.objects.bulk_create(
        Case(
            committee=scene.committee,
            rulebook=scene.rulebook,
            instrument=scene.instrument,
            applicant=scene.company,
            lead=scene.lead,
            reference=f"LKS-X-{number:04}",
            title=f"Case {number}",
            state=State.SUBMITTED.value,
            created_at=now,
            submitted_at=now,
            changed_at=now + timedelta(minutes=number // 3),
        )
        for number in range(count)
    )


def test_pages_meet_exactly_forth_and_back(scene: Scene, now: datetime) -> None:
    cases = many(scene, 2 * PAGE + 7, now)
    ordered = [case.pk for case in sorted(cases, key=lambda case: (case.changed_at, case.pk), reverse=True)]
    forth = [page(scene.secretary, now)]
    while forth[-1].older:
        forth.append(page(scene.secretary, now, older=forth[-1].older))
    back = [forth[-1]]
    while back[-1].newer:
        back.append(page(scene.secretary, now, newer=back[-1].newer))
    found = [[case.pk for case in one.rows] for one in forth]
    assert found == [ordered[:PAGE], ordered[PAGE : 2 * PAGE], ordered[2 * PAGE :]]
    assert [[case.pk for case in one.rows] for one in reversed(back)] == found
    assert {one.total for one in forth} == {len(cases)}


def test_first_and_last_page_have_no_neighbour(scene: Scene, now: datetime) -> None:
    many(scene, PAGE + 1, now)
    first = page(scene.secretary, now)
    last = page(scene.secretary, now, older=first.older)
    assert (first.newer, last.older, len(last.rows)) == ("", "", 1)
    assert page(scene.secretary, now, newer=last.newer).newer == ""


@pytest.mark.parametrize("mark", ["x", "2026-11-24T10:00:00~1", "2026-11-24T10:00:00+08:00~x", "~", "9" * 40])
def test_foreign_mark_begins_anew(scene: Scene, mark: str, now: datetime) -> None:
    many(scene, 2, now)
    assert [case.pk for case in page(scene.secretary, now, older=mark).rows] == [
        case.pk for case in page(scene.secretary, now).rows
    ]


def test_filters_narrow_by_state_words_committee_and_own(scene: Scene, now: datetime) -> None:
    submitted, accepted = scene.case_in(State.SUBMITTED), scene.case_in(State.ACCEPTED)
    Case.objects.filter(pk=accepted.pk).update(title="Crop sorting")
    asked = {
        "state": page(scene.secretary, now, state="accepted"),
        "title": page(scene.secretary, now, text="crop"),
        "reference": page(scene.secretary, now, text=submitted.reference),
        "committee": page(scene.secretary, now, committee=scene.committee.pk),
        "none": page(scene.secretary, now, committee=scene.committee.pk + 1),
        "mine": page(scene.secretary, now, mine=True),
        "lead": page(scene.lead, now, mine=True),
    }
    assert {key: sorted(case.pk for case in one.rows) for key, one in asked.items()} == {
        "state": [accepted.pk],
        "title": [accepted.pk],
        "reference": [submitted.pk],
        "committee": [submitted.pk, accepted.pk],
        "none": [],
        "mine": [],
        "lead": [submitted.pk, accepted.pk],
    }
    assert {key: one.total for key, one in asked.items()} == {
        "state": 1,
        "title": 1,
        "reference": 1,
        "committee": 2,
        "none": 0,
        "mine": 0,
        "lead": 2,
    }


def test_percent_sign_in_the_words_is_a_percent_sign(scene: Scene, now: datetime) -> None:
    scene.case_in(State.SUBMITTED)
    assert page(scene.secretary, now, text="%").total == 0


def test_counts_keep_the_other_filters_and_leave_out_the_state(scene: Scene, now: datetime) -> None:
    for state in (State.SUBMITTED, State.SUBMITTED, State.ACCEPTED):
        scene.case_in(state)
    one = page(scene.secretary, now, state="accepted")
    assert (one.counts, one.total) == ({State.SUBMITTED: 2, State.ACCEPTED: 1}, 1)


def test_late_are_those_past_their_last_day_and_running(scene: Scene, now: datetime) -> None:
    case, stopped = scene.case_in(State.ACCEPTED), scene.case_in(State.APPROVED)
    last = now + timedelta(days=30)
    rows = [[found.pk for found in page(scene.secretary, day, late=True).rows] for day in (last, last + timedelta(1))]
    assert (rows, stopped.clock_stopped_at) == ([[], [case.pk]], now)


def test_due_within_agrees_with_the_clock_on_every_day(scene: Scene, now: datetime) -> None:
    case, extended = scene.case_in(State.ACCEPTED), scene.case_in(State.ACCEPTED)
    Case.objects.filter(pk=extended.pk).update(extended_to=(now + timedelta(days=34)).date())
    for day in range(20, 40):
        for hour in (-10, 0, 13):
            moment = now + timedelta(days=day, hours=hour)
            for row in Case.objects.filter(pk__in=[case.pk, extended.pk]):
                clock = clock_of(row, moment)
                assert clock is not None
                found = Case.objects.filter(due_within(3, moment), pk=row.pk).exists()
                late = Case.objects.filter(due_within(-1, moment), pk=row.pk).exists()
                assert (found, late) == (clock.left <= 3, clock.overdue)


def test_timed_cases_begin_with_the_longest_overdue(scene: Scene, now: datetime) -> None:
    first, second = scene.case_in(State.ACCEPTED), scene.case_in(State.ACCEPTED)
    Case.objects.filter(pk=first.pk).update(extended_to=(now + timedelta(days=33)).date())
    rows = timed_cases(Case.objects.all(), within=7, now=now + timedelta(days=32))
    assert [(row.case.pk, row.clock.left) for row in rows] == [(second.pk, -2), (first.pk, 1)]


def test_everyone_finds_what_the_seat_or_the_application_opens(scene: Scene, now: datetime, stranger: User) -> None:
    draft, submitted, accepted = (scene.case_in(s) for s in (State.DRAFT, State.SUBMITTED, State.ACCEPTED))
    readers = {
        "lead": (scene.lead, [draft, submitted, accepted]),
        "secretary": (scene.secretary, [submitted, accepted]),
        "chair": (scene.chair, [submitted, accepted]),
        "vice_chair": (scene.vice_chair, [accepted]),
        "member": (scene.members[0], [accepted]),
        "alternate": (scene.alternate, [accepted]),
        "manager": (scene.manager, []),
        "stranger": (stranger, []),
    }
    found = {name: sorted(case.pk for case in page(user, now).rows) for name, (user, _cases) in readers.items()}
    assert found == {name: [case.pk for case in cases] for name, (_user, cases) in readers.items()}
    assert {name: page(user, now).total for name, (user, _cases) in readers.items()} == {
        name: len(cases) for name, (_user, cases) in readers.items()
    }


def test_recused_member_finds_neither_row_nor_count(scene: Scene, now: datetime) -> None:
    case, other = scene.case_in(State.REVIEWING), scene.case_in(State.REVIEWING)
    member, kind = scene.members[0], scene.rules.conflicts[0].code
    declare_conflict(case.pk, member, kind=kind, reason="", actor=member, now=now)
    one = page(member, now)
    assert ([row.pk for row in one.rows], one.total, one.counts) == ([other.pk], 1, {State.REVIEWING: 1})
    assert page(member, now, text=str(case.reference)).counts == {}


@pytest.mark.parametrize("count", [1, 3])
def test_page_is_read_in_two_queries_whatever_the_rows(
    scene: Scene, count: int, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(scene, count, now)
    with django_assert_num_queries(2):
        for case in page(scene.secretary, now).rows:
            clock_of(case, now)
            assert (case.committee.code, case.applicant.name, case.lead.name) == (
                "LKS",
                "Heron Robotics",
                "Ai Applicant",
            )
