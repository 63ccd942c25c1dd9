"""Certificates of verified tiers, what happens to them, and the signed documents of a verification."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.claims import Party
from ethicsreview.accounts.models import Organisation
from ethicsreview.files.models import FileVersion
from workflows.domain.verification_states import CertificateState, CertificateVerb, VReportKind
from workflows.models.documents import Report
from workflows.models.verifications import Verification

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """What the public register shows."""

    def valid_on(self, day: date) -> Self:
        """Neither suspended, withdrawn nor replaced, and ``day`` lies within its days."""
        return self.filter(state=CertificateState.VALID.value, issued_on__lte=day, expires_on__gte=day)

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those of verifications one may read, whatever became of them."""
        return self.filter(verification__in=Verification.objects.visible_to(user, day).values("pk"))


class Certificate(models.Model):
    """A verified tier of a legal entity and scope, valid from ``issued_on`` to ``expires_on``, both inclusive.

    ``state`` follows from the events; ``dcmm_expires`` is the last day of the DCMM certificate the tier rests on,
    empty where it rests on a finding. ``dcmm_level`` is the level that was proved.
    """

    verification = models.OneToOneField(Verification, on_delete=models.PROTECT, related_name="certificate")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certificates")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="issued_certificates")
    number = models.CharField(_("number"), max_length=32, unique=True)
    legal_entity = models.CharField(_("legal entity"), max_length=200)
    scope = models.TextField(_("scope"))
    tier = models.PositiveSmallIntegerField(_("tier"))
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"))
    surveillance_due = models.DateField(_("next surveillance"), null=True, blank=True)
    dcmm_level = models.PositiveSmallIntegerField(_("DCMM level"), null=True, blank=True)
    dcmm_source = models.CharField(_("DCMM level by"), max_length=12, blank=True)
    dcmm_expires = models.DateField(_("DCMM certificate valid until"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in CertificateState],
        default=CertificateState.VALID.value,
    )
    changed_at = models.DateTimeField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [models.Index(fields=["state", "-issued_on", "-id"], name="certificate_register")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=models.F("issued_on")), name="certificate_days_in_order"
            ),
            models.CheckConstraint(condition=Q(tier__gte=1), name="certificate_grades"),
        ]

    def __str__(self) -> str:
        return self.number


class CertificateEventQuerySet(models.QuerySet["CertificateEvent"]):
    """Reading rights follow the certificate."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """What happened to certificates of verifications one may read."""
        return self.filter(certificate__in=Certificate.objects.visible_to(user, day).values("pk"))


class CertificateEvent(models.Model):
    """One thing that happened to a certificate; added, never changed. ``tier`` is what was found to hold then."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=14, choices=[(v.value, v.value) for v in CertificateVerb])
    tier = models.PositiveSmallIntegerField(_("tier"), null=True, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = CertificateEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a certificate")
        verbose_name_plural = _("events of certificates")

    def __str__(self) -> str:
        return f"{self.certificate_id} · {self.verb} · {self.at}"


class DcmmRenewal(models.Model):
    """A DCMM certificate handed in to renew the one a tier rests on, and whether it was taken."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="dcmm_renewals")
    level = models.PositiveSmallIntegerField(pgettext_lazy("DCMM", "level"))
    edition = models.CharField(_("edition"), max_length=8)
    party = models.CharField(_("assessed as"), max_length=10, choices=[(p.value, p.value) for p in Party])
    legal_entity = models.CharField(_("legal entity on the certificate"), max_length=200)
    reference = models.CharField(_("certificate number"), max_length=80)
    body = models.CharField(_("issued by"), max_length=200)
    issued = models.DateField(_("issued on"))
    expires = models.DateField(_("valid until"))
    file = models.ForeignKey(FileVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    accepted = models.BooleanField(_("accepted"), null=True, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(accepted__isnull=True), name="dcmm_renewal_one_open"
            ),
            models.CheckConstraint(condition=Q(expires__gte=models.F("issued")), name="dcmm_renewal_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} · {self.level} · {self.at}"


class VerificationReportQuerySet(models.QuerySet["VerificationReport"]):
    """Reading rights follow the verification."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those of ``party_to``, and to an authority every signed one."""
        return self.filter(_as_party(user, day) | _as_authority(user, day))

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """The documents of verifications one has a part in."""
        return self.filter(_as_party(user, day))

    def supervised_by(self, user: "User | AnonymousUser", day: date) -> Self:
        """Signed ones of verifications one reads as an authority."""
        return self.filter(_as_authority(user, day))


def _as_party(user: "User | AnonymousUser", day: date) -> Q:
    return Q(Exists(Verification.objects.party_to(user, day).filter(pk=OuterRef("verification"))))


def _as_authority(user: "User | AnonymousUser", day: date) -> Q:
    overseen = Verification.objects.supervised_by(user, day)
    return Q(document__isnull=False, verification__in=overseen.values("pk"))


class VerificationReport(Report):
    """One signed document of a decided verification in the making."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(_("kind"), max_length=12, choices=[(k.value, k.value) for k in VReportKind])

    objects = VerificationReportQuerySet.as_manager()

    class Meta(Report.Meta):
        abstract = False
        verbose_name = _("report of a verification")
        verbose_name_plural = _("reports of verifications")
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(fields=["verification", "kind", "language"], name="verification_report_once"),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.kind} · {self.language}"
