"""Shapes of improvement plans, colleagues, comparisons and workbooks."""

from typing import Any

from rest_framework import serializers

from assessments.domain.workbook import CellFault
from assessments.serializers.maturity import EXACT, BriefSerializer
from ethicsreview.interface.serializers import Strict, day_field, identifier, optional_text

MOST_EFFORT = 10_000
NOTE_LENGTH = 2000  # characters


class ContributorSerializer(BriefSerializer):
    """A colleague with the dimensions he or she may answer."""

    dimensions = serializers.ListField(child=serializers.CharField())


class ColleaguesSerializer(serializers.Serializer[Any]):
    """Who leads, who contributes to what, and who else could."""

    lead = BriefSerializer()
    contributors = ContributorSerializer(many=True)
    colleagues = BriefSerializer(many=True, help_text="Everybody with the enterprise role.")


class DimensionsBody(Strict):
    """Dimensions a colleague answers from now on, and no others."""

    dimensions = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=99, help_text="Keys of dimensions."
    )


class LeadBody(Strict):
    """Who leads from now on."""

    person = identifier(help_text="Id of a colleague with the enterprise role.")


class PlanStepSerializer(serializers.Serializer[Any]):
    """One step of the plan."""

    id = serializers.IntegerField()
    criterion = serializers.CharField()
    text = serializers.CharField()
    owner = BriefSerializer(allow_null=True)
    due = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    done_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()
    met = serializers.BooleanField(help_text="Whether the criterion counts as fully met by now.")


class PlanSerializer(serializers.Serializer[Any]):
    """The steps taken on, in the instrument's order, and what a proposal rests on."""

    tier = serializers.IntegerField(help_text="Where the enterprise stands, missing answers counted as not met.")
    ahead = serializers.ListField(child=serializers.IntegerField(), help_text="Tiers a proposal can be had for.")
    efforts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Item → what raising one of its criteria costs; 1 where not named."
    )
    steps = PlanStepSerializer(many=True)
    yours = serializers.BooleanField(help_text="Whether the caller may change the plan.")


class ProposedItemSerializer(serializers.Serializer[Any]):
    """What a proposal changes in one item."""

    item = serializers.CharField()
    title = serializers.CharField()
    effort = serializers.IntegerField()
    criteria = serializers.ListField(child=serializers.CharField())


class ProposalSerializer(serializers.Serializer[Any]):
    """The smallest or the cheapest set of criteria that reaches a tier, found exactly."""

    aim = serializers.ChoiceField(["fewest", "cheapest"])
    tier = serializers.IntegerField()
    dcmm_needed = serializers.IntegerField(
        allow_null=True, help_text="Least DCMM level; null: the proved one will do."
    )
    cost = serializers.IntegerField(help_text="Sum of the efforts.")
    changes = serializers.ListField(child=serializers.CharField(), help_text="Criteria to be met fully, in order.")
    fresh = serializers.ListField(child=serializers.CharField(), help_text="Of these, not in the plan yet.")
    items = ProposedItemSerializer(many=True)


class EffortsBody(Strict):
    """What raising one criterion of an item costs."""

    efforts = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_EFFORT),
        help_text="Item → effort from 1 to 10,000, in units of one's own; items left out cost 1.",
    )


class TermsBody(Strict):
    """Who sees to a step and until when."""

    owner = identifier(required=False, allow_null=True, default=None, help_text="Id of a colleague; null: nobody yet.")
    due = day_field(required=False, allow_null=True, default=None, help_text="Until when.")
    note = optional_text(max_length=NOTE_LENGTH, help_text="At most 2,000 characters.")


class AddStepsBody(TermsBody):
    """Steps for these criteria, all on the same terms; those in the plan already stay as they are."""

    criteria = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=1000, help_text="Keys of criteria."
    )


class TickBody(Strict):
    """Whether the step is done."""

    done = serializers.BooleanField(help_text="False opens it again.")


class PastResultSerializer(serializers.Serializer[Any]):
    """The latest result of one of the enterprise's assessments."""

    assessment = serializers.IntegerField()
    reference = serializers.CharField()
    at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Version of the instrument.")
    tier = serializers.IntegerField()
    index = serializers.CharField(help_text=EXACT)


class PeerLineSerializer(serializers.Serializer[Any]):
    """One value among its peers'; no lowest and no highest, each would be one enterprise's own."""

    key = serializers.CharField(help_text="“index” or a dimension's key.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    value = serializers.CharField(help_text=EXACT)
    percentile = serializers.IntegerField(help_text="Whole percents of peers below, cut.")
    quartiles = serializers.ListField(child=serializers.CharField(), help_text="As shown: two decimals, cut.")


class ComparisonSerializer(serializers.Serializer[Any]):
    """The enterprise's own results over time, and its place among peers without names."""

    past = PastResultSerializer(many=True, help_text="The newest first.")
    least_peers = serializers.IntegerField(help_text="With fewer peers nothing is told.")
    peers_at_least = serializers.IntegerField(allow_null=True, help_text="In whole tens; null with too few.")
    peers = PeerLineSerializer(many=True)


class WorkbookBody(Strict):
    """A workbook downloaded from this assessment and filled in."""

    file = serializers.FileField(allow_empty_file=True, help_text="The .xlsx; it is read and not kept.")


class CellContentSerializer(serializers.Serializer[Any]):
    """What one answer says."""

    step = serializers.CharField(allow_blank=True)
    set_aside = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)


class CellChangeSerializer(serializers.Serializer[Any]):
    """One answer a workbook would change."""

    key = serializers.CharField(help_text="Criterion or item.")
    place = serializers.CharField(help_text="Sheet and cell.")
    now = CellContentSerializer()
    after = CellContentSerializer()


class CellFaultSerializer(serializers.Serializer[Any]):
    """A cell that cannot be read."""

    place = serializers.CharField()
    code = serializers.ChoiceField([fault.value for fault in CellFault])
    text = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What a workbook would change; nothing is taken yet."""

    token = serializers.CharField(help_text="For taking it, by the same person, within a day.")
    changes = CellChangeSerializer(many=True)
    conflicts = CellChangeSerializer(many=True, help_text="Changed in both places: taken only where named.")
    foreign = CellChangeSerializer(many=True, help_text="In dimensions of others: never taken.")
    faults = CellFaultSerializer(many=True)
    same = serializers.IntegerField(help_text="Rows that change nothing.")
    passed = serializers.ListField(child=serializers.CharField(), help_text="Sheets that were not read.")


class TakeBody(Strict):
    """A preview to be taken."""

    token = serializers.CharField(max_length=4_000_000, help_text="Of the preview.")
    conflicts = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        default=list,
        max_length=5000,
        help_text="Keys of the conflicts in which the workbook's answer is to stand.",
    )


class TakenSerializer(serializers.Serializer[Any]):
    """What was taken."""

    taken = serializers.IntegerField(help_text="Answers that were taken over.")
    faults = CellFaultSerializer(many=True, help_text="Cells that still wait to be put right.")
