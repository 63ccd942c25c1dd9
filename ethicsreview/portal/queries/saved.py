"""Searches a person keeps."""

from ethicsreview.accounts.models import User
from ethicsreview.portal.models import SavedSearch


def saved_searches(user: User) -> list[SavedSearch]:
    """The person's own, by name; one query."""
    return list(SavedSearch.objects.visible_to(user).order_by("name", "pk"))


def saved_search(user: User, search_id: int) -> SavedSearch | None:
    """One of the person's own."""
    return SavedSearch.objects.visible_to(user).filter(pk=search_id).first()
