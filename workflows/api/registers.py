"""Lists across cases for programs: decisions, signed documents, the caller's own reviews."""

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ethicsreview.interface.api.doors import ManyDoor
from ethicsreview.interface.domain.tokens import Half
from workflows.api.doors import keep_search, today
from workflows.models import CaseReport, Decision, Review
from workflows.serializers.decisions import REPORT_KIND, REPORT_STATE, DecisionRowSerializer, ReportRowSerializer
from workflows.serializers.reviews import ReviewRowSerializer


class DecisionFilter(django_filters.FilterSet):
    """What narrows the list of decisions."""

    kind = django_filters.CharFilter(max_length=40, help_text="Code of the rulebook's kinds of decision.")
    committee = django_filters.NumberFilter(field_name="case__committee", help_text="Id of a committee.")
    issued_from = django_filters.DateFilter(
        field_name="issued_at", lookup_expr="date__gte", help_text="The first day of issue."
    )
    issued_until = django_filters.DateFilter(
        field_name="issued_at", lookup_expr="date__lte", help_text="The last day of issue."
    )


class DecisionsDoor(ManyDoor):
    """The decisions that are out, of cases the caller may read; the newest first."""

    half = Half.CASES
    tag = "decisions"
    shape = DecisionRowSerializer
    filters = DecisionFilter
    ordering = ("-issued_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Decision]:
        return Decision.objects.visible_to(self.caller, today(timezone.now())).select_related("case")

    def looked_through(self, **address: Any) -> None:
        keep_search(self, "decisions")


class ReportFilter(django_filters.FilterSet):
    """What narrows the list of signed documents."""

    state = django_filters.ChoiceFilter(
        choices=[(state, state) for state in REPORT_STATE], help_text="How far the signing is."
    )
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in REPORT_KIND], help_text="Letter or report.")
    language = django_filters.ChoiceFilter(
        choices=[(code, code) for code, _name in settings.LANGUAGES], help_text="Of the document."
    )
    committee = django_filters.NumberFilter(field_name="decision__case__committee", help_text="Id of a committee.")


class ReportsDoor(ManyDoor):
    """The documents of decisions that the caller may have, the last made first."""

    half = Half.CASES
    tag = "decisions"
    shape = ReportRowSerializer
    filters = ReportFilter
    ordering = ("-progressed_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[CaseReport]:
        found = CaseReport.objects.visible_to(self.caller, today(timezone.now()))
        return found.select_related("decision__case")

    def looked_through(self, **address: Any) -> None:
        keep_search(self, "reports")


class ReviewFilter(django_filters.FilterSet):
    """What narrows the list of own reviews."""

    open = django_filters.BooleanFilter(
        field_name="submitted_at", lookup_expr="isnull", help_text="Those not handed in, or those that are."
    )


class OwnReviewsDoor(ManyDoor):
    """The caller's own assignments as a reviewer, the newest first."""

    half = Half.CASES
    tag = "cases"
    shape = ReviewRowSerializer
    filters = ReviewFilter
    ordering = ("-assigned_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Review]:
        own = Review.objects.party_to(self.caller, today(timezone.now())).standing()
        return own.filter(user=self.caller).select_related("case")
