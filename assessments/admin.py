"""The operator reads instruments, answers and self-assessments; nobody writes them here."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Contributor,
    DcmmClaim,
    Evidence,
    EvidenceLink,
    InstrumentVersion,
    ItemEffort,
    PlanStep,
    SelfAssessment,
    Snapshot,
)

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


class _Rows(admin.TabularInline[Model, Model]):
    """Rows shown on the page of what they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ContributorRows(_Rows):
    """Who fills in what."""

    model = Contributor
    verbose_name_plural = _("contributors")


class EffortRows(_Rows):
    """What raising a criterion costs, by item."""

    model = ItemEffort
    verbose_name_plural = _("efforts")


class PlanRows(_Rows):
    """The improvement plan."""

    model = PlanStep
    verbose_name_plural = _("improvement plan")


class LinkRows(_Rows):
    """Criteria that a piece of evidence supports or supported."""

    model = EvidenceLink
    verbose_name_plural = _("criteria supported")


@admin.register(SelfAssessment)
class SelfAssessmentAdmin(_ReadOnly[SelfAssessment]):
    """Self-assessments, newest change first."""

    list_display = ["reference", "organisation", "legal_entity", "target", "lead", "reference_date", "changed_at"]
    list_filter = ["target", "size"]
    search_fields = ["reference", "legal_entity"]
    list_select_related = ["organisation", "lead"]
    ordering = ["-changed_at", "-id"]
    inlines = [ContributorRows, EffortRows, PlanRows]


@admin.register(Evidence)
class EvidenceAdmin(_ReadOnly[Evidence]):
    """Evidence of self-assessments; the list leaves titles out, for some are confidential."""

    list_display = ["id", "self_assessment", "kind", "dated", "confidential", "accepted", "added_at", "removed_at"]
    list_filter = ["confidential", "accepted"]
    search_fields = ["self_assessment__reference"]
    list_select_related = ["self_assessment"]
    ordering = ["-id"]
    inlines = [LinkRows]


@admin.register(DcmmClaim)
class DcmmClaimAdmin(_ReadOnly[DcmmClaim]):
    """Claimed levels; the newest of an assessment stands."""

    list_display = ["self_assessment", "source", "level", "edition", "certificate", "expires", "by", "at"]
    list_filter = ["source"]
    search_fields = ["self_assessment__reference", "certificate"]
    list_select_related = ["self_assessment", "by"]
    ordering = ["-id"]


@admin.register(Snapshot)
class SnapshotAdmin(_ReadOnly[Snapshot]):
    """What was handed in and verified; the list leaves the content out."""

    list_display = ["self_assessment", "number", "tier", "digest", "by", "at"]
    search_fields = ["self_assessment__reference", "digest"]
    list_select_related = ["self_assessment", "by"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """The list does without the content; a page fetches its own."""
        return super().get_queryset(request).defer("inputs", "facts", "result")
