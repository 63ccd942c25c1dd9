"""Keeping a roster: a new committee, a seat, its end, an absence; for managers and secretaries of the host."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ethicsreview.accounts.models import Organisation
from workflows.actions.committees import create_committee, end_seat, record_absence, seat_member
from workflows.domain.gapcodes import Refused
from workflows.forms.committees import AbsenceForm, CommitteeForm, EndSeatForm, SeatForm
from workflows.models import Committee, Seat
from workflows.queries.rosters import hosts_kept_by, instruments, may_keep_roster, newest_rulebooks, rules_of, seatable
from workflows.views.doors import desk_day, needed, reader, status_of


@login_required
@require_http_methods(["GET", "POST"])
def committee_new(request: HttpRequest) -> HttpResponse:
    """A committee of an organisation whose roster the person keeps."""
    actor, language = reader(request), get_language() or "en"
    hosts = {host.pk: host for host in hosts_kept_by(actor, desk_day(timezone.now()))}
    if not hosts:
        raise PermissionDenied
    form = CommitteeForm(
        request.POST or None,
        hosts=[(pk, host.name_in(language)) for pk, host in hosts.items()],
        rulebooks=newest_rulebooks(),
        instruments=[(found.slug, found.title.in_(language)) for found in instruments()],
    )
    if request.method == "POST" and form.is_valid():
        committee = _create(form, hosts[form.cleaned_data["host"]], request)
        messages.success(request, _("The committee is set up. Now give its members their seats."))
        return redirect("workflows:committee", committee.pk)
    crumbs = [{"label": _("Committees"), "url": reverse("workflows:committee-list")}, {"label": _("New committee")}]
    sheet = {"title": _("New committee"), "action": _("Set up the committee"), "back": crumbs[0]["url"]}
    return _sheet(request, form, sheet, crumbs)


def _create(form: CommitteeForm, host: Organisation, request: HttpRequest) -> Committee:
    data = form.cleaned_data
    return create_committee(
        host,
        code=data["code"],
        name=data["name"],
        name_zh=data["name_zh"],
        rulebook_slug=data["rulebook"],
        instrument_slug=data["instrument"],
        circumstances=data.get("circumstances", []),
        actor=reader(request),
        now=timezone.now(),
    )


@login_required
@require_http_methods(["GET", "POST"])
def seat_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a seat."""
    committee, day = get_object_or_404(Committee.objects.select_related("host"), pk=pk), desk_day(timezone.now())
    actor = reader(request)
    if not may_keep_roster(actor, committee.host_id, day):
        raise PermissionDenied
    rules, people = rules_of(committee), seatable(committee, day)
    form = SeatForm(request.POST or None, rules=rules, people=people, initial={"starts": day})
    found, code = [], 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        user = next(person for person in people if person.pk == form.cleaned_data["person"])
        try:
            seat_member(committee, user, form.terms(), actor=actor, now=timezone.now())
        except Refused as refused:
            found, code = needed(refused.gaps, rules), status_of(refused)
        else:
            messages.success(request, _("%(name)s has a seat.") % {"name": user.name_in(get_language() or "en")})
            return redirect("workflows:committee", pk)
    sheet = {"title": _("Give a seat"), "action": _("Give the seat"), "back": _page(committee), "code": code}
    return _sheet(request, form, sheet, _crumbs(committee, _("Give a seat")), found)


@login_required
@require_http_methods(["GET", "POST"])
def seat_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a seat on a day."""
    seat, day, actor = _seat(pk), desk_day(timezone.now()), reader(request)
    if not may_keep_roster(actor, seat.committee.host_id, day):
        raise PermissionDenied
    form = EndSeatForm(request.POST or None, initial={"last_day": day})
    title = _("End the seat of %(name)s") % {"name": seat.user.name_in(get_language() or "en")}
    found, code = [], 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            end_seat(pk, last_day=form.cleaned_data["last_day"], actor=actor, now=timezone.now())
        except Refused as refused:
            found, code = needed(refused.gaps, rules_of(seat.committee)), status_of(refused)
        else:
            messages.success(request, _("The seat ends on the day you gave."))
            return redirect("workflows:committee", seat.committee_id)
    sheet = {"title": title, "action": _("End the seat"), "back": _page(seat.committee), "code": code, "danger": True}
    sheet["text"] = _("From the next day the person reads no case of the committee. What was voted and rated stays.")
    return _sheet(request, form, sheet, _crumbs(seat.committee, title), found)


@login_required
@require_http_methods(["GET", "POST"])
def seat_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Record when a seat's holder is away: oneself, or whoever keeps the roster."""
    seat, actor = _seat(pk), reader(request)
    keeper = may_keep_roster(actor, seat.committee.host_id, desk_day(timezone.now()))
    if seat.user_id != actor.pk and not keeper:
        raise PermissionDenied
    first = {"away_from": seat.away_from, "away_until": seat.away_until}
    form = AbsenceForm(request.POST or None, initial=first)
    title = _("Absence of %(name)s") % {"name": seat.user.name_in(get_language() or "en")}
    if request.method == "POST" and form.is_valid():
        record_absence(pk, **form.cleaned_data, actor=actor, now=timezone.now())
        messages.success(request, _("The absence is recorded."))
        return redirect("workflows:committee", seat.committee_id)
    sheet = {"title": title, "action": _("Save"), "back": _page(seat.committee), "code": 400 if form.is_bound else 200}
    sheet["text"] = _("Those who assign reviewers see it; while the chair is away a vice-chair can be designated.")
    return _sheet(request, form, sheet, _crumbs(seat.committee, title))


def _seat(pk: int) -> Seat:
    return get_object_or_404(Seat.objects.select_related("committee__host", "user"), pk=pk)


def _page(committee: Committee) -> str:
    return reverse("workflows:committee", args=[committee.pk])


def _crumbs(committee: Committee, title: str) -> list[dict[str, Any]]:
    first = {"label": _("Committees"), "url": reverse("workflows:committee-list")}
    return [first, {"label": committee.code, "url": _page(committee)}, {"label": title}]


def _sheet(
    request: HttpRequest,
    form: forms.Form,
    sheet: dict[str, Any],
    crumbs: list[dict[str, Any]],
    found: list[dict[str, str]] | None = None,
) -> HttpResponse:
    context = {"form": form, "sheet": sheet, "breadcrumb": crumbs, "needed": found or []}
    code = sheet.get("code", 400 if form.is_bound else 200)
    return render(request, "workflows/roster_sheet.html", context, status=code)
