"""Sending what webhooks are told: resolve, check, connect to what was checked, sign, post, keep what came back."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from ethicsreview.interface.domain.webhooks import (
    DeliveryState,
    Failure,
    address_fault,
    may_reach,
    message,
    next_try,
    signature,
)
from ethicsreview.interface.models import Webhook, WebhookDelivery

PATIENCE = 10  # seconds for each step of a call
READ_BYTES = 4096  # of the answer, which nobody reads further


class NotReached(Exception):
    """The receiver was not reached, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class Target:
    """Where to connect: the number that was checked, under the name that was given."""

    number: str
    host: str
    port: int
    path: str
    secure: bool


def key_of(webhook: Webhook) -> bytes:
    """The 32 bytes a webhook's messages are signed with."""
    return salted_hmac("interface.webhook", webhook.nonce, algorithm="sha256").digest()


def send(delivery_id: int, *, now: datetime) -> None:
    """Send one message unless it was sent or is being sent; a failure is kept and waits."""
    with transaction.atomic():
        rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        delivery = (
            rows.select_related("webhook", "event")
            .filter(pk=delivery_id, state=DeliveryState.QUEUED.value, next_try_at__lte=now)
            .first()
        )
        if delivery is not None:
            _attempt(delivery, now)


def _attempt(delivery: WebhookDelivery, now: datetime) -> None:
    delivery.attempts += 1
    try:
        delivery.last_status, delivery.last_error = _post(delivery, now), ""
    except NotReached as error:
        delivery.last_status, delivery.last_error = None, error.failure.value
    if delivery.last_status is not None and 200 <= delivery.last_status < 300:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED.value, now
    else:
        later = next_try(delivery.attempts, now)
        delivery.state = DeliveryState.QUEUED.value if later else DeliveryState.FAILED.value
        delivery.next_try_at = later or now
    delivery.save()


def _post(delivery: WebhookDelivery, now: datetime) -> int:
    webhook, event = delivery.webhook, delivery.event
    identity = f"msg_{delivery.pk}"
    body = message(
        identity=identity,
        verb=event.verb,
        at=event.at,
        organisation=webhook.organisation_id,
        subject=event.subject,
        number=event.number,
        digest=event.digest,
    )
    headers = {
        "content-type": "application/json",
        "user-agent": "ethicsreview-webhooks/1",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(key_of(webhook), identity, now, body),
    }
    return call(target_of(webhook.address), body, headers)


def allowed_networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """Private networks the operator allows messages into."""
    return tuple(ip_network(one) for one in settings.WEBHOOK_NETWORKS)


def target_of(address: str) -> Target:
    """Where an address leads now; every number its name has is checked, so that none leads inside."""
    allowed = allowed_networks()
    if address_fault(address, allowed):
        raise NotReached(Failure.ADDRESS_REFUSED)
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReached(Failure.NAME_NOT_FOUND) from error
    numbers = [ip_address(one[4][0]) for one in found]
    if not all(may_reach(number, allowed) for number in numbers):
        raise NotReached(Failure.PRIVATE_NETWORK)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(numbers[0]), str(parts.hostname), port, path, parts.scheme == "https")


def call(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """POST to the number that was checked, under the name that was given; redirects are not followed."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=PATIENCE)
    try:
        connection.sock = _connected(target)
        connection.request("POST", target.path, body, headers)
        response = connection.getresponse()
        response.read(READ_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotReached(_failure(error)) from error
    finally:
        connection.close()
    return response.status


def _failure(error: Exception) -> Failure:
    match error:
        case TimeoutError():
            return Failure.TOO_SLOW
        case ssl.SSLCertVerificationError():
            return Failure.NOT_TRUSTED
        case ConnectionRefusedError():
            return Failure.NOT_LISTENING
        case ConnectionError() | ssl.SSLError() | http.client.HTTPException():
            return Failure.BROKEN_OFF
    return Failure.NOT_LISTENING


def _connected(target: Target) -> socket.socket:
    plain = socket.create_connection((target.number, target.port), timeout=PATIENCE)
    if not target.secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
