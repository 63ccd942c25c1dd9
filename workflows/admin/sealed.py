"""What is looked at and never touched."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class Sealed:
    """Looked at by staff, written by nobody: a case changes through its actions alone."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff find it on the first page."""
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Staff may look."""
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes."""
        return False


class SealedRows(Sealed, admin.TabularInline[Model, Model]):
    """Rows shown on the page of what they belong to."""

    extra = 0
    can_delete = False
