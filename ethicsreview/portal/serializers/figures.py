"""Shapes of figures."""

from typing import Any

from rest_framework import serializers

from ethicsreview.portal.domain.figures import Board
from workflows.serializers.cases import NamedSerializer

BOARD = [board.value for board in Board if board is not Board.TOTALS]


class FigureSerializer(serializers.Serializer[Any]):
    """One value of a table: a whole number, or a mean; both null where there is none."""

    number = serializers.IntegerField(allow_null=True)
    mean = serializers.CharField(allow_null=True, help_text="Two decimals, cut off, never rounded up.")
    list = serializers.CharField(help_text="Address of the live list behind it here; empty where there is none.")


class FigureRowSerializer(serializers.Serializer[Any]):
    """One row of a table."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    article = serializers.CharField()
    values = FigureSerializer(many=True)


class FigureTableSerializer(serializers.Serializer[Any]):
    """One table: the first of its columns is of the rows' names."""

    key = serializers.CharField()
    board = serializers.ChoiceField(choices=BOARD)
    title = serializers.CharField()
    instrument = serializers.CharField(help_text="Name and version of the instrument; empty where it is about none.")
    columns = serializers.ListField(child=serializers.CharField())
    rows = FigureRowSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    left_out = serializers.ListField(child=serializers.CharField(), help_text="What it does not tell, and why.")


class FiguresSerializer(serializers.Serializer[Any]):
    """The figures of one authority."""

    authority = NamedSerializer()
    jurisdiction = serializers.CharField()
    counted_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first counting.")
    own_cases = serializers.IntegerField(help_text="Cases that concern the caller; then no ratings are told.")
    tables = FigureTableSerializer(many=True)
