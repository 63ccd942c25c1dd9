"""What the beat does for files."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.files import steps


@shared_task(name="files.sweep")
def sweep_files() -> None:
    """Daily: clear away files whose transaction was rolled back, and page pictures nobody reads any more."""
    now = timezone.now()
    steps.remove_orphans(now)
    steps.trim_pages(now)
