"""The operator sees what was told and which mails failed; nobody writes it here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ethicsreview.notices.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin[Delivery]):
    """The ledger of mails, read only."""

    list_display = ["notice", "state", "attempts", "error", "next_try_at", "sent_at"]
    list_filter = ["state"]
    list_select_related = ["notice"]
    ordering = ["-id"]
    show_full_result_count = False

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
