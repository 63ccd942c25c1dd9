"""Registers the room with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """In-app and mail notices."""

    name = "ethicsreview.notices"
