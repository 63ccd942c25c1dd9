"""Registers the room with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only, hash-chained record of every change."""

    name = "ethicsreview.audit"
