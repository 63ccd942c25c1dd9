"""Who has a part: the team with its lead, the reviewer of compliance, the panel's seats, conflicts of interest."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from ethicsreview.accounts.models import User
from workflows.actions import verification_panel as panel_actions
from workflows.actions import verification_team as team_actions
from workflows.domain import verification_table as t
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.verification_states import VRole
from workflows.forms.verifications import PeopleForm, RecusalForm, WhyForm
from workflows.models import PanelSeat, TeamAssessor
from workflows.queries.verification_pages import Candidate, candidates
from workflows.queries.verification_reading import recusable
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import status_of
from workflows.views.verification_doors import INVALID, Sheet, act, head, must_be, needed, open_verification, typed
from workflows.views.verification_hub import may_recuse
from workflows.views.verification_pieces import language

Row = dict[str, Any]


@login_required
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Assessors with workload and conflicts; put some on the team, say who leads."""
    folder = open_verification(request, pk)
    must_be(folder, t.ASSIGN)
    people = candidates(folder)
    free, at_work = _named(people, "for_team"), _named(people, "on_team")
    form = PeopleForm(typed(request), free=free, at_work=at_work, initial={"lead": _leading(folder)})
    page = {
        "caption": _("Assessors of the body, the least busy first"),
        "column": _("On the team"),
        "action": _("Keep the team"),
        "leads": True,
        "rows": [_row(folder, one, form, "team", route="workflows:verification-unassign") for one in people],
        "rule": [_rule(_("At least %(least)s assessors, one of whom leads"), folder.scheme.team)],
        "open": folder.facts.state in t.ASSIGN.sources,
    }
    return _choose(request, folder, form, pgettext("verification", "Team"), page, lambda: _assign(folder, form))


def _assign(folder: VerificationFolder, form: PeopleForm) -> str:
    """One action for each person; who leads comes first, so that the team has its lead from the start."""
    lead, chosen = form.cleaned_data["lead"], form.cleaned_data["people"]
    wanted = list(dict.fromkeys([*([lead] if lead else []), *chosen]))
    users = User.objects.in_bulk(wanted)
    for pk in wanted:
        leads = pk == lead
        team_actions.assign_assessor(folder.verification.pk, users[pk], lead=leads, actor=folder.user, now=folder.now)
    return _("The team is kept, and those who are new have been told.")


@login_required
@require_http_methods(["GET", "POST"])
def unassign(request: HttpRequest, pk: int, user_id: int) -> HttpResponse:
    """Take an assessor off the team."""
    folder = open_verification(request, pk)
    must_be(folder, t.END_PLACE)
    place = next((place for place in folder.team if place.user_id == user_id), None)
    if place is None:
        raise Http404
    name, back = place.user.name_in(language()), reverse("workflows:verification-team", args=[pk])
    form = WhyForm(typed(request), help_text=_("Kept with the place; the desk reads them."))
    sheet = Sheet(
        _("Take %(name)s off the team") % {"name": name},
        (_("What the person rated stays in the record."), _("The person sees nothing of it any more.")),
        _("Take off the team"),
        _("%(name)s is off the team.") % {"name": name},
        danger=True,
    )

    def do() -> object:
        why = form.cleaned_data["reasons"]
        return team_actions.end_place(pk, place.user, reasons=why, actor=folder.user, now=folder.now)

    return act(request, folder, t.END_PLACE, form, sheet, do, to=back)


