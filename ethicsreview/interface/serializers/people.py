"""Shapes of organisations, people, the history, tokens and webhooks."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.domain.webhooks import TELLABLE, DeliveryState, Failure
from ethicsreview.interface.serializers import Strict

LANGUAGES = [code for code, _name in settings.LANGUAGES]
ROLES = [role.value for role in MemberRole]


class OrganisationRowSerializer(serializers.Serializer[Any]):
    """An organisation as a row."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField([kind.value for kind in OrganisationKind])
    name = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    credit_code = serializers.CharField(allow_blank=True, help_text="Unified social credit code, 18 characters.")
    province = serializers.CharField(allow_blank=True, help_text="Code of the province (GB/T 2260).")
    sector = serializers.CharField(allow_blank=True)
    reach = serializers.ChoiceField([reach.value for reach in Reach], help_text="How far an authority sees.")


class OrganisationSerializer(OrganisationRowSerializer):
    """One organisation the caller belongs to."""

    letterhead_en = serializers.CharField(allow_blank=True)
    letterhead_zh = serializers.CharField(allow_blank=True)
    has_logo = serializers.BooleanField()
    managed = serializers.BooleanField(help_text="Whether the caller keeps its page and people.")


class LetterheadBody(Strict):
    """What stands on the organisation's documents."""

    name = serializers.CharField(max_length=200, help_text="In Latin letters.")
    name_zh = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="In Chinese.")
    letterhead_en = serializers.CharField(max_length=600, allow_blank=True, default="", help_text="At most six lines.")
    letterhead_zh = serializers.CharField(max_length=600, allow_blank=True, default="", help_text="At most six lines.")


class MembershipSerializer(serializers.Serializer[Any]):
    """A person's role in an organisation for a term."""

    id = serializers.IntegerField()
    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    name_zh = serializers.CharField(source="user.name_zh", allow_blank=True)
    role = serializers.ChoiceField(ROLES)
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True, help_text="Last day, inclusive; null without end.")


class EndBody(Strict):
    """The last day of a term."""

    last_day = serializers.DateField(help_text="Inclusive; yesterday ends the term at once.")


class InvitationSerializer(serializers.Serializer[Any]):
    """An offer of a role that can still be accepted."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(ROLES)
    language = serializers.ChoiceField(LANGUAGES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True, help_text="Null until the mail has left.")


class InviteBody(Strict):
    """Whom to invite, as what, and in which language to write."""

    email = serializers.EmailField(max_length=254, help_text="Where the link is mailed.")
    name = serializers.CharField(max_length=120, help_text="Of the person, in Latin letters.")
    role = serializers.ChoiceField(ROLES, help_text="One that this kind of organisation has.")
    language = serializers.ChoiceField(LANGUAGES, default="en", help_text="Of the mail.")


class EventSerializer(serializers.Serializer[Any]):
    """One event of a hash-chained history. README says how its digest is recomputed."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.IntegerField(allow_null=True, help_text="Id of the person; null for the system itself.")
    verb = serializers.CharField()
    subject = serializers.CharField(help_text="<kind>:<id>")
    facts = serializers.JSONField()
    previous = serializers.CharField(help_text="Digest of the event before; 64 zeros for the first.")
    digest = serializers.CharField(help_text="SHA-256 of the event's canonical form.")


class ChainSerializer(serializers.Serializer[Any]):
    """Whether a chain holds, and its head."""

    chain = serializers.CharField()
    holds = serializers.BooleanField()
    count = serializers.IntegerField(help_text="Events up to where it holds.")
    head_number = serializers.IntegerField()
    head_digest = serializers.CharField()


class TokenSerializer(serializers.Serializer[Any]):
    """A token; its secret is told once, on the page where it is made."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField([scope.value for scope in Scope]))
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")


class WebhookSerializer(serializers.Serializer[Any]):
    """An address that is told of events."""

    id = serializers.IntegerField()
    organisation = serializers.IntegerField(source="organisation_id")
    address = serializers.CharField()
    verbs = serializers.ListField(child=serializers.CharField(), help_text="Empty: every event that can be told.")
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class NewWebhookSerializer(WebhookSerializer):
    """A webhook that was just made, with its secret."""

    secret = serializers.CharField(help_text="Told now and never again: whsec_…, for checking webhook-signature.")


class WebhookBody(Strict):
    """Where to send, and which events."""

    address = serializers.CharField(max_length=500, help_text="https, and not inside a private network.")
    verbs = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=len(TELLABLE),
        help_text="Verbs as case.accept, or all of a kind as case.*; empty for all.",
    )


class DeliverySerializer(serializers.Serializer[Any]):
    """One event told to one webhook."""

    id = serializers.IntegerField()
    verb = serializers.CharField(source="event.verb")
    subject = serializers.CharField(source="event.subject")
    number = serializers.IntegerField(source="event.number")
    state = serializers.ChoiceField([state.value for state in DeliveryState])
    attempts = serializers.IntegerField()
    next_try_at = serializers.DateTimeField()
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.ChoiceField(
        [failure.value for failure in Failure], allow_blank=True, help_text="Why the receiver was not reached."
    )
    delivered_at = serializers.DateTimeField(allow_null=True)
