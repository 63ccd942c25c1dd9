"""Archives through the interface for programs: asked for once, watched, downloaded by today's rights, tried again."""

import hashlib
from functools import partial
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.interface.domain.tokens import Scope
from tests.api.answers import bytes_of, codes, good, hidden_like_nothing, pointers, queries
from tests.api.callers import Caller
from tests.archives import decided_case, manifest, opened
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.archives import request_reports
from workflows.domain.archives import MOST_REPORTS, MOST_WAITING
from workflows.models import Archive, Case, CaseReport, Conflict

Commit = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def scene(db: None, settings: Settings, tmp_path: Path) -> Scene:
    """With stored files of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_scene(this_moment())


@pytest.fixture
def decided(scene: Scene) -> Case:
    return decided_case(scene)


def ids() -> list[int]:
    return list(CaseReport.objects.order_by("pk").values_list("pk", flat=True))


def test_dossier_is_asked_for_watched_and_downloaded(
    scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit
) -> None:
    program = Caller(scene.secretary, scene.now)
    told = good(program.post(f"cases/{decided.reference}/dossier"), 201)
    assert (told["kind"], told["case"], told["state"], told["sha256"]) == (
        "dossier",
        decided.reference,
        "requested",
        "",
    )
    assert program.get(f"archives/{told['id']}/content").status_code == 404
    Archive.objects.filter(pk=told["id"]).update(state="failed", error="no_space")
    assert good(program.get(f"archives/{told['id']}"))["error"] == "no_space"
    with django_capture_on_commit_callbacks(execute=True):
        good(program.post(f"archives/{told['id']}/retry"))
    ready = good(program.get(f"archives/{told['id']}"))
    assert (ready["state"], ready["error"], ready["done"]) == ("ready", "", ready["total"])
    content = bytes_of(program.get(f"archives/{told['id']}/content"))
    assert (len(content), hashlib.sha256(content).hexdigest()) == (ready["size"], ready["sha256"])
    assert manifest(opened(content))["left_out"] == ready["left_out"]


def test_many_documents_are_asked_for_once_whatever_is_repeated(
    scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit
) -> None:
    user = make_regulator()
    program = Caller(user, scene.now)
    with django_capture_on_commit_callbacks(execute=True):
        first = good(program.post("archives", {"reports": ids()}, idempotency_key="one"), 201)
        again = good(program.post("archives", {"reports": ids()}, idempotency_key="one"), 201)
    assert (again, Archive.objects.count()) == (first, 1)
    files = opened(bytes_of(program.get(f"archives/{first['id']}/content")))
    assert sum(name.endswith(".pdf") for name in files) == 4
    events = AuditEvent.objects.filter(verb="report.downloaded", chain=f"organisation:{scene.host.pk}")
    assert {event.facts["via"]["token"] for event in events} == {program.token.pk}
    assert (events.count(), {event.actor for event in events}) == (4, {user.pk})
    (row,) = good(program.get("archives"))["results"]
    assert (row["id"], row["state"], row["case"]) == (first["id"], "ready", "")


def test_documents_of_verifications_have_scopes_of_their_own(scene: Scene, decided: Case) -> None:
    keys = [f"case:{ids()[0]}", "verification:1"]
    archive = request_reports(keys, actor=scene.secretary, now=scene.now)
    program = Caller(scene.secretary, scene.now)
    hidden_like_nothing(program, f"archives/{archive.pk}", "archives/999999")
    assert good(program.get("archives"))["results"] == []


def test_what_is_not_open_is_not_there(scene: Scene, decided: Case, stranger: User) -> None:
    own = request_reports([f"case:{ids()[0]}"], actor=scene.secretary, now=scene.now)
    for user in (scene.chair, stranger):
        for address in ("", "/content"):
            hidden_like_nothing(Caller(user, scene.now), f"archives/{own.pk}{address}", f"archives/999999{address}")
    program = Caller(stranger, scene.now)
    assert program.post("archives", {"reports": ids()}).status_code == 404
    assert program.post(f"cases/{decided.reference}/dossier").status_code == 404
    assert program.post(f"archives/{own.pk}/delete").status_code == 404
    assert Archive.objects.get().state == "requested"


def test_right_that_ended_closes_the_archive(
    scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit
) -> None:
    program = Caller(scene.chair, scene.now)
    with django_capture_on_commit_callbacks(execute=True):
        told = good(program.post("archives", {"reports": ids()}), 201)
    user = scene.chair
    Conflict.objects.create(case=decided, user=user, kind="family", declared_at=scene.now, declared_by=user)
    assert program.get(f"archives/{told['id']}/content").status_code == 404


def test_wrong_bodies_are_named(scene: Scene, decided: Case) -> None:
    program = Caller(scene.secretary, scene.now)
    assert pointers(program.post("archives", {"reports": []})) == ["/reports"]
    assert pointers(program.post("archives", {"reports": [*range(1, MOST_REPORTS + 2)]})) == ["/reports"]
    assert pointers(program.post("archives", {"reports": [1], "more": 1})) == ["/more"]


def test_too_many_unfinished_are_refused_with_the_reason(scene: Scene, decided: Case) -> None:
    for _ in range(MOST_WAITING):
        request_reports([f"case:{ids()[0]}"], actor=scene.secretary, now=scene.now)
    program = Caller(scene.secretary, scene.now)
    assert codes(program.post("archives", {"reports": ids()})) == ["archives_waiting"]
    assert codes(program.post(f"cases/{decided.reference}/dossier")) == ["archives_waiting"]


def test_deleted_expired_and_lost(scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit) -> None:
    program = Caller(scene.secretary, scene.now)
    with django_capture_on_commit_callbacks(execute=True):
        told = good(program.post("archives", {"reports": ids()}), 201)
    archive = Archive.objects.get(pk=told["id"])
    default_storage.delete(archive.path)
    lost = program.get(f"archives/{archive.pk}/content")
    assert (lost.status_code, lost.json()["type"]) == (503, "/api/v1/docs/#problem-file-lost")
    Archive.objects.filter(pk=archive.pk).update(expires_at=timezone.now())
    assert good(program.get(f"archives/{archive.pk}"))["state"] == "expired"
    assert program.get(f"archives/{archive.pk}/content").status_code == 404
    assert program.post(f"archives/{archive.pk}/delete").status_code == 204
    assert program.get(f"archives/{archive.pk}").status_code == 404


def test_reading_scope_asks_for_nothing(scene: Scene, decided: Case) -> None:
    program = Caller(scene.secretary, scene.now, scopes=(Scope.CASES_READ,))
    assert program.post("archives", {"reports": ids()}).status_code == 403
    assert good(program.get("archives"))["results"] == []


def test_queries_are_as_many_for_three_as_for_one(scene: Scene, decided: Case) -> None:
    program = Caller(scene.secretary, scene.now)
    values = {"requested_by": scene.secretary, "requested_at": scene.now, "progressed_at": scene.now, "chain": "x"}
    for number in range(3):
        row = Archive.objects.create(kind="dossier", case=decided, state="expired", **values)
        if number in {0, 2}:
            assert queries(lambda: program.get("archives")) == 2
            assert queries(partial(program.get, f"archives/{row.pk}")) == 2
