"""Archives: asked for, tried again, deleted, expired, handed out. Building them stands in ``reporting.archiving``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over, offices_of
from ethicsreview.audit.domain import OPERATOR_CHAIN, organisation_chain
from ethicsreview.audit.steps import Entry, record_all
from workflows import tasks
from workflows.domain.archives import (
    AGAIN,
    MOST_KEPT,
    MOST_REPORTS,
    MOST_WAITING,
    UNFINISHED,
    ArchiveKind,
    ArchiveState,
    NotQueued,
    Reason,
    is_over,
    is_stuck,
    still_open,
)
from workflows.domain.clock import local_day
from workflows.domain.oversight import DOSSIER_TAKEN, DOWNLOADED, Part
from workflows.models import Archive, CaseReport, VerificationReport
from workflows.queries.archives import is_ready
from workflows.reporting.archiving import discard, tell
from workflows.reporting.dossier_reader import CaseReader, case_reader
from workflows.reporting.report_sets import VERIFICATION, ReportSet, report_set
from workflows.reporting.zips import stored_archives

ORPHAN_AGE = timedelta(days=2)  # a file without a row: longer than any archive is kept


class NotOpen(Exception):
    """What the archive holds is not open to this person now, or its day is over: it does not exist."""


# -- asked for --------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def request_dossier(case_id: int, *, actor: User, now: datetime) -> Archive:
    """Queue the dossier of a case; one that is under way is given back. Raises ``NotOpen`` and ``NotQueued``."""
    waiting = _waiting(actor)
    reader = case_reader(case_id, actor, now)
    if reader is None:
        raise NotOpen
    under_way = next((one for one in waiting if one.case_id == case_id), None)
    if under_way is not None:
        return under_way
    office = reader.office
    chain = organisation_chain(office.pk if office is not None else reader.case.committee.host_id)
    return _queue(waiting, Archive(kind=ArchiveKind.DOSSIER.value, case_id=case_id, chain=chain), actor, now)


@transaction.atomic(durable=True)
def request_reports(asked: Sequence[str], *, actor: User, now: datetime) -> Archive:
    """Queue an archive of these signed documents, ``case:<id>`` or ``verification:<id>``.

    Raises ``NotOpen`` where none of them is open to the person, ``NotQueued`` for too many.
    """
    waiting = _waiting(actor)
    keys = list(dict.fromkeys(asked))
    if len(keys) > MOST_REPORTS:
        raise NotQueued(Reason.TOO_MANY)
    if not report_set(keys, actor, now).grants:
        raise NotOpen
    offices = offices_of(actor, local_day(now, settings.TIME_ZONE))
    chain = organisation_chain(offices[0].pk) if offices else OPERATOR_CHAIN
    maturity = any(key.startswith(f"{VERIFICATION}:") for key in keys)
    archive = Archive(kind=ArchiveKind.REPORTS.value, reports=keys, of_maturity=maturity, chain=chain)
    return _queue(waiting, archive, actor, now)


def _waiting(actor: User) -> list[Archive]:
    """The person's unfinished archives; their requests go one after the other."""
    User.objects.select_for_update().get(pk=actor.pk)
    return list(Archive.objects.filter(requested_by=actor, state__in=UNFINISHED))


def _check_room(waiting: list[Archive], actor: User) -> None:
    """Raises ``NotQueued`` where one person would fill the workers' queue or the disk."""
    if len(waiting) >= MOST_WAITING:
        raise NotQueued(Reason.WAITING)
    if Archive.objects.filter(requested_by=actor, state=ArchiveState.READY.value).count() >= MOST_KEPT:
        raise NotQueued(Reason.KEPT)


def _queue(waiting: list[Archive], archive: Archive, actor: User, now: datetime) -> Archive:
    _check_room(waiting, actor)
    archive.requested_by, archive.requested_at, archive.progressed_at = actor, now, now
    archive.save()
    facts = {"case": archive.case_id} if archive.case_id else {"documents": len(archive.reports)}
    tell(archive, "archive.request", now=now, actor=actor, kind=archive.kind, **facts)
    _hand_over(archive)
    return archive


