"""Shapes of what the committee's desk does with a case: classification, reviewers, conflicts, who leads."""

from typing import Any

from rest_framework import serializers

from ethicsreview.interface.serializers import Strict, day_field, identifier, optional_text, printable_text
from workflows.domain.lengths import REASONS
from workflows.serializers.cases import REASONS_HELP, SEAT_ROLE, CodedSerializer, NamedSerializer, ReasonsBody

CODE = 60


class ClassifyBody(Strict):
    """The secretary's findings."""

    tier = serializers.CharField(max_length=CODE, help_text="Key of a tier of the instrument.")
    flags = serializers.ListField(
        child=serializers.CharField(max_length=CODE), required=False, default=list, help_text="Keys of its flags."
    )
    red_lines = serializers.ListField(
        child=serializers.CharField(max_length=CODE),
        required=False,
        default=list,
        help_text="Codes of the rulebook's red lines found to be crossed: the case can only be declined or refused.",
    )
    listed = serializers.ListField(
        child=serializers.CharField(max_length=CODE),
        required=False,
        default=list,
        help_text="Codes of the rulebook's expert re-review list.",
    )
    exemption = serializers.CharField(
        max_length=CODE, required=False, allow_blank=True, default="", help_text="Code of an exemption, or empty."
    )
    exemption_evidence = optional_text(max_length=REASONS, help_text="What proves the exemption.")
    reason = printable_text(max_length=REASONS, help_text="Why; kept with the case. At most 4,000 characters.")


class ExtendBody(ReasonsBody):
    """A later last day."""

    until = day_field(help_text="The new last day, inclusive; later than the old one.")


class DesignateBody(ReasonsBody):
    """Who acts for the chair."""

    seat = identifier(help_text="Id of a vice-chair's seat.")


class LoadSerializer(NamedSerializer):
    """A member who could review the case, with the work there is already."""

    role = serializers.ChoiceField(SEAT_ROLE)
    open = serializers.IntegerField(help_text="Reviews not handed in.")
    done = serializers.IntegerField(help_text="Reviews handed in, ever.")
    recused = serializers.BooleanField()
    assigned = serializers.BooleanField()
    away = serializers.BooleanField(help_text="Recorded as away today.")


class AssignedSerializer(NamedSerializer):
    """A reviewer of the case."""

    assigned_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class AssignmentsSerializer(serializers.Serializer[Any]):
    """The reviewers of a case, and the members with their workload, the least busy first."""

    least = serializers.IntegerField(help_text="Reviewers the rulebook asks for.")
    article = serializers.CharField(allow_blank=True)
    reviewers = AssignedSerializer(many=True)
    members = LoadSerializer(many=True)


class AssignBody(Strict):
    """Who is to review, beside those already assigned."""

    reviewers = serializers.ListField(
        child=identifier(), min_length=1, max_length=100, help_text="Ids of people with a voting seat."
    )


class ConflictSerializer(serializers.Serializer[Any]):
    """A conflict of interest; a standing one acts at once."""

    id = serializers.IntegerField()
    person = NamedSerializer()
    kind = serializers.CharField(help_text="Code of the rulebook.")
    kind_name = serializers.CharField()
    reason = serializers.CharField(allow_blank=True, help_text="Told to the secretary alone.")
    declared_at = serializers.DateTimeField()
    declared_by = NamedSerializer()
    lifted_at = serializers.DateTimeField(allow_null=True)
    lifted_reason = serializers.CharField(allow_blank=True, help_text="Told to the secretary alone.")


class ConflictsSerializer(serializers.Serializer[Any]):
    """Conflicts of interest on a case, and what can be declared."""

    kinds = CodedSerializer(many=True, help_text="Kinds of the rulebook.")
    people = NamedSerializer(many=True, help_text="Whom the caller can recuse: oneself, or anybody for the secretary.")
    conflicts = ConflictSerializer(many=True)


class ConflictBody(Strict):
    """A conflict of the caller's own, or of somebody the secretary names."""

    person = identifier(help_text="Id of a person with a seat.")
    kind = serializers.CharField(max_length=CODE, help_text="Code of the rulebook's kinds of conflict.")
    reason = optional_text(max_length=REASONS, help_text="Needed for somebody else. " + REASONS_HELP)
