"""Registers the room with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Rendering, signing and verifying of PDF documents."""

    name = "ethicsreview.documents"
