"""How points, steps and evidence look wherever ratings are shown."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from assessments.domain.instrument import Confidence, Instrument, Item
from assessments.models import Answer, AnswerEvidence
from workflows.queries.submitted import Paper
from workflows.views.places import Places

# The icon of a group by its key; a group of another instrument has the plain one.
ICONS = {
    "HR": "point-human-rights",
    "SD": "point-sustainability",
    "CD": "point-culture",
    "PR": "point-privacy",
    "FJ": "point-fairness",
    "SS": "point-security",
    "AT": "point-transparency",
    "SA": "point-accountability",
}

CONFIDENCE = {
    Confidence.FOUND: pgettext_lazy("source", "seen in the text"),
    Confidence.HIGH: pgettext_lazy("source", "from memory, surely"),
    Confidence.MED: pgettext_lazy("source", "from memory, probably"),
    Confidence.LOW: pgettext_lazy("source", "from memory, to be checked"),
}


def icon_of(group: str) -> str:
    """The group's icon."""
    return ICONS.get(group, "list")


def item_words(item: Item, instrument: Instrument, language: str) -> dict[str, Any]:
    """What an indicator asks, in words."""
    return {
        "key": item.key,
        "question": item.question.in_(language),
        "check": item.check.in_(language),
        "evidence": item.evidence.in_(language),
        "sources": [
            {"text": source.in_(language), "confidence": CONFIDENCE[source.confidence]} for source in item.sources
        ],
        "gate_why": _gate_why(item, instrument, language),
    }


def _gate_why(item: Item, instrument: Instrument, language: str) -> str:
    """When the indicator is a gate: always, or at which tiers and for which flags; empty when never."""
    gate = item.gate
    if gate.never:
        return ""
    if gate.always:
        return _("a gate for every activity")
    flags = {flag.key: flag.label.in_(language) for flag in instrument.flags}
    joint = "、" if language.startswith("zh") else ", "
    names = joint.join([*gate.tiers, *(flags.get(flag, flag) for flag in gate.flags)])
    return _("a gate for: %(names)s") % {"names": names}


def rating_words(answer: Answer | None, instrument: Instrument, language: str) -> dict[str, Any]:
    """An answer as score and word; ``score`` is the class the stylesheet knows: 0 to 4, or none."""
    if answer is None or answer.cleared:
        return {"score": "none", "short": "—", "word": _("not rated")}
    if answer.not_applicable:
        short, word = _("N/A"), instrument.not_applicable.label.in_(language)
        return {"score": "none", "short": short, "word": "" if word == short else word}
    step = instrument.steps[answer.step]
    return {"score": answer.step, "short": answer.step, "word": step.label.in_(language)}


def evidence_words(links: list[AnswerEvidence], papers: dict[int, Paper], places: Places) -> list[dict[str, Any]]:
    """Evidence with the name of its document and where to see it."""
    found = []
    for link in links:
        paper = papers.get(link.version_id)
        found.append(
            {
                "name": link.version.name,
                "number": link.version.number,
                "page": link.page,
                "note": link.note,
                "version": link.version_id,
                "value": f"{link.version_id}:{link.page or ''}:{link.note}",
                "download": places.download(paper.file, paper.number) if paper else "",
            }
        )
    return found
