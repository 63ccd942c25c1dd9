"""Two people at once, on real connections: exactly one comes through, the other is refused, the chain holds."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from tests.scenes import Scene, make_scene, open_motion
from workflows.actions import applications, conflicts, decisions, meetings, motions, reviews
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import MeetingState, State
from workflows.models import AgendaItem, Case, CaseReport, Decision, Meeting, Motion, Vote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def at_once(scene: Scene, *calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or was refused with, each on a connection of its own.

    The audit chain is held until all have gone as far as they come: only their own locks keep them apart.
    """
    gate, found = threading.Barrier(len(calls), timeout=20), [None] * len(calls)

    def run(place: int) -> None:
        connection.ensure_connection()
        gate.wait()
        try:
            found[place] = calls[place]()
        except Refused as refused:
            found[place] = refused.gaps
        except Exception as fault:  # a thread's fault would be lost
            found[place] = repr(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    with transaction.atomic():
        with connection.cursor() as cursor:
            chain = f"audit:organisation:{scene.host.pk}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [chain])
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    for thread in threads:
        thread.join(timeout=30)
    return found


def chain_holds(scene: Scene) -> bool:
    return verify_chain(f"organisation:{scene.host.pk}").ok


def count(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def refusals(found: list[Any]) -> list[tuple[Gap, ...]]:
    return [one for one in found if isinstance(one, tuple)]


def test_decision_is_issued_by_one_of_two_hands(scene: Scene) -> None:
    case = scene.case_in(State.CARRIED)
    scene.write_decision(case)
    found = at_once(scene, *[lambda: decisions.issue_decision(case.pk, actor=scene.chair, now=scene.now)] * 2)
    assert refusals(found) == [(Gap(GapCode.WRONG_STATE, "approved"),)]
    assert [type(one) for one in found if not isinstance(one, tuple)] == [Decision]
    assert (count("decision.issue"), CaseReport.objects.count(), chain_holds(scene)) == (1, 4, True)


def test_application_is_submitted_once(scene: Scene) -> None:
    case = scene.case_in(State.DRAFT)
    found = at_once(scene, *[lambda: applications.submit_case(case.pk, actor=scene.lead, now=scene.now)] * 3)
    assert refusals(found) == [(Gap(GapCode.WRONG_STATE, "submitted"),)] * 2
    assert (count("case.submit"), chain_holds(scene)) == (1, True)
    assert Case.objects.get().reference == "LKS-2026-0001"


def test_two_applications_get_two_references(scene: Scene) -> None:
    cases = [scene.case_in(State.DRAFT), scene.case_in(State.DRAFT)]
    at_once(scene, *[lambda c=c: applications.submit_case(c.pk, actor=scene.lead, now=scene.now) for c in cases])  # type: ignore[misc]
    assert set(Case.objects.values_list("reference", flat=True)) == {"LKS-2026-0001", "LKS-2026-0002"}
    assert chain_holds(scene) is True


def test_ballot_is_closed_by_one_of_two_hands(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, dict.fromkeys(scene.voters[:5], Choice.FOR))
    motion = open_motion(case)
    found = at_once(
        scene,
        lambda: motions.close_motion(case.pk, motion_id=motion.pk, actor=scene.chair, now=scene.now),
        lambda: motions.close_motion(case.pk, motion_id=motion.pk, actor=scene.secretary, now=scene.now),
    )
    assert refusals(found) == [(Gap(GapCode.WRONG_STATE, "carried"),)]
    assert (count("motion.close"), Case.objects.get().state, chain_holds(scene)) == (1, "carried", True)


def test_vote_cast_during_the_close_counts_or_is_refused(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case, dict.fromkeys(scene.voters[:4], Choice.FOR))
    motion = open_motion(case)

    def vote() -> Vote:
        return motions.cast_vote(
            case.pk, motion_id=motion.pk, choice=Choice.FOR, reason="", actor=scene.voters[4], now=scene.now
        )

    found = at_once(
        scene,
        vote,
        lambda: motions.close_motion(case.pk, motion_id=motion.pk, actor=scene.chair, now=scene.now),
    )
    closed = Motion.objects.get()
    assert closed.standing is not None
    if isinstance(found[0], Vote):
        assert (closed.carried, closed.standing["in_favour"], Vote.objects.count()) == (True, 5, 5)
    else:
        assert found[0] == (Gap(GapCode.WRONG_STATE, "deliberating"),)
        assert (closed.carried, closed.standing["in_favour"], Vote.objects.count()) == (False, 4, 4)
    assert chain_holds(scene) is True


def test_votes_of_seven_at_once_are_all_kept_in_order(scene: Scene) -> None:
    case = scene.case_in(State.VOTING)
    motion = open_motion(case)

    def vote(user: User) -> Vote:
        return motions.cast_vote(case.pk, motion_id=motion.pk, choice=Choice.FOR, reason="", actor=user, now=scene.now)

    found = at_once(scene, *[lambda u=user: vote(u) for user in scene.voters])  # type: ignore[misc]
    assert [type(one) for one in found] == [Vote] * 7
    assert list(Vote.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert chain_holds(scene) is True


def test_one_of_two_items_is_opened(scene: Scene) -> None:
    cases = [scene.case_in(State.READY), scene.case_in(State.READY)]
    scene.convene(*cases)
    found = at_once(scene, *[lambda c=c: motions.open_item(c.pk, actor=scene.chair, now=scene.now) for c in cases])  # type: ignore[misc]
    assert refusals(found) == [(Gap(GapCode.ITEM_OPEN),)]
    assert sorted(Case.objects.values_list("state", flat=True)) == ["deliberating", "ready"]


def test_item_is_not_opened_in_a_meeting_that_closes(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    meeting = scene.convene(case)
    found = at_once(
        scene,
        lambda: motions.open_item(case.pk, actor=scene.chair, now=scene.now),
        lambda: meetings.close_meeting(meeting.pk, actor=scene.secretary, now=scene.now),
    )
    state = (Case.objects.get().state, Meeting.objects.get().state, AgendaItem.objects.get().outcome)
    if isinstance(found[0], AgendaItem):
        assert found[1] == (Gap(GapCode.ITEM_OPEN),)
        assert state == (State.DELIBERATING.value, MeetingState.OPEN.value, "")
    else:
        assert found[0] == (Gap(GapCode.NOT_ON_AGENDA), Gap(GapCode.MEETING_NOT_OPEN))
        assert state == (State.READY.value, MeetingState.CLOSED.value, "not_reached")


def test_case_comes_to_one_of_two_meetings(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    rooms = [scene.plan(), scene.plan()]
    found = at_once(
        scene,
        *[lambda m=m: meetings.set_agenda(m.pk, [case.pk], actor=scene.secretary, now=scene.now) for m in rooms],  # type: ignore[misc]
    )
    assert refusals(found) == [(Gap(GapCode.WRONG_STATE, str(case.pk)),)]
    assert AgendaItem.objects.count() == 1


def test_withdrawal_and_motion_at_once_leave_one_of_them(scene: Scene) -> None:
    case = scene.case_in(State.DELIBERATING)
    found = at_once(
        scene,
        lambda: applications.withdraw_case(case.pk, reasons="Given up.", actor=scene.lead, now=scene.now),
        lambda: motions.put_motion(case.pk, decision_kind="approve", text="", actor=scene.chair, now=scene.now),
    )
    assert len(refusals(found)) == 1
    assert Case.objects.get().state == ("withdrawn" if isinstance(found[0], Case) else "voting")
    assert chain_holds(scene) is True


def test_conflict_is_declared_once_and_the_review_of_that_moment_does_not_count(scene: Scene) -> None:
    case = scene.case_in(State.REVIEWING)
    member = scene.members[0]
    found = at_once(
        scene,
        lambda: conflicts.declare_conflict(case.pk, member, kind="family", reason="", actor=member, now=scene.now),
        lambda: conflicts.declare_conflict(
            case.pk, member, kind="family", reason="Cousin.", actor=scene.secretary, now=scene.now
        ),
        lambda: reviews.rate_indicator(
            case.pk, scene.gate, step="0", not_applicable=False, reason="No.", actor=member, now=scene.now
        ),
    )
    assert (case.conflicts.count(), count("conflict.declare")) == (1, 1)
    assert len(refusals(found[:2])) == 1
    assert case.reviews.filter(user=member, withdrawn_at__isnull=True).count() == 0
    assert chain_holds(scene) is True
