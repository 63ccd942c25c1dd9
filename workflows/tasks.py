"""Deferred work of the procedure: an id in, one call, harmless when repeated."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from workflows.domain.retries import wait_after
from workflows.reporting import answers, archiving
from workflows.reporting.issuing import ReportFailed, issue
from workflows.reporting.series import CASE_REPORTS, VERIFICATION_REPORTS, Series


@shared_task(bind=True, max_retries=None, ignore_result=True)
def issue_report(self: "Task[..., None]", *, report_id: int, **_later: Any) -> None:
    """Make and sign one report of a decision."""
    _issue(self, report_id, CASE_REPORTS)


@shared_task(bind=True, max_retries=None, ignore_result=True)
def issue_verification_report(self: "Task[..., None]", *, report_id: int, **_later: Any) -> None:
    """Make and sign one document of a verification."""
    _issue(self, report_id, VERIFICATION_REPORTS)


@shared_task(ignore_result=True)
def mail_answer(*, objection_id: int, **_later: Any) -> None:
    """Mail the answer to an objection; what fails is tried again by ``requeue_answers``."""
    answers.mail_answer(objection_id, now=timezone.now())


@shared_task(ignore_result=True, soft_time_limit=900, time_limit=960)
def build_archive(*, archive_id: int, **_later: Any) -> None:
    """Build one archive; what fails says why on it, what dies is requeued."""
    archiving.build(archive_id)


def _issue(task: "Task[..., None]", report_id: int, series: Series[Any]) -> None:
    """On failure, which stands on the report, it is tried again with a growing pause."""
    try:
        issue(report_id, clock=timezone.now, series=series)
    except ReportFailed as failure:
        if task.request.is_eager:
            return  # run where it was called, a retry would follow at once and without end
        raise task.retry(exc=failure, countdown=wait_after(failure.attempts).total_seconds()) from failure
