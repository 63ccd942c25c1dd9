"""What the team does on site, its findings, and their release."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.clock import last_day
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.domain.verification_table import (
    BEGIN_ONSITE,
    RECORD_ONSITE,
    RELEASE,
    REMOVE_FINDING,
    REMOVE_ONSITE,
    RESOLVE_FINDING,
    WRITE_FINDING,
)
from workflows.models import Finding, OnSiteEntry, Verification
from workflows.steps.verifications import enterprise_people, guard, lock_verification, log, move, tell


@transaction.atomic(durable=True)
def begin_onsite(verification_id: int, *, actor: User, now: datetime) -> Verification:
    """The leading assessor ends the document review: from now on what happens on site is recorded."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(BEGIN_ONSITE, folder)
    change = move(folder, BEGIN_ONSITE.target)
    log(folder, BEGIN_ONSITE.verb, **change)
    return folder.verification


@transaction.atomic(durable=True)
def record_onsite(
    verification_id: int, *, kind: str, role: str, subject: str, held_on: date, notes: str, actor: User, now: datetime
) -> OnSiteEntry:
    """An assessor records an interview, a demonstration or a sampled scenario; ``kind`` is an ``OnSiteKind``.

    ``role`` is a code of the scheme's interviews; it is dropped for the other kinds.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    what = OnSiteKind(kind)
    heard = role if what is OnSiteKind.INTERVIEW else ""
    guard(
        RECORD_ONSITE,
        folder,
        interview_role=role if what is OnSiteKind.INTERVIEW else None,
        held_on=held_on,
        reasons=bool(subject.strip() and notes.strip()),
    )
    entry = OnSiteEntry.objects.create(
        verification=folder.verification,
        kind=what.value,
        role=heard,
        subject=subject.strip(),
        held_on=held_on,
        notes=notes.strip(),
        by=actor,
        at=now,
    )
    move(folder, None)
    log(folder, RECORD_ONSITE.verb, entry=entry.pk, kind=entry.kind, role=heard)
    return entry


@transaction.atomic(durable=True)
def remove_onsite(verification_id: int, entry_id: int, *, actor: User, now: datetime) -> None:
    """An assessor takes out an entry recorded by mistake, before the release."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(REMOVE_ONSITE, folder)
    OnSiteEntry.objects.get(pk=entry_id, verification=folder.verification).delete()
    move(folder, None)
    log(folder, REMOVE_ONSITE.verb, entry=entry_id)


@transaction.atomic(durable=True)
def write_finding(
    verification_id: int,
    *,
    criterion: str,
    kind: str,
    text: str,
    finding_id: int | None = None,
    actor: User,
    now: datetime,
) -> Finding:
    """An assessor writes a finding on one criterion, or rewrites one; ``kind`` is a ``FindingKind``."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    known = criterion in folder.instrument.criteria
    guard(WRITE_FINDING, folder, criterion=criterion, criterion_known=known, reasons=bool(text.strip()))
    findings = Finding.objects.filter(verification=folder.verification)
    if finding_id is None:
        last = findings.aggregate(last=Max("number"))["last"] or 0
        finding = Finding(verification=folder.verification, number=last + 1)
    else:
        finding = findings.get(pk=finding_id)
    finding.criterion, finding.kind, finding.text = criterion, FindingKind(kind).value, text.strip()
    finding.by, finding.at = actor, now
    finding.save()
    move(folder, None)
    log(folder, WRITE_FINDING.verb, finding=finding.number, criterion=criterion, kind=finding.kind)
    return finding


@transaction.atomic(durable=True)
def remove_finding(verification_id: int, finding_id: int, *, actor: User, now: datetime) -> None:
    """An assessor takes back a finding that was not released yet."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(REMOVE_FINDING, folder)
    finding = Finding.objects.get(pk=finding_id, verification=folder.verification)
    finding.delete()
    move(folder, None)
    log(folder, REMOVE_FINDING.verb, finding=finding.number)


@transaction.atomic(durable=True)
def release_findings(verification_id: int, *, actor: User, now: datetime) -> Verification:
    """The leading assessor shares ratings and findings: the correction window opens, or none is needed."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(RELEASE, folder)
    if folder.all_findings:
        until = last_day(now, folder.scheme.correction_days.value, folder.scheme.time_zone)
        change = move(folder, VState.CORRECTION, findings_at=now, correction_until=until)
        window: dict[str, str] = {"until": until.isoformat()}
        tell(folder, enterprise_people(folder), Verb.FINDINGS_RELEASED, date=until)
    else:
        change, window = move(folder, VState.RECOMMENDING, findings_at=now), {}
        tell(folder, enterprise_people(folder), Verb.FINDINGS_RELEASED)
    log(folder, RELEASE.verb, **change, findings=len(folder.all_findings), **window)
    return folder.verification


@transaction.atomic(durable=True)
def resolve_finding(
    verification_id: int, finding_id: int, *, resolved: bool, resolution: str, actor: User, now: datetime
) -> Finding:
    """An assessor says what became of a finding: settled by the answer or not, and why; again corrects it."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(RESOLVE_FINDING, folder, reasons=bool(resolution.strip()))
    finding = Finding.objects.get(pk=finding_id, verification=folder.verification)
    finding.resolved, finding.resolution = resolved, resolution.strip()
    finding.resolved_by, finding.resolved_at = actor, now
    finding.save(update_fields=["resolved", "resolution", "resolved_by", "resolved_at"])
    move(folder, None)
    log(folder, RESOLVE_FINDING.verb, finding=finding.number, resolved=resolved)
    return finding
