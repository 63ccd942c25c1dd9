"""What the pages of the evidence library show."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.forms.maturity import EvidenceForm
from assessments.models import Evidence
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.snapshots import criteria_of, versions_of
from assessments.views.doors import criterion_url
from assessments.views.pieces import frame, tongue
from assessments.wording import evidence_need
from ethicsreview.files.domain.kinds import ACCEPT


def kind_choices(folder: MaturityFolder) -> list[tuple[str, Any]]:
    """The instrument's kinds with what each means; none where it names none."""
    rules, language = folder.instrument.evidence, tongue()
    kinds = rules.kinds if rules else ()
    return [(kind.key, f"{kind.label.in_(language)}: {kind.meaning.in_(language)}") for kind in kinds]


def linkable(folder: MaturityFolder) -> list[str]:
    """The criteria this person may link evidence to, up to the target."""
    target = folder.row.target
    return [
        one.key
        for one in folder.instrument.criteria.values()
        if one.level <= target and folder.dimension_of(one.key).key in folder.own
    ]


def library_context(folder: MaturityFolder) -> dict[str, Any]:
    """Every piece, the newest first."""
    return {
        **frame(folder, _("Evidence"), "evidence"),
        "pieces": [piece_row(folder, piece) for piece in reversed(folder.evidence)],
        "needs": _needs(folder),
        "capped": [{"key": key, "url": criterion_url(folder, key)} for key in folder.capped],
    }


def piece_row(folder: MaturityFolder, piece: Evidence) -> dict[str, Any]:
    """One piece with its addresses and what the person may do with it."""
    rules, pk = folder.instrument.evidence, folder.row.pk
    kind = rules.kind_by_key.get(piece.kind) if rules else None
    known = folder.instrument.criteria
    return {
        "row": piece,
        "kind": kind.label.in_(tongue()) if kind else piece.kind,
        "by": piece.added_by.name_in(tongue()),
        "criteria": [
            {"key": key, "url": criterion_url(folder, key)}
            for key in sorted(criteria_of(piece), key=list(known).index)
            if key in known
        ],
        "mine": folder.leads or (folder.fills and piece.added_by_id == folder.user.pk),
        "edit": reverse("assessments:evidence-edit", args=[pk, piece.pk]),
        "remove": reverse("assessments:evidence-remove", args=[pk, piece.pk]),
        "download": reverse("assessments:evidence-download", args=[pk, piece.pk, piece.file.number])
        if piece.file
        else "",
    }


def _needs(folder: MaturityFolder) -> list[dict[str, Any]]:
    """What each level asks of the evidence."""
    rules = folder.instrument.evidence
    if rules is None:
        return []
    needs = [(level, rules.needs[level]) for level in sorted(rules.needs) if level <= folder.row.target]
    return [{"level": level, "phrases": evidence_need(need)} for level, need in needs]


def add_context(folder: MaturityFolder, form: EvidenceForm, back: str) -> dict[str, Any]:
    """The form for a new piece, its criteria gathered by dimension and item."""
    return {
        **frame(folder, _("Add evidence"), "evidence"),
        "form": form,
        "back": back,
        "groups": _groups(folder, form) if "criteria" in form.fields else [],
        "fields": [form[name] for name in form.fields if name != "criteria"],
    }


def _groups(folder: MaturityFolder, form: EvidenceForm) -> list[dict[str, Any]]:
    language, chosen = tongue(), set(form["criteria"].value() or [])
    allowed = set(linkable(folder))
    found = []
    for dimension in folder.instrument.dimensions:
        rows = [
            {
                "key": one.key,
                "item": item.title.in_(language),
                "text": one.text.in_(language),
                "checked": one.key in chosen,
            }
            for item in dimension.items
            for cell in item.cells
            for one in cell
            if one.key in allowed
        ]
        if rows:
            ticked = any(row["checked"] for row in rows)
            found.append({"title": f"{dimension.key} {dimension.title.in_(language)}", "rows": rows, "open": ticked})
    return found


def add_form(folder: MaturityFolder, posted: Sequence[Any] = (), *, asked: str = "") -> EvidenceForm:
    """A new piece for the criterion one came from, if any; ``posted``: what was typed, and the files."""
    initial = {"criteria": [asked], "dated": None}
    kinds, criteria = kind_choices(folder), linkable(folder)
    return EvidenceForm(*posted, initial=initial, kinds=kinds, today=day_of(folder.now), criteria=criteria)


def edit_form(folder: MaturityFolder, piece: Evidence, posted: Any = None) -> EvidenceForm:
    """What the piece is said to be; its file is sent by a form of its own."""
    names = ("title", "kind", "dated", "periods", "reference", "confidential")
    return EvidenceForm(
        posted,
        initial={name: getattr(piece, name) for name in names},
        kinds=kind_choices(folder),
        today=day_of(folder.now),
        has_file=piece.file_id is not None,
        with_file=False,
    )


def edit_context(
    folder: MaturityFolder, piece: Evidence, form: EvidenceForm | None = None, *, fault: str = ""
) -> dict[str, Any]:
    """One piece with its versions, and the form that puts it right where the person may."""
    pk = folder.row.pk
    return {
        **frame(folder, piece.title, "evidence"),
        "piece": piece_row(folder, piece),
        "form": form or edit_form(folder, piece),
        "fault": fault,
        "accept": ACCEPT,
        "replace_url": reverse("assessments:evidence-replace", args=[pk, piece.pk]),
        "versions": [
            {"row": row, "download": reverse("assessments:evidence-download", args=[pk, piece.pk, row.number])}
            for row in versions_of(piece)
        ],
    }
