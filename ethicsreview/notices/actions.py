"""A person's own reading. It changes nothing that others rely on, so it leaves no audit event."""

from datetime import datetime

from django.db import transaction

from ethicsreview.notices.domain import Reader
from ethicsreview.notices.models import Notice


@transaction.atomic(durable=True)
def mark_read(notice_id: int, *, actor: Reader, now: datetime) -> Notice:
    """Mark one of the actor's own notices read; a second time changes nothing. Raises ``Notice.DoesNotExist``."""
    notice = Notice.objects.visible_to(actor.pk).select_for_update().get(pk=notice_id)
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic(durable=True)
def mark_all_read(*, actor: Reader, now: datetime) -> int:
    """Mark all the actor's notices read; returns how many were not."""
    return Notice.objects.visible_to(actor.pk).unread().filter(created_at__lte=now).update(read_at=now)
