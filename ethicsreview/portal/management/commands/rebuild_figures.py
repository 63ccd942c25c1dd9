"""Counts the figures of every authority now, as beat does by and by."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ethicsreview.portal.actions.figures import rebuild_figures, sum_ratings
from ethicsreview.portal.queries.figures import every_office
from ethicsreview.portal.queries.rated import scales, uncounted_committees


class Command(BaseCommand):
    """``manage.py rebuild_figures``: harmless at any time, and however often."""

    help = "Counts the figures of every authority now."

    def handle(self, *args: Any, **options: Any) -> None:
        known = scales()
        while waiting := uncounted_committees():
            for committee_id in waiting:
                sum_ratings(committee_id, known, now=timezone.now())
        offices = every_office()
        for office_id in offices:
            rebuild_figures(office_id, now=timezone.now())
        self.stdout.write(f"figures of {len(offices)} authorities")
