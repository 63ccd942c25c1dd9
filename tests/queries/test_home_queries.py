"""What home costs: the same for one case and for three."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.domain.states import State


@pytest.fixture
def scene(db: None) -> Scene:
    """Twenty-six days ago, so that what was accepted then is nearly due."""
    return make_scene(this_moment() - timedelta(days=26))


def fill(scene: Scene, rows: int) -> None:
    for _ in range(rows):
        for state in (State.DRAFT, State.SUBMITTED, State.REVIEWING, State.READY, State.APPROVED):
            scene.case_in(state)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "count"), [("lead", 7), ("secretary", 17), ("chair", 13), ("manager", 8)])
def test_home_costs_the_same_for_one_row_and_three(
    client: Client,
    scene: Scene,
    who: str,
    count: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(scene, rows)
    client.force_login(getattr(scene, who))
    client.get("/")
    with django_assert_num_queries(count):
        client.get("/")
