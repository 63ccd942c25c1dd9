"""Two people at once on a verification: exactly one comes through, votes keep their order, the chain holds."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from tests.factories import make_person
from tests.verification_scenes import HIGH, VerificationScene, make_verification_scene
from workflows.actions import (
    verification_correction,
    verification_panel,
    verification_rounds,
    verification_team,
    verifications,
)
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import VState
from workflows.models import Certificate, PanelBallot, PanelVote, Verification, VerificationReport

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


def at_once(scene: VerificationScene, *calls: Callable[[], Any]) -> list[Any]:
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
            chain = f"audit:organisation:{scene.enterprise.organisation.pk}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [chain])
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    for thread in threads:
        thread.join(timeout=30)
    return found


def chain_holds(scene: VerificationScene) -> bool:
    return verify_chain(f"organisation:{scene.enterprise.organisation.pk}").ok


def count(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def refusals(found: list[Any]) -> list[tuple[Gap, ...]]:
    return [one for one in found if isinstance(one, tuple)]


def test_verification_is_decided_by_one_of_two(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    other = make_person(role=MemberRole.MANAGER, organisation=scene.host, name="Da Decider")

    def decide(actor: User, *, certify: bool) -> Verification:
        return verifications.decide_verification(
            row.pk, certify=certify, reasons="So.", actor=actor, now=scene.after_notice
        )

    found = at_once(scene, lambda: decide(scene.decider, certify=True), lambda: decide(other, certify=False))
    row.refresh_from_db()
    assert refusals(found) == [(Gap(GapCode.WRONG_STATE, row.state),)]
    certified = row.state == "certified"
    assert (Certificate.objects.count(), VerificationReport.objects.count()) == ((1, 4) if certified else (0, 2))
    assert (count("verification.decide"), chain_holds(scene)) == (1, True)


def test_two_certificates_get_two_numbers(scene: VerificationScene) -> None:
    rows = [scene.verification_in(VState.NOTICE), scene.verification_in(VState.NOTICE)]
    at_once(scene, *[lambda r=row: scene.decide(r) for row in rows])  # type: ignore[misc]
    assert set(Certificate.objects.values_list("number", flat=True)) == {"AIC-2026-0001", "AIC-2026-0002"}
    assert chain_holds(scene) is True


def test_one_of_two_requests_for_the_same_snapshot_comes_through(scene: VerificationScene) -> None:
    snapshot = scene.hand_in()

    def ask() -> Verification:
        return verifications.request_verification(
            snapshot.self_assessment_id, host=scene.host, actor=scene.lead, now=scene.now
        )

    found = at_once(scene, ask, ask)
    assert refusals(found) == [(Gap(GapCode.VERIFICATION_RUNNING),)]
    assert (Verification.objects.count(), count("verification.request")) == (1, 1)


def test_votes_of_five_at_once_are_all_kept_in_order(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)

    def vote(user: User) -> PanelVote:
        return verification_panel.cast_panel_vote(
            row.pk, ballot_id=ballot.pk, choice=Choice.FOR, reason="", actor=user, now=scene.now
        )

    found = at_once(scene, *[lambda u=user: vote(u) for user in scene.panel])  # type: ignore[misc]
    assert [type(one) for one in found] == [PanelVote] * 5
    assert list(PanelVote.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert chain_holds(scene) is True


def test_vote_during_the_close_counts_or_is_refused(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)
    scene.vote(row, ballot, (Choice.FOR,) * 4)
    found = at_once(
        scene,
        lambda: verification_panel.cast_panel_vote(
            row.pk, ballot_id=ballot.pk, choice=Choice.AGAINST, reason="", actor=scene.panel[4], now=scene.now
        ),
        lambda: verification_panel.close_ballot(row.pk, ballot_id=ballot.pk, actor=scene.coordinator, now=scene.now),
    )
    closed = PanelBallot.objects.get()
    assert closed.standing is not None
    if isinstance(found[0], PanelVote):
        assert (closed.standing["against"], closed.standing["silent"]) == (1, 0)
    else:
        assert found[0] == (Gap(GapCode.WRONG_STATE, "notice"),)
        assert (closed.standing["against"], closed.standing["silent"]) == (0, 1)
    assert (closed.carried, chain_holds(scene)) == (True, True)


def test_stale_rating_of_two_assessors_is_told_so(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)

    def rate(step: str, actor: User) -> Any:
        return verification_rounds.rate_criterion(
            row.pk, "1.1.1", step=step, note="", seen=0, actor=actor, now=scene.now
        )

    found = at_once(scene, lambda: rate("F", scene.assessor), lambda: rate("P", scene.lead_assessor))
    assert refusals(found) == [(Gap(GapCode.STALE, "1.1.1"),)]
    assert (count("round.rate"), chain_holds(scene)) == (1, True)


def test_window_is_ended_once_by_enterprise_and_clock(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION)
    at_once(
        scene,
        lambda: verification_correction.close_correction(row.pk, actor=scene.lead, now=scene.after_window),
        lambda: verification_correction.lapse_correction(row.pk, actor=None, now=scene.after_window),
    )
    row.refresh_from_db()
    assert (row.state, count("correction.close") + count("correction.end")) == ("recommending", 1)


def test_team_has_one_lead_whoever_is_made_it_at_once(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)

    def lead(user: User) -> Any:
        return verification_team.assign_assessor(row.pk, user, lead=True, actor=scene.coordinator, now=scene.now)

    at_once(scene, lambda: lead(scene.assessor), lambda: lead(scene.spare))
    assert [place.lead for place in scene.folder(row).team] == [True, False, False]
    assert (count("team.assign"), chain_holds(scene)) == (4, True)
