"""Verifications of maturity assessments, and the certificates that come of them."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workflows.admin.sealed import Sealed, SealedRows
from workflows.models import (
    Certificate,
    CertificateEvent,
    DcmmFinding,
    DcmmRenewal,
    Finding,
    LookReminder,
    NaDecision,
    Objection,
    OnSiteEntry,
    PanelBallot,
    PanelSeat,
    PanelVote,
    Recusal,
    SentBack,
    TeamAssessor,
    Verification,
    VerificationReport,
)


class TeamRows(SealedRows):
    """Who is and was on the assessment team."""

    model = TeamAssessor
    verbose_name_plural = _("assessment team")


class PanelRows(SealedRows):
    """Who is and was on the expert panel."""

    model = PanelSeat
    verbose_name_plural = _("expert panel")


class RecusalRows(SealedRows):
    """Who has no part in it, and why."""

    model = Recusal
    verbose_name_plural = _("recusals")


class NaDecisionRows(SealedRows):
    """What was decided on the items set aside."""

    model = NaDecision
    verbose_name_plural = _("decisions on items set aside")


class DcmmFindingRows(SealedRows):
    """Findings on the DCMM level, with the countersignature."""

    model = DcmmFinding
    verbose_name_plural = _("findings on the DCMM level")


class SentBackRows(SealedRows):
    """When it went back to the team."""

    model = SentBack
    verbose_name_plural = _("sent back to the team")


@admin.register(Verification)
class VerificationAdmin(Sealed, admin.ModelAdmin[Verification]):
    """Verifications, newest change first."""

    list_display = ["reference", "self_assessment", "host", "state", "recommended_tier", "changed_at", "decided_at"]
    list_select_related = ["self_assessment", "host"]
    list_filter = ["state"]
    search_fields = ["reference", "self_assessment__reference", "self_assessment__legal_entity"]
    ordering = ["-changed_at", "-id"]
    inlines = [TeamRows, PanelRows, RecusalRows, NaDecisionRows, DcmmFindingRows, SentBackRows]


@admin.register(OnSiteEntry)
class OnSiteEntryAdmin(Sealed, admin.ModelAdmin[OnSiteEntry]):
    """What was done on site."""

    list_display = ["verification", "kind", "subject", "held_on", "by"]
    list_select_related = ["verification", "by"]
    list_filter = ["kind"]
    search_fields = ["verification__reference"]
    ordering = ["-id"]


@admin.register(Finding)
class FindingAdmin(Sealed, admin.ModelAdmin[Finding]):
    """What teams found short, and what became of it."""

    list_display = ["verification", "number", "criterion", "kind", "by", "at", "answered_at", "resolved"]
    list_select_related = ["verification", "by"]
    list_filter = ["kind", "resolved"]
    search_fields = ["verification__reference"]
    ordering = ["-id"]


@admin.register(PanelBallot)
class PanelBallotAdmin(Sealed, admin.ModelAdmin[PanelBallot]):
    """Votes of expert panels, with the standing as it was when they were closed."""

    list_display = ["verification", "number", "tier", "opened_by", "opened_at", "closed_at", "carried"]
    list_select_related = ["verification", "opened_by"]
    list_filter = ["carried"]
    search_fields = ["verification__reference"]
    ordering = ["-id"]


@admin.register(PanelVote)
class PanelVoteAdmin(Sealed, admin.ModelAdmin[PanelVote]):
    """Experts' votes once their ballot is closed; those of an open one are nobody's to see."""

    list_display = ["ballot", "number", "user", "choice", "at"]
    list_select_related = ["ballot", "user"]
    list_filter = ["choice"]
    search_fields = ["ballot__verification__reference", "user__name", "user__name_zh"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[PanelVote]:
        """Only of closed ballots."""
        return super().get_queryset(request).filter(ballot__closed_at__isnull=False)


@admin.register(Objection)
class ObjectionAdmin(Sealed, admin.ModelAdmin[Objection]):
    """Objections within the public notice, without who made them: that is for the body's desk alone."""

    list_display = ["verification", "at", "upheld", "settled_at", "answer_mail", "mail_attempts", "mailed_at"]
    list_select_related = ["verification"]
    list_filter = ["upheld", "answer_mail"]
    exclude = ["name", "contact"]
    search_fields = ["verification__reference"]
    ordering = ["-id"]


class DcmmRenewalRows(SealedRows):
    """DCMM certificates handed in to renew the one the tier rests on."""

    model = DcmmRenewal
    verbose_name_plural = _("renewals of the DCMM certificate")


@admin.register(Certificate)
class CertificateAdmin(Sealed, admin.ModelAdmin[Certificate]):
    """Certificates by number."""

    list_display = ["number", "legal_entity", "tier", "state", "issued_on", "expires_on", "surveillance_due"]
    list_filter = ["state", "tier"]
    search_fields = ["number", "legal_entity", "verification__reference"]
    ordering = ["-issued_on", "-id"]
    inlines = [DcmmRenewalRows]


@admin.register(CertificateEvent)
class CertificateEventAdmin(Sealed, admin.ModelAdmin[CertificateEvent]):
    """What happened to certificates."""

    list_display = ["certificate", "verb", "tier", "by", "at"]
    list_select_related = ["certificate", "by"]
    list_filter = ["verb"]
    search_fields = ["certificate__number"]
    ordering = ["-id"]


@admin.register(LookReminder)
class LookReminderAdmin(Sealed, admin.ModelAdmin[LookReminder]):
    """What was said of surveillances to be done, and when."""

    list_display = ["certificate", "kind", "due", "sent_at"]
    list_select_related = ["certificate"]
    list_filter = ["kind"]
    search_fields = ["certificate__number"]
    ordering = ["-id"]


@admin.register(VerificationReport)
class VerificationReportAdmin(Sealed, admin.ModelAdmin[VerificationReport]):
    """Documents in the making; a failed one with the reason of its last failure."""

    list_display = ["verification", "kind", "language", "state", "attempts", "error", "queued_at", "progressed_at"]
    list_select_related = ["verification"]
    list_filter = ["state", "kind", "language"]
    search_fields = ["verification__reference", "error"]
    ordering = ["-progressed_at", "-id"]
