"""Committees and their cases."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workflows.admin.sealed import Sealed
from workflows.models import (
    AgendaItem,
    Application,
    Attendance,
    Case,
    CaseReport,
    Committee,
    Condition,
    Conflict,
    Decision,
    Dissent,
    Meeting,
    Minutes,
    Motion,
    Reminder,
    Review,
    RulebookVersion,
    Seat,
    SupplementNotice,
    Vote,
    Wait,
)


@admin.register(RulebookVersion)
class RulebookAdmin(Sealed, admin.ModelAdmin[RulebookVersion]):
    """Published editions."""

    list_display = ["slug", "version", "digest", "published_at"]
    list_filter = ["slug"]
    ordering = ["slug", "-version"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[RulebookVersion]:
        """The list does without the editions' content."""
        return super().get_queryset(request).defer("content")


@admin.register(Committee)
class CommitteeAdmin(Sealed, admin.ModelAdmin[Committee]):
    """Committees; their page on the site shows what they lack."""

    list_display = ["code", "name", "host", "rulebook_slug", "instrument_slug", "accepts_applications"]
    list_select_related = ["host"]
    list_filter = ["rulebook_slug", "accepts_applications"]
    search_fields = ["code", "name", "name_zh", "host__name"]
    ordering = ["code"]


@admin.register(Seat)
class SeatAdmin(Sealed, admin.ModelAdmin[Seat]):
    """Who sits where, for how long."""

    list_display = ["committee", "user", "role", "external", "starts", "ends", "away_from", "away_until"]
    list_select_related = ["committee", "user"]
    list_filter = ["role", "external", "committee"]
    search_fields = ["user__name", "user__name_zh", "user__email", "committee__code"]
    ordering = ["committee__code", "role", "id"]


@admin.register(Case)
class CaseAdmin(Sealed, admin.ModelAdmin[Case]):
    """Cases, newest change first."""

    list_display = ["__str__", "title", "state", "committee", "applicant", "tier", "changed_at"]
    list_select_related = ["committee", "applicant"]
    list_filter = ["state", "committee", "tier"]
    search_fields = ["reference", "title", "applicant__name", "applicant__name_zh"]
    ordering = ["-changed_at", "-id"]


@admin.register(Application)
class ApplicationAdmin(Sealed, admin.ModelAdmin[Application]):
    """Versions of what applicants say."""

    list_display = ["case", "number", "revision", "saved_at", "submitted_at", "submitted_by", "digest"]
    list_select_related = ["case", "submitted_by"]
    search_fields = ["case__reference", "case__title", "digest"]
    ordering = ["-id"]


@admin.register(SupplementNotice)
class SupplementAdmin(Sealed, admin.ModelAdmin[SupplementNotice]):
    """Supplement notices."""

    list_display = ["case", "number", "issued_by", "issued_at", "answered_at"]
    list_select_related = ["case", "issued_by"]
    search_fields = ["case__reference"]
    ordering = ["-id"]


@admin.register(Conflict)
class ConflictAdmin(Sealed, admin.ModelAdmin[Conflict]):
    """Recusals, standing and lifted."""

    list_display = ["case", "user", "kind", "declared_by", "declared_at", "lifted_at"]
    list_select_related = ["case", "user", "declared_by"]
    list_filter = ["kind"]
    search_fields = ["case__reference", "user__name", "user__name_zh", "user__email"]
    ordering = ["-id"]


@admin.register(Wait)
class WaitAdmin(Sealed, admin.ModelAdmin[Wait]):
    """Times with the applicant."""

    list_display = ["case", "kind", "started_at", "ended_at"]
    list_select_related = ["case"]
    list_filter = ["kind"]
    search_fields = ["case__reference"]
    ordering = ["-id"]


@admin.register(Reminder)
class ReminderAdmin(Sealed, admin.ModelAdmin[Reminder]):
    """What was said of time limits, and when."""

    list_display = ["case", "kind", "due", "sent_at"]
    list_select_related = ["case"]
    list_filter = ["kind"]
    search_fields = ["case__reference"]
    ordering = ["-id"]


@admin.register(Review)
class ReviewAdmin(Sealed, admin.ModelAdmin[Review]):
    """Assignments and whether they are handed in."""

    list_display = ["case", "user", "assigned_at", "submitted_at", "withdrawn_at", "withdrawn_reason"]
    list_select_related = ["case", "user"]
    search_fields = ["case__reference", "user__name", "user__name_zh", "user__email"]
    ordering = ["-id"]


