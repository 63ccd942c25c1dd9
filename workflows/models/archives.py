"""Archives that people asked for."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.domain.archives import UNFINISHED, ArchiveKind, ArchiveState, Failure
from workflows.models.cases import Case, readable_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User

_UNFINISHED = sorted(state.value for state in UNFINISHED)


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """Reading rights of archives; what is inside is asked again when one is handed out."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """One's own that were not deleted; a dossier while one may read its case."""
        if user.is_anonymous:
            return self.none()
        own = self.filter(requested_by=user).exclude(state=ArchiveState.DELETED.value)
        return own.filter(Q(case__isnull=True) | readable_by(user, day, "case"))


class Archive(models.Model):
    """One archive from the request to its end.

    ``reports`` are the documents asked for, ``case:<id>`` or ``verification:<id>``; ``grants`` what was open to
    the person when it was built. ``name`` is what it is called when it is saved, ``path`` where the file lies, or
    grows while it is built. ``attempts`` counts the builders; ``chain`` is where its events stand; ``error`` a code.
    """

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="archives")
    kind = models.CharField(_("kind"), max_length=10, choices=[(k.value, k.value) for k in ArchiveKind])
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="archives")
    reports = models.JSONField(default=list, blank=True)
    of_maturity = models.BooleanField(default=False)  # whether documents of verifications were asked for
    chain = models.CharField(max_length=60)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in ArchiveState],
        default=ArchiveState.REQUESTED.value,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=12, blank=True, choices=[(f.value, f.value) for f in Failure])
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField(_("requested"))
    progressed_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    path = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    grants = models.JSONField(default=list, blank=True)
    left_out = models.JSONField(default=list, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        indexes = [
            models.Index(fields=["requested_by", "-id"], name="archive_by_person"),
            models.Index(fields=["progressed_at"], condition=Q(state__in=_UNFINISHED), name="archive_unfinished"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="archive_expiring"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["requested_by", "case"],
                condition=Q(state__in=_UNFINISHED, case__isnull=False),
                name="archive_dossier_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ArchiveState.READY.value)
                | Q(size__isnull=False, expires_at__isnull=False) & ~Q(path="") & ~Q(sha256=""),
                name="archive_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(kind=ArchiveKind.DOSSIER.value, case__isnull=False)
                | Q(kind=ArchiveKind.REPORTS.value, case__isnull=True),
                name="archive_dossier_has_case",
            ),
        ]

    def __str__(self) -> str:
        return f"archive {self.pk} · {self.kind}"
