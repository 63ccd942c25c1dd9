"""One archive from the request to a file on the disk: claimed, built piece by piece with its progress told, kept; or
failed with its reason. A builder that dies loses nothing: after a silence another one begins anew."""

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import signed_in_person
from ethicsreview.audit.steps import record
from ethicsreview.files.queries import FileLost
from workflows.domain.archives import (
    KEPT,
    MOST_ATTEMPTS,
    SILENCE,
    UNFINISHED,
    ArchiveKind,
    ArchiveState,
    Entry,
    Failure,
    LeftOut,
    Manifest,
    TooLarge,
)
from workflows.models import Archive
from workflows.queries.archive_words import OMITTED, WHYS
from workflows.reporting.dossier import Plan, dossier_plan
from workflows.reporting.dossier_reader import case_reader
from workflows.reporting.report_sets import report_plan, report_set
from workflows.reporting.sheets import HOME, Block, Cell, Sheet, html_of, row, style_piece, words
from workflows.reporting.zips import Zip, growing, in_chunks, measured, new_path

TOLD = timedelta(seconds=1)  # between two tellings of the progress
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


class CannotBuild(Exception):
    """Nothing can be built of what was asked for."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class TakenOver(Exception):
    """Another builder is at it, or it was deleted: this one stops and says nothing."""


@dataclass(frozen=True)
class Claim:
    """An archive in the hands of one builder; ``path``, where it writes, tells it from the next one."""

    archive: Archive
    path: str


def build(archive_id: int, *, clock: Clock = timezone.now) -> None:
    """Build the archive unless it is done or another builder is at it; what goes wrong stands on it in the end."""
    claim = claim_archive(archive_id, now=clock())
    if claim is None:
        return
    try:
        plan = plan_of(claim.archive, now=clock())
        _write(claim, plan, clock=clock)
        _keep(claim, plan, now=clock())
    except TakenOver:
        discard(claim.path)
    except Exception as fault:
        failure = failure_of(fault)
        if failure is Failure.FAULT:
            log.exception("archive %s was not built", archive_id)
        discard(claim.path)
        fail_archive(claim, failure, now=clock())


def failure_of(fault: Exception) -> Failure:
    """The reason as it is told."""
    match fault:
        case CannotBuild():
            return fault.failure
        case FileLost():
            return Failure.FILE_LOST
        case TooLarge():
            return Failure.TOO_LARGE
        case SoftTimeLimitExceeded():
            return Failure.TOO_SLOW
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return Failure.NO_SPACE
    return Failure.FAULT


def plan_of(archive: Archive, *, now: datetime) -> Plan:
    """What goes in by the rights of the moment. Raises ``CannotBuild``."""
    user = person_of(archive, now)
    if user is None:
        raise CannotBuild(Failure.CLOSED)
    if archive.kind == ArchiveKind.REPORTS.value:
        plan = report_plan(report_set(archive.reports, user, now), user, now)
        if not plan.pieces:
            raise CannotBuild(Failure.EMPTY)
        return plan
    reader = case_reader(archive.case_id or 0, user, now)
    if reader is None:
        raise CannotBuild(Failure.CLOSED)
    return dossier_plan(reader)


def person_of(archive: Archive, now: datetime) -> User | None:
    """Whoever asked for it, with what they regulate today; None once they may not sign in any more."""
    user = signed_in_person(archive.requested_by_id, timezone.localdate(now))
    return user if user is not None and user.is_active else None


# -- building ---------------------------------------------------------------------------------------------------------


def _write(claim: Claim, plan: Plan, *, clock: Clock) -> None:
    pieces, told = (*plan.pieces, style_piece()), clock()
    total = len(pieces) + 1
    _touch(claim, done=0, total=total, now=told)
    with growing(claim.path, at=claim.archive.requested_at) as file:
        for done, piece in enumerate(pieces, start=1):
            file.add(piece.path, piece.chunks(), kind=piece.kind, title=piece.title, at=piece.at)
            now = clock()
            if now - told >= TOLD:
                told = now
                _touch(claim, done=done, total=total, now=now)
        _finish(file, plan)
    _touch(claim, done=total, total=total, now=clock())


def _finish(file: Zip, plan: Plan) -> None:
    """The first page, which lists everything, and the manifest."""
    page = html_of(readme(plan, file.entries), HOME)
    file.add(HOME, in_chunks(page), kind="readme", title=words(_("What is in this archive")))
    file.close(Manifest(plan.about, tuple(file.entries), plan.left_out))


def readme(plan: Plan, entries: list[Entry]) -> Sheet:
    """Whose archive it is, what is in it, what is not, and how to check it."""
    files = tuple(
        (Cell(entry.path, link=entry.path), Cell(entry.title), Cell(f"{entry.bytes:,}"), Cell(entry.sha256, mono=True))
        for entry in entries
    )
    heads = tuple(map(words, (_("File"), pgettext_lazy("archive", "What it is"), _("Bytes"), _("SHA-256"))))
    blocks = [
        Block(words(pgettext_lazy("archive", "About")), tuple(row(label, value) for label, value in plan.head)),
        Block(words(_("How to check it")), _checks(plan)),
        Block(words(_("What was left out, and why")), tuple(_omitted(one) for one in plan.left_out)),
        Block(words(_("Files")), files, heads),
    ]
    return Sheet(plan.title, plan.over, tuple(block for block in blocks if block.rows))


def _omitted(one: LeftOut) -> tuple[Cell, ...]:
    number = f"{one.number:,}" if one.number is not None else ""
    return row(words(OMITTED[one.part]), words(WHYS[one.why]), number)


def _checks(plan: Plan) -> tuple[tuple[Cell, ...], ...]:
    rows = [
        row(words(_("Every file is whole")), Cell("sha256sum -c manifest.sha256", mono=True)),
        row(
            words(_("A signed document is genuine")),
            words(_("Open it in a PDF reader, or hand it in at the public page for verifying documents.")),
        ),
    ]
    if any(piece.kind == "event" for piece in plan.pieces):
        rows.append(
            row(
                words(_("The history was not changed")),
                words(
                    _(
                        "SHA-256 of each line of audit/events.jsonl, without its end, stands in audit/events.sha256;"
                        " the field previous of a line is the digest of the event before it in the chain. Whoever"
                        " keeps the chain can look for the head that stands in audit/chain.json."
                    )
                ),
            )
        )
    return tuple(rows)


# -- claimed, kept, failed --------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def claim_archive(archive_id: int, *, now: datetime) -> Claim | None:
    """The archive marked as being built, or None when there is nothing to do. An unknown id is nothing to do."""
    archive = Archive.objects.select_for_update().filter(pk=archive_id).first()
    if archive is None or archive.state not in UNFINISHED:
        return None
    building = archive.state == ArchiveState.BUILDING.value
    if building and now - archive.progressed_at < SILENCE:
        return None
    if archive.attempts >= MOST_ATTEMPTS:
        _settle_failed(archive, Failure.GAVE_UP, now=now)
        return None
    left = archive.path
    archive.state, archive.progressed_at, archive.attempts = ArchiveState.BUILDING.value, now, archive.attempts + 1
    archive.path, archive.done, archive.total, archive.error = new_path(), 0, 0, ""
    archive.save(update_fields=["state", "progressed_at", "attempts", "path", "done", "total", "error"])
    if left:
        transaction.on_commit(lambda: discard(left), robust=True)
    return Claim(archive, archive.path)


@transaction.atomic(durable=True)
def _touch(claim: Claim, *, done: int, total: int, now: datetime) -> None:
    """This builder moves. Raises ``TakenOver``."""
    rows = Archive.objects.filter(pk=claim.archive.pk, state=ArchiveState.BUILDING.value, path=claim.path)
    if not rows.update(progressed_at=now, done=done, total=total):
        raise TakenOver


@transaction.atomic(durable=True)
def _keep(claim: Claim, plan: Plan, *, now: datetime) -> None:
    """Ready for a day from now. Raises ``TakenOver``."""
    size, sha256 = measured(claim.path)
    archive = Archive.objects.select_for_update().get(pk=claim.archive.pk)
    if not _is_ours(archive, claim):
        raise TakenOver
    archive.state, archive.progressed_at, archive.ready_at = ArchiveState.READY.value, now, now
    archive.expires_at, archive.size, archive.sha256 = now + KEPT, size, sha256
    archive.grants, archive.left_out = list(plan.grants), [one.plain() for one in plan.left_out]
    archive.name = plan.name
    archive.save()
    tell(archive, "archive.build", now=now, files=len(plan.pieces), size=size, sha256=sha256)


@transaction.atomic(durable=True)
def fail_archive(claim: Claim, failure: Failure, *, now: datetime) -> None:
    """The reason on the archive, unless it was taken over or deleted meanwhile."""
    archive = Archive.objects.select_for_update().get(pk=claim.archive.pk)
    if _is_ours(archive, claim):
        _settle_failed(archive, failure, now=now)


def _is_ours(archive: Archive, claim: Claim) -> bool:
    return archive.state == ArchiveState.BUILDING.value and archive.path == claim.path


def _settle_failed(archive: Archive, failure: Failure, *, now: datetime) -> None:
    left, archive.path = archive.path, ""
    archive.state, archive.error = ArchiveState.FAILED.value, failure.value
    archive.progressed_at, archive.expires_at = now, now + KEPT
    archive.save(update_fields=["path", "state", "error", "progressed_at", "expires_at"])
    tell(archive, "archive.fail", now=now, reason=failure.value, attempts=archive.attempts)
    if left:
        transaction.on_commit(lambda: discard(left), robust=True)


def tell(archive: Archive, verb: str, *, now: datetime, actor: User | None = None, **facts: Any) -> None:
    """One event about the archive in its chain."""
    subject = f"archive:{archive.pk}"
    record(chain=archive.chain, at=now, actor=actor.pk if actor else None, verb=verb, subject=subject, **facts)


def discard(path: str) -> None:
    """A file nobody waits for any more."""
    default_storage.delete(path)
