"""Webhooks of an organisation and the ledger of what they were told."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.interface.actions import end_webhook, make_webhook, send_again
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.api.people import own_organisation, refused
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from ethicsreview.interface.domain.webhooks import DeliveryState, address_fault, known_verb
from ethicsreview.interface.models import Webhook, WebhookDelivery
from ethicsreview.interface.queries import ledger_of, webhooks_of
from ethicsreview.interface.reporting import allowed_networks
from ethicsreview.interface.serializers.people import (
    DeliverySerializer,
    NewWebhookSerializer,
    WebhookBody,
    WebhookSerializer,
)
from ethicsreview.interface.wording import ADDRESS_FAULTS, unknown_verb


class WebhooksDoor(ManyDoor):
    """An organisation's webhooks, for those who keep it."""

    half, tag, shape = Half.PEOPLE, "webhooks", WebhookSerializer

    def rows(self, **address: Any) -> QuerySet[Webhook]:
        return webhooks_of(self.parent(**address))

    def parent(self, **address: Any) -> Organisation:
        return own_organisation(self.caller, address["organisation"], managed=True)

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


class WebhookDoor(ThingDoor):
    """One webhook."""

    half, tag, shape = Half.PEOPLE, "webhooks", WebhookSerializer

    def open(self, **address: Any) -> Webhook:
        return webhook_of(self.caller, address)

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


class DeliveryFilter(django_filters.FilterSet):
    """What narrows the ledger."""

    state = django_filters.ChoiceFilter(
        choices=[(state.value, state.value) for state in DeliveryState], help_text="Where the message stands."
    )


class DeliveriesDoor(ManyDoor):
    """What a webhook was told, newest first."""

    half, tag, shape, filters = Half.PEOPLE, "webhooks", DeliverySerializer, DeliveryFilter

    def rows(self, **address: Any) -> QuerySet[WebhookDelivery]:
        return ledger_of(webhook_of(self.caller, address))


class DeliveryDoor(ThingDoor):
    """One message of the ledger."""

    half, tag, shape = Half.PEOPLE, "webhooks", DeliverySerializer

    def open(self, **address: Any) -> WebhookDelivery:
        found = ledger_of(webhook_of(self.caller, address)).filter(pk=address["delivery"]).first()
        if found is None:
            raise Http404
        return found

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


def webhook_of(caller: User, address: Data) -> Webhook:
    """The webhook at this address, for those who keep its organisation; raises ``Http404``."""
    organisation = own_organisation(caller, address["organisation"], managed=True)
    found = webhooks_of(organisation).filter(pk=address["webhook"]).first()
    if found is None:
        raise Http404
    return found


def _make(thing: Organisation, caller: User, now: datetime, body: Data) -> Data:
    fault = address_fault(body["address"], allowed_networks())
    faults = [Fault("/address", str(ADDRESS_FAULTS[fault]))] if fault else []
    faults += [
        Fault(f"/verbs/{place}", unknown_verb(verb))
        for place, verb in enumerate(body["verbs"])
        if not known_verb(verb)
    ]
    if faults:
        raise Stop(Kind.BAD_INPUT, faults=tuple(faults))
    webhook, secret = make_webhook(thing.pk, address=body["address"], verbs=body["verbs"], actor=caller, now=now)
    return {**WebhookSerializer(webhook).data, "organisation_id": webhook.organisation_id, "secret": secret}


def _end(thing: Webhook, caller: User, now: datetime, body: Data) -> object:
    return end_webhook(thing.pk, actor=caller, now=now)


def _again(thing: WebhookDelivery, caller: User, now: datetime, body: Data) -> object:
    return send_again(thing.pk, actor=caller, now=now)


MAKE = Deed(
    "webhook_make",
    "Tell an address of what happens",
    _make,
    takes=WebhookBody,
    gives=NewWebhookSerializer,
    created=True,
    secret=True,
    description="Signed as the Standard Webhooks specification has it; tried ten times over almost three days.",
    example={"address": "https://hooks.example.org/ethics", "verbs": ["case.*", "decision.issue"]},
)
END = Deed("webhook_end", "Tell an address nothing more", _end)
AGAIN = Deed("webhook_delivery_replay", "Send a message again", _again)
