"""An enterprise's self-assessment: who fills it, with which evidence, and what was handed in."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.claims import ClaimSource, Party, Policy
from assessments.domain.enterprises import Size
from assessments.models.instruments import Assessment
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, Organisation
from ethicsreview.files.models import FileVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    """Reading rights of the enterprise's side, decided here and nowhere else.

    Assessors and authorities come through ``workflows``.
    """

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """What people of the enterprise may read on ``day``: those with the enterprise role there, nobody else.

        Whoever leads or contributes must still hold that role: leaving the enterprise closes the door.
        """
        if user.is_anonymous:
            return self.none()
        held = Membership.objects.current(day).filter(
            user=user.pk, role=MemberRole.ENTERPRISE.value, organisation=OuterRef("organisation")
        )
        return self.filter(Exists(held))


class SelfAssessment(models.Model):
    """One assessment of a legal entity and scope by itself, filled in ``assessment``, the enterprise's own round.

    ``reference_date`` is the day evidence and certificates are measured at: today while it is open, frozen by the
    submission. ``target`` is the tier aimed at. ``follows`` is the earlier assessment this one was begun from.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="self_assessment")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="self_assessments")
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    legal_entity = models.CharField(_("legal entity"), max_length=200)
    entity_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    scope = models.TextField(_("scope"))
    sector = models.CharField(_("sector"), max_length=40, blank=True)
    size = models.CharField(_("size"), max_length=10, choices=[(s.value, s.value) for s in Size])
    target = models.PositiveSmallIntegerField(_("target tier"), validators=[MinValueValidator(1)])
    dcmm_policy = models.CharField(
        _("what proves a DCMM level"),
        max_length=30,
        choices=[(p.value, p.value) for p in Policy],
        default=Policy.CERTIFICATE_OR_FINDING.value,
    )
    reference_date = models.DateField(_("reference date"), null=True, blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_assessments")
    adviser = models.CharField(_("adviser"), max_length=200, blank=True)  # a firm that helped prepare; never assesses
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        indexes = [models.Index(fields=["organisation", "-changed_at", "-id"], name="self_assessment_by_change")]
        constraints = [
            models.CheckConstraint(condition=Q(target__gte=1), name="self_assessment_target_is_a_tier"),
        ]

    def __str__(self) -> str:
        return self.reference


class Contributor(models.Model):
    """A colleague and the dimensions that person may answer; the lead may answer all."""

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="contributors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dimensions = models.JSONField(default=list)  # keys of dimensions
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["self_assessment", "user"], name="contributor_once")]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} · {self.user_id}"


class Evidence(models.Model):
    """One piece of evidence, which may serve many criteria: a file, or a reference to something kept elsewhere.

    ``kind`` is a key of the instrument's kinds; ``dated`` the day of the record; ``periods`` how many full
    measurement periods it covers. A confidential one is named in reports by its digest alone. ``accepted`` is the
    assessor's finding, empty until there is one; a removed one stays for the snapshots that had it.
    ``standing_links``, criteria with the moment each was linked, is there on pieces that ``with_links`` read.
    """

    standing_links: list[tuple[str, datetime]]

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    dated = models.DateField(_("date of the record"), null=True, blank=True)
    periods = models.PositiveSmallIntegerField(
        _("full measurement periods covered"), default=0, validators=[MaxValueValidator(100)]
    )
    file = models.ForeignKey(FileVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(_("reference"), max_length=500, blank=True)
    confidential = models.BooleanField(_("confidential"), default=False)
    accepted = models.BooleanField(_("accepted by the assessor"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(reference=""), name="evidence_is_a_file_or_a_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} · {self.title}"


class EvidenceLink(models.Model):
    """That a piece of evidence supports a criterion."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="links")
    criterion = models.CharField(max_length=40)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "criterion"], condition=Q(removed_at__isnull=True), name="evidence_link_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} · {self.criterion}"


class DcmmClaim(models.Model):
    """The claimed DCMM level; recorded, never recomputed. The newest row of an assessment stands."""

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="claims")
    source = models.CharField(_("rests on"), max_length=12, choices=[(s.value, s.value) for s in ClaimSource])
    level = models.PositiveSmallIntegerField(pgettext_lazy("DCMM", "level"))
    edition = models.CharField(_("edition"), max_length=8, blank=True)
    party = models.CharField(_("assessed as"), max_length=10, blank=True, choices=[(p.value, p.value) for p in Party])
    legal_entity = models.CharField(_("legal entity on the certificate"), max_length=200, blank=True)
    certificate = models.CharField(_("certificate number"), max_length=80, blank=True)
    body = models.CharField(_("issued by"), max_length=200, blank=True)
    issued = models.DateField(_("issued on"), null=True, blank=True)
    expires = models.DateField(_("valid until"), null=True, blank=True)
    reason = models.TextField(_("grounds of the finding"), blank=True)
    file = models.ForeignKey(FileVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("DCMM claim")
        verbose_name_plural = _("DCMM claims")
        constraints = [
            models.CheckConstraint(
                condition=Q(issued__isnull=True) | Q(expires__isnull=True) | Q(expires__gte=models.F("issued")),
                name="dcmm_claim_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} · {self.level} · {self.source}"


class Snapshot(models.Model):
    """All inputs of a result as they stood, with their digest, and the result; never changed.

    ``inputs`` is what ``manage.py score`` takes, with the evidence cap applied; ``facts`` what else was handed in:
    the ratings as given, notes, the evidence with its digests. ``tier`` and ``index`` are the result's, for lists.
    """

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    inputs = models.JSONField()
    facts = models.JSONField()
    result = models.JSONField()
    tier = models.PositiveSmallIntegerField()
    index_numerator = models.BigIntegerField()
    index_denominator = models.BigIntegerField()
    digest = models.CharField(_("SHA-256"), max_length=64)  # content_digest of {"inputs", "facts"}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "number"], name="snapshot_number_once"),
            models.CheckConstraint(condition=Q(index_denominator__gte=1), name="snapshot_index_is_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} snapshot {self.number}"


class ItemEffort(models.Model):
    """What raising one criterion of an item costs, in units of the enterprise's own; 1 where none is given."""

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="efforts")
    item = models.CharField(max_length=40)
    effort = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(10_000)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "item"], name="item_effort_once"),
            models.CheckConstraint(condition=Q(effort__gte=1, effort__lte=10_000), name="item_effort_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} · {self.item} · {self.effort}"


class PlanStep(models.Model):
    """One step of the improvement plan: a criterion to be met, by whom, until when, and whether it is done."""

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="plan")
    criterion = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due = models.DateField(_("due"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["self_assessment", "criterion"], name="plan_step_once")]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} · {self.criterion}"
