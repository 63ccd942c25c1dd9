"""The audit chain of an organisation, for those who keep it: every event with its digests, and whether it holds."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from ethicsreview.audit.domain import Verification, organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from ethicsreview.interface.api.doors import Data, ManyDoor, ThingDoor
from ethicsreview.interface.api.people import own_organisation
from ethicsreview.interface.domain.tokens import Half
from ethicsreview.interface.domain.webhooks import TELLABLE
from ethicsreview.interface.serializers.people import ChainSerializer, EventSerializer


class EventFilter(django_filters.FilterSet):
    """What narrows the events."""

    verb = django_filters.ChoiceFilter(choices=[(verb, verb) for verb in TELLABLE], help_text="What happened.")
    subject = django_filters.CharFilter(max_length=80, help_text="What it happened to, as case:12.")
    after = django_filters.NumberFilter(
        field_name="number", lookup_expr="gt", help_text="Number of an event: later ones alone."
    )


class EventsDoor(ManyDoor):
    """Events of an organisation's chain that its managers may read, newest first.

    What tells of running votes and unopened ratings is left out, as it is for webhooks; the numbers show the gaps.
    """

    half, tag, shape, filters = Half.PEOPLE, "history", EventSerializer, EventFilter
    ordering = ("-number",)

    def rows(self, **address: Any) -> QuerySet[AuditEvent]:
        organisation = own_organisation(self.caller, address["organisation"], managed=True)
        return AuditEvent.objects.filter(chain=organisation_chain(organisation.pk), verb__in=TELLABLE)


class ChainDoor(ThingDoor):
    """Whether an organisation's chain holds; reads all of it."""

    half, tag, shape = Half.PEOPLE, "history", ChainSerializer

    def open(self, **address: Any) -> tuple[str, Verification]:
        chain = organisation_chain(own_organisation(self.caller, address["organisation"], managed=True).pk)
        return chain, verify_chain(chain)

    def data(self, thing: tuple[str, Verification]) -> Data:
        chain, found = thing
        head = {"head_number": found.head.number, "head_digest": found.head.digest}
        return dict(ChainSerializer({"chain": chain, "holds": found.ok, "count": found.count, **head}).data)
