"""Every row of the table through its action: done with its exact event, each gap, wrong people, twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.actions.acts import Row
from tests.actions.rows import ROWS
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import Role
from workflows.domain.transitions import TABLE
from workflows.models import Case, TeamMember

pytestmark = pytest.mark.django_db

HELD = {
    "lead": {Role.APPLICANT, Role.TEAM},
    "colleague": {Role.TEAM},
    "secretary": {Role.SECRETARY},
    "chair": {Role.MEMBER, Role.CHAIR},
    "vice_chair": {Role.MEMBER},
    "member": {Role.MEMBER},
    "reviewer": {Role.MEMBER, Role.REVIEWER},
    "alternate": {Role.MEMBER},
    "manager": set(),
    "stranger": set(),
    "operator": set(),
}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back; a bare savepoint, so that actions still begin their own transaction."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def events(case: Case, after: int = 0) -> list[tuple[str, int | None, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(subject=f"case:{case.pk}", pk__gt=after).order_by("pk")
    return [(row.verb, row.actor, row.facts) for row in rows]


def last_event() -> int:
    return AuditEvent.objects.latest("pk").pk


def cast_of(scene: Scene, case: Case, stranger: User, operator: User) -> dict[str, User]:
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company, name="Co Colleague")
    TeamMember.objects.create(case=case, user=colleague)
    return {
        "lead": scene.lead,
        "colleague": colleague,
        "secretary": scene.secretary,
        "chair": scene.chair,
        "vice_chair": scene.vice_chair,
        "member": scene.members[4],
        "reviewer": scene.members[0],
        "alternate": scene.alternate,
        "manager": scene.manager,
        "stranger": stranger,
        "operator": operator,
    }


def refused_nothing_written(row: Row, scene: Scene, case: Case, user: User, gaps: tuple[Gap, ...]) -> None:
    before = (Case.objects.values().get(pk=case.pk), last_event())
    with pytest.raises(Refused) as refused:
        row.act(scene, case, user)
    assert refused.value.gaps == gaps
    assert (Case.objects.values().get(pk=case.pk), last_event()) == before


def known(gap: Gap, scene: Scene) -> Gap:
    """The gap with what a scene alone knows put in."""
    gate = scene.gate if gap.code is GapCode.GATE_REASON_MISSING else f"{scene.gate}#{scene.members[0].pk}"
    return replace(gap, detail={"@gate": gate, "@recused": str(scene.members[0].pk)}.get(gap.detail, gap.detail))


@pytest.mark.parametrize("verb", ROWS)
def test_row_is_walked(verb: str, now: datetime, stranger: User, operator: User) -> None:
    row, roles = ROWS[verb], next(t.roles for t in TABLE if t.verb == verb)
    scene = make_scene(now)
    case = scene.case_in(row.state, **row.course)
    cast = cast_of(scene, case, stranger, operator)
    if row.prepare is not None:
        row.prepare(scene, case)
    held = {**HELD, "chair": {Role.MEMBER}, row.leading: {Role.MEMBER, Role.CHAIR}}
    for name, user in cast.items():
        if not held[name] & roles:
            refused_nothing_written(row, scene, case, user, (Gap(GapCode.WRONG_ROLE),))
    for kept in row.kept:
        with undone():
            if kept.prepare is not None:
                kept.prepare(scene, case)
            tried = replace(row, act=kept.act or row.act)
            gaps = tuple(known(gap, scene) for gap in kept.gaps)
            refused_nothing_written(tried, scene, case, cast[row.by], gaps)
    done_once_then_again(row, verb, scene, case, cast[row.by])


def done_once_then_again(row: Row, verb: str, scene: Scene, case: Case, actor: User) -> None:
    moves = next(t for t in TABLE if t.verb == verb)
    before = last_event()
    result = row.act(scene, case, actor)
    case.refresh_from_db()
    change = {"was": row.state.value, "became": row.became.value}
    is_move = moves.target is not None or verb in {"motion.close", "decision.issue", "case.resubmit"}
    expected = (verb, actor.pk, {**(change if is_move else {}), **row.facts(scene, case, result)})
    assert case.state == row.became.value
    assert events(case, before) == [expected]
    if isinstance(row.twice, Gap):
        refused_nothing_written(row, scene, case, actor, (row.twice,))
    else:
        row.act(scene, case, actor)
        case.refresh_from_db()
        assert case.state == row.became.value
        assert events(case, before) == [expected] * (2 if row.twice == "again" else 1)
