"""The list of verifications and the page of one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from workflows.domain.clock import local_day
from workflows.domain.verification_states import BODY, V_CLOSED, Round, VRole, VState
from workflows.forms.verifications import VerificationFilterForm
from workflows.models import Verification
from workflows.queries.certificate_words import look_words
from workflows.queries.certificates import LIVE
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_pages import milestones
from workflows.queries.verifications import Filters, VerificationFolder, VerificationPage, verification_page
from workflows.views import verification_hub as hub
from workflows.views.doors import desk_day, reader
from workflows.views.verification_doors import open_verification
from workflows.views.verification_findings import reading
from workflows.views.verification_pieces import (
    breadcrumb,
    clocks,
    language,
    status,
    steps,
    tier_name,
    title_of,
)
from workflows.views.verification_results import results
from workflows.wording import V_ROLES, V_STATES, VERBS

Row = dict[str, Any]


@login_required
@require_safe
def verification_list(request: HttpRequest) -> HttpResponse:
    """The verifications the person may read, newest change first, with shareable filters."""
    user, now = reader(request), timezone.now()
    form = VerificationFilterForm(request.GET)
    filters = form.filters() if form.is_valid() else Filters()
    marks = {"older": request.GET.get("older", ""), "newer": request.GET.get("newer", "")}
    page = verification_page(user, desk_day(now), filters, **marks)
    context = {
        "form": form,
        "rows": [_listed(row, now) for row in page.rows],
        "page": _pages(request, page),
        "tabs": _tabs(request, page, filters),
        "filters": _chips(request, filters) if form.is_valid() else [],
        "clear_url": request.path,
        "invalid": not form.is_valid(),
    }
    return render(request, "workflows/verification_list.html", context, status=200 if form.is_valid() else 400)


def _listed(row: Verification, now: datetime) -> Row:
    day, held = local_day(now, load_scheme(row.scheme).time_zone), getattr(row, "certificate", None)
    due = {VState.CORRECTION: row.correction_until, VState.NOTICE: row.notice_until}.get(VState(row.state))
    return {
        "pk": row.pk,
        "reference": row.reference,
        "legal_entity": row.self_assessment.legal_entity,
        "status": status(row),
        "target": row.self_assessment.target,
        "body": row.host.name_in(language()),
        "due": due,
        "over": due is not None and day > due,
        "look_due": held.surveillance_due if held and held.state in LIVE and day <= held.expires_on else None,
        "look": look_words(held, day) if held else None,
        "changed_at": row.changed_at,
    }


def _address(request: HttpRequest, leave: set[str], **more: str) -> str:
    kept = {key: value for key, value in request.GET.items() if key not in leave and value}
    words = urlencode({**kept, **more})
    return f"{request.path}?{words}" if words else request.path


def _pages(request: HttpRequest, page: VerificationPage) -> Row:
    marks = {"older", "newer"}
    return {
        "total": page.total,
        "previous_url": _address(request, marks, newer=page.newer) if page.newer else "",
        "next_url": _address(request, marks, older=page.older) if page.older else "",
    }


def _tabs(request: HttpRequest, page: VerificationPage, filters: Filters) -> list[Row]:
    """Every state that holds verifications, with how many, as links that keep the other filters."""
    marks = {"older", "newer", "state"}
    everything = {
        "label": _("All"),
        "url": _address(request, marks),
        "current": not filters.state,
        "count": sum(page.counts.values()),
    }
    return [everything] + [
        {
            "label": V_STATES[state],
            "url": _address(request, marks, state=state.value),
            "current": filters.state == state.value,
            "count": count,
        }
        for state, count in page.counts.items()
    ]


def _chips(request: HttpRequest, filters: Filters) -> list[Row]:
    used = (
        ("text", _("Words"), filters.text),
        ("state", _("State"), V_STATES[VState(filters.state)] if filters.state else ""),
        ("mine", _("Where I have a part"), " " if filters.mine else ""),
        ("open", _("Open ones only"), " " if filters.open else ""),
    )
    marks = {"older", "newer"}
    return [
        {"label": label, "value": value, "remove_url": _address(request, {*marks, key})}
        for key, label, value in used
        if value
    ]


# -- one verification -------------------------------------------------------------------------------------------------


@login_required
@require_safe
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """One verification: where it stands, what this person can do about it and what is still needed."""
    folder = open_verification(request, pk)
    first, more = hub.rows(folder)
    row, inside = folder.verification, bool(folder.roles & BODY)
    context = {
        "verification": row,
        "legal_entity": row.self_assessment.legal_entity,
        "status": status(row),
        "steps": steps(folder),
        "awaits": hub.AWAITS[folder.state],
        "breadcrumb": breadcrumb(row),
        "notices": _notices(folder, inside),
        "outcome": _outcome(folder),
        "first": first,
        "more": more,
        "idle": folder.state not in V_CLOSED,
        "results": results(folder),
        "links": _links(folder),
        "events": events_of(folder, inside),
        "clocks": clocks(folder),
        "facts": facts_of(folder, inside),
        "people": people_of(folder, inside),
        "recusable": hub.may_recuse(folder),
    }
    return render(request, "workflows/verification_page.html", context)


def _notices(folder: VerificationFolder, inside: bool) -> list[Row]:
    """What must not be overlooked: a recommendation that came back, an adviser, a window that is over."""
    row, found = folder.verification, []
    if inside and folder.facts.sent_back:
        found.append(
            {"tone": "warn", "title": _("The recommendation came back to the team"), "text": row.return_reasons}
        )
    if inside and folder.state is VState.ENTRY and row.self_assessment.adviser:
        words = _("It names “%(adviser)s”. Nobody who works there may have a part.") % {
            "adviser": row.self_assessment.adviser
        }
        found.append({"tone": "info", "title": _("The enterprise was advised"), "text": words})
    found += _look_notice(folder)
    if inside and folder.facts.upheld and folder.state is VState.NOTICE:
        words = _("A certificate cannot be decided on this recommendation.")
        found.append({"tone": "warn", "title": _("An objection was upheld"), "text": words})
    return found


def _look_notice(folder: VerificationFolder) -> list[Row]:
    """That the certificate's yearly look is near or overdue."""
    held = folder.certificate if folder.state is VState.CERTIFIED else None
    look = look_words(held, folder.day) if held else None
    if held is None or look is None:
        return []
    words = _("Due by %(day)s. It is recorded on the page of the certificate.")
    day = date_format(held.surveillance_due) if held.surveillance_due else ""
    return [{"tone": look["tone"], "title": _("The yearly surveillance is to be done"), "text": words % {"day": day}}]


