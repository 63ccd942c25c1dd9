"""Registers the room with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What a person sees across both halves."""

    name = "ethicsreview.portal"
