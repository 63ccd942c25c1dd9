"""Reviews for programs: the own one, rating by rating; the opened ones side by side."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.http import Http404

from assessments.domain.answers import BadAnswer, EvidenceLink
from assessments.domain.instrument import Item
from assessments.domain.profile import GroupValue
from assessments.models import Answer
from assessments.wording import ANSWER_FAULTS
from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Kind, Stop
from workflows.actions.reviews import close_reviews, rate_indicator, submit_review
from workflows.api.doors import DRAFT, CaseThing, Piece, by, named, on_case, pointer, spoken, wrong
from workflows.domain import transitions as t
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.states import Role
from workflows.queries.comparison import COMMITTEE, Blocked, Compared, compare
from workflows.queries.folders import Folder
from workflows.queries.rating import Row, rows_with_history
from workflows.queries.submitted import papers
from workflows.serializers.reviews import (
    ItemRatingSerializer,
    OpinionBody,
    OwnReviewSerializer,
    RatingBody,
    ReviewsSerializer,
)


def exact(value: Fraction | None) -> str | None:
    """A value as it is written: p/q or a whole number, never rounded."""
    return None if value is None else str(value)


def rating_values(answer: Answer | None) -> Data | None:
    """An answer as ``RatingSerializer`` takes it; None where nothing is said."""
    if answer is None:
        return None
    return {
        "id": answer.pk,
        "step": answer.step or None,
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "evidence": [
            {"version": link.version_id, "name": link.version.name, "page": link.page, "note": link.note}
            for link in answer.evidence.all()
        ],
        "at": answer.at,
    }


def _history(answers: Iterable[Answer]) -> list[Data | None]:
    return [rating_values(answer) for answer in answers]


class OwnReviewDoor(CaseThing):
    """The caller's review of a case."""

    shape = OwnReviewSerializer
    readers = frozenset({Role.REVIEWER})

    def data(self, thing: Folder) -> Data:
        review, language = thing.own_review, spoken()
        rows = {row.item.key: row for row in rows_with_history(thing, thing.instrument.items.values())}
        told = {
            **{name: getattr(review, name) for name in ("assigned_at", "submitted_at", "opinion")},
            "unrated": thing.unrated,
            "unreasoned": thing.unreasoned,
            "blocking": thing.instrument.blocking,
            "scale": [
                {"key": step.key, "name": step.label.in_(language), "meaning": step.meaning.in_(language)}
                for step in thing.instrument.scale
            ],
            "points": [
                {
                    "key": group.key,
                    "title": group.title.in_(language),
                    "items": [item_values(rows[item.key]) for item in group.items],
                }
                for group in thing.instrument.groups
            ],
            "papers": papers(thing),
        }
        return dict(OwnReviewSerializer(told).data)


def item_values(row: Row) -> Data:
    """An indicator as ``ItemRatingSerializer`` takes it."""
    item, language = row.item, spoken()
    return {
        "key": item.key,
        "question": item.question.in_(language),
        "check": item.check.in_(language),
        "evidence_wanted": item.evidence.in_(language),
        "sources": [source.in_(language) for source in item.sources],
        "asked": row.asked,
        "gate": row.gate,
        "needs_reason": row.unreasoned,
        "rating": rating_values(row.answer),
        "history": _history(row.history),
    }


class RatingDoor(CaseThing):
    """One indicator of the own review."""

    shape = ItemRatingSerializer
    readers = frozenset({Role.REVIEWER})

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        item: Item | None = folder.instrument.items.get(address["item"])
        if item is None:
            raise Http404
        return Piece(folder, item)

    def data(self, thing: Piece) -> Data:
        (row,) = rows_with_history(thing.folder, [thing.row])
        return dict(ItemRatingSerializer(item_values(row)).data)

    def refusal(self, error: Exception, thing: Piece) -> Stop | None:
        if isinstance(error, BadAnswer):
            return wrong(pointer(error.field), ANSWER_FAULTS[error.code])
        if isinstance(error, Refused) and Gap(GapCode.STALE) in error.gaps:
            fresh = Piece(self.case(f"{DRAFT}{thing.folder.case.pk}"), thing.row)
            return Stop(Kind.OVERTAKEN, extra={"standing": self.data(fresh)})
        return super().refusal(error, thing)


