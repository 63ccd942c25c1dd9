"""Archives: built once, never lost with a worker, failed with a reason, gone after a day, given by today's rights."""

import errno
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from ethicsreview.accounts.models import Membership, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost
from tests.archives import decided_case, kept, left_out, manifest, sign_all
from tests.authorities import make_regulator
from tests.scenes import Scene, make_scene
from tests.workers import celery_worker, kill
from workflows import periodic
from workflows.actions.archives import (
    NotOpen,
    delete_archive,
    deliver_archive,
    expire_archive,
    remove_orphans,
    request_dossier,
    request_reports,
    requeue_archive,
    retry_archive,
)
from workflows.domain.archives import (
    KEPT,
    MOST_ATTEMPTS,
    MOST_KEPT,
    MOST_REPORTS,
    MOST_WAITING,
    SILENCE,
    Failure,
    NotQueued,
    Reason,
    TooLarge,
)
from workflows.domain.states import State
from workflows.models import Archive, Case, CaseFile, CaseReport, Conflict, Seat
from workflows.queries.archives import archives_over, stuck_archives
from workflows.reporting import archiving, zips
from workflows.reporting.archiving import CannotBuild, TakenOver, build, claim_archive, failure_of


@pytest.fixture
def scene(db: None, now: datetime, files: Path) -> Scene:
    return make_scene(now)


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    """Stored files of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def decided(scene: Scene) -> Case:
    return decided_case(scene)


def still(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def events(archive: Archive) -> list[str]:
    return list(
        AuditEvent.objects.filter(subject=f"archive:{archive.pk}").order_by("number").values_list("verb", flat=True)
    )


def ready(scene: Scene, case: Case, user: User) -> Archive:
    """The person's dossier, built."""
    archive = request_dossier(case.pk, actor=user, now=scene.now)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error) == ("ready", "")
    return archive


def on_disk(files: Path) -> list[str]:
    return [path.name for path in (files / "archives").glob("*/*")]


def _recuse(scene: Scene, case: Case, user: User) -> None:
    """A conflict that stands, on a case that may be closed already."""
    Conflict.objects.create(case=case, user=user, kind="family", declared_at=scene.now, declared_by=user)


# -- built ------------------------------------------------------------------------------------------------------------


