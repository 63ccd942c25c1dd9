"""How tokens and webhooks come and go, and how a repeated call is kept to one change."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from ethicsreview.accounts.domain import ROLES_OF_KIND, MemberRole, OrganisationKind, Problem, Refused
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.queries import may_manage
from ethicsreview.audit.domain import OPERATOR_CHAIN, organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chain_head
from ethicsreview.audit.steps import record
from ethicsreview.interface.domain.tokens import LONGEST_TERM, SERVICE_ROLES, Scope, fingerprint, spell
from ethicsreview.interface.domain.webhooks import DeliveryState, may_be_told, wanted
from ethicsreview.interface.domain.webhooks import spell as spell_secret
from ethicsreview.interface.models import Call, Token, Webhook, WebhookDelivery
from ethicsreview.interface.queries import revocable_by
from ethicsreview.interface.reporting import key_of
from ethicsreview.interface.tasks import send_webhook

USE_NOTED_EVERY = timedelta(minutes=1)
CALLS_KEPT = timedelta(days=1)
EVENTS = 500  # looked at in one run


@transaction.atomic(durable=True)
def make_token(
    *, name: str, scopes: Collection[Scope], expires_at: datetime, actor: User, now: datetime
) -> tuple[Token, str]:
    """A token with the actor's own rights, narrowed by ``scopes``; the second value is its secret, told only now.

    Raises ``Refused`` when it would end before it begins or run longer than ``LONGEST_TERM`` days.
    """
    _check_term(expires_at, now)
    if actor.is_service:
        raise Refused(Problem.NOT_ALLOWED)
    User.objects.select_for_update().get(pk=actor.pk)
    return _make(actor, None, name=name, scopes=scopes, expires_at=expires_at, actor=actor, now=now)


@transaction.atomic(durable=True)
def make_organisation_token(
    organisation_id: int,
    *,
    name: str,
    role: MemberRole,
    scopes: Collection[Scope],
    expires_at: datetime,
    actor: User,
    now: datetime,
) -> tuple[Token, str]:
    """A token of an organisation: a service account with this one role there, for which the actor answers.

    Its manager alone makes one. Raises ``Refused``.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    day = localdate(now)
    if actor.is_service or not may_manage(actor, organisation_id, day):
        raise Refused(Problem.NOT_ALLOWED)
    if role not in SERVICE_ROLES.intersection(ROLES_OF_KIND[OrganisationKind(organisation.kind)]):
        raise Refused(Problem.ROLE_NOT_FOR_KIND)
    _check_term(expires_at, now)
    service = User.objects.create_user(
        f"service-{secrets.token_hex(8)}@service.invalid", None, name=name.strip(), is_service=True
    )
    Membership.objects.create(user=service, organisation=organisation, role=role.value, starts=day)
    return _make(
        service, organisation, name=name, scopes=scopes, expires_at=expires_at, actor=actor, now=now, role=role.value
    )


def _make(
    user: User,
    organisation: Organisation | None,
    *,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime,
    actor: User,
    now: datetime,
    **facts: Any,
) -> tuple[Token, str]:
    same = Token.objects.running(now).filter(name=name.strip(), organisation=organisation)
    if (same if organisation is not None else same.filter(user=user)).exists():
        raise Refused(Problem.NAME_TAKEN)
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user,
        organisation=organisation,
        name=name.strip(),
        scopes=sorted(scope.value for scope in scopes),
        sha256=fingerprint(secret),
        made_by=actor,
        made_at=now,
        expires_at=expires_at,
    )
    told = {"user": user.pk, "scopes": token.scopes, "expires_at": expires_at.isoformat(), **facts}
    _record("token.made", token, actor=actor, now=now, **told)
    return token, spell(token.pk, secret)


@transaction.atomic(durable=True)
def revoke_token(token_id: int, *, actor: User, now: datetime) -> Token:
    """Close the door for this token at once: by its person, its maker or a manager of its organisation.

    The service account of an organisation's token is closed with it; twice changes nothing. Raises ``Refused``.
    """
    token = Token.objects.select_for_update().get(pk=token_id)
    if not revocable_by(actor, localdate(now)).filter(pk=token_id).exists():
        raise Refused(Problem.NOT_ALLOWED)
    if token.revoked_at is not None:
        return token
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    if token.organisation_id is not None:
        User.objects.filter(pk=token.user_id, is_service=True).update(is_active=False)
    _record("token.revoked", token, actor=actor, now=now)
    return token


def note_use(token: Token, *, now: datetime) -> None:
    """Keep when the token was last used, to the minute; no event, the calls' own events name it."""
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def begin_call(token: Token, *, key: str, fingerprint: str, now: datetime) -> Call:
    """The row of this key, made by whoever comes first."""
    first = {"fingerprint": fingerprint, "begun_at": now}
    return Call.objects.get_or_create(token=token, key=key, defaults=first)[0]


