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
    Overtaken,
    add_team_member,
    answer_supplement,
    content_digest,
    resubmit_case,
    save_answers,
    save_supplement_answer,
    submit_case,
    withdraw_case,
)
from workflows.domain.application import PLEDGE, YES, form_items
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import Role, State
from workflows.domain.transitions import WITHDRAW
from workflows.forms.applications import (
    ResubmitForm,
    SubmitForm,
    SupplementAnswersForm,
    TeamForm,
    WithdrawForm,
    mark_of,
)
from workflows.models import SupplementNotice
from workflows.queries.applying import team_of
from workflows.queries.folders import Folder
from workflows.views.application_page import (
    frame,
    is_open,
    missing_rows,
    own_step,
    step_bar,
    step_url,
    team_words,
)
from workflows.views.doors import needed, open_case, reader, status_of, still_needed
from workflows.views.reading import reading

SAVED, INVALID, CONFLICT = 200, 422, 409


def _own(request: HttpRequest, pk: int) -> Folder:
    """The case for its applicant's side; 404 for everybody else."""
    folder = open_case(request, pk)
    if Role.TEAM not in folder.roles:
        raise Http404
    return folder


@login_required
@require_http_methods(["GET", "POST"])
def application_check(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it on one page with what is missing; the pledge and the button that hands it in."""
    folder = _own(request, pk)
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
    seen = given["seen"]
    if Role.APPLICANT in folder.roles and folder.application.answers.get(PLEDGE) != YES:
        if seen and seen != content_digest(folder):
            raise Refused((Gap(GapCode.STALE),))
        seen = ""
        save_answers(case, {PLEDGE: YES}, actor=who, now=timezone.now())
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
    parts = reading(folder, version)
    language = get_language() or "en"
    context = {
        **frame(folder, _("Receipt")),
        "version": version,
        "versions": frozen,
        "by": User.objects.get(pk=version.submitted_by_id).name_in(language) if version.submitted_by_id else "",
        "files": [(line, file) for part in parts for line in part.lines for file in line.files],
        "applicant": folder.case.applicant.name_in(language),
        "committee": folder.case.committee.name_in(language),
        "host": folder.case.committee.host.name_in(language),
        "rulebook": f"{folder.rules.title.in_(language)} · v{folder.rules.version}",
        "own": Role.TEAM in folder.roles,
    }
    return render(request, "workflows/case_receipt.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def supplement_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice's items with their answers, each saved by itself or all by an ordinary submit."""
    folder = _own(request, pk)
    notice = next((row for row in folder.notices if row.answered_at is None), None)
    if notice is None:
        raise Http404
    if request.method == "GET":
        form = SupplementAnswersForm(items=notice.items.all())
        return render(request, "workflows/supplement_answer.html", _answers_context(folder, notice, form, {}))
    only = request.POST.get("only", "")
    form = SupplementAnswersForm(request.POST, items=notice.items.all(), only=only)
    if not form.rows:
        raise Http404
    conflicts = _save_answers(folder, form, leave=_left(request))
    return _answers_saved(request, folder, form, conflicts, only=only)


def _left(request: HttpRequest) -> str:
    side, _colon, item = request.POST.get("pick", "").partition(":")
    return item if side == "theirs" else ""


def _save_answers(folder: Folder, form: SupplementAnswersForm, leave: str) -> dict[str, str]:
    """Keep each valid answer; those somebody else wrote meanwhile are handed back."""
    form.is_valid()
    conflicts: dict[str, str] = {}
    for item, text in form.cleaned_data.items():
        if item == leave or text == form.rows[item].answer:
            continue
        try:
            save_supplement_answer(
                folder.case.pk, item, text, seen=form.seen(item), actor=folder.user, now=timezone.now()
            )
        except Overtaken as overtaken:
            conflicts |= overtaken.items
    return conflicts


def _answers_saved(
    request: HttpRequest, folder: Folder, form: SupplementAnswersForm, conflicts: dict[str, str], *, only: str
) -> HttpResponse:
    fresh = open_case(request, folder.case.pk)
    notice = next(row for row in fresh.notices if row.answered_at is None)
    picked = "pick" in request.POST
    leave = _left(request)
    code = CONFLICT if conflicts else (INVALID if any(key != leave for key in form.errors) else SAVED)
    if not only and code == SAVED and not picked:
        messages.success(request, _("Saved."))
        onward = "workflows:application-check" if "next" in request.POST else "workflows:supplement-answer"
        return redirect(onward, folder.case.pk)
    shown = form if code != SAVED else SupplementAnswersForm(items=notice.items.all())
    context = _answers_context(fresh, notice, shown, conflicts)
    if not only:
        return render(request, "workflows/supplement_answer.html", context, status=code)
    template = "workflows/_application_piece.html" if picked else "workflows/_application_state.html"
    piece = next(row for row in context["pieces"] if row["code"] == only)
    context |= {"piece": piece, "template": template, "now": timezone.now()}
    return render(request, "workflows/application_saved.html", context, status=code)


def _answers_context(
    folder: Folder, notice: SupplementNotice, form: SupplementAnswersForm, conflicts: dict[str, str]
) -> dict[str, Any]:
    labels = {item.code: item for item in form_items(folder.rules.application)}
    rows = [row for row in notice.items.all() if row.item in labels]
    order = list(labels)
    language = get_language() or "en"
    pieces = [
        {
            "code": row.item,
            "kind": "supplement",
            "label": labels[row.item].label.in_(language),
            "article": labels[row.item].citation.in_(language),
            "is_law": labels[row.item].citation.is_law,
            "request": row.request,
            "required": True,
            "missing": not row.answer,
            "given": bool(row.answer),
            "url": reverse("workflows:supplement-answer", args=[folder.case.pk]),
            "edit_url": step_url(folder, folder.rules.application.step_of(row.item)) + f"#item-{row.item}",
            "marks": [{"key": row.item, "mark": mark_of(conflicts.get(row.item, row.answer))}],
            "conflicts": [{"key": row.item, "told": conflicts[row.item]}] if row.item in conflicts else [],
            "errors": form.errors.get(row.item, []),
            "field": form[row.item] if row.item in form.fields else None,
        }
        for row in sorted(rows, key=lambda row: order.index(row.item))
    ]
    title = _("Answer the supplement notice")
    return {
        **frame(folder, title),
        "title": title,
        "pieces": pieces,
        "done": sum(bool(row.answer) for row in rows),
        "notice": notice,
        "first": step_url(folder, own_step(folder, folder.rules.application.steps[0].code)),
    }


@login_required
@require_http_methods(["GET", "POST"])
def application_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works on the application; a colleague is added by mail address."""
    folder = _own(request, pk)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add(folder, form):
        messages.success(request, _("Your colleague can now work on this application."))
        return redirect("workflows:application-team", pk)
    title = _("Team")
    context = {
        **frame(folder, title),
        "title": title,
        "form": form,
        "open": is_open(folder),
        "people": team_words(team_of(folder), folder),
        "applicant": folder.case.applicant.name_in(get_language() or "en"),
        "back": reverse("workflows:case", args=[pk]),
    }
    status = INVALID if request.method == "POST" else SAVED
    return render(request, "workflows/application_team.html", context, status=status)


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
    folder = _own(request, pk)
    if not WITHDRAW.roles & folder.roles:
        raise PermissionDenied
    form, code, found = WithdrawForm(request.POST or None), SAVED, _before_withdrawing(folder)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_case(pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now())
        except Refused as refused:
            found, code = needed(refused.gaps, folder.rules), status_of(refused)
        else:
            messages.success(request, _("The case is withdrawn."))
            return redirect("workflows:case", pk)
    code = INVALID if form.errors else code
    title = _("Withdraw the case")
    context = {**frame(folder, title), "form": form, "needed": found, "confirm": _withdrawal(folder, title)}
    return render(request, "workflows/case_withdraw.html", context, status=code)


def _before_withdrawing(folder: Folder) -> list[dict[str, str]]:
    """What stands in the way whatever reasons are given."""
    return still_needed(folder, WITHDRAW)


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
