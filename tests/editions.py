"""The published editions of the tests, and an application that answers all they ask."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.domain.digests import content_digest
from assessments.models import InstrumentVersion
from ethicsreview import strictyaml
from ethicsreview.accounts.models import User
from ethicsreview.files.models import FileVersion, Upload
from workflows.domain import application as forms
from workflows.domain.rulebook import FormItem, ItemKind, Rulebook
from workflows.models import Case, CaseFile, RulebookVersion
from workflows.steps import digest_of

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
INSTRUMENT_ID = 900_001  # the same in every test, so that the process parses it once


@lru_cache(maxsize=8)
def content_of(path: str) -> Any:
    """A fixture as plain values, read once in the life of the tests."""
    return strictyaml.load((FIXTURES / path).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def small_pdf() -> bytes:
    """A real PDF of two empty pages."""
    document = pikepdf.new()
    for _ in range(2):
        document.add_blank_page(page_size=(300, 400))
    out = io.BytesIO()
    document.save(out, static_id=True)
    return out.getvalue()


def publish_editions(now: datetime) -> tuple[RulebookVersion, InstrumentVersion]:
    """The AI measures over the general ones, and the eight points, published: the rows that publishing makes."""
    rules, digest = _rulebook()
    rulebook, _new = RulebookVersion.objects.get_or_create(
        slug=rules["rulebook"]["slug"],
        version=rules["rulebook"]["version"],
        defaults={"digest": digest, "content": rules, "published_at": now},
    )
    content = content_of("instruments/eight-points.v1.yaml")
    instrument, _made = InstrumentVersion.objects.get_or_create(
        slug=content["slug"],
        version=content["version"],
        defaults={"pk": INSTRUMENT_ID, "digest": _instrument_digest(), "content": content, "published_at": now},
    )
    return rulebook, instrument


@lru_cache(maxsize=1)
def _rulebook() -> tuple[dict[str, Any], str]:
    base, overlay = content_of("rulebooks/cn-2023.v1.yaml"), content_of("rulebooks/cn-ai-2026.v1.yaml")
    content = {"rulebook": overlay, "base": base}
    return content, digest_of(content)


@lru_cache(maxsize=1)
def _instrument_digest() -> str:
    return content_digest(content_of("instruments/eight-points.v1.yaml"))


def _value(item: FormItem) -> Any:
    plain: dict[ItemKind, Any] = {
        ItemKind.CHOICE: item.choices[0].code if item.choices else "",
        ItemKind.MULTI_CHOICE: [choice.code for choice in item.choices[:1]],
        ItemKind.YES_NO: "no",
        ItemKind.DATE: "2026-12-01",
        ItemKind.NUMBER: "12",
        ItemKind.PEOPLE: [{"name": "Lin Team", "role": "engineer", "training": "2026"}],
    }
    return plain.get(item.kind, f"What the applicant says about {item.code}.")


def complete_answers(rules: Rulebook, *, listed: Sequence[str] = (), red_lines: Sequence[str] = ()) -> dict[str, Any]:
    """A value for every item that must have one, the lists answered, the pledge made; files are not answers."""
    yes = {f"list.{code}" for code in listed} | {f"redline.{code}" for code in red_lines}
    answers: dict[str, Any] = {forms.PLEDGE: "yes"}
    for key, _question in forms.questions(rules.lists):
        answers[key] = "yes" if key in yes else "no"
        if key in yes:
            answers[f"{key}.why"] = "It does so in part."
    for item in forms.form_items(rules.application):
        if item.kind is not ItemKind.FILES and forms.is_asked(item, answers):
            answers[item.code] = _value(item)
    answers["title"] = "Triage assistant for a county hospital"
    return answers


def file_items(rules: Rulebook, answers: Mapping[str, Any]) -> list[str]:
    """Codes of the items for which a document must be handed in."""
    missing = forms.missing_items(rules.application, answers, frozenset())
    return [code for code in missing if rules.application.item(code).kind is ItemKind.FILES]


def hand_in(case: Case, item: str, *, by: User, now: datetime) -> CaseFile:
    """A document in its place with its bytes, as ``add_file`` leaves it, without the process that inspects it."""
    content = small_pdf()
    upload = Upload.objects.create(created_by=by, created_at=now)
    path = default_storage.save(f"uploads/ts/{case.pk}-{item}-{upload.pk}", ContentFile(content))
    version = FileVersion.objects.create(
        upload=upload,
        number=1,
        name=f"{item}.pdf"[-160:],
        content_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=path,
        pages=2,
        uploaded_by=by,
        at=now,
    )
    return CaseFile.objects.create(case=case, item=item, upload=upload, current=version)
