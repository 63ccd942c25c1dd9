"""Organisations, people, committees and seats by the hundred, all or nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from ethicsreview.accounts.models import User
from workflows.domain.bulk_plan import Plan
from workflows.domain.bulk_sheets import Table
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.queries.bulk import plan_tables
from workflows.steps.bulk import carry_out, lock_imports


@transaction.atomic(durable=True)
def import_people_and_bodies(tables: Sequence[Table], *, seen: str, actor: User, now: datetime) -> Plan:
    """Do exactly what ``seen``, the digest of a previewed plan, names; the operator alone. Raises ``Refused``.

    Each thing that is made or changed is one event; people with a new account are mailed a link to set a password.
    """
    if not actor.is_staff:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    today = localdate(now)
    lock_imports(plan_tables(tables, today).plan)
    plan = plan_tables(tables, today).plan
    if plan.faults or not plan.written or plan.digest != seen:
        raise Refused((Gap(GapCode.STALE),))
    try:
        with transaction.atomic():
            carry_out(plan, actor=actor, now=now)
    except IntegrityError:  # somebody else made the same account, committee, role or seat a moment ago
        raise Refused((Gap(GapCode.STALE),)) from None
    return plan
