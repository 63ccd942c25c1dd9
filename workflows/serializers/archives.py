"""Shapes of archives, and of what is asked for."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from ethicsreview.interface.serializers import Strict, identifier
from workflows.domain.archives import MOST_REPORTS, ArchiveKind, ArchiveState, Failure, Omitted, Why, is_over
from workflows.domain.oversight import Part

ARCHIVE_STATE = [state.value for state in ArchiveState if state is not ArchiveState.DELETED]
ARCHIVE_KIND = [kind.value for kind in ArchiveKind]
FAILURE = [one.value for one in Failure]


class OmittedSerializer(serializers.Serializer[Any]):
    """Something that was left out."""

    part = serializers.ChoiceField([*(part.value for part in Part), *(one.value for one in Omitted)])
    why = serializers.ChoiceField([why.value for why in Why])
    number = serializers.IntegerField(required=False, help_text="How many, where they are counted.")


class ArchiveSerializer(serializers.Serializer[Any]):
    """An archive, or one in the making."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(ARCHIVE_KIND)
    case = serializers.SerializerMethodField(help_text="Reference of the case of a dossier, else empty.")
    state = serializers.ChoiceField(ARCHIVE_STATE)
    error = serializers.ChoiceField(FAILURE, allow_blank=True, help_text="Why it failed.")
    done = serializers.IntegerField(help_text="Files written so far.")
    total = serializers.IntegerField(help_text="Files there will be; 0 while that is being found.")
    requested_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    sha256 = serializers.CharField(allow_blank=True, help_text="Of the whole archive.")
    left_out = OmittedSerializer(many=True)

    def to_representation(self, archive: Any) -> dict[str, Any]:
        """An archive whose day is over has expired, whether its file is gone already or not."""
        told: dict[str, Any] = super().to_representation(archive)
        over = is_over(ArchiveState(archive.state), archive.expires_at, timezone.now())
        return told | ({"state": ArchiveState.EXPIRED.value} if over else {})

    def get_case(self, archive: Any) -> str:
        """As the case is named everywhere here."""
        return str(archive.case) if archive.case else ""


class ReportSetBody(Strict):
    """Signed documents to be put into one archive; those not open to the caller are left out."""

    reports = serializers.ListField(
        child=identifier(), min_length=1, max_length=MOST_REPORTS, help_text="Ids of documents of decisions."
    )
