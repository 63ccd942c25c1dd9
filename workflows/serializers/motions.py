"""Shapes of motions, votes and dissents."""

from typing import Any

from rest_framework import serializers

from ethicsreview.interface.serializers import (
    MissingSerializer,
    Strict,
    identifier,
    optional_text,
    printable_text,
)
from workflows.domain.ballots import Choice
from workflows.domain.lengths import REASONS, VOTE_REASON
from workflows.domain.states import MotionKind
from workflows.serializers.cases import NamedSerializer

MOTION_KIND = [kind.value for kind in MotionKind]
CHOICE = [choice.value for choice in Choice]
PRINTED = "Printed in minutes and reports. At most 4,000 characters."


class StandingSerializer(serializers.Serializer[Any]):
    """How a ballot stood when it was closed."""

    in_favour = serializers.IntegerField()
    against = serializers.IntegerField()
    abstain = serializers.IntegerField()
    silent = serializers.IntegerField()
    present = serializers.IntegerField()
    needed = serializers.IntegerField(help_text="Votes in favour that carry.")
    base = serializers.IntegerField(help_text="Over how many the threshold was counted.")


class VoteSerializer(serializers.Serializer[Any]):
    """The vote of one person that stands."""

    person = NamedSerializer()
    choice = serializers.ChoiceField(
        CHOICE, allow_null=True, help_text="Null while the ballot is open and it is not yours to know."
    )
    reason = serializers.CharField(allow_blank=True)
    by = NamedSerializer(allow_null=True, help_text="Whose hand entered it, where another's.")
    counted = serializers.BooleanField(help_text="Whether the person was in the room when the ballot was closed.")


class DissentSerializer(serializers.Serializer[Any]):
    """An opinion against the outcome."""

    person = NamedSerializer()
    text = serializers.CharField()


class MotionSerializer(serializers.Serializer[Any]):
    """A question put to the vote."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Within its item of the agenda.")
    kind = serializers.ChoiceField(MOTION_KIND)
    decision_kind = serializers.CharField(allow_blank=True, help_text="Code of the rulebook's kinds of decision.")
    indicator = serializers.CharField(allow_blank=True, help_text="Of a motion to resolve a gate.")
    reviewer = NamedSerializer(allow_null=True, help_text="Whose rating the gate is.")
    text = serializers.CharField(allow_blank=True)
    put_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)
    carried = serializers.BooleanField(allow_null=True)
    standing = StandingSerializer(allow_null=True)
    needed = serializers.IntegerField(allow_null=True, help_text="While open: votes in favour that carry now.")
    voters = NamedSerializer(many=True, help_text="While open: those in the room and free to vote.")
    votes = VoteSerializer(many=True, help_text="While open: who has voted; what, to that person alone.")
    dissents = DissentSerializer(many=True)
    may_dissent = serializers.BooleanField(help_text="Whether the caller can write against the outcome.")


class KindSerializer(serializers.Serializer[Any]):
    """A kind of decision, and what keeps it from being put to the vote."""

    code = serializers.CharField()
    name = serializers.CharField()
    missing = MissingSerializer(many=True)


class GateSerializer(serializers.Serializer[Any]):
    """A rating that blocks."""

    indicator = serializers.CharField()
    question = serializers.CharField()
    reviewer = NamedSerializer()
    reason = serializers.CharField(allow_blank=True)


class MotionsSerializer(serializers.Serializer[Any]):
    """The motions on a case, oldest first, and what can be put now."""

    motions = MotionSerializer(many=True)
    kinds = KindSerializer(many=True, help_text="While the committee deliberates.")
    gates = GateSerializer(many=True, help_text="Standing gates, while the committee deliberates.")


class MotionBody(Strict):
    """A decision to vote on."""

    decision_kind = serializers.CharField(max_length=40, help_text="Code of the rulebook's kinds of decision.")
    text = optional_text(max_length=REASONS, help_text="What the vote is about beyond the kind: conditions, limits.")


class GateMotionBody(Strict):
    """A standing gate, and why it should no longer block."""

    reviewer = identifier(help_text="Id of the reviewer whose rating blocks.")
    indicator = serializers.CharField(max_length=40, help_text="Key of the indicator that blocks.")
    text = printable_text(max_length=REASONS, help_text="Reasons. " + PRINTED)


class PrintedReasonsBody(Strict):
    """Reasons that are printed."""

    reasons = printable_text(max_length=REASONS, help_text=PRINTED)


class VoteBody(Strict):
    """A vote, with a reason if one likes."""

    choice = serializers.ChoiceField(CHOICE, help_text="In favour, against, or abstaining.")
    reason = optional_text(max_length=VOTE_REASON, help_text="Printed with the vote. At most 2,000 characters.")


class RecordVoteBody(VoteBody):
    """A vote the secretary enters for a member present."""

    voter = identifier(help_text="Id of the person whose vote it is.")


class DissentBody(Strict):
    """An opinion against the outcome."""

    text = printable_text(max_length=REASONS, help_text="Printed with the name. At most 4,000 characters.")
