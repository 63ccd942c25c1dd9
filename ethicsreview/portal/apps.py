"""Registers the room with Django."""

from django.apps import AppConfig

from ethicsreview.celery import app


class PortalConfig(AppConfig):
    """What a person sees across both halves."""

    name = "ethicsreview.portal"

    def ready(self) -> None:
        """Tasks started anywhere in this process go to our broker; who only reads files never loads Celery."""
        app.set_default()
