"""Registers the room with Django."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """What people decide by procedure: committees, cases, meetings, votes, decisions."""

    name = "workflows"
