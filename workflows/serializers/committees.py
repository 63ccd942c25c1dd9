"""Shapes of committees and their seats."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ethicsreview.interface.serializers import (
    MissingSerializer,
    Strict,
    day_field,
    identifier,
    optional_text,
    printable_text,
)
from workflows.domain.lengths import NAME
from workflows.domain.rooms import Sex
from workflows.serializers.cases import SEAT_ROLE, CodedSerializer, HolderSerializer, NamedSerializer

CODE = RegexValidator(r"^[A-Za-z][A-Za-z0-9-]*\Z", _("A letter first, then letters, digits or hyphens."))


class CommitteeRowSerializer(serializers.Serializer[Any]):
    """A committee as a row of a list."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField(help_text="Begins the reference of every case.")
    name = serializers.CharField(help_text="In English.")
    name_zh = serializers.CharField(allow_blank=True, help_text="In Chinese.")
    host = HolderSerializer()
    rulebook = serializers.CharField(source="rulebook_slug")
    instrument = serializers.CharField(source="instrument_slug")
    accepts_applications = serializers.BooleanField()


class SeatSerializer(serializers.Serializer[Any]):
    """A person's place on a committee for a term."""

    id = serializers.IntegerField()
    person = NamedSerializer()
    role = serializers.ChoiceField(SEAT_ROLE)
    categories = serializers.ListField(child=serializers.CharField(), help_text="Codes of the rulebook it covers.")
    external = serializers.BooleanField(help_text="From outside the host.")
    profession = serializers.CharField(allow_blank=True)
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True, help_text="Inclusive.")
    away = serializers.BooleanField(help_text="Recorded as away today.")
    away_from = serializers.DateField(allow_null=True)
    away_until = serializers.DateField(allow_null=True, help_text="Null: until further notice.")


class CommitteeSerializer(CommitteeRowSerializer):
    """A committee with its seats of today and to come, and what its composition lacks."""

    circumstances = serializers.ListField(child=serializers.CharField())
    video_rules = serializers.BooleanField(help_text="Whether it has rules on video meetings.")
    categories = CodedSerializer(many=True, help_text="What its rulebook wants covered.")
    seats = SeatSerializer(many=True)
    missing = MissingSerializer(many=True, help_text="What today's seats lack by the newest edition of its rulebook.")
    keeper = serializers.BooleanField(help_text="Whether the caller keeps its roster.")
    seatable = NamedSerializer(many=True, help_text="To who keeps the roster: whom one can give a seat.")


class CommitteeBody(Strict):
    """A new committee: whose, under which rulebook, rating by which instrument."""

    host = identifier(help_text="Id of a review body or service centre whose roster the caller keeps.")
    code = serializers.CharField(
        max_length=12, validators=[CODE], help_text="A letter, then letters, digits or hyphens; never changed."
    )
    name = printable_text(max_length=NAME, help_text="In English.")
    name_zh = optional_text(max_length=NAME, help_text="In Chinese.")
    rulebook = serializers.CharField(max_length=60, help_text="Slug of a rulebook of committees.")
    instrument = serializers.CharField(max_length=60, help_text="Slug of an instrument that reviewers rate with.")
    circumstances = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=50,
        help_text="Codes of circumstances for which the rulebook asks for more categories.",
    )


class SeatBody(Strict):
    """Who sits, as what, covering which categories, from when to when."""

    person = identifier(help_text="A member or secretary of the host without a seat.")
    role = serializers.ChoiceField(SEAT_ROLE, help_text="The secretary's seat has no vote.")
    categories = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=50,
        help_text="Codes of the rulebook's categories that the person covers.",
    )
    sex = serializers.ChoiceField(
        [sex.value for sex in Sex],
        help_text="The rulebook asks for women and men on the committee; nothing else is done with it.",
    )
    external = serializers.BooleanField(default=False, help_text="From outside the host.")
    profession = optional_text(max_length=NAME, help_text="In English.")
    profession_zh = optional_text(max_length=NAME, help_text="In Chinese.")
    starts = day_field(help_text="First day of the term.")
    ends = day_field(help_text="Inclusive.")


class EndSeatBody(Strict):
    """The last day of a seat."""

    last_day = day_field(help_text="Inclusive.")


class AbsenceBody(Strict):
    """From when to when a seat's holder is away."""

    away_from = day_field(allow_null=True, help_text="Null, and “away_until” too: present again.")
    away_until = day_field(allow_null=True, help_text="Inclusive; null: until further notice.")