def test_request_is_built_by_its_task_and_kept_for_a_day(
    scene: Scene, decided: Case, files: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    archive.refresh_from_db()
    assert (archive.state, archive.attempts, archive.done == archive.total > 20) == ("ready", 1, True)
    assert archive.ready_at is not None
    assert archive.expires_at == archive.ready_at + KEPT
    assert (archive.size, archive.sha256) == zips.measured(archive.path)
    assert archive.name == f"{decided.reference}-dossier"
    assert on_disk(files) == [Path(archive.path).name]
    assert events(archive) == ["archive.request", "archive.build"]
    assert set(AuditEvent.objects.filter(subject=f"archive:{archive.pk}").values_list("chain", flat=True)) == {
        f"organisation:{scene.host.pk}"
    }


def test_the_same_case_gives_the_same_files(scene: Scene, decided: Case) -> None:
    first = ready(scene, decided, scene.secretary)
    one = kept(first)
    other = kept(ready(scene, decided, scene.secretary))
    same = {name for name in one if one[name] == other[name]}
    assert set(one) - same <= {"audit/chain.json", "README.html", "manifest.json", "manifest.sha256"}


def test_progress_is_told_file_by_file(scene: Scene, decided: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    seen: list[tuple[int, int]] = []
    add = zips.Zip.add

    def watched(self: zips.Zip, *args: object, **named: object) -> object:
        row = Archive.objects.get(pk=archive.pk)
        seen.append((row.done, row.total))
        return add(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(zips.Zip, "add", watched)
    moments = iter(scene.now + timedelta(seconds=second) for second in range(10_000))
    build(archive.pk, clock=lambda: next(moments))
    total = seen[0][1]
    assert seen == [(done, total) for done in range(total)]


def test_second_request_while_the_first_is_under_way_is_the_first(scene: Scene, decided: Case) -> None:
    first = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    assert request_dossier(decided.pk, actor=scene.secretary, now=scene.now) == first
    other = request_dossier(decided.pk, actor=scene.chair, now=scene.now)
    assert (other == first, Archive.objects.count()) == (False, 2)


def test_unfinished_archives_of_one_person_have_an_end(scene: Scene, decided: Case) -> None:
    key = f"case:{CaseReport.objects.first().pk}"  # type: ignore[union-attr]
    for _ in range(MOST_WAITING):
        request_reports([key], actor=scene.secretary, now=scene.now)
    with pytest.raises(NotQueued) as refused:
        request_reports([key], actor=scene.secretary, now=scene.now)
    assert refused.value.reason is Reason.WAITING
    with pytest.raises(NotQueued):
        request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    assert Archive.objects.count() == MOST_WAITING


def test_finished_archives_of_one_person_have_an_end_too(scene: Scene, decided: Case) -> None:
    values = {"requested_at": scene.now, "progressed_at": scene.now, "expires_at": scene.now + KEPT, "chain": "x"}
    Archive.objects.bulk_create(
        Archive(requested_by=scene.chair, kind="reports", state="ready", size=1, path="x", sha256="x", **values)
        for _ in range(MOST_KEPT)
    )
    with pytest.raises(NotQueued) as refused:
        request_dossier(decided.pk, actor=scene.chair, now=scene.now)
    assert refused.value.reason is Reason.KEPT
    assert request_dossier(decided.pk, actor=scene.secretary, now=scene.now).state == "requested"


def test_more_documents_than_an_archive_holds_are_refused(scene: Scene, decided: Case) -> None:
    with pytest.raises(NotQueued) as refused:
        request_reports([f"case:{pk}" for pk in range(MOST_REPORTS + 1)], actor=scene.secretary, now=scene.now)
    assert refused.value.reason is Reason.TOO_MANY


def test_reports_not_open_are_left_out_and_counted(scene: Scene, decided: Case) -> None:
    reports = list(CaseReport.objects.order_by("pk"))
    keys = [*(f"case:{row.pk}" for row in reports), "case:999999", "verification:1"]
    archive = request_reports(keys, actor=scene.lead, now=scene.now)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    files = kept(archive)
    letters = {f"report:case:{row.pk}" for row in reports if row.kind == "letter"}
    assert (archive.state, set(archive.grants)) == ("ready", letters)
    assert manifest(files)["left_out"] == [{"part": "signed_documents", "why": "closed", "number": 4}]
    assert sum(name.endswith(".pdf") for name in files) == 2


def test_request_for_documents_none_of_which_is_open_does_not_exist(scene: Scene, decided: Case) -> None:
    with pytest.raises(NotOpen):
        request_reports(["case:999999"], actor=scene.secretary, now=scene.now)
    with pytest.raises(NotOpen):
        request_dossier(decided.pk, actor=make_regulator(), now=scene.now - timedelta(days=400))
    assert Archive.objects.count() == 0


def test_archive_is_built_by_the_rights_of_its_building(scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    _recuse(scene, decided, scene.secretary)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error, archive.path) == ("failed", "closed", "")


def test_person_who_may_not_sign_in_any_more_gets_nothing(scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    User.objects.filter(pk=scene.secretary.pk).update(is_active=False)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error) == ("failed", "closed")


def test_reports_that_were_closed_meanwhile_leave_nothing_to_build(scene: Scene, decided: Case) -> None:
    key = f"case:{CaseReport.objects.order_by('pk')[0].pk}"
    archive = request_reports([key], actor=scene.secretary, now=scene.now)
    Seat.objects.filter(user=scene.secretary).update(ends=scene.now.date() - timedelta(days=1))
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error) == ("failed", "empty")


# -- failed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (CannotBuild(Failure.EMPTY), Failure.EMPTY),
        (FileLost("x"), Failure.FILE_LOST),
        (TooLarge("x"), Failure.TOO_LARGE),
        (SoftTimeLimitExceeded(), Failure.TOO_SLOW),
        (OSError(errno.ENOSPC, "full"), Failure.NO_SPACE),
        (OSError(errno.EACCES, "no"), Failure.FAULT),
        (KeyError("x"), Failure.FAULT),
    ],
)
def test_each_fault_has_its_reason(fault: Exception, told: Failure) -> None:
    assert failure_of(fault) is told