def _outcome(folder: VerificationFolder) -> Row | None:
    """How a closed verification ended, with where its papers are."""
    row, state = folder.verification, folder.state
    if state not in V_CLOSED:
        return None
    facts: list[Row] = []
    links: list[Row] = []
    if folder.certificate is not None:
        held = folder.certificate
        named = f"{held.tier} · {tier_name(folder.instrument, held.tier)}"
        url = reverse("workflows:verification-certificate", args=[row.pk])
        facts.append({"label": pgettext("maturity", "Tier"), "value": named})
        facts.append({"label": _("Certificate"), "value": held.number, "url": url})
        facts.append({"label": _("Valid until"), "value": date_format(held.expires_on)})
        links.append({"label": _("The certificate and its life"), "url": url})
    if row.decided_at:
        facts.append({"label": _("Decided on"), "value": date_format(localtime(row.decided_at), "DATETIME_FORMAT")})
        url = reverse("workflows:verification-reports", args=[row.pk])
        links.insert(0, {"label": _("Signed documents"), "url": url, "main": True})
    if row.closing_reasons:
        facts.append({"label": _("Reasons"), "value": row.closing_reasons})
    return {"title": V_STATES[state], "facts": facts, "links": links}


def _links(folder: VerificationFolder) -> list[Row]:
    """Pages to read, whoever may act on them."""
    pk, found = folder.verification.pk, reading(folder)
    if folder.ballots and (folder.roles & BODY or any(ballot.closed_at for ballot in folder.ballots)):
        found.append({"label": _("Expert panel"), "url": reverse("workflows:verification-panel", args=[pk])})
    if folder.objections:
        url = reverse("workflows:verification-objections", args=[pk])
        found.append({"label": _("Objections"), "url": url, "line": str(len(folder.objections))})
    if folder.verification.notice_from:
        url = reverse("workflows:register-notice", args=[folder.verification.reference])
        found.append({"label": _("The public notice"), "url": url})
    if VRole.ENTERPRISE in folder.roles:
        url = reverse("assessments:self-assessment", args=[folder.verification.self_assessment_id])
        found.append({"label": _("Your self-assessment"), "url": url})
    return found


def events_of(folder: VerificationFolder, inside: bool) -> list[Row]:
    return [
        {
            "at": event.at,
            "text": VERBS.get(event.verb, event.verb),
            "actor": event.actor.name_in(language()) if event.actor and inside else "",
        }
        for event in milestones(folder, inside=inside)
    ]


def facts_of(folder: VerificationFolder, inside: bool) -> list[Row]:
    row, assessed, instrument = folder.verification, folder.verification.self_assessment, folder.instrument
    target = f"{assessed.target} · {tier_name(instrument, assessed.target)}"
    facts: list[Row] = [
        {"label": _("Enterprise"), "value": assessed.organisation.name_in(language()), "note": assessed.entity_code},
        {"label": pgettext("maturity", "Scope"), "value": assessed.scope},
        {"label": _("Target tier"), "value": target},
        {"label": _("Body that verifies"), "value": row.host.name_in(language())},
        {"label": _("Instrument"), "value": instrument.title.in_(language()), "note": f"v{instrument.version}"},
        {"label": _("Scheme"), "value": title_of(folder.scheme)},
        {
            "label": pgettext("verification", "Handed in"),
            "value": date_format(localtime(row.created_at), "DATETIME_FORMAT"),
        },
    ]
    if folder.may_see(Round.SELF):
        tier = row.snapshot.tier
        named = f"{tier} · {tier_name(instrument, tier)}"
        facts.insert(3, {"label": _("Self-assessed tier"), "value": named})
        facts.append({"label": _("Snapshot"), "value": f"SHA-256 {row.snapshot.digest[:16]}…"})
    if inside and assessed.adviser:
        facts.append({"label": _("Adviser"), "value": assessed.adviser})
    return facts


def people_of(folder: VerificationFolder, inside: bool) -> list[Row]:
    """Who works on it; the enterprise is told its assessors, and nobody else's name before the decision."""
    lead = folder.verification.self_assessment.lead
    found: list[Row] = [
        {
            "name": place.user.name_in(language()),
            "role": V_ROLES[VRole.LEAD_ASSESSOR if place.lead else VRole.ASSESSOR],
        }
        for place in folder.team
    ]
    if inside and folder.verification.reviewer is not None:
        name = folder.verification.reviewer.name_in(language())
        found.append({"name": name, "role": V_ROLES[VRole.REVIEWER]})
    if inside:
        role = V_ROLES[VRole.PANELLIST]
        found += [{"name": seat.user.name_in(language()), "role": role} for seat in folder.panel]
    return [*found, {"name": lead.name_in(language()), "role": V_ROLES[VRole.LEAD]}]
