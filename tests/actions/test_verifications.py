"""Every row of the table of verifications through its action: done with its exact event, each gap, wrong people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.actions.verification_acts import Row
from tests.actions.verification_rows import OUTSTANDING, VERIFICATION_ROWS
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import VRole
from workflows.domain.verification_table import VERIFICATION_TABLE
from workflows.models import OnSiteEntry, Verification

pytestmark = pytest.mark.django_db

R = VRole
HELD: dict[str, set[VRole]] = {
    "lead": {R.ENTERPRISE, R.LEAD},
    "colleague": {R.ENTERPRISE},
    "coordinator": {R.COORDINATOR},
    "decider": {R.DECIDER},
    "lead_assessor": {R.ASSESSOR, R.LEAD_ASSESSOR},
    "assessor": {R.ASSESSOR},
    "reviewer": {R.REVIEWER},
    "panellist": {R.PANELLIST},
    "spare": set(),
    "stranger": set(),
    "operator": set(),
}

# whose same act takes another row of the table
ELSEWHERE = {
    "correction.close": {"lead_assessor"},
    "correction.end": {"lead"},
    "recusal.record": {"assessor"},
}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back; a bare savepoint, so that actions still begin their own transaction."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def events(row: Verification, after: int = 0) -> list[tuple[str, int | None, dict[str, Any]]]:
    found = AuditEvent.objects.filter(subject=f"verification:{row.pk}", pk__gt=after).order_by("pk")
    return [(event.verb, event.actor, event.facts) for event in found]


def last_event() -> int:
    return AuditEvent.objects.latest("pk").pk


def cast_of(scene: VerificationScene, stranger: User, operator: User) -> dict[str, User]:
    return {
        "lead": scene.lead,
        "colleague": scene.enterprise.colleague,
        "coordinator": scene.coordinator,
        "decider": scene.decider,
        "lead_assessor": scene.lead_assessor,
        "assessor": scene.assessor,
        "reviewer": scene.reviewer,
        "panellist": scene.panel[0],
        "spare": scene.spare,
        "stranger": stranger,
        "operator": operator,
    }


def refused_nothing_written(
    row: Row, scene: VerificationScene, it: Verification, user: User, gaps: tuple[Gap, ...]
) -> None:
    before = (Verification.objects.values().get(pk=it.pk), last_event())
    with pytest.raises(Refused) as refused:
        row.act(scene, it, user)
    assert refused.value.gaps == gaps
    assert (Verification.objects.values().get(pk=it.pk), last_event()) == before


def known(gap: Gap, scene: VerificationScene) -> Gap:
    """The gap with what a scene alone knows put in."""
    people = {"@spare": str(scene.spare.pk), "@assessor": str(scene.assessor.pk)}
    return replace(gap, detail=people.get(gap.detail, gap.detail))


@pytest.mark.parametrize("verb", VERIFICATION_ROWS)
def test_row_is_walked(verb: str, now: datetime, stranger: User, operator: User) -> None:
    row, roles = VERIFICATION_ROWS[verb], next(t.roles for t in VERIFICATION_TABLE if t.verb == verb)
    scene = make_verification_scene(now)
    it = scene.verification_in(row.state, row.course)
    cast = cast_of(scene, stranger, operator)
    if row.prepare is not None:
        row.prepare(scene, it)
    it.refresh_from_db()
    actor = cast[row.by] if row.by else scene.coordinator
    for name, user in cast.items():
        if row.by and not HELD[name] & roles and name not in ELSEWHERE.get(verb, ()):
            refused_nothing_written(row, scene, it, user, (Gap(GapCode.WRONG_ROLE),))
    for kept in row.kept:
        with undone():
            if kept.prepare is not None:
                kept.prepare(scene, it)
            tried = replace(row, act=kept.act or row.act)
            refused_nothing_written(tried, scene, it, actor, tuple(known(gap, scene) for gap in kept.gaps))
    done_once_then_again(row, verb, scene, it, actor)


def done_once_then_again(row: Row, verb: str, scene: VerificationScene, it: Verification, actor: User) -> None:
    change = {"was": row.state.value, "became": row.became.value} if row.state is not row.became else {}
    gone = OnSiteEntry.objects.filter(verification=it).values_list("pk", flat=True).last()
    by = actor.pk if row.by else None

    def expected(result: Any) -> tuple[str, int | None, dict[str, Any]]:
        facts = {key: gone if value == "@gone" else value for key, value in row.facts(scene, it, result).items()}
        return verb, by, {**change, **facts}

    before = last_event()
    first = row.act(scene, it, actor)
    it.refresh_from_db()
    done = [expected(first)]
    assert it.state == row.became.value
    assert events(it, before) == done
    if isinstance(row.twice, Gap):
        refused_nothing_written(row, scene, it, actor, (row.twice,))
    elif isinstance(row.twice, type):
        with pytest.raises(row.twice):
            row.act(scene, it, actor)
    else:
        again = row.act(scene, it, actor)
        done += [expected(again)] if row.twice == "again" else []
    it.refresh_from_db()
    assert it.state == row.became.value
    assert events(it, before) == done


def test_ballot_with_votes_outstanding_stays_open(now: datetime) -> None:
    scene = make_verification_scene(now)
    it = scene.verification_in(OUTSTANDING.state, OUTSTANDING.course)
    assert OUTSTANDING.prepare is not None
    OUTSTANDING.prepare(scene, it)
    it.refresh_from_db()
    refused_nothing_written(OUTSTANDING, scene, it, scene.coordinator, OUTSTANDING.kept[0].gaps)
