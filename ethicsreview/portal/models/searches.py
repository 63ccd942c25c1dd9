"""Searches a person keeps."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Whose searches these are, decided here and nowhere else."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The person's own, nobody else's."""
        return self.none() if user.is_anonymous else self.filter(owner=user.pk)


class SavedSearch(models.Model):
    """A search by its one address, under a name of its owner's; it holds no result."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_searches")
    name = models.CharField(pgettext_lazy("search", "name"), max_length=80)
    address = models.CharField(_("address"), max_length=2000)  # as portal.domain.searches.address writes it
    created_at = models.DateTimeField(_("saved"))

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_search_name_once")]

    def __str__(self) -> str:
        return f"{self.owner_id} · {self.name}"
