"""The operator sees which files there are; files come and go by actions alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ethicsreview.files.models import FileVersion, Upload


class FileVersionInline(admin.TabularInline[FileVersion, Upload]):
    """All versions of a document, newest last."""

    model = FileVersion
    extra = 0
    can_delete = False
    ordering = ["number"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin[Upload]):
    """Read only; found by a version's SHA-256 or by the document's title."""

    list_display = ["id", "title", "created_by", "created_at"]
    list_select_related = ["created_by"]
    search_fields = ["title", "versions__sha256__exact"]
    ordering = ["-id"]
    inlines = [FileVersionInline]
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False
