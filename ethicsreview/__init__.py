"""The project: settings, ground rooms and the roof."""

from ethicsreview.celery import app as celery_app

__all__ = ["celery_app"]