def _rate(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    links = tuple(dict.fromkeys(EvidenceLink(**dict(one)) for one in body.pop("evidence")))
    return rate_indicator(thing.folder.case.pk, thing.row.key, **body, evidence=links, actor=caller, now=now)


RATE = Deed(
    "rating_save",
    "Rate one indicator",
    _rate,
    takes=RatingBody,
    description="After the review was handed in a rating is revised, with a reason, and the earlier one stays in the "
    "record. With “seen” another tab's newer rating is told, not written over.",
    example={"step": "3", "reason": "Seen in the plan.", "evidence": [{"version": 7, "page": 2, "note": ""}]},
    allows=by(t.RATE),
)
SUBMIT = Deed(
    "review_submit",
    "Hand the own review in",
    on_case(submit_review),
    takes=OpinionBody,
    description="Every indicator is rated, or not applicable with a reason.",
    example={"opinion": "Sound, with one open question."},
    allows=by(t.SUBMIT_REVIEW),
)
OPEN = Deed(
    "reviews_open",
    "Open the reviews to the committee",
    on_case(close_reviews),
    description="Ends the blind phase: every member sees who rated what, and the case is ready for a meeting.",
    allows=by(t.CLOSE_REVIEWS),
)


# -- side by side -----------------------------------------------------------------------------------------------------


class ReviewsDoor(CaseThing):
    """The reviews of a case."""

    shape = ReviewsSerializer
    part = Part.RATINGS
    readers = COMMITTEE

    def data(self, thing: Folder) -> Data:
        opened = thing.case.reviews_opened_at
        return dict(ReviewsSerializer(_blind(thing) if opened is None else _open(thing)).data)


def _blind(folder: Folder) -> Data:
    rows = [{**named(row.user), "submitted_at": row.submitted_at, "opinion": ""} for row in folder.reviews]
    return {"opened_at": None, "reviewers": rows, "points": [], "items": [], "blocks": []}


def _open(folder: Folder) -> Data:
    found = compare(folder)
    return {
        "opened_at": folder.case.reviews_opened_at,
        "reviewers": [
            {**named(row.user), "submitted_at": row.submitted_at, "opinion": row.opinion} for row in found.reviews
        ],
        "points": [_point(folder, value) for value in folder.profile.groups],
        "items": [_compared(row) for row in found.rows],
        "blocks": [_blocked(block) for block in found.blocked],
    }


def _point(folder: Folder, value: GroupValue) -> Data:
    title = next(group.title for group in folder.instrument.groups if group.key == value.key)
    return {
        "key": value.key,
        "title": title.in_(spoken()),
        "value": exact(value.value),
        "lowest": exact(value.lowest),
        "highest": exact(value.highest),
        "answered": value.coverage.answered,
        "asked": value.coverage.asked,
    }


def _compared(row: Compared) -> Data:
    return {
        "key": row.item.key,
        "question": row.item.question.in_(spoken()),
        "point": row.group,
        "gate": row.gate,
        "divided": row.divided,
        "blocked": row.blocked,
        "spread": exact(row.spread),
        "ratings": [
            {
                "reviewer": one.review.user_id,
                "rating": rating_values(one.answer),
                "history": _history(one.history),
            }
            for one in row.given
        ],
    }


def _blocked(block: Blocked) -> Data:
    return {
        "item": block.item.key,
        "reviewer": named(block.reviewer),
        "reason": block.answer.reason,
        "fate": block.fate.value,
        "motion": block.motion.pk if block.motion else None,
        "at": block.revised_at or (block.motion.closed_at if block.motion else None),
    }
