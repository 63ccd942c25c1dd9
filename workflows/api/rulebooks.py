"""The published law and the published instruments, for programs."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404

from assessments.models import InstrumentVersion
from assessments.queries import load_any
from ethicsreview.interface.api.doors import Data, ManyDoor, ThingDoor
from ethicsreview.interface.domain.tokens import Half
from workflows.api.doors import spoken
from workflows.domain.articles import Rest, rests
from workflows.domain.rulebook import Rulebook, RulebookKind
from workflows.domain.scheme import Scheme
from workflows.models import RulebookVersion
from workflows.queries.rulebooks import load_rulebook, load_scheme
from workflows.serializers.rulebooks import (
    InstrumentRowSerializer,
    InstrumentSerializer,
    RulebookRowSerializer,
    RulebookSerializer,
)


def _told(found: Iterable[Rest]) -> list[Data]:
    return [
        {
            "path": one.path,
            "value": one.value,
            "words": one.words.in_(spoken()) if one.words else "",
            "article": one.place.in_(spoken()),
            "confidence": one.place.confidence.value,
        }
        for one in found
    ]


class RulebookFilter(django_filters.FilterSet):
    """What narrows the list of rulebooks."""

    slug = django_filters.CharFilter(max_length=60, help_text="The name all its editions share.")
    kind = django_filters.ChoiceFilter(
        choices=[(kind.value, kind.value) for kind in RulebookKind],
        help_text="A committee's rules, or a scheme of verification.",
    )


class RulebooksDoor(ManyDoor):
    """Every published edition, the newest first; any token reads them."""

    half = Half.CASES
    scoped = False
    tag = "rulebooks"
    shape = RulebookRowSerializer
    filters = RulebookFilter
    ordering = ("-published_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[RulebookVersion]:
        return RulebookVersion.objects.defer("content")


class RulebookDoor(ThingDoor):
    """One edition of a rulebook."""

    half = Half.CASES
    scoped = False
    tag = "rulebooks"
    shape = RulebookSerializer

    def open(self, **address: Any) -> RulebookVersion:
        found = RulebookVersion.objects.filter(slug=address["slug"], version=address["version"]).first()
        if found is None:
            raise Http404
        return found

    def data(self, thing: RulebookVersion) -> Data:
        verifies = thing.kind == RulebookKind.VERIFICATION.value
        rules: Rulebook | Scheme = load_scheme(thing) if verifies else load_rulebook(thing)
        row = {name: getattr(thing, name) for name in ("slug", "version", "kind", "digest", "published_at", "content")}
        return dict(RulebookSerializer(row | {"title": rules.title.in_(spoken()), "rules": _told(rests(rules))}).data)


class InstrumentFilter(django_filters.FilterSet):
    """What narrows the list of instruments."""

    slug = django_filters.CharFilter(max_length=40, help_text="The name all its editions share.")


class InstrumentsDoor(ManyDoor):
    """Every published version, the newest first; any token reads them."""

    half = Half.CASES
    scoped = False
    tag = "rulebooks"
    shape = InstrumentRowSerializer
    filters = InstrumentFilter
    ordering = ("-published_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[InstrumentVersion]:
        return InstrumentVersion.objects.defer("content")


class InstrumentDoor(ThingDoor):
    """One version of an instrument."""

    half = Half.CASES
    scoped = False
    tag = "rulebooks"
    shape = InstrumentSerializer

    def open(self, **address: Any) -> InstrumentVersion:
        found = InstrumentVersion.objects.filter(slug=address["slug"], version=address["version"]).first()
        if found is None:
            raise Http404
        return found

    def data(self, thing: InstrumentVersion) -> Data:
        instrument = load_any(thing)
        row = {name: getattr(thing, name) for name in ("slug", "version", "digest", "published_at", "content")}
        told = {"title": instrument.title.in_(spoken()), "sources": _told(rests(instrument))}
        return dict(InstrumentSerializer(row | told).data)
