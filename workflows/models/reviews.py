"""A reviewer's reading of a case."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from workflows.models.cases import Case, free_of_conflict
from workflows.models.committees import Seat

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class ReviewQuerySet(models.QuerySet["Review"]):
    """Blinding: who may read whose ratings, decided here and nowhere else."""

    def standing(self) -> Self:
        """Reviews that count: not withdrawn by unassignment or recusal."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those of ``party_to``; to an authority those that count, once a decision on their case is out."""
        if user.is_anonymous:
            return self.none()
        overseen = Case.objects.supervised_by(user, day).filter(decisions__issued_at__isnull=False)
        counting = Q(submitted_at__isnull=False, withdrawn_at__isnull=True, case__in=overseen.values("pk"))
        return self.filter(_as_party(user.pk, day) | counting & Q(case__reviews_opened_at__isnull=False))

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Own reviews, and the others' once the case's reviews were opened; nothing when recused or without a seat."""
        return self.none() if user.is_anonymous else self.filter(_as_party(user.pk, day))


def _as_party(user_id: int, day: date) -> Q:
    seats = Seat.objects.filter(user=user_id, committee=OuterRef("case__committee")).current(day)
    own, opened = Q(user=user_id, withdrawn_at__isnull=True), Q(case__reviews_opened_at__isnull=False)
    return free_of_conflict(user_id, "case") & Q(Exists(seats)) & (own | opened)


class Review(models.Model):
    """One member's assignment and the assessment filled for it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="review")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(_("overall opinion"), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(withdrawn_at__isnull=True), name="review_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.user_id}"
