"""Shapes of self-assessments: rows, one of them, its result, and the bodies of what is done to it."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from assessments.domain.claims import Policy
from assessments.domain.enterprises import Sector, Size, read_entity_code
from assessments.domain.maturity_gaps import Part
from assessments.domain.scoring import Gate
from assessments.domain.states import AssessmentState
from ethicsreview.interface.serializers import (
    DeedSerializer,
    Strict,
    identifier,
    line_text,
    optional_line,
    printable_text,
)

EXACT = "Exact, “p/q” in lowest terms."
DIGEST = "SHA-256, 64 hexadecimal digits."
GATE = [gate.value for gate in Gate]


class BriefSerializer(serializers.Serializer[Any]):
    """A person or an organisation, by id and name in the caller's language."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class InstrumentEditionSerializer(serializers.Serializer[Any]):
    """A published version of an instrument."""

    slug = serializers.CharField()
    version = serializers.IntegerField()


class MaturityRowSerializer(serializers.Serializer[Any]):
    """An assessment as a row of a list."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    organisation = BriefSerializer()
    instrument = InstrumentEditionSerializer()
    legal_entity = serializers.CharField()
    sector = serializers.CharField(allow_blank=True)
    size = serializers.ChoiceField([size.value for size in Size])
    target = serializers.IntegerField(help_text="Tier aimed at, from 1.")
    filling = serializers.ChoiceField(
        [state.value for state in AssessmentState], help_text="“submitted”: handed in, and read only from then on."
    )
    lead = BriefSerializer()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    tier = serializers.IntegerField(allow_null=True, help_text="As handed in; 0 is not graded; null while it is open.")
    index = serializers.CharField(allow_null=True, help_text=f"As handed in. {EXACT}")


class BoundSerializer(serializers.Serializer[Any]):
    """One end of a result that is still open."""

    tier = serializers.IntegerField()
    index = serializers.CharField(help_text=EXACT)


class BoundsSerializer(serializers.Serializer[Any]):
    """Between what the result will lie: missing answers counted as not met, and as met."""

    lower = BoundSerializer()
    upper = BoundSerializer()


class ScoreSerializer(serializers.Serializer[Any]):
    """A result as ``manage.py score`` writes it; displayed numbers are cut, never rounded."""

    tier = serializers.IntegerField(allow_null=True, help_text="0 is not graded; null while an answer is missing.")
    gates = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        allow_null=True,
        help_text="Gate (dcmm, floor, score) → the highest tier it allows; null: no such gate.",
    )
    binding = serializers.ListField(child=serializers.ChoiceField(GATE), help_text="Gates that hold the tier down.")
    blocking = serializers.ListField(
        child=serializers.CharField(), help_text="Items that keep the next tier away, by key."
    )
    index = serializers.CharField(allow_null=True, help_text=EXACT)
    index_display = serializers.CharField(allow_null=True)
    capped = serializers.DictField(
        child=serializers.CharField(), allow_null=True, help_text=f"Tier → index with every score cut at it. {EXACT}"
    )
    capped_display = serializers.DictField(child=serializers.CharField(), allow_null=True)
    levels = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="Item → its level; null where it is set aside."
    )
    complete = serializers.BooleanField(help_text="Whether everything asked is answered.")
    provisional = serializers.BooleanField(help_text="Rests on a DCMM level that is only declared.")
    bounds = BoundsSerializer(allow_null=True, help_text="While an answer is missing.")


class ProgressSerializer(serializers.Serializer[Any]):
    """How far one dimension is."""

    key = serializers.CharField()
    title = serializers.CharField()
    answered = serializers.IntegerField()
    asked = serializers.IntegerField()
    unanswered = serializers.ListField(child=serializers.CharField(), help_text="Criteria asked and empty, by key.")
    yours = serializers.BooleanField(help_text="Whether the caller may answer it now.")


class SelfAssessmentSerializer(MaturityRowSerializer):
    """One assessment as the caller stands to it."""

    entity_code = serializers.CharField(allow_blank=True)
    scope = serializers.CharField()
    adviser = serializers.CharField(allow_blank=True)
    dcmm_policy = serializers.ChoiceField([policy.value for policy in Policy])
    reference_date = serializers.DateField(help_text="Evidence is measured at it: today until it is handed in.")
    follows = serializers.IntegerField(allow_null=True, help_text="Id of the earlier assessment it was begun from.")
    parts = serializers.ListField(child=serializers.ChoiceField([part.value for part in Part]))
    dimensions = ProgressSerializer(many=True)
    evidence = serializers.IntegerField(help_text="Pieces of evidence.")
    capped_for_evidence = serializers.ListField(
        child=serializers.CharField(), help_text="Criteria whose ratings count less for want of evidence."
    )
    result = ScoreSerializer(help_text="As it stands now.")
    digest = serializers.CharField(help_text=f"Of all that would be handed in now: “seen” of the handing in. {DIGEST}")
    actions = DeedSerializer(many=True, help_text="What the caller's part allows, and what is missing for it.")


class OutlineBody(Strict):
    """What is assessed and which tier is aimed at."""

    legal_entity = line_text(help_text="As registered; certificates are compared with it. At most 200 characters.")
    entity_code = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="Unified social credit code: 18 signs."
    )
    scope = printable_text(max_length=2000, help_text="Parts, sites and AI activities. At most 2,000 characters.")
    sector = serializers.ChoiceField(
        [sector.value for sector in Sector], required=False, allow_blank=True, default="", help_text="For comparison."
    )
    size = serializers.ChoiceField([size.value for size in Size], help_text="By people employed.")
    target = serializers.IntegerField(min_value=1, max_value=99, help_text="Tier aimed at, from 1.")
    adviser = optional_line(help_text="A firm that helped to prepare it, and can never verify it.")

    def validate_entity_code(self, value: str) -> str:
        """As the form reads it."""
        try:
            return read_entity_code(value)
        except ValueError:
            raise serializers.ValidationError(_("The code has 18 letters and figures.")) from None


class StartAssessmentBody(OutlineBody):
    """For whom, with which instrument, and after which earlier assessment."""

    organisation = identifier(help_text="An organisation for which the caller may assess.")
    instrument = serializers.SlugField(max_length=40, help_text="Slug; its latest published version is taken.")
    follows = identifier(
        required=False, allow_null=True, default=None, help_text="Id of an earlier assessment to take over."
    )


class HandInAssessmentBody(Strict):
    """What was read before it is handed in."""

    seen = serializers.RegexField(
        "^[0-9a-f]{64}$", required=False, allow_blank=True, default="", help_text="“digest” of what was read."
    )


class ItemResultSerializer(serializers.Serializer[Any]):
    """One item of a result; numbers count missing answers as not met."""

    key = serializers.CharField()
    title = serializers.CharField()
    dimension = serializers.CharField()
    level = serializers.IntegerField(allow_null=True, help_text="Null where it is set aside.")
    score = serializers.CharField(allow_null=True, help_text=EXACT)
    weight = serializers.CharField(allow_null=True, help_text=f"Effective weight. {EXACT}")
    blocking = serializers.BooleanField()


class DimensionResultSerializer(serializers.Serializer[Any]):
    """One dimension of a result."""

    key = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField(help_text=f"Mean of its items' scores by weight. {EXACT}")


class ResultSerializer(ScoreSerializer):
    """A result with all that it rests on."""

    target = serializers.IntegerField()
    lower_gates = serializers.DictField(
        child=serializers.IntegerField(), help_text="Gate → tier, missing answers counted as not met."
    )
    upper_gates = serializers.DictField(
        child=serializers.IntegerField(), help_text="Gate → tier, missing answers counted as met."
    )
    proved_dcmm = serializers.IntegerField(allow_null=True, help_text="Null where the instrument asks for none.")
    unanswered = serializers.ListField(child=serializers.CharField())
    dimensions = DimensionResultSerializer(many=True)
    items = ItemResultSerializer(many=True)
    notice = serializers.CharField(allow_blank=True, help_text="What the instrument says of every result.")


class SnapshotSerializer(serializers.Serializer[Any]):
    """All that was handed in, or would be now, with its digest."""

    handed_in = serializers.BooleanField(help_text="False: as all stands now.")
    at = serializers.DateTimeField(allow_null=True)
    by = BriefSerializer(allow_null=True)
    digest = serializers.CharField(help_text=f"Of “inputs” and “facts”. {DIGEST}")
    inputs = serializers.JSONField(help_text="What ``manage.py score`` takes, with the evidence cap applied.")
    facts = serializers.JSONField(help_text="Ratings as given, notes, evidence with digests, the DCMM claim.")
    result = ScoreSerializer()
