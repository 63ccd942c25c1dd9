"""How a person comes to hold a role, and how the term ends."""

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from ethicsreview.accounts import tasks
from ethicsreview.accounts.domain import (
    ROLES_OF_KIND,
    MemberRole,
    OrganisationKind,
    Problem,
    Refused,
    fingerprint,
)
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User
from ethicsreview.accounts.queries import account_for, has_role, may_manage, usable
from ethicsreview.accounts.reporting import invitation_token
from ethicsreview.accounts.wording import ROLES, in_both
from ethicsreview.audit.domain import OPERATOR_CHAIN, organisation_chain
from ethicsreview.audit.steps import record
from ethicsreview.notices.domain import Verb, wait_after
from ethicsreview.notices.steps import notify

VALID_FOR = timedelta(days=14)  # how long an invitation can be accepted


@transaction.atomic(durable=True)
def invite(
    *,
    organisation_id: int,
    email: str,
    name: str,
    role: MemberRole,
    language: str,
    actor: User,
    now: datetime,
) -> Invitation:
    """Offer ``role`` to the person behind ``email`` by mail, for ``VALID_FOR``.

    An earlier open invitation to the same person for the same role is withdrawn, so that one link works. Raises
    ``Refused``.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    address = email.strip().lower()
    _check_invite(organisation, address, role, actor=actor, now=now)
    _withdraw_earlier(organisation, address, role, actor=actor, now=now)
    invitation = Invitation(
        organisation=organisation, email=address, name=name.strip(), role=role.value, language=language
    )
    _give_link(invitation, actor=actor, now=now)
    _record("invitation.sent", invitation, actor=actor, now=now)
    transaction.on_commit(lambda: tasks.mail_invitation.delay(invitation_id=invitation.pk), robust=True)
    return invitation


def _give_link(invitation: Invitation, *, actor: User, now: datetime) -> None:
    """Keep the invitation with a link that works from now on; the link itself is mailed and not kept."""
    invitation.nonce = secrets.token_hex(16)
    invitation.token_sha256 = fingerprint(invitation_token(invitation.nonce))
    invitation.invited_by, invitation.created_at = actor, now
    invitation.expires_at, invitation.next_mail_at = now + VALID_FOR, now + wait_after(0)
    invitation.save(force_insert=True)


def _check_invite(organisation: Organisation, address: str, role: MemberRole, *, actor: User, now: datetime) -> None:
    day = localdate(now)
    if not may_manage(actor, organisation.pk, day):
        raise Refused(Problem.NOT_ALLOWED)
    if role not in ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
        raise Refused(Problem.ROLE_NOT_FOR_KIND)
    person = User.objects.filter(email=address).first()
    if person is not None and not person.is_active:
        raise Refused(Problem.ACCOUNT_CLOSED)
    if person is not None and has_role(person, role, organisation.pk, day):
        raise Refused(Problem.ALREADY_MEMBER)


def _withdraw_earlier(
    organisation: Organisation, address: str, role: MemberRole, *, actor: User, now: datetime
) -> None:
    earlier = Invitation.objects.select_for_update().filter(
        organisation=organisation, email=address, role=role.value, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    for invitation in earlier:
        _withdraw(invitation, actor=actor, now=now)


@transaction.atomic(durable=True)
def withdraw_invitation(invitation_id: int, *, actor: User, now: datetime) -> Invitation:
    """Make an open invitation's link worthless. Raises ``Refused``."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if not may_manage(actor, invitation.organisation_id, localdate(now)):
        raise Refused(Problem.NOT_ALLOWED)
    if invitation.accepted_at is not None:
        raise Refused(Problem.INVITATION_USED)
    if invitation.withdrawn_at is not None:
        raise Refused(Problem.INVITATION_WITHDRAWN)
    _withdraw(invitation, actor=actor, now=now)
    return invitation


def _withdraw(invitation: Invitation, *, actor: User, now: datetime) -> None:
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    _record("invitation.withdrawn", invitation, actor=actor, now=now)


def _record(verb: str, invitation: Invitation, *, actor: User, now: datetime) -> None:
    record(
        chain=organisation_chain(invitation.organisation_id),
        at=now,
        actor=actor.pk,
        verb=verb,
        subject=f"invitation:{invitation.pk}",
        role=invitation.role,
    )


