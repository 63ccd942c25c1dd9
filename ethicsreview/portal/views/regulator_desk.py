"""The regulator's desk: what lies in the jurisdiction, its cases, verifications and committees."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.models import User
from ethicsreview.portal.queries.narrowing import (
    CASE_FILTERS,
    COMMITTEE_FILTERS,
    VERIFICATION_FILTERS,
    narrowed_cases,
    narrowed_committees,
    narrowed_verifications,
)
from ethicsreview.portal.queries.oversight import Composed, committee_of, committee_page, committees_of, desk_of
from ethicsreview.portal.reporting.naming import reach_name
from ethicsreview.portal.views import regulator_doors as doors
from ethicsreview.portal.views.regulator_filters import asked_for, chips
from workflows.domain.states import CLOSED, State
from workflows.domain.verification_states import V_CLOSED, VState
from workflows.models import Case, Decision, Verification
from workflows.queries.deadlines import clock_of
from workflows.queries.lists import page_of as case_page_of
from workflows.queries.rosters import gaps_of, rules_of
from workflows.queries.rulebooks import load_rulebook
from workflows.queries.verifications import page_of as verification_page_of
from workflows.views.committees import member_row, seats_in_order
from workflows.views.doors import desk_day, needed
from workflows.views.pieces import status
from workflows.views.verification_pieces import status as verification_status
from workflows.wording import STATES, V_STATES

Row = dict[str, Any]


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What lies in the jurisdiction at first sight."""
    office, user, now = doors.desk_of(request), doors.regulator(request), timezone.now()
    found, language = desk_of(user, desk_day(now)), get_language() or "en"
    context = {
        "office": office.name_in(language),
        "reach": reach_name(office, language),
        "figures": [
            _figure(_("cases under way"), "cases", found.cases, without=CLOSED),
            _figure(_("cases closed"), "cases", found.cases, within=CLOSED),
            _figure(_("verifications under way"), "verifications", found.verifications, without=V_CLOSED),
            _figure(_("verifications closed"), "verifications", found.verifications, within=V_CLOSED),
            {"label": _("committees"), "value": found.committees, "url": reverse("portal:regulator-committees")},
        ],
        "decisions": [_decided(row, language) for row in found.decisions],
    }
    return render(request, "portal/regulator_desk.html", context)


def _figure(
    label: str,
    page: str,
    counts: Mapping[Any, int],
    *,
    within: Iterable[StrEnum] = (),
    without: Iterable[StrEnum] = (),
) -> Row:
    held = set(within) or counts.keys() - set(without)
    return {
        "label": label,
        "value": sum(count for state, count in counts.items() if state in held),
        "url": reverse(f"portal:regulator-{page}"),
    }


def _decided(decision: Decision, language: str) -> Row:
    rules = load_rulebook(decision.case.rulebook)
    kind = next((rule.label.in_(language) for rule in rules.decisions if rule.code == decision.kind), decision.kind)
    return {
        "case": decision.case,
        "kind": kind,
        "committee": decision.case.committee.name_in(language),
        "at": decision.issued_at,
    }


# -- lists -----------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest, states: Iterable[StrEnum]) -> dict[str, str]:
    """The state and the page that are asked for; a state that does not exist is not asked for."""
    asked = {key: request.GET.get(key, "")[:80] for key in ("state", "older", "newer")}
    known = {state.value for state in states}
    return {key: value for key, value in asked.items() if value and (key != "state" or value in known)}