@login_required
@require_http_methods(["GET", "POST"])
def reviewer(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who looks at the procedure: nobody of the team, nobody of the panel."""
    folder = open_verification(request, pk)
    must_be(folder, t.NAME_REVIEWER)
    people = candidates(folder)
    form = PeopleForm(typed(request), free=_named(people, "for_review"))
    page = {
        "caption": _("Assessors of the body, the least busy first"),
        "column": pgettext("verification", "Reviews"),
        "action": _("Name the reviewer"),
        "single": True,
        "rows": [_row(folder, one, form, "review") for one in people],
        "rule": [{"text": _("Somebody who was never on the team and does not vote on the panel.")}],
        "open": folder.facts.state in t.NAME_REVIEWER.sources,
    }
    return _choose(request, folder, form, _("Compliance reviewer"), page, lambda: _name_reviewer(folder, form))


def _name_reviewer(folder: VerificationFolder, form: PeopleForm) -> str:
    user = get_object_or_404(User, pk=form.cleaned_data["people"][0])
    team_actions.name_reviewer(folder.verification.pk, user, actor=folder.user, now=folder.now)
    return _("%(name)s reviews compliance and has been told.") % {"name": user.name_in(language())}


@login_required
@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    """Seat the experts who vote on the tier."""
    folder = open_verification(request, pk)
    must_be(folder, t.SEAT)
    people = candidates(folder)
    form = PeopleForm(typed(request), free=_named(people, "for_panel"))
    rules = folder.scheme.panel
    page = {
        "caption": _("Assessors of the body, the least busy first"),
        "column": pgettext("verification", "On the panel"),
        "action": _("Seat the chosen experts"),
        "rows": [_row(folder, one, form, "panel", route="workflows:verification-unseat") for one in people],
        "rule": [
            _rule(_("The panel votes from tier %(least)s"), rules.from_tier),
            _rule(_("It has %(least)s experts"), rules.size),
        ],
        "open": folder.facts.state in t.SEAT.sources,
    }
    return _choose(request, folder, form, _("Expert panel"), page, lambda: _seat(folder, form))


def _seat(folder: VerificationFolder, form: PeopleForm) -> str:
    users = User.objects.in_bulk(form.cleaned_data["people"])
    for pk in form.cleaned_data["people"]:
        panel_actions.seat_panellist(folder.verification.pk, users[pk], actor=folder.user, now=folder.now)
    return _("The experts are seated and have been told.")


@login_required
@require_http_methods(["GET", "POST"])
def unseat(request: HttpRequest, pk: int, user_id: int) -> HttpResponse:
    """Take an expert off the panel."""
    folder = open_verification(request, pk)
    must_be(folder, t.UNSEAT)
    seat = next((seat for seat in folder.panel if seat.user_id == user_id), None)
    if seat is None:
        raise Http404
    name, back = seat.user.name_in(language()), reverse("workflows:verification-seats", args=[pk])
    form = WhyForm(typed(request), help_text=_("Kept with the place; the desk reads them."))
    sheet = Sheet(
        _("Take %(name)s off the panel") % {"name": name},
        (_("The person sees nothing of it any more."),),
        _("Take off the panel"),
        _("%(name)s is off the panel.") % {"name": name},
        danger=True,
    )

    def do() -> object:
        why = form.cleaned_data["reasons"]
        return panel_actions.unseat_panellist(pk, seat.user, reasons=why, actor=folder.user, now=folder.now)

    return act(request, folder, t.UNSEAT, form, sheet, do, to=back)


# -- what these pages share -------------------------------------------------------------------------------------------


def _choose(
    request: HttpRequest, folder: VerificationFolder, form: PeopleForm, title: str, page: Row, do: Callable[[], str]
) -> HttpResponse:
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                messages.success(request, do())
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                return redirect(request.path)
    context = {
        **head(folder, title),
        "form": form,
        "needed": needed(found, folder),
        "adviser": folder.verification.self_assessment.adviser,
        **page,
    }
    return render(request, "workflows/verification_team.html", context, status=code)


def _named(people: Iterable[Candidate], flag: str) -> list[tuple[int, str]]:
    return [(one.user.pk, one.user.name_in(language())) for one in people if getattr(one, flag)]


def _leading(folder: VerificationFolder) -> int | None:
    return next((place.user_id for place in folder.team if place.lead), None)


def _row(folder: VerificationFolder, one: Candidate, form: PeopleForm, part: str, *, route: str = "") -> Row:
    free = {"team": one.for_team, "review": one.for_review, "panel": one.for_panel}[part]
    chosen = {str(value) for value in form.data.getlist("people")} if form.is_bound else set()  # type: ignore[attr-defined]
    lead = str(form["lead"].value() or "")
    return {
        "pk": one.user.pk,
        "name": one.user.name_in(language()),
        "load": one.load,
        "free": free,
        "assigned": {"team": one.on_team, "review": one.reviews, "panel": one.on_panel}[part],
        "barred": not (free or one.on_team),
        "chosen": str(one.user.pk) in chosen,
        "leads": str(one.user.pk) == lead,
        "release_url": reverse(route, args=[folder.verification.pk, one.user.pk]) if route else "",
        "chips": [{"label": label, "tone": tone} for flag, label, tone in _CHIPS if getattr(one, flag)],
        "why": [place.end_reason for place in _ended(folder, part) if place.user_id == one.user.pk],
    }


def _ended(folder: VerificationFolder, part: str) -> list[TeamAssessor | PanelSeat]:
    """Places that were taken back with a reason."""
    places: list[TeamAssessor | PanelSeat] = [*(folder.seats if part == "panel" else folder.places)]
    return [place for place in places if place.end_reason]


_CHIPS = (
    ("recused", gettext_lazy("Recused"), "warn"),
    ("inside", gettext_lazy("Belongs to the enterprise"), "warn"),
    ("adviser", gettext_lazy("Belongs to the adviser"), "warn"),
    ("leads", gettext_lazy("Leads the team"), "active"),
    ("on_team", gettext_lazy("On the team"), "active"),
    ("was_on_team", gettext_lazy("Was on the team"), "plain"),
    ("reviews", gettext_lazy("Reviews compliance"), "active"),
    ("on_panel", pgettext_lazy("verification", "On the panel"), "active"),
    ("was_on_panel", gettext_lazy("Was on the panel"), "plain"),
)


def _rule(text: str, ruled: Any) -> dict[str, str]:
    return {"text": text % {"least": ruled.value}, "article": ruled.citation.in_(language())}


# -- conflicts of interest --------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def recusals(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare one's own conflict; the coordinator sets one for somebody of the body, with a reason."""
    folder = open_verification(request, pk)
    must_be(folder, t.DECLARE_RECUSAL)
    kinds = [(kind.code, kind.label.in_(language())) for kind in folder.scheme.conflicts]
    form = RecusalForm(typed(request), people=_recusable(folder), kinds=kinds)
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                return _recused(request, folder, form)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
    context = {
        **head(folder, _("Conflicts of interest")),
        "form": form if may_recuse(folder) else None,
        "desk": VRole.COORDINATOR in folder.roles,
        "needed": needed(found, folder),
        "rows": _recusals(folder, dict(kinds)),
    }
    return render(request, "workflows/verification_recusals.html", context, status=code)


def _recusable(folder: VerificationFolder) -> list[tuple[int, str]]:
    """The person alone; for the coordinator every assessor of the body who is not recused."""
    return [(one.pk, one.name_in(language())) for one in recusable(folder)]


def _recused(request: HttpRequest, folder: VerificationFolder, form: RecusalForm) -> HttpResponse:
    data = form.cleaned_data
    person = get_object_or_404(User, pk=data["person"])
    team_actions.recuse(
        folder.verification.pk, person, kind=data["kind"], reason=data["reason"], actor=folder.user, now=folder.now
    )
    if person.pk == folder.user.pk:
        messages.success(request, _("Your conflict is recorded. You have no part in this verification any more."))
        return redirect("workflows:verification-list")
    messages.success(request, _("The conflict is recorded and acts at once."))
    return redirect(request.path)


def _recusals(folder: VerificationFolder, kinds: dict[str, str]) -> list[Row]:
    return [
        {
            "name": row.user.name_in(language()),
            "kind": kinds.get(row.kind, row.kind),
            "at": row.at,
            "by": row.by.name_in(language()),
            "reason": row.reason,
        }
        for row in folder.recusals
    ]
