"""Reads of archives."""

from datetime import date, datetime

from django.db.models import QuerySet

from ethicsreview.accounts.models import User
from workflows.domain.archives import SILENCE, UNFINISHED, ArchiveState, is_over
from workflows.models import Archive

SHOWN = 50  # of one person's archives, the newest
AT_ONCE = 200  # expired by one run


def archives_of(user: User, day: date) -> list[Archive]:
    """The person's newest archives, as far as they may be read; one query."""
    return list(archives(user, day).order_by("-pk")[:SHOWN])


def archives(user: User, day: date) -> QuerySet[Archive]:
    """The person's archives with what is told of them."""
    return Archive.objects.visible_to(user, day).select_related("case")


def is_ready(archive: Archive, now: datetime) -> bool:
    """Whether there is a file to be handed out, its day not being over."""
    state = ArchiveState(archive.state)
    return state is ArchiveState.READY and not is_over(state, archive.expires_at, now)


def stuck_archives(now: datetime) -> list[int]:
    """Ids of unfinished archives nothing has moved for."""
    rows = Archive.objects.filter(state__in=UNFINISHED, progressed_at__lt=now - SILENCE)
    return list(rows.order_by("progressed_at").values_list("pk", flat=True))


def archives_over(now: datetime) -> list[int]:
    """Ids of archives whose day is over."""
    held = [ArchiveState.READY.value, ArchiveState.FAILED.value]
    rows = Archive.objects.filter(expires_at__lte=now, state__in=held)
    return list(rows.order_by("expires_at").values_list("pk", flat=True)[:AT_ONCE])
