"""A version of an application in words: item by item, beside the version before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import page_count
from workflows.domain.application import PLEDGE, YES, is_asked, questions
from workflows.domain.application_form import FormItem, ItemKind, Step, StepKind
from workflows.domain.differences import Stretch, compare
from workflows.domain.states import Role
from workflows.models import Application
from workflows.queries.folders import Folder
from workflows.views.application_page import is_open, step_url, told
from workflows.views.doors import open_case
from workflows.views.pieces import breadcrumb, status
from workflows.views.places import Places


@dataclass(frozen=True)
class Paper:
    """One document of a version; ``fate`` is new, changed, gone or empty, ``was`` the version before a change."""

    version: FileVersion
    file: int
    pages: int
    download: str
    page_url: str
    fate: str = ""
    was: int | None = None


@dataclass(frozen=True)
class Line:
    """One item; ``differences`` is empty where nothing changed or there is nothing to compare with."""

    code: str
    label: str
    article: str
    text: str
    files: tuple[Paper, ...]
    gone: tuple[Paper, ...]
    is_file: bool
    asked: bool
    before: str
    differences: tuple[Stretch, ...]

    @property
    def changed(self) -> bool:
        """Whether the text or a document is another than before."""
        return bool(self.differences or self.gone or any(paper.fate for paper in self.files))

    @property
    def empty(self) -> bool:
        """Whether nothing was given."""
        return not (self.text or self.files)


@dataclass(frozen=True)
class Part:
    """One step; ``edit_url`` leads to its page while the version is open."""

    code: str
    title: str
    lines: tuple[Line, ...]
    edit_url: str = ""

    @property
    def changes(self) -> int:
        """How many items changed."""
        return sum(line.changed for line in self.lines)


@login_required
@require_safe
def application_read(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version, read only; drafts are the applicant's alone. ``?changes=1`` shows what changed, side by side."""
    folder = open_case(request, pk)
    own = Role.TEAM in folder.roles
    shown = [version for version in folder.applications if own or version.submitted_at is not None]
    version = next((row for row in shown if row.number == number), None)
    if version is None:
        raise Http404
    earlier = [row for row in shown if row.number < number]
    against = _against(request.GET.get("against", ""), earlier)
    changes = against is not None and request.GET.get("changes") == "1"
    context = _read_context(folder, version, against, changes=changes)
    context |= {"earlier": earlier, "tabs": _tabs(folder, shown, version)}
    return render(request, "workflows/application_read.html", context)


def _read_context(
    folder: Folder, version: Application, against: Application | None, *, changes: bool
) -> dict[str, Any]:
    parts, own = reading(folder, version, against), Role.TEAM in folder.roles
    title = _("Version %(number)s") % {"number": version.number}
    return {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, {"label": title}),
        "title": title,
        "version": version,
        "against": against,
        "parts": [part for part in parts if part.changes] if changes else parts,
        "changed": sum(part.changes for part in parts),
        "changes_only": changes,
        "editable": own and is_open(folder) and version.submitted_at is None,
        "own": own,
        "case_url": reverse("workflows:case", args=[folder.case.pk]),
    }


def _against(asked: str, earlier: list[Application]) -> Application | None:
    """The version to compare with: the one asked for, else the one before."""
    found = next((row for row in earlier if str(row.number) == asked), None)
    return found or (earlier[-1] if earlier else None)


def _tabs(folder: Folder, shown: list[Application], current: Application) -> list[dict[str, Any]]:
    if len(shown) < 2:
        return []
    return [
        {
            "label": _("Version %(number)s") % {"number": row.number},
            "url": reverse("workflows:application-read", args=[folder.case.pk, row.number]),
            "current": row == current,
        }
        for row in shown
    ]


def reading(
    folder: Folder, version: Application, against: Application | None = None, places: Places | None = None
) -> list[Part]:
    """The version step by step in the reader's language, with what changed since ``against``.

    ``places`` is where a reader who is no party finds the documents.
    """
    places = places or Places(folder.case.pk)
    now, then = _rows(folder, version), _rows(folder, against)
    kept = FileVersion.objects.in_bulk({row["version"] for row in [*now, *then]})
    before = against.answers if against is not None else None
    parts = []
    for step in folder.rules.application.steps:
        if step.kind is StepKind.ITEMS:
            lines = [
                _item_line(folder, item, version, before, _papers(places, item, now, then, kept, compared=before))
                for item in step.items
            ]
        else:
            lines = _asked_lines(folder, step, version.answers, before)
        parts.append(_part(folder, step, version, lines))
    return parts


