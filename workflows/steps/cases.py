"""What several actions on cases share; needs their open transaction and writes no event but the one asked for."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ethicsreview.accounts.models import User
from ethicsreview.audit.steps import record
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify
from workflows.domain.casefacts import CaseFacts
from workflows.domain.gapcodes import Refused
from workflows.domain.states import State
from workflows.domain.transitions import Transition, gaps
from workflows.models import Application, Case, Wait
from workflows.queries.folders import Folder
from workflows.queries.people import case_link, case_params


def lock_case(case_id: int) -> Case:
    """The case's row, held until the transaction ends; always taken before the audit chain."""
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("committee__host", "rulebook", "instrument", "acting_chair")
        .defer("rulebook__content", "instrument__content")
        .get(pk=case_id)
    )


def open_folder(case_id: int, *, actor: User, now: datetime) -> Folder:
    """The locked case with everything about it, as the person acting stands to it."""
    return Folder(lock_case(case_id), user=actor, now=now)


def guard(transition: Transition, folder: Folder, **given: Any) -> CaseFacts:
    """The facts, with what the request itself gives put in. Raises ``Refused`` naming every gap."""
    facts = replace(folder.facts, **given)
    found = gaps(transition, facts, folder.rules)
    if found:
        raise Refused(found)
    return facts


def move(case: Case, target: State | None, *, now: datetime, **fields: Any) -> dict[str, str]:
    """Set the state and the given fields; returns what the event says of the change."""
    was = case.state
    if target is not None:
        case.state = target.value
    case.changed_at = now
    for name, value in fields.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "changed_at", *fields])
    return {"was": was, "became": case.state}


def note(case: Case, verb: str, *, actor: User | None, now: datetime, **facts: Any) -> None:
    """One audit event of the case on its committee host's chain."""
    record(
        chain=f"organisation:{case.committee.host_id}",
        at=now,
        actor=actor.pk if actor else None,
        verb=verb,
        subject=f"case:{case.pk}",
        **facts,
    )


def tell(folder: Folder, users: Sequence[User], verb: Verb, **params: str | date) -> None:
    """A notice about the case to these people, those recused left out, the one acting too."""
    case = folder.case
    standing = {conflict.user_id for conflict in folder.conflicts if conflict.lifted_at is None}
    notify(
        users=[user for user in users if user.pk not in standing and user.pk != folder.user.pk],
        verb=verb,
        params=case_params(case, **params),
        link=case_link(case),
        at=folder.now,
        subject=f"case:{case.pk}",
    )


def open_version(folder: Folder) -> Application:
    """A new version to work on, begun from the newest one."""
    last = folder.application
    return Application.objects.create(
        case=folder.case, number=last.number + 1, answers=last.answers, saved_at=folder.now
    )


def start_wait(case: Case, kind: str, *, now: datetime) -> None:
    """From now on the committee waits for the applicant."""
    Wait.objects.create(case=case, kind=kind, started_at=now)


def end_wait(case: Case, *, now: datetime) -> None:
    """The applicant has answered."""
    Wait.objects.filter(case=case, ended_at__isnull=True).update(ended_at=now)


def digest_of(value: Any) -> str:
    """SHA-256 over the canonical JSON of a plain value: sorted keys, no blanks, as 64 hexadecimal digits."""
    form = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()
