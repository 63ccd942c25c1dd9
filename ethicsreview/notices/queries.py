"""Reading notices: how many wait, one page of them, which mails are due."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from ethicsreview.notices.domain import DeliveryState, Reader
from ethicsreview.notices.models import Delivery, Notice

PAGE = 30
MANY = 100  # counting stops here; the page then says "99+"
BATCH = 500  # mails handed to the workers by one run


@dataclass(frozen=True)
class Page:
    """One page of notices; ``after`` continues it, empty on the last page."""

    notices: tuple[Notice, ...]
    after: str


def unread_count(user_id: int) -> int:
    """How many notices wait, ``MANY`` at most."""
    return Notice.objects.visible_to(user_id).unread()[:MANY].count()


def notice_page(reader: Reader, *, after: str = "") -> Page:
    """Unread notices first, the newest first among both; ``after`` is a page's own mark, a foreign one starts anew."""
    rows = Notice.objects.visible_to(reader.pk).annotate(
        waiting=ExpressionWrapper(Q(read_at__isnull=True), output_field=BooleanField())
    )
    found = list(rows.filter(_behind(after)).order_by("-waiting", "-id")[: PAGE + 1])
    shown = tuple(found[:PAGE])
    if len(found) <= PAGE:
        return Page(shown, "")
    last = shown[-1]
    return Page(shown, f"{'u' if last.read_at is None else 'r'}{last.pk}")


def _behind(mark: str) -> Q:
    kind, number = mark[:1], mark[1:]
    if kind not in {"u", "r"} or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return Q()
    older_read = Q(read_at__isnull=False, pk__lt=int(number))
    if kind == "r":
        return older_read
    return Q(read_at__isnull=True, pk__lt=int(number)) | Q(read_at__isnull=False)


def due_deliveries(now: datetime) -> list[int]:
    """Ids of mails whose moment has come, oldest first."""
    due = Delivery.objects.filter(state=DeliveryState.QUEUED.value, next_try_at__lte=now)
    return list(due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH])
