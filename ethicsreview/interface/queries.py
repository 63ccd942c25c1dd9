"""Reads of tokens and webhooks, and the schema of the whole interface."""

from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.timezone import localdate
from drf_spectacular.generators import SchemaGenerator

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import organisations_kept_by, regulating
from ethicsreview.interface.domain.manual import Chapter, manual
from ethicsreview.interface.domain.tokens import holds, read
from ethicsreview.interface.domain.webhooks import DeliveryState
from ethicsreview.interface.models import Token, Webhook, WebhookDelivery

LEDGER_PAGE = 50
MESSAGES = 200  # handed to the workers by one run


def token_of(spelt: str, *, now: datetime) -> Token | None:
    """The running token spelt like this, with its person; None where there is none or the account is closed."""
    parts = read(spelt)
    if parts is None:
        return None
    rows = Token.objects.running(now).select_related("user").filter(pk=parts[0])
    token = rows.annotate(supervises=regulating(localdate(now), user="user")).first()
    if token is None or not token.user.is_active or not holds(parts[1], token.sha256):
        return None
    token.user.regulates = token.supervises  # type: ignore[attr-defined]  # annotated
    return token


def tokens_of(user: User) -> QuerySet[Token]:
    """A person's own tokens, newest first, those that ended too."""
    return Token.objects.filter(user=user, organisation__isnull=True).order_by("-made_at", "-pk")


def tokens_of_organisation(organisation: Organisation) -> QuerySet[Token]:
    """An organisation's tokens, newest first, with who answers for them."""
    return Token.objects.filter(organisation=organisation).select_related("made_by").order_by("-made_at", "-pk")


def revocable_by(user: User, day: date) -> QuerySet[Token]:
    """The tokens a person may revoke: their own, those they made, and those of organisations they manage."""
    managed = organisations_kept_by(user, day).values("pk")
    return Token.objects.filter(Q(user=user) | Q(made_by=user) | Q(organisation__in=managed))


def running_webhooks() -> list[int]:
    """Ids of the webhooks that are told of events."""
    return list(Webhook.objects.running().order_by("pk").values_list("pk", flat=True))


def due_messages(moment: datetime) -> list[int]:
    """Ids of messages that are due, the longest waiting first; those of ended webhooks wait for ever."""
    rows = WebhookDelivery.objects.filter(
        state=DeliveryState.QUEUED.value, next_try_at__lte=moment, webhook__ended_at__isnull=True
    )
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:MESSAGES])


def webhooks_of(organisation: Organisation) -> QuerySet[Webhook]:
    """An organisation's webhooks, those that run first."""
    return Webhook.objects.filter(organisation=organisation).order_by("ended_at", "-pk")


def ledger_of(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """What a webhook was told, newest first, with the events."""
    return WebhookDelivery.objects.filter(webhook=webhook).select_related("event").order_by("-pk")


def ledger_page(rows: QuerySet[WebhookDelivery], before: str) -> tuple[list[WebhookDelivery], int | None]:
    """One page below the message with this id, and the id below which the next begins; None at the end."""
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: LEDGER_PAGE + 1])
    return found[:LEDGER_PAGE], found[LEDGER_PAGE - 1].pk if len(found) > LEDGER_PAGE else None


@cache
def described() -> dict[str, Any]:
    """OpenAPI 3.1 of every address below /api/v1/, in English; made once in a process."""
    with translation.override("en"):
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@cache
def handbook() -> tuple[Chapter, ...]:
    """The schema as a manual for people; made once in a process."""
    return manual(described())
