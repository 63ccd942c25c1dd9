"""Parts every page of a self-assessment shows alike: breadcrumb, sections, facts, the result as it stands."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.domain.claims import ClaimSource
from assessments.domain.scorefile import cut
from assessments.domain.scoring import Gate, Verdict
from assessments.domain.staged import StagedInstrument
from assessments.queries.maturity import MaturityFolder
from assessments.queries.maturity_lists import DimensionProgress, progress
from assessments.views.doors import criterion_url, dimension_url
from assessments.wording import CLAIM_FAULTS, CLAIM_SOURCES, GATE_MEANINGS, GATES, SIZES, sector_name


def tongue() -> str:
    """The reader's language, English where none is set."""
    return get_language() or "en"


def frame(folder: MaturityFolder, title: str = "", current: str = "") -> dict[str, Any]:
    """What every page needs: the row, the instrument's name, breadcrumb and sections; ``current`` names one."""
    row = folder.row
    here = {"label": row.reference, "url": reverse("assessments:self-assessment", args=[row.pk])}
    first = [{"label": _("Maturity"), "url": reverse("assessments:list")}]
    trail = [*first, here, {"label": title}] if title else [*first, {"label": row.reference}]
    return {
        "folder": folder,
        "row": row,
        "instrument_title": folder.instrument.title.in_(tongue()),
        "title": title or folder.instrument.title.in_(tongue()),
        "breadcrumb": trail,
        "sections": sections(folder, current),
        "status": status(folder),
    }


def sections(folder: MaturityFolder, current: str) -> list[dict[str, Any]]:
    """The sections of an assessment for ``_tabs.html``."""
    pk = folder.row.pk
    known = [
        ("self-assessment", _("Overview")),
        ("evidence", _("Evidence")),
        *([("claim", _("DCMM level"))] if folder.instrument.dcmm else []),
        ("colleagues", _("Colleagues")),
        ("result", pgettext("maturity", "Result")),
        ("plan", pgettext("maturity", "Plan")),
        ("comparison", pgettext("maturity", "Comparison")),
        ("workbook", _("Excel workbook")),
    ]
    return [
        {"label": label, "url": reverse(f"assessments:{name}", args=[pk]), "current": name == current}
        for name, label in known
    ]


def status(folder: MaturityFolder) -> dict[str, str]:
    """Label and tone for ``_status.html``."""
    if folder.submitted:
        return {"label": _("Handed in"), "tone": "good"}
    return {"label": _("Being filled"), "tone": "active"}


def tier_name(instrument: StagedInstrument, number: int) -> str:
    """A tier by number and name; what is below the first is called not graded."""
    tier = instrument.tier(number)
    if tier is None:
        return _("Not graded")
    return _("Tier %(number)s · %(name)s") % {"number": number, "name": tier.label.in_(tongue())}


def tier_choices(instrument: StagedInstrument) -> list[tuple[str, str]]:
    """Every tier for a form, the lowest first."""
    return [(str(number), tier_name(instrument, number)) for number in range(1, instrument.highest + 1)]


def standing_result(folder: MaturityFolder) -> dict[str, Any]:
    """The result as it stands: a tier, or between which two it will be; gates, blocking items, what is provisional."""
    found, instrument = folder.result, folder.instrument
    lower, upper, verdict = found.lower, found.upper, found.verdict
    blocked = verdict or upper
    return {
        "complete": verdict is not None,
        "tier": tier_name(instrument, lower.tier),
        "upper": tier_name(instrument, upper.tier) if upper.tier != lower.tier else "",
        "number": lower.tier,
        "numbers": [lower.tier, upper.tier],
        "index": cut(lower.index),
        "index_upper": cut(upper.index) if upper.index != lower.index else "",
        "gates": [_gate(folder, gate, lower, upper) for gate in lower.gates],
        "blocking": [_blocker(folder, key) for key in blocked.blocking] if verdict else [],
        "next": tier_name(instrument, verdict.tier + 1) if verdict and verdict.tier < instrument.highest else "",
        "target_reached": verdict is not None and verdict.tier >= folder.row.target,
        "provisional": folder.proof is not None and folder.proof.provisional,
        "notice": instrument.notice.in_(tongue()),
    }