@admin.register(Meeting)
class MeetingAdmin(Sealed, admin.ModelAdmin[Meeting]):
    """Sittings."""

    list_display = ["committee", "number", "starts_at", "state", "convened_at", "opened_at", "closed_at"]
    list_select_related = ["committee"]
    list_filter = ["state", "committee"]
    ordering = ["-starts_at", "-id"]
    fields = [
        "committee",
        "number",
        "starts_at",
        "place",
        "video_link",
        "message",
        "presiding",
        "state",
        "convened_at",
        "opened_at",
        "closed_at",
    ]


@admin.register(AgendaItem)
class AgendaItemAdmin(Sealed, admin.ModelAdmin[AgendaItem]):
    """What stood on which agenda and how it ended."""

    list_display = ["meeting", "position", "case", "opened_at", "closed_at", "outcome"]
    list_select_related = ["meeting", "case"]
    list_filter = ["outcome"]
    search_fields = ["case__reference"]
    ordering = ["-id"]


@admin.register(Attendance)
class AttendanceAdmin(Sealed, admin.ModelAdmin[Attendance]):
    """Who was in which room from when to when."""

    list_display = ["meeting", "seat", "mode", "stands_for", "arrived_at", "left_at"]
    list_select_related = ["meeting", "seat", "stands_for"]
    list_filter = ["mode"]
    ordering = ["-id"]


@admin.register(Motion)
class MotionAdmin(Sealed, admin.ModelAdmin[Motion]):
    """Questions put to the vote, with the standing as it was."""

    list_display = ["item", "number", "kind", "decision_kind", "put_by", "put_at", "closed_at", "carried"]
    list_select_related = ["item", "put_by"]
    list_filter = ["kind", "carried"]
    search_fields = ["item__case__reference"]
    ordering = ["-id"]


@admin.register(Vote)
class VoteAdmin(Sealed, admin.ModelAdmin[Vote]):
    """Votes as cast: whose vote, and whose hand."""

    list_display = ["motion", "number", "user", "by", "choice", "at"]
    list_select_related = ["motion", "user", "by"]
    list_filter = ["choice"]
    search_fields = ["motion__item__case__reference", "user__name", "user__name_zh"]
    ordering = ["-id"]


@admin.register(Dissent)
class DissentAdmin(Sealed, admin.ModelAdmin[Dissent]):
    """Opinions against the outcome."""

    list_display = ["motion", "user", "at"]
    list_select_related = ["motion", "user"]
    ordering = ["-id"]


@admin.register(Minutes)
class MinutesAdmin(Sealed, admin.ModelAdmin[Minutes]):
    """Minutes and their approval."""

    list_display = ["meeting", "drafted_by", "drafted_at", "approved_by", "approved_at", "digest"]
    list_select_related = ["meeting", "drafted_by", "approved_by"]
    ordering = ["-id"]


@admin.register(Decision)
class DecisionAdmin(Sealed, admin.ModelAdmin[Decision]):
    """Decisions drafted and issued."""

    list_display = ["case", "number", "kind", "drafted_by", "issued_by", "issued_at", "valid_until"]
    list_select_related = ["case", "drafted_by", "issued_by"]
    list_filter = ["kind"]
    search_fields = ["case__reference"]
    ordering = ["-id"]


@admin.register(Condition)
class ConditionAdmin(Sealed, admin.ModelAdmin[Condition]):
    """What applicants must do by when."""

    list_display = ["decision", "number", "due"]
    list_select_related = ["decision"]
    ordering = ["-id"]


@admin.register(CaseReport)
class ReportAdmin(Sealed, admin.ModelAdmin[CaseReport]):
    """Documents in the making; a failed one with the reason of its last failure."""

    list_display = ["case", "kind", "language", "state", "attempts", "error", "queued_at", "progressed_at"]
    list_select_related = ["decision__case"]
    list_filter = ["state", "kind", "language"]
    search_fields = ["decision__case__reference", "error"]
    ordering = ["-progressed_at", "-id"]

    @admin.display(description=_("case"), ordering="decision__case__reference")
    def case(self, report: CaseReport) -> str:
        """The reference of the case the document is about."""
        return str(report.decision.case)
