"""Decisions, their conditions and their signed reports."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ethicsreview.accounts.queries import jurisdiction_of
from workflows.domain.states import ReportKind
from workflows.models.cases import Case, accepted_in, as_authority, as_committee, as_party, near_to, readable_by
from workflows.models.documents import Report
from workflows.models.meetings import Motion
from workflows.models.narrowing import Among

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Reading rights of decisions; a draft is reached through the pages of its writers alone."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those that are out, of cases one may read."""
        if user.is_anonymous:
            return self.none()
        return self.filter(readable_by(user, day, "case"), issued_at__isnull=False)

    def supervised_by(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those that are out, of cases one reads as an authority."""
        if user.is_anonymous:
            return self.none()
        return self.filter(as_authority(user.pk, day, "case"), issued_at__isnull=False)

    def counted_by(self, office_id: int) -> Self:
        """Those that are out, of cases an authority counts."""
        return self.filter(accepted_in(jurisdiction_of(office_id, prefix="host__"), "case"), issued_at__isnull=False)


class Decision(models.Model):
    """What the committee decided, drafted by one and issued by another.

    Texts are given in English, in Chinese or in both; each letter prints its own language where it is given.
    ``motion`` is empty for a modified version that the chair checked.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    motion = models.OneToOneField(Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    application = models.ForeignKey("workflows.Application", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    reasons_en = models.TextField(_("reasons in English"), blank=True)
    reasons_zh = models.TextField(_("reasons in Chinese"), blank=True)
    requirements_en = models.TextField(_("requirements in English"), blank=True)
    requirements_zh = models.TextField(_("requirements in Chinese"), blank=True)
    scope_en = models.TextField(_("scope in English"), blank=True)
    scope_zh = models.TextField(_("scope in Chinese"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    followup_months = models.PositiveIntegerField(_("months between follow-up reviews"), null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_as = models.CharField(max_length=12, blank=True)  # chair or vice_chair
    issued_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="decision_number_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(issued_at__isnull=True), name="decision_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} decision {self.number}"

    @property
    def mark(self) -> str:
        """Names this writing of the draft: a page sends it back, so that an act is about what was read."""
        return self.drafted_at.isoformat()


class Condition(models.Model):
    """Something the applicant must do, with the day it is due."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveIntegerField()
    text_en = models.TextField(_("condition in English"), blank=True)
    text_zh = models.TextField(_("condition in Chinese"), blank=True)
    due = models.DateField(_("due"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="condition_number_once"),
            models.CheckConstraint(condition=~Q(text_en="", text_zh=""), name="condition_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} condition {self.number}"


class CaseReportQuerySet(models.QuerySet["CaseReport"]):
    """Reading rights of reports follow the case; the full report is the committee's alone."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those of ``party_to``, and to an authority every signed one."""
        if user.is_anonymous:
            return self.none()
        rights = _to_party(user.pk, day) | _to_authority(user.pk, day)
        return self.filter(rights if user.regulates else rights & _near(user.pk, day))

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Letters of cases one has a part in; full reports from the committee's side of the table."""
        if user.is_anonymous:
            return self.none()
        return self.filter(_to_party(user.pk, day) & _near(user.pk, day))

    def supervised_by(self, user: "User | AnonymousUser", day: date) -> Self:
        """Signed ones of cases one reads as an authority."""
        return self.none() if user.is_anonymous else self.filter(_to_authority(user.pk, day))


_CASE = "decision__case"


def _to_party(user_id: int, day: date) -> Q:
    letter = Q(kind=ReportKind.LETTER.value)
    return letter & as_party(user_id, day, _CASE) | as_committee(user_id, day, _CASE)


def _near(user_id: int, day: date) -> Q:
    return Q(Among("decision", Decision.objects.filter(near_to(user_id, day, "case")).values("pk")))


def _to_authority(user_id: int, day: date) -> Q:
    return Q(document__isnull=False) & as_authority(user_id, day, _CASE)


class CaseReport(Report):
    """One signed document of a decision in the making."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(_("kind"), max_length=8, choices=[(k.value, k.value) for k in ReportKind])

    objects = CaseReportQuerySet.as_manager()

    class Meta(Report.Meta):
        abstract = False
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(fields=["decision", "kind", "language"], name="case_report_once"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.kind} · {self.language}"
