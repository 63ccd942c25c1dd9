"""What every signed document in the making has, whatever it reports on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ethicsreview.documents.models import SignedDocument
from workflows.domain.states import ReportState


class Report(models.Model):
    """Progress, failure and, at the end, the document.

    ``progressed_at`` is what the beat job looks at; ``error`` is a code with the reason of the last failure.
    """

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(
        _("state"), max_length=10, choices=[(s.value, s.value) for s in ReportState], default=ReportState.QUEUED.value
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    queued_at = models.DateTimeField()
    progressed_at = models.DateTimeField()
    document = models.OneToOneField(SignedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReportState.SIGNED.value, document__isnull=False)
                | ~Q(state=ReportState.SIGNED.value) & Q(document__isnull=True),
                name="%(class)s_signed_has_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["progressed_at"],
                condition=~Q(state=ReportState.SIGNED.value),
                name="%(class)s_unfinished",
            )
        ]
