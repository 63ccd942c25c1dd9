"""Reads of reports in the making."""

from datetime import datetime

from workflows.domain.retries import SILENCE, is_stuck
from workflows.domain.states import ReportState
from workflows.models import CaseReport


def stuck_reports(now: datetime) -> list[int]:
    """Ids of unfinished reports nothing has moved for."""
    rows = CaseReport.objects.exclude(state=ReportState.SIGNED.value).filter(progressed_at__lt=now - SILENCE)
    return [row.pk for row in rows if is_stuck(ReportState(row.state), row.attempts, row.progressed_at, now)]
