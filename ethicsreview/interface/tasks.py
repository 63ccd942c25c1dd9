"""Messages to webhooks, one at a time."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.interface.reporting import send


@shared_task(name="interface.send_webhook")
def send_webhook(delivery_id: int) -> None:
    """Send one message; what fails waits in the ledger for the next run of ``tell_webhooks``."""
    send(delivery_id, now=timezone.now())
