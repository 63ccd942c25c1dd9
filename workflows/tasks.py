"""Deferred work of the procedure: an id in, one call, harmless when repeated."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from workflows.domain.retries import wait_after
from workflows.reporting.issuing import ReportFailed, issue


@shared_task(bind=True, max_retries=None, ignore_result=True)
def issue_report(self: "Task[..., None]", *, report_id: int, **_later: Any) -> None:
    """Make and sign one report; on failure, which stands on the report, it is tried again with a growing pause."""
    try:
        issue(report_id, clock=timezone.now)
    except ReportFailed as failure:
        if self.request.is_eager:
            return  # run where it was called, a retry would follow at once and without end
        raise self.retry(exc=failure, countdown=wait_after(failure.attempts).total_seconds()) from failure
