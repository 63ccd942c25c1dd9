"""What people were reminded of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.domain.warnings import Warned
from workflows.models.cases import Case


class Reminder(models.Model):
    """One warning of one last day, given once; an extended limit is warned of anew.

    Warnings that an outage kept from being given are recorded with the later one that took their place.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=8, choices=[(w.value, w.value) for w in Warned])
    due = models.DateField(_("due"))
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["case", "kind", "due"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.kind} · {self.due}"
