"""The operator reads the audit trail; nobody writes it here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ethicsreview.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin[AuditEvent]):
    """Read only. Search takes a whole chain (``organisation:7``) or a whole subject (``case:42``)."""

    list_display = ["chain", "number", "at", "actor", "verb", "subject"]
    search_fields = ["chain__exact", "subject__exact"]
    search_help_text = "organisation:7 · operator · case:42"
    ordering = ["-id"]
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
