"""Shapes of the public registers of committees and decisions: no person, no applicant, no activity."""

from typing import Any

from rest_framework import serializers

from ethicsreview.interface.serializers import MissingSerializer
from workflows.serializers.cases import EditionSerializer


class RegisteredCommitteeSerializer(serializers.Serializer[Any]):
    """A committee as everybody may read it."""

    code = serializers.CharField(help_text="Begins the reference of every case.")
    name = serializers.CharField()
    host = serializers.CharField()
    region = serializers.CharField(allow_blank=True, help_text="Code of the host's province.")
    rulebook = EditionSerializer(help_text="The newest edition; its composition is measured by it.")
    accepts_applications = serializers.BooleanField()
    members = serializers.IntegerField(help_text="Members with a vote today, alternates apart.")
    external = serializers.IntegerField(help_text="How many of them come from outside the host.")
    whole = serializers.BooleanField(help_text="Whether its composition lacks nothing.")


class CoveredSerializer(serializers.Serializer[Any]):
    """A profession or background the rulebook names."""

    code = serializers.CharField()
    name = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    members = serializers.IntegerField(help_text="How many cover it; one member may cover several.")


class CommitteeEntrySerializer(RegisteredCommitteeSerializer):
    """One committee with its composition; who sits there is told to those signed in."""

    composition = CoveredSerializer(many=True)
    missing = MissingSerializer(many=True, help_text="What its composition lacks, each with its article.")


class RegisteredDecisionSerializer(serializers.Serializer[Any]):
    """A decision that is out, as everybody may read it."""

    case = serializers.CharField(help_text="Reference.")
    number = serializers.IntegerField(help_text="Within the case.")
    kind = serializers.CharField(help_text="Code of the rulebook's kinds of decision.")
    kind_name = serializers.CharField()
    committee = serializers.CharField(help_text="Code.")
    committee_name = serializers.CharField()
    host = serializers.CharField()
    rulebook = EditionSerializer()
    issued_at = serializers.DateTimeField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="Inclusive.")
    code = serializers.CharField(allow_blank=True, help_text="Verification code of the signed letter; empty before.")
