"""Who calls, as the door sees it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import current_memberships
from ethicsreview.interface.actions import revoke_token
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.api.people import refused
from ethicsreview.interface.domain.problems import Stop
from ethicsreview.interface.domain.tokens import Half, Scope
from ethicsreview.interface.models import Token
from ethicsreview.interface.queries import tokens_of
from ethicsreview.interface.serializers.people import TokenSerializer


class OwnRoleSerializer(serializers.Serializer[Any]):
    """A role in an organisation."""

    organisation = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField([role.value for role in MemberRole])


class OwnTokenSerializer(serializers.Serializer[Any]):
    """The token that was shown."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField([scope.value for scope in Scope]))
    expires_at = serializers.DateTimeField()


class OwnSerializer(serializers.Serializer[Any]):
    """The person or service account behind the token, and the roles of today."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    service = serializers.BooleanField(help_text="A service account of an organisation.")
    roles = OwnRoleSerializer(many=True)
    token = OwnTokenSerializer()


class OwnDoor(ThingDoor):
    """Any running token reads this about itself, whatever its scopes."""

    shape = OwnSerializer
    half = Half.PEOPLE
    tag = "people"
    scoped = False

    def open(self, **address: Any) -> Token:
        token = self.request.auth
        assert isinstance(token, Token)  # noqa: S101  Covered has asked for a token
        return token

    def data(self, thing: Token) -> dict[str, Any]:
        caller, language = self.caller, self.language
        roles = [
            {"organisation": held.organisation_id, "name": held.organisation.name_in(language), "role": held.role}
            for held in current_memberships(caller, timezone.localdate())
        ]
        told = {"name": caller.name_in(language), "service": caller.is_service, "roles": roles, "token": thing}
        return dict(OwnSerializer({"id": caller.pk, **told}).data)


class TokensDoor(ManyDoor):
    """The caller's own tokens, newest first."""

    half, tag, shape = Half.PEOPLE, "people", TokenSerializer

    def rows(self, **address: Any) -> QuerySet[Token]:
        return tokens_of(self.caller)


class TokenDoor(ThingDoor):
    """One of the caller's own tokens."""

    half, tag, shape = Half.PEOPLE, "people", TokenSerializer

    def open(self, **address: Any) -> Token:
        found = tokens_of(self.caller).filter(pk=address["token"]).first()
        if found is None:
            raise Http404
        return found

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


def _revoke(thing: Token, caller: User, now: datetime, body: Data) -> object:
    return revoke_token(thing.pk, actor=caller, now=now)


REVOKE = Deed(
    "token_revoke",
    "Revoke a token",
    _revoke,
    description="At once; revoking the one shown ends this program's access.",
)
