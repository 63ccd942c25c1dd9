"""What the actions on people and organisations share with a bulk import; needs an open transaction.

Nothing here writes an event: what is to be recorded comes back, and the action records it once all rows are written.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from ethicsreview.accounts import tasks
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.audit.domain import OPERATOR_CHAIN, organisation_chain
from ethicsreview.audit.steps import Entry

# What decides who may do and see what: the event says how these were and became, not only that they changed.
WEIGHTY = ("kind", "reach", "province", "sector")


def weighty(organisation: Organisation) -> dict[str, str]:
    """The columns whose change everybody concerned should be able to read."""
    return {name: getattr(organisation, name) for name in WEIGHTY}


def assign(organisation: Organisation, columns: Mapping[str, str]) -> list[str]:
    """Give the columns their values, unsaved; the names of those that changed."""
    changed = [name for name, value in columns.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, columns[name])
    return changed


def organisation_entry(
    verb: str, organisation: Organisation, *, actor: User, now: datetime, facts: dict[str, Any]
) -> Entry:
    """An event of an organisation."""
    chain = organisation_chain(organisation.pk)
    return Entry(chain, now, actor.pk, verb, f"organisation:{organisation.pk}", facts)


def created_facts(organisation: Organisation, covered: Collection[int]) -> dict[str, Any]:
    """What is recorded of a new organisation."""
    return {"became": weighty(organisation), "covered": sorted(covered)}


def changed_facts(
    organisation: Organisation, changed: list[str], was: dict[str, str], covered: Collection[int]
) -> dict[str, Any]:
    """What is recorded of a changed one; ``was`` are its weighty columns before."""
    return {"changed": changed, "was": was, "became": weighty(organisation), "covered": sorted(covered)}


def add_accounts(
    columns: Sequence[Mapping[str, str]], *, actor: User, now: datetime
) -> tuple[list[User], list[Entry]]:
    """Accounts without a password; once this is committed each person is mailed a link to set one."""
    people = [User(password=make_password(None), **one) for one in columns]
    User.objects.bulk_create(people)
    ids = [person.pk for person in people]
    transaction.on_commit(lambda: _mail_links(ids), robust=True)
    return people, [_account_entry("user.created", one, actor=actor, now=now, **_rights(one)) for one in people]


def _mail_links(ids: list[int]) -> None:
    for pk in ids:
        tasks.mail_password_link.delay(user_id=pk, verb="account_created")


def rename_accounts(columns: Mapping[int, Mapping[str, str]], *, actor: User, now: datetime) -> list[Entry]:
    """Change the names of accounts by their ids."""
    people = list(User.objects.select_for_update().filter(pk__in=columns).order_by("pk"))
    entries = []
    for person in people:
        given = columns[person.pk]
        changed = [name for name, value in given.items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, given[name])
        entries.append(
            _account_entry("user.changed", person, actor=actor, now=now, changed=changed, **_rights(person))
        )
    User.objects.bulk_update(people, ["name", "name_zh"])
    return entries


def _rights(person: User) -> dict[str, bool]:
    return {"is_active": person.is_active, "is_staff": person.is_staff}


def _account_entry(verb: str, person: User, *, actor: User, now: datetime, **facts: Any) -> Entry:
    return Entry(OPERATOR_CHAIN, now, actor.pk, verb, f"user:{person.pk}", facts)


def begin_roles(rows: Sequence[Membership], *, actor: User, now: datetime) -> list[Entry]:
    """Roles that begin without an invitation: the operator gives them."""
    Membership.objects.bulk_create(rows)
    return [
        _role_entry(
            "membership.started", row, actor=actor, now=now, starts=row.starts.isoformat(), ends=_iso(row.ends)
        )
        for row in rows
    ]


def end_roles(last_days: Mapping[int, date], *, actor: User, now: datetime) -> list[Entry]:
    """Give roles, by their ids, a last day."""
    rows = list(Membership.objects.select_for_update().filter(pk__in=last_days).order_by("pk"))
    for row in rows:
        row.ends = last_days[row.pk]
    Membership.objects.bulk_update(rows, ["ends"])
    return [_role_entry("membership.ended", row, actor=actor, now=now, ends=_iso(row.ends)) for row in rows]


def _role_entry(verb: str, row: Membership, *, actor: User, now: datetime, **facts: Any) -> Entry:
    chain = organisation_chain(row.organisation_id)
    return Entry(chain, now, actor.pk, verb, f"membership:{row.pk}", {"user": row.user_id, "role": row.role, **facts})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
