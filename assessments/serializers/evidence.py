"""Shapes of evidence and of the claimed DCMM level."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from assessments.domain.claims import ClaimFault, ClaimSource, Party
from assessments.serializers.maturity import DIGEST, BriefSerializer
from ethicsreview.interface.serializers import Strict, day_field, line_text, optional_line

CLAIMED = [ClaimSource.CERTIFICATE.value, ClaimSource.SELF.value]


class StoredVersionSerializer(serializers.Serializer[Any]):
    """One version of a file."""

    number = serializers.IntegerField(help_text="Counted from 1 within the file.")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text=DIGEST)
    at = serializers.DateTimeField()


class EvidencePieceSerializer(serializers.Serializer[Any]):
    """A piece of evidence."""

    id = serializers.IntegerField()
    kind = serializers.CharField(allow_blank=True, help_text="Key of one of the instrument's kinds.")
    title = serializers.CharField()
    dated = serializers.DateField(allow_null=True, help_text="The day of the record.")
    periods = serializers.IntegerField(help_text="Full measurement periods covered.")
    reference = serializers.CharField(allow_blank=True, help_text="Where it is kept, if not here.")
    confidential = serializers.BooleanField(help_text="Named in reports by its digest alone.")
    criteria = serializers.ListField(child=serializers.CharField(), help_text="What it stands for.")
    file = StoredVersionSerializer(allow_null=True, help_text="The newest version.")
    added_by = BriefSerializer()
    added_at = serializers.DateTimeField()
    yours = serializers.BooleanField(help_text="Whether the caller may change it now.")


class EvidenceNeedSerializer(serializers.Serializer[Any]):
    """What a criterion of one level needs for a high rating to count; zero asks nothing."""

    level = serializers.IntegerField()
    pieces = serializers.IntegerField()
    months = serializers.IntegerField(help_text="The newest dated record may be so many months old.")
    kinds = serializers.IntegerField()
    periods = serializers.IntegerField()
    outside = serializers.IntegerField()


class EvidenceLibrarySerializer(serializers.Serializer[Any]):
    """The evidence of an assessment, the newest first, and what each level asks of it."""

    needs = EvidenceNeedSerializer(many=True)
    kinds = serializers.ListField(child=serializers.CharField())
    pieces = EvidencePieceSerializer(many=True)


class EvidenceWithVersionsSerializer(EvidencePieceSerializer):
    """A piece with every version of its file, the newest first."""

    versions = StoredVersionSerializer(many=True)


class EvidenceFactsBody(Strict):
    """What a piece of evidence is."""

    kind = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="Key of one of the instrument's kinds."
    )
    title = line_text(help_text="At most 200 characters.")
    dated = day_field(
        required=False, allow_null=True, default=None, help_text="The day of the record, today at the latest."
    )
    periods = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=100, help_text="Full measurement periods covered, 0 to 100."
    )
    reference = optional_line(max_length=500, help_text="Where it is kept. At most 500 characters.")
    confidential = serializers.BooleanField(
        required=False, default=False, help_text="Reports name it by its digest alone."
    )


class AddEvidenceBody(EvidenceFactsBody):
    """A piece of evidence without a file."""

    criteria = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        default=list,
        max_length=500,
        help_text="Criteria it stands for, in dimensions of the caller.",
    )


class UploadEvidenceBody(AddEvidenceBody):
    """A piece of evidence with its file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class EvidenceFileBody(Strict):
    """A file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class LinkBody(Strict):
    """Criteria that a piece stands for too."""

    criteria = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=500, help_text="Keys of criteria."
    )


class UnlinkBody(Strict):
    """A criterion that a piece no longer stands for."""

    criterion = serializers.CharField(max_length=40, help_text="Key of a criterion.")


class ClaimSerializer(serializers.Serializer[Any]):
    """The DCMM level that is claimed, and what it is worth."""

    id = serializers.IntegerField(allow_null=True, help_text="Null where nothing is claimed yet.")
    source = serializers.ChoiceField(CLAIMED, allow_null=True)  # type: ignore[assignment]  # a field of this name
    level = serializers.IntegerField(allow_null=True, help_text="0 is none.")
    edition = serializers.CharField(allow_blank=True)
    party = serializers.ChoiceField([party.value for party in Party], allow_null=True)
    legal_entity = serializers.CharField(allow_blank=True)
    certificate = serializers.CharField(allow_blank=True, help_text="Its number.")
    body = serializers.CharField(allow_blank=True, help_text="Who issued it.")
    issued = serializers.DateField(allow_null=True)
    expires = serializers.DateField(allow_null=True)
    file = StoredVersionSerializer(allow_null=True)
    by = BriefSerializer(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    counts_as = serializers.IntegerField(help_text="The level that counts.")
    fault = serializers.ChoiceField(
        [fault.value for fault in ClaimFault], allow_null=True, help_text="Why it does not count."
    )
    fault_text = serializers.CharField(allow_blank=True)
    provisional = serializers.BooleanField(help_text="Only declared.")
    editions = serializers.ListField(child=serializers.CharField(), help_text="Editions that count.")
    least = serializers.DictField(child=serializers.IntegerField(), help_text="Tier → the least level it asks for.")


class ClaimBody(Strict):
    """A DCMM level; a certificate states edition, party, legal entity and both days."""

    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name
        CLAIMED, help_text="“self” is only declared and makes the result provisional."
    )
    level = serializers.IntegerField(min_value=0, max_value=99, help_text="0 is none.")
    edition = optional_line(max_length=8, help_text="The standard's edition, as 2018.")
    party = serializers.ChoiceField(
        [party.value for party in Party],
        required=False,
        allow_null=True,
        default=None,
        help_text="As whom the enterprise was assessed.",
    )
    legal_entity = optional_line(help_text="As on the certificate. At most 200 characters.")
    certificate = optional_line(max_length=80, help_text="Its number. At most 80 characters.")
    body = optional_line(help_text="Who issued it. At most 200 characters.")
    issued = day_field(required=False, allow_null=True, default=None, help_text="The day it was issued.")
    expires = day_field(required=False, allow_null=True, default=None, help_text="The last day it is valid.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """None is declared, not certified."""
        if attrs["source"] == ClaimSource.CERTIFICATE.value and attrs["level"] == 0:
            raise serializers.ValidationError({"level": [_("A certificate names a level.")]})
        return attrs


class ClaimFileBody(ClaimBody):
    """The same with the certificate as a file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )
