"""Shapes of reviews: the own one item by item, and the opened ones side by side."""

from typing import Any

from rest_framework import serializers

from assessments.domain.answers import NOTE_LENGTH, REASON_LENGTH
from ethicsreview.interface.serializers import LARGEST, Strict, identifier, optional_text, printable_text
from workflows.domain.lengths import OPINION
from workflows.queries.comparison import Fate
from workflows.serializers.cases import CASE_STATE, NamedSerializer

EXACT = "Exact, written p/q or as a whole number; null where nothing was rated."
LARGEST_PAGE = 2**31 - 1


class EvidenceSerializer(serializers.Serializer[Any]):
    """Where evidence is found."""

    version = serializers.IntegerField(help_text="Id of a version of a document.")
    name = serializers.CharField()
    page = serializers.IntegerField(allow_null=True, help_text="Counted from 1.")
    note = serializers.CharField(allow_blank=True)


class RatingSerializer(serializers.Serializer[Any]):
    """What one reviewer says to one indicator."""

    id = serializers.IntegerField(help_text="Names this answer; each change makes a new one.")
    step = serializers.CharField(allow_null=True, help_text="Key of a step of the scale; null where not rated.")
    not_applicable = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    evidence = EvidenceSerializer(many=True)
    at = serializers.DateTimeField()


class ItemRatingSerializer(serializers.Serializer[Any]):
    """An indicator of the own review with its rating."""

    key = serializers.CharField()
    question = serializers.CharField()
    check = serializers.CharField(allow_blank=True)
    evidence_wanted = serializers.CharField(allow_blank=True)
    sources = serializers.ListField(child=serializers.CharField())
    asked = serializers.BooleanField(help_text="Whether a rating is expected at this tier and these flags.")
    gate = serializers.BooleanField(help_text="Whether the blocking step blocks here.")
    needs_reason = serializers.BooleanField(help_text="Rated with the blocking step on a gate, and not a word why.")
    rating = RatingSerializer(allow_null=True)
    history = RatingSerializer(many=True, help_text="What was handed in and what followed, oldest first.")


class PointSerializer(serializers.Serializer[Any]):
    """One point of the instrument with its indicators."""

    key = serializers.CharField()
    title = serializers.CharField()
    items = ItemRatingSerializer(many=True)


class ScaleStepSerializer(serializers.Serializer[Any]):
    """A step of the scale."""

    key = serializers.CharField()
    name = serializers.CharField()
    meaning = serializers.CharField(allow_blank=True)


class PaperSerializer(serializers.Serializer[Any]):
    """A document that evidence can refer to."""

    file = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Id that evidence refers to.")
    number = serializers.IntegerField()
    name = serializers.CharField()
    item = serializers.CharField()
    pages = serializers.IntegerField()
    current = serializers.BooleanField(help_text="Whether the newest submitted application holds it.")


class OwnReviewSerializer(serializers.Serializer[Any]):
    """The caller's review of a case."""

    assigned_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    opinion = serializers.CharField(allow_blank=True)
    unrated = serializers.ListField(child=serializers.CharField(), help_text="Indicators still to be rated.")
    unreasoned = serializers.ListField(
        child=serializers.CharField(), help_text="Gates with the blocking step and no reason."
    )
    blocking = serializers.CharField(help_text="Key of the blocking step.")
    scale = ScaleStepSerializer(many=True)
    points = PointSerializer(many=True)
    papers = PaperSerializer(many=True)


class EvidenceBody(Strict):
    """Where evidence is found, in a document of a submitted application."""

    version = identifier(help_text="Id of a version of a document.")
    page = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST_PAGE, help_text="From 1."
    )
    note = optional_text(max_length=NOTE_LENGTH, help_text="At most 300 characters.")


class RatingBody(Strict):
    """One rating; with neither a step nor “not applicable” the earlier one is taken back."""

    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LARGEST,
        help_text="“id” of the rating that was read, 0 where there was none; another one by now is answered.",
    )
    step = serializers.CharField(
        max_length=40, required=False, allow_null=True, default=None, help_text="Key of a step of the scale."
    )
    not_applicable = serializers.BooleanField(default=False, help_text="Needs a reason.")
    reason = optional_text(max_length=REASON_LENGTH, help_text="At most 8,000 characters.")
    evidence = serializers.ListField(
        child=EvidenceBody(), required=False, default=list, max_length=100, help_text="Replaces what was cited."
    )


class OpinionBody(Strict):
    """The overall opinion that goes with the review."""

    opinion = printable_text(max_length=OPINION, help_text="At most 8,000 characters.")


class ReviewerSerializer(NamedSerializer):
    """A reviewer; the opinion once the reviews are open."""

    submitted_at = serializers.DateTimeField(allow_null=True)
    opinion = serializers.CharField(allow_blank=True)


class GroupValueSerializer(serializers.Serializer[Any]):
    """The value of one point over the reviewers."""

    key = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text=EXACT)
    lowest = serializers.CharField(allow_null=True, help_text=EXACT)
    highest = serializers.CharField(allow_null=True, help_text=EXACT)
    answered = serializers.IntegerField(help_text="Answers given, over all reviewers.")
    asked = serializers.IntegerField(help_text="Answers expected, over all reviewers.")


class GivenSerializer(serializers.Serializer[Any]):
    """One reviewer's rating of an indicator."""

    reviewer = serializers.IntegerField()
    rating = RatingSerializer(allow_null=True)
    history = RatingSerializer(many=True)


class ComparedSerializer(serializers.Serializer[Any]):
    """One indicator across the reviewers."""

    key = serializers.CharField()
    question = serializers.CharField()
    point = serializers.CharField()
    gate = serializers.BooleanField()
    divided = serializers.BooleanField()
    blocked = serializers.BooleanField(help_text="Whether a rating blocks now.")
    spread = serializers.CharField(allow_null=True, help_text="Highest less lowest. " + EXACT)
    ratings = GivenSerializer(many=True)


class BlockedSerializer(serializers.Serializer[Any]):
    """A rating that blocks or blocked, and what became of it."""

    item = serializers.CharField()
    reviewer = NamedSerializer()
    reason = serializers.CharField(allow_blank=True)
    fate = serializers.ChoiceField([fate.value for fate in Fate])
    motion = serializers.IntegerField(allow_null=True, help_text="Id of the motion that resolved it.")
    at = serializers.DateTimeField(allow_null=True, help_text="When it was revised or resolved.")


class ReviewsSerializer(serializers.Serializer[Any]):
    """The reviews side by side. While they are blind: who has handed in, and nothing of what."""

    opened_at = serializers.DateTimeField(allow_null=True, help_text="Null while the reviews are blind.")
    reviewers = ReviewerSerializer(many=True)
    points = GroupValueSerializer(many=True)
    items = ComparedSerializer(many=True, help_text="The most divided first.")
    blocks = BlockedSerializer(many=True)


class ReviewRowSerializer(serializers.Serializer[Any]):
    """An assignment of the caller's own."""

    case = serializers.CharField(help_text="Reference.")
    state = serializers.ChoiceField(CASE_STATE, source="case.state")
    assigned_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is not handed in.")
