"""Minutes: drafted from the record with the secretary's notes, read in one's own language, approved."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.actions.meetings import approve_minutes, draft_minutes
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.sittings import APPROVE_MINUTES, DRAFT_MINUTES, meeting_gaps
from workflows.domain.states import MotionKind
from workflows.forms.meetings import NotesForm, ReadDraftForm
from workflows.queries.agenda import agenda_lines
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.queries.minutes import as_read, meeting_record
from workflows.views.doors import needed, open_meeting, reader
from workflows.views.live import meeting_status
from workflows.views.meetings import meeting_breadcrumb, show_refused
from workflows.views.table import kind_label, outcome_label
from workflows.wording import CHOICES, MODES, SEAT_ROLES


@login_required
@require_http_methods(["GET", "POST"])
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes; the secretary drafts them, again and again until they are approved."""
    folder = open_meeting(request, pk)
    kept = folder.minutes
    first = {"notes": kept.notes, "drafted": kept.mark} if kept else None
    form = NotesForm(request.POST or None, initial=first)
    if request.method == "POST":
        if not DRAFT_MINUTES.roles & folder.roles:
            raise PermissionDenied
        if form.is_valid():
            return _drafted(request, folder, form)
    code = 400 if request.method == "POST" else 200
    return render(request, "workflows/minutes.html", _page(folder, form), status=code)


def _drafted(request: HttpRequest, folder: MeetingFolder, form: NotesForm) -> HttpResponse:
    pk, notes = folder.meeting.pk, form.cleaned_data["notes"]
    try:
        draft_minutes(pk, notes=notes, seen=form.cleaned_data["drafted"], actor=reader(request), now=timezone.now())
    except Refused as refused:
        if Gap(GapCode.STALE) in refused.gaps:
            return _stale(request, pk, form, refused)
        return show_refused(request, pk, refused, typed=notes)
    messages.success(request, _("The minutes are drafted from the record."))
    return redirect("workflows:minutes", pk)


def _stale(request: HttpRequest, pk: int, form: NotesForm, refused: Refused) -> HttpResponse:
    """The minutes as they are now below the notes as typed: who drafts once more has seen the other draft."""
    fresh = open_meeting(request, pk)
    form.data = {**request.POST.dict(), "drafted": fresh.minutes.mark if fresh.minutes else ""}
    page = _page(fresh, form) | {"refused": needed(refused.gaps, fresh.rules)}
    return render(request, "workflows/minutes.html", page, status=409)


def _page(folder: MeetingFolder, form: NotesForm) -> dict[str, Any]:
    this, kept = folder.meeting, folder.minutes
    readable = {line.item.case_id: line.folder for line in agenda_lines(folder)}
    drafts = folder.may(DRAFT_MINUTES)
    shown = kept.record if kept else meeting_record(this) if drafts else None
    whole = all(readable.values())
    return {
        "meeting": this,
        "committee": this.committee.name_in(get_language() or "en"),
        "status": meeting_status(this.state),
        "minutes": kept,
        "approved_by": kept.approved_by.name_in(get_language() or "en") if kept and kept.approved_by else "",
        "record": in_words(shown, readable) if shown else None,
        "notes": kept.notes if kept and whole else "",
        "withheld": bool(kept and kept.notes) and not whole,
        "form": form if drafts else None,
        "approves": bool(APPROVE_MINUTES.roles & folder.roles) and this.state == APPROVE_STATE,
        "needed": needed(meeting_gaps(APPROVE_MINUTES, folder.facts), folder.rules),
        "breadcrumb": meeting_breadcrumb(this, {"label": _("Minutes")}),
    }


APPROVE_STATE = next(iter(APPROVE_MINUTES.sources)).value


