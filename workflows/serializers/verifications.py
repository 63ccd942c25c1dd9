"""Shapes of verifications: rows, one of them, who works on it, and the bodies of what moves it."""

from typing import Any

from rest_framework import serializers

from assessments.serializers.maturity import EXACT, ScoreSerializer
from ethicsreview.interface.serializers import DeedSerializer, Strict, identifier, optional_text, printable_text
from workflows.domain.ballots import Choice
from workflows.domain.lengths import REASONS
from workflows.domain.verification_states import VRole, VState
from workflows.serializers.cases import CodedSerializer, EditionSerializer, NamedSerializer

V_STATE = [state.value for state in VState]


class VerificationRowSerializer(serializers.Serializer[Any]):
    """A verification as a row of a list."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    legal_entity = serializers.CharField()
    state = serializers.ChoiceField(V_STATE)
    host = NamedSerializer(help_text="The body that verifies.")
    scheme = EditionSerializer()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class VerificationSerializer(VerificationRowSerializer):
    """One verification as the caller stands to it; what is not the caller's to know stands empty."""

    enterprise = NamedSerializer()
    assessment = serializers.IntegerField(help_text="Id of the self-assessment.")
    instrument = EditionSerializer()
    scope = serializers.CharField()
    target = serializers.IntegerField()
    adviser = serializers.CharField(allow_blank=True, help_text="To the body's people.")
    roles = serializers.ListField(child=serializers.ChoiceField([role.value for role in VRole]))
    accepted_at = serializers.DateTimeField(allow_null=True)
    findings_at = serializers.DateTimeField(allow_null=True, help_text="Ratings and findings were released.")
    correction_until = serializers.DateField(allow_null=True, help_text="Last day to answer findings, inclusive.")
    recommended_tier = serializers.IntegerField(allow_null=True)
    recommended_at = serializers.DateTimeField(allow_null=True, help_text="“seen” of the decision.")
    recommendation = serializers.CharField(allow_blank=True)
    compliance_note = serializers.CharField(allow_blank=True)
    notice_from = serializers.DateField(allow_null=True)
    notice_until = serializers.DateField(allow_null=True, help_text="Last day of the public notice, inclusive.")
    decided_at = serializers.DateTimeField(allow_null=True)
    closing_reasons = serializers.CharField(allow_blank=True)
    return_reasons = serializers.CharField(allow_blank=True, help_text="Why it went back; to the body's people.")
    claimed = ScoreSerializer(allow_null=True, help_text="The result as the enterprise handed it in.")
    verified = ScoreSerializer(allow_null=True, help_text="The result the recommendation rests on.")
    standing = ScoreSerializer(allow_null=True, help_text="What the team's ratings come to now; to the team alone.")
    certificate = serializers.IntegerField(allow_null=True, help_text="Id of the certificate it ended with.")
    actions = DeedSerializer(many=True, help_text="What the caller's roles could do, and what is missing for it.")


class VerificationEventSerializer(serializers.Serializer[Any]):
    """Something that happened to the verification."""

    at = serializers.DateTimeField()
    verb = serializers.CharField(help_text="Stable name of what was done.")
    text = serializers.CharField(help_text="The same in words.")
    actor = serializers.CharField(allow_blank=True, help_text="Empty where that is not yours to know.")


class VerificationHistorySerializer(serializers.Serializer[Any]):
    """The newest forty events, the newest first."""

    events = VerificationEventSerializer(many=True)


class VerifyingBodySerializer(serializers.Serializer[Any]):
    """A body one can ask for a verification."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    province = serializers.CharField(allow_blank=True)


class RequestVerificationBody(Strict):
    """What is to be verified, and by whom."""

    assessment = identifier(help_text="Id of a submitted self-assessment the caller leads.")
    host = identifier(help_text="Id of a body that verifies.")


class VerificationReasonsBody(Strict):
    """Reasons that are kept and told to those concerned."""

    reasons = printable_text(max_length=REASONS, help_text="At most 4,000 characters.")


# -- people -----------------------------------------------------------------------------------------------------------


class TeamPlaceSerializer(NamedSerializer):
    """An assessor at work."""

    leads = serializers.BooleanField()


class CandidateSerializer(NamedSerializer):
    """An assessor of the body, and for which part he or she could be chosen."""

    load = serializers.IntegerField(help_text="Open verifications he or she works on.")
    for_team = serializers.BooleanField()
    for_review = serializers.BooleanField()
    for_panel = serializers.BooleanField()


class RecusalSerializer(serializers.Serializer[Any]):
    """Why somebody of the body has no part."""

    person = NamedSerializer()
    kind = serializers.CharField(help_text="Code of the scheme's kinds of conflict.")
    reason = serializers.CharField(allow_blank=True)
    by = NamedSerializer()
    at = serializers.DateTimeField()


class VerificationPeopleSerializer(serializers.Serializer[Any]):
    """Who works on a verification; reviewer and panel are named to the body's people, the rest to its desk."""

    lead = NamedSerializer(help_text="Leads the self-assessment.")
    team = TeamPlaceSerializer(many=True)
    reviewer = NamedSerializer(allow_null=True)
    panel = NamedSerializer(many=True)
    candidates = CandidateSerializer(many=True, help_text="To the coordinator.")
    conflicts = CodedSerializer(many=True, help_text="The scheme's kinds of conflict.")
    recusable = NamedSerializer(many=True, help_text="Whose conflict the caller may state.")
    recusals = RecusalSerializer(many=True)


class AssignAssessorBody(Strict):
    """An assessor for the team."""

    person = identifier(help_text="Id of a candidate, or of somebody on the team.")
    lead = serializers.BooleanField(required=False, default=False, help_text="Takes the lead from another.")


