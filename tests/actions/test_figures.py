"""Counting figures: what an authority may read and nothing else, the same as the rows say, whole or not at all."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from assessments.models import Answer
from ethicsreview.accounts.domain import Reach
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.portal.actions.figures import rebuild_figures
from ethicsreview.portal.domain.figures import Board, Duty, Grain, Measure, Total
from ethicsreview.portal.models import Figure, FigureSet, RatedCommittee, WeakSpot
from ethicsreview.portal.queries.figures import due_offices
from ethicsreview.portal.queries.rated import uncounted_committees
from tests.authorities import COVERING, make_regulator, regulators_around
from tests.driven import this_moment
from tests.figure_rows import count_all, numbers, office_of
from tests.scenes import Scene, make_scene
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case, Certificate, Condition, Decision, Seat, Wait
from workflows.reporting.issued import IssuedFolder


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def verifying(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


def totals(user: User) -> dict[str, int]:
    return {row: number for (row, _column, _part), number in numbers(user, Board.TOTALS).items()}


# -- whose cases ----------------------------------------------------------------------------------------------------


def test_every_reach_counts_what_it_covers_and_nothing_else(scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    scene.case_in(State.REVIEWING)
    scene.host.sector = "health"
    scene.host.save()
    offices = regulators_around(scene.host)
    count_all(scene.now)
    accepted = {name: totals(user)[Total.ACCEPTED] for name, user in offices.items()}
    assert accepted == {name: 2 if name in COVERING else 0 for name in offices}
    decided = {name: sum(numbers(user, Board.DECISIONS).values()) for name, user in offices.items()}
    assert decided == {name: 1 if name in COVERING else 0 for name in offices}
    rated = {name: bool(numbers(user, Board.RATINGS)) for name, user in offices.items()}
    assert rated == {name: name in COVERING for name in offices}


def test_drafts_running_cases_and_unissued_decisions_are_in_no_figure(scene: Scene) -> None:
    user = make_regulator()
    for state in (State.DRAFT, State.SUBMITTED, State.SUPPLEMENT, State.DECLINED, State.WITHDRAWN):
        scene.case_in(state)
    scene.case_in(State.READY)
    scene.write_decision(scene.case_in(State.CARRIED))
    count_all(scene.now)
    assert totals(user) == {
        Total.ACCEPTED: 2,
        Total.UNDECIDED: 2,
        Total.WITHDRAWN: 0,
        Total.COMMITTEES: 1,
        Total.BROKEN: 0,
        Total.VERIFYING: 0,
        Total.UNCERTIFIED: 0,
        Total.LAPSED: 0,
    }
    for board in (Board.DECISIONS, Board.RATINGS, Board.WEAK, Board.TURNAROUND, Board.COMPOSITION, Board.MATURITY):
        assert numbers(user, board) == {}
    assert set(numbers(user, Board.OVERDUE).values()) == {0}


def test_decisions_are_counted_by_kind_and_year(scene: Scene) -> None:
    user = make_regulator()
    for state in (State.APPROVED, State.APPROVED, State.REFUSED):
        scene.case_in(state)
    Decision.objects.filter(case__state=State.REFUSED.value).update(issued_at=scene.now - timedelta(days=400))
    count_all(scene.now)
    year, earlier = (str(timezone.localtime(at).year) for at in (scene.now, scene.now - timedelta(days=400)))
    assert numbers(user, Board.DECISIONS) == {
        (scene.kind(Effect.APPROVE), year, ""): 2,
        (scene.kind(Effect.REFUSE), earlier, ""): 1,
    }


# -- ratings --------------------------------------------------------------------------------------------------------


def as_issued(*cases: Case) -> Counter[tuple[str, str, str]]:
    """Item, step and kind as the documents of each case's newest decision read them."""
    found: Counter[tuple[str, str, str]] = Counter()
    for case in cases:
        decision = case.decisions.filter(issued_at__isnull=False).order_by("-number")[0]
        for ratings in IssuedFolder(decision).ratings:
            for item, rating in ratings.ratings.items():
                if rating.step or rating.not_applicable:
                    found[item, rating.step or "", decision.kind] += 1
    return found


def test_ratings_are_those_the_documents_of_the_decision_read(scene: Scene) -> None:
    user = make_regulator()
    low, other = scene.case_in(State.APPROVED, step="1"), scene.case_in(State.REFUSED)
    review = low.reviews.select_related("user").order_by("pk")[0]
    item = Answer.objects.filter(assessment=review.assessment_id).order_by("pk")[0].item
    later = scene.now + timedelta(minutes=1)
    Answer.objects.create(
        assessment_id=review.assessment_id, item=item, step="4", reason="Later.", by=review.user, at=later
    )
    gone = other.reviews.order_by("pk")[0]
    type(gone).objects.filter(pk=gone.pk).update(withdrawn_at=scene.now, withdrawn_reason="Left.")
    count_all(later)
    expected = as_issued(low, other)
    assert numbers(user, Board.RATINGS) == dict(expected)
    assert expected[item, "1", scene.kind(Effect.APPROVE)] == 2
    assert totals(user)[Total.RATED] == 2


