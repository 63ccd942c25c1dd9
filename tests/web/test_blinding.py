"""What nobody may learn too early: a page reads the same whatever a blind reviewer rated, or a voter voted."""

import re
from collections.abc import Callable, Sequence

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from ethicsreview.accounts.models import User
from tests.scenes import Scene, make_scene, rate, rate_all
from workflows.actions.reviews import submit_review
from workflows.domain.ballots import Choice
from workflows.domain.states import State
from workflows.models import Case, Meeting

PAGES = ("", "comparison/", "review/", "decision/", "reports/", "conflicts/", "reviewers/", "classify/", "extend/")
TABLE = ("motions/put/", "motions/gate/", "motions/withdraw/", "item/adjourn/")
EVERYWHERE = ("/", "/cases/", "/meetings/", "/notices/")
CHANGING = re.compile(r'csrfmiddlewaretoken"[^>]*|X-CSRFToken[^}]*|nonce="[^"]*"')


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(timezone.now())  # pages tell how long ago; both looks fall into the first minute


def seen(users: Sequence[User], addresses: Sequence[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """What each of them reads at each address, without what changes with every request."""
    found = {}
    for user in users:
        client = Client()
        client.force_login(user)
        for address in addresses:
            response = client.get(address)
            found[user.name, address] = response.status_code, CHANGING.sub("", response.content.decode())
    return found


def told_apart(look: Callable[[], dict[tuple[str, str], tuple[int, str]]], *deeds: Callable[[], object]) -> list[str]:
    """The pages that read differently after one deed and after the other."""
    views = []
    for deed in deeds:
        point = transaction.savepoint()
        deed()
        views.append(look())
        transaction.savepoint_rollback(point)
    return [f"{name} {address}" for (name, address), page in views[0].items() if page != views[1][name, address]]


def of(case: Case, *parts: str) -> list[str]:
    return [f"/cases/{case.pk}/{part}" for part in parts]


@pytest.mark.parametrize("handed_in", [False, True])
def test_no_page_tells_what_a_blind_reviewer_rated(scene: Scene, handed_in: bool) -> None:
    case, reviewer = scene.case_in(State.REVIEWING), scene.members[0]
    others = [scene.secretary, scene.chair, scene.vice_chair, scene.members[1], scene.members[4], scene.lead]

    def rates(step: str, reason: str) -> None:
        rate_all(case, reviewer, "3", now=scene.now)
        rate(case, reviewer, scene.gate, step, now=scene.now, reason=reason)
        if handed_in:
            submit_review(case.pk, opinion=reason, actor=reviewer, now=scene.now)

    apart = told_apart(
        lambda: seen(others, [*EVERYWHERE, *of(case, *PAGES, *TABLE)]),
        lambda: rates("0", "Unbearable."),
        lambda: rates("4", "Exemplary."),
    )
    assert apart == []


def test_no_page_tells_how_another_votes_while_the_ballot_is_open(scene: Scene) -> None:
    case, voter = scene.case_in(State.VOTING), scene.members[0]
    meeting = Meeting.objects.get()
    others = [scene.secretary, scene.chair, scene.members[1], scene.members[4], scene.lead]
    addresses = [
        *EVERYWHERE,
        *of(case, *PAGES, *TABLE),
        f"/meetings/{meeting.pk}/",
        f"/meetings/{meeting.pk}/minutes/",
    ]
    apart = told_apart(
        lambda: seen(others, addresses),
        lambda: scene.vote(case, {voter: Choice.FOR}),
        lambda: scene.vote(case, {voter: Choice.AGAINST}),
    )
    assert apart == []
