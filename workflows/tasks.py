"""Deferred work of the procedure: an id in, one call, harmless when repeated."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from workflows.domain.retries import wait_after
from workflows.reporting.issuing import ReportFailed, issue


@shared_task(bind=True, max_retries=None, ignore_result=True)
def issue_report(self: "Task[..., None]", *, report_id: int, **_later: Any) -> None:
    """Make and sign one report; on failure it is tried again with a growing pause."""
    try:
        issue(report_id, now=timezone.now())
    except ReportFailed as failure:
        raise self.retry(exc=failure, countdown=wait_after(failure.attempts).total_seconds()) from failure
