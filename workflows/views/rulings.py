"""A decision as pages show it: each text in both languages, what it rests on, what its kind must state."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from workflows.domain.application import form_items
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import DecisionRule
from workflows.models import Decision
from workflows.queries.folders import Folder
from workflows.views.table import kind_label, motion_title
from workflows.wording import SEAT_ROLES

STATED = {
    "reasons": gettext_lazy("Reasons"),
    "requirements": gettext_lazy("Suggestions and requirements for modification"),
    "scope": gettext_lazy("Scope"),
    "validity": gettext_lazy("Validity"),
    "conditions": gettext_lazy("Conditions"),
    "appeal_route": gettext_lazy("Route of appeal"),
}


def must_state(rule: DecisionRule, given: frozenset[str]) -> list[dict[str, Any]]:
    """What the kind must state, each with its article and whether the draft has it."""
    article = rule.citation.in_(get_language() or "en")
    return [
        {
            "label": STATED.get(code, code),
            "article": article,
            "given": code in given or code == "appeal_route",
            "note": _("printed from the rulebook") if code == "appeal_route" else "",
        }
        for code in rule.requires
    ]


def ruling(folder: Folder, decision: Decision, *, desk: bool = True) -> dict[str, Any]:
    """A decision with its texts; the vote behind it is the committee's to see."""
    language = get_language() or "en"
    chinese = language.startswith("zh")
    return {
        "number": decision.number,
        "label": kind_label(folder, decision.kind),
        "texts": [text for text in (_text(decision, name, chinese) for name in _TEXTS) if text["first"]],
        "valid_from": decision.valid_from,
        "valid_until": decision.valid_until,
        "followup_months": decision.followup_months,
        "conditions": [_condition(row, chinese) for row in decision.conditions.all()],
        "issued_at": decision.issued_at,
        "issued_by": decision.issued_by.name_in(language) if decision.issued_by else "",
        "issued_as": SEAT_ROLES[SeatRole(decision.issued_as)] if decision.issued_as else "",
        "drafted_at": decision.drafted_at,
        "drafted_by": decision.drafted_by.name_in(language),
        "standing": decision.motion.standing if desk and decision.motion else None,
    }


_TEXTS = ("reasons", "requirements", "scope")


def _pair(en: str, zh: str, chinese: bool) -> dict[str, Any]:
    """The reader's language first; the other, where given, after it."""
    both = [(zh, "zh-Hans"), (en, "en")] if chinese else [(en, "en"), (zh, "zh-Hans")]
    given = [(text, code) for text, code in both if text]
    first, second = (given + [("", "")] * 2)[:2]
    return {"first": first[0], "first_code": first[1], "second": second[0], "second_code": second[1]}


def _text(decision: Decision, name: str, chinese: bool) -> dict[str, Any]:
    pair = _pair(getattr(decision, f"{name}_en"), getattr(decision, f"{name}_zh"), chinese)
    return {"label": STATED[name], **pair}


def _condition(row: Any, chinese: bool) -> dict[str, Any]:
    return {"number": row.number, "due": row.due, **_pair(row.text_en, row.text_zh, chinese)}


def motion_of(folder: Folder) -> dict[str, Any] | None:
    """The carried motion the decision rests on, with its standing."""
    motion = folder.carried
    if motion is None:
        return None
    return {
        "number": motion.number,
        "title": motion_title(folder, motion),
        "text": motion.text,
        "standing": motion.standing or {},
        "closed_at": motion.closed_at,
        "meeting": next((item.meeting for item in folder.agenda if item.pk == motion.item_id), None),
    }


def changed_items(folder: Folder) -> list[str]:
    """Labels of the items that differ between the last two versions handed in, in the form's order; files too."""
    language = get_language() or "en"
    versions = [version for version in folder.applications if version.submitted_at]
    if len(versions) < 2:
        return []
    before, after = versions[-2], versions[-1]
    moved = {code for code in {*before.answers, *after.answers} if before.answers.get(code) != after.answers.get(code)}
    moved |= {entry["item"] for entry in before.files if entry not in after.files}
    moved |= {entry["item"] for entry in after.files if entry not in before.files}
    return [item.label.in_(language) for item in form_items(folder.rules.application) if item.code in moved]
