"""What the clock does: reads the time, loops, calls actions."""

from celery import shared_task
from django.utils import timezone

from workflows.actions.decisions import retry_report
from workflows.actions.reminders import warn_of_deadline
from workflows.queries.deadlines import unwarned_cases
from workflows.queries.reports import stuck_reports


@shared_task(ignore_result=True)
def requeue_reports() -> None:
    """Queue again what has made no progress: after a killed worker or a lost broker alike."""
    now = timezone.now()
    for report_id in stuck_reports(now):
        retry_report(report_id, actor=None, now=now)


@shared_task(ignore_result=True)
def warn_deadlines() -> None:
    """Warn of limits that are near or over, each once; what an outage missed is caught up."""
    now = timezone.now()
    for case_id in unwarned_cases(now):
        warn_of_deadline(case_id, actor=None, now=now)
