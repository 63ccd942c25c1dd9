"""Shapes of published rulebooks and instruments."""

from typing import Any

from rest_framework import serializers

from workflows.domain.rulebook import RulebookKind

RULEBOOK_KIND = [kind.value for kind in RulebookKind]
DIGEST = "SHA-256 over the canonical JSON of the content, 64 hexadecimal digits."


class RulebookRowSerializer(serializers.Serializer[Any]):
    """An edition of a rulebook."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(RULEBOOK_KIND)
    digest = serializers.CharField(help_text=DIGEST)
    published_at = serializers.DateTimeField()


class RestSerializer(serializers.Serializer[Any]):
    """One thing an edition says, with the place it rests on."""

    path = serializers.CharField(help_text="Where it stands, by names and codes.")
    value = serializers.JSONField(allow_null=True, help_text="Shares as p/q; null where words are all there is.")
    words = serializers.CharField(allow_blank=True)
    article = serializers.CharField(help_text="In the caller's language.")
    confidence = serializers.CharField(help_text="How surely the place was verified: found, high, med, low, design.")


class RulebookSerializer(RulebookRowSerializer):
    """An edition of a rulebook, whole."""

    title = serializers.CharField()
    rules = RestSerializer(many=True)
    content = serializers.JSONField(
        help_text="The published file as plain values and, of an overlay, its base: what the digest is over."
    )


class InstrumentRowSerializer(serializers.Serializer[Any]):
    """A version of an instrument."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    digest = serializers.CharField(help_text=DIGEST)
    published_at = serializers.DateTimeField()


class InstrumentSerializer(InstrumentRowSerializer):
    """A version of an instrument, whole."""

    title = serializers.CharField()
    sources = RestSerializer(many=True)
    content = serializers.JSONField(help_text="The published file as plain values: what the digest is over.")
