"""Telling webhooks: what happened is told once, signed, tried again, and never inside a private network."""

import base64
import http.client
import json
import socket
import ssl
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from ethicsreview.accounts.domain import MemberRole, Refused
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.steps import record
from ethicsreview.interface import reporting
from ethicsreview.interface.actions import collect_events, end_webhook, make_webhook, send_again
from ethicsreview.interface.domain.webhooks import Failure, signature
from ethicsreview.interface.models import Webhook, WebhookDelivery
from ethicsreview.interface.queries import due_messages
from ethicsreview.interface.reporting import NotReached, Target, send, target_of
from tests.api.receivers import receiving
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://hooks.example.org/in"


@pytest.fixture
def manager(host: Organisation) -> User:
    return make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")


def happened(host: Organisation, verb: str, now: datetime) -> AuditEvent:
    return record(chain=organisation_chain(host.pk), at=now, actor=None, verb=verb, subject="case:7")


def test_manager_alone_makes_and_ends_one(host: Organisation, manager: User, member: User, now: datetime) -> None:
    with pytest.raises(Refused):
        make_webhook(host.pk, address=ELSEWHERE, verbs=[], actor=member, now=now)
    webhook, secret = make_webhook(host.pk, address=ELSEWHERE, verbs=["case.*"], actor=manager, now=now)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in json.dumps(list(Webhook.objects.values()), default=str)
    with pytest.raises(Refused):
        end_webhook(webhook.pk, actor=member, now=now)
    assert end_webhook(webhook.pk, actor=manager, now=now).ended_at == now
    assert end_webhook(webhook.pk, actor=manager, now=now + timedelta(days=1)).ended_at == now
    verbs = AuditEvent.objects.filter(subject=f"webhook:{webhook.pk}").order_by("number")
    assert list(verbs.values_list("verb", flat=True)) == ["webhook.made", "webhook.ended"]


def test_only_what_came_after_and_was_chosen_and_may_be_known(
    host: Organisation, manager: User, now: datetime
) -> None:
    happened(host, "case.submit", now)
    webhook, _secret = make_webhook(host.pk, address=ELSEWHERE, verbs=["case.*"], actor=manager, now=now)
    for verb in ("case.accept", "case.assign", "vote.cast", "decision.issue", "case.decline"):
        happened(host, verb, now)
    assert collect_events(webhook.pk, now=now) == 2
    assert collect_events(webhook.pk, now=now) == 0
    told = WebhookDelivery.objects.order_by("pk").values_list("event__verb", flat=True)
    assert list(told) == ["case.accept", "case.decline"]
    end_webhook(webhook.pk, actor=manager, now=now)
    assert due_messages(now) == []


def test_message_arrives_signed_and_once(host: Organisation, manager: User, now: datetime, settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiving(204) as receiver:
        webhook, secret = make_webhook(host.pk, address=receiver.address, verbs=[], actor=manager, now=now)
        event = happened(host, "case.accept", now)
        collect_events(webhook.pk, now=now)
        delivery = WebhookDelivery.objects.get(event=event)
        send(delivery.pk, now=now)
        send(delivery.pk, now=now)
    [(headers, body)] = receiver.calls
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 204)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers["webhook-id"] == f"msg_{delivery.pk}"
    assert headers["webhook-signature"] == signature(key, headers["webhook-id"], now, body)
    assert json.loads(body)["data"]["digest"] == event.digest


def test_failure_is_kept_and_tried_again_until_given_up(
    host: Organisation, manager: User, now: datetime, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiving(500, 302, 500) as receiver:
        webhook, _secret = make_webhook(host.pk, address=receiver.address, verbs=[], actor=manager, now=now)
        happened(host, "case.accept", now)
        collect_events(webhook.pk, now=now)
        delivery, moment, states = WebhookDelivery.objects.latest("pk"), now, []
        for _ in range(10):
            send(delivery.pk, now=moment)
            delivery.refresh_from_db()
            states.append(delivery.state)
            moment = delivery.next_try_at
    assert states == ["queued"] * 9 + ["failed"]
    assert (len(receiver.calls), delivery.last_status) == (10, 500)
    send_again(delivery.pk, actor=manager, now=moment)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("queued", 0)
    with pytest.raises(Refused):
        send_again(delivery.pk, actor=make_person(role=MemberRole.MEMBER, organisation=host), now=moment)


def test_not_before_its_time(host: Organisation, manager: User, now: datetime) -> None:
    webhook, _secret = make_webhook(host.pk, address=ELSEWHERE, verbs=[], actor=manager, now=now)
    happened(host, "case.accept", now)
    collect_events(webhook.pk, now=now)
    delivery = WebhookDelivery.objects.latest("pk")
    send(delivery.pk, now=now - timedelta(seconds=1))
    delivery.refresh_from_db()
    assert delivery.attempts == 0


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://localhost/hook", Failure.PRIVATE_NETWORK),
        ("https://127.0.0.1/hook", Failure.ADDRESS_REFUSED),
        ("http://hooks.example.org/", Failure.ADDRESS_REFUSED),
        ("https://no-such-name.invalid/hook", Failure.NAME_NOT_FOUND),
    ],
)
def test_nothing_goes_inside(address: str, why: Failure) -> None:
    with pytest.raises(NotReached) as refused:
        target_of(address)
    assert refused.value.failure is why


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TimeoutError(), Failure.TOO_SLOW),
        (ConnectionRefusedError(), Failure.NOT_LISTENING),
        (OSError("no route"), Failure.NOT_LISTENING),
        (ConnectionResetError(), Failure.BROKEN_OFF),
        (http.client.RemoteDisconnected(), Failure.BROKEN_OFF),
        (ssl.SSLEOFError(), Failure.BROKEN_OFF),
        (ssl.SSLCertVerificationError(), Failure.NOT_TRUSTED),
    ],
)
def test_what_went_wrong_is_kept_as_a_code(error: Exception, why: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_target: Target) -> socket.socket:
        raise error

    monkeypatch.setattr(reporting, "_connected", fail)
    with pytest.raises(NotReached) as failed:
        reporting.call(Target("192.0.2.1", "hooks.example.org", 443, "/", True), b"", {})
    assert failed.value.failure is why


def test_receiver_that_is_away_is_a_failure(
    host: Organisation, manager: User, now: datetime, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    webhook, _secret = make_webhook(host.pk, address="http://127.0.0.1:9/hook", verbs=[], actor=manager, now=now)
    happened(host, "case.accept", now)
    collect_events(webhook.pk, now=now)
    delivery = WebhookDelivery.objects.latest("pk")
    send(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_status, delivery.last_error) == ("queued", None, "not_listening")
