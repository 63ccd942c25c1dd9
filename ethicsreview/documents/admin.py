"""The register in the back office: to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ethicsreview.documents.models import SignedDocument

SHOWN = (
    "code",
    "kind",
    "language",
    "title",
    "subject",
    "organisation",
    "sha256",
    "length",
    "signers",
    "signed_at",
    "created_at",
    "superseded_by",
)


@admin.register(SignedDocument)
class SignedDocumentAdmin(admin.ModelAdmin[SignedDocument]):
    """Everything but the bytes; nothing can be added, changed or removed."""

    list_display = ["code", "kind", "language", "organisation", "subject", "signed_at", "superseded_by"]
    list_filter = ["kind", "language"]
    list_select_related = ["organisation", "superseded_by"]
    search_fields = ["code", "subject", "sha256"]
    fields = SHOWN
    readonly_fields = SHOWN

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SignedDocument | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignedDocument | None = None) -> bool:
        return False
