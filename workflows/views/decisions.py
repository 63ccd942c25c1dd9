"""The decision: drafted, previewed, issued by the chair in person, read by all who may; modified versions checked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workflows.actions import decisions as actions
from workflows.domain.checks import decision_rule
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rulebook import DecisionRule, Effect
from workflows.domain.statements import sections
from workflows.domain.states import Role, State
from workflows.domain.transitions import (
    CONFIRM_MODIFICATION,
    DRAFT_DECISION,
    ISSUE_DECISION,
    RETURN_MODIFICATION,
    Transition,
    gaps,
)
from workflows.forms.decisions import (
    DecisionForm,
    IssueForm,
    condition_rows,
    typed_conditions,
)
from workflows.forms.meetings import PrintedReasonsForm
from workflows.models import Decision
from workflows.queries.folders import Folder, given_in
from workflows.queries.people import applicants, secretaries
from workflows.views.doors import needed, open_case, reader, refusal, status_of
from workflows.views.intake import Sheet, act
from workflows.views.pieces import breadcrumb, status
from workflows.views.rulings import changed_items, motion_of, must_state, ruling

DESK = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER})


def _drafts(folder: Folder) -> bool:
    state = State(folder.case.state)
    return bool(DRAFT_DECISION.roles & folder.roles) and state in DRAFT_DECISION.sources


def _rule(folder: Folder) -> DecisionRule:
    """The kind being written: the carried one, or for a modified version the approving one."""
    if State(folder.case.state) is State.CHECKING:
        return next(rule for rule in folder.rules.decisions if rule.effect is Effect.APPROVE)
    found = decision_rule(folder.carried.decision_kind if folder.carried else "", folder.rules)
    if found is None:
        raise Refused((Gap(GapCode.DECISION_KIND_UNKNOWN),))
    return found


def _issuing(folder: Folder) -> Transition:
    return CONFIRM_MODIFICATION if State(folder.case.state) is State.CHECKING else ISSUE_DECISION


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft for those who write it; for everybody else the decisions issued."""
    folder = open_case(request, pk)
    if not _drafts(folder):
        return _read(request, folder)
    rule, draft = _rule(folder), folder.draft
    form = DecisionForm(
        request.POST or None,
        initial=_first(folder, draft),
        rule=rule,
        longest=folder.longest_followup,
        today=folder.day,
    )
    rows = condition_rows(request.POST or None, _conditions(draft), folder.day)
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST" and "add" not in request.POST:
        code = 400
        if form.is_valid() and rows.is_valid():
            try:
                return _kept(request, folder, form, rows)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
                folder = _read_again(request, folder, form)
    page = _draft_page(folder, rule, form, rows, found)
    return render(request, "workflows/decision_draft.html", page, status=code)


def _first(folder: Folder, draft: Decision | None) -> dict[str, Any]:
    if draft is None:
        return {"followup_months": folder.longest_followup.value, "valid_from": folder.day}
    names = [name for name in DecisionForm.base_fields if name != "drafted"]
    return {"drafted": draft.mark} | {name: getattr(draft, name) for name in names}


def _conditions(draft: Decision | None) -> list[dict[str, Any]]:
    rows = draft.conditions.all() if draft else []
    return [{"text_en": row.text_en, "text_zh": row.text_zh, "due": row.due} for row in rows]


def _kept(request: HttpRequest, folder: Folder, form: DecisionForm, rows: Any) -> HttpResponse:
    pk = folder.case.pk
    seen = form.cleaned_data["drafted"]
    actions.draft_decision(
        pk, form.text(), typed_conditions(rows), seen=seen, actor=reader(request), now=timezone.now()
    )
    messages.success(request, _("The draft is kept. Nobody has been told."))
    return redirect("workflows:decision", pk)


def _read_again(request: HttpRequest, folder: Folder, form: DecisionForm) -> Folder:
    """The case as it is now, what was typed kept beside it: who keeps it once more has seen the other draft."""
    fresh = open_case(request, folder.case.pk)
    form.data = {**request.POST.dict(), "drafted": fresh.draft.mark if fresh.draft else ""}
    return fresh


def _missing(folder: Folder) -> list[dict[str, str]]:
    """What keeps the draft from being issued, whoever asks."""
    facts = replace(folder.facts, roles=frozenset({Role.CHAIR}))
    return needed(gaps(_issuing(folder), facts, folder.rules), folder.rules, folder.instrument)


def _draft_page(
    folder: Folder, rule: DecisionRule, form: DecisionForm, rows: Any, found: tuple[Gap, ...]
) -> dict[str, Any]:
    language, limit, draft = get_language() or "en", folder.longest_followup, folder.draft
    checking = State(folder.case.state) is State.CHECKING
    return {
        **_head(folder, _("Draft of the decision")),
        "kind": rule.label.in_(language),
        "form": form,
        "rows": rows,
        "sections": sections(rule),
        "limit": limit.value,
        "limit_article": limit.citation.in_(language),
        "must_state": must_state(rule, given_in(draft) if draft else frozenset()),
        "motion": None if checking else motion_of(folder),
        "checking": checking,
        "changes": folder.application.changes if checking else "",
        "changed": changed_items(folder) if checking else [],
        "refused": needed(found, folder.rules),
        "stale": GapCode.STALE in {gap.code for gap in found},
        "needed": _missing(folder),
        "draft": ruling(folder, draft) if draft else None,
        "issues": bool(_issuing(folder).roles & folder.roles),
        "leading": folder.leading.user.name_in(language) if folder.leading else "",
    }


