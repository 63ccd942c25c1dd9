"""A value for each dimension: the mean of its items' scores by their weights."""

from collections.abc import Mapping
from fractions import Fraction

from assessments.domain.scoring import Result, Verdict
from assessments.domain.staged import StagedInstrument


def dimension_values(instrument: StagedInstrument, found: Result, verdict: Verdict) -> Mapping[str, Fraction]:
    """Each dimension's value from 0 to the highest level, by its key; items set aside do not count."""
    return {
        dimension.key: _mean([item.key for item in dimension.items], found, verdict)
        for dimension in instrument.dimensions
    }


def _mean(items: list[str], found: Result, verdict: Verdict) -> Fraction:
    """A dimension is never set aside as a whole, so there is always a weight to divide by."""
    scores = {key: score for key in items if (score := verdict.scores[key]) is not None}
    whole = sum((found.weights[key] for key in scores), Fraction(0))
    return sum((found.weights[key] * score for key, score in scores.items()), Fraction(0)) / whole