def _gate(folder: MaturityFolder, gate: Gate, lower: Verdict, upper: Verdict) -> dict[str, Any]:
    low, high = lower.gates[gate], upper.gates[gate]
    complete, short = folder.result.complete, upper.tier < folder.row.target
    return {
        "key": gate.value,
        "label": GATES[gate],
        "meaning": GATE_MEANINGS[gate],
        "low": low,
        "high": high if high != low else None,
        "binding": gate in lower.binding if complete else short and gate in upper.binding,
        "tier": tier_name(folder.instrument, low),
        "value": _gate_value(folder, gate, lower),
    }


def _gate_value(folder: MaturityFolder, gate: Gate, verdict: Verdict) -> str:
    """What the gate was measured at, in words."""
    if gate is Gate.DCMM:
        level = folder.proof.level if folder.proof else 0
        return _("DCMM level %(level)s") % {"level": level} if level else _("no DCMM level proved")
    if gate is Gate.SCORE:
        tier = min(verdict.gates[gate] + 1, folder.row.target)
        return _("%(score)s at tier %(tier)s") % {"score": cut(verdict.capped[tier]), "tier": tier}
    least = min((level for level in verdict.levels.values() if level is not None), default=0)
    return _("lowest item at level %(level)s") % {"level": least}


def _blocker(folder: MaturityFolder, key: str) -> dict[str, Any]:
    item = folder.instrument.items[key]
    level = folder.result.lower.levels[key]
    return {
        "key": key,
        "title": item.title.in_(tongue()),
        "level": level,
        "url": criterion_url(folder, key),
    }


def dimensions(folder: MaturityFolder, current: str = "") -> list[dict[str, Any]]:
    """Every dimension with how far it is and whether the person may answer it."""
    return [_dimension(folder, one, current) for one in progress(folder)]


def _dimension(folder: MaturityFolder, entry: DimensionProgress, current: str) -> dict[str, Any]:
    key = entry.dimension.key
    return {
        "key": key,
        "title": entry.dimension.title.in_(tongue()),
        "url": dimension_url(folder, key),
        "current": key == current,
        "answered": entry.answered,
        "asked": entry.asked,
        "complete": entry.complete,
        "open": entry.asked - entry.answered,
        "own": folder.answers_in(key),
    }


def claim_words(folder: MaturityFolder) -> dict[str, Any] | None:
    """The claimed DCMM level and what it is worth; None where the instrument has no such gate."""
    proof, gate, claim = folder.proof, folder.instrument.dcmm, folder.claim
    if proof is None or gate is None:
        return None
    return {
        "row": claim,
        "level": dcmm_level(folder.instrument, claim.level) if claim else "",
        "source": CLAIM_SOURCES[ClaimSource(claim.source)] if claim else "",
        "counts": proof.fault is None,
        "fault": CLAIM_FAULTS[proof.fault] if proof.fault else "",
        "provisional": proof.provisional,
        "certified": claim is not None and claim.source == ClaimSource.CERTIFICATE.value,
    }


def dcmm_level(instrument: StagedInstrument, level: int) -> str:
    """A DCMM level by number and name; 0 is none."""
    if instrument.dcmm is None or level == 0:
        return _("none")
    return f"{level} · {instrument.dcmm.levels[level - 1].in_(tongue())}"


def outline_facts(folder: MaturityFolder) -> list[dict[str, Any]]:
    """What the assessment is about, for ``_facts.html``."""
    row = folder.row
    facts: list[dict[str, Any]] = [
        {"label": _("Legal entity"), "value": row.legal_entity, "note": row.entity_code},
        {"label": pgettext("maturity", "Scope"), "value": row.scope},
        {"label": _("Sector"), "value": sector_name(row.sector)},
        {
            "label": pgettext("maturity", "Size"),
            "value": SIZES[next(size for size in SIZES if size.value == row.size)],
        },
        {"label": _("Target tier"), "value": tier_name(folder.instrument, row.target)},
        {"label": _("Lead"), "value": row.lead.name_in(tongue())},
        {"label": _("Adviser"), "value": row.adviser},
    ]
    return [fact for fact in facts if fact["value"]]
