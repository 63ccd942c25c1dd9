"""Catching up: mails that failed, or whose task was lost with a worker or the broker."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.notices.queries import due_deliveries
from ethicsreview.notices.tasks import send_mail


@shared_task(name="notices.requeue_stuck")
def requeue_stuck() -> None:
    """Every minute: hand the mails that are due to the workers; one that is being sent is skipped by its lock."""
    for delivery_id in due_deliveries(timezone.now()):
        send_mail.delay(delivery_id=delivery_id)
