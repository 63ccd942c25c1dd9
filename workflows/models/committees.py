"""Rulebooks, committees and seats."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.models import Organisation
from workflows.domain.rooms import SeatRole, Sex
from workflows.domain.rulebook import RulebookKind


class RulebookVersion(models.Model):
    """One published edition of a rulebook; ``content`` holds the file's own mapping and the base's.

    ``kind`` says what it rules: a committee's procedure, or the verification of an instrument's results.
    """

    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=[(k.value, k.value) for k in RulebookKind],
        default=RulebookKind.COMMITTEE.value,
    )
    slug = models.SlugField(_("rulebook"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    content = models.JSONField(_("content"))
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("rulebook edition")
        verbose_name_plural = _("rulebook editions")
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="rulebook_edition_once")]

    def __str__(self) -> str:
        return f"{self.slug} v{self.version}"


class CommitteeQuerySet(models.QuerySet["Committee"]):
    """Reads of committees."""

    def open_to_applications(self) -> Self:
        """Those an applicant may choose."""
        return self.filter(accepts_applications=True)


class Committee(models.Model):
    """A review committee of a host organisation.

    ``circumstances`` holds the codes a rulebook's conditional categories ask for. ``code`` begins its case
    references and never changes.
    """

    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="committees")
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(pgettext_lazy("committee", "name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    rulebook_slug = models.SlugField(_("rulebook"), max_length=60)
    instrument_slug = models.SlugField(_("instrument"), max_length=60)
    circumstances = models.JSONField(_("circumstances"), default=list, blank=True)
    accepts_applications = models.BooleanField(_("accepts applications"), default=True)
    video_rules = models.BooleanField(_("has rules on video meetings"), default=True)
    last_number = models.PositiveIntegerField(default=0)  # of the case references given so far, guarded by row lock

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def name_in(self, language: str) -> str:
        """The name as printed in ``language``."""
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    """Reads of seats by day."""

    def current(self, day: date) -> Self:
        """Seats whose term covers ``day``, both ends included."""
        return self.filter(Q(starts__lte=day), Q(ends__isnull=True) | Q(ends__gte=day))


class Seat(models.Model):
    """A person's place on a committee for a term; ``categories`` are codes of the rulebook's categories."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(_("role"), max_length=12, choices=[(r.value, r.value) for r in SeatRole])
    categories = models.JSONField(_("categories"), default=list, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=[(s.value, s.value) for s in Sex])
    external = models.BooleanField(_("from outside the host"), default=False)
    profession = models.CharField(_("profession"), max_length=200, blank=True)
    profession_zh = models.CharField(_("profession in Chinese"), max_length=200, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")), name="seat_term_in_order"
            ),
            models.UniqueConstraint(fields=["committee", "user", "starts"], name="seat_once"),
        ]
        indexes = [models.Index(fields=["user", "committee"], name="seat_by_user")]

    def __str__(self) -> str:
        return f"{self.committee_id} · {self.user_id} · {self.role} · {self.starts}"
