"""What the pages of the guided application show: steps with their completeness, items, files, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import ACCEPT
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import page_count
from workflows.domain.application import is_asked, questions
from workflows.domain.application_form import FormItem, ItemKind, Step, StepKind
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.states import Role, State
from workflows.domain.transitions import ANSWER_SUPPLEMENT, RESUBMIT, SAVE, SUBMIT, Transition, gaps
from workflows.forms.applications import StepForm, mark_of, pieces_of
from workflows.models import CaseFile
from workflows.queries.applying import versions_of
from workflows.queries.folders import Folder
from workflows.views.doors import needed
from workflows.views.pieces import breadcrumb, status

HAND_IN: Mapping[State, Transition] = {
    State.DRAFT: SUBMIT,
    State.SUPPLEMENT: ANSWER_SUPPLEMENT,
    State.MODIFYING: RESUBMIT,
}
LISTS = {"redline": "red_lines", "list": "re_review", "exemption": "exemptions"}


@dataclass(frozen=True)
class Typed:
    """A step's form as it came in; ``conflicts`` are the values others saved meanwhile, by key."""

    form: StepForm
    conflicts: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of uploads, by item


def own_step(folder: Folder, code: str) -> Step:
    """The step of the applicant's own application; 404 for the committee's side and for a code there is not."""
    if Role.TEAM not in folder.roles:
        raise Http404
    step = next((step for step in folder.rules.application.steps if step.code == code), None)
    if step is None:
        raise Http404
    return step


def is_open(folder: Folder) -> bool:
    """Whether the newest version can still be written in."""
    return State(folder.case.state) in SAVE.sources


def hand_in_of(folder: Folder) -> Transition | None:
    """The step by which the open version is handed in."""
    return HAND_IN.get(State(folder.case.state))


def open_gaps(folder: Folder) -> tuple[Gap, ...]:
    """What keeps the application from being handed in by its lead, whoever asks; what the form itself gives is not."""
    transition = hand_in_of(folder)
    if transition is None:
        return ()
    facts = replace(folder.facts, roles=frozenset({Role.APPLICANT}), pledged=True, reasons=True)
    return gaps(transition, facts, folder.rules)


def missing_rows(folder: Folder, found: tuple[Gap, ...] | None = None) -> list[dict[str, str]]:
    """Gaps for ``_needed.html``, each with the address where it is put right."""
    rows = needed(open_gaps(folder) if found is None else found, folder.rules, folder.instrument)
    return [{**row, "url": place_url(folder, row["code"], row["item"])} for row in rows]


def place_url(folder: Folder, code: str, item: str) -> str:
    """Where one gap of an application is put right; empty where no page of it does."""
    if code == GapCode.SUPPLEMENT_UNANSWERED.value:
        return reverse("workflows:supplement-answer", args=[folder.case.pk]) + f"#item-{item}"
    if code == GapCode.PLEDGE_MISSING.value:
        return reverse("workflows:application-check", args=[folder.case.pk]) + "#hand-in"
    step = _step_of(folder, code, item)
    return f"{step_url(folder, step)}#item-{item}" if step else ""


def _step_of(folder: Folder, code: str, item: str) -> Step | None:
    steps = folder.rules.application.steps
    if code == GapCode.SELF_ASSESSMENT_INCOMPLETE.value:
        return next((step for step in steps if step.kind is StepKind.SELF_ASSESSMENT), None)
    return next((step for step in steps if any(entry.code == item for entry in step.items)), None)


def step_url(folder: Folder, step: Step) -> str:
    """The page of one step; the pledge is made on the page where all is read through."""
    if step.kind is StepKind.PLEDGE:
        return reverse("workflows:application-check", args=[folder.case.pk])
    return reverse("workflows:application-step", args=[folder.case.pk, step.code])


def step_bar(folder: Folder, current: Step | None) -> dict[str, Any]:
    """The rulebook's steps with how much each still lacks."""
    language, found = get_language() or "en", open_gaps(folder)
    lacking: dict[str, int] = {}
    for gap in found:
        step = _step_of(folder, gap.code.value, gap.detail)
        if step is not None and gap.code is not GapCode.SUPPLEMENT_UNANSWERED:
            lacking[step.code] = lacking.get(step.code, 0) + 1
    bar = [
        _place(folder, step, lacking.get(step.code, 0), language, is_current=step == current)
        for step in folder.rules.application.steps
    ]
    return {"steps": bar, "steps_label": _("Steps of the application"), "lacking": sum(lacking.values())}


