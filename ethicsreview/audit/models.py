"""The audit event."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One thing that changed, chained to the one before; a database trigger refuses change and removal.

    ``chain`` names whose history it is: ``organisation:<id>`` or ``operator``. ``actor`` is a user's id, empty
    for the system itself. ``subject`` is ``<kind>:<id>``.
    """

    chain = models.CharField(_("chain"), max_length=60)
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    actor = models.BigIntegerField(_("actor"), null=True)
    verb = models.CharField(_("verb"), max_length=60)
    subject = models.CharField(_("subject"), max_length=80)
    facts = models.JSONField(_("facts"))
    previous = models.CharField(_("previous digest"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_number_once"),
            models.UniqueConstraint(fields=["chain", "previous"], name="audit_chain_never_forks"),
        ]
        indexes = [models.Index(fields=["subject", "number"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.number} {self.verb} {self.subject}"