def _hand_over(archive: Archive) -> None:
    transaction.on_commit(lambda: tasks.build_archive.delay(archive_id=archive.pk), robust=True)


@transaction.atomic(durable=True)
def retry_archive(archive_id: int, *, actor: User, now: datetime) -> Archive:
    """Begin a failed or expired archive anew, by today's rights; any other stays as it is."""
    waiting = _waiting(actor)
    archive = Archive.objects.select_for_update().get(pk=archive_id, requested_by=actor)
    if archive.state not in AGAIN:
        return archive
    same = next((one for one in waiting if archive.case_id and one.case_id == archive.case_id), None)
    if same is not None:
        return same
    _check_room(waiting, actor)
    _begin_anew(archive, now)
    tell(archive, "archive.retry", now=now, actor=actor)
    _hand_over(archive)
    return archive


def _begin_anew(archive: Archive, now: datetime) -> None:
    archive.state, archive.error, archive.attempts = ArchiveState.REQUESTED.value, "", 0
    archive.requested_at, archive.progressed_at = now, now
    archive.done, archive.total, archive.ready_at, archive.expires_at = 0, 0, None, None
    archive.size, archive.sha256, archive.name, archive.grants, archive.left_out = None, "", "", [], []
    archive.save()


@transaction.atomic(durable=True)
def requeue_archive(archive_id: int, *, now: datetime) -> bool:
    """Hand an archive nothing has moved for to the builders once more; whether that was needed."""
    archive = Archive.objects.select_for_update().get(pk=archive_id)
    if not is_stuck(ArchiveState(archive.state), archive.progressed_at, now):
        return False
    archive.state, archive.progressed_at = ArchiveState.REQUESTED.value, now
    archive.save(update_fields=["state", "progressed_at"])
    tell(archive, "archive.requeue", now=now, attempts=archive.attempts)
    _hand_over(archive)
    return True


# -- its end ----------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def delete_archive(archive_id: int, *, actor: User, now: datetime) -> None:
    """Away with the file, or with the request; a builder at it notices and stops."""
    archive = Archive.objects.select_for_update().get(pk=archive_id, requested_by=actor)
    if archive.state == ArchiveState.DELETED.value:
        return
    _end(archive, ArchiveState.DELETED, now)
    tell(archive, "archive.delete", now=now, actor=actor)


@transaction.atomic(durable=True)
def expire_archive(archive_id: int, *, now: datetime) -> bool:
    """The file goes, the row stays and says so; whether its day was over."""
    archive = Archive.objects.select_for_update().get(pk=archive_id)
    if not is_over(ArchiveState(archive.state), archive.expires_at, now):
        return False
    _end(archive, ArchiveState.EXPIRED, now)
    tell(archive, "archive.expire", now=now)
    return True


def _end(archive: Archive, state: ArchiveState, now: datetime) -> None:
    left, archive.path = archive.path, ""
    archive.state, archive.progressed_at = state.value, now
    archive.save(update_fields=["state", "path", "progressed_at"])
    if left:
        transaction.on_commit(lambda: discard(left), robust=True)


def remove_orphans(now: datetime) -> int:
    """Delete files older than ``ORPHAN_AGE`` that no archive refers to; how many."""
    old = [path for path in stored_archives() if now - default_storage.get_modified_time(path) > ORPHAN_AGE]
    known = set(Archive.objects.filter(path__in=old).values_list("path", flat=True))
    for path in set(old) - known:
        discard(path)
    return len(set(old) - known)


# -- handed out -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """What an authority is about to be handed, and of which organisation."""

    host: int
    subject: str
    verb: str
    facts: dict[str, str | int]


