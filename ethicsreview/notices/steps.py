"""Telling people, inside the transaction of the action that has something to tell."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ethicsreview.notices.domain import DeliveryState, Told, Verb, is_local, wait_after
from ethicsreview.notices.models import Delivery, Notice
from ethicsreview.notices.tasks import send_mail


class NoTransaction(RuntimeError):
    """A notice was given outside a transaction: it could tell what did not happen."""


def notify(
    *,
    users: Collection[Told],
    verb: Verb,
    params: Mapping[str, Any],
    link: str,
    at: datetime,
    subject: str = "",
) -> list[Notice]:
    """Tell each of ``users`` once, on their list now and by mail after commit; service accounts are told nothing.

    ``params``: see ``reporting.compose``. ``link`` is an address on this site, else ``ValueError``. ``subject`` is
    ``<kind>:<id>``, as in the audit event, so that ``withdraw`` finds it. Raises ``NoTransaction``.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(verb)
    if not is_local(link):
        raise ValueError(f"{link!r} leads away from this site")
    kept = json.loads(json.dumps(dict(params), allow_nan=False))
    notices = Notice.objects.bulk_create(
        Notice(user_id=user_id, verb=verb.value, params=kept, link=link, subject=subject, created_at=at)
        for user_id in sorted({user.pk for user in users if not user.is_service})
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(notice=notice, next_try_at=at + wait_after(0)) for notice in notices
    )
    ids = [delivery.pk for delivery in deliveries]
    # robust: with the broker away the change stands, and requeue_stuck sends the mail later
    transaction.on_commit(lambda: _hand_over(ids), robust=True)
    return notices


def withdraw(*, user_ids: Collection[int], subject: str, at: datetime) -> int:
    """Take back what these people were told about ``subject``: gone from their lists, unsent mail stays unsent.

    For a recusal: the person must not see the case any more, in notices neither. Returns how many were taken back.
    """
    found = Notice.objects.filter(subject=subject, user_id__in=user_ids, withdrawn_at__isnull=True)
    ids = list(found.values_list("pk", flat=True))
    Delivery.objects.filter(notice_id__in=ids, state=DeliveryState.QUEUED.value).update(
        state=DeliveryState.WITHDRAWN.value
    )
    return Notice.objects.filter(pk__in=ids).update(withdrawn_at=at)


def _hand_over(delivery_ids: list[int]) -> None:
    for delivery_id in delivery_ids:
        send_mail.delay(delivery_id=delivery_id)
