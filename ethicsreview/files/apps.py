"""Registers the room with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Uploaded files, their versions and checks."""

    name = "ethicsreview.files"
