"""A scene that is repeated is the scene that was driven, and is repeated only where nothing else has been written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import transaction

from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chains, verify_chain
from tests import driven
from tests.factories import make_user
from tests.scenes import make_scene
from tests.verification_scenes import HIGH, make_verification_scene
from workflows.domain.states import State
from workflows.domain.verification_states import VState

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    """Taken back as ``transaction.atomic`` does, but for the block, which actions do not stand in."""
    begun = transaction.savepoint()
    yield
    transaction.savepoint_rollback(begun)


def walk(now: datetime) -> tuple[tuple[int, int], driven.Rows]:
    """A case that was approved and a verification that was certified, by their ids, and all rows there are."""
    case = make_scene(now).case_in(State.APPROVED)
    verification = make_verification_scene(now).verification_in(VState.CERTIFIED, HIGH)
    return (case.pk, verification.pk), driven.all_rows(driven.Step())


def test_repeated_scene_is_the_driven_one_row_for_row(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driven, "BEGINNING", driven.Step())
    with undone():
        first = walk(now)
    assert not AuditEvent.objects.exists()
    driven.stand(driven.BEGINNING)
    assert walk(now) == first
    assert [chain for chain in chains() if not verify_chain(chain).ok] == []


def test_scene_is_driven_where_something_else_was_written(now: datetime) -> None:
    scene = make_scene(now)
    assert driven.here() is not None
    make_user()
    assert driven.here() is None
    scene.case_in(State.SUBMITTED)
    assert driven.here() is None


def test_scene_that_was_rolled_back_is_no_place_to_go_on_from(now: datetime) -> None:
    scene = make_scene(now)
    with undone():
        scene.case_in(State.SUBMITTED)
        assert driven.here() is not None
    assert driven.here() is None