def _part(folder: Folder, step: Step, version: Application, lines: list[Line]) -> Part:
    title = step.title.in_(get_language() or "en")
    editable = version.submitted_at is None and Role.TEAM in folder.roles and is_open(folder)
    return Part(step.code, title, tuple(lines), step_url(folder, step) if editable else "")


def _rows(folder: Folder, version: Application | None) -> list[dict[str, Any]]:
    """What files a version holds: as frozen, or as they stand while it is open."""
    if version is None:
        return []
    if version.submitted_at is not None:
        return list(version.files)
    return [{"item": held.item, "file": held.pk, "version": held.current_id} for held in folder.files]


Papers = tuple[tuple[Paper, ...], tuple[Paper, ...]]


def _papers(
    places: Places,
    item: FormItem,
    now: list[dict[str, Any]],
    then: list[dict[str, Any]],
    kept: Mapping[int, FileVersion],
    *,
    compared: object,
) -> Papers:
    """The item's documents, and those it had before and has no more."""
    if item.kind is not ItemKind.FILES:
        return (), ()
    here = [row for row in now if row["item"] == item.code]
    old = {row["file"]: row["version"] for row in then if row["item"] == item.code}
    files = []
    for row in here:
        was = old.get(row["file"])
        fate = "" if compared is None or was == row["version"] else ("changed" if was else "new")
        files.append(_paper(places, row, kept, fate, kept[was].number if fate == "changed" and was else None))
    standing = {row["file"] for row in here}
    gone = [row for row in then if row["item"] == item.code and row["file"] not in standing]
    return tuple(files), tuple(_paper(places, row, kept, "gone") for row in gone)


def _paper(
    places: Places, row: Mapping[str, Any], kept: Mapping[int, FileVersion], fate: str, was: int | None = None
) -> Paper:
    version = kept[row["version"]]
    pages, place = page_count(version), (row["file"], version.number)
    return Paper(
        version=version,
        file=row["file"],
        pages=pages,
        download=places.download(*place),
        page_url=places.first_page(*place) if pages else "",
        fate=fate,
        was=was,
    )


def _item_line(
    folder: Folder, item: FormItem, version: Application, before: Mapping[str, Any] | None, papers: Papers
) -> Line:
    language = get_language() or "en"
    text = told(item, version.answers.get(item.code), language) if item.kind is not ItemKind.FILES else ""
    old = told(item, before.get(item.code), language) if before is not None else text
    asked = is_asked(item, version.answers)
    return Line(
        code=item.code,
        label=item.label.in_(language),
        article=item.citation.in_(language),
        text=text,
        files=papers[0],
        gone=papers[1],
        is_file=item.kind is ItemKind.FILES,
        asked=asked,
        before=old,
        differences=compare(old, text) if old != text else (),
    )


def _asked_lines(
    folder: Folder, step: Step, answers: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[Line]:
    """The questions of the lists, or the pledge."""
    language, rules = get_language() or "en", folder.rules
    if step.kind is StepKind.PLEDGE:
        pledge = rules.application.pledge
        rows = [(PLEDGE, pledge.text.in_(language), pledge.citation.in_(language))]
    else:
        rows = [(key, q.question.in_(language), q.citation.in_(language)) for key, q in questions(rules.lists)]
    lines = []
    for key, label, article in rows:
        text = _answered(answers, key)
        old = _answered(before, key) if before is not None else text
        lines.append(
            Line(key, label, article, text, (), (), False, True, old, compare(old, text) if old != text else ())
        )
    listed = any(answers.get(key) == YES for key, _label, _article in rows if key.startswith("list."))
    return [line for line in lines if listed or line.text or not line.code.startswith("exemption.")]


def _answered(answers: Mapping[str, Any], key: str) -> str:
    words = {"yes": _("Yes"), "no": _("No")}
    said = words.get(str(answers.get(key, "")), "")
    why = str(answers.get(f"{key}.why", "")).strip() if answers.get(key) == YES else ""
    return f"{said}\n{why}" if why else said
