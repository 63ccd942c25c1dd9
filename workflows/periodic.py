"""What the clock does: reads the time, loops, calls actions."""

from celery import shared_task
from django.utils import timezone

from workflows.actions.decisions import retry_report
from workflows.queries.reports import stuck_reports


@shared_task(ignore_result=True)
def requeue_reports() -> None:
    """Queue again what has made no progress: after a killed worker or a lost broker alike."""
    now = timezone.now()
    for report_id in stuck_reports(now):
        retry_report(report_id, actor=None, now=now)
