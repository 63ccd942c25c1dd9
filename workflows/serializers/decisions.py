"""Shapes of decisions, their conditions and their signed documents."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from ethicsreview.interface.serializers import MissingSerializer, Strict, day_field, optional_text
from workflows.domain.lengths import REASONS, RULING
from workflows.domain.statements import MOST_CONDITIONS
from workflows.domain.states import ReportKind, ReportState
from workflows.serializers.cases import SEAT_ROLE, NamedSerializer
from workflows.serializers.motions import StandingSerializer

REPORT_KIND, REPORT_STATE = [kind.value for kind in ReportKind], [state.value for state in ReportState]
TWO = "Each text is given in English, in Chinese or in both. At most 8,000 characters."
LONGEST_INTERVAL = 1200  # months
SEEN = "“mark” of the draft that was read; another one is refused as stale."


class ConditionSerializer(serializers.Serializer[Any]):
    """Something the applicant must do."""

    number = serializers.IntegerField()
    text_en = serializers.CharField(allow_blank=True)
    text_zh = serializers.CharField(allow_blank=True)
    due = serializers.DateField(allow_null=True)


class DecisionSerializer(serializers.Serializer[Any]):
    """A decision, or the draft of one."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Within the case.")
    kind = serializers.CharField(help_text="Code of the rulebook's kinds of decision.")
    kind_name = serializers.CharField()
    mark = serializers.CharField(help_text="Names this writing of the text.")
    reasons_en = serializers.CharField(allow_blank=True)
    reasons_zh = serializers.CharField(allow_blank=True)
    requirements_en = serializers.CharField(allow_blank=True)
    requirements_zh = serializers.CharField(allow_blank=True)
    scope_en = serializers.CharField(allow_blank=True)
    scope_zh = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="Inclusive.")
    followup_months = serializers.IntegerField(allow_null=True)
    conditions = ConditionSerializer(many=True)
    application = serializers.IntegerField(help_text="Number of the version of the application it is about.")
    drafted_at = serializers.DateTimeField()
    issued_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is a draft.")
    issued_by = NamedSerializer(allow_null=True)
    issued_as = serializers.ChoiceField(SEAT_ROLE, allow_blank=True)
    motion = serializers.IntegerField(allow_null=True, help_text="The vote behind it; the committee's to see.")
    standing = StandingSerializer(allow_null=True, help_text="The committee's to see.")


class DecisionRowSerializer(serializers.Serializer[Any]):
    """A decision that is out, as a row of a list."""

    id = serializers.IntegerField(source="pk")
    case = serializers.CharField(help_text="Reference.")
    number = serializers.IntegerField(help_text="Within the case.")
    kind = serializers.CharField(help_text="Code of the rulebook's kinds of decision.")
    issued_at = serializers.DateTimeField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="Inclusive.")
    followup_months = serializers.IntegerField(allow_null=True)


class DecisionsSerializer(serializers.Serializer[Any]):
    """The decisions that are out, oldest first."""

    decisions = DecisionSerializer(many=True)


class StatementSerializer(serializers.Serializer[Any]):
    """Something the decision must state."""

    code = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    given = serializers.BooleanField()


class DraftSerializer(serializers.Serializer[Any]):
    """The decision being written, to those who write it."""

    kind = serializers.CharField(help_text="Carried by the vote; of a modified version the approving kind.")
    kind_name = serializers.CharField()
    sections = serializers.ListField(child=serializers.CharField(), help_text="What a decision of this kind can say.")
    must_state = StatementSerializer(many=True)
    longest_followup = serializers.IntegerField(help_text="Months.")
    longest_followup_article = serializers.CharField(allow_blank=True)
    draft = DecisionSerializer(allow_null=True)
    missing = MissingSerializer(many=True, help_text="What keeps it from being issued.")


class ConditionBody(Strict):
    """One condition, in at least one language."""

    text_en = optional_text(max_length=REASONS, help_text="In English, at most 4,000 characters.")
    text_zh = optional_text(max_length=REASONS, help_text="In Chinese, at most 4,000 characters.")
    due = day_field(required=False, allow_null=True, default=None, help_text="Not before today.")


class DraftBody(Strict):
    """The text of the decision; nothing is required before it is issued, and what is not named is emptied."""

    seen = serializers.CharField(
        max_length=40, allow_blank=True, help_text="“mark” of the draft that was read; empty where there was none."
    )
    reasons_en = optional_text(max_length=RULING, help_text=TWO)
    reasons_zh = optional_text(max_length=RULING, help_text=TWO)
    requirements_en = optional_text(max_length=RULING, help_text=TWO)
    requirements_zh = optional_text(max_length=RULING, help_text=TWO)
    scope_en = optional_text(max_length=REASONS, help_text="What is approved, in English. At most 4,000 characters.")
    scope_zh = optional_text(max_length=REASONS, help_text="What is approved, in Chinese. At most 4,000 characters.")
    valid_from = day_field(required=False, allow_null=True, default=None, help_text="First day it holds.")
    valid_until = day_field(required=False, allow_null=True, default=None, help_text="Inclusive; not before today.")
    followup_months = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LONGEST_INTERVAL,
        help_text="Months between follow-up reviews, at most “longest_followup”.",
    )
    conditions = serializers.ListField(
        child=ConditionBody(),
        required=False,
        default=list,
        max_length=MOST_CONDITIONS,
        help_text="In their order, at most 50.",
    )


class IssueBody(Strict):
    """Issuing is an act of the chair in person."""

    seen = serializers.CharField(max_length=40, help_text=SEEN)
    password = serializers.CharField(
        max_length=1000,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
        help_text="The caller's own; wrong ones count like failed sign-ins.",
    )


class ReportSerializer(serializers.Serializer[Any]):
    """A signed document of a decision, or one in the making."""

    id = serializers.IntegerField()
    decision = serializers.IntegerField(help_text="Number of the decision within the case.")
    kind = serializers.ChoiceField(REPORT_KIND)
    language = serializers.ChoiceField([code for code, _name in settings.LANGUAGES])
    state = serializers.ChoiceField(REPORT_STATE)
    attempts = serializers.IntegerField(allow_null=True, help_text="To secretary and chair.")
    error = serializers.CharField(allow_blank=True, help_text="Why it failed; to secretary and chair.")
    progressed_at = serializers.DateTimeField()
    sha256 = serializers.CharField(allow_blank=True, help_text="Of the signed file; empty before.")
    code = serializers.CharField(allow_blank=True, help_text="Its verification code; empty before.")


class ReportsSerializer(serializers.Serializer[Any]):
    """The documents of a case's decisions, the newest decision's first."""

    reports = ReportSerializer(many=True)


class ReportRowSerializer(serializers.Serializer[Any]):
    """A signed document or one in the making, as a row of a list."""

    id = serializers.IntegerField(source="pk")
    case = serializers.CharField(source="decision.case", help_text="Reference.")
    decision = serializers.IntegerField(source="decision.number", help_text="Number within the case.")
    kind = serializers.ChoiceField(REPORT_KIND)
    language = serializers.ChoiceField([code for code, _name in settings.LANGUAGES])
    state = serializers.ChoiceField(REPORT_STATE)
    progressed_at = serializers.DateTimeField()