@transaction.atomic(durable=True)
def deliver_archive(archive_id: int, *, actor: User, now: datetime) -> Archive:
    """The archive, once everything in it is found open to the person still, and what an authority reads is recorded.

    Raises ``NotOpen``; call it before the first byte leaves.
    """
    archive = Archive.objects.select_for_update().get(pk=archive_id, requested_by=actor)
    if not is_ready(archive, now):
        raise NotOpen
    dossier = archive.kind == ArchiveKind.DOSSIER.value
    readings = _dossier_readings(archive, actor, now) if dossier else _report_readings(archive, actor, now)
    if readings:
        record_all([_entry(read, office, actor, now) for read, office in readings])
    return archive


Readings = list[tuple[_Read, Organisation]]


def _dossier_readings(archive: Archive, actor: User, now: datetime) -> Readings:
    """One reading of the case, for an authority; a party's own is not kept."""
    reader = case_reader(archive.case_id or 0, actor, now)
    if reader is None or not still_open(archive.grants, reader.grants):
        raise NotOpen
    return [(_dossier_read(archive, reader), reader.office)] if reader.office is not None else []


def _dossier_read(archive: Archive, reader: CaseReader) -> _Read:
    facts: dict[str, str | int] = {
        "part": Part.DOSSIER.value,
        "reference": str(reader.case.reference),
        "parts": ", ".join(sorted(part.value for part in reader.parts)),
        "archive": archive.pk,
        "sha256": archive.sha256,
    }
    return _Read(reader.case.committee.host_id, f"case:{reader.case.pk}", DOSSIER_TAKEN, facts)


def _report_readings(archive: Archive, actor: User, now: datetime) -> Readings:
    """One download of each document that the person reads as an authority."""
    keys = [grant.removeprefix("report:") for grant in archive.grants]
    found = report_set(keys, actor, now)
    if not still_open(archive.grants, found.grants):
        raise NotOpen
    read = [*_case_reads(found, archive, actor, now), *_verification_reads(found, archive, actor, now)]
    day = local_day(now, settings.TIME_ZONE)
    offices = {host: office_over(actor, host, day) for host in {one.host for one in read}}
    return [(one, _sure(offices[one.host])) for one in read]


def _sure(office: Organisation | None) -> Organisation:
    """A document open neither as a party's nor as an authority's is not open."""
    if office is None:
        raise NotOpen
    return office


def _case_reads(found: ReportSet, archive: Archive, actor: User, now: datetime) -> Iterable[_Read]:
    day = local_day(now, settings.TIME_ZONE)
    ids = [row.pk for row in found.cases.values()]
    own = set(CaseReport.objects.party_to(actor, day).filter(pk__in=ids).values_list("pk", flat=True))
    for row in found.cases.values():
        if row.pk not in own:
            case = row.decision.case
            facts = _document_facts(row, str(case.reference), archive)
            yield _Read(case.committee.host_id, f"case:{case.pk}", DOWNLOADED, facts)


def _verification_reads(found: ReportSet, archive: Archive, actor: User, now: datetime) -> Iterable[_Read]:
    day = local_day(now, settings.TIME_ZONE)
    ids = [row.pk for row in found.verifications.values()]
    own = set(VerificationReport.objects.party_to(actor, day).filter(pk__in=ids).values_list("pk", flat=True))
    for row in found.verifications.values():
        if row.pk not in own:
            verification = row.verification
            facts = _document_facts(row, verification.reference, archive)
            host = verification.self_assessment.organisation_id
            yield _Read(host, f"verification:{verification.pk}", DOWNLOADED, facts)


def _document_facts(row: CaseReport | VerificationReport, reference: str, archive: Archive) -> dict[str, str | int]:
    return {
        "part": Part.REPORTS.value,
        "reference": reference,
        "report": row.pk,
        "kind": row.kind,
        "language": row.language,
        "archive": archive.pk,
    }


def _entry(read: _Read, office: Organisation, actor: User, now: datetime) -> Entry:
    chain = organisation_chain(read.host)
    return Entry(chain, now, actor.pk, read.verb, read.subject, {"authority": office.pk, **read.facts})
