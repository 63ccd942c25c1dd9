"""At the table: opening and adjourning an item, motions, votes, dissents. Each ends on the page of the meeting."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workflows.actions import motions as actions
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.transitions import (
    ADJOURN_ITEM,
    CLOSE_MOTION,
    OPEN_ITEM,
    PUT_MOTION,
    WITHDRAW_MOTION,
    Transition,
    gaps,
)
from workflows.forms.meetings import (
    GateMotionForm,
    MotionForm,
    MotionIdForm,
    PrintedReasonsForm,
)
from workflows.queries.folders import Folder
from workflows.views.doors import needed, open_case, reader, status_of
from workflows.views.meetings import show_refused
from workflows.views.pieces import breadcrumb, status
from workflows.views.table import kind_label, standing_gates


def _table(folder: Folder) -> int | None:
    """The meeting the case is before, else the last one it was."""
    item = folder.item or (folder.agenda[-1] if folder.agenda else None)
    return item.meeting_id if item else None


def back_to_meeting(folder: Folder) -> str:
    meeting = _table(folder)
    if meeting is None:
        return reverse("workflows:case", args=[folder.case.pk])
    return reverse("workflows:meeting", args=[meeting])


def only(transition: Transition, folder: Folder) -> None:
    """The wrong person learns nothing, not even what is wrong with what was sent."""
    if not transition.roles & folder.roles:
        raise PermissionDenied


def _refused(request: HttpRequest, folder: Folder, refused: Refused, typed: str = "") -> HttpResponse:
    meeting = _table(folder)
    if refused.is_role or meeting is None:
        raise PermissionDenied
    return show_refused(request, meeting, refused, typed=typed, folder=folder)


def at_once(
    request: HttpRequest, folder: Folder, do: Callable[[], object], done: str, typed: str = ""
) -> HttpResponse:
    """Do it and go to the meeting; or show the meeting in its present state with what stood in the way."""
    try:
        do()
    except Refused as refused:
        return _refused(request, folder, refused, typed)
    messages.success(request, done)
    return redirect(back_to_meeting(folder))


@login_required
@require_POST
def open_item(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting turns to this case."""
    folder = open_case(request, pk)
    only(OPEN_ITEM, folder)
    return at_once(
        request,
        folder,
        lambda: actions.open_item(pk, actor=reader(request), now=timezone.now()),
        _("The item is open."),
    )


# -- acts with a form of their own ------------------------------------------------------------------------------------


def _act(
    request: HttpRequest,
    folder: Folder,
    transition: Transition,
    form: forms.Form,
    page: dict[str, Any],
    do: Callable[[], object],
) -> HttpResponse:
    """An act's form with what is still needed; on POST do it, or show why not with everything typed kept."""
    only(transition, folder)
    found: tuple[Gap, ...] = gaps(transition, folder.facts, folder.rules)
    code = 200
    if request.method == "POST":
        code = 400
        if form.is_valid():
            try:
                do()
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, page["done"])
                return redirect(back_to_meeting(folder))
    context = {
        **page,
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "form": form,
        "needed": needed(found, folder.rules, folder.instrument),
        "breadcrumb": breadcrumb(folder, {"label": page["title"]}),
        "back": back_to_meeting(folder),
    }
    return render(request, page.get("template", "workflows/meeting_act.html"), context, status=code)


