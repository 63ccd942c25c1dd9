"""Documents of a decision: made once, retried with their reason, never lost, never unsigned, never two."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from ethicsreview.audit.models import AuditEvent
from ethicsreview.celery import app
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import Outcome, new_code
from ethicsreview.documents.keys import load_signer
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.queries import verdict
from ethicsreview.documents.rendering import CannotRender
from ethicsreview.documents.signing import sign
from tests.scenes import Scene, make_scene
from tests.workers import celery_worker, kill
from workflows import periodic
from workflows.actions.decisions import confirm_modification, retry_report
from workflows.domain.retries import wait_after
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportKind, ReportState, State
from workflows.models import Application, CaseReport
from workflows.queries.reports import stuck_reports
from workflows.reporting import issuing
from workflows.reporting.composing import Composed, compose
from workflows.reporting.issuing import CLAIM, Claim, ReportFailed, issue, unprintable
from workflows.templatetags.casereports import failure_words


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    """A key folder of this test's own, with nothing in it."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    (tmp_path / "keys").mkdir()
    return tmp_path / "keys"


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


def still(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def refused_issue(report: CaseReport, at: datetime) -> str:
    with pytest.raises(ReportFailed) as failed:
        issue(report.pk, clock=still(at))
    return str(failed.value)


def install_key(scene: Scene) -> None:
    issue_demo_key(scene.host.pk, scene.host.name, now=scene.now)


def states() -> list[tuple[str, str, str]]:
    rows = CaseReport.objects.order_by("decision", "kind", "language")
    return [(row.kind, row.language, row.state) for row in rows]


ALL_SIGNED = [(kind, language, "signed") for kind in ("letter", "report") for language in ("en", "zh-hans")]


@pytest.fixture
def letter(scene: Scene, keys: Path) -> CaseReport:
    """The English letter of an issued approval, waiting; the organisation has no key yet."""
    case = scene.case_in(State.APPROVED)
    return CaseReport.objects.get(decision__case=case, kind=ReportKind.LETTER.value, language="en")


# -- issuing ---------------------------------------------------------------------------------------------------------


def test_issuing_a_decision_makes_four_signed_documents(
    scene: Scene, keys: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    install_key(scene)
    case = scene.case_in(State.CARRIED)
    with django_capture_on_commit_callbacks(execute=True):
        scene.issue(case)
    assert states() == ALL_SIGNED
    documents = SignedDocument.objects.order_by("kind", "language")
    assert [(row.kind, row.language, row.title) for row in documents] == [
        ("case-letter", "en", "Ethics review decision"),
        ("case-letter", "zh-hans", "科技伦理审查决定书"),
        ("case-report", "en", "Ethics review report"),
        ("case-report", "zh-hans", "科技伦理审查报告"),
    ]
    assert {verdict(bytes(row.content), now=timezone.now()).outcome for row in documents} == {Outcome.GENUINE}
    events = AuditEvent.objects.filter(verb="report.sign", subject=f"case:{case.pk}")
    assert sorted(event.facts["sha256"] for event in events) == sorted(row.sha256 for row in documents)


def test_without_a_key_everything_fails_with_the_reason_and_nothing_is_kept(
    scene: Scene, keys: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    case = scene.case_in(State.CARRIED)
    with django_capture_on_commit_callbacks(execute=True):
        scene.issue(case)
    assert set(CaseReport.objects.values_list("state", "error", "attempts")) == {("failed", "cannot_sign: missing", 1)}
    assert SignedDocument.objects.count() == 0


def test_failed_report_is_retried_later_and_signed_once(
    scene: Scene, letter: CaseReport, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert refused_issue(letter, scene.now) == "cannot_sign: missing"
    install_key(scene)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            retry_report(letter.pk, actor=scene.secretary, now=scene.now + timedelta(minutes=5))
    letter.refresh_from_db()
    assert (letter.state, letter.error, letter.attempts) == ("signed", "", 2)
    assert SignedDocument.objects.filter(kind="case-letter", language="en").count() == 1


def test_character_that_cannot_be_printed_is_shown(scene: Scene, letter: CaseReport) -> None:
    install_key(scene)
    version = Application.objects.get(case=letter.decision.case)
    version.answers = {**version.answers, "title": "Triage \U0001f600"}
    version.save()
    assert refused_issue(letter, scene.now) == "cannot_render: glyphs_missing: \U0001f600 (U+1F600)"
    letter.refresh_from_db()
    assert letter.state == "failed"
    assert failure_words(letter.error) == "The text holds characters that cannot be printed: \U0001f600 (U+1F600)"


def test_failures_are_said_in_words() -> None:
    assert failure_words("cannot_sign: missing") == "No signing key is installed"
    assert (
        failure_words(unprintable(CannotRender(("font_missing",)))) == "The fonts of the documents are not installed."
    )
    assert failure_words("OperationalError: gone") == "OperationalError: gone"


# -- claims ----------------------------------------------------------------------------------------------------------


def test_report_in_other_hands_is_left_alone_for_a_minute(scene: Scene, letter: CaseReport) -> None:
    letter.state, letter.progressed_at = ReportState.RENDERING.value, scene.now
    letter.save()
    issue(letter.pk, clock=still(scene.now + CLAIM - timedelta(seconds=1)))
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("rendering", 0)
    assert refused_issue(letter, scene.now + CLAIM) == "cannot_sign: missing"


def test_message_sent_twice_after_a_failure_starts_nothing_twice(scene: Scene, letter: CaseReport) -> None:
    refused_issue(letter, scene.now)
    issue(letter.pk, clock=still(scene.now + wait_after(1) - timedelta(seconds=2)))
    letter.refresh_from_db()
    assert letter.attempts == 1
    assert refused_issue(letter, scene.now + wait_after(1)) == "cannot_sign: missing"


def test_signed_or_unknown_report_is_nothing_to_do(scene: Scene, letter: CaseReport) -> None:
    install_key(scene)
    issue(letter.pk, clock=still(scene.now))
    issue(letter.pk, clock=still(scene.now + timedelta(hours=1)))
    issue(987_654, clock=still(scene.now))
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("signed", 1)


def test_worker_that_was_taken_over_says_nothing(scene: Scene, letter: CaseReport) -> None:
    first = issuing._claim(letter.pk, now=scene.now)
    second = issuing._claim(letter.pk, now=scene.now + CLAIM)
    assert first is not None
    assert second is not None
    issuing._touch(first, now=scene.now + timedelta(hours=1))
    issuing._failed(first, "gone", now=scene.now + timedelta(hours=1))
    letter.refresh_from_db()
    assert (letter.state, letter.error, letter.progressed_at) == ("rendering", "", scene.now + CLAIM)
    issuing._touch(second, now=scene.now + timedelta(hours=2))
    letter.refresh_from_db()
    assert letter.progressed_at == scene.now + timedelta(hours=2)


def test_slow_worker_is_seen_to_move(scene: Scene, letter: CaseReport) -> None:
    install_key(scene)
    moments = [scene.now + timedelta(seconds=40 * step) for step in range(5)]
    issue(letter.pk, clock=iter(moments).__next__)
    letter.refresh_from_db()
    assert (letter.state, letter.progressed_at) == ("signed", moments[3])


# -- silence ---------------------------------------------------------------------------------------------------------


def test_what_has_made_no_progress_for_a_minute_is_queued_again(
    scene: Scene, letter: CaseReport, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    install_key(scene)
    CaseReport.objects.update(progressed_at=timezone.now())
    CaseReport.objects.filter(pk=letter.pk).update(
        state=ReportState.RENDERING.value, progressed_at=timezone.now() - timedelta(seconds=70)
    )
    assert stuck_reports(timezone.now()) == [letter.pk]
    with django_capture_on_commit_callbacks(execute=True):
        periodic.requeue_reports()
    letter.refresh_from_db()
    assert letter.state == "signed"
    assert stuck_reports(timezone.now()) == []


def test_beat_looks_every_twenty_seconds() -> None:
    entry = app.conf.beat_schedule["workflows-requeue-reports"]
    assert (entry["task"], entry["schedule"]) == (periodic.requeue_reports.name, timedelta(seconds=20))


# -- earlier decisions -----------------------------------------------------------------------------------------------


def two_letters(scene: Scene) -> list[CaseReport]:
    """The English letters of a modification asked for and of the approval that followed."""
    case = scene.case_in(State.CHECKING, effect=Effect.MODIFY_THEN_CHECK)
    scene.write_decision(case)
    confirm_modification(case.pk, actor=scene.chair, now=scene.now)
    return list(CaseReport.objects.filter(decision__case=case, kind="letter", language="en").order_by("decision"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_later_decision_supersedes_the_earlier_letter_in_any_order(
    scene: Scene, keys: Path, order: tuple[int, int]
) -> None:
    install_key(scene)
    letters = two_letters(scene)
    for place in order:
        issue(letters[place].pk, clock=still(scene.now))
    earlier, later = [CaseReport.objects.select_related("document").get(pk=row.pk).document for row in letters]
    assert earlier is not None
    assert later is not None
    assert (earlier.superseded_by, later.superseded_by) == (later, None)


def test_other_kind_and_language_are_not_superseded(scene: Scene, keys: Path) -> None:
    install_key(scene)
    letters = two_letters(scene)
    other = CaseReport.objects.get(decision=letters[1].decision, kind="letter", language="zh-hans")
    for row in (letters[0], other):
        issue(row.pk, clock=still(scene.now))
    assert set(SignedDocument.objects.values_list("superseded_by", flat=True)) == {None}


# -- two workers -----------------------------------------------------------------------------------------------------


def signed_file(report: CaseReport, at: datetime) -> tuple[Composed, bytes]:
    """What one worker has in its hands before it keeps it."""
    composed = compose(report, code=new_code(), at=at)
    key = load_signer(report.decision.case.committee.host_id, at=at)
    pdf = sign(
        composed.pdf,
        signer=key.signer,
        field=composed.seal.name,
        reason=composed.title,
        location=composed.place,
        certify=True,
        at=at,
    )
    return composed, pdf


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_one_file(now: datetime, keys: Path) -> None:
    scene = make_scene(now)
    case = scene.case_in(State.APPROVED)
    report = CaseReport.objects.get(decision__case=case, kind="letter", language="en")
    install_key(scene)
    files = [signed_file(report, scene.now) for _ in range(2)]
    barrier, failures = threading.Barrier(2), []

    def keep(place: int) -> None:
        try:
            barrier.wait(timeout=30)
            issuing._keep(Claim(report, 1), *files[place], now=scene.now)
        except Exception as fault:
            failures.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=keep, args=(place,)) for place in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert failures == []
    kept = SignedDocument.objects.get(kind="case-letter", language="en")
    assert bytes(kept.content) in {pdf for _composed, pdf in files}
    assert AuditEvent.objects.filter(verb="report.sign").count() == 1


# -- a worker killed in the middle -----------------------------------------------------------------------------------


def wait_for(true: Callable[[], bool], *, seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, log.read_text(errors="replace")[-4000:]
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_loses_nothing(now: datetime, keys: Path, broker: None, tmp_path: Path) -> None:
    scene, log = make_scene(now), tmp_path / "worker.log"
    install_key(scene)
    scene.case_in(State.APPROVED)
    assert {state for _kind, _language, state in states()} == {"queued"}
    with celery_worker(tmp_path) as first:
        wait_for(lambda: CaseReport.objects.filter(state="rendering").exists(), seconds=120, log=log)
        kill(first)
    half = CaseReport.objects.get(state="rendering")
    assert half.document is None
    kept_before = SignedDocument.objects.count()
    long_after = timezone.now() + timedelta(minutes=2)
    waiting = stuck_reports(long_after)
    assert half.pk in waiting
    for report_id in waiting:
        retry_report(report_id, actor=None, now=timezone.now())
    with celery_worker(tmp_path):
        wait_for(lambda: states() == ALL_SIGNED, seconds=240, log=log)
    half.refresh_from_db()
    assert (half.state, half.attempts) == ("signed", 2)
    assert (kept_before < 4, SignedDocument.objects.count()) == (True, 4)
    assert AuditEvent.objects.filter(verb="report.sign").count() == 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_tries_again_by_itself_once_there_is_a_key(
    now: datetime, keys: Path, broker: None, tmp_path: Path
) -> None:
    scene, log = make_scene(now), tmp_path / "worker.log"
    scene.case_in(State.APPROVED)
    with celery_worker(tmp_path):
        wait_for(lambda: {state for *_rest, state in states()} == {"failed"}, seconds=120, log=log)
        assert set(CaseReport.objects.values_list("error", flat=True)) == {"cannot_sign: missing"}
        install_key(scene)
        wait_for(lambda: states() == ALL_SIGNED, seconds=240, log=log)
    assert SignedDocument.objects.count() == 4
    assert set(CaseReport.objects.values_list("error", flat=True)) == {""}
