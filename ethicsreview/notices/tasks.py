"""Mails, one at a time."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.notices.reporting import deliver


@shared_task(name="notices.send_mail")
def send_mail(delivery_id: int) -> None:
    """Send the mail of one notice; what fails waits in the ledger for the next run of ``requeue_stuck``."""
    deliver(delivery_id, now=timezone.now())