def _narrowing(asked: Mapping[str, str], filters: Mapping[str, str]) -> dict[str, str]:
    """The filters without the marks of pages, as they are kept."""
    return {**{key: value for key, value in asked.items() if key == "state"}, **filters}


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in the jurisdiction, newest change first."""
    asked, filters = _asked(request, State), asked_for(request, CASE_FILTERS)
    doors.desk_of(request, "cases", _narrowing(asked, filters))
    user, now = doors.regulator(request), timezone.now()
    rows = narrowed_cases(Case.objects.supervised_by(user, desk_day(now)), filters, now)
    page = case_page_of(rows, **asked)
    context = {
        "rows": [_case_row(row, now) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Cases")}),
        **_paged(request.path, asked, filters, page, STATES),
    }
    return render(request, "portal/regulator_cases.html", context)


def _case_row(case: Case, now: datetime) -> Row:
    clock = clock_of(case, now)
    return {
        "case": case,
        "status": status(case),
        "committee": case.committee.name_in(get_language() or "en"),
        "applicant": case.applicant.name_in(get_language() or "en"),
        "clock": clock if clock is not None and clock.running else None,
    }


@login_required
@require_safe
def verifications(request: HttpRequest) -> HttpResponse:
    """The verifications of enterprises in the jurisdiction, newest change first."""
    asked, filters = _asked(request, VState), asked_for(request, VERIFICATION_FILTERS)
    doors.desk_of(request, "verifications", _narrowing(asked, filters))
    user, now = doors.regulator(request), timezone.now()
    day = desk_day(now)
    rows = narrowed_verifications(Verification.objects.supervised_by(user, day), filters, now, day)
    page = verification_page_of(rows, **asked)
    context = {
        "rows": [_verification_row(row) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Verifications")}),
        **_paged(request.path, asked, filters, page, V_STATES),
    }
    return render(request, "portal/regulator_verifications.html", context)


def _verification_row(row: Verification) -> Row:
    return {
        "row": row,
        "legal_entity": row.self_assessment.legal_entity,
        "target": row.self_assessment.target,
        "body": row.host.name_in(get_language() or "en"),
        "status": verification_status(row),
    }


def _paged(
    path: str, asked: Mapping[str, str], filters: Mapping[str, str], page: Any, words: Mapping[Any, Any]
) -> Row:
    """Neighbouring pages, every state that holds rows with how many, and the other filters as chips."""
    state = asked.get("state", "")
    kept = {"state": state, **filters} if state else dict(filters)
    everything = _tab(path, filters, label=_("All"), current=not state, count=sum(page.counts.values()))
    tabs = [
        _tab(path, {"state": one.value, **filters}, label=words[one], current=one.value == state, count=count)
        for one, count in page.counts.items()
    ]
    return {
        "tabs": [everything, *tabs],
        "filters": chips(path, filters, state),
        "clear_url": path,
        "page": {
            "total": page.total,
            "previous_url": f"{path}?{urlencode({**kept, 'newer': page.newer})}" if page.newer else "",
            "next_url": f"{path}?{urlencode({**kept, 'older': page.older})}" if page.older else "",
        },
    }


def _tab(path: str, asked: Mapping[str, str], **shown: Any) -> Row:
    return {"url": f"{path}?{urlencode(asked)}" if asked else path, **shown}


# -- committees -------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """The committees in the jurisdiction, each with what its composition lacks; who sits where is no secret."""
    doors.desk_of(request)
    user, path, filters = doors.regulator(request), request.path, asked_for(request, COMMITTEE_FILTERS)
    marks = {key: request.GET.get(key, "")[:20] for key in ("after", "before")}
    day = desk_day(timezone.now())
    page = committee_page(narrowed_committees(committees_of(user, day), filters, day), day, **marks)
    context = {
        "rows": [_composed(row) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Committees")}),
        "page": {
            "total": page.total,
            "previous_url": f"{path}?{urlencode({**filters, 'before': page.before})}" if page.before else "",
            "next_url": f"{path}?{urlencode({**filters, 'after': page.after})}" if page.after else "",
        },
        "filters": chips(path, filters),
        "clear_url": path,
    }
    return render(request, "portal/regulator_committees.html", context)


def _composed(row: Composed) -> Row:
    language = get_language() or "en"
    return {
        "code": row.committee.code,
        "name": row.committee.name_in(language),
        "host": row.committee.host.name_in(language),
        "seats": row.seats,
        "needed": needed(row.gaps, row.rules),
    }


@login_required
@require_safe
def committee(request: HttpRequest, code: str) -> HttpResponse:
    """One committee: its people, and what its composition lacks by which article."""
    doors.desk_of(request)
    day, language = desk_day(timezone.now()), get_language() or "en"
    found = _committee(doors.regulator(request), day, code)
    row, seats = found
    rules = rules_of(row)
    context = {
        "committee": row,
        "name": row.name_in(language),
        "host": row.host.name_in(language),
        "rulebook": rules.title.in_(language),
        "needed": needed(gaps_of(row, [seat for seat in seats if seat.starts <= day]), rules),
        "members": [member_row(seat, rules, day) for seat in seats_in_order(seats)],
        "breadcrumb": doors.crumbs(
            {"label": _("Committees"), "url": reverse("portal:regulator-committees")}, {"label": row.code}
        ),
    }
    return render(request, "portal/regulator_committee.html", context)


def _committee(user: User, day: date, code: str) -> Any:
    found = committee_of(user, day, code)
    if found is None:
        raise Http404
    return found
