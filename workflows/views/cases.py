"""The list of cases and the page of one case."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.domain.states import Role
from workflows.domain.transitions import gaps
from workflows.forms.cases import CaseFilterForm
from workflows.queries.folders import Folder
from workflows.queries.history import history
from workflows.queries.lists import CaseFilters, Page, case_page
from workflows.views.doors import desk_day, needed, open_case, reader
from workflows.views.hub import ENTRIES, Entry, may_declare, may_read_reviews
from workflows.views.pieces import breadcrumb, clocks, status, steps
from workflows.wording import SEAT_ROLES, VERBS

DESK = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER, Role.REVIEWER})


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases the person may read, newest change first, with shareable filters."""
    user, day = reader(request), desk_day(timezone.now())
    form = CaseFilterForm(request.GET, user=user, day=day)
    filters = form.filters() if form.is_valid() else CaseFilters()
    page = case_page(user, day, filters, older=request.GET.get("older", ""), newer=request.GET.get("newer", ""))
    context = {
        "form": form,
        "rows": [{"case": case, "status": status(case)} for case in page.rows],
        "page": _pages(request, page),
        "filters": form.chips(request.path) if form.is_valid() else [],
        "clear_url": request.path,
        "invalid": not form.is_valid(),
    }
    return render(request, "workflows/case_list.html", context, status=200 if form.is_valid() else 400)


def _pages(request: HttpRequest, page: Page) -> dict[str, Any]:
    kept = {key: value for key, value in request.GET.items() if key not in {"older", "newer"} and value}

    def link(**mark: str) -> str:
        return f"{request.path}?{urlencode({**kept, **mark})}"

    return {
        "total": page.total,
        "previous_url": link(newer=page.newer) if page.newer else "",
        "next_url": link(older=page.older) if page.older else "",
    }


@login_required
@require_safe
def case_page_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: where it stands, what this person can do about it and what is still needed."""
    folder = open_case(request, pk)
    desk = bool(folder.roles & DESK)
    context = {
        "folder": folder,
        "case": folder.case,
        "desk": desk,
        "status": status(folder.case),
        "steps": steps(folder),
        "clocks": clocks(folder),
        "breadcrumb": breadcrumb(folder),
        "entries": [_entry(folder, entry) for entry in ENTRIES if entry.is_open(folder)],
        "people": _people(folder) if desk else [],
        "events": _events(folder, desk=desk),
        "facts": _facts(folder),
        "versions": [v for v in folder.applications if v.submitted_at or not desk],
        "comparison": may_read_reviews(folder),
        "declarable": may_declare(folder),
        "meetings": folder.agenda if desk else [],
        "outcome": _outcome(folder),
    }
    return render(request, "workflows/case_page.html", context)


def _entry(folder: Folder, entry: Entry) -> dict[str, Any]:
    facts = replace(folder.facts, notice_items=("*",), reasons=True)
    found = gaps(entry.transition, facts, folder.rules) if entry.guarded else ()
    return {
        "label": entry.label,
        "url": reverse(entry.route, args=[folder.case.pk]),
        "primary": entry.primary,
        "danger": entry.danger,
        "post": entry.post,
        "needed": needed(found, folder.rules, folder.instrument),
    }


def _people(folder: Folder) -> list[dict[str, Any]]:
    language = get_language() or "en"
    reviewing = {review.user_id: review for review in folder.reviews}
    shown = []
    for seat in folder.seats:
        review = reviewing.get(seat.user_id)
        chip, tone = "", "plain"
        if seat.user_id in folder.recused:
            chip, tone = _("Recused"), "warn"
        elif review is not None:
            chip, tone = (_("Reviewed"), "good") if review.submitted_at else (_("Reviewing"), "active")
        shown.append(
            {"name": seat.user.name_in(language), "role": SEAT_ROLES[seat.role], "chip": chip, "tone": tone}  # type: ignore[index]
        )
    return shown


def _events(folder: Folder, *, desk: bool) -> list[dict[str, Any]]:
    language = get_language() or "en"
    return [
        {
            "at": event.at,
            "text": VERBS.get(event.verb, event.verb),
            "actor": event.actor.name_in(language) if event.actor and desk else "",
        }
        for event in history(folder, desk=desk)
    ]


def _facts(folder: Folder) -> list[dict[str, Any]]:
    """Who and where, and once confirmed tier, flags and procedure, in words."""
    case, language = folder.case, get_language() or "en"
    committee = reverse("workflows:committee", args=[case.committee_id])
    rows: list[dict[str, Any]] = [
        {"label": _("Applicant"), "value": case.applicant.name_in(language)},
        {"label": _("Project lead"), "value": case.lead.name_in(language)},
        {"label": _("Committee"), "value": case.committee.name_in(language), "url": committee},
        {"label": _("Rulebook"), "value": folder.rules.title.in_(language), "note": f"v{folder.rules.version}"},
    ]
    return rows + _findings(folder, language)


def _findings(folder: Folder, language: str) -> list[dict[str, Any]]:
    case = folder.case
    if not case.tier:
        return []
    tiers = {tier.key: tier.label.in_(language) for tier in folder.instrument.tiers}
    flags = {flag.key: flag.label.in_(language) for flag in folder.instrument.flags}
    joint = "、" if language.startswith("zh") else ", "
    rows = [
        {"label": _("Tier"), "value": f"{case.tier} · {tiers.get(case.tier, '')}", "note": case.classification_reason},
        {"label": _("Flags"), "value": joint.join(flags.get(flag, flag) for flag in case.flags)},
    ]
    if case.route:
        way = next((row for row in folder.rules.routes if row.code == case.route), None)
        label, article = (way.label.in_(language), way.citation.in_(language)) if way else (case.route, "")
        rows.append({"label": _("Way by rule"), "value": label, "note": article})
        rows.append({"label": _("Procedure applied"), "value": _("General procedure"), "note": case.procedure_reasons})
    return rows


def _outcome(folder: Folder) -> list[dict[str, Any]]:
    """Issued decisions, newest first."""
    language = get_language() or "en"
    labels = {rule.code: rule.label.in_(language) for rule in folder.rules.decisions}
    return [
        {
            "number": decision.number,
            "label": labels.get(decision.kind, decision.kind),
            "facts": [
                {"label": _("Issued"), "value": date_format(localtime(decision.issued_at), "DATETIME_FORMAT")},
                {
                    "label": _("Valid until"),
                    "value": date_format(decision.valid_until) if decision.valid_until else "",
                },
            ],
        }
        for decision in reversed(folder.issued)
        if decision.issued_at
    ]