@transaction.atomic(durable=True)
def accept_invitation(
    token: str,
    *,
    actor: User | None,
    now: datetime,
    name: str = "",
    name_zh: str = "",
    password: str = "",
) -> Membership:
    """Take up the role a mailed ``token`` offers, from today on.

    Someone new (``actor`` is None) gets an account with ``name`` and ``password``, which the form has checked; someone
    with an account must be signed in with it. Raises ``Refused``.
    """
    invitation = Invitation.objects.select_for_update().filter(token_sha256=fingerprint(token)).first()
    invitation = usable(invitation, now=now)
    person = account_for(invitation, actor=actor)
    if person is None:
        person = _create_person(invitation, name=name, name_zh=name_zh, password=password, now=now)
    day = localdate(now)
    role = MemberRole(invitation.role)
    if has_role(person, role, invitation.organisation_id, day):
        raise Refused(Problem.ALREADY_MEMBER)
    membership = Membership.objects.create(
        user=person, organisation_id=invitation.organisation_id, role=role.value, starts=day
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    _tell_of_start(invitation, membership, person=person, now=now)
    return membership


def _create_person(invitation: Invitation, *, name: str, name_zh: str, password: str, now: datetime) -> User:
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                invitation.email, password, name=name.strip(), name_zh=name_zh.strip(), language=invitation.language
            )
    except IntegrityError as taken:
        raise Refused(Problem.SIGN_IN_FIRST) from taken
    record(
        chain=OPERATOR_CHAIN,
        at=now,
        actor=person.pk,
        verb="user.created",
        subject=f"user:{person.pk}",
        invitation=invitation.pk,
    )
    return person


def _tell_of_start(invitation: Invitation, membership: Membership, *, person: User, now: datetime) -> None:
    organisation = invitation.organisation
    record(
        chain=organisation_chain(organisation.pk),
        at=now,
        actor=person.pk,
        verb="membership.started",
        subject=f"membership:{membership.pk}",
        user=person.pk,
        role=membership.role,
        starts=membership.starts.isoformat(),
        invitation=invitation.pk,
    )
    notify(
        users=[invitation.invited_by],
        verb=Verb.INVITATION_ACCEPTED,
        params={
            "person": {"en": person.name, "zh": person.name_in("zh")},
            "organisation": {"en": organisation.name, "zh": organisation.name_in("zh")},
            "role": in_both(ROLES[MemberRole(membership.role)]),
        },
        link=reverse("accounts:organisation", args=[organisation.pk]),
        at=now,
        subject=f"membership:{membership.pk}",
    )


@transaction.atomic(durable=True)
def end_membership(membership_id: int, *, last_day: date, actor: User, now: datetime) -> Membership:
    """End a term with ``last_day``, which still counts; yesterday ends it at once. Raises ``Refused``."""
    membership = _locked_membership(membership_id)
    _check_end(membership, last_day, actor=actor, now=now)
    membership.ends = last_day
    membership.save(update_fields=["ends"])
    _tell_of_end(membership, last_day, actor=actor, now=now)
    return membership


def _locked_membership(membership_id: int) -> Membership:
    """The organisation is locked first: two managers who end each other's term must not both succeed."""
    rows = Membership.objects.select_related("organisation", "user")
    organisation_id = rows.get(pk=membership_id).organisation_id
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    return rows.select_for_update(of=("self",)).get(pk=membership_id)


def _tell_of_end(membership: Membership, last_day: date, *, actor: User, now: datetime) -> None:
    organisation = membership.organisation
    record(
        chain=organisation_chain(organisation.pk),
        at=now,
        actor=actor.pk,
        verb="membership.ended",
        subject=f"membership:{membership.pk}",
        user=membership.user_id,
        role=membership.role,
        ends=last_day.isoformat(),
    )
    notify(
        users=[membership.user],
        verb=Verb.MEMBERSHIP_ENDED,
        params={
            "organisation": {"en": organisation.name, "zh": organisation.name_in("zh")},
            "role": in_both(ROLES[MemberRole(membership.role)]),
            "date": last_day.isoformat(),
        },
        link=reverse("accounts:profile"),
        at=now,
        subject=f"membership:{membership.pk}",
    )


def _check_end(membership: Membership, last_day: date, *, actor: User, now: datetime) -> None:
    today = localdate(now)
    if not may_manage(actor, membership.organisation_id, today):
        raise Refused(Problem.NOT_ALLOWED)
    if membership.ends is not None and membership.ends < today:
        raise Refused(Problem.NOT_CURRENT)
    if last_day < max(membership.starts, today - timedelta(days=1)):
        raise Refused(Problem.LAST_DAY_TOO_EARLY)
    if membership.role == MemberRole.MANAGER.value and not actor.is_staff:
        others = Membership.objects.current(max(last_day, today)).filter(
            Q(ends__isnull=True) | Q(ends__gt=last_day),
            organisation=membership.organisation_id,
            role=MemberRole.MANAGER.value,
            user__is_active=True,
        )
        if not others.exclude(pk=membership.pk).exists():
            raise Refused(Problem.LAST_MANAGER)
