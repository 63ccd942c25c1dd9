"""The application in a dossier: every version as values and in words, and every document it held, byte for byte."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import open_version
from workflows.domain.application import PLEDGE, YES, questions
from workflows.domain.application_form import FormItem, ItemKind, Step, StepKind
from workflows.domain.archive_names import Names
from workflows.domain.oversight import Part
from workflows.models import Application
from workflows.queries.applying import readable_files
from workflows.reporting.dossier_course import over
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.plain import moment
from workflows.reporting.sheets import Block, Cell, Piece, Said, Sheet, json_piece, page_piece, row, shown_at, words
from workflows.reporting.zips import CHUNK

Places = dict[int, str]  # where a version of a document lies in the archive
VERSION = _("Application, version %(number)s")


def application_pieces(reader: CaseReader, names: Names) -> list[Piece]:
    """Documents first: the pages lead to them."""
    found: list[Piece] = []
    places: Places = {}
    if Part.FILES in reader.parts:
        for version, item in _documents(reader):
            places[version.pk] = names.take("application", "files", item, f"v{version.number}-{version.name}")
            found.append(_document(version, places[version.pk]))
    if Part.APPLICATION in reader.parts:
        for one in reader.versions:
            found += _version(reader, one, places)
    return found


def _documents(reader: CaseReader) -> list[tuple[FileVersion, str]]:
    return [
        (version, held.item)
        for held in readable_files(reader.found)
        for version in sorted(held.versions, key=lambda one: one.number)
    ]


def _document(version: FileVersion, path: str) -> Piece:
    return Piece(path, "document", Text(version.name, version.name), version.at, partial(_bytes, version))


def _bytes(version: FileVersion) -> Iterator[bytes]:
    with open_version(version) as file:
        yield from file.chunks(CHUNK)


def _version(reader: CaseReader, version: Application, places: Places) -> list[Piece]:
    base, title = f"application/version-{version.number}", words(VERSION, number=version.number)
    at = version.submitted_at or version.saved_at
    page, values = partial(_page, reader, version, places), partial(_values, reader, version, places)
    return [
        page_piece(f"{base}.html", "application", page, title, at),
        json_piece(f"{base}.json", "application", values, title, at),
    ]


def _held(reader: CaseReader, version: Application) -> list[dict[str, Any]]:
    if version.submitted_at is not None:
        return list(version.files)
    return [
        {"item": held.item, "file": held.pk, "version": held.current_id, "sha256": held.current.sha256}
        for held in reader.folder.files
    ]


def _values(reader: CaseReader, version: Application, places: Places) -> dict[str, Any]:
    return {
        "number": version.number,
        "saved_at": moment(version.saved_at),
        "submitted_at": moment(version.submitted_at),
        "sha256": version.digest,
        "changes": version.changes,
        "answers": version.answers,
        "files": [
            {"item": one["item"], "sha256": one["sha256"], "path": places.get(one["version"])}
            for one in _held(reader, version)
        ],
    }


def _page(reader: CaseReader, version: Application, places: Places) -> Sheet:
    facts = [
        row(words(_("Submitted")), shown_at(version.submitted_at, reader.zone)),
        row(words(_("What changed")), version.changes),
        row("SHA-256", Cell(version.digest, mono=True)),
    ]
    blocks = [Block(words(_("This version")), tuple(one for one in facts if one[1].said))]
    for step in reader.folder.rules.application.steps:
        rows = _step(reader, step, version, places)
        if rows:
            blocks.append(Block(step.title, tuple(rows)))
    return Sheet(words(VERSION, number=version.number), over(reader), tuple(blocks))


def _step(reader: CaseReader, step: Step, version: Application, places: Places) -> list[tuple[Cell, ...]]:
    if step.kind is StepKind.ITEMS:
        return [one for item in step.items for one in _item(reader, item, version, places)]
    rules, answers = reader.folder.rules, version.answers
    if step.kind is StepKind.PLEDGE:
        return [row(rules.application.pledge.text, _yes_no(answers.get(PLEDGE)))] if answers.get(PLEDGE) else []
    return [row(asked.question, _answered(answers, key)) for key, asked in questions(rules.lists) if answers.get(key)]


def _item(reader: CaseReader, item: FormItem, version: Application, places: Places) -> list[tuple[Cell, ...]]:
    if item.kind is ItemKind.FILES:
        held = [one for one in _held(reader, version) if one["item"] == item.code]
        return [row(item.label, _linked(places.get(one["version"], ""), one["sha256"])) for one in held]
    value = version.answers.get(item.code)
    return [] if value in (None, "", [], {}) else [row(item.label, _told(item, value))]


def _linked(path: str, sha256: str) -> Cell:
    return Cell(path.rpartition("/")[2], link=path) if path else Cell(f"SHA-256 {sha256}", mono=True)


def _yes_no(value: Any) -> Text:
    return words(_("Yes")) if value == YES else words(_("No"))


def _answered(answers: dict[str, Any], key: str) -> Text:
    said, why = _yes_no(answers[key]), str(answers.get(f"{key}.why", "")).strip()
    return Text(f"{said.en}\n{why}", f"{said.zh}\n{why}") if why and answers[key] == YES else said


def _told(item: FormItem, value: Any) -> Said:
    """An answer in words; what was typed is the same in both languages."""
    labels = {choice.code: choice.label for choice in item.choices}
    if item.kind is ItemKind.YES_NO:
        labels = {"yes": words(_("Yes")), "no": words(_("No"))}
    lines = [_line(one, labels) for one in (value if isinstance(value, list) else [value])]
    return Text("\n".join(line.en for line in lines), "\n".join(line.zh for line in lines))


def _line(value: Any, labels: dict[str, Text]) -> Text:
    if isinstance(value, dict):
        typed = " · ".join(str(part) for part in value.values() if part)
        return Text(typed, typed)
    return labels.get(str(value), Text(str(value), str(value)))