def test_a_weak_spot_is_counted_once_a_case_by_item_and_by_point(scene: Scene) -> None:
    user = make_regulator()
    weak = scene.case_in(State.APPROVED, step="1")
    scene.case_in(State.APPROVED, step="3")
    count_all(scene.now)
    found = numbers(user, Board.WEAK)
    assert set(found.values()) == {1}
    assert {column for _row, column, _part in found} == {Grain.ITEM, Grain.POINT}
    assert {row.case_id for row in WeakSpot.objects.all()} == {weak.pk}
    rated = {item for item, _step, _kind in numbers(user, Board.RATINGS)}
    assert {row for row, column, _part in found if column == Grain.ITEM} == rated


def test_the_newest_decision_of_a_case_says_which_ratings_count(scene: Scene) -> None:
    """Ratings stay with the decision that modified until the next one is out."""
    user, case = make_regulator(), scene.case_in(State.CHECKING, effect=Effect.MODIFY_THEN_CHECK)
    count_all(scene.now)
    kinds = {kind for _item, _step, kind in numbers(user, Board.RATINGS)}
    assert kinds == {scene.kind(Effect.MODIFY_THEN_CHECK)}
    assert numbers(user, Board.RATINGS) == dict(as_issued(case))


def test_a_committee_is_summed_up_again_only_after_another_decision(scene: Scene) -> None:
    make_regulator()
    scene.case_in(State.APPROVED)
    assert uncounted_committees() == [scene.committee.pk]
    count_all(scene.now)
    assert uncounted_committees() == []
    scene.case_in(State.REVIEWING)
    assert uncounted_committees() == []
    scene.case_in(State.APPROVED)
    assert uncounted_committees() == [scene.committee.pk]
    count_all(scene.now + timedelta(minutes=20))
    assert RatedCommittee.objects.get().decisions == 2


# -- turnaround -----------------------------------------------------------------------------------------------------


def took(case: Case, accepted: datetime, decided: datetime, *waits: tuple[datetime, datetime | None]) -> None:
    """The case as if these had been its days."""
    Case.objects.filter(pk=case.pk).update(accepted_at=accepted)
    case.decisions.update(issued_at=decided)
    case.waits.all().delete()
    for begun, ended in waits:
        Wait.objects.create(case=case, kind="modification", started_at=begun, ended_at=ended)


def test_turnaround_tells_the_committees_days_and_the_applicants_apart(scene: Scene) -> None:
    user = make_regulator()
    cases = [scene.case_in(State.APPROVED) for _ in range(4)]
    base = timezone.localtime(scene.now).replace(month=2, day=1, hour=10)
    day = timedelta(days=1)
    for case, total, waited in zip(cases, (10, 20, 30, 40), (0, 0, 12, 20), strict=True):
        waits = [(base + day, base + day * (1 + waited))] if waited else []
        took(case, base, base + day * total, *waits)
    count_all(scene.now)
    found = {column: number for (_row, column, _part), number in numbers(user, Board.TURNAROUND).items()}
    assert found == {
        Measure.CASES: 4,
        Measure.COMMITTEE_LOW: 10,
        Measure.COMMITTEE_MID: 18,
        Measure.COMMITTEE_HIGH: 20,
        Measure.APPLICANT_LOW: 0,
        Measure.APPLICANT_MID: 0,
        Measure.APPLICANT_HIGH: 12,
        Measure.TOTAL_LOW: 10,
        Measure.TOTAL_MID: 20,
        Measure.TOTAL_HIGH: 30,
    }
    assert {row for row, _column, _part in numbers(user, Board.TURNAROUND)} == {f"{base.year}-Q1"}


def test_a_wait_outside_acceptance_and_decision_does_not_count(scene: Scene) -> None:
    user, case = make_regulator(), scene.case_in(State.REFUSED)
    base = timezone.localtime(scene.now).replace(month=5, day=10, hour=10)
    day = timedelta(days=1)
    took(case, base, base + day * 9, (base - day * 5, base - day), (base + day * 9, None))
    count_all(scene.now)
    found = {column: number for (_row, column, _part), number in numbers(user, Board.TURNAROUND).items()}
    assert (found[Measure.COMMITTEE_MID], found[Measure.APPLICANT_MID], found[Measure.TOTAL_MID]) == (9, 0, 9)


# -- obligations, committees, maturity ------------------------------------------------------------------------------


