"""What the page of a dimension shows: items with their levels, the open questions, what each rating counts."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.domain.scoring import Standing
from assessments.domain.staged import Criterion, Dimension, StagedItem
from assessments.forms.maturity import AnswerForm, AsideForm, LinkForm
from assessments.models import Answer, Evidence
from assessments.queries.maturity import MaturityFolder
from assessments.views.doors import address, anchor, criterion_url
from assessments.views.pieces import dimensions, frame, standing_result, tongue
from assessments.wording import evidence_need, shortfall


class LevelState(StrEnum):
    """How a level of an item is shown."""

    OPEN = "open"  # its criteria are asked
    KEPT = "kept"  # answered before, and not counted now
    NEXT = "next"  # opens when the level below is attained
    LATER = "later"
    ASIDE = "aside"


@dataclass(frozen=True)
class Typed:
    """A form that was not taken: what it is about, and what somebody else saved meanwhile."""

    key: str
    form: AnswerForm | AsideForm | LinkForm
    theirs: Answer | None = None
    gaps: list[dict[str, str]] = field(default_factory=list)


def dimension_context(folder: MaturityFolder, dimension: Dimension, typed: Typed | None = None) -> dict[str, Any]:
    """Everything the page needs."""
    language = tongue()
    rows = dimensions(folder, dimension.key)
    place = next(number for number, row in enumerate(rows) if row["current"])
    return {
        **frame(folder, dimension.title.in_(language)),
        **shared(folder, dimension),
        "tabs": rows,
        "dimension": rows[place],
        "summary": dimension.summary.in_(language),
        "weight": dimension.weight,
        "items": [item_context(folder, item, typed) for item in dimension.items],
        "before": rows[place - 1] if place else None,
        "after": rows[place + 1] if place + 1 < len(rows) else None,
    }


def shared(folder: MaturityFolder, dimension: Dimension) -> dict[str, Any]:
    """What the page and the answer to a save have in common."""
    return {
        "folder": folder,
        "row": folder.row,
        "writes": folder.answers_in(dimension.key),
        "result": standing_result(folder),
        "best": folder.instrument.scale[-1].label.in_(tongue()),
    }


def shown_level(folder: MaturityFolder, item: StagedItem) -> int:
    """The highest level whose questions are open, 0 for an item set aside."""
    states = folder.standings
    asked = [
        one.level for cell in item.cells for one in cell if states[one.key] in (Standing.RATED, Standing.UNANSWERED)
    ]
    return max(asked, default=0)


def item_context(folder: MaturityFolder, item: StagedItem, typed: Typed | None = None) -> dict[str, Any]:
    """One item: its levels up to the target, and what was typed and not taken."""
    language, aside = tongue(), folder.answers.get(item.key)
    is_aside = aside is not None and aside.not_applicable
    trouble = typed if typed and typed.key == item.key else None
    return {
        **head_context(folder, item),
        "summary": item.summary.in_(language),
        "may_na": item.may_na,
        "aside": is_aside,
        "aside_reason": aside.reason if aside else "",
        "aside_form": trouble.form if trouble else AsideForm(),
        "aside_gaps": trouble.gaps if trouble else [],
        "aside_theirs": trouble.theirs if trouble else None,
        "seen": aside.pk if aside else "",
        "url": address("assessments:item", folder.row.pk, item.key),
        "na_label": folder.instrument.not_applicable.label.in_(language),
        "levels": [level_context(folder, item, number, typed) for number in range(1, folder.row.target + 1)],
    }


def head_context(folder: MaturityFolder, item: StagedItem) -> dict[str, Any]:
    """An item's heading: how far it is, and how far the page shows it."""
    level, target = folder.result.lower.levels[item.key], folder.row.target
    floor = item.floor(target, strict=folder.instrument.strict_floor)
    return {
        "key": item.key,
        "id": anchor(item.key),
        "title": item.title.in_(tongue()),
        "weight": item.weight,
        "core": item.core_from is not None and target >= item.core_from,
        "level": level,
        "floor": floor,
        "low": level is not None and level < floor and folder.result.complete,
        "target": target,
        "ladder": [{"done": level is not None and number <= level} for number in range(1, target + 1)],
        "shown": shown_level(folder, item),
    }


def level_context(folder: MaturityFolder, item: StagedItem, number: int, typed: Typed | None = None) -> dict[str, Any]:
    """One level of an item with its criteria, as far as they are to be seen."""
    head = level_head_context(folder, item, number)
    seen = head["state"] in (LevelState.OPEN, LevelState.KEPT)
    return {
        **head,
        "criteria": [criterion_context(folder, one, typed) for one in item.cells[number - 1]] if seen else [],
    }


def level_head_context(folder: MaturityFolder, item: StagedItem, number: int) -> dict[str, Any]:
    """What stands above a level's criteria."""
    state = _level_state(folder, item, number)
    rules = folder.instrument.evidence
    need = rules.needs.get(number) if rules else None
    level = folder.result.lower.levels[item.key]
    return {
        "number": number,
        "id": f"{anchor(item.key)}-{number}",
        "state": state.value,
        "attained": state is LevelState.OPEN and level is not None and number <= level,
        "need": pgettext("between items", ", ").join(evidence_need(need)) if need else "",
        "below": number - 1,
    }


def _level_state(folder: MaturityFolder, item: StagedItem, number: int) -> LevelState:
    states = [folder.standings[one.key] for one in item.cells[number - 1]]
    if Standing.NOT_APPLICABLE in states:
        return LevelState.ASIDE
    if Standing.NOT_REACHED not in states:
        return LevelState.OPEN
    given = folder.counted.given.steps
    if any(one.key in given for one in item.cells[number - 1]):
        return LevelState.KEPT
    return LevelState.NEXT if number == shown_level(folder, item) + 1 else LevelState.LATER