def _place(folder: Folder, step: Step, lacking: int, language: str, *, is_current: bool) -> dict[str, Any]:
    last = step.kind is StepKind.PLEDGE
    state = "current" if is_current else ("todo" if lacking or last else "done")
    note = _("%(count)s missing") % {"count": lacking} if lacking else ("" if last else _("complete"))
    return {"label": step.title.in_(language), "state": state, "note": note, "url": step_url(folder, step)}


def step_context(folder: Folder, step: Step, typed: Typed | None = None) -> dict[str, Any]:
    """The page of one step."""
    language, steps = get_language() or "en", folder.rules.application.steps
    place = steps.index(step)
    entries = pieces(folder, step, typed)
    return {
        **frame(folder, step.title.in_(language)),
        **step_bar(folder, step),
        "step": step,
        "title": step.title.in_(language),
        "help": step.help.in_(language),
        "groups": _groups(step, entries),
        "before": step_url(folder, steps[place - 1]) if place else "",
        "after": step_url(folder, steps[place + 1]) if place + 1 < len(steps) else "",
        "saved_at": folder.application.saved_at if folder.application.revision else None,
        "troubled": [entry for entry in entries if entry["errors"] or entry["conflicts"]],
        "accept": ACCEPT,
        "is_self": step.kind is StepKind.SELF_ASSESSMENT,
    }


def frame(folder: Folder, title: str) -> dict[str, Any]:
    """What every page of the application has around it."""
    return {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, {"label": title}),
        "notice": next((n for n in folder.notices if n.answered_at is None), None) if is_open(folder) else None,
        "modifying": folder.case.state == State.MODIFYING.value,
    }


