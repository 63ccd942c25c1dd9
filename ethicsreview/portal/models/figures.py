"""Figures as they were last counted: nothing here is of record, all of it can be counted again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import InstrumentVersion
from ethicsreview.accounts.models import Organisation
from workflows.models import Case, Committee


class FigureSet(models.Model):
    """All figures of one authority, of one moment; before the first counting there is none."""

    office = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="figures")
    built_at = models.DateTimeField(_("counted"), null=True, blank=True)

    class Meta:
        verbose_name = _("figures of an authority")
        verbose_name_plural = _("figures of authorities")

    def __str__(self) -> str:
        return f"{self.office_id} · {self.built_at}"


class Figure(models.Model):
    """One cell; what row, column and part are, ``domain.figures.Board`` says."""

    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, related_name="cells")
    board = models.CharField(max_length=12)
    instrument = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=60, blank=True)
    part = models.CharField(max_length=60, blank=True)
    number = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["figures", "board"], name="figure_by_board")]

    def __str__(self) -> str:
        return f"{self.figures_id} · {self.board} · {self.row} · {self.number}"


class RatedCommittee(models.Model):
    """That a committee's decided cases were summed up, and over how many decisions: they are only ever added."""

    committee = models.OneToOneField(Committee, on_delete=models.PROTECT, related_name="rated")
    decisions = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.committee_id} · {self.decisions}"


class RatingCount(models.Model):
    """Ratings of a committee's decided cases, as they stood when the newest decision of each was issued.

    ``board``, ``row`` and ``column`` are those of ``Figure``; ``kind`` is the decision's.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+")
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    board = models.CharField(max_length=12)
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.committee_id} · {self.board} · {self.row} · {self.number}"


class WeakSpot(models.Model):
    """That a decided case was rated low at an item by somebody, as it stood when its newest decision was issued.

    For the lists behind the figures; summed up together with them.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=60)
    point = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["instrument", "item", "case"], name="weak_spot_by_item"),
            models.Index(fields=["instrument", "point", "case"], name="weak_spot_by_point"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.item}"
