"""The reviews side by side: who reads them, how they are ordered, what became of each block."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from assessments.domain.answers import EvidenceLink
from ethicsreview.accounts.models import User
from tests.scenes import Scene, make_scene, rate, rate_all
from workflows.actions import motions, reviews
from workflows.actions.conflicts import declare_conflict
from workflows.domain.ballots import Choice
from workflows.domain.states import State
from workflows.models import Case
from workflows.queries.comparison import Fate, compare, open_reviews
from workflows.queries.folders import Folder
from workflows.queries.rating import progress, rows_of
from workflows.queries.submitted import citable, papers

GATE = "HR-2"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    """One committee and its applicant."""
    return make_scene(now)


@pytest.fixture
def case(scene: Scene) -> Case:
    """Two reviews handed in and opened: the first reviewer blocks a gate and rates another point lower."""
    case = scene.case_in(State.REVIEWING)
    for user in scene.members[:2]:
        rate_all(case, user, "3", now=scene.now)
    rate(case, scene.members[0], "SA-1", "1", now=scene.now)
    rate(case, scene.members[0], GATE, "0", now=scene.now, reason="Not screened.")
    for user in scene.members[:2]:
        reviews.submit_review(case.pk, opinion="Sound.", actor=user, now=scene.now)
    reviews.close_reviews(case.pk, actor=scene.secretary, now=scene.now)
    return case


def read(case: Case, user: User, now: datetime) -> Folder:
    return Folder(Case.objects.get(pk=case.pk), user=user, now=now)


def fates(case: Case, user: User, now: datetime) -> list[tuple[str, str, Fate]]:
    found = compare(read(case, user, now)).blocked
    return [(block.item.key, block.reviewer.name, block.fate) for block in found]


def test_nobody_reads_reviews_before_they_are_opened(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    rate_all(case, scene.members[0], now=scene.now)
    reviews.submit_review(case.pk, opinion="Sound.", actor=scene.members[0], now=scene.now)
    people = [scene.secretary, scene.chair, scene.members[0], scene.members[3]]
    assert [open_reviews(read(case, user, scene.now)) for user in people] == [()] * 4


def test_the_committee_reads_opened_reviews_and_nobody_else(scene: Scene, case: Case, stranger: User) -> None:
    people = [scene.secretary, scene.members[3], scene.lead, stranger]
    assert [len(open_reviews(read(case, user, scene.now))) for user in people] == [2, 2, 0, 0]


def test_the_review_of_a_recused_member_no_longer_counts(scene: Scene, case: Case) -> None:
    reviewer = scene.members[0]
    declare_conflict(case.pk, reviewer, kind="other", reason="A relative.", actor=reviewer, now=scene.now)
    found = compare(read(case, scene.chair, scene.now))
    assert ([row.user for row in found.reviews], found.blocked) == ([scene.members[1]], ())


def test_what_divides_most_comes_first_then_the_order_of_the_instrument(scene: Scene, case: Case) -> None:
    rows = compare(read(case, scene.chair, scene.now)).rows
    assert [(row.item.key, row.spread) for row in rows[:4]] == [(GATE, 3), ("SA-1", 2), ("HR-1", 0), ("HR-3", 0)]


def test_a_rating_beside_not_applicable_comes_before_agreement(scene: Scene, case: Case) -> None:
    later = scene.now + timedelta(hours=1)
    reviews.rate_indicator(
        case.pk, "SD-4", step=None, not_applicable=True, reason="None.", actor=scene.members[1], now=later
    )
    rows = compare(read(case, scene.chair, later)).rows
    assert [row.item.key for row in rows[:3]] == [GATE, "SA-1", "SD-4"]


def test_a_block_stands(scene: Scene, case: Case) -> None:
    assert fates(case, scene.chair, scene.now) == [(GATE, "Mei Member 1", Fate.STANDING)]


def test_a_block_its_reviewer_revised_is_kept_as_revised(scene: Scene, case: Case) -> None:
    later = scene.now + timedelta(hours=1)
    rate(case, scene.members[0], GATE, "2", now=later, reason="The annex has it.")
    found = compare(read(case, scene.chair, later))
    assert [(block.fate, block.answer.reason, block.revised_at) for block in found.blocked] == [
        (Fate.REVISED, "Not screened.", later)
    ]
    given = next(row for row in found.rows if row.item.key == GATE).given[0]
    assert [answer.step for answer in given.history] == ["0", "2"]


def test_a_block_raised_again_stands_again(scene: Scene, case: Case) -> None:
    for hours, step in ((1, "2"), (2, "0")):
        rate(case, scene.members[0], GATE, step, now=scene.now + timedelta(hours=hours))
    assert fates(case, scene.chair, scene.now) == [(GATE, "Mei Member 1", Fate.STANDING)]


def test_a_zero_that_was_changed_before_handing_in_never_blocked(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    for user in scene.members[:2]:
        rate_all(case, user, now=scene.now)
    rate(case, scene.members[0], GATE, "0", now=scene.now)
    rate(case, scene.members[0], GATE, "3", now=scene.now)
    for user in scene.members[:2]:
        reviews.submit_review(case.pk, opinion="Sound.", actor=user, now=scene.now + timedelta(hours=1))
    reviews.close_reviews(case.pk, actor=scene.secretary, now=scene.now + timedelta(hours=1))
    assert fates(case, scene.chair, scene.now) == []


def test_a_block_the_committee_resolved_names_its_motion(scene: Scene, case: Case) -> None:
    scene.open_room(case)
    later = scene.now + timedelta(minutes=1)
    motions.put_gate_motion(
        case.pk, reviewer=scene.members[0].pk, indicator=GATE, text="The annex has it.", actor=scene.chair, now=later
    )
    scene.vote(case, Choice.FOR)
    motion = scene.close(case)
    found = compare(read(case, scene.chair, later)).blocked
    assert [(block.fate, block.motion) for block in found] == [(Fate.RESOLVED, motion)]


def test_evidence_may_come_from_every_submitted_version_and_from_no_other_case(scene: Scene) -> None:
    case, other = scene.case_in(State.REVIEWING), scene.case_in(State.REVIEWING)
    mine, theirs = (citable(read(c, scene.members[0], scene.now)) for c in (case, other))
    assert mine & theirs == frozenset()
    assert {paper.version for paper in papers(read(case, scene.members[0], scene.now))} == mine


def test_progress_counts_what_is_rated_missing_and_blocking(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    rate(case, scene.members[0], "HR-1", "3", now=scene.now)
    rate(case, scene.members[0], GATE, "0", now=scene.now, reason="")
    first = progress(read(case, scene.members[0], scene.now))[0]
    assert (first.answered, first.asked, first.blocking, first.unreasoned) == (2, 7, 1, (GATE,))
    assert len(first.missing) == 5


def test_own_rows_carry_their_evidence(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    reviewer = scene.members[0]
    version = min(citable(read(case, reviewer, scene.now)))
    link = EvidenceLink(version, 2, "line 3")
    reviews.rate_indicator(
        case.pk, "HR-1", step="3", not_applicable=False, reason="", evidence=[link], actor=reviewer, now=scene.now
    )
    folder = read(case, reviewer, scene.now)
    answer = rows_of(folder, folder.instrument.groups[0])[0].answer
    assert answer is not None
    assert [(row.version_id, row.page, row.note) for row in answer.evidence.all()] == [(version, 2, "line 3")]
