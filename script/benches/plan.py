"""The cheapest way to a tier, for answers that make it hard to find."""

import argparse
import random
from collections.abc import Callable

from assessments.domain.planning import plan
from assessments.domain.scoring import Ratings
from assessments.domain.staged import StagedInstrument
from benches.measuring import measured, taken
from tests.domain.small_staged import published

STAGED = ("aim-dcmm", "dcmm-2018", "dcmm-2025", "model-service")
TRIALS = 300  # random answer sets with random efforts, of which the slowest is told


def main(asked: argparse.Namespace) -> int:
    """Nothing answered and the highest tier aimed at, then the slowest of many random questions."""
    for slug in STAGED:
        instrument = published(f"{slug}.v1")
        empty, efforts = Ratings({}), hard_efforts(instrument, random.Random(1))  # noqa: S311  no secret
        print(f"{slug}: {len(instrument.criteria)} criteria")
        measured("  nothing answered, fewest", question(instrument, empty, instrument.highest, {}), asked.times)
        measured("  nothing answered, cheapest", question(instrument, empty, instrument.highest, efforts), asked.times)
        measured(f"  slowest of {TRIALS} random ones", slowest(instrument), asked.times)
    return 0


def question(
    instrument: StagedInstrument, ratings: Ratings, tier: int, efforts: dict[str, int]
) -> Callable[[], object]:
    """One call of the search."""
    return lambda: plan(instrument, ratings, tier=tier, dcmm=0, efforts=efforts)


def hard_efforts(instrument: StagedInstrument, chance: random.Random) -> dict[str, int]:
    """Efforts nearly in proportion to weight: then hardly any choice is ruled out early."""
    return {key: item.weight * 1000 + chance.randint(0, 999) for key, item in instrument.items.items()}


def slowest(instrument: StagedInstrument) -> Callable[[], object]:
    """The slowest of many questions."""
    found = [(taken(random_question(instrument, seed)), seed) for seed in range(TRIALS)]
    return random_question(instrument, max(found)[1])


def random_question(instrument: StagedInstrument, seed: int) -> Callable[[], object]:
    """Answers, a tier, items set aside and efforts, all at random."""
    chance = random.Random(seed)  # noqa: S311  no secret
    steps = {key: chance.choice(list(instrument.steps)) for key in instrument.criteria if chance.random() < 0.9}
    aside = frozenset(key for key, item in instrument.items.items() if item.may_na and chance.random() < 0.5)
    tier = chance.randint(1, instrument.highest)
    return question(instrument, Ratings(steps, aside), tier, hard_efforts(instrument, chance))
