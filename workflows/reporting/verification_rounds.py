"""What a snapshot says, recomputed: the ratings, what they come to, and how each criterion stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessments.domain.claims import Proof
from assessments.domain.scorefile import Request, compute, proved_level, read_request
from assessments.domain.scoring import Gate, Standing, Verdict, result, standings
from assessments.domain.staged import Dimension, StagedInstrument, StagedItem
from workflows.reporting.course import Person


@dataclass(frozen=True)
class Rated:
    """A rating as it was given and as it counts: less where its evidence falls short."""

    step: str
    counted: str
    note: str

    @property
    def capped(self) -> bool:
        """Whether it counts as less."""
        return self.step != self.counted


@dataclass(frozen=True)
class RoundFacts:
    """One snapshot. ``inputs`` is what ``manage.py score`` takes, ``set_aside`` the reason for each item left out."""

    number: int
    digest: str
    at: datetime
    by: Person
    inputs: Mapping[str, Any] = field(repr=False)
    request: Request = field(repr=False)
    proof: Proof
    verdict: Verdict
    weights: Mapping[str, Fraction]
    standings: Mapping[str, Standing] = field(repr=False)
    rated: Mapping[str, Rated] = field(repr=False)
    set_aside: Mapping[str, str]

    @property
    def instrument(self) -> StagedInstrument:
        """The instrument it is measured with."""
        return self.request.instrument

    @property
    def target(self) -> int:
        """The highest tier that was asked for."""
        return self.request.target

    @cached_property
    def by_dimension(self) -> dict[str, Fraction]:
        """The score of each dimension: the mean of its items by their weights."""
        return {dimension.key: self._mean(dimension) for dimension in self.instrument.dimensions}

    def _mean(self, dimension: Dimension) -> Fraction:
        scores = self.verdict.scores
        found = [(self.weights[item.key], scores[item.key]) for item in dimension.items if item.key in self.weights]
        whole = sum(weight for weight, _score in found)
        return sum((weight * (score or 0) for weight, score in found), start=Fraction()) / whole

    def cell(self, item: StagedItem, level: int) -> Fraction | None:
        """The mean of an item's criteria at a level, None where it was not reached."""
        keys = [one.key for one in item.cells[level - 1]]
        if any(self.standings[key] is not Standing.RATED for key in keys):
            return None
        steps, ratings = self.instrument.steps, self.request.ratings.steps
        return sum((steps[ratings[key]].value for key in keys), start=Fraction()) / len(keys)

    def threshold(self, tier: int) -> Fraction:
        """The capped score that opens the score gate to ``tier``."""
        return tier - self.instrument.score_margin

    def below_floor(self, item: StagedItem, tier: int) -> bool:
        """Whether the item's level keeps ``tier`` away."""
        level = self.verdict.levels[item.key]
        return level is not None and level < item.floor(tier, strict=self.instrument.strict_floor)

    @property
    def lacks_score(self) -> bool:
        """Whether the score gate, too, keeps the next tier away."""
        return self.verdict.gates[Gate.SCORE] <= self.verdict.tier


def read_round(
    instrument: StagedInstrument,
    *,
    inputs: Mapping[str, Any],
    facts: Mapping[str, Any],
    stated: Mapping[str, Any],
    number: int,
    digest: str,
    at: datetime,
    by: Person,
) -> RoundFacts:
    """The snapshot, computed again from its inputs.

    Raises ``ValueError`` when that does not give the result it states, or when an answer is missing.
    """

    def library(slug: str, version: int) -> StagedInstrument:
        if (slug, version) != (instrument.slug, instrument.version):
            raise KeyError(slug)
        return instrument

    request = read_request(inputs, library)
    if compute(request) != stated:
        raise ValueError(f"snapshot {number} does not give the result it states")
    proof = proved_level(request)
    found = result(instrument, request.ratings, dcmm=proof.level, target=request.target)
    if found.verdict is None:
        raise ValueError(f"snapshot {number} is not complete")
    return RoundFacts(
        number=number,
        digest=digest,
        at=at,
        by=by,
        inputs=inputs,
        request=request,
        proof=proof,
        verdict=found.verdict,
        weights=found.weights,
        standings=standings(instrument, request.ratings, target=request.target),
        rated={
            key: Rated(given["step"], given.get("counted") or given["step"], given.get("note") or "")
            for key, given in (facts.get("ratings") or {}).items()
        },
        set_aside=dict(facts.get("set_aside") or {}),
    )
