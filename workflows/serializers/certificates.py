"""Shapes of certificates, the public register and the verification of a PDF."""

from typing import Any

from rest_framework import serializers

from assessments.domain.claims import Party
from assessments.serializers.evidence import StoredVersionSerializer
from ethicsreview.documents.domain import Outcome
from ethicsreview.interface.serializers import DeedSerializer, Strict, day_field, line_text, printable_text
from workflows.domain.lengths import REASONS
from workflows.serializers.cases import EditionSerializer, NamedSerializer

WORDS = "At most 4,000 characters."


class PublicCertificateSerializer(serializers.Serializer[Any]):
    """A certificate as everybody may read it."""

    number = serializers.CharField()
    legal_entity = serializers.CharField()
    scope = serializers.CharField()
    tier = serializers.IntegerField()
    tier_name = serializers.CharField()
    instrument = EditionSerializer()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(help_text="Last day, inclusive.")
    body = serializers.CharField(help_text="Who certified it.")


class SignedCopySerializer(serializers.Serializer[Any]):
    """A signed certificate, to be checked by its code."""

    code = serializers.CharField()
    language = serializers.CharField()
    signed_at = serializers.DateTimeField()


class CertificateMomentSerializer(serializers.Serializer[Any]):
    """What happened to a certificate."""

    at = serializers.DateTimeField()
    verb = serializers.CharField()
    text = serializers.CharField()


class RegisteredCertificateSerializer(PublicCertificateSerializer):
    """One certificate, whatever became of it."""

    counts = serializers.BooleanField(help_text="Whether it is worth anything today.")
    standing = serializers.CharField(help_text="What it is worth today, in words.")
    dcmm_level = serializers.IntegerField(allow_null=True)
    documents = SignedCopySerializer(many=True)
    events = CertificateMomentSerializer(many=True, help_text="The newest first.")
    notice = serializers.CharField(allow_blank=True, help_text="What the instrument says of every result.")


class NoticedSerializer(serializers.Serializer[Any]):
    """A recommendation under public notice, or what was decided after it."""

    reference = serializers.CharField()
    legal_entity = serializers.CharField()
    scope = serializers.CharField()
    body = serializers.CharField()
    instrument = EditionSerializer()
    tier = serializers.IntegerField()
    tier_name = serializers.CharField()
    notice_from = serializers.DateField(allow_null=True)
    notice_until = serializers.DateField(allow_null=True, help_text="Last day, inclusive.")
    running = serializers.BooleanField(help_text="Whether anybody may object today.")
    certificate = serializers.CharField(allow_blank=True, help_text="Number of the certificate it ended with.")
    refused = serializers.BooleanField(help_text="It ended without a certificate.")


class RunningNoticesSerializer(serializers.Serializer[Any]):
    """Every recommendation somebody may object to today, the first to end first."""

    notices = NoticedSerializer(many=True)


class ObjectionBody(Strict):
    """An objection by anybody."""

    name = line_text(max_length=120, help_text="Told to the body alone. At most 120 characters.")
    contact = serializers.EmailField(max_length=254, help_text="The answer is mailed there.")
    text = printable_text(max_length=REASONS, help_text=WORDS)


class FiledSerializer(serializers.Serializer[Any]):
    """That an objection is filed."""

    at = serializers.DateTimeField()


class CheckedFileBody(Strict):
    """A PDF to be checked."""

    file = serializers.FileField(allow_empty_file=True, help_text="It is checked and forgotten.")


class FileCheckSerializer(serializers.Serializer[Any]):
    """One line of the verdict."""

    name = serializers.CharField()
    tone = serializers.ChoiceField(["good", "warn", "bad", "plain"])
    word = serializers.CharField()
    line = serializers.CharField(allow_blank=True)


class FileVerdictSerializer(serializers.Serializer[Any]):
    """What the register says of a file."""

    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    genuine = serializers.BooleanField(help_text="Issued here and unchanged.")
    title = serializers.CharField()
    line = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(help_text="Of the file that was sent.")
    code = serializers.CharField(allow_blank=True, help_text="Of the document it is, or claims to be.")
    checks = FileCheckSerializer(many=True)


