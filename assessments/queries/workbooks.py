"""What a workbook is filled with, and what stood answered when one was downloaded."""

from collections.abc import Mapping

from assessments.domain.cells import note
from assessments.domain.merging import Content
from assessments.models import Answer


def standing_contents(answers: Mapping[str, Answer]) -> dict[str, Content]:
    """What the current answers say, with notes as a workbook holds them."""
    return {key: _content(one.step, one.not_applicable, one.reason) for key, one in answers.items()}


def saved_answers(assessment_id: int) -> int:
    """How many answers were saved so far; they are only ever added, so the number names what stood at that time."""
    return Answer.objects.filter(assessment=assessment_id).count()


def contents_after(assessment_id: int, saved: int | None) -> dict[str, Content]:
    """What stood answered after the first ``saved`` answers; nothing where nobody knows how many that were."""
    if saved is None:
        return {}
    rows = Answer.objects.filter(assessment=assessment_id).order_by("pk")[:saved]
    said = rows.values_list("item", "step", "not_applicable", "reason")
    return {key: _content(step, aside, reason) for key, step, aside, reason in said}


def _content(step: str, set_aside: bool, reason: str) -> Content:
    return Content(step, set_aside, note(reason))
