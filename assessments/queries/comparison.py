"""Comparing an assessment with the enterprise's own earlier ones, and with peers nobody can recognise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Q

from assessments.domain.dimensions import dimension_values
from assessments.domain.scorefile import proved_level, read_request
from assessments.domain.scoring import result
from assessments.domain.staged import StagedInstrument
from assessments.models import SelfAssessment, Snapshot

# what was handed in, or what a certificate was issued for; a recommendation alone is no result yet
_RESULTS = Q(number=1) | Q(verified_in__certificate__isnull=False)


@dataclass(frozen=True)
class Past:
    """One result of the enterprise with the same instrument, in whatever version."""

    self_assessment_id: int
    reference: str
    at: datetime
    version: int
    tier: int
    index: Fraction


@dataclass(frozen=True)
class Profile:
    """An index and a value for each dimension, without a name."""

    index: Fraction
    dimensions: Mapping[str, Fraction]


def own_results(row: SelfAssessment) -> list[Past]:
    """The latest result of each assessment of the same organisation and instrument, the earliest first; one query."""
    version = row.assessment.instrument_version
    rows = (
        Snapshot.objects.filter(
            _RESULTS,
            self_assessment__organisation=row.organisation_id,
            self_assessment__assessment__instrument_version__slug=version.slug,
        )
        .order_by("self_assessment_id", "-number")
        .distinct("self_assessment_id")
        .values_list(
            "self_assessment_id",
            "self_assessment__reference",
            "at",
            "self_assessment__assessment__instrument_version__version",
            "tier",
            "index_numerator",
            "index_denominator",
        )
    )
    found = [
        Past(pk, name, at, number, tier, Fraction(over, under)) for pk, name, at, number, tier, over, under in rows
    ]
    return sorted(found, key=lambda past: (past.at, past.self_assessment_id))


def peer_profiles(row: SelfAssessment, instrument: StagedInstrument) -> list[Profile]:
    """The latest result of every other organisation of the same sector and size with the same version; one query.

    Where the sector is not stated there are no peers. In no order that tells anything: sorted by their values.
    """
    if not row.sector.strip():
        return []
    rows = (
        Snapshot.objects.filter(
            _RESULTS,
            self_assessment__sector=row.sector,
            self_assessment__size=row.size,
            self_assessment__assessment__instrument_version=row.assessment.instrument_version_id,
        )
        .exclude(self_assessment__organisation=row.organisation_id)
        .order_by("self_assessment__organisation_id", "-at", "-pk")
        .distinct("self_assessment__organisation_id")
        .values_list("inputs", flat=True)
    )
    found = [_profile(inputs, instrument) for inputs in rows]
    return sorted(found, key=lambda one: (one.index, tuple(one.dimensions.values())))


def _profile(inputs: object, instrument: StagedInstrument) -> Profile:
    request = read_request(inputs, lambda _slug, _version: instrument)
    found = result(instrument, request.ratings, dcmm=proved_level(request).level, target=request.target)
    return Profile(found.lower.index, dimension_values(instrument, found, found.lower))
