"""The example of the README, as it stands, against the site with a real worker: nine people and two clocks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.interface.actions import make_token
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.models import Call
from tests.factories import PASSWORD, make_person
from tests.maturity_scenes import make_enterprise, publish_staged
from tests.scenes import Scene, make_scene
from tests.verification_scenes import publish_scheme
from tests.workers import ROOT, celery_worker
from workflows.models import Case, Certificate, Verification

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NOTICE = timedelta(days=8)  # a day more than the scheme's notice
UNFINISHED = 3


@pytest.fixture
def scene(transactional_db: None, tmp_path: Path) -> Iterator[Scene]:
    """A committee whose host verifies assessments too, and has a key to sign with."""
    now = timezone.now()
    made = make_scene(now - NOTICE)
    publish_staged(now=now - NOTICE)
    publish_scheme(now=now - NOTICE)
    with override_settings(SIGNING_KEY_DIR=tmp_path / "keys", DATA_DIR=tmp_path, MEDIA_ROOT=tmp_path / "files"):
        issue_demo_key(made.host.pk, made.host.name, now=now - 2 * NOTICE)
        yield made


def nine(scene: Scene) -> dict[str, User]:
    """Who plays which part; a further assessor is on the team and calls nothing."""
    assessors = [make_person(role=MemberRole.ASSESSOR, organisation=scene.host) for _ in range(3)]
    return {
        "applicant": scene.lead,
        "secretary": scene.secretary,
        "chair": scene.chair,
        "member": scene.members[0],
        "colleague": scene.members[1],
        "enterprise": make_enterprise().lead,
        "assessor": assessors[0],
        "reviewer": assessors[1],
        "manager": scene.manager,
    }


def write_tokens(people: dict[str, User], path: Path, now: datetime) -> None:
    """As ``make_demo_tokens`` writes them."""
    term = {"scopes": tuple(Scope), "expires_at": now + timedelta(days=30), "now": now}
    rows = {
        part: {"token": make_token(name="example", actor=user, **term)[1], "password": PASSWORD}
        for part, user in people.items()
    }
    path.write_text(json.dumps(rows))


def play(live_server: LiveServer, tokens: Path) -> tuple[int, list[str]]:
    """Exit code and lines of one run."""
    command = [sys.executable, str(ROOT / "script" / "example.py"), live_server.url, str(tokens)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_nine_people_drive_both_halves_by_the_interface_alone(
    scene: Scene, live_server: LiveServer, broker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tokens, people = timezone.now, tmp_path / "tokens.json", nine(scene)
    write_tokens(people, tokens, real() - NOTICE)
    with celery_worker(tmp_path, concurrency=2, PUBLIC_ADDRESS=live_server.url):
        with monkeypatch.context() as earlier:  # the site lives eight days ago: no document is signed ahead of time
            earlier.setattr(timezone, "now", lambda: real() - NOTICE)
            code, told = play(live_server, tokens)
            assert (code, len(told)) == (UNFINISHED, 6), told
            assert (Case.objects.get().state, Verification.objects.get().state) == ("approved", "notice")
        code, told = play(live_server, tokens)
    certificate = Certificate.objects.get()
    assert (code, len(told)) == (0, 1), told
    assert (certificate.tier, told[0].partition(":")[0]) == (1, certificate.number)
    assert set(Call.objects.values_list("token__user", flat=True)) == {user.pk for user in people.values()}
    assert not tokens.with_name("example.json").exists()
