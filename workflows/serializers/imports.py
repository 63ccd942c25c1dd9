"""Shapes of the bulk import: the files sent, what they would come to, and what was taken."""

from typing import Any

from rest_framework import serializers

from ethicsreview.interface.serializers import MissingSerializer, Strict
from workflows.domain.bulk_plan import Kind, Outcome
from workflows.domain.bulk_sheets import CellFault, Sheet
from workflows.domain.lengths import IMPORT_FILES, IMPORT_TOKEN


class ImportBody(Strict):
    """One workbook, or several CSV files."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        min_length=1,
        max_length=IMPORT_FILES,
        help_text="One .xlsx, or one .csv for each sheet; 5 MB and 5,000 rows together. Read and not kept.",
    )


class ImportCountSerializer(serializers.Serializer[Any]):
    """How many of one kind."""

    kind = serializers.ChoiceField([kind.value for kind in Kind])
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()


class ImportFaultSerializer(serializers.Serializer[Any]):
    """A wrong cell."""

    place = serializers.CharField(help_text="Sheet and cell.")
    code = serializers.ChoiceField([code.value for code in CellFault])
    text = serializers.CharField(help_text="What is wrong, and what may stand there.")


class ImportRowSerializer(serializers.Serializer[Any]):
    """A row that does something."""

    number = serializers.IntegerField(help_text="Of the row in its sheet.")
    title = serializers.CharField(help_text="What it is about.")
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    lines = serializers.ListField(child=serializers.CharField(), help_text="What would happen, in words.")


class ImportSheetSerializer(serializers.Serializer[Any]):
    """One sheet, row by row."""

    kind = serializers.ChoiceField([sheet.value for sheet in Sheet])
    sheet = serializers.CharField(help_text="Its name in the file.")
    rows = ImportRowSerializer(many=True)
    same = serializers.IntegerField(help_text="Rows that say what stands already.")


class ImportCommitteeSerializer(serializers.Serializer[Any]):
    """A committee as it would be."""

    name = serializers.CharField()
    day = serializers.DateField(help_text="The day it is looked at.")
    missing = MissingSerializer(many=True, help_text="What its composition would lack; it keeps nothing out.")


class ImportPreviewSerializer(serializers.Serializer[Any]):
    """What the files would come to; nothing is written yet."""

    token = serializers.CharField(
        allow_blank=True,
        help_text="For taking it, by the same person, within a day; empty: there is nothing to take.",
    )
    files = serializers.ListField(child=serializers.CharField())
    passed = serializers.ListField(child=serializers.CharField(), help_text="Sheets nobody knows: left alone.")
    written = serializers.IntegerField(help_text="How many things would be made or changed.")
    mails = serializers.IntegerField(help_text="People who would get an account, and a mail to set a password.")
    counts = ImportCountSerializer(many=True)
    faults = ImportFaultSerializer(many=True, help_text="The first 300; while there is one, nothing is taken.")
    fault_count = serializers.IntegerField()
    sheets = ImportSheetSerializer(many=True, help_text="Empty while a cell is wrong.")
    committees = ImportCommitteeSerializer(many=True)


class TakeImportBody(Strict):
    """A preview to be taken."""

    token = serializers.CharField(max_length=IMPORT_TOKEN, help_text="Of the preview.")


class ImportTakenSerializer(serializers.Serializer[Any]):
    """What was imported."""

    written = serializers.IntegerField(help_text="How many things were made or changed; 0 where all stood already.")
