"""The signed documents of a decided verification, once they are queued."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from workflows import tasks
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import ReportState
from workflows.domain.verification_states import VRole
from workflows.models import VerificationReport
from workflows.steps.verifications import lock_verification, log

KEEPERS = frozenset({VRole.COORDINATOR, VRole.DECIDER})


@transaction.atomic(durable=True)
def retry_verification_report(report_id: int, *, actor: User | None, now: datetime) -> VerificationReport:
    """Queue an unfinished document again; asked by the desk after a failure or by the beat job after silence."""
    verification_id = VerificationReport.objects.values_list("verification_id", flat=True).get(pk=report_id)
    folder = lock_verification(verification_id, actor=actor, now=now)
    if actor is not None and not folder.roles & KEEPERS:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    report = VerificationReport.objects.select_for_update().get(pk=report_id)
    if report.state == ReportState.SIGNED.value:
        return report
    report.state, report.queued_at, report.progressed_at = ReportState.QUEUED.value, now, now
    report.save(update_fields=["state", "queued_at", "progressed_at"])
    log(folder, "report.requeue", report=report.pk, attempts=report.attempts)
    transaction.on_commit(lambda: tasks.issue_verification_report.delay(report_id=report_id), robust=True)
    return report
