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
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.domain import Reach
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.portal.queries.oversight import Composed, committee_of, committee_page, desk_of
from ethicsreview.portal.views import regulator_doors as doors
from ethicsreview.portal.wording import PROVINCES
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
        "reach": _reach(office, language),
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


def _reach(office: Organisation, language: str) -> str:
    words: dict[Reach, Promise | str] = {
        Reach.NATIONAL: _("Jurisdiction: the whole country"),
        Reach.PROVINCE: _("Jurisdiction: organisations in the province %(name)s")
        % {"name": PROVINCES.get(office.province, office.province)},
        Reach.SECTOR: _("Jurisdiction: organisations of the sector %(name)s") % {"name": office.sector},
        Reach.LISTED: _("Jurisdiction: the organisations listed by the operator"),
        Reach.NONE: _("No jurisdiction is set yet; please turn to the operator."),
    }
    return str(words[Reach(office.reach)])


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
    """What narrows the list and which page of it is asked for; a state that does not exist is not asked for."""
    asked = {key: request.GET.get(key, "")[:80] for key in ("state", "older", "newer")}
    known = {state.value for state in states}
    return {key: value for key, value in asked.items() if value and (key != "state" or value in known)}


def _narrowing(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters without the marks of pages, as they are kept."""
    return {key: value for key, value in asked.items() if key == "state"}


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in the jurisdiction, newest change first."""
    asked = _asked(request, State)
    doors.desk_of(request, "cases", _narrowing(asked))
    user, now = doors.regulator(request), timezone.now()
    page = case_page_of(Case.objects.supervised_by(user, desk_day(now)), **asked)
    context = {
        "rows": [_case_row(row, now) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Cases")}),
        **_paged(request.path, asked, page, STATES),
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
    asked = _asked(request, VState)
    doors.desk_of(request, "verifications", _narrowing(asked))
    user, now = doors.regulator(request), timezone.now()
    page = verification_page_of(Verification.objects.supervised_by(user, desk_day(now)), **asked)
    context = {
        "rows": [_verification_row(row) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Verifications")}),
        **_paged(request.path, asked, page, V_STATES),
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


def _paged(path: str, asked: Mapping[str, str], page: Any, words: Mapping[Any, Any]) -> Row:
    """Neighbouring pages, and every state that holds rows with how many."""
    state = asked.get("state", "")
    kept = {"state": state} if state else {}
    everything = {"label": _("All"), "url": path, "current": not state, "count": sum(page.counts.values())}
    tabs = [
        {"label": words[one], "url": f"{path}?state={one.value}", "current": one.value == state, "count": count}
        for one, count in page.counts.items()
    ]
    return {
        "tabs": [everything, *tabs],
        "page": {
            "total": page.total,
            "previous_url": f"{path}?{urlencode({**kept, 'newer': page.newer})}" if page.newer else "",
            "next_url": f"{path}?{urlencode({**kept, 'older': page.older})}" if page.older else "",
        },
    }


# -- committees -------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """The committees in the jurisdiction, each with what its composition lacks; who sits where is no secret."""
    doors.desk_of(request)
    user, path = doors.regulator(request), request.path
    marks = {key: request.GET.get(key, "")[:20] for key in ("after", "before")}
    page = committee_page(user, desk_day(timezone.now()), **marks)
    context = {
        "rows": [_composed(row) for row in page.rows],
        "breadcrumb": doors.crumbs({"label": _("Committees")}),
        "page": {
            "total": page.total,
            "previous_url": f"{path}?{urlencode({'before': page.before})}" if page.before else "",
            "next_url": f"{path}?{urlencode({'after': page.after})}" if page.after else "",
        },
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
