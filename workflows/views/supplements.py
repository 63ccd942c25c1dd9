"""Answering the supplement notice: each item's answer saves itself, or all by an ordinary submit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.actions.applications import Overtaken, save_supplement_answer
from workflows.domain.application import form_items
from workflows.domain.gapcodes import Refused
from workflows.forms.applications import SupplementAnswersForm, mark_of
from workflows.models import SupplementItem, SupplementNotice
from workflows.queries.folders import Folder
from workflows.views.application_page import frame, step_url
from workflows.views.doors import open_case, refusal
from workflows.views.handing_in import CONFLICT, INVALID, SAVED, own_case


@login_required
@require_http_methods(["GET", "POST"])
def supplement_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice's items with their answers, each saved by itself or all by an ordinary submit."""
    folder = own_case(request, pk)
    notice = next((row for row in folder.notices if row.answered_at is None), None)
    if notice is None:
        raise Http404
    if request.method == "GET":
        form = SupplementAnswersForm(items=notice.items.all())
        return render(request, "workflows/supplement_answer.html", _answers_context(folder, notice, form, {}))
    try:
        return _save(request, folder, notice)
    except Refused as refused:
        return refusal(request, refused, folder, back=reverse("workflows:case", args=[pk]))


def _save(request: HttpRequest, folder: Folder, notice: SupplementNotice) -> HttpResponse:
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
    context |= {"piece": piece, "template": template, "now": timezone.now(), "focus": picked}
    return render(request, "workflows/application_saved.html", context, status=code)


def _answers_context(
    folder: Folder, notice: SupplementNotice, form: SupplementAnswersForm, conflicts: dict[str, str]
) -> dict[str, Any]:
    order = [item.code for item in form_items(folder.rules.application)]
    rows = sorted((row for row in notice.items.all() if row.item in order), key=lambda row: order.index(row.item))
    title = _("Answer the supplement notice")
    return {
        **frame(folder, title),
        "title": title,
        "pieces": [_piece(folder, row, form, conflicts) for row in rows],
        "notice": notice,
        "first": step_url(folder, folder.rules.application.steps[0]),
    }


def _piece(
    folder: Folder, row: SupplementItem, form: SupplementAnswersForm, conflicts: dict[str, str]
) -> dict[str, Any]:
    """One item of the notice as the templates of the application take it."""
    language, item = get_language() or "en", folder.rules.application.item(row.item)
    lost = row.item in conflicts
    return {
        "code": row.item,
        "kind": "supplement",
        "label": item.label.in_(language),
        "article": item.citation.in_(language),
        "is_law": item.citation.is_law,
        "request": row.request,
        "required": True,
        "missing": not row.answer,
        "given": bool(row.answer),
        "url": reverse("workflows:supplement-answer", args=[folder.case.pk]),
        "edit_url": step_url(folder, folder.rules.application.step_of(row.item)) + f"#item-{row.item}",
        "marks": [{"key": row.item, "mark": mark_of(conflicts.get(row.item, row.answer))}],
        "conflicts": [{"key": row.item, "told": conflicts[row.item]}] if lost else [],
        "errors": form.errors.get(row.item, []),
        "field": form[row.item] if row.item in form.fields else None,
    }
