"""Shapes of ratings and of items set aside."""

from typing import Any

from rest_framework import serializers

from assessments.domain.answers import REASON_LENGTH
from assessments.domain.evidence import Shortfall
from assessments.domain.scoring import Standing
from assessments.serializers.maturity import DIGEST, BriefSerializer
from ethicsreview.interface.serializers import LARGEST, Strict, optional_text

SEEN = "Id of the answer the caller was working from; null where there was none. A newer one is told."


class CriterionSerializer(serializers.Serializer[Any]):
    """One criterion with what stands there."""

    key = serializers.CharField()
    item = serializers.CharField()
    dimension = serializers.CharField()
    level = serializers.IntegerField()
    text = serializers.CharField()
    expected = serializers.CharField(allow_blank=True, help_text="Evidence that is expected.")
    standing = serializers.ChoiceField([one.value for one in Standing])
    answer = serializers.IntegerField(allow_null=True, help_text="Id of what stands: “seen” of the next save.")
    step = serializers.CharField(allow_null=True, help_text="Step of the scale as given.")
    counted = serializers.CharField(allow_null=True, help_text="Step it counts as, given its evidence.")
    shortfalls = serializers.ListField(
        child=serializers.ChoiceField([one.value for one in Shortfall]), help_text="What its evidence lacks."
    )
    note = serializers.CharField(allow_blank=True)
    evidence = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of pieces that stand for it.")
    by = BriefSerializer(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class AsideItemSerializer(serializers.Serializer[Any]):
    """One item: whether it is set aside as not applicable, and why."""

    key = serializers.CharField()
    dimension = serializers.CharField()
    title = serializers.CharField()
    may_be_set_aside = serializers.BooleanField()
    set_aside = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    answer = serializers.IntegerField(allow_null=True, help_text="Id of what stands: “seen” of the next save.")
    by = BriefSerializer(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class StagedStepSerializer(serializers.Serializer[Any]):
    """A step of the scale."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    meaning = serializers.CharField(allow_blank=True)


class AnswersSerializer(serializers.Serializer[Any]):
    """Every criterion and item of an assessment, in the instrument's order."""

    digest = serializers.CharField(help_text=f"Of what the answers say. {DIGEST}")
    scale = StagedStepSerializer(many=True, help_text="Lowest first.")
    criteria = CriterionSerializer(many=True)
    items = AsideItemSerializer(many=True)


class RatingAnswerBody(Strict):
    """One rating with its note."""

    step = serializers.CharField(
        allow_null=True, allow_blank=False, max_length=40, help_text="Key of a step; null clears the rating."
    )
    note = optional_text(max_length=REASON_LENGTH, help_text="At most 8,000 characters.")
    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST, help_text=SEEN
    )


class AsideBody(Strict):
    """Whether the item is set aside."""

    set_aside = serializers.BooleanField(help_text="False takes it up again; its ratings are kept.")
    reason = optional_text(
        max_length=REASON_LENGTH, help_text="Why it does not apply; needed where it is set aside. At most 8,000."
    )
    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST, help_text=SEEN
    )
