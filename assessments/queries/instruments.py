"""Reading instruments and answers. Who may read an assessment is decided by whoever refers to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from assessments.domain.instrument import Instrument
from assessments.domain.kinds import parse_any
from assessments.domain.parsing import parse_instrument
from assessments.domain.ratings import Rating, ReviewerRatings
from assessments.domain.staged import StagedInstrument
from assessments.domain.staged_parsing import parse_staged
from assessments.models import Answer, InstrumentVersion


@dataclass(frozen=True)
class _Published:
    """What tells one published content from another; the row itself is only read when it was not parsed before."""

    pk: int
    digest: str
    row: InstrumentVersion = field(compare=False)


def load_instrument(version: InstrumentVersion) -> Instrument:
    """The instrument of a published version, parsed once in the life of the process."""
    return _parsed(_Published(version.pk, version.digest, version))


def load_any(version: InstrumentVersion) -> Instrument | StagedInstrument:
    """The instrument of a published version, whatever its shape."""
    return _parsed_any(_Published(version.pk, version.digest, version))


@lru_cache(maxsize=64)
def _parsed_any(published: _Published) -> Instrument | StagedInstrument:
    return parse_any(published.row.content)


@lru_cache(maxsize=64)
def _parsed(published: _Published) -> Instrument:
    return parse_instrument(published.row.content)


def load_staged(version: InstrumentVersion) -> StagedInstrument:
    """The staged instrument of a published version, parsed once in the life of the process."""
    return _parsed_staged(_Published(version.pk, version.digest, version))


@lru_cache(maxsize=64)
def _parsed_staged(published: _Published) -> StagedInstrument:
    return parse_staged(published.row.content)


def latest_instrument(slug: str) -> InstrumentVersion:
    """The highest published version. Raises ``InstrumentVersion.DoesNotExist``."""
    found = InstrumentVersion.objects.filter(slug=slug).order_by("-version").first()
    if found is None:
        raise InstrumentVersion.DoesNotExist(slug)
    return found


def current_answers(assessment_ids: Collection[int]) -> dict[int, dict[str, Answer]]:
    """For each assessment its latest answers by item, cleared ones included, with evidence; three queries at most."""
    found: dict[int, dict[str, Answer]] = {pk: {} for pk in assessment_ids}
    rows = Answer.objects.filter(assessment__in=found).current().with_evidence().select_related("by")
    for answer in rows:
        found[answer.assessment_id][answer.item] = answer
    return found


def answer_history(assessment_id: int) -> dict[str, list[Answer]]:
    """Every answer of one assessment by item, the earliest first, with evidence."""
    found: dict[str, list[Answer]] = {}
    rows = Answer.objects.filter(assessment=assessment_id).with_evidence().select_related("by")
    for answer in rows.order_by("pk"):
        found.setdefault(answer.item, []).append(answer)
    return found


def reviewer_ratings(assessment_by_reviewer: Mapping[int, int]) -> tuple[ReviewerRatings, ...]:
    """What each reviewer, by user id, currently rates in their assessment, by its id; one query."""
    ratings: dict[int, dict[str, Rating]] = {pk: {} for pk in assessment_by_reviewer.values()}
    rows = Answer.objects.filter(assessment__in=ratings).current()
    for pk, item, step, na in rows.values_list("assessment_id", "item", "step", "not_applicable"):
        ratings[pk][item] = Rating(step or None, na)
    return tuple(ReviewerRatings(reviewer, ratings[pk]) for reviewer, pk in assessment_by_reviewer.items())
