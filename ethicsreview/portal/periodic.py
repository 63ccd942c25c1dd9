"""What the clock does at the roof: figures are counted anew."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.portal.actions.figures import rebuild_figures, sum_ratings
from ethicsreview.portal.queries.figures import due_offices
from ethicsreview.portal.queries.rated import scales, uncounted_committees


@shared_task(ignore_result=True)
def rebuild_due_figures() -> None:
    """Sum up what was decided since, then count for each authority that is due in a task of its own."""
    now, known = timezone.now(), scales()
    for committee_id in uncounted_committees():
        sum_ratings(committee_id, known, now=now)
    for office_id in due_offices(now):
        rebuild_one.delay(office_id=office_id)


@shared_task(ignore_result=True)
def rebuild_one(*, office_id: int) -> None:
    """Count for one authority: where that fails, the others have their figures all the same."""
    rebuild_figures(office_id, now=timezone.now())
