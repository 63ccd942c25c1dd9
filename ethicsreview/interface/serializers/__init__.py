"""Shapes that every door for programs shares."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from rest_framework import serializers

from ethicsreview.documents.forms import printable

LARGEST = 2**63 - 1  # of the numbers a row can have


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)  # days one can count on from


class Strict(serializers.Serializer[Any]):
    """A body in which every key is known; what nobody asked for is an error, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            words = _("There is no such field.")
            raise serializers.ValidationError({str(name): [words] for name in unknown})
        return super().to_internal_value(data)


class Nothing(Strict):
    """An empty body."""


class MissingSerializer(serializers.Serializer[Any]):
    """One thing that keeps an action from happening."""

    code = serializers.CharField(help_text="Stable code of the hindrance.")
    item = serializers.CharField(allow_blank=True, help_text="What it is about: an item, a person, a count; or empty.")
    text = serializers.CharField(help_text="The hindrance in the caller's language.")
    article = serializers.CharField(allow_blank=True, help_text="The article it rests on; empty: this system's rule.")


class FaultSerializer(serializers.Serializer[Any]):
    """One wrong value."""

    pointer = serializers.CharField(help_text="JSON pointer into the body (RFC 6901), or the parameter's name.")
    detail = serializers.CharField(help_text="What is wrong, in the caller's language.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details as RFC 9457 has them."""

    type = serializers.CharField(help_text="Address that explains this kind of problem.")
    title = serializers.CharField(help_text="The kind of problem, in the caller's language.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What to do about it, in the caller's language.")
    instance = serializers.CharField(help_text="The address that was called.")
    missing = MissingSerializer(many=True, required=False, help_text="With “refused”: everything that is missing.")
    faults = FaultSerializer(many=True, required=False, help_text="With “bad-input”: every wrong value.")
    standing = serializers.JSONField(required=False, help_text="With “overtaken”: what stands there now.")
    scope = serializers.CharField(required=False, help_text="With “scope-missing”: the scope that is needed.")
    standing = serializers.JSONField(required=False, help_text="With “overtaken”: what stands there now.")


class DeedSerializer(serializers.Serializer[Any]):
    """One action on a thing, as it stands for this caller."""

    name = serializers.CharField(help_text="Verb of the transition table.")
    open = serializers.BooleanField(help_text="Whether nothing keeps it from happening now.")
    missing = MissingSerializer(many=True, help_text="What is missing where it is not open.")


def chosen(representation: dict[str, Any], names: list[str] | None) -> dict[str, Any]:
    """The representation narrowed to these of its fields; None leaves it whole."""
    return representation if names is None else {name: representation[name] for name in names}


class PlainText(serializers.CharField):
    """Text that signed documents can print; a line break counts as one character."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data.replace("\r\n", "\n") if isinstance(data, str) else data))


class LineText(PlainText):
    """Text of one line: blanks in a row are one."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(" ".join(data.split()) if isinstance(data, str) else data)


def printable_text(**options: Any) -> PlainText:
    """A text field for words that people read and that are printed; what cannot be printed is refused."""
    return PlainText(**{"trim_whitespace": True, "max_length": 20_000, "validators": [printable], **options})


def optional_text(**options: Any) -> PlainText:
    """The same where nothing need be said."""
    return printable_text(required=False, allow_blank=True, default="", **options)


def line_text(**options: Any) -> LineText:
    """A printable text of one line, at most 200 characters unless said otherwise."""
    return LineText(**{"max_length": 200, "validators": [printable], **options})


def optional_line(**options: Any) -> LineText:
    """The same where nothing need be said."""
    return line_text(**{"required": False, "allow_blank": True, "default": "", **options})


def day_field(**options: Any) -> serializers.DateField:
    """A day of the calendar, between 1900 and 2199."""
    bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return serializers.DateField(**{"validators": bounds, **options})


def moment_field(**options: Any) -> serializers.DateTimeField:
    """A moment with its offset from UTC, between 1900 and 2199."""
    first, last = (datetime.combine(day, time.min, tzinfo=UTC) for day in (FIRST_DAY, LAST_DAY))
    bounds = [MinValueValidator(first), MaxValueValidator(last)]
    return serializers.DateTimeField(**{"validators": bounds, **options})


def identifier(**options: Any) -> serializers.IntegerField:
    """The number of a row."""
    return serializers.IntegerField(**{"min_value": 1, "max_value": LARGEST, **options})
