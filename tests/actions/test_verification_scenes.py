"""The scenes themselves: every state is reached by the actions alone."""

from datetime import datetime

import pytest

from tests.verification_scenes import HIGH, Course, make_verification_scene
from workflows.domain.verification_states import VState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", VState, ids=lambda state: state.value)
def test_every_state_is_reached(state: VState, now: datetime) -> None:
    course = Course(certify=False) if state is VState.REFUSED else HIGH if state is VState.PANEL else Course()
    assert make_verification_scene(now).verification_in(state, course).state == state.value
