"""Dimensions, items and criteria with the enterprise's own ratings beside the assessors'."""

from collections.abc import Mapping
from fractions import Fraction

from assessments.domain.scoring import Standing
from assessments.domain.staged import StagedInstrument, StagedItem
from workflows.reporting.verification_data import (
    CriterionFacts,
    DimensionFacts,
    EvidenceFacts,
    FindingFacts,
    ItemFacts,
    LevelFacts,
    NaFacts,
)
from workflows.reporting.verification_rounds import Rated, RoundFacts


class SideBySide:
    """Both rounds over one instrument, with what refers to single criteria."""

    def __init__(
        self,
        instrument: StagedInstrument,
        *,
        own: RoundFacts,
        verified: RoundFacts,
        evidence: tuple[EvidenceFacts, ...],
        findings: tuple[FindingFacts, ...],
        set_aside: Mapping[str, NaFacts],
    ) -> None:
        self.instrument = instrument
        self.own = own
        self.verified = verified
        self.set_aside = set_aside
        keys = instrument.criteria
        self.marks = {key: tuple(piece.mark for piece in evidence if key in piece.criteria) for key in keys}
        self.numbers = {key: tuple(one.number for one in findings if one.criterion == key) for key in keys}

    def dimensions(self) -> tuple[DimensionFacts, ...]:
        """In the instrument's order."""
        return tuple(
            DimensionFacts(
                key=one.key,
                title=one.title,
                summary=one.summary,
                weight=one.weight,
                own=self.own.by_dimension[one.key],
                score=self.verified.by_dimension[one.key],
                items=tuple(self._item(item) for item in one.items),
            )
            for one in self.instrument.dimensions
        )

    def _item(self, item: StagedItem) -> ItemFacts:
        own, found = self.own.verdict, self.verified.verdict
        key, following = item.key, found.tier + 1
        return ItemFacts(
            key=key,
            title=item.title,
            weight=item.weight,
            effective=self.verified.weights.get(key),
            core_from=item.core_from,
            own_level=own.levels[key],
            own_score=own.scores[key],
            level=found.levels[key],
            score=found.scores[key],
            blocks=key in found.blocking,
            below_floor=following <= self.instrument.highest and self.verified.below_floor(item, following),
            na=self.set_aside.get(key),
            levels=tuple(self._level(item, level) for level in range(1, self.instrument.highest + 1)),
        )

    def _level(self, item: StagedItem, level: int) -> LevelFacts:
        return LevelFacts(
            level=level,
            asked=level <= self.verified.target,
            own=_mean(self.own, item, level),
            found=_mean(self.verified, item, level),
            criteria=tuple(self._criterion(one.key) for one in item.cells[level - 1]),
        )

    def _criterion(self, key: str) -> CriterionFacts:
        return CriterionFacts(
            key=key,
            text=self.instrument.criteria[key].text,
            own=_rated(self.own, key),
            own_standing=self.own.standings[key],
            found=_rated(self.verified, key),
            found_standing=self.verified.standings[key],
            evidence=self.marks[key],
            findings=self.numbers[key],
        )


def _mean(round_: RoundFacts, item: StagedItem, level: int) -> Fraction | None:
    return None if item.key in round_.request.ratings.set_aside else round_.cell(item, level)


def _rated(round_: RoundFacts, key: str) -> Rated | None:
    """What counts; an answer above a failed level is kept in the snapshot and counts nothing."""
    if round_.standings[key] is not Standing.RATED:
        return None
    counted = round_.request.ratings.steps[key]
    given = round_.rated.get(key)
    return Rated(given.step, counted, given.note) if given else Rated(counted, counted, "")
