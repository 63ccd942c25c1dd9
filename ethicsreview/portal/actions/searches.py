"""How a person keeps searches. The events name the search, never what is sought in it: that is its owner's."""

from datetime import datetime

from django.db import IntegrityError, transaction

from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import OPERATOR_CHAIN
from ethicsreview.audit.steps import record
from ethicsreview.portal.domain.searches import MOST_SAVED, NotKept, Reason, Search, address, at
from ethicsreview.portal.models import SavedSearch


@transaction.atomic(durable=True)
def save_search(search: Search, *, name: str, actor: User, now: datetime) -> SavedSearch:
    """Keep a search under a name, from its first page. Raises ``NotKept``."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two savings at once are counted one by one
    if SavedSearch.objects.visible_to(actor).count() >= MOST_SAVED:
        raise NotKept(Reason.TOO_MANY)
    try:
        with transaction.atomic():
            saved = SavedSearch.objects.create(
                owner=actor, name=name, address=address(at(search, None)), created_at=now
            )
    except IntegrityError as taken:
        raise NotKept(Reason.NAME_TAKEN) from taken
    _record("search.saved", saved, actor=actor, now=now)
    return saved


@transaction.atomic(durable=True)
def rename_search(search_id: int, *, name: str, actor: User, now: datetime) -> SavedSearch:
    """Give one of the actor's searches another name. Raises ``NotKept`` and ``SavedSearch.DoesNotExist``."""
    saved = SavedSearch.objects.visible_to(actor).select_for_update().get(pk=search_id)
    if saved.name == name:
        return saved
    saved.name = name
    try:
        with transaction.atomic():
            saved.save(update_fields=["name"])
    except IntegrityError as taken:
        raise NotKept(Reason.NAME_TAKEN) from taken
    _record("search.renamed", saved, actor=actor, now=now)
    return saved


@transaction.atomic(durable=True)
def remove_search(search_id: int, *, actor: User, now: datetime) -> None:
    """Forget one of the actor's searches. Raises ``SavedSearch.DoesNotExist``."""
    saved = SavedSearch.objects.visible_to(actor).select_for_update().get(pk=search_id)
    _record("search.removed", saved, actor=actor, now=now)
    saved.delete()


def _record(verb: str, saved: SavedSearch, *, actor: User, now: datetime) -> None:
    record(chain=OPERATOR_CHAIN, at=now, actor=actor.pk, verb=verb, subject=f"saved_search:{saved.pk}")
