"""What several actions on verifications and certificates share; needs their open transaction.

None writes an event but the one it is asked for.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.steps import record
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify
from workflows.domain.clock import last_day
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_facts import VerificationFacts
from workflows.domain.verification_states import VState
from workflows.domain.verification_table import Transition, verification_gaps
from workflows.models import Certificate, SentBack, Verification
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import full


def lock_verification(verification_id: int, *, actor: User | None, now: datetime) -> VerificationFolder:
    """The verification's row, held until the transaction ends, as ``actor`` stands to it; before the audit chain."""
    rows = full(Verification.objects.all()).select_for_update(of=("self",))
    return VerificationFolder(rows.get(pk=verification_id), user=actor or User(), now=now)


def guard(transition: Transition, folder: VerificationFolder, **given: Any) -> VerificationFacts:
    """The facts, with what the request itself gives put in. Raises ``Refused`` naming every gap."""
    facts = replace(folder.facts, **given)
    found = verification_gaps(transition, facts, folder.scheme)
    if found:
        raise Refused(found)
    return facts


def move(folder: VerificationFolder, target: VState | None, **fields: Any) -> dict[str, str]:
    """Set the state and the given fields; returns what the event says of the change."""
    row, was = folder.verification, folder.verification.state
    if target is not None:
        row.state = target.value
    row.changed_at = folder.now
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "changed_at", *fields])
    return {"was": was, "became": row.state}


def send_back(folder: VerificationFolder, target: VState, reasons: str) -> dict[str, str]:
    """Return the recommendation to the team and keep why."""
    row = folder.verification
    SentBack.objects.create(
        verification=row,
        state=row.state,
        tier=row.recommended_tier or 0,
        reasons=reasons,
        by=folder.user,
        at=folder.now,
    )
    return move(folder, target, return_reasons=reasons, notice_from=None, notice_until=None)


def begin_notice(folder: VerificationFolder, **fields: Any) -> dict[str, str]:
    """From today on the recommendation is public, to the last day the scheme gives."""
    until = last_day(folder.now, folder.scheme.notice_days.value, folder.scheme.time_zone)
    change = move(folder, VState.NOTICE, notice_from=folder.day, notice_until=until, **fields)
    tell(folder, [*enterprise_people(folder), *deciders(folder)], Verb.NOTICE_BEGUN, date=until)
    return change


def as_candidate(folder: VerificationFolder, user: User) -> dict[str, Any]:
    """What the table asks about a person to be given a part, but for other parts."""
    return {
        "candidate_free": user.pk in folder.assessors,
        "conflicted": folder.conflicted([user.pk]),
        "advisers": folder.advisers([user.pk]),
    }


def log(folder: VerificationFolder, verb: str, **facts: Any) -> None:
    """One audit event of the verification on its enterprise's chain; ids and codes alone."""
    record(
        chain=organisation_chain(folder.verification.self_assessment.organisation_id),
        at=folder.now,
        actor=folder.user.pk,
        verb=verb,
        subject=f"verification:{folder.verification.pk}",
        **facts,
    )


def log_certificate(certificate: Certificate, verb: str, *, actor: User | None, now: datetime, **facts: Any) -> None:
    """One audit event of the certificate on its enterprise's chain."""
    record(
        chain=organisation_chain(certificate.organisation_id),
        at=now,
        actor=actor.pk if actor else None,
        verb=verb,
        subject=f"certificate:{certificate.pk}",
        **facts,
    )


def own_word(text: str) -> str:
    """``text`` without the blanks around it. Raises ``Refused`` where nothing is left."""
    if not text.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    return text.strip()


def next_number(prefix: str, year: int, taken: "QuerySet[Any]") -> str:
    """The next number of that year, ``PREFIX-2026-0001``; ``taken`` are the rows that have one.

    Two who ask at once wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"number:{prefix}-{year}"])
    return f"{prefix}-{year}-{taken.count() + 1:04d}"


# -- telling -----------------------------------------------------------------------------------------------------


def coordinators(folder: VerificationFolder) -> list[User]:
    """The body's secretaries, without the recused."""
    return _holders(folder, folder.verification.host_id, MemberRole.SECRETARY)


def deciders(folder: VerificationFolder) -> list[User]:
    """The body's managers without a part in the verification."""
    return [
        user
        for user in _holders(folder, folder.verification.host_id, MemberRole.MANAGER)
        if user.pk not in folder.involved
    ]


def enterprise_people(folder: VerificationFolder) -> list[User]:
    """Who leads the self-assessment and who contributed to it, as long as they belong to the enterprise."""
    row = folder.verification.self_assessment
    named = {row.lead_id, *row.contributors.values_list("user_id", flat=True)}
    return [user for user in _holders(folder, row.organisation_id, MemberRole.ENTERPRISE) if user.pk in named]


def team_people(folder: VerificationFolder) -> list[User]:
    """The assessors at work."""
    return [place.user for place in folder.team]


def _holders(folder: VerificationFolder, organisation_id: int, role: MemberRole) -> list[User]:
    held = Membership.objects.current(folder.day).filter(organisation=organisation_id, role=role.value)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk__in=folder.recused)
    return list(people.order_by("pk"))


def tell(folder: VerificationFolder, users: Iterable[User], verb: Verb, **params: str | int | date) -> None:
    """A notice about the verification to these people, but not to the one acting."""
    row, host = folder.verification, folder.verification.host
    given = {key: value.isoformat() if isinstance(value, date) else value for key, value in params.items()}
    notify(
        users=[user for user in users if user.pk != folder.user.pk],
        verb=verb,
        params={
            "reference": row.reference,
            "title": row.self_assessment.legal_entity,
            "body": {"en": host.name, "zh": host.name_zh or host.name},
            **given,
        },
        link=f"/verifications/{row.pk}/",
        at=folder.now,
        subject=f"verification:{row.pk}",
    )
