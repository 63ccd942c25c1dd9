"""What the clock does: reads the time, loops, calls actions."""

from celery import shared_task
from django.utils import timezone

from workflows.actions.archives import expire_archive, remove_orphans, requeue_archive
from workflows.actions.certificates import suspend_lapsed
from workflows.actions.decisions import retry_report
from workflows.actions.reminders import warn_of_deadline, warn_of_look
from workflows.actions.verification_correction import lapse_correction, warn_of_correction
from workflows.actions.verification_reports import retry_verification_report
from workflows.queries.archives import archives_over, stuck_archives
from workflows.queries.certificates import unwarned_looks
from workflows.queries.deadlines import unwarned_cases
from workflows.queries.objections import unmailed_answers
from workflows.queries.reports import stuck_reports, stuck_verification_reports
from workflows.queries.verifications import lapsed_certificates, lapsed_corrections, soon_lapsing_corrections
from workflows.tasks import mail_answer


@shared_task(ignore_result=True)
def requeue_reports() -> None:
    """Queue again what has made no progress: after a killed worker or a lost broker alike."""
    now = timezone.now()
    for report_id in stuck_reports(now):
        retry_report(report_id, actor=None, now=now)
    for report_id in stuck_verification_reports(now):
        retry_verification_report(report_id, actor=None, now=now)


@shared_task(ignore_result=True)
def warn_deadlines() -> None:
    """Warn of limits and yearly looks that are near or over, each once; what an outage missed is caught up."""
    now = timezone.now()
    for case_id in unwarned_cases(now):
        warn_of_deadline(case_id, actor=None, now=now)
    for certificate_id in unwarned_looks(now):
        warn_of_look(certificate_id, actor=None, now=now)


@shared_task(ignore_result=True)
def requeue_answers() -> None:
    """Hand the answers to objections that wait for their mail to the workers."""
    for objection_id in unmailed_answers(timezone.now()):
        mail_answer.delay(objection_id=objection_id)


@shared_task(ignore_result=True)
def close_corrections() -> None:
    """Warn of correction windows that end soon, and end those that are over, however long ago."""
    now = timezone.now()
    for verification_id in lapsed_corrections(now):
        lapse_correction(verification_id, actor=None, now=now)
    for verification_id in soon_lapsing_corrections(now):
        warn_of_correction(verification_id, actor=None, now=now)


@shared_task(ignore_result=True)
def suspend_certificates() -> None:
    """Suspend certificates whose DCMM certificate ran out and was not renewed in time, however long ago."""
    now = timezone.now()
    for certificate_id in lapsed_certificates(now):
        suspend_lapsed(certificate_id, actor=None, now=now)


@shared_task(ignore_result=True)
def requeue_archives() -> None:
    """Queue again the archives nothing moves for: after a killed worker or a lost broker alike."""
    now = timezone.now()
    for archive_id in stuck_archives(now):
        requeue_archive(archive_id, now=now)


@shared_task(ignore_result=True)
def expire_archives() -> None:
    """Delete the files whose day is over, and those that no archive refers to."""
    now = timezone.now()
    for archive_id in archives_over(now):
        expire_archive(archive_id, now=now)
    remove_orphans(now)
