"""What people were reminded of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.domain.warnings import LookWarned, Warned
from workflows.models.cases import Case
from workflows.models.certificates import Certificate


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


class LookReminder(models.Model):
    """One warning that the yearly look at a certificate is due on a day, given once; the next look is warned of anew.

    As with ``Reminder``, what an outage kept from being given is recorded with the later one.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=8, choices=[(w.value, w.value) for w in LookWarned])
    due = models.DateField(_("due"))
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("reminder of a surveillance")
        verbose_name_plural = _("reminders of surveillances")
        constraints = [models.UniqueConstraint(fields=["certificate", "kind", "due"], name="look_reminder_once")]

    def __str__(self) -> str:
        return f"{self.certificate_id} · {self.kind} · {self.due}"
