"""Objections: how many come from one address, and answers on their way to whoever objected."""

from datetime import datetime

from django.core.cache import cache

from ethicsreview.notices.domain import DeliveryState
from workflows.models import Objection

MOST_OBJECTIONS = 10  # from one address
PERIOD = 3600  # seconds
BATCH = 500  # mails handed to the workers by one run


def unmailed_answers(now: datetime) -> list[int]:
    """Ids of objections whose answer waits for its mail, the longest waiting first."""
    due = Objection.objects.filter(answer_mail=DeliveryState.QUEUED.value, next_mail_at__lte=now)
    return list(due.order_by("next_mail_at", "pk").values_list("pk", flat=True)[:BATCH])


def objects_too_often(address: str | None) -> bool:
    """Counted by address, in the cache, for an hour from the first."""
    key = f"workflows.objections:{address}"
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key) > MOST_OBJECTIONS
    except ValueError:  # the hour ended between the two
        return False
