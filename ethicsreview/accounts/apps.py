"""Registers the room with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, organisations, memberships."""

    name = "ethicsreview.accounts"