@login_required
@require_http_methods(["GET", "POST"])
def adjourn(request: HttpRequest, pk: int) -> HttpResponse:
    """The case leaves the table undecided."""
    folder = open_case(request, pk)
    form = PrintedReasonsForm(request.POST or None)
    page = {
        "title": _("Adjourn the item"),
        "effects": [
            _("The case leaves the table undecided and goes back to the ready cases."),
            _("The reasons are printed in the minutes."),
        ],
        "action": _("Adjourn"),
        "done": _("The item is adjourned."),
    }
    return _act(
        request,
        folder,
        ADJOURN_ITEM,
        form,
        page,
        lambda: actions.adjourn_item(
            pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the open motion from the table."""
    folder = open_case(request, pk)
    form = PrintedReasonsForm(request.POST or None)
    page = {
        "title": _("Withdraw the motion"),
        "effects": [
            _("The ballot ends without a result; the votes cast stay in the record and decide nothing."),
            _("Another motion can be put."),
        ],
        "action": _("Withdraw the motion"),
        "done": _("The motion is withdrawn."),
        "danger": True,
    }
    return _act(
        request,
        folder,
        WITHDRAW_MOTION,
        form,
        page,
        lambda: actions.withdraw_motion(
            pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a decision to the vote; beside each kind stands what keeps it from being put."""
    folder = open_case(request, pk)
    kinds = [(rule.code, kind_label(folder, rule.code)) for rule in folder.rules.decisions]
    form = MotionForm(request.POST or None, kinds=kinds)
    page = {
        "title": _("Put a motion to the vote"),
        "effects": [
            _("Everybody present and free to vote is told and can vote at once."),
            _("The applicant can no longer withdraw the case."),
            _("Votes can be changed until the ballot is closed; until then nobody sees how others voted."),
        ],
        "action": _("Open the ballot"),
        "done": _("The motion is put; the ballot is open."),
        "template": "workflows/meeting_motion.html",
        "kinds": _kinds(folder),
        "gates": standing_gates(folder),
    }
    return _act(
        request,
        folder,
        PUT_MOTION,
        form,
        page,
        lambda: actions.put_motion(pk, **form.cleaned_data, actor=reader(request), now=timezone.now()),
    )


def _kinds(folder: Folder) -> list[dict[str, Any]]:
    """Every kind of decision with what, beyond the room, stands in its way."""
    common = gaps(PUT_MOTION, folder.facts, folder.rules)
    return [
        {
            "code": rule.code,
            "label": kind_label(folder, rule.code),
            "needed": _in_the_way(folder, rule.code, common),
        }
        for rule in folder.rules.decisions
    ]


def _in_the_way(folder: Folder, kind: str, common: tuple[Gap, ...]) -> list[dict[str, str]]:
    """One row for each hindrance; a gate that several reviewers rated 0 is one."""
    found = gaps(PUT_MOTION, replace(folder.facts, proposal=kind), folder.rules)
    rows = needed((gap for gap in found if gap not in common), folder.rules, folder.instrument)
    return list({row["text"]: row for row in rows}.values())


@login_required
@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it to the vote that a standing gate no longer blocks."""
    folder = open_case(request, pk)
    rows = standing_gates(folder)
    choices = [(row["value"], f"{row['indicator']} {row['question']} · {row['reviewer']}") for row in rows]
    form = GateMotionForm(request.POST or None, gates=choices)
    page = {
        "title": _("Put the resolution of a gate to the vote"),
        "effects": [
            _("If the motion is carried, this rating no longer keeps an approval from being put."),
            _("If it is lost, the gate goes on blocking."),
        ],
        "action": _("Open the ballot"),
        "done": _("The motion is put; the ballot is open."),
        "template": "workflows/meeting_gate.html",
        "gates": rows,
    }

    def do() -> None:
        indicator, reviewer = form.chosen()
        actions.put_gate_motion(
            pk,
            reviewer=reviewer,
            indicator=indicator,
            text=form.cleaned_data["text"],
            actor=reader(request),
            now=timezone.now(),
        )

    return _act(request, folder, PUT_MOTION, form, page, do)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the ballot."""
    folder = open_case(request, pk)
    only(CLOSE_MOTION, folder)
    form = MotionIdForm(request.POST)
    if not form.is_valid():
        raise Http404
    motion_id = form.cleaned_data["motion"]
    return at_once(
        request,
        folder,
        lambda: actions.close_motion(pk, motion_id=motion_id, actor=reader(request), now=timezone.now()),
        _("The ballot is closed."),
    )
