"""How a person's account changes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from ethicsreview.accounts import tasks
from ethicsreview.accounts.domain import Problem, Refused, Theme
from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import OPERATOR_CHAIN
from ethicsreview.audit.steps import record
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify

BETWEEN_LINKS = 120  # seconds in which a person is not mailed a second link


@dataclass(frozen=True)
class UserData:
    """What the operator says of a person."""

    email: str
    name: str
    name_zh: str = ""
    language: str = "en"
    is_active: bool = True
    is_staff: bool = False


@transaction.atomic(durable=True)
def save_user(user_id: int | None, *, data: UserData, actor: User, now: datetime) -> User:
    """Make an account (``user_id`` is None; the person is mailed a link to set a password) or change one.

    The operator alone, and nobody takes the operator's rights from the account in use. Raises ``Refused``.
    """
    if not actor.is_staff:
        raise Refused(Problem.NOT_ALLOWED)
    columns = {**asdict(data), "email": data.email.strip().lower()}
    if user_id is None:
        return _create(columns, actor=actor, now=now)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.pk == actor.pk and not (data.is_active and data.is_staff):
        raise Refused(Problem.OWN_RIGHTS)
    changed = [name for name, value in columns.items() if getattr(user, name) != value]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, columns[name])
    try:
        with transaction.atomic():
            user.save(update_fields=changed)
    except IntegrityError as taken:
        raise Refused(Problem.ADDRESS_TAKEN) from taken
    facts = {"changed": changed, "is_active": user.is_active, "is_staff": user.is_staff}
    _record("user.changed", user, actor=actor, now=now, **facts)
    return user


def _create(columns: dict[str, Any], *, actor: User, now: datetime) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create_user(password=None, **columns)
    except IntegrityError as taken:
        raise Refused(Problem.ADDRESS_TAKEN) from taken
    _record("user.created", user, actor=actor, now=now, is_active=user.is_active, is_staff=user.is_staff)
    _mail_link(user, "account_created")
    return user


@transaction.atomic(durable=True)
def edit_profile(*, name: str, name_zh: str, actor: User, now: datetime) -> User:
    """Change how the actor is named."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    columns = {"name": name.strip(), "name_zh": name_zh.strip()}
    changed = [column for column, value in columns.items() if getattr(user, column) != value]
    if changed:
        user.name, user.name_zh = columns["name"], columns["name_zh"]
        user.save(update_fields=changed)
        _record("user.changed", user, actor=actor, now=now, changed=changed)
    return user


@transaction.atomic(durable=True)
def set_preferences(*, language: str | None, theme: Theme | None, actor: User, now: datetime) -> User:
    """Keep the actor's language and colours; None leaves one as it is.

    No audit event: how somebody reads is nobody's business, and a chain full of colours hides what matters.
    """
    user = User.objects.select_for_update().get(pk=actor.pk)
    user.language = language or user.language
    user.theme = theme.value if theme else user.theme
    user.save(update_fields=["language", "theme"])
    return user


@transaction.atomic(durable=True)
def change_password(user_id: int, *, password: str, actor: User, now: datetime) -> User:
    """Set a password that the form has checked, and tell the person; one's own alone. Raises ``Refused``.

    By a mailed link the actor is the person the link was mailed to.
    """
    if actor.pk != user_id:
        raise Refused(Problem.NOT_ALLOWED)
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_active:
        raise Refused(Problem.ACCOUNT_CLOSED)
    user.set_password(password)
    user.save(update_fields=["password"])
    _record("user.password_changed", user, actor=actor, now=now)
    notify(
        users=[user],
        verb=Verb.PASSWORD_CHANGED,
        params={"date": now.isoformat()},
        link=reverse("accounts:password-reset"),
        at=now,
        subject=f"user:{user.pk}",
    )
    return user


@transaction.atomic(durable=True)
def request_password_link(email: str, *, now: datetime) -> None:
    """Mail a link to set a password, if there is an open account with this address; the caller learns nothing.

    Writes nothing, so it has no actor and no event. A second wish within ``BETWEEN_LINKS`` mails nothing.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True, is_service=False).first()
    if user is not None and cache.add(f"accounts:password-link:{user.pk}", now.isoformat(), BETWEEN_LINKS):
        _mail_link(user, "password_reset")


def _mail_link(user: User, verb: str) -> None:
    transaction.on_commit(lambda: tasks.mail_password_link.delay(user_id=user.pk, verb=verb), robust=True)


def _record(verb: str, user: User, *, actor: User, now: datetime, **facts: Any) -> None:
    record(chain=OPERATOR_CHAIN, at=now, actor=actor.pk, verb=verb, subject=f"user:{user.pk}", **facts)