# -- insiders ---------------------------------------------------------------------------------------------------------


class CertificateRowSerializer(serializers.Serializer[Any]):
    """A certificate as a row of a list."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    verification = serializers.IntegerField(source="verification_id")
    legal_entity = serializers.CharField()
    tier = serializers.IntegerField()
    state = serializers.CharField(help_text="valid, suspended, withdrawn or replaced.")
    issued_on = serializers.DateField()
    expires_on = serializers.DateField()
    surveillance_due = serializers.DateField(allow_null=True)
    changed_at = serializers.DateTimeField()


class CertificateEventSerializer(CertificateMomentSerializer):
    """What happened to a certificate, with who and why."""

    tier = serializers.IntegerField(allow_null=True, help_text="Tier found to hold then.")
    reasons = serializers.CharField(allow_blank=True)
    by = NamedSerializer(allow_null=True, help_text="Null: the clock.")


class RenewalSerializer(serializers.Serializer[Any]):
    """A DCMM certificate handed in to renew the one the tier rests on."""

    id = serializers.IntegerField()
    level = serializers.IntegerField()
    edition = serializers.CharField()
    party = serializers.CharField()
    legal_entity = serializers.CharField()
    certificate = serializers.CharField()
    body = serializers.CharField()
    issued = serializers.DateField()
    expires = serializers.DateField()
    file = StoredVersionSerializer(allow_null=True)
    by = NamedSerializer()
    at = serializers.DateTimeField()
    accepted = serializers.BooleanField(allow_null=True, help_text="Null until it is judged.")
    reasons = serializers.CharField(allow_blank=True)


class CertificateSerializer(CertificateRowSerializer):
    """One certificate as the caller stands to its verification."""

    scope = serializers.CharField()
    counts = serializers.BooleanField()
    standing = serializers.CharField(help_text="What it is worth today, in words.")
    dcmm_level = serializers.IntegerField(allow_null=True)
    dcmm_source = serializers.CharField(allow_blank=True)
    dcmm_expires = serializers.DateField(allow_null=True)
    events = CertificateEventSerializer(many=True, help_text="The newest first.")
    renewals = RenewalSerializer(many=True, help_text="The first first.")
    actions = DeedSerializer(many=True, help_text="What the caller's roles could do, and what is missing for it.")


class SurveillanceBody(Strict):
    """The yearly look."""

    holds = serializers.BooleanField(help_text="Whether the tier holds; else the certificate is suspended.")
    reasons = printable_text(max_length=REASONS, help_text=f"What was looked at and found. {WORDS}")


class CertificateReasonsBody(Strict):
    """Reasons that are kept with the certificate."""

    reasons = printable_text(max_length=REASONS, help_text=WORDS)


class RenewalBody(Strict):
    """A renewed DCMM certificate."""

    level = serializers.IntegerField(min_value=1, max_value=99, help_text="As on the certificate.")
    edition = line_text(max_length=8, help_text="The standard's edition, as 2018.")
    party = serializers.ChoiceField([party.value for party in Party], help_text="As whom it was assessed.")
    legal_entity = line_text(help_text="As on the certificate. At most 200 characters.")
    certificate = line_text(max_length=80, help_text="Its number. At most 80 characters.")
    body = line_text(help_text="Who issued it. At most 200 characters.")
    issued = day_field(help_text="The day it was issued.")
    expires = day_field(help_text="The last day it is valid; not before it was issued.")


class RenewalFileBody(RenewalBody):
    """A renewed DCMM certificate as a file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class JudgeRenewalBody(Strict):
    """Whether a renewal is taken."""

    accepted = serializers.BooleanField(help_text="Taken, the tier rests on it from now on.")
    reasons = printable_text(max_length=REASONS, help_text=f"How it was checked. {WORDS}")
