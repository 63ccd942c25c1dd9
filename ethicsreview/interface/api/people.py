"""Organisations, their people and invitations."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from ethicsreview.accounts.actions import edit_letterhead, end_membership, invite, withdraw_invitation
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Problem, Refused
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User
from ethicsreview.accounts.queries import (
    may_manage,
    members_of,
    open_invitations,
    organisations_in_reach,
    organisations_kept_by,
    organisations_of,
)
from ethicsreview.accounts.wording import sentences
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Missing, Stop
from ethicsreview.interface.domain.tokens import Half
from ethicsreview.interface.serializers.people import (
    EndBody,
    InvitationSerializer,
    InviteBody,
    LetterheadBody,
    MembershipSerializer,
    OrganisationRowSerializer,
    OrganisationSerializer,
)


def refused(error: Exception) -> Stop | None:
    """What accounts refuse, as a problem: 403 for what is not the caller's, 409 for the rest."""
    if not isinstance(error, Refused):
        return None
    if Problem.NOT_ALLOWED in error.problems:
        return Stop(Kind.NOT_ALLOWED)
    told = zip(error.problems, sentences(error.problems), strict=True)
    return Stop(Kind.REFUSED, missing=tuple(Missing(problem.value, "", words, "") for problem, words in told))


def own_organisation(caller: User, pk: int, *, managed: bool = False) -> Organisation:
    """An organisation whose page the caller may open, or, with ``managed``, keeps; raises ``Http404``."""
    rows = organisations_kept_by if managed else organisations_of
    found = rows(caller, timezone.localdate()).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class OrganisationFilter(django_filters.FilterSet):
    """What narrows the list of organisations."""

    kind = django_filters.ChoiceFilter(
        choices=[(kind.value, kind.value) for kind in OrganisationKind], help_text="What it is."
    )
    province = django_filters.CharFilter(max_length=10, help_text="Code of a province, as 310000.")
    sector = django_filters.CharFilter(max_length=40, help_text="Code of a sector.")


class OrganisationsDoor(ManyDoor):
    """The organisations the caller belongs to or supervises."""

    half, tag, shape, filters = Half.PEOPLE, "people", OrganisationRowSerializer, OrganisationFilter
    ordering = ("pk",)

    def rows(self, **address: Any) -> QuerySet[Organisation]:
        today = timezone.localdate()
        own, covered = organisations_of(self.caller, today), organisations_in_reach(self.caller, today)
        rows = Organisation.objects.filter(pk__in=own.values("pk")) | Organisation.objects.filter(
            pk__in=covered.values("pk")
        )
        return rows.defer("logo")


class OrganisationDoor(ThingDoor):
    """One organisation the caller belongs to."""

    half, tag, shape = Half.PEOPLE, "people", OrganisationSerializer

    def open(self, **address: Any) -> Organisation:
        return own_organisation(self.caller, address["organisation"])

    def data(self, thing: Organisation) -> Data:
        names = OrganisationSerializer().fields.keys()
        told = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
        managed = may_manage(self.caller, thing.pk, timezone.localdate())
        return dict(OrganisationSerializer({**told, "has_logo": bool(thing.logo), "managed": managed}).data)

    def allows(self, deed: Deed, thing: Organisation) -> bool:
        return may_manage(self.caller, thing.pk, timezone.localdate())

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


class MembershipsDoor(ManyDoor):
    """Every term ever held in an organisation the caller belongs to."""

    half, tag, shape = Half.PEOPLE, "people", MembershipSerializer

    def rows(self, **address: Any) -> QuerySet[Membership]:
        return members_of(own_organisation(self.caller, address["organisation"]))


class MembershipDoor(ThingDoor):
    """One term, for those who keep the organisation's people."""

    half, tag, shape = Half.PEOPLE, "people", MembershipSerializer

    def open(self, **address: Any) -> Membership:
        organisation = own_organisation(self.caller, address["organisation"])
        found = members_of(organisation).filter(pk=address["membership"]).first()
        if found is None:
            raise Http404
        return found

    def allows(self, deed: Deed, thing: Membership) -> bool:
        return may_manage(self.caller, thing.organisation_id, timezone.localdate())

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


class InvitationsDoor(ManyDoor):
    """Invitations that can still be accepted, for those who keep the organisation's people."""

    half, tag, shape = Half.PEOPLE, "people", InvitationSerializer

    def rows(self, **address: Any) -> QuerySet[Invitation]:
        return open_invitations(self.parent(**address), timezone.now())

    def parent(self, **address: Any) -> Organisation:
        return own_organisation(self.caller, address["organisation"], managed=True)

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


class InvitationDoor(ThingDoor):
    """One open invitation."""

    half, tag, shape = Half.PEOPLE, "people", InvitationSerializer

    def open(self, **address: Any) -> Invitation:
        organisation = own_organisation(self.caller, address["organisation"], managed=True)
        found = open_invitations(organisation, timezone.now()).filter(pk=address["invitation"]).first()
        if found is None:
            raise Http404
        return found

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error)


def _edit(thing: Organisation, caller: User, now: datetime, body: Data) -> object:
    return edit_letterhead(thing.pk, **body, actor=caller, now=now)


def _end(thing: Membership, caller: User, now: datetime, body: Data) -> object:
    return end_membership(thing.pk, last_day=body["last_day"], actor=caller, now=now)


def _invite(thing: Organisation, caller: User, now: datetime, body: Data) -> object:
    given = {**body, "role": MemberRole(body["role"])}
    return invite(organisation_id=thing.pk, **given, actor=caller, now=now)


def _withdraw(thing: Invitation, caller: User, now: datetime, body: Data) -> object:
    return withdraw_invitation(thing.pk, actor=caller, now=now)


EDIT = Deed(
    "organisation_edit",
    "Change names and letterhead",
    _edit,
    takes=LetterheadBody,
    example={"name": "Lakeside Review Office", "name_zh": "湖畔审查办公室"},
)
END = Deed("membership_end", "End a term", _end, takes=EndBody, example={"last_day": "2026-12-31"})
INVITE = Deed(
    "invitation_send",
    "Invite somebody to a role",
    _invite,
    takes=InviteBody,
    created=True,
    description="A link that works once and for fourteen days is mailed; an earlier one for the same role is void.",
    example={"email": "mei@example.org", "name": "Mei Lin", "role": "member", "language": "zh-hans"},
)
WITHDRAW = Deed("invitation_withdraw", "Withdraw an invitation", _withdraw)
