"""Registers the room with Django."""

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """Values to SVG and an equivalent table."""

    name = "ethicsreview.charts"