def _groups(step: Step, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The self-assessment in its three lists, any other step as it is."""
    if step.kind is not StepKind.SELF_ASSESSMENT:
        return [{"title": "", "code": "", "pieces": entries}]
    words = {
        "redline": (_("Red lines"), _("Uses that may not be approved. The committee decides whether one is crossed.")),
        "list": (_("Expert re-review"), _("Activities that need a second review by experts before approval.")),
        "exemption": (
            _("Exemption from re-review"),
            _("Asked because a question of the list above was answered with yes."),
        ),
    }
    return [
        {
            "title": title,
            "help": text,
            "code": prefix,
            "pieces": [entry for entry in entries if entry["code"].startswith(f"{prefix}.")],
        }
        for prefix, (title, text) in words.items()
    ]


def pieces(folder: Folder, step: Step, typed: Typed | None = None, only: str = "") -> list[dict[str, Any]]:
    """Each piece of a step as its template takes it."""
    answers = folder.application.answers
    form = typed.form if typed else StepForm(step=step, rules=folder.rules, answers=answers)
    found = {(gap.code.value, gap.detail) for gap in open_gaps(folder)}
    if step.kind is StepKind.SELF_ASSESSMENT:
        rows = [_question(folder, step, key, form, typed) for key in pieces_of(step, folder.rules)]
        code = GapCode.SELF_ASSESSMENT_INCOMPLETE.value
    else:
        files = _files(folder, step)
        rows = [_item(folder, step, item, form, typed, files) for item in step.items]
        code = GapCode.MATERIALS_MISSING.value
    chosen = [row for row in rows if not only or row["code"] == only]
    return [{**row, "missing": (code, row["code"]) in found} for row in chosen]


def _base(folder: Folder, step: Step, code: str, keys: tuple[str, ...], typed: Typed | None) -> dict[str, Any]:
    answers = folder.application.answers
    conflicts = typed.conflicts if typed else {}
    errors = typed.form.errors if typed else {}
    return {
        "code": code,
        "url": reverse("workflows:application-step", args=[folder.case.pk, step.code]),
        "marks": [{"key": key, "mark": mark_of(conflicts.get(key, answers.get(key)))} for key in keys],
        "conflicts": [{"key": key, "theirs": conflicts[key]} for key in keys if key in conflicts],
        "errors": [fault for key in keys for fault in errors.get(key, [])],
        "given": any(mark_of(answers.get(key)) for key in keys),
    }


def _item(
    folder: Folder,
    step: Step,
    item: FormItem,
    form: StepForm,
    typed: Typed | None,
    files: Mapping[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    language = get_language() or "en"
    asked = is_asked(item, folder.application.answers)
    base = _base(folder, step, item.code, (item.code,), typed)
    if item.kind is ItemKind.FILES:
        base["errors"] = list(typed.faults.get(item.code, ())) if typed else []
        base["given"] = item.code in files
    theirs = [{**row, "told": told(item, row["theirs"], language)} for row in base["conflicts"]]
    return {
        **base,
        "kind": item.kind.value,
        "label": item.label.in_(language),
        "help": item.help.in_(language),
        "article": item.citation.in_(language),
        "is_law": item.citation.is_law,
        "required": asked,
        "unasked": "" if asked else _condition(folder, item, language),
        "conflicts": theirs,
        "field": form[item.code] if item.code in form.fields else None,
        "files": files.get(item.code, []),
        "add_url": reverse("workflows:file-add", args=[folder.case.pk, item.code]),
    }


def _condition(folder: Folder, item: FormItem, language: str) -> str:
    """When an optional item would be asked for; empty where it never is."""
    when = item.required_when
    if when is None:
        return ""
    other = folder.rules.application.item(when.item)
    labels = {"yes": _("Yes"), "no": _("No")} | {choice.code: choice.label.in_(language) for choice in other.choices}
    told = {"question": other.label.in_(language), "answer": labels.get(when.equals, when.equals)}
    return _("Needed only if “%(question)s” is answered with “%(answer)s”") % told


def _question(folder: Folder, step: Step, key: str, form: StepForm, typed: Typed | None) -> dict[str, Any]:
    language = get_language() or "en"
    question = dict(questions(folder.rules.lists))[key]
    why = f"{key}.why"
    base = _base(folder, step, key, (key, why), typed)
    labels = {"yes": _("Yes"), "no": _("No")}
    theirs = [{**row, "told": labels.get(str(row["theirs"]), row["theirs"])} for row in base["conflicts"]]
    return {
        **base,
        "kind": "question",
        "label": question.question.in_(language),
        "article": question.citation.in_(language),
        "is_law": question.citation.is_law,
        "required": True,
        "conflicts": theirs,
        "field": form[key] if key in form.fields else None,
        "why": form[why] if why in form.fields else None,
    }


def told(item: FormItem, value: Any, language: str) -> str:
    """An answer in words, people and several choices one to a line."""
    if value in (None, "", [], {}):
        return ""
    if item.kind is ItemKind.DATE:
        return date_format(date.fromisoformat(value))
    labels = {"yes": _("Yes"), "no": _("No")} if item.kind is ItemKind.YES_NO else {}
    labels |= {choice.code: choice.label.in_(language) for choice in item.choices}
    rows = value if isinstance(value, list) else [value]
    return "\n".join(_line(row, labels) for row in rows)


def _line(row: Any, labels: Mapping[str, str]) -> str:
    if isinstance(row, dict):
        return " · ".join(str(part) for part in row.values() if part)
    return labels.get(str(row), str(row))


def _files(folder: Folder, step: Step) -> dict[str, list[dict[str, Any]]]:
    """The files of a step's items, with every version of each."""
    codes = {item.code for item in step.items if item.kind is ItemKind.FILES}
    held = [file for file in folder.files if file.item in codes]
    versions = versions_of(held) if held else {}
    found: dict[str, list[dict[str, Any]]] = {}
    for file in held:
        found.setdefault(file.item, []).append(file_words(folder, file, versions[file.upload_id]))
    return found


def file_words(folder: Folder, held: CaseFile, versions: list[FileVersion]) -> dict[str, Any]:
    """One document with the addresses of what can be done with it."""
    case = folder.case.pk
    return {
        "held": held,
        "current": held.current,
        "versions": [version_words(case, held.pk, version) for version in versions],
        "count": len(versions),
        "download": reverse("workflows:file-download", args=[case, held.pk, held.current.number]),
        "replace_url": reverse("workflows:file-replace", args=[case, held.pk]),
        "remove_url": reverse("workflows:file-remove", args=[case, held.pk]),
    }


def version_words(case: int, file: int, version: FileVersion) -> dict[str, Any]:
    """One version of a document with its addresses."""
    pages = page_count(version)
    return {
        "version": version,
        "pages": pages,
        "download": reverse("workflows:file-download", args=[case, file, version.number]),
        "page_url": reverse("workflows:file-page", args=[case, file, version.number, 1]) if pages else "",
    }


def team_words(people: list[User], folder: Folder) -> list[dict[str, str]]:
    """The team for ``_people.html``."""
    language = get_language() or "en"
    return [
        {
            "name": user.name_in(language),
            "role": str(_("Project lead") if user.pk == folder.case.lead_id else _("Project team")),
        }
        for user in people
    ]