@login_required
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The one who presided approves."""
    folder = open_meeting(request, pk)
    if not APPROVE_MINUTES.roles & folder.roles:
        raise PermissionDenied
    seen = (request.POST if request.method == "POST" else request.GET).get("drafted", "")
    found = meeting_gaps(APPROVE_MINUTES, folder.facts)
    try:
        if found:
            raise Refused(found)
        if request.method == "POST":
            approve_minutes(pk, seen=seen, actor=reader(request), now=timezone.now())
            messages.success(request, _("The minutes are approved."))
            return redirect("workflows:minutes", pk)
    except Refused as refused:
        return _unread(request, pk) if Gap(GapCode.STALE) in refused.gaps else show_refused(request, pk, refused)
    if folder.minutes is None or folder.minutes.mark != seen:
        return _unread(request, pk)
    return _confirm(request, folder, ReadDraftForm(initial={"drafted": seen}))


def _unread(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as they are now: they were drafted again since they were read."""
    fresh = open_meeting(request, pk)
    kept = fresh.minutes
    form = NotesForm(initial={"notes": kept.notes, "drafted": kept.mark} if kept else None)
    return render(request, "workflows/minutes.html", _page(fresh, form) | {"unread": True}, status=409)


def _confirm(request: HttpRequest, folder: MeetingFolder, form: ReadDraftForm) -> HttpResponse:
    language = get_language() or "en"
    confirm = {
        "title": _("Approve the minutes"),
        "effects": [_("Record and notes are frozen, with a SHA-256 digest in the history.")],
        "people": [seat.user.name_in(language) for seat in folder.seats if seat.user_id != folder.user.pk],
        "final": _("Approved minutes cannot be changed."),
        "action": _("Approve"),
        "back_url": reverse("workflows:minutes", args=[folder.meeting.pk]),
    }
    trail = meeting_breadcrumb(folder.meeting, {"label": confirm["title"]})
    return render(request, "workflows/confirm.html", {"confirm": confirm, "form": form, "breadcrumb": trail})


# -- the record in the reader's language ------------------------------------------------------------------------------


def in_words(record: dict[str, Any], readable: dict[int, Folder | None]) -> dict[str, Any]:
    """The record for one reader: items the reader is recused from keep nothing but their number."""
    return {
        "opened_at": _moment(record["opened_at"]),
        "closed_at": _moment(record["closed_at"]),
        "place": record["place"],
        "presiding": _name(record["presiding"]),
        "attendance": [
            {
                "name": _name(stay["person"]),
                "role": SEAT_ROLES[SeatRole(stay["role"])],
                "mode": MODES[Mode(stay["mode"])],
                "for": _name(stay["stands_for"]) if stay["stands_for"] else "",
                "from": _moment(stay["arrived_at"]),
                "until": _moment(stay["left_at"]),
            }
            for stay in record["attendance"]
        ],
        "items": [_item(item, readable) for item in as_read(record, _read_by(readable))["items"]],
    }


def _read_by(readable: dict[int, Folder | None]) -> set[int]:
    return {case for case, folder in readable.items() if folder is not None}


def _item(item: dict[str, Any], readable: dict[int, Folder | None]) -> dict[str, Any]:
    folder = readable.get(item["case"]) if "case" in item else None
    if folder is None:
        return {"number": item["position"], "recused": True}
    return {
        "number": item["position"],
        "case": item["case"],
        "reference": item["reference"],
        "title": item["title"],
        "opened_at": _moment(item["opened_at"]),
        "closed_at": _moment(item["closed_at"]),
        "outcome": outcome_label(item["outcome"]) if item["outcome"] else "",
        "note": item["note"],
        "recused_people": [_name(person) for person in item["recused"]],
        "results": [_motion(motion, folder) for motion in item["motions"]],
    }


def _motion(motion: dict[str, Any], folder: Folder) -> dict[str, Any]:
    """A motion as ``_meeting_result.html`` takes it."""
    is_gate = motion["kind"] == MotionKind.RESOLVE_GATE.value
    gate = _("Resolve gate %(indicator)s") % {"indicator": motion["indicator"]}
    return {
        **motion,
        "title": gate if is_gate else kind_label(folder, motion["decision_kind"]),
        "closed_at": _moment(motion["closed_at"]),
        "standing": motion["standing"] or {},
        "votes": [
            {
                "name": _name(vote["person"]),
                "choice": CHOICES[Choice(vote["choice"])],
                "reason": vote["reason"],
                "by": _name(vote["by"]) if vote["by"] else "",
                "counted": vote["counted"],
            }
            for vote in motion["votes"]
        ],
        "dissents": [{"name": _name(row["person"]), "text": row["text"]} for row in motion["dissents"]],
    }


def _name(person: dict[str, Any]) -> str:
    return str(person["zh"] if (get_language() or "en").startswith("zh") else person["en"])


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
