"""What the comparison shows: the enterprise's own results over time, and its place among peers without names."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.template.defaultfilters import date as written_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from assessments.domain.dimensions import dimension_values
from assessments.domain.peers import LEAST_PEERS, Standing, at_least, standing
from assessments.domain.scorefile import cut
from assessments.queries.comparison import Past, Profile, own_results, peer_profiles
from assessments.queries.maturity import MaturityFolder
from assessments.views.pieces import tier_name, tongue
from ethicsreview.charts.domain import Chart
from ethicsreview.charts.trend import Moment, trend


def comparison_context(folder: MaturityFolder) -> dict[str, Any]:
    """Both halves of the page."""
    language = tongue()
    past = own_results(folder.row)
    return {
        "past": [_past(folder, one, language) for one in reversed(past)],
        "trend": _trend(folder, past, language),
        "versions": len({one.version for one in past}) > 1,
        "version": folder.instrument.version,
        **_peers(folder, peer_profiles(folder.row, folder.instrument), language),
    }


def _past(folder: MaturityFolder, one: Past, language: str) -> dict[str, Any]:
    return {
        "pk": one.self_assessment_id,
        "reference": one.reference,
        "at": one.at,
        "version": one.version,
        "other": one.version != folder.instrument.version,
        "tier": tier_name(folder.instrument, one.tier) if one.version == folder.instrument.version else one.tier,
        "index": cut(one.index),
        "own": one.self_assessment_id == folder.row.pk,
    }


def _trend(folder: MaturityFolder, past: Sequence[Past], language: str) -> Chart | None:
    """One result is no trend."""
    if len(past) < 2:
        return None
    return trend(
        [
            Moment(
                when=written_date(localtime(one.at), "Y-m-d"),
                value=one.index,
                level=one.tier,
                note=_("version %(number)s") % {"number": one.version},
                apart=one.version != folder.instrument.version,
            )
            for one in past
        ],
        maximum=folder.instrument.highest,
        title=_("Tier and index over time"),
        description=_("One point for each assessment that was handed in; the tier stands in the point."),
        value_name=_("Index"),
        level_name=_("Tier"),
        language=language,
    )


def _peers(folder: MaturityFolder, peers: Sequence[Profile], language: str) -> dict[str, Any]:
    """Percentiles and quartiles; among too few nothing at all, not even how many."""
    if not folder.row.sector.strip():
        return {"peers": None, "sector_missing": True, "least_peers": LEAST_PEERS}
    if len(peers) < LEAST_PEERS:
        return {"peers": None, "least_peers": LEAST_PEERS}
    found = folder.result
    own = dimension_values(folder.instrument, found, found.lower)
    lines = [_line(_("Index"), "", found.lower.index, [peer.index for peer in peers])]
    lines += [
        _line(dimension.title.in_(language), dimension.key, own[key], [peer.dimensions[key] for peer in peers])
        for dimension in folder.instrument.dimensions
        for key in [dimension.key]
    ]
    return {"peers": lines, "at_least": at_least(len(peers)), "complete": found.complete, "least_peers": LEAST_PEERS}


def _line(label: str, key: str, value: Fraction, peers: Sequence[Fraction]) -> dict[str, Any]:
    place = standing(value, peers)
    return {"label": label, "key": key, "value": cut(value), **(_place(place) if place else {})}


def _place(place: Standing) -> dict[str, Any]:
    low, middle, high = place.quartiles
    return {
        "percentile": int(place.percentile * 100),
        "low": cut(low),
        "middle": cut(middle),
        "high": cut(high),
    }