def test_what_is_overdue_is_counted_by_the_day_it_falls_due(scene: Scene) -> None:
    user = make_regulator()
    scene.case_in(State.REVIEWING)
    late = scene.case_in(State.APPROVED)
    count_all(scene.now)
    assert set(numbers(user, Board.OVERDUE).values()) == {0}
    days = scene.rules.meeting.days.value
    due = Condition.objects.get().due
    assert due is not None
    after = max(scene.now + timedelta(days=days + 1), scene.now + (due - scene.now.date()) + timedelta(days=1))
    count_all(after)
    found = {row: number for (row, _column, _part), number in numbers(user, Board.OVERDUE).items()}
    assert found == {Duty.DECIDE: 1, Duty.DECIDED_LATE: 0, Duty.CONDITION: 1, Duty.LOOK: 0, Duty.DCMM: 0}
    Case.objects.filter(pk=late.pk).update(clock_started_at=scene.now - timedelta(days=days + 1))
    count_all(after + timedelta(seconds=1))
    assert numbers(user, Board.OVERDUE)[Duty.DECIDED_LATE, "", ""] == 1
    Case.objects.filter(pk=late.pk).update(extended_to=scene.now.date())
    count_all(after + timedelta(seconds=2))
    assert numbers(user, Board.OVERDUE)[Duty.DECIDED_LATE, "", ""] == 0


def test_committees_that_lack_something_are_counted_once_for_each_kind(scene: Scene) -> None:
    user = make_regulator()
    Seat.objects.filter(user__in=[scene.chair, scene.vice_chair, *scene.members[:3]]).update(
        ends=scene.now.date() - timedelta(days=1)
    )
    count_all(scene.now)
    found = numbers(user, Board.COMPOSITION)
    assert {(row, column) for row, column, _part in found} >= {
        ("members_missing", scene.rulebook.slug),
        ("chair_missing", scene.rulebook.slug),
    }
    assert set(found.values()) == {1}
    assert (totals(user)[Total.BROKEN], totals(user)[Total.COMMITTEES]) == (1, 1)


def test_maturity_counts_valid_certificates_and_says_what_it_leaves_out(verifying: VerificationScene) -> None:
    user = make_regulator()
    certificate = verifying.certificate()
    verifying.verification_in(VState.ONSITE)
    now = verifying.after_notice + timedelta(days=1)
    count_all(now)
    row = certificate.verification.self_assessment
    assert numbers(user, Board.MATURITY) == {
        (str(certificate.tier), row.sector, row.organisation.province): 1,
    }
    assert {name: totals(user)[name] for name in (Total.VERIFYING, Total.UNCERTIFIED, Total.LAPSED)} == {
        Total.VERIFYING: 1,
        Total.UNCERTIFIED: 0,
        Total.LAPSED: 0,
    }
    Certificate.objects.update(state="suspended")
    count_all(now + timedelta(seconds=1))
    assert numbers(user, Board.MATURITY) == {}
    assert totals(user)[Total.LAPSED] == 1


# -- whole or not at all ----------------------------------------------------------------------------------------------


def test_counting_twice_gives_the_same_and_no_event(scene: Scene) -> None:
    user = make_regulator()
    scene.case_in(State.APPROVED)
    count_all(scene.now)
    before, events = sorted(Figure.objects.values_list("board", "row", "number")), AuditEvent.objects.count()
    assert rebuild_figures(office_of(user).pk, now=scene.now) is False
    assert rebuild_figures(office_of(user).pk, now=scene.now + timedelta(seconds=1)) is True
    assert sorted(Figure.objects.values_list("board", "row", "number")) == before
    assert AuditEvent.objects.count() == events


def test_old_figures_stay_where_a_counting_fails(scene: Scene) -> None:
    user = make_regulator()
    scene.case_in(State.APPROVED)
    count_all(scene.now)
    before = numbers(user, Board.DECISIONS)
    scene.case_in(State.APPROVED)
    type(scene.committee).objects.update(rulebook_slug="nobody-published-it")
    with pytest.raises(KeyError):
        rebuild_figures(office_of(user).pk, now=scene.now + timedelta(minutes=20))
    assert numbers(user, Board.DECISIONS) == before
    assert FigureSet.objects.get().built_at == scene.now


def test_authorities_are_due_when_never_counted_or_long_ago(scene: Scene) -> None:
    first, second = make_regulator(), make_regulator(Reach.LISTED)
    assert due_offices(scene.now) == [office_of(first).pk, office_of(second).pk]
    rebuild_figures(office_of(first).pk, now=scene.now)
    assert due_offices(scene.now) == [office_of(second).pk]
    assert due_offices(scene.now + timedelta(minutes=14)) == [office_of(first).pk, office_of(second).pk]
