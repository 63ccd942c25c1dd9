"""The operator reads instruments and answers; nobody writes them here."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from assessments.models import Answer, AnswerEvidence, Assessment, InstrumentVersion

M = TypeVar("M", bound=Model)


class _ReadOnly(admin.ModelAdmin[M]):
    """Looks, and never a way around the actions."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


@admin.register(InstrumentVersion)
class InstrumentVersionAdmin(_ReadOnly[InstrumentVersion]):
    """Published instruments; the list leaves the content out."""

    list_display = ["slug", "version", "digest", "published_at"]
    ordering = ["slug", "-version"]


@admin.register(Assessment)
class AssessmentAdmin(_ReadOnly[Assessment]):
    """Assessments by state."""

    list_display = ["id", "instrument_version", "state", "started_at", "submitted_at"]
    list_filter = ["state"]
    list_select_related = ["instrument_version"]
    ordering = ["-id"]


@admin.register(Answer)
class AnswerAdmin(_ReadOnly[Answer]):
    """Answers with their history; search takes an assessment's number."""

    list_display = ["id", "assessment_id", "item", "step", "not_applicable", "by", "at"]
    search_fields = ["assessment__id__exact"]
    list_select_related = ["by"]
    ordering = ["-id"]


@admin.register(AnswerEvidence)
class AnswerEvidenceAdmin(_ReadOnly[AnswerEvidence]):
    """Evidence; search takes an answer's number."""

    list_display = ["id", "answer_id", "version", "page", "note"]
    search_fields = ["answer__id__exact"]
    list_select_related = ["version"]
    ordering = ["-id"]
