"""What an applicant does: begin, fill, hand in, answer, withdraw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from assessments.queries import latest_instrument
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import current_memberships, has_role
from ethicsreview.files.steps import store
from ethicsreview.notices.domain import Verb
from workflows.domain.application import title_of
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import State
from workflows.domain.transitions import ANSWER_SUPPLEMENT, RESUBMIT, SAVE, SUBMIT, WITHDRAW
from workflows.models import Application, Case, CaseFile, Committee, TeamMember
from workflows.queries.folders import Folder
from workflows.queries.people import presiding, secretaries
from workflows.queries.rulebooks import latest_rulebook, load_rulebook
from workflows.steps import digest_of, end_wait, guard, move, note, open_folder, tell


class Overtaken(Exception):
    """Another tab or person saved one of these items since; ``items`` names them and holds their saved values."""

    def __init__(self, items: dict[str, Any], revision: int) -> None:
        super().__init__(", ".join(items))
        self.items = items
        self.revision = revision


@transaction.atomic(durable=True)
def start_case(committee: Committee, applicant: Organisation, *, actor: User, now: datetime) -> Case:
    """An empty draft, with today's editions of rulebook and instrument pinned to it for life.

    Refused for who may not apply for ``applicant``, and by a committee that takes no applications.
    """
    rulebook = latest_rulebook(committee.rulebook_slug)
    day = local_day(now, load_rulebook(rulebook).time_zone)
    if not committee.accepts_applications or not has_role(actor, MemberRole.APPLICANT, applicant.pk, day):
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    case = Case.objects.create(
        committee=committee,
        rulebook=rulebook,
        instrument=latest_instrument(committee.instrument_slug),
        applicant=applicant,
        lead=actor,
        created_at=now,
        changed_at=now,
    )
    Application.objects.create(case=case, number=1, saved_at=now)
    note(case, "case.start", actor=actor, now=now, committee=committee.pk, applicant=applicant.pk)
    return case


@transaction.atomic(durable=True)
def save_answers(
    case_id: int, values: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None, actor: User, now: datetime
) -> Application:
    """Keep these items of the open version.

    ``seen`` holds, per item, the value the form was filled from. Where the stored value is neither that nor the new
    one somebody else wrote in between: ``Overtaken``, and nothing is kept.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    application = folder.application
    changed = {key: value for key, value in values.items() if application.answers.get(key) != value}
    if not changed:
        return application
    if seen is not None:
        lost = {
            key: application.answers.get(key)
            for key in changed
            if key in seen and (application.answers.get(key) or "") != (seen[key] or "")
        }
        if lost:
            raise Overtaken(lost, application.revision)
    application.answers = {**application.answers, **changed}
    application.revision += 1
    application.saved_at = now
    application.save(update_fields=["answers", "revision", "saved_at"])
    move(folder.case, None, now=now, **_title_of_draft(folder.case, application))
    note(folder.case, SAVE.verb, actor=actor, now=now, items=sorted(changed), revision=application.revision)
    return application


def _title_of_draft(case: Case, application: Application) -> dict[str, str]:
    """The title follows a draft as it is written; a later one is others' to read once it is handed in."""
    return {"title": title_of(application.answers)} if case.state == State.DRAFT.value else {}


@transaction.atomic(durable=True)
def add_file(case_id: int, item: str, stream: BinaryIO, *, name: str, actor: User, now: datetime) -> CaseFile:
    """Hand in a document for an item. Raises ``BadFile`` with the reason it is not taken."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    version = store(upload=None, stream=stream, name=name, by_id=actor.pk, now=now)
    held = CaseFile.objects.create(case=folder.case, item=item, upload=version.upload, current=version)
    note(folder.case, "application.add_file", actor=actor, now=now, item=item, file=held.pk, sha256=version.sha256)
    return held


@transaction.atomic(durable=True)
def replace_file(case_id: int, file_id: int, stream: BinaryIO, *, name: str, actor: User, now: datetime) -> CaseFile:
    """A new version of a document; the earlier ones stay."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    held = CaseFile.objects.select_for_update().get(pk=file_id, case=folder.case, removed_at__isnull=True)
    held.current = store(upload=held.upload, stream=stream, name=name, by_id=actor.pk, now=now)
    held.save(update_fields=["current"])
    note(
        folder.case,
        "application.replace_file",
        actor=actor,
        now=now,
        item=held.item,
        file=held.pk,
        version=held.current.number,
        sha256=held.current.sha256,
    )
    return held


@transaction.atomic(durable=True)
def remove_file(case_id: int, file_id: int, *, actor: User, now: datetime) -> CaseFile:
    """Take a document out of the open version; frozen versions keep theirs."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    held = CaseFile.objects.select_for_update().get(pk=file_id, case=folder.case)
    if held.removed_at is None:
        held.removed_at = now
        held.save(update_fields=["removed_at"])
        note(folder.case, "application.remove_file", actor=actor, now=now, item=held.item, file=held.pk)
    return held


@transaction.atomic(durable=True)
def add_team_member(case_id: int, user: User, *, actor: User, now: datetime) -> None:
    """Let a colleague of the applicant work on the application; whoever does has no part in its review.

    Anybody else is refused: an applicant could take a reviewer out of the case that way.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    if not current_memberships(user, folder.day).filter(organisation=folder.case.applicant_id).exists():
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    _row, new = TeamMember.objects.get_or_create(case=folder.case, user=user)
    if new:
        note(folder.case, "application.add_team_member", actor=actor, now=now, user=user.pk)


