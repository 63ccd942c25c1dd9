"""The register of what was signed here."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SignedDocumentManager(models.Manager["SignedDocument"]):
    """Leaves the bytes in the database until somebody asks for them."""

    def get_queryset(self) -> models.QuerySet["SignedDocument"]:
        return super().get_queryset().defer("content")


class SignedDocument(models.Model):
    """A signed file as it was issued. PostgreSQL refuses any change but being superseded, once, and any removal.

    ``code`` is printed on the document and in its QR code. ``title`` says what sort of document it is, in its own
    language, and is shown to whoever has the code: it names no case. ``subject`` is ``<app>.<model>:<id>``.
    ``signers`` lists the signatures as ``verifying.as_json`` writes them.
    """

    code = models.CharField(_("verification code"), max_length=14, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=200)
    subject = models.CharField(_("reports on"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="signed_documents",
        verbose_name=_("issued by"),
    )
    content = models.BinaryField(_("file"))
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    length = models.PositiveIntegerField(_("size in bytes"))
    signers = models.JSONField(_("signatures"))
    signed_at = models.DateTimeField(_("signed"))
    created_at = models.DateTimeField(_("kept"), auto_now_add=True)
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )

    objects = SignedDocumentManager()

    class Meta:
        verbose_name = _("signed document")
        verbose_name_plural = _("signed documents")
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "language"], name="signed_document_once"),
            models.CheckConstraint(condition=Q(length__gt=0), name="signed_document_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="signed_document_sha256_hex"),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("id")),
                name="signed_document_supersedes_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.kind} · {self.language}"

    @property
    def file_name(self) -> str:
        """A name for the download: kind, language, code."""
        return f"{self.kind}-{self.language}-{self.code}.pdf"