def criterion_context(folder: MaturityFolder, one: Criterion, typed: Typed | None = None) -> dict[str, Any]:
    """One criterion: what it asks, what is given, what it counts as, what was typed and not taken."""
    language, answer = tongue(), folder.answers.get(one.key)
    trouble = typed if typed and typed.key == one.key else None
    form = trouble.form if trouble and isinstance(trouble.form, AnswerForm) else None
    given = form["step"].value() if form else (answer.step if answer else "")
    return {
        **state_context(folder, one, trouble),
        "text": one.text.in_(language),
        "expected": one.evidence.in_(language),
        "item": one.item,
        "item_id": anchor(one.item),
        "scale": _scale(folder, given),
        "given": _step_words(folder, answer.step) if answer and answer.step else "",
        "reason": form["reason"].value() if form else (answer.reason if answer else ""),
        **proof_context(folder, one, trouble),
    }


def state_context(folder: MaturityFolder, one: Criterion, trouble: Typed | None = None) -> dict[str, Any]:
    """What changes with a save: the answer seen, what it counts as, faults, what somebody else saved."""
    answer = folder.answers.get(one.key)
    form = trouble.form if trouble and not isinstance(trouble.form, LinkForm) else None
    return {
        "key": one.key,
        "id": anchor(one.key),
        "url": address("assessments:criterion", folder.row.pk, one.key),
        "answer": answer if answer and not (answer.cleared and not answer.reason) else None,
        "by": answer.by.name_in(tongue()) if answer else "",
        "seen": str(form["seen"].value() or "") if form else (answer.pk if answer else ""),
        "cap": _cap(folder, one),
        "errors": [error for errors in form.errors.values() for error in errors] if form else [],
        "gaps": trouble.gaps if trouble else [],
        "theirs": _theirs(folder, trouble.theirs) if trouble and trouble.theirs else None,
    }


def proof_context(folder: MaturityFolder, one: Criterion, trouble: Typed | None = None) -> dict[str, Any]:
    """The evidence that stands for a criterion and the pieces that could."""
    linked = folder.evidence_by_criterion.get(one.key, [])
    known = {piece.pk for piece in linked}
    form = trouble.form if trouble and isinstance(trouble.form, LinkForm) else None
    pk = folder.row.pk
    return {
        "pieces": [piece_words(folder, piece, one.key) for piece in linked],
        "link_errors": list(form["evidence"].errors) if form else [],
        "others": [piece for piece in folder.evidence if piece.pk not in known],
        "link_url": address("assessments:evidence-link", pk, one.key),
        "add_url": f"{address('assessments:evidence-add', pk)}?criterion={one.key}",
    }


def piece_words(folder: MaturityFolder, piece: Evidence, criterion: str) -> dict[str, Any]:
    """A linked piece with its addresses."""
    rules, pk = folder.instrument.evidence, folder.row.pk
    kind = rules.kind_by_key.get(piece.kind) if rules else None
    return {
        "row": piece,
        "kind": kind.label.in_(tongue()) if kind else piece.kind,
        "day": piece.dated.isoformat() if piece.dated else "",
        "day_words": _day_words(piece.dated, tongue()) if piece.dated else "",
        "url": address("assessments:evidence-edit", pk, piece.pk),
        "unlink_url": address("assessments:evidence-unlink", pk, criterion, piece.pk),
    }


@lru_cache(maxsize=512)
def _day_words(day: date, _language: str) -> str:
    """A day in the reader's language; one piece stands beside many criteria."""
    return date_format(day)


def next_open(folder: MaturityFolder, after: str) -> str:
    """Where to go on after a criterion: the next one asked and empty that the person may answer, else this one."""
    order = list(folder.instrument.criteria)
    place = order.index(after)
    empty = set(folder.result.unanswered)
    ahead = [key for key in (*order[place + 1 :], *order[:place]) if key in empty]
    mine = [key for key in ahead if folder.dimension_of(key).key in folder.own]
    return criterion_url(folder, mine[0] if mine else after)


def _scale(folder: MaturityFolder, given: Any) -> list[dict[str, Any]]:
    language = tongue()
    return [
        {
            "value": step.key,
            "word": step.label.in_(language),
            "meaning": step.meaning.in_(language),
            "checked": step.key == given,
        }
        for step in folder.instrument.scale
    ]


def _step_words(folder: MaturityFolder, key: str) -> str:
    step = folder.instrument.steps.get(key)
    return step.label.in_(tongue()) if step else key


def _cap(folder: MaturityFolder, one: Criterion) -> dict[str, str] | None:
    """What a rating counts as instead, and why; None where it counts in full."""
    rules, lacking = folder.instrument.evidence, folder.counted.lacking.get(one.key)
    if rules is None or not lacking or folder.standings[one.key] is not Standing.RATED:
        return None
    why = pgettext("between items", "; ").join(shortfall(entry, rules.needs[one.level]) for entry in lacking)
    return {"counts": _step_words(folder, rules.cap), "why": why}


def _theirs(folder: MaturityFolder, answer: Answer) -> dict[str, Any]:
    """What somebody else saved meanwhile."""
    aside = folder.instrument.not_applicable.label.in_(tongue())
    step = aside if answer.not_applicable else (_step_words(folder, answer.step) if answer.step else _("no rating"))
    return {"pk": answer.pk, "step": step, "reason": answer.reason, "by": answer.by.name_in(tongue()), "at": answer.at}
