"""What beat does here."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.interface.actions import collect_events, sweep_calls
from ethicsreview.interface.queries import due_messages, running_webhooks
from ethicsreview.interface.tasks import send_webhook


@shared_task(name="interface.sweep_calls")
def sweep() -> None:
    """Remove what was kept of yesterday's calls."""
    sweep_calls(now=timezone.now())


@shared_task(name="interface.tell_webhooks")
def tell_webhooks() -> None:
    """Put down what happened since the last run, and hand every message that is due to the workers."""
    now = timezone.now()
    for webhook_id in running_webhooks():
        collect_events(webhook_id, now=now)
    for delivery_id in due_messages(now):
        send_webhook.delay(delivery_id=delivery_id)
