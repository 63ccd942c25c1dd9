"""The expert panel: the ballot, one's own vote, the count once it is closed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workflows.actions import verification_panel as actions
from workflows.domain import verification_table as t
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.scheme import PanelBase
from workflows.domain.verification_states import BODY, VRole
from workflows.forms.verifications import PanelVoteForm
from workflows.models import PanelBallot, PanelVote
from workflows.queries.verification_reading import reads_panel
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import status_of
from workflows.views.verification_doors import INVALID, head, must_be, needed, open_verification, refusal
from workflows.views.verification_findings import reading
from workflows.views.verification_pieces import language, tier_name
from workflows.views.verification_results import results
from workflows.wording import CHOICES

_ICONS = {Choice.FOR: "check", Choice.AGAINST: "cross", Choice.ABSTAIN: "minus"}


@login_required
@never_cache
@require_safe
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel as this person stands to it."""
    folder = open_verification(request, pk)
    if not reads_panel(folder):
        raise PermissionDenied
    return _shown(request, folder)


def _shown(
    request: HttpRequest,
    folder: VerificationFolder,
    *,
    form: PanelVoteForm | None = None,
    found: tuple[Gap, ...] = (),
    code: int = 200,
) -> HttpResponse:
    ballot = folder.ballot
    desk = VRole.COORDINATOR in folder.roles
    context = {
        **head(folder, _("Expert panel")),
        "refused": needed(found, folder),
        "question": _question(folder),
        "vote": _vote(folder, ballot, form) if ballot and VRole.PANELLIST in folder.roles else None,
        "ballot": _running(folder, ballot, desk=desk) if ballot and folder.roles & BODY else None,
        "opening": _opening(folder) if desk and ballot is None else None,
        "results_of_ballots": [counted(folder, row) for row in reversed(folder.ballots) if row.closed_at],
        "results": results(folder) if folder.roles & BODY else None,
        "grounds": folder.verification.recommendation if folder.roles & BODY else "",
        "rule": rule(folder),
        "people": _seated(folder, ballot) if folder.roles & BODY else [],
        "reading": reading(folder),
    }
    return render(request, "workflows/verification_panel.html", context, status=code)


def _question(folder: VerificationFolder) -> str:
    tier = folder.verification.recommended_tier
    name = tier_name(folder.instrument, tier)
    return _("Shall tier %(tier)s, %(name)s, be certified as recommended?") % {"tier": tier or 0, "name": name}


def _own(folder: VerificationFolder, ballot: PanelBallot) -> PanelVote | None:
    own = [vote for vote in folder.shown_votes(ballot) if vote.user_id == folder.user.pk]
    return own[-1] if own else None


def _vote(folder: VerificationFolder, ballot: PanelBallot, form: PanelVoteForm | None) -> dict[str, Any]:
    own = _own(folder, ballot)
    first = {"ballot": ballot.pk, "choice": own.choice if own else "", "reason": own.reason if own else ""}
    form = form or PanelVoteForm(initial=first)
    return {
        "url": reverse("workflows:verification-vote", args=[folder.verification.pk]),
        "form": form,
        "ballot": ballot.pk,
        "cast": {"label": CHOICES[Choice(own.choice)], "at": own.at} if own else None,
        "choices": [
            {
                "value": choice.value,
                "label": CHOICES[choice],
                "icon": _ICONS[choice],
                "checked": form["choice"].value() == choice.value,
            }
            for choice in Choice
        ],
    }


def _running(folder: VerificationFolder, ballot: PanelBallot, *, desk: bool) -> dict[str, Any]:
    standing = folder.standing_of(ballot)
    pk = folder.verification.pk
    return {
        "pk": ballot.pk,
        "seats": standing.present,
        "voted": standing.present - standing.silent,
        "opened_at": ballot.opened_at,
        "close_url": reverse("workflows:verification-ballot-close", args=[pk]) if desk else "",
        "needed": needed(folder.gaps(t.CLOSE_BALLOT), folder) if desk else [],
    }


def _opening(folder: VerificationFolder) -> dict[str, Any] | None:
    if folder.state not in t.OPEN_BALLOT.sources:
        return None
    url = reverse("workflows:verification-ballot-open", args=[folder.verification.pk])
    return {"url": url, "needed": needed(folder.gaps(t.OPEN_BALLOT), folder)}


