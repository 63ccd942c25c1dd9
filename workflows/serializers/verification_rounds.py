"""Shapes of what the team does: ratings, evidence, the DCMM level, the visit, findings."""

from typing import Any

from rest_framework import serializers

from assessments.domain.answers import REASON_LENGTH
from assessments.serializers.evidence import StoredVersionSerializer
from ethicsreview.interface.serializers import (
    LARGEST,
    Strict,
    day_field,
    identifier,
    line_text,
    optional_line,
    optional_text,
    printable_text,
)
from workflows.domain.lengths import REASONS
from workflows.domain.verification_states import FindingKind, OnSiteKind
from workflows.serializers.cases import NamedSerializer

WORDS = "At most 4,000 characters."


class SideSerializer(serializers.Serializer[Any]):
    """What one side rated."""

    step = serializers.CharField()
    counted = serializers.CharField(help_text="With the evidence cap.")
    note = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(help_text="Id of a person.")
    at = serializers.DateTimeField()


class BothSidesSerializer(serializers.Serializer[Any]):
    """One criterion with the claim and the team's rating, each null where it is empty or not yours to see."""

    key = serializers.CharField()
    item = serializers.CharField()
    level = serializers.IntegerField()
    text = serializers.CharField()
    claimed = SideSerializer(allow_null=True)
    team = SideSerializer(allow_null=True, help_text="Drafts to the team alone; as released or final to others.")
    answer = serializers.IntegerField(allow_null=True, help_text="To the team: “seen” of the next save; 0 for none.")
    evidence = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of pieces.")


class AsideDecisionSerializer(serializers.Serializer[Any]):
    """An item the enterprise set aside, and what the team decided."""

    item = serializers.CharField()
    title = serializers.CharField()
    claimed_reason = serializers.CharField()
    approved = serializers.BooleanField(allow_null=True, help_text="Null until decided, or where not yours to see.")
    reason = serializers.CharField(allow_blank=True)


class RoundsSerializer(serializers.Serializer[Any]):
    """The enterprise's ratings beside the team's."""

    criteria = BothSidesSerializer(many=True)
    aside = AsideDecisionSerializer(many=True)


class TeamRatingBody(Strict):
    """The team's rating of one criterion."""

    step = serializers.CharField(allow_null=True, max_length=40, help_text="Key of a step; null clears it.")
    note = optional_text(
        max_length=REASON_LENGTH, help_text="At most 8,000 characters; needed once findings are released."
    )
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LARGEST,
        help_text="“answer” as it was read before, 0 for none; another one meanwhile is refused as stale. Null: "
        "not checked.",
    )


class AsideDecisionBody(Strict):
    """Whether an item stays set aside."""

    approved = serializers.BooleanField(help_text="False: the team rates it.")
    reason = printable_text(max_length=REASONS, help_text=WORDS)


class JudgedPieceSerializer(serializers.Serializer[Any]):
    """A piece of evidence; to an authority a confidential one is its title and digest alone."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    confidential = serializers.BooleanField()
    kind = serializers.CharField(allow_blank=True)
    dated = serializers.DateField(allow_null=True)
    periods = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField(allow_blank=True)
    criteria = serializers.ListField(child=serializers.CharField())
    accepted = serializers.BooleanField(allow_null=True, help_text="Null until judged, or where not yours to see.")
    sha256 = serializers.CharField(allow_blank=True)
    file = StoredVersionSerializer(allow_null=True)
    pages = serializers.IntegerField(help_text="Pages that can be had as pictures.")


class JudgedEvidenceSerializer(serializers.Serializer[Any]):
    """The evidence of a verification, the oldest first."""

    pieces = JudgedPieceSerializer(many=True)


class JudgeEvidenceBody(Strict):
    """Whether a piece counts."""

    accepted = serializers.BooleanField(help_text="Only accepted pieces lift ratings over the cap.")


class ClaimedLevelSerializer(serializers.Serializer[Any]):
    """The DCMM level the enterprise claimed."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    level = serializers.IntegerField()
    edition = serializers.CharField(allow_blank=True)
    party = serializers.CharField(allow_blank=True)
    legal_entity = serializers.CharField(allow_blank=True)
    certificate = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    issued = serializers.DateField(allow_null=True)
    expires = serializers.DateField(allow_null=True)
    file = StoredVersionSerializer(allow_null=True)


class LevelFindingSerializer(serializers.Serializer[Any]):
    """A level the team found by its own judgement."""

    level = serializers.IntegerField()
    grounds = serializers.CharField()
    by = NamedSerializer()
    at = serializers.DateTimeField()
    countersigned_by = NamedSerializer(allow_null=True, help_text="It does not count before.")
    countersigned_at = serializers.DateTimeField(allow_null=True)


