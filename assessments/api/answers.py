"""Ratings for programs: all of an assessment, one after another, items set aside; nobody is written over."""

from datetime import datetime
from typing import Any

from django.http import Http404

from assessments.actions.answering import answer_criterion, set_item_aside
from assessments.api.doors import AssessmentThing, Piece, named, refused, spoken
from assessments.domain.staged import Criterion, StagedItem
from assessments.models import Answer
from assessments.queries.maturity import MaturityFolder, answers_digest
from assessments.serializers.answers import (
    AnswersSerializer,
    AsideBody,
    AsideItemSerializer,
    CriterionSerializer,
    RatingAnswerBody,
)
from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Stop


class AnswersDoor(AssessmentThing):
    """Every answer of an assessment."""

    shape = AnswersSerializer

    def data(self, thing: MaturityFolder) -> Data:
        instrument, language = thing.instrument, spoken()
        told = {
            "digest": answers_digest(thing.answers),
            "scale": [
                {"key": step.key, "label": step.label.in_(language), "meaning": step.meaning.in_(language)}
                for step in instrument.scale
            ],
            "criteria": [criterion_values(thing, one) for one in instrument.criteria.values()],
            "items": [item_values(thing, one) for one in instrument.items.values()],
        }
        return dict(AnswersSerializer(told).data)


def criterion_values(folder: MaturityFolder, one: Criterion) -> Data:
    """A criterion as ``CriterionSerializer`` takes it."""
    answer, counted = folder.answers.get(one.key), folder.counted
    return {
        "key": one.key,
        "item": one.item,
        "dimension": folder.dimension_of(one.key).key,
        "level": one.level,
        "text": one.text.in_(spoken()),
        "expected": one.evidence.in_(spoken()),
        "standing": folder.standings[one.key].value,
        "step": (answer.step or None) if answer else None,
        "counted": counted.counted.steps.get(one.key),
        "shortfalls": [lacking.value for lacking in counted.lacking.get(one.key, ())],
        "note": answer.reason if answer else "",
        "evidence": [piece.pk for piece in folder.evidence_by_criterion.get(one.key, ())],
        **_given(answer),
    }


def item_values(folder: MaturityFolder, item: StagedItem) -> Data:
    """An item as ``AsideItemSerializer`` takes it."""
    answer = folder.answers.get(item.key)
    return {
        "key": item.key,
        "dimension": folder.dimension_of(item.key).key,
        "title": item.title.in_(spoken()),
        "may_be_set_aside": item.may_na,
        "set_aside": answer.not_applicable if answer else False,
        "reason": answer.reason if answer else "",
        **_given(answer),
    }


def _given(answer: Answer | None) -> Data:
    if answer is None:
        return {"answer": None, "by": None, "at": None}
    return {"answer": answer.pk, "by": named(answer.by), "at": answer.at}


class CriterionDoor(AssessmentThing):
    """One criterion of an assessment."""

    shape = CriterionSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        one = folder.instrument.criteria.get(address["criterion"])
        if one is None:
            raise Http404
        return Piece(folder, one)

    def data(self, thing: Piece) -> Data:
        return dict(CriterionSerializer(criterion_values(thing.folder, thing.row)).data)


class ItemDoor(AssessmentThing):
    """One item of an assessment."""

    shape = AsideItemSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        item = folder.instrument.items.get(address["item"])
        if item is None:
            raise Http404
        return Piece(folder, item)

    def data(self, thing: Piece) -> Data:
        return dict(AsideItemSerializer(item_values(thing.folder, thing.row)).data)

    def refusal(self, error: Exception, thing: Piece) -> Stop | None:
        return refused(error, thing.folder.instrument, words="reason")


def _rate(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    given = {"step": body["step"], "reason": body["note"], "seen": body["seen"]}
    return answer_criterion(thing.folder.row.pk, thing.row.key, **given, actor=caller, now=now).answer


def _set_aside(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    given = {"aside": body["set_aside"], "reason": body["reason"], "seen": body["seen"]}
    return set_item_aside(thing.folder.row.pk, thing.row.key, **given, actor=caller, now=now)


RATE = Deed(
    "answer_save",
    "Save one criterion's answer",
    _rate,
    takes=RatingAnswerBody,
    description="What somebody else answered meanwhile is merged where nothing is lost by it; else 409 “overtaken” "
    "with what stands.",
    example={"step": "F", "note": "See the handbook.", "seen": None},
)
SET_ASIDE = Deed(
    "item_set_aside",
    "Set an item aside, or take it up again",
    _set_aside,
    takes=AsideBody,
    description="Where the instrument allows it, and never too much weight together.",
    example={"set_aside": True, "reason": "Models are bought in whole.", "seen": None},
)