def counted(folder: VerificationFolder, ballot: PanelBallot) -> dict[str, Any]:
    """A closed ballot; by name for the body's people and the authority's."""
    last = {vote.user_id: vote for vote in folder.shown_votes(ballot) if vote.user_id in set(ballot.present)}
    votes = [
        {"name": vote.user.name_in(language()), "choice": CHOICES[Choice(vote.choice)], "reason": vote.reason}
        for vote in last.values()
    ]
    return {
        "number": ballot.number,
        "tier": ballot.tier,
        "carried": ballot.carried,
        "standing": ballot.standing,
        "closed_at": ballot.closed_at,
        "votes": votes if folder.roles & (BODY | {VRole.AUTHORITY}) else [],
    }


def _seated(folder: VerificationFolder, ballot: PanelBallot | None) -> list[dict[str, Any]]:
    """The experts; while a ballot is open, who has voted and nothing of how."""
    voted = {vote.user_id for vote in ballot.votes.all()} if ballot else set()
    return [
        {
            "name": seat.user.name_in(language()),
            "chip": _("has voted") if seat.user_id in voted else "",
            "tone": "good",
        }
        for seat in folder.panel
    ]


def rule(folder: VerificationFolder) -> list[dict[str, str]]:
    """Who votes, and what carries."""
    rules = folder.scheme.panel
    share = f"{rules.threshold.value.numerator}/{rules.threshold.value.denominator}"
    base = {PanelBase.SEATED: _("all seated experts"), PanelBase.CAST: _("the votes cast")}[rules.base.value]
    carries = (
        _("Carried with at least %(share)s of %(base)s in favour")
        if rules.inclusive.value
        else _("Carried with more than %(share)s of %(base)s in favour")
    )
    return [
        {
            "text": _("The panel votes from tier %(least)s") % {"least": rules.from_tier.value},
            "article": rules.from_tier.citation.in_(language()),
        },
        {
            "text": _("It has %(least)s experts") % {"least": rules.size.value},
            "article": rules.size.citation.in_(language()),
        },
        {"text": carries % {"share": share, "base": base}, "article": rules.threshold.citation.in_(language())},
    ]


# -- acts -------------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def ballot_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the recommendation to the vote; a second click finds the ballot open."""
    folder = open_verification(request, pk)
    must_be(folder, t.OPEN_BALLOT)
    back = reverse("workflows:verification-panel", args=[pk])
    try:
        actions.open_ballot(pk, actor=folder.user, now=folder.now)
    except Refused as refused:
        if any(gap.code is GapCode.BALLOT_OPEN for gap in refused.gaps):
            return redirect(back)
        return refusal(request, refused, folder, back)
    messages.success(request, _("The ballot is open, and the experts have been told."))
    return redirect(back)


@login_required
@require_POST
def ballot_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the votes of the ballot the page showed."""
    folder = open_verification(request, pk)
    must_be(folder, t.CLOSE_BALLOT)
    back = reverse("workflows:verification-panel", args=[pk])
    shown = request.POST.get("ballot", "")
    try:
        ballot_id = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else 0
        ballot = actions.close_ballot(pk, ballot_id=ballot_id, actor=folder.user, now=folder.now)
    except Refused as refused:
        return refusal(request, refused, folder, back)
    told = (
        _("The ballot is closed: carried. The public notice has begun.")
        if ballot.carried
        else _("The ballot is closed: lost. The recommendation goes back to the team.")
    )
    messages.success(request, told)
    return redirect(back)


@login_required
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert's own vote."""
    folder = open_verification(request, pk)
    must_be(folder, t.VOTE)
    form = PanelVoteForm(request.POST)
    found: tuple[Gap, ...] = ()
    code = INVALID
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.cast_panel_vote(
                pk,
                ballot_id=data["ballot"],
                choice=Choice(data["choice"]),
                reason=data["reason"],
                actor=folder.user,
                now=folder.now,
            )
        except Refused as refused:
            found, code = refused.gaps, status_of(refused)
        else:
            messages.success(request, _("Your vote is recorded. Until the ballot is closed nobody sees it."))
            return redirect("workflows:verification-panel", pk)
    return _shown(request, folder, form=form, found=found, code=code)
