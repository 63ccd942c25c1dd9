"""Shapes of meetings: the list, one sitting as the caller may see it, its minutes."""

from typing import Any

from rest_framework import serializers

from ethicsreview.documents.forms import printable
from ethicsreview.interface.serializers import (
    DeedSerializer,
    MissingSerializer,
    Strict,
    identifier,
    moment_field,
    optional_text,
)
from workflows.domain.lengths import ADDRESS, NAME, NOTES, REASONS
from workflows.domain.rooms import Mode
from workflows.domain.states import MeetingState
from workflows.serializers.cases import CASE_STATE, SEAT_ROLE, NamedSerializer
from workflows.serializers.motions import MotionSerializer

MODE = [mode.value for mode in Mode]
MEETING_STATE = [state.value for state in MeetingState]
OUTCOME = ["carried", "adjourned", "withdrawn", "not_reached"]


class MeetingRowSerializer(serializers.Serializer[Any]):
    """A meeting as a row of a list."""

    id = serializers.IntegerField(source="pk")
    committee = serializers.IntegerField(source="committee_id")
    number = serializers.IntegerField(help_text="Within the committee.")
    state = serializers.ChoiceField(MEETING_STATE)
    starts_at = serializers.DateTimeField()
    place = serializers.CharField(allow_blank=True)
    video_link = serializers.CharField(allow_blank=True)
    presiding = serializers.IntegerField(source="presiding_id", help_text="Id of a seat.")


class SeatInRoomSerializer(NamedSerializer):
    """A seat with a vote, and whether its holder is there."""

    seat = serializers.IntegerField()
    role = serializers.ChoiceField(SEAT_ROLE)
    here = serializers.BooleanField()
    mode = serializers.ChoiceField(MODE, allow_blank=True, help_text="Empty where nobody is there.")
    since = serializers.DateTimeField(allow_null=True)
    stands_for = serializers.IntegerField(allow_null=True, help_text="Seat an alternate stands for.")
    recused = serializers.BooleanField(help_text="From the item on the table.")


class StaySerializer(serializers.Serializer[Any]):
    """One stay in the room, for the record."""

    seat = serializers.IntegerField(source="seat_id")
    mode = serializers.ChoiceField(MODE)
    stands_for = serializers.IntegerField(source="stands_for_id", allow_null=True)
    arrived_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)


class LineSerializer(serializers.Serializer[Any]):
    """One item of the agenda; of one the caller is recused from nothing but its place."""

    position = serializers.IntegerField()
    recused = serializers.BooleanField(help_text="Whether the caller has no part in it.")
    case = serializers.CharField(allow_null=True, help_text="Reference.")
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(CASE_STATE, allow_null=True)
    open = serializers.BooleanField()
    outcome = serializers.ChoiceField(OUTCOME, allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    counted = serializers.IntegerField(allow_null=True, help_text="How many the quorum is counted over now.")
    quorum = serializers.IntegerField(allow_null=True)
    missing = MissingSerializer(many=True, help_text="What keeps the room from deciding on it now.")
    motions = MotionSerializer(many=True, help_text="Newest first.")


class MeetingSerializer(MeetingRowSerializer):
    """A meeting as the caller may see it now."""

    message = serializers.CharField(allow_blank=True)
    convened_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField(), help_text="What the caller is to the meeting.")
    room = SeatInRoomSerializer(many=True)
    stays = StaySerializer(many=True)
    agenda = LineSerializer(many=True)
    ready = serializers.ListField(
        child=serializers.CharField(), help_text="To the secretary: references of cases that could be taken up."
    )
    actions = DeedSerializer(many=True)


class PlanBody(Strict):
    """When, where, and who presides."""

    committee = identifier(help_text="Id of a committee whose secretary the caller is.")
    starts_at = moment_field(help_text="With its offset from UTC.")
    presiding = identifier(help_text="Id of the chair's seat or a vice-chair's.")
    place = optional_text(max_length=NAME, help_text="A place, a video address, or both.")
    video_link = serializers.URLField(
        max_length=ADDRESS,
        required=False,
        allow_blank=True,
        default="",
        validators=[printable],
        help_text="Where members join by video, at most 200 characters.",
    )
    message = optional_text(max_length=REASONS, help_text="Every member reads it, recused or not: name no case here.")


class AgendaBody(Strict):
    """The agenda in this order."""

    cases = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=200,
        help_text="References of ready cases. Items the caller is recused from keep their places unseen.",
    )


class ArriveBody(Strict):
    """Who comes, how, and for whom an alternate stands."""

    seat = identifier(help_text="The caller's own, or any for the secretary.")
    mode = serializers.ChoiceField(MODE, help_text="In the room, or by video where the rulebook allows it.")
    stands_for = identifier(required=False, allow_null=True, default=None, help_text="Seat of the absent member.")


class LeaveBody(Strict):
    """Who leaves."""

    seat = identifier(help_text="The caller's own, or any for the secretary.")


class MinutesSerializer(serializers.Serializer[Any]):
    """Minutes of a meeting as the caller may read them."""

    meeting = serializers.IntegerField()
    mark = serializers.CharField(allow_blank=True, help_text="Names this draft; empty while there is none.")
    drafted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approved_by = NamedSerializer(allow_null=True)
    digest = serializers.CharField(allow_blank=True, help_text="SHA-256 over record and notes once approved.")
    notes = serializers.CharField(allow_blank=True)
    withheld = serializers.BooleanField(help_text="Whether there are notes that are not the caller's to read.")
    record = serializers.JSONField(
        allow_null=True,
        help_text="Times, attendance, and per item the recusals, motions, standings, votes and dissents; of items "
        "the caller is recused from nothing but the place. Null while there is no draft.",
    )
    missing = MissingSerializer(many=True, help_text="To the one who presided: what keeps them from approval.")


class CaseMinutesSerializer(serializers.Serializer[Any]):
    """The approved minutes of the meetings that dealt with a case, as far as they are about it."""

    minutes = MinutesSerializer(many=True)


class DraftMinutesBody(Strict):
    """The secretary's notes beside the record."""

    notes = optional_text(max_length=NOTES, help_text="At most 20,000 characters.")
    seen = serializers.CharField(
        max_length=40, allow_blank=True, help_text="“mark” of the draft that was read; empty where there was none."
    )


class ApproveMinutesBody(Strict):
    """Which draft was read."""

    seen = serializers.CharField(max_length=40, help_text="“mark” of the draft that was read.")
