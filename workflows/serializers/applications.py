"""Shapes of applications: their versions, answers, documents, supplement notices and the team."""

from typing import Any

from rest_framework import serializers

from ethicsreview.interface.serializers import Strict, optional_text, printable_text
from workflows.domain.application_form import ItemKind
from workflows.domain.lengths import CHANGES, REASONS, REQUEST
from workflows.serializers.cases import NamedSerializer

DIGEST = "SHA-256, 64 hexadecimal digits."
SEEN = (
    "“digest” of the application as it was read before: what somebody else changed since is refused as stale. "
    "Empty: not checked."
)


class FileVersionSerializer(serializers.Serializer[Any]):
    """One version of a document."""

    version = serializers.IntegerField(source="pk", help_text="Id that evidence refers to.")
    number = serializers.IntegerField(help_text="Counted from 1 within the document.")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text=DIGEST)
    pages = serializers.IntegerField(help_text="Pages that can be had as pictures; 0 where it is only downloaded.")
    at = serializers.DateTimeField()


class FileSerializer(serializers.Serializer[Any]):
    """A document of the case."""

    id = serializers.IntegerField()
    item = serializers.CharField(help_text="The item of the application it was handed in for.")
    standing = serializers.BooleanField(help_text="Whether it belongs to the newest version the caller may read.")
    versions = FileVersionSerializer(many=True, help_text="Newest first.")


class FilesSerializer(serializers.Serializer[Any]):
    """The documents of a case that the caller may read."""

    files = FileSerializer(many=True)


class AddFileBody(Strict):
    """A document for an item of the application."""

    item = serializers.CharField(max_length=60, help_text="Code of an item of kind “files”.")
    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class NewVersionBody(Strict):
    """A newer version of a document."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV or TXT; its content is checked."
    )


class FrozenFileSerializer(serializers.Serializer[Any]):
    """A document as a version of the application holds it."""

    file = serializers.IntegerField(help_text="Id of the document.")
    version = serializers.IntegerField(help_text="Id of its version.")
    sha256 = serializers.CharField(help_text=DIGEST)


class ItemSerializer(serializers.Serializer[Any]):
    """One item of the application, or a question of the lists, with what was said to it."""

    code = serializers.CharField(help_text="Key of the answer.")
    step = serializers.CharField(help_text="Code of the step it stands in.")
    kind = serializers.ChoiceField([*(kind.value for kind in ItemKind), "question", "pledge"])
    name = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    asked = serializers.BooleanField(help_text="Whether it must be answered, given the other answers.")
    choices = serializers.ListField(child=serializers.CharField(), help_text="Codes that can be chosen.")
    value = serializers.JSONField(
        help_text="Text, a code, a list of codes or of people; empty text where nothing was said."
    )
    why = serializers.CharField(allow_blank=True, help_text="Of a question: the explanation; its key is “<code>.why”.")
    files = FrozenFileSerializer(many=True)


class VersionRowSerializer(serializers.Serializer[Any]):
    """A version of the application, without what it says."""

    number = serializers.IntegerField()
    open = serializers.BooleanField(help_text="Whether it is being written.")
    revision = serializers.IntegerField(help_text="Saves counted from 0.")
    saved_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = NamedSerializer(allow_null=True)
    changes = serializers.CharField(allow_blank=True, help_text="What the applicant says was changed.")
    digest = serializers.CharField(
        help_text="SHA-256 over answers and documents; of an open version as it would be frozen now."
    )


class VersionsSerializer(serializers.Serializer[Any]):
    """The versions of the application that the caller may read, oldest first."""

    versions = VersionRowSerializer(many=True)


class VersionSerializer(VersionRowSerializer):
    """A version of the application, whole."""

    items = ItemSerializer(many=True)


class AnswersBody(Strict):
    """Answers to keep; what is not named stays as it is."""

    answers = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        help_text="Item code → value: text; a choice's code; a list of codes; yes or no; a day as 2026-03-31; a "
        "number as text; people as objects with name, role, qualifications, training. Questions of the lists take "
        "yes or no, and an explanation under “<code>.why”. Null takes an answer back.",
    )
    seen = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        required=False,
        help_text="Item code → the value the caller was working from. Where another one stands by now, nothing is "
        "kept and the standing values are answered.",
    )


class HandInBody(Strict):
    """The pledge, made anew each time something is handed in."""

    pledge = serializers.BooleanField(help_text="The pledge of the rulebook; must be true.")
    seen = optional_text(max_length=64, help_text=SEEN)


class ResubmitBody(HandInBody):
    """With what was done about the requirements of the decision."""

    changes = printable_text(max_length=CHANGES, help_text="What was changed and where. At most 6,000 characters.")


class RequestSerializer(serializers.Serializer[Any]):
    """One thing a notice asks for."""

    item = serializers.CharField()
    name = serializers.CharField()
    request = serializers.CharField()
    answer = serializers.CharField(
        allow_blank=True, help_text="Empty to the committee until the answers have been sent."
    )


class NoticeSerializer(serializers.Serializer[Any]):
    """A supplement notice."""

    number = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    issued_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    items = RequestSerializer(many=True)


class NoticesSerializer(serializers.Serializer[Any]):
    """The supplement notices of a case, oldest first."""

    notices = NoticeSerializer(many=True)


class AnswerBody(Strict):
    """The answer to one item of the open notice."""

    answer = optional_text(max_length=CHANGES, help_text="At most 6,000 characters.")
    seen = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        max_length=CHANGES,
        help_text="The answer the caller was working from; another one by now is answered, and nothing is kept.",
    )


class SupplementBody(Strict):
    """The one complete notice."""

    requests = serializers.DictField(
        child=printable_text(max_length=REQUEST),
        allow_empty=False,
        help_text="Item code → what is wanted, at most 2,000 characters each.",
    )
    message = optional_text(max_length=REASONS, help_text="Covering note.")


class TeamSerializer(serializers.Serializer[Any]):
    """Who works on the application, the lead first."""

    people = NamedSerializer(many=True)


class TeamBody(Strict):
    """A colleague of the applicant."""

    email = serializers.EmailField(max_length=254, help_text="Mail address of the colleague's account.")