def _head(folder: Folder, title: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {
        "folder": folder,
        "case": folder.case,
        "title": title,
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, *more, {"label": title}),
    }


def _read(request: HttpRequest, folder: Folder) -> HttpResponse:
    """What was issued; a draft is nobody's business but its writers'."""
    if request.method == "POST":
        if not DRAFT_DECISION.roles & folder.roles:
            raise PermissionDenied
        gap = Gap(GapCode.WRONG_STATE, folder.case.state)
        return refusal(request, Refused((gap,)), folder, reverse("workflows:decision", args=[folder.case.pk]))
    desk = bool(DESK & folder.roles)
    context = {
        **_head(folder, _("Decision")),
        "decisions": [ruling(folder, row, desk=desk) for row in reversed(folder.issued)],
        "writing": desk and State(folder.case.state) in {State.CARRIED, State.CHECKING},
    }
    return render(request, "workflows/decision_page.html", context)


# -- issuing ----------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the decision carried by the vote."""
    return _issue(request, pk, ISSUE_DECISION, actions.issue_decision)


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm_modification(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the requirements met, and approve."""
    return _issue(request, pk, CONFIRM_MODIFICATION, actions.confirm_modification)


def _issue(request: HttpRequest, pk: int, transition: Transition, do: Callable[..., object]) -> HttpResponse:
    folder = open_case(request, pk)
    if not transition.roles & folder.roles:
        raise PermissionDenied
    draft, found = folder.draft, gaps(transition, folder.facts, folder.rules)
    if found or draft is None:
        missing = found or (Gap(GapCode.DRAFT_MISSING),)
        return refusal(request, Refused(missing), folder, reverse("workflows:decision", args=[pk]))
    form = IssueForm(request.POST or None, initial={"drafted": draft.mark})
    if request.method == "POST" and form.is_valid() and _is_in_person(request, form):
        try:
            do(pk, seen=form.cleaned_data["drafted"], actor=reader(request), now=timezone.now())
        except Refused as refused:
            return refusal(request, refused, folder, reverse("workflows:decision", args=[pk]))
        messages.success(request, _("The decision is issued. The signed documents are being made."))
        return redirect("workflows:report-list", pk)
    code = 400 if request.method == "POST" else 200
    return render(request, "workflows/decision_issue.html", _issue_page(folder, draft, form), status=code)


def _is_in_person(request: HttpRequest, form: IssueForm) -> bool:
    """Whether the password is the signed-in person's; wrong ones count like failed sign-ins."""
    user = reader(request)
    found = authenticate(request, username=user.email, password=form.cleaned_data["password"])
    if found is None or found.pk != user.pk:
        form.add_error("password", _("This is not your password."))
        return False
    return True


def _issue_page(folder: Folder, draft: Decision, form: IssueForm) -> dict[str, Any]:
    language = get_language() or "en"
    told = [*applicants(folder), *secretaries(folder)]
    rule = decision_rule(draft.kind, folder.rules)
    up = {"label": _("Draft of the decision"), "url": reverse("workflows:decision", args=[folder.case.pk])}
    return {
        **_head(folder, _("Issue the decision"), up),
        "draft": ruling(folder, draft, desk=True),
        "effects": _effects(rule.effect if rule else Effect.REFUSE),
        "people": [user.name_in(language) for user in told if user.pk != folder.user.pk],
        "form": form,
        "back": up["url"],
    }


def _effects(effect: Effect) -> list[str]:
    becomes = {
        Effect.APPROVE: _("The case is approved."),
        Effect.REFUSE: _("The case is not approved and ends here."),
        Effect.MODIFY_THEN_CHECK: _("The case goes back to the applicant; you check the modified version."),
        Effect.MODIFY_THEN_MEETING: _(
            "The case goes back to the applicant; the modified version returns to a meeting."
        ),
    }
    return [
        becomes[effect],
        _("The committee's time limit stops."),
        _("Decision letter and review report are made and signed, in English and in Chinese."),
    ]


@login_required
@require_http_methods(["GET", "POST"])
def return_modification(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the requirements not met."""
    folder = open_case(request, pk)
    form = PrintedReasonsForm(request.POST or None)
    sheet = Sheet(
        _("Send the modified version back"),
        (
            _("The applicant gets the reasons and works on a new version."),
            _("A draft of the approval is discarded."),
        ),
        _("Send back"),
        _("The modified version is sent back."),
        danger=True,
    )
    return act(
        request,
        folder,
        RETURN_MODIFICATION,
        form,
        sheet,
        lambda: actions.return_modification(
            pk, reasons=form.cleaned_data["reasons"], actor=reader(request), now=timezone.now()
        ),
    )