def content_digest(folder: Folder) -> str:
    """The digest the newest version would be frozen with as it is now."""
    return digest_of({"answers": folder.application.answers, "files": _files(folder)})


def _files(folder: Folder) -> list[dict[str, Any]]:
    return [
        {"item": held.item, "file": held.pk, "version": held.current_id, "sha256": held.current.sha256}
        for held in folder.files
    ]


def _as_read(folder: Folder, seen: str) -> None:
    """Nobody hands in what somebody else changed since it was read; ``seen`` is its digest, empty where unknown."""
    if seen and seen != content_digest(folder):
        raise Refused((Gap(GapCode.STALE),))


def _freeze(folder: Folder, *, changes: str = "") -> Application:
    application = folder.application
    application.files = _files(folder)
    application.changes = changes
    application.submitted_at = folder.now
    application.submitted_by = folder.user
    application.digest = digest_of({"answers": application.answers, "files": application.files})
    application.save(update_fields=["files", "changes", "submitted_at", "submitted_by", "digest"])
    return application


def _next_reference(folder: Folder) -> str:
    committee = Committee.objects.select_for_update().get(pk=folder.case.committee_id)
    committee.last_number += 1
    committee.save(update_fields=["last_number"])
    year = local_day(folder.now, folder.rules.time_zone).year
    return f"{committee.code}-{year}-{committee.last_number:04d}"


@transaction.atomic(durable=True)
def submit_case(case_id: int, *, seen: str = "", actor: User, now: datetime) -> Case:
    """Hand the application in: its version is frozen with a digest, the case gets its reference.

    ``seen``, here and below, is the ``content_digest`` of what was read before; another one is refused as stale.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SUBMIT, folder)
    _as_read(folder, seen)
    application = _freeze(folder)
    reference = _next_reference(folder)
    change = move(folder.case, SUBMIT.target, now=now, reference=reference, submitted_at=now)
    note(folder.case, SUBMIT.verb, actor=actor, now=now, **change, reference=reference, digest=application.digest)
    tell(folder, secretaries(folder), Verb.CASE_SUBMITTED)
    return folder.case


@transaction.atomic(durable=True)
def save_supplement_answer(
    case_id: int, item: str, text: str, *, seen: str | None = None, actor: User, now: datetime
) -> None:
    """Keep the answer to one item of the open notice; ``seen`` and ``Overtaken`` as for ``save_answers``."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SAVE, folder)
    notice = next((n for n in folder.notices if n.answered_at is None), None)
    row = notice.items.filter(item=item).first() if notice else None
    if row is None:
        raise Refused((Gap(GapCode.STALE),))
    if row.answer != text.strip():
        if seen is not None and seen != row.answer:
            raise Overtaken({item: row.answer}, folder.application.revision)
        row.answer = text.strip()
        row.save(update_fields=["answer"])
        note(folder.case, "supplement.save", actor=actor, now=now, item=item)


@transaction.atomic(durable=True)
def answer_supplement(case_id: int, *, seen: str = "", actor: User, now: datetime) -> Case:
    """Send the answers to the notice, with the completed application."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(ANSWER_SUPPLEMENT, folder)
    _as_read(folder, seen)
    application = _freeze(folder)
    notice = next(n for n in folder.notices if n.answered_at is None)
    notice.answered_at = now
    notice.save(update_fields=["answered_at"])
    end_wait(folder.case, now=now)
    change = move(folder.case, ANSWER_SUPPLEMENT.target, now=now, title=title_of(application.answers))
    note(folder.case, ANSWER_SUPPLEMENT.verb, actor=actor, now=now, **change, digest=application.digest)
    tell(folder, secretaries(folder), Verb.SUPPLEMENT_ANSWERED)
    return folder.case


@transaction.atomic(durable=True)
def resubmit_case(case_id: int, *, changes: str, seen: str = "", actor: User, now: datetime) -> Case:
    """Hand in the modified version; ``changes`` says what was done about the requirements.

    It goes to the chair or back to a meeting, as the kind of the decision says; a new time limit begins.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(RESUBMIT, folder, reasons=bool(changes.strip()))
    _as_read(folder, seen)
    application = _freeze(folder, changes=changes.strip())
    end_wait(folder.case, now=now)
    target = State.CHECKING if folder.modification_is_checked else State.READY
    fields = {"clock_started_at": now, "clock_stopped_at": None, "extended_to": None, "extension_reason": ""}
    change = move(folder.case, target, now=now, title=title_of(application.answers), **fields)
    note(folder.case, RESUBMIT.verb, actor=actor, now=now, **change, digest=application.digest)
    tell(folder, [*secretaries(folder), *presiding(folder)], Verb.MODIFICATION_RECEIVED)
    return folder.case


@transaction.atomic(durable=True)
def withdraw_case(case_id: int, *, reasons: str, actor: User, now: datetime) -> Case:
    """The applicant takes the case back; possible until a vote has been opened."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(WITHDRAW, folder, reasons=bool(reasons.strip()))
    if folder.item is not None:
        folder.item.outcome = "withdrawn"
        folder.item.closed_at = now
        folder.item.save(update_fields=["outcome", "closed_at"])
    end_wait(folder.case, now=now)
    stopped = folder.case.clock_stopped_at or (now if folder.case.clock_started_at else None)
    change = move(folder.case, WITHDRAW.target, now=now, closing_reasons=reasons.strip(), clock_stopped_at=stopped)
    note(folder.case, WITHDRAW.verb, actor=actor, now=now, **change)
    tell(folder, [*secretaries(folder), *(review.user for review in folder.reviews)], Verb.CASE_WITHDRAWN)
    return folder.case