class VerificationPersonBody(Strict):
    """Somebody for a part."""

    person = identifier(help_text="Id of a candidate.")


class RecusalBody(Strict):
    """A conflict of interest."""

    person = identifier(help_text="Id of one of “recusable”: the caller's own, or somebody's the desk names.")
    kind = serializers.CharField(max_length=40, help_text="Code of one of “conflicts”.")
    reason = optional_text(max_length=REASONS, help_text="Needed for somebody else. At most 4,000 characters.")


# -- recommendation, compliance, decision -----------------------------------------------------------------------------


class GroundsBody(Strict):
    """Grounds of the recommendation."""

    grounds = printable_text(max_length=REASONS, help_text="Compliance review, panel and report read them.")


class ComplianceNoteBody(Strict):
    """What the reviewer found."""

    note = printable_text(max_length=REASONS, help_text="Printed in the report. At most 4,000 characters.")


class CompliancePointSerializer(serializers.Serializer[Any]):
    """One point of the procedure."""

    text = serializers.CharField(help_text="What the scheme asks.")
    kept = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True, help_text="Counts and days.")
    article = serializers.CharField(allow_blank=True)


class ComplianceSerializer(serializers.Serializer[Any]):
    """The procedure point by point, with the grounds of the recommendation."""

    points = CompliancePointSerializer(many=True)
    grounds = serializers.CharField(allow_blank=True)


class DecideVerificationBody(Strict):
    """The decision of the decider in person."""

    certify = serializers.BooleanField(help_text="Issue the certificate of the recommended tier; false refuses it.")
    reasons = optional_text(max_length=REASONS, help_text="Needed for a refusal. Printed. At most 4,000 characters.")
    seen = serializers.CharField(max_length=40, help_text="“recommended_at” as it was read before.")
    password = serializers.CharField(
        max_length=1000,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
        help_text="The caller's own; wrong ones count like failed sign-ins.",
    )


class DifferenceSerializer(serializers.Serializer[Any]):
    """One item as both sides see it."""

    item = serializers.CharField()
    title = serializers.CharField()
    claimed = serializers.IntegerField(allow_null=True, help_text="Level; null where it is set aside.")
    verified = serializers.IntegerField(allow_null=True, help_text="Level; null where it is set aside.")
    criteria = serializers.ListField(
        child=serializers.CharField(), help_text="Criteria that count differently on both sides."
    )


class DifferencesSerializer(serializers.Serializer[Any]):
    """Self-assessed and verified, item by item."""

    items = DifferenceSerializer(many=True)


class PanelVoteSerializer(serializers.Serializer[Any]):
    """A vote that stands."""

    person = NamedSerializer()
    choice = serializers.CharField(help_text="for, against or abstain.")
    reason = serializers.CharField(allow_blank=True)


class BallotSerializer(serializers.Serializer[Any]):
    """A ballot of the panel; of an open one the own vote alone is shown."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    tier = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    carried = serializers.BooleanField(allow_null=True)
    standing = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="Of a closed one: in_favour, against, abstain, silent, present, needed, base.",
    )
    voted = serializers.IntegerField(allow_null=True, help_text="How many voted so far; to the body's people.")
    votes = PanelVoteSerializer(many=True, help_text="By name to the body's people and to an authority.")


class PanelSerializer(serializers.Serializer[Any]):
    """The panel's ballots, the newest first, and what carries."""

    from_tier = serializers.IntegerField(help_text="The panel votes from this tier on.")
    size = serializers.IntegerField()
    threshold = serializers.CharField(help_text=EXACT)
    inclusive = serializers.BooleanField(help_text="Whether exactly the threshold carries.")
    seats = NamedSerializer(many=True, help_text="To the body's people.")
    ballots = BallotSerializer(many=True)


class PanelVoteBody(Strict):
    """One expert's own vote."""

    choice = serializers.ChoiceField([choice.value for choice in Choice], help_text="The caller's own vote.")
    reason = optional_text(max_length=2000, help_text="Kept with the vote once it is counted. At most 2,000.")


class ObjectionSerializer(serializers.Serializer[Any]):
    """What somebody outside said against the recommendation."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True, help_text="To the desk and the decider.")
    contact = serializers.CharField(allow_blank=True, help_text="To the desk and the decider.")
    text = serializers.CharField()
    at = serializers.DateTimeField()
    upheld = serializers.BooleanField(allow_null=True, help_text="Null until it is settled.")
    answer = serializers.CharField(allow_blank=True)
    settled_by = NamedSerializer(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    answer_mail = serializers.CharField(
        allow_blank=True, help_text="Where the mail with the answer stands: queued, sent, failed; to the desk."
    )


class ObjectionsSerializer(serializers.Serializer[Any]):
    """Objections to a recommendation, the first first."""

    objections = ObjectionSerializer(many=True)


class SettleBody(Strict):
    """The answer to an objection."""

    upheld = serializers.BooleanField(help_text="Then nothing can be certified on this recommendation.")
    answer = printable_text(max_length=REASONS, help_text="Mailed to whoever objected. At most 4,000 characters.")


class VerificationReportSerializer(serializers.Serializer[Any]):
    """A signed document, or one in the making."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="report or certificate.")
    language = serializers.CharField(help_text="en or zh-hans.")
    state = serializers.CharField(help_text="queued, rendering, signed or failed.")
    attempts = serializers.IntegerField(allow_null=True, help_text="To desk and decider.")
    error = serializers.CharField(allow_blank=True, help_text="Why it failed; to desk and decider.")
    progressed_at = serializers.DateTimeField()
    sha256 = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True, help_text="Verification code printed in its foot.")


class VerificationReportsSerializer(serializers.Serializer[Any]):
    """The documents of a verification."""

    reports = VerificationReportSerializer(many=True)
