"""What the submitted versions of an application hold: documents one can cite, and the answers in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import page_count
from workflows.domain.application import form_items
from workflows.domain.application_form import FormItem, ItemKind, StepKind
from workflows.models import Application
from workflows.queries.folders import Folder


@dataclass(frozen=True)
class Paper:
    """One version of a document as it was submitted.

    ``file`` and ``number`` make its address, ``version`` is the id evidence refers to; ``pages`` can be shown as
    pictures, 0 where it can only be downloaded; ``current`` while the newest submitted application holds it.
    """

    file: int
    version: int
    number: int
    name: str
    item: str
    pages: int
    current: bool


@dataclass(frozen=True)
class Section:
    """One step of the application: its answers as label and text."""

    title: str
    rows: tuple[tuple[str, str], ...]


def newest_submitted(folder: Folder) -> Application | None:
    """The newest frozen version of the application."""
    return next((version for version in reversed(folder.applications) if version.submitted_at is not None), None)


def citable(folder: Folder) -> frozenset[int]:
    """Ids of the file versions any submitted application holds: all that evidence may refer to."""
    frozen = [version for version in folder.applications if version.submitted_at is not None]
    return frozenset(row["version"] for version in frozen for row in version.files)


def papers(folder: Folder) -> list[Paper]:
    """Every document submitted, the newest application's in the form's order first, then what it replaced."""
    newest = newest_submitted(folder)
    now = {row["version"] for row in newest.files} if newest else set()
    frozen = [version for version in reversed(folder.applications) if version.submitted_at is not None]
    rows = {row["version"]: row for version in frozen for row in version.files}
    kept = FileVersion.objects.in_bulk(rows)
    labels = {item.code: place for place, item in enumerate(form_items(folder.rules.application))}
    found = [
        Paper(row["file"], pk, kept[pk].number, kept[pk].name, row["item"], page_count(kept[pk]), pk in now)
        for pk, row in rows.items()
    ]
    return sorted(found, key=lambda paper: (not paper.current, labels.get(paper.item, len(labels)), paper.version))


def sections(folder: Folder, language: str, words: Mapping[str, str]) -> list[Section]:
    """What the newest submitted application says, step by step; the lists and the pledge have their own page.

    ``words`` are those for yes and no.
    """
    newest = newest_submitted(folder)
    if newest is None:
        return []
    found = []
    for step in folder.rules.application.steps:
        if step.kind is not StepKind.ITEMS:
            continue
        told = [(item.label.in_(language), _told(item, newest.answers, language, words)) for item in step.items]
        rows = tuple(row for row in told if row[1])
        if rows:
            found.append(Section(step.title.in_(language), rows))
    return found


def _told(item: FormItem, answers: Mapping[str, Any], language: str, words: Mapping[str, str]) -> str:
    value = answers.get(item.code)
    if item.kind is ItemKind.FILES or value in (None, "", []):
        return ""
    labels = {choice.code: choice.label.in_(language) for choice in item.choices}
    if item.kind is ItemKind.YES_NO:
        labels = dict(words)
    if isinstance(value, list):
        return "\n".join(_line(entry, labels) for entry in value)
    return labels.get(str(value), str(value))


def _line(entry: Any, labels: Mapping[str, str]) -> str:
    if isinstance(entry, dict):
        return " · ".join(str(part) for part in entry.values() if part)
    return labels.get(str(entry), str(entry))
