"""The public registers of committees and decisions; nobody signs in here."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ethicsreview.accounts.wording import PROVINCES
from workflows.domain.checks import decision_rule
from workflows.domain.rulebook import Effect, Rulebook
from workflows.forms.registers import CommitteeRegisterForm, DecisionRegisterForm
from workflows.models import Committee, Decision
from workflows.queries.public_registers import (
    Composition,
    DecisionFilters,
    RegisterPage,
    code_of,
    committee_register,
    composition_of,
    decision_register,
    seated_committees,
)
from workflows.queries.rosters import newest_rulebooks
from workflows.queries.rulebooks import load_rulebook
from workflows.views.doors import desk_day, needed
from workflows.views.register_tabs import MARKS, kept_address, register_tabs
from workflows.views.verification_pieces import language

TONES = {
    Effect.APPROVE: "good",
    Effect.MODIFY_THEN_CHECK: "warn",
    Effect.MODIFY_THEN_MEETING: "warn",
    Effect.REFUSE: "bad",
}


def _marks(request: HttpRequest) -> dict[str, str]:
    return {mark: request.GET.get(mark, "") for mark in MARKS}


def _pages(request: HttpRequest, page: RegisterPage[Any]) -> dict[str, Any]:
    return {
        "total": page.total,
        "previous_url": kept_address(request, MARKS, newer=page.newer) if page.newer else "",
        "next_url": kept_address(request, MARKS, older=page.older) if page.older else "",
    }


def _chip(request: HttpRequest, name: str, label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value, "remove_url": kept_address(request, MARKS | {name})}


# -- committees -------------------------------------------------------------------------------------------------------


@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """Every committee by its code: whose it is, and whether it is composed as its rulebook asks."""
    form = CommitteeRegisterForm(request.GET)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    page = committee_register(desk_day(timezone.now()), text, **_marks(request))
    rules = {one.slug: one for one in newest_rulebooks()}
    context = {
        "registers": register_tabs("workflows:register-committees"),
        "form": form,
        "invalid": not form.is_valid(),
        "rows": [_committee_row(row, rules[row.rulebook_slug]) for row in page.rows],
        "page": _pages(request, page),
        "filters": [_chip(request, "text", _("Words"), text)] if text else [],
        "clear_url": request.path,
    }
    return render(request, "workflows/register_committees.html", context, status=200 if form.is_valid() else 400)


def _committee_row(row: Committee, rules: Rulebook) -> dict[str, Any]:
    found = composition_of(row, rules)
    return {
        "code": row.code,
        "url": reverse("workflows:register-committee", args=[row.code]),
        "name": row.name_in(language()),
        "host": row.host.name_in(language()),
        "region": PROVINCES.get(row.host.province, row.host.province),
        "members": found.members,
        "lacks": len(found.gaps),
    }


@require_safe
def committee(request: HttpRequest, code: str) -> HttpResponse:
    """One committee: host, rulebook, and its composition point by point; nobody's name."""
    row = seated_committees(desk_day(timezone.now())).filter(code=code).first()
    if row is None:
        raise Http404
    rules = next(one for one in newest_rulebooks() if one.slug == row.rulebook_slug)
    found = composition_of(row, rules)
    context = {
        "code": row.code,
        "name": row.name_in(language()),
        "host": row.host.name_in(language()),
        "facts": _committee_facts(row, found),
        "covered": [
            {"label": one.label.in_(language()), "count": count, "article": one.citation.in_(language())}
            for one, count in found.covered
        ],
        "needed": needed(found.gaps, rules),
        "decisions_url": f"{reverse('workflows:register-decisions')}?committee={row.code}",
        "breadcrumb": [
            {"label": _("Register of committees"), "url": reverse("workflows:register-committees")},
            {"label": row.code},
        ],
    }
    return render(request, "workflows/register_committee.html", context)


def _committee_facts(row: Committee, found: Composition) -> list[dict[str, Any]]:
    region = PROVINCES.get(row.host.province, row.host.province)
    members = ngettext("%(count)s member", "%(count)s members", found.members) % {"count": found.members}
    outside = _("%(count)s of them from outside the host") % {"count": found.external}
    return [
        {"label": _("Host"), "value": row.host.name_in(language())},
        {"label": _("Region"), "value": region or "—"},
        {
            "label": _("Rulebook"),
            "value": found.rules.title.in_(language()),
            "note": f"{found.rules.slug} v{found.rules.version}",
        },
        {"label": _("Members with a vote"), "value": members, "note": outside},
        {"label": _("Takes applications"), "value": _("yes") if row.accepts_applications else _("no")},
    ]


# -- decisions --------------------------------------------------------------------------------------------------------


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision that is out, the newest first: which committee decided when, and how."""
    form = DecisionRegisterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    filters = DecisionFilters(**{name: str(value).strip() for name, value in given.items()})
    page = decision_register(filters, **_marks(request))
    kinds = kinds_of(newest_rulebooks())
    context = {
        "registers": register_tabs("workflows:register-decisions"),
        "form": form,
        "invalid": not form.is_valid(),
        "rows": [_decision_row(row) for row in page.rows],
        "page": _pages(request, page),
        "tabs": _kind_tabs(request, page, filters, kinds),
        "filters": _decision_chips(request, filters, kinds),
        "clear_url": request.path,
    }
    return render(request, "workflows/register_decisions.html", context, status=200 if form.is_valid() else 400)


def kinds_of(rulebooks: list[Rulebook]) -> dict[str, str]:
    """What each kind of decision is called."""
    return {rule.code: rule.label.in_(language()) for rules in rulebooks for rule in rules.decisions}


def _decision_row(row: Decision) -> dict[str, Any]:
    committee, rules = row.case.committee, load_rulebook(row.case.rulebook)
    rule = decision_rule(row.kind, rules)
    return {
        "reference": row.case.reference,
        "number": row.number,
        "kind": rule.label.in_(language()) if rule else row.kind,
        "tone": TONES[rule.effect] if rule else "plain",
        "committee": committee.name_in(language()),
        "committee_url": reverse("workflows:register-committee", args=[committee.code]),
        "host": committee.host.name_in(language()),
        "issued_at": row.issued_at,
        "valid_until": row.valid_until,
        "code": code_of(row, "zh-hans" if language().startswith("zh") else "en"),
    }


def _kind_tabs(
    request: HttpRequest, page: RegisterPage[Decision], filters: DecisionFilters, kinds: dict[str, str]
) -> list[dict[str, Any]]:
    """Every kind that was decided, with how many, as links that keep the words sought."""
    everything = {
        "label": _("All"),
        "url": kept_address(request, MARKS | {"kind"}),
        "current": not filters.kind,
        "count": sum(page.counts.values()),
    }
    return [everything] + [
        {
            "label": kinds.get(kind, kind),
            "url": kept_address(request, MARKS | {"kind"}, kind=kind),
            "current": filters.kind == kind,
            "count": count,
        }
        for kind, count in page.counts.items()
    ]


def _decision_chips(request: HttpRequest, filters: DecisionFilters, kinds: dict[str, str]) -> list[dict[str, str]]:
    known = {
        "text": (_("Words"), filters.text),
        "kind": (_("Decision"), kinds.get(filters.kind, filters.kind)),
        "committee": (_("Committee"), filters.committee),
    }
    return [_chip(request, name, label, value) for name, (label, value) in known.items() if value]
