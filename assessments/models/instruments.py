"""Published instruments, the assessments filled against them and their answers, which are added and never changed."""

from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.states import AssessmentState
from ethicsreview.files.models import FileVersion


class InstrumentVersion(models.Model):
    """One published version of an instrument, for good: PostgreSQL refuses to change or remove its row."""

    slug = models.CharField(pgettext_lazy("instrument", "key"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)  # as content_digest makes it
    content = models.JSONField(_("content"))  # the file as plain values; read it through queries.load_instrument
    published_at = models.DateTimeField(pgettext_lazy("instrument", "published"))

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="instrument_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="instrument_version_counts_from_one"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="instrument_digest_hex"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} v{self.version}"


class Assessment(models.Model):
    """One filling of an instrument, pinned to its version for life.

    It has no ``visible_to``: an assessment does not know what it serves. One that serves a case review is reached
    through ``workflows``' ``Review.visible_to`` alone, where blinding and recusal are decided; a second door here
    could only disagree with it.
    """

    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in AssessmentState],
        default=AssessmentState.OPEN.value,
    )
    started_at = models.DateTimeField(pgettext_lazy("assessment", "started"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", submitted_at__isnull=True)
                | Q(state="submitted", submitted_at__isnull=False, submitted_at__gte=F("started_at")),
                name="assessment_submitted_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} · {self.state}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Which of the answers count."""

    def current(self) -> Self:
        """The latest answer for each item of each assessment; what it answers before it is history."""
        return self.order_by("assessment_id", "item", "-pk").distinct("assessment_id", "item")

    def with_evidence(self) -> Self:
        """Each with its evidence, the document version and its document, in two queries however many there are."""
        links = AnswerEvidence.objects.select_related("version__upload").order_by("pk")
        return self.prefetch_related(Prefetch("evidence", queryset=links))


class Answer(models.Model):
    """What one person answered to one item at one moment: a step of the scale, not applicable, or cleared again.

    Never changed: PostgreSQL refuses it. A new answer is a new row, and the latest one stands.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(_("item"), max_length=40)  # an item's key in the assessment's instrument version
    step = models.CharField(pgettext_lazy("scale", "step"), max_length=40, blank=True)  # empty when not rated
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(pgettext_lazy("answer", "given"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index("assessment", "item", F("id").desc(), name="answer_latest_first")]
        constraints = [
            models.CheckConstraint(condition=Q(step="") | Q(not_applicable=False), name="answer_rated_or_not"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | Q(reason__regex="[^[:space:]]"),
                name="answer_not_applicable_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} · {self.item} · {'N/A' if self.not_applicable else self.step or '–'}"

    @property
    def cleared(self) -> bool:
        """Neither rated nor not applicable: the item counts as unanswered, whatever reason stands beside it."""
        return not self.step and not self.not_applicable


class AnswerEvidence(models.Model):
    """Where an answer's evidence is found: a document's version and, if known, the page. Never changed."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    version = models.ForeignKey(FileVersion, on_delete=models.PROTECT, related_name="cited_by")
    page = models.PositiveIntegerField(
        pgettext_lazy("document", "page"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(page__isnull=True) | Q(page__gte=1), name="answer_evidence_page_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} · {self.version_id} · {self.page or '–'}"
