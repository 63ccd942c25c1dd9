"""Registers the room with Django."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Instruments, assessments, ratings and their arithmetic."""

    name = "assessments"
