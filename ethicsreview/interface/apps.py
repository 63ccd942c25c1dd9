"""Registers the room with Django."""

from django.apps import AppConfig


class InterfaceConfig(AppConfig):
    """What every program-facing door needs."""

    name = "ethicsreview.interface"