class ProvedLevelSerializer(serializers.Serializer[Any]):
    """The DCMM level: claim, judgement, finding, and what counts."""

    claim = ClaimedLevelSerializer(allow_null=True)
    accepted = serializers.BooleanField(allow_null=True, help_text="What the team said of the certificate.")
    note = serializers.CharField(allow_blank=True)
    finding = LevelFindingSerializer(allow_null=True)
    counts_as = serializers.IntegerField(allow_null=True, help_text="Null where not yours to see.")
    policy = serializers.CharField(help_text="What the scheme takes as proof.")


class JudgeClaimBody(Strict):
    """Whether the claimed certificate counts."""

    accepted = serializers.BooleanField(help_text="It was checked and is what it says.")
    reasons = printable_text(max_length=REASONS, help_text=f"How it was checked. {WORDS}")


class FindLevelBody(Strict):
    """A level by the team's own judgement."""

    level = serializers.IntegerField(min_value=0, max_value=99, help_text="0 is none.")
    grounds = printable_text(max_length=REASONS, help_text=WORDS)


# -- on site ----------------------------------------------------------------------------------------------------------


class WantedSerializer(serializers.Serializer[Any]):
    """What the scheme asks for on site."""

    kind = serializers.CharField(help_text="interview, demonstration or scenario.")
    role = serializers.CharField(allow_blank=True, help_text="Code of an interview's role.")
    name = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField()
    least = serializers.IntegerField()


class OnSiteEntrySerializer(serializers.Serializer[Any]):
    """One thing done on site."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="interview, demonstration or scenario.")
    role = serializers.CharField(allow_blank=True)
    subject = serializers.CharField()
    held_on = serializers.DateField()
    notes = serializers.CharField()
    by = NamedSerializer()
    at = serializers.DateTimeField()


class OnSiteSerializer(serializers.Serializer[Any]):
    """What was done on site, and what is still wanted."""

    wanted = WantedSerializer(many=True)
    entries = OnSiteEntrySerializer(many=True)


class OnSiteBody(Strict):
    """One thing done on site."""

    kind = serializers.ChoiceField([kind.value for kind in OnSiteKind], help_text="What was done.")
    role = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="Of an interview: a code of “wanted”."
    )
    subject = line_text(help_text="Function of the person, system shown, scenario sampled. At most 200 characters.")
    held_on = day_field(help_text="Not later than today.")
    notes = printable_text(max_length=REASONS, help_text=f"What was said or seen. {WORDS}")


# -- findings ---------------------------------------------------------------------------------------------------------


class FindingSerializer(serializers.Serializer[Any]):
    """What the team found short at one criterion, the answer, and what became of it."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    criterion = serializers.CharField()
    kind = serializers.CharField(help_text="major or minor.")
    text = serializers.CharField()
    by = NamedSerializer()
    at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_by = NamedSerializer(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    resolved = serializers.BooleanField(allow_null=True, help_text="The answer settled it, or not; null: not yet.")
    resolution = serializers.CharField(allow_blank=True)
    resolved_by = NamedSerializer(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)


class FindingsSerializer(serializers.Serializer[Any]):
    """Findings by number; before the release the team's drafts, to the team alone."""

    findings = FindingSerializer(many=True)


class FindingBody(Strict):
    """What is short at one criterion."""

    criterion = serializers.CharField(max_length=40, help_text="Key of a criterion.")
    kind = serializers.ChoiceField([kind.value for kind in FindingKind], help_text="How heavy it is.")
    text = printable_text(max_length=REASONS, help_text=WORDS)


class NewPieceBody(Strict):
    """A further piece of evidence that is kept elsewhere."""

    kind = serializers.CharField(max_length=40, allow_blank=True, help_text="Key of one of the instrument's kinds.")
    title = line_text(help_text="At most 200 characters.")
    dated = day_field(required=False, allow_null=True, default=None, help_text="The day of the record.")
    periods = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=100, help_text="Full measurement periods covered."
    )
    reference = optional_line(max_length=500, help_text="Where it is kept. At most 500 characters.")
    confidential = serializers.BooleanField(required=False, default=False, help_text="Reports show its digest alone.")


class AnswerFindingBody(Strict):
    """The enterprise's answer."""

    answer = printable_text(max_length=REASONS, help_text=f"What was put right, or why it does not hold. {WORDS}")
    linked = serializers.ListField(
        child=identifier(), required=False, default=list, max_length=200, help_text="Ids of pieces that show it too."
    )
    evidence = NewPieceBody(many=True, required=False, default=list, help_text="New pieces without a file.")


class UploadAnswerBody(NewPieceBody):
    """The answer with one new piece of evidence and its file."""

    answer = printable_text(max_length=REASONS, help_text=f"What was put right, or why it does not hold. {WORDS}")
    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class ResolveBody(Strict):
    """What became of a finding."""

    resolved = serializers.BooleanField(help_text="Whether the answer settles it.")
    resolution = printable_text(max_length=REASONS, help_text=WORDS)
