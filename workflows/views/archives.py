"""A person's archives: asked for, watched while they are built, downloaded, tried again, deleted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ethicsreview.files.queries import FileLost, open_made
from ethicsreview.files.views import made_response
from workflows.actions import archives as actions
from workflows.domain.archives import (
    AGAIN,
    UNFINISHED,
    ArchiveKind,
    ArchiveState,
    Failure,
    NotQueued,
    Omitted,
    Why,
    is_over,
)
from workflows.domain.oversight import Part
from workflows.models import Archive
from workflows.queries.archive_words import ARCHIVE_KINDS, ARCHIVE_STATES, FAILURES, LIMITS, OMITTED, REASONS, WHYS
from workflows.queries.archives import SHOWN, archives, archives_of, is_ready
from workflows.views.doors import desk_day, reader

_TONES = {
    ArchiveState.READY: "good",
    ArchiveState.FAILED: "bad",
    ArchiveState.BUILDING: "active",
}
ZIP = "application/zip"


@login_required
@never_cache
@require_safe
def archive_list(request: HttpRequest) -> HttpResponse:
    """The person's archives; asked by htmx, the list alone, while one is under way."""
    now = timezone.now()
    rows = [_row(one, is_late=is_over(ArchiveState(one.state), one.expires_at, now)) for one in _own(request)]
    context = {
        "rows": rows,
        "unfinished": any(row["working"] for row in rows),
        "most": SHOWN if len(rows) == SHOWN else 0,
    }
    partial = getattr(request, "htmx", False)
    return render(request, f"workflows/{'_archive_list' if partial else 'archive_list'}.html", context)


def _own(request: HttpRequest) -> list[Archive]:
    return archives_of(reader(request), desk_day(timezone.now()))


def _row(archive: Archive, *, is_late: bool) -> dict[str, Any]:
    state = ArchiveState.EXPIRED if is_late else ArchiveState(archive.state)
    return {
        "archive": archive,
        "kind": ARCHIVE_KINDS[ArchiveKind(archive.kind)],
        "about": _about(archive),
        "state": ARCHIVE_STATES[state],
        "tone": _TONES.get(state, "plain"),
        "working": state in UNFINISHED,
        "progress": _progress(archive, state),
        "ready": state is ArchiveState.READY,
        "why": FAILURES[Failure(archive.error)] if state is ArchiveState.FAILED else "",
        "retry": state in AGAIN,
        "left_out": [_omitted(one) for one in archive.left_out] if state is ArchiveState.READY else [],
    }


def _about(archive: Archive) -> str:
    if archive.case is not None:
        return f"{archive.case} · {archive.case.title}"
    number = len(archive.reports)
    return ngettext("%(number)s document", "%(number)s documents", number) % {"number": number}


def _progress(archive: Archive, state: ArchiveState) -> dict[str, Any] | None:
    """As ``_progress.html`` takes it."""
    if state is ArchiveState.REQUESTED:
        return {"label": _("Waits for a builder")}
    if state is not ArchiveState.BUILDING:
        return None
    if not archive.total:
        return {"label": _("What goes in is being found")}
    done = {"done": archive.done, "total": archive.total}
    return {"label": _("%(done)s of %(total)s files") % done, "value": archive.done, "max": archive.total}


def _omitted(one: dict[str, Any]) -> dict[str, Any]:
    part = OMITTED[Part(one["part"])] if one["part"] in set(Part) else OMITTED[Omitted(one["part"])]
    return {"what": part, "why": WHYS[Why(one["why"])], "number": one.get("number")}


def _open(request: HttpRequest, pk: int) -> Archive:
    """One's own archive, or 404."""
    found = archives(reader(request), desk_day(timezone.now())).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the dossier of a case."""
    try:
        actions.request_dossier(pk, actor=reader(request), now=timezone.now())
    except actions.NotOpen:
        raise Http404 from None
    except NotQueued as refused:
        messages.error(request, REASONS[refused.reason] % LIMITS)
    return redirect("workflows:archives")


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The archive, to be saved, by the rights of this moment."""
    user, now = reader(request), timezone.now()
    archive = _open(request, pk)
    if not is_ready(archive, now):
        raise Http404
    try:
        file = open_made(archive.path)
    except FileLost:
        messages.error(request, _("The file of this archive is lost; delete it and ask for it anew."))
        return redirect("workflows:archives")
    try:
        actions.deliver_archive(pk, actor=user, now=now)
    except actions.NotOpen:
        file.close()
        raise Http404 from None
    return made_response(file, name=f"{archive.name}.zip", content_type=ZIP, sha256=archive.sha256)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a failed or expired archive anew."""
    _open(request, pk)
    try:
        actions.retry_archive(pk, actor=reader(request), now=timezone.now())
        messages.success(request, _("The archive is queued again."))
    except NotQueued as refused:
        messages.error(request, REASONS[refused.reason] % LIMITS)
    return redirect("workflows:archives")


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Away with an archive, or with its request."""
    _open(request, pk)
    actions.delete_archive(pk, actor=reader(request), now=timezone.now())
    messages.success(request, _("The archive is deleted."))
    return redirect("workflows:archives")