def note_change(call: Call) -> None:
    """Inside the transaction of the change: from now on this call has happened, whatever becomes of its answer."""
    if not call.changed:
        Call.objects.filter(pk=call.pk).update(changed=True)
        call.changed = True


def keep_answer(call: Call, *, status: int, headers: dict[str, str], body: str) -> None:
    """Keep what was answered, for whoever repeats the call."""
    Call.objects.filter(pk=call.pk).update(status=status, headers=headers, body=body)


def forget_call(call: Call) -> None:
    """A call that changed nothing leaves its key free."""
    Call.objects.filter(pk=call.pk, changed=False).delete()


def sweep_calls(*, now: datetime) -> int:
    """Remove the rows of calls older than a day; returns how many."""
    return Call.objects.filter(begun_at__lt=now - CALLS_KEPT).delete()[0]


def _check_term(expires_at: datetime, now: datetime) -> None:
    if not now < expires_at <= now + timedelta(days=LONGEST_TERM):
        raise Refused(Problem.TERM_WRONG)


def _record(verb: str, token: Token, *, actor: User, now: datetime, **facts: Any) -> None:
    owner = token.organisation_id
    chain = organisation_chain(owner) if owner is not None else OPERATOR_CHAIN
    record(chain=chain, at=now, actor=actor.pk, verb=verb, subject=f"token:{token.pk}", **facts)


@transaction.atomic(durable=True)
def make_webhook(
    organisation_id: int, *, address: str, verbs: Collection[str], actor: User, now: datetime
) -> tuple[Webhook, str]:
    """Tell this address of what happens in the organisation's chain from now on; the second value is its secret.

    Its manager alone. Raises ``Refused``; the form has checked the address.
    """
    if not may_manage(actor, organisation_id, localdate(now)):
        raise Refused(Problem.NOT_ALLOWED)
    webhook = Webhook.objects.create(
        organisation_id=organisation_id,
        address=address,
        verbs=sorted(set(verbs)),
        nonce=secrets.token_hex(16),
        told=chain_head(organisation_chain(organisation_id)).number,
        made_by=actor,
        made_at=now,
    )
    _note_webhook("webhook.made", webhook, actor=actor, now=now, verbs=webhook.verbs)
    return webhook, spell_secret(key_of(webhook))


@transaction.atomic(durable=True)
def end_webhook(webhook_id: int, *, actor: User, now: datetime) -> Webhook:
    """Tell this address nothing more; twice changes nothing. Raises ``Refused``."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook_id)
    if not may_manage(actor, webhook.organisation_id, localdate(now)):
        raise Refused(Problem.NOT_ALLOWED)
    if webhook.ended_at is None:
        webhook.ended_at = now
        webhook.save(update_fields=["ended_at"])
        _note_webhook("webhook.ended", webhook, actor=actor, now=now)
    return webhook


@transaction.atomic(durable=True)
def send_again(delivery_id: int, *, actor: User, now: datetime) -> WebhookDelivery:
    """Queue a message anew, whatever became of it before; its identity stays, so that a receiver knows it again.

    Raises ``Refused``.
    """
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook")
    delivery = rows.get(pk=delivery_id)
    if not may_manage(actor, delivery.webhook.organisation_id, localdate(now)):
        raise Refused(Problem.NOT_ALLOWED)
    delivery.state, delivery.attempts, delivery.next_try_at = DeliveryState.QUEUED.value, 0, now
    delivery.save(update_fields=["state", "attempts", "next_try_at"])
    transaction.on_commit(lambda: send_webhook.delay(delivery_id=delivery.pk), robust=True)
    return delivery


@transaction.atomic(durable=True)
def collect_events(webhook_id: int, *, now: datetime) -> int:
    """Put down a message for each event since the last run that the webhook wants; returns how many."""
    webhook = Webhook.objects.select_for_update(skip_locked=True).filter(pk=webhook_id).first()
    if webhook is None or webhook.ended_at is not None:
        return 0
    rows = AuditEvent.objects.filter(chain=organisation_chain(webhook.organisation_id), number__gt=webhook.told)
    events = list(rows.order_by("number")[:EVENTS])
    told = [event for event in events if may_be_told(event.verb) and wanted(event.verb, webhook.verbs)]
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=webhook, event=event, next_try_at=now) for event in told
    )
    if events:
        webhook.told = events[-1].number
        webhook.save(update_fields=["told"])
    return len(told)


def _note_webhook(verb: str, webhook: Webhook, *, actor: User, now: datetime, **facts: Any) -> None:
    chain = organisation_chain(webhook.organisation_id)
    record(chain=chain, at=now, actor=actor.pk, verb=verb, subject=f"webhook:{webhook.pk}", **facts)
