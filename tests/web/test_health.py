"""Health: alive without asking anything; ready part by part, never a crash."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from ethicsreview.celery import app
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import OPERATOR
from ethicsreview.documents.keys import key_file
from ethicsreview.portal.queries.health import readiness
from tests.driven import this_moment
from tests.scenes import Scene, make_scene


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for keys."""
    settings.SIGNING_KEY_DIR = tmp_path
    return tmp_path


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_healthz_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json(), response["Cache-Control"].split(", ")[-2:]) == (
        200,
        {"status": "alive"},
        ["must-revalidate", "private"],
    )


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_readyz_says_that_no_worker_answers(client: Client, keys: Path) -> None:
    issue_demo_key(OPERATOR, "Operator", now=timezone.now())
    code, body = ready(client)
    assert (code, body["status"]) == (503, "not_ready")
    assert body["parts"] == {
        "database": "ready",
        "broker": "ready",
        "worker": "none_answers",
        "fonts": "ready",
        "subsetter": "ready",
        "signing_key": "ready",
        "issuer_keys": "ready",
    }


@pytest.mark.django_db
def test_readyz_says_that_the_broker_is_away(client: Client, keys: Path, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    code, body = ready(client)
    parts = body["parts"]
    assert (code, parts["broker"], parts["worker"], parts["database"]) == (503, "away", "broker_away", "ready")


@pytest.mark.django_db
def test_readyz_says_that_the_operators_key_is_missing_or_damaged(client: Client, keys: Path) -> None:
    missing = ready(client)[1]["parts"]["signing_key"]
    key_file(OPERATOR).write_bytes(b"no key at all")
    assert [missing, ready(client)[1]["parts"]["signing_key"]] == ["missing", "unreadable"]


def test_key_of_a_review_body_is_told_apart_from_what_all_depend_on(keys: Path, scene: Scene) -> None:
    now = timezone.now()
    missing = readiness(now=now)["issuer_keys"]
    issue_demo_key(scene.host.pk, "Lakeside", now=now)
    states = [readiness(now=moment)["issuer_keys"] for moment in (now, datetime(2099, 1, 1, tzinfo=now.tzinfo))]
    assert [missing, *states] == ["missing", "ready", "expired"]


def test_readyz_asks_the_database_twice_however_many_committees(
    scene: Scene, keys: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        readiness(now=timezone.now())


def _ready_with_nothing_at_the_port(client: Client) -> tuple[int, dict[str, Any]]:
    connection.settings_dict = {**connection.settings_dict, "PORT": "1"}
    return ready(client)


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_away(client: Client, keys: Path) -> None:
    with ThreadPoolExecutor(1) as thread:  # a thread has a connection of its own
        code, body = thread.submit(_ready_with_nothing_at_the_port, client).result()
    parts = body["parts"]
    assert (code, parts["database"], parts["issuer_keys"], parts["broker"]) == (503, "away", "database_away", "ready")


@pytest.mark.slow
@pytest.mark.usefixtures("broker")
@pytest.mark.django_db(transaction=True)
def test_readyz_is_ready_with_a_worker_and_degraded_without_an_issuers_key(client: Client, keys: Path) -> None:
    now = timezone.now()
    issue_demo_key(OPERATOR, "Operator", now=now)
    scene = make_scene(now)
    with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
        without = ready(client)
        issue_demo_key(scene.host.pk, "Lakeside", now=now)
        complete = ready(client)
    assert [(code, body["status"], body["parts"]["issuer_keys"]) for code, body in (without, complete)] == [
        (200, "degraded", "missing"),
        (200, "ready", "ready"),
    ]
    assert set(complete[1]["parts"].values()) == {"ready"}