def test_lost_file_is_said_and_the_archive_can_be_tried_again(
    scene: Scene, decided: Case, files: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    version = FileVersion.objects.order_by("pk")[0]
    content = Path(default_storage.path(version.path)).read_bytes()
    default_storage.delete(version.path)
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    with django_capture_on_commit_callbacks(execute=True):
        build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error, archive.path, on_disk(files)) == ("failed", "file_lost", "", [])
    assert archive.expires_at == scene.now + KEPT
    Path(default_storage.path(version.path)).write_bytes(content)
    with django_capture_on_commit_callbacks(execute=True):
        retry_archive(archive.pk, actor=scene.secretary, now=scene.now)
    archive.refresh_from_db()
    assert (archive.state, archive.error, archive.attempts) == ("ready", "", 1)
    assert events(archive) == ["archive.request", "archive.fail", "archive.retry", "archive.build"]


def test_what_outgrows_an_archive_fails_and_leaves_nothing(
    scene: Scene, decided: Case, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MOST_BYTES", 5000)
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.error, on_disk(files)) == ("failed", "too_large", [])


def test_archive_that_killed_too_many_builders_is_given_up(scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    moment = scene.now
    for _ in range(MOST_ATTEMPTS):
        assert claim_archive(archive.pk, now=moment) is not None
        moment += SILENCE + timedelta(seconds=1)
        assert requeue_archive(archive.pk, now=moment)
    assert claim_archive(archive.pk, now=moment) is None
    archive.refresh_from_db()
    assert (archive.state, archive.error) == ("failed", "gave_up")
    retry_archive(archive.pk, actor=scene.secretary, now=moment)
    build(archive.pk, clock=still(moment))
    archive.refresh_from_db()
    assert archive.state == "ready"


def test_only_failed_and_expired_ones_are_begun_anew(scene: Scene, decided: Case) -> None:
    archive = ready(scene, decided, scene.secretary)
    assert retry_archive(archive.pk, actor=scene.secretary, now=scene.now).state == "ready"
    assert expire_archive(archive.pk, now=scene.now + KEPT)
    other = request_dossier(decided.pk, actor=scene.secretary, now=scene.now + KEPT)
    assert retry_archive(archive.pk, actor=scene.secretary, now=scene.now + KEPT) == other


# -- builders that die, or meet ---------------------------------------------------------------------------------------


def test_one_builder_at_a_time_and_after_a_silence_the_next(scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    first = claim_archive(archive.pk, now=scene.now)
    assert first is not None
    assert claim_archive(archive.pk, now=scene.now + SILENCE - timedelta(seconds=1)) is None
    second = claim_archive(archive.pk, now=scene.now + SILENCE)
    assert second is not None
    assert second.path != first.path
    with pytest.raises(TakenOver):
        archiving._touch(first, done=1, total=2, now=scene.now)
    archiving.fail_archive(first, Failure.FAULT, now=scene.now)
    archive.refresh_from_db()
    assert (archive.state, archive.path) == ("building", second.path)


def test_deleted_while_it_is_built_nothing_is_kept(
    scene: Scene, decided: Case, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    finish = archiving._finish

    def meanwhile(*given: object) -> None:
        finish(*given)  # type: ignore[arg-type]
        delete_archive(archive.pk, actor=scene.secretary, now=scene.now)

    monkeypatch.setattr(archiving, "_finish", meanwhile)
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.path, on_disk(files)) == ("deleted", "", [])
    assert events(archive) == ["archive.request", "archive.delete"]


def test_unknown_and_finished_archives_are_nothing_to_build(scene: Scene, decided: Case) -> None:
    archive = ready(scene, decided, scene.secretary)
    build(999_999, clock=still(scene.now))
    build(archive.pk, clock=still(scene.now))
    archive.refresh_from_db()
    assert (archive.state, archive.attempts) == ("ready", 1)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_are_one_archive(now: datetime, files: Path, broker: None) -> None:
    scene = make_scene(now)
    case = scene.case_in(State.SUBMITTED)
    gate, made = threading.Barrier(2), []

    def ask() -> None:
        gate.wait(timeout=30)
        made.append(request_dossier(case.pk, actor=scene.secretary, now=now).pk)
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for one in askers:
        one.start()
    for one in askers:
        one.join(timeout=60)
    assert (len(made), len(set(made)), Archive.objects.count()) == (2, 1, 1)
    assert AuditEvent.objects.filter(verb="archive.request").count() == 1


def wait_for(true: Callable[[], bool], *, seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, log.read_text(errors="replace")[-4000:]
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_worker_loses_no_archive(now: datetime, broker: None, tmp_path: Path) -> None:
    scene, log = make_scene(now), tmp_path / "worker.log"
    case = decided_case(scene)
    held = CaseFile.objects.filter(case=case).select_related("current").order_by("pk")[0].current
    place = Path(default_storage.path(held.path))
    content = place.read_bytes()
    place.unlink()
    os.mkfifo(place)  # the builder waits here until it is killed
    archive = request_dossier(case.pk, actor=scene.secretary, now=timezone.now())
    with celery_worker(tmp_path) as first:
        wait_for(lambda: Archive.objects.filter(state="building", total__gt=0).exists(), seconds=120, log=log)
        kill(first)
    place.unlink()
    place.write_bytes(content)
    later = timezone.now() + timedelta(minutes=2)
    assert stuck_archives(later) == [archive.pk]
    assert requeue_archive(archive.pk, now=later)
    with celery_worker(tmp_path):
        wait_for(lambda: Archive.objects.get(pk=archive.pk).state == "ready", seconds=240, log=log)
    archive.refresh_from_db()
    assert (archive.attempts, archive.done == archive.total) == (2, True)
    assert left_out(kept(archive)) != []
    delete_archive(archive.pk, actor=scene.secretary, now=timezone.now())


# -- the end ----------------------------------------------------------------------------------------------------------


def test_after_a_day_the_file_goes_and_the_row_says_so(
    scene: Scene, decided: Case, files: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    archive = ready(scene, decided, scene.secretary)
    assert archives_over(scene.now + KEPT - timedelta(seconds=1)) == []
    assert not expire_archive(archive.pk, now=scene.now + KEPT - timedelta(seconds=1))
    assert archives_over(scene.now + KEPT) == [archive.pk]
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_archive(archive.pk, now=scene.now + KEPT)
    archive.refresh_from_db()
    assert (archive.state, archive.path, on_disk(files)) == ("expired", "", [])
    assert (archives_over(scene.now + 2 * KEPT), events(archive)[-1]) == ([], "archive.expire")


def test_deleted_archive_is_gone_for_good(
    scene: Scene, decided: Case, files: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    archive = ready(scene, decided, scene.secretary)
    with django_capture_on_commit_callbacks(execute=True):
        delete_archive(archive.pk, actor=scene.secretary, now=scene.now)
        delete_archive(archive.pk, actor=scene.secretary, now=scene.now)
    archive.refresh_from_db()
    assert (archive.state, on_disk(files), events(archive)[2:]) == ("deleted", [], ["archive.delete"])
    with pytest.raises(NotOpen):
        deliver_archive(archive.pk, actor=scene.secretary, now=scene.now)


def test_beat_requeues_expires_and_sweeps(scene: Scene, decided: Case, files: Path) -> None:
    over = ready(scene, decided, scene.secretary)
    Archive.objects.filter(pk=over.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    stuck = request_dossier(decided.pk, actor=scene.chair, now=scene.now)
    Archive.objects.filter(pk=stuck.pk).update(progressed_at=timezone.now() - 2 * SILENCE)
    periodic.requeue_archives()
    periodic.expire_archives()
    assert Archive.objects.get(pk=over.pk).state == "expired"
    assert events(stuck) == ["archive.request", "archive.requeue"]


def test_files_without_a_row_are_cleared_away(scene: Scene, decided: Case, files: Path) -> None:
    archive = ready(scene, decided, scene.secretary)
    orphan = files / zips.new_path()
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"left by a killed builder")
    assert remove_orphans(timezone.now()) == 0
    assert remove_orphans(timezone.now() + timedelta(days=3)) == 1
    assert on_disk(files) == [Path(archive.path).name]


# -- handed out -------------------------------------------------------------------------------------------------------


def readings(scene: Scene) -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.filter(chain=f"organisation:{scene.host.pk}", facts__has_key="authority")
    return [(row.verb, row.subject, row.facts["part"]) for row in rows.order_by("number")]


def test_each_download_of_a_dossier_by_an_authority_is_one_reading_and_a_partys_is_none(
    scene: Scene, decided: Case
) -> None:
    user = make_regulator()
    archive = ready(scene, decided, user)
    assert readings(scene) == []
    for _ in range(2):
        deliver_archive(archive.pk, actor=user, now=scene.now)
    assert readings(scene) == [("dossier.downloaded", f"case:{decided.pk}", "dossier")] * 2
    event = AuditEvent.objects.filter(verb="dossier.downloaded").latest("number")
    assert event.facts == {
        "authority": user.memberships.get().organisation_id,
        "part": "dossier",
        "reference": decided.reference,
        "parts": "application, clocks, facts, files, minutes, people, procedure, ratings, reports, votes",
        "archive": archive.pk,
        "sha256": archive.sha256,
    }
    deliver_archive(ready(scene, decided, scene.secretary).pk, actor=scene.secretary, now=scene.now)
    assert len(readings(scene)) == 2


def test_many_documents_are_one_reading_each(scene: Scene, decided: Case) -> None:
    user = make_regulator()
    reports = CaseReport.objects.order_by("pk")
    archive = request_reports([f"case:{row.pk}" for row in reports], actor=user, now=scene.now)
    build(archive.pk, clock=still(scene.now))
    deliver_archive(archive.pk, actor=user, now=scene.now)
    rows = AuditEvent.objects.filter(verb="report.downloaded").order_by("number")
    assert [(row.subject, row.facts["report"], row.facts["part"]) for row in rows] == [
        (f"case:{decided.pk}", row.pk, "reports") for row in reports
    ]


def test_after_its_day_nothing_is_handed_out_whatever_the_beat_does(scene: Scene, decided: Case) -> None:
    archive = ready(scene, decided, scene.secretary)
    deliver_archive(archive.pk, actor=scene.secretary, now=scene.now + KEPT - timedelta(seconds=1))
    with pytest.raises(NotOpen):
        deliver_archive(archive.pk, actor=scene.secretary, now=scene.now + KEPT)


def test_what_is_not_ready_is_not_handed_out(scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=scene.now)
    with pytest.raises(NotOpen):
        deliver_archive(archive.pk, actor=scene.secretary, now=scene.now)


def _unseat(scene: Scene, _case: Case, user: User) -> None:
    Seat.objects.filter(user=user).update(ends=scene.now.date() - timedelta(days=1))


def _dismiss(scene: Scene, _case: Case, user: User) -> None:
    Membership.objects.filter(user=user).update(ends=scene.now.date() - timedelta(days=1))


@pytest.mark.parametrize("end", [_recuse, _unseat])
@pytest.mark.parametrize("who", ["secretary", "chair"])
def test_rights_that_end_close_the_archive(
    scene: Scene, decided: Case, who: str, end: Callable[[Scene, Case, User], None]
) -> None:
    user: User = getattr(scene, who)
    dossier = ready(scene, decided, user)
    documents = request_reports([f"case:{CaseReport.objects.order_by('pk')[0].pk}"], actor=user, now=scene.now)
    build(documents.pk, clock=still(scene.now))
    end(scene, decided, user)
    for archive in (dossier, documents):
        with pytest.raises(NotOpen):
            deliver_archive(archive.pk, actor=user, now=scene.now)


def test_authority_whose_regulator_left_is_handed_nothing_and_nothing_is_recorded(scene: Scene, decided: Case) -> None:
    user = make_regulator()
    dossier = ready(scene, decided, user)
    documents = request_reports([f"case:{CaseReport.objects.order_by('pk')[0].pk}"], actor=user, now=scene.now)
    build(documents.pk, clock=still(scene.now))
    _dismiss(scene, decided, user)
    for archive in (dossier, documents):
        with pytest.raises(NotOpen):
            deliver_archive(archive.pk, actor=user, now=scene.now)
    assert readings(scene) == []


def test_unsigned_documents_are_counted_for_a_party(scene: Scene) -> None:
    case = scene.case_in(State.APPROVED)
    archive = ready(scene, case, scene.secretary)
    found = left_out(kept(archive))
    assert [one for one in found if one[0] == "unsigned_documents"] == [("unsigned_documents", "not_signed")]
    assert len(sign_all(scene, case)) == 4
