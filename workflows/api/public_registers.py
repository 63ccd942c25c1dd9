"""The public registers of committees and decisions for programs; nobody needs a token."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from ethicsreview.interface.api.doors import Data, ManyDoor, ThingDoor
from ethicsreview.interface.domain.tokens import Half
from workflows.api.doors import spoken, today
from workflows.api.refusals import missing
from workflows.domain.checks import decision_rule
from workflows.domain.rulebook import Rulebook
from workflows.models import Committee, Decision
from workflows.queries.public_registers import (
    Composition,
    code_of,
    composition_of,
    public_decisions,
    seated_committees,
    sought_decisions,
    with_words,
)
from workflows.queries.rosters import newest_rulebooks
from workflows.queries.rulebooks import load_rulebook
from workflows.serializers.public_registers import (
    CommitteeEntrySerializer,
    RegisteredCommitteeSerializer,
    RegisteredDecisionSerializer,
)


def committee_values(row: Committee, found: Composition) -> Data:
    """A committee as ``RegisteredCommitteeSerializer`` takes it."""
    return {
        "code": row.code,
        "name": row.name_in(spoken()),
        "host": row.host.name_in(spoken()),
        "region": row.host.province,
        "rulebook": {"slug": found.rules.slug, "version": found.rules.version},
        "accepts_applications": row.accepts_applications,
        "members": found.members,
        "external": found.external,
        "whole": not found.gaps,
    }


class CommitteeRows(RegisteredCommitteeSerializer):
    """Rows of the register, read from the table; the rulebooks are read once."""

    def to_representation(self, instance: Committee) -> Data:
        rules: dict[str, Rulebook] = self.context["door"].rulebooks
        return super().to_representation(
            committee_values(instance, composition_of(instance, rules[instance.rulebook_slug]))
        )


class CommitteeRegisterFilter(django_filters.FilterSet):
    """What narrows the register of committees."""

    text = django_filters.CharFilter(method="sought", max_length=100, help_text="Words of code, name or host.")

    def sought(self, rows: QuerySet[Committee], _name: str, words: str) -> QuerySet[Committee]:
        """As the page seeks them."""
        return rows.filter(with_words(words))


class CommitteeRegisterDoor(ManyDoor):
    """Every committee, by code."""

    half = Half.CASES
    public = True
    tag = "register"
    shape = CommitteeRows
    filters = CommitteeRegisterFilter
    ordering = ("code", "pk")

    def rows(self, **address: Any) -> QuerySet[Committee]:
        self.rulebooks = {rules.slug: rules for rules in newest_rulebooks()}
        return seated_committees(today(timezone.now()))


class CommitteeEntryDoor(ThingDoor):
    """One committee and its composition."""

    half = Half.CASES
    public = True
    tag = "register"
    shape = CommitteeEntrySerializer

    def open(self, **address: Any) -> Committee:
        found = seated_committees(today(timezone.now())).filter(code=address["code"]).first()
        if found is None:
            raise Http404
        return found

    def data(self, thing: Committee) -> Data:
        rules = next(one for one in newest_rulebooks() if one.slug == thing.rulebook_slug)
        found = composition_of(thing, rules)
        covered = [
            {
                "code": one.code,
                "name": one.label.in_(spoken()),
                "article": one.citation.in_(spoken()),
                "members": count,
            }
            for one, count in found.covered
        ]
        told = committee_values(thing, found) | {"composition": covered, "missing": missing(found.gaps, rules)}
        return dict(CommitteeEntrySerializer(told).data)


# -- decisions --------------------------------------------------------------------------------------------------------


def decision_values(row: Decision) -> Data:
    """A decision as ``RegisteredDecisionSerializer`` takes it."""
    committee, edition = row.case.committee, row.case.rulebook
    rule = decision_rule(row.kind, load_rulebook(edition))
    names = ("number", "kind", "issued_at", "valid_from", "valid_until")
    return {name: getattr(row, name) for name in names} | {
        "case": row.case.reference,
        "kind_name": rule.label.in_(spoken()) if rule else row.kind,
        "committee": committee.code,
        "committee_name": committee.name_in(spoken()),
        "host": committee.host.name_in(spoken()),
        "rulebook": {"slug": edition.slug, "version": edition.version},
        "code": code_of(row, "zh-hans" if spoken().startswith("zh") else "en"),
    }


class DecisionRows(RegisteredDecisionSerializer):
    """Rows of the register, read from the table."""

    def to_representation(self, instance: Decision) -> Data:
        return super().to_representation(decision_values(instance))


class DecisionRegisterFilter(django_filters.FilterSet):
    """What narrows the register of decisions."""

    text = django_filters.CharFilter(method="sought", max_length=100, help_text="Words of reference, committee, host.")
    kind = django_filters.CharFilter(max_length=40, help_text="Code of the rulebook's kinds of decision.")
    committee = django_filters.CharFilter(
        field_name="case__committee__code", max_length=12, help_text="Code of a committee."
    )
    issued_from = django_filters.DateFilter(
        field_name="issued_at", lookup_expr="date__gte", help_text="The first day of issue."
    )
    issued_until = django_filters.DateFilter(
        field_name="issued_at", lookup_expr="date__lte", help_text="The last day of issue."
    )

    def sought(self, rows: QuerySet[Decision], _name: str, words: str) -> QuerySet[Decision]:
        """As the page seeks them."""
        return sought_decisions(rows, words, "")


class DecisionRegisterDoor(ManyDoor):
    """Every decision that is out, the newest first."""

    half = Half.CASES
    public = True
    tag = "register"
    shape = DecisionRows
    filters = DecisionRegisterFilter
    ordering = ("-issued_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Decision]:
        return public_decisions()
