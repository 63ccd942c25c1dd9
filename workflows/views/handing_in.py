"""Reading through, handing in, the receipt, answering the notice, the team, withdrawing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ethicsreview.accounts.models import User
from workflows.actions.applications import (
    add_team_member,
    answer_supplement,
    content_digest,
    resubmit_case,
    submit_case,
    withdraw_case,
)
from workflows.actions.handing_in import make_pledge
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import Role, State
from workflows.domain.transitions import WITHDRAW
from workflows.forms.applications import (
    ResubmitForm,
    SubmitForm,
    TeamForm,
    WithdrawForm,
)
from workflows.models import Application
from workflows.queries.applying import team_of
from workflows.queries.folders import Folder
from workflows.views.application_page import (
    frame,
    is_open,
    missing_rows,
    step_bar,
    step_url,
    team_words,
)
from workflows.views.doors import needed, open_case, reader, status_of, still_needed
from workflows.views.reading import reading

SAVED, INVALID, CONFLICT = 200, 422, 409


def own_case(request: HttpRequest, pk: int) -> Folder:
    """The case for its applicant's side; 404 for everybody else."""
    folder = open_case(request, pk)
    if Role.TEAM not in folder.roles:
        raise Http404
    return folder


@login_required
@require_http_methods(["GET", "POST"])
def application_check(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it on one page with what is missing; the pledge and the button that hands it in."""
    folder = own_case(request, pk)
    if request.method == "POST":
        return _hand_in(request, folder)
    if not is_open(folder):
        return redirect("workflows:application-read", pk, folder.application.number)
    first = {"seen": content_digest(folder), "version": folder.application.number}
    form = _hand_in_form(folder)(initial=first)
    return render(request, "workflows/application_check.html", _check_context(folder, form))


def _hand_in_form(folder: Folder) -> type[SubmitForm]:
    return ResubmitForm if folder.case.state == State.MODIFYING.value else SubmitForm


def _check_context(folder: Folder, form: forms.Form, refused: tuple[Gap, ...] = ()) -> dict[str, Any]:
    language, rules = get_language() or "en", folder.rules
    title, action, what = _hand_in_words(folder)
    return {
        **frame(folder, title),
        **step_bar(folder, rules.application.steps[-1]),
        "title": title,
        "action": action,
        "effects": what,
        "form": form,
        "lead": Role.APPLICANT in folder.roles,
        "needed": missing_rows(folder),
        "refused": needed(refused, rules) if refused else [],
        "pledge": rules.application.pledge.text.in_(language),
        "pledge_article": rules.application.pledge.citation.in_(language),
        "parts": reading(folder, folder.application),
        "team": team_words(team_of(folder), folder),
        "first": step_url(folder, rules.application.steps[0]),
    }


def _hand_in_words(folder: Folder) -> tuple[str, str, list[str]]:
    """Title, button and what will happen, by where the case stands."""
    frozen = _("This version can no longer be changed; you receive a receipt with its digest.")
    by_state = {
        State.SUPPLEMENT: (
            _("Check and send the answers"),
            _("Send the answers"),
            [_("The secretary is told and decides on acceptance. There is no second notice."), frozen],
        ),
        State.MODIFYING: (
            _("Check and hand in the modified version"),
            _("Hand in the modified version"),
            [
                _("The chair checks the modified version.")
                if folder.modification_is_checked
                else _("The modified version returns to a meeting of the committee."),
                frozen,
            ],
        ),
    }
    draft = (
        _("Check and submit"),
        _("Submit the application"),
        [_("The committee's secretary is told. The application gets its reference."), frozen],
    )
    return by_state.get(State(folder.case.state), draft)


def _hand_in(request: HttpRequest, folder: Folder) -> HttpResponse:
    form = _hand_in_form(folder)(request.POST)
    if _is_in(folder, request.POST.get("version", "")):
        return redirect("workflows:case-receipt", folder.case.pk)
    if not form.is_valid():
        return render(request, "workflows/application_check.html", _check_context(folder, form), status=INVALID)
    try:
        _send(folder, form.cleaned_data)
    except Refused as refused:
        return _refused_again(request, folder, form, refused)
    messages.success(request, _("Handed in. This is your receipt."))
    return redirect("workflows:case-receipt", folder.case.pk)


def _is_in(folder: Folder, number: str) -> bool:
    """Whether the version the page was about is handed in already: a second click finds the receipt."""
    frozen = [version for version in folder.applications if version.submitted_at is not None]
    return any(str(version.number) == number for version in frozen)


def _send(folder: Folder, given: dict[str, Any]) -> None:
    """The pledge is kept first; it belongs to what is frozen, and stays where the rest is refused."""
    case, who = folder.case.pk, folder.user
    seen = make_pledge(folder, seen=given["seen"], now=timezone.now())
    act: dict[State, Callable[..., object]] = {
        State.SUPPLEMENT: answer_supplement,
        State.MODIFYING: resubmit_case,
    }
    more = {"changes": given["changes"]} if "changes" in given else {}
    act.get(State(folder.case.state), submit_case)(case, seen=seen, actor=who, now=timezone.now(), **more)


def _refused_again(request: HttpRequest, folder: Folder, form: SubmitForm, refused: Refused) -> HttpResponse:
    """The page with what was typed, read anew; a click that came second finds the receipt."""
    fresh = open_case(request, folder.case.pk)
    if _is_in(fresh, request.POST.get("version", "")):
        return redirect("workflows:case-receipt", folder.case.pk)
    form.data = {**request.POST.dict(), "seen": content_digest(fresh)}
    context = _check_context(fresh, form, refused.gaps)
    return render(request, "workflows/application_check.html", context, status=status_of(refused))


@login_required
@require_safe
def case_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed in, when, with its digests; one receipt for each version."""
    folder = open_case(request, pk)
    frozen = [version for version in folder.applications if version.submitted_at is not None]
    asked = request.GET.get("version", "")
    version = next((row for row in reversed(frozen) if not asked or str(row.number) == asked), None)
    if version is None:
        raise Http404
    return render(request, "workflows/case_receipt.html", _receipt_context(folder, version, frozen))


def _receipt_context(folder: Folder, version: Application, frozen: list[Application]) -> dict[str, Any]:
    case, language = folder.case, get_language() or "en"
    by = version.submitted_by
    return {
        **frame(folder, _("Receipt")),
        "version": version,
        "versions": frozen,
        "by": by.name_in(language) if by else "",
        "files": [(line, file) for part in reading(folder, version) for line in part.lines for file in line.files],
        "applicant": case.applicant.name_in(language),
        "committee": case.committee.name_in(language),
        "host": case.committee.host.name_in(language),
        "rulebook": f"{folder.rules.title.in_(language)} · v{folder.rules.version}",
    }


@login_required
@require_http_methods(["GET", "POST"])
def application_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works on the application; a colleague is added by mail address."""
    folder = own_case(request, pk)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add(folder, form):
        messages.success(request, _("Your colleague can now work on this application."))
        return redirect("workflows:application-team", pk)
    status = INVALID if request.method == "POST" else SAVED
    return render(request, "workflows/application_team.html", _team_context(folder, form), status=status)


def _team_context(folder: Folder, form: TeamForm) -> dict[str, Any]:
    title = _("Team")
    return {
        **frame(folder, title),
        "title": title,
        "form": form,
        "open": is_open(folder),
        "people": team_words(team_of(folder), folder),
        "applicant": folder.case.applicant.name_in(get_language() or "en"),
        "back": reverse("workflows:case", args=[folder.case.pk]),
    }


def _add(folder: Folder, form: TeamForm) -> bool:
    """One answer for an address nobody has and for a stranger's: the page tells nobody who has an account."""
    colleague = User.objects.filter(email=form.cleaned_data["email"].lower(), is_active=True).first()
    try:
        if colleague is None:
            raise Refused((Gap(GapCode.WRONG_ROLE),))
        add_team_member(folder.case.pk, colleague, actor=folder.user, now=timezone.now())
    except Refused as refused:
        stale = any(gap.code is GapCode.WRONG_STATE for gap in refused.gaps)
        closed = _("The application is handed in; the team can no longer be changed.")
        unknown = _("Nobody of your organisation has an account with this address. Ask your manager to invite them.")
        form.add_error(None if stale else "email", closed if stale else unknown)
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
def case_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the case back, with reasons; the page says what ends and who is told."""
    folder = own_case(request, pk)
    if not WITHDRAW.roles & folder.roles:
        raise PermissionDenied
    form = WithdrawForm(request.POST or None)
    if not form.is_valid():
        code = INVALID if form.is_bound else SAVED
        return _withdrawal_page(request, folder, form, still_needed(folder, WITHDRAW), code)
    try:
        withdraw_case(pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now())
    except Refused as refused:
        return _withdrawal_page(request, folder, form, needed(refused.gaps, folder.rules), status_of(refused))
    messages.success(request, _("The case is withdrawn."))
    return redirect("workflows:case", pk)


def _withdrawal_page(
    request: HttpRequest, folder: Folder, form: WithdrawForm, found: list[dict[str, str]], code: int
) -> HttpResponse:
    title = _("Withdraw the case")
    context = {**frame(folder, title), "form": form, "needed": found, "confirm": _withdrawal(folder, title)}
    return render(request, "workflows/case_withdraw.html", context, status=code)


def _withdrawal(folder: Folder, title: str) -> dict[str, Any]:
    language = get_language() or "en"
    name = folder.case.committee.name_in(language)
    people = [_("The secretary of %(committee)s") % {"committee": name}]
    if folder.reviews:
        people.append(_("The members who review the case"))
    return {
        "title": title,
        "effects": [
            _("The case ends here: no review, no decision."),
            _("What was handed in stays on record and can be read by you and the committee."),
            _("To have the activity reviewed after all, a new application is needed."),
        ],
        "people": people,
        "final": _("A withdrawal cannot be taken back."),
        "action": _("Withdraw the case"),
        "danger": True,
        "back_url": reverse("workflows:case", args=[folder.case.pk]),
    }
