"""Documents and their versions. Who may read one is decided by whoever refers to it, never here."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """One document's identity over all its versions: what stands in one slot of an application."""

    title = models.CharField(_("title"), max_length=200, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="uploads")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("uploaded document")
        verbose_name_plural = _("uploaded documents")

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"


class FileVersion(models.Model):
    """One version of a document, never changed once written: PostgreSQL refuses an update of its row."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"), help_text=_("counted from 1 within the document"))
    name = models.CharField(_("file name"), max_length=160)  # the sender's name, cleaned; shown, never a path
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    path = models.CharField(_("stored as"), max_length=80, unique=True)  # random, nothing of the sender's in it
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)  # PDFs alone have pages
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="file_versions")
    at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("file version")
        verbose_name_plural = _("file versions")
        ordering = ["upload_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="file_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="file_version_counts_from_one"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="file_version_sha256_hex"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.number}"
