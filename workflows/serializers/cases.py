"""Shapes of cases: rows, one case, what hangs on it, and the bodies of what is done to it."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from ethicsreview.interface.serializers import DeedSerializer, Strict, identifier, printable_text
from workflows.domain.lengths import EXPLANATION, REASONS
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import Procedure
from workflows.domain.states import Role, State

REASONS_HELP = "Kept with the case and told to those concerned. At most 4,000 characters."
CASE_STATE = [state.value for state in State]
SEAT_ROLE = [role.value for role in SeatRole]


class EditionSerializer(serializers.Serializer[Any]):
    """A published version of a rulebook or an instrument."""

    slug = serializers.CharField()
    version = serializers.IntegerField()


class NamedSerializer(serializers.Serializer[Any]):
    """Something with an id, named in the caller's language."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class HolderSerializer(serializers.Serializer[Any]):
    """An organisation by id and name in the caller's language."""

    id = serializers.IntegerField(source="pk")
    name = serializers.SerializerMethodField()

    def get_name(self, holder: Any) -> str:
        """As printed in that language."""
        return str(holder.name_in(get_language() or "en"))


class CodedSerializer(serializers.Serializer[Any]):
    """An entry of a rulebook's list: its code, what it is called, and the article it rests on."""

    code = serializers.CharField()
    name = serializers.CharField()
    article = serializers.CharField(allow_blank=True)


class CaseRowSerializer(serializers.Serializer[Any]):
    """A case as a row of a list."""

    ref = serializers.CharField(source="__str__", help_text="The reference; of a draft “draft-<id>”.")
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(CASE_STATE)
    committee = serializers.IntegerField(source="committee_id")
    applicant = serializers.IntegerField(source="applicant_id", help_text="Id of the organisation that applies.")
    tier = serializers.SerializerMethodField(help_text="Tier of the instrument; empty before the acceptance.")
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()

    def get_tier(self, case: Any) -> str:
        """The secretary's finding is told with the acceptance."""
        return str(case.tier) if case.accepted_at else ""


class ClockSerializer(serializers.Serializer[Any]):
    """The committee's limit in calendar days of the rulebook's time zone."""

    started = serializers.DateTimeField()
    last_day = serializers.DateField(help_text="Inclusive.")
    left = serializers.IntegerField(help_text="Whole days after today; negative once overdue.")
    overdue = serializers.BooleanField()
    extended = serializers.BooleanField()
    extension_reason = serializers.CharField(allow_blank=True)
    running = serializers.BooleanField()


class WaitSerializer(serializers.Serializer[Any]):
    """A time in which the committee waited for the applicant."""

    kind = serializers.ChoiceField(["supplement", "modification"])
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    """One case as the caller stands to it.

    What the secretary found is told to the applicant's side with the acceptance, and stands empty before.
    """

    ref = serializers.CharField(help_text="The reference; of a draft “draft-<id>”, which names the case for life.")
    id = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(CASE_STATE)
    roles = serializers.ListField(
        child=serializers.ChoiceField([role.value for role in Role]), help_text="What the caller is to the case."
    )
    committee = NamedSerializer()
    applicant = NamedSerializer()
    lead = NamedSerializer()
    rulebook = EditionSerializer()
    instrument = EditionSerializer()
    tier = serializers.CharField(allow_blank=True)
    flags = serializers.ListField(child=serializers.CharField())
    classification_reason = serializers.CharField(allow_blank=True)
    red_lines = serializers.ListField(child=serializers.CharField())
    listed = serializers.ListField(child=serializers.CharField())
    exemption = serializers.CharField(allow_blank=True)
    exemption_evidence = serializers.CharField(allow_blank=True)
    procedure = serializers.ChoiceField([one.value for one in Procedure], allow_blank=True)
    route = serializers.CharField(allow_blank=True, help_text="Row of the rulebook's routing table.")
    procedure_reasons = serializers.CharField(allow_blank=True)
    closing_reasons = serializers.CharField(allow_blank=True, help_text="Why it was declined or withdrawn.")
    return_reasons = serializers.CharField(allow_blank=True, help_text="Why a modified version was sent back.")
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    reviews_opened_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()
    clock = ClockSerializer(allow_null=True, help_text="Null before the acceptance.")
    waits = WaitSerializer(many=True)
    actions = DeedSerializer(many=True, help_text="What the caller's roles could do, and what is missing for it.")


class PersonOnCaseSerializer(NamedSerializer):
    """A member of the committee as it stands to this case."""

    seat = serializers.IntegerField()
    role = serializers.ChoiceField(SEAT_ROLE)
    leads = serializers.BooleanField(
        allow_null=True, help_text="Chairs this case, or acts for the chair. Null where that is not yours to know."
    )
    recused = serializers.BooleanField(allow_null=True, help_text="Null where that is not yours to know.")
    reviews = serializers.BooleanField(allow_null=True, help_text="Null where that is not yours to know.")


class CasePeopleSerializer(serializers.Serializer[Any]):
    """Who sits on the committee of a case."""

    people = PersonOnCaseSerializer(many=True)


class CaseEventSerializer(serializers.Serializer[Any]):
    """Something that happened to the case."""

    at = serializers.DateTimeField()
    verb = serializers.CharField(help_text="Stable name of what was done.")
    text = serializers.CharField(help_text="The same in words.")
    actor = serializers.CharField(allow_blank=True, help_text="Empty where that is not yours to know.")


class CaseHistorySerializer(serializers.Serializer[Any]):
    """The newest forty events, the newest first."""

    events = CaseEventSerializer(many=True)


class StartBody(Strict):
    """Where to apply and for whom."""

    committee = identifier(help_text="Id of a committee that accepts applications.")
    organisation = identifier(help_text="Id of the organisation that applies; the caller is its applicant.")


class ReasonsBody(Strict):
    """Reasons that are kept and told to those concerned."""

    reasons = printable_text(max_length=REASONS, help_text=REASONS_HELP)


class WithdrawBody(Strict):
    """Why the applicant takes the case back."""

    reasons = printable_text(max_length=EXPLANATION, help_text="The committee reads them. At most 3,000 characters.")
