"""A scheme of verification as small as one can be."""

from typing import Any

from workflows.domain.gapcodes import OF_VERIFICATION
from workflows.domain.scheme import Scheme
from workflows.domain.scheme_parsing import parse_scheme

OURS = {"source": ["design"], "confidence": "design"}


def _both(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}


def small_scheme_content() -> dict[str, Any]:
    """Its plain values: a team of one, a panel of three of which more than half must be in favour."""
    counts = ("team", "demonstrations", "scenarios", "correction_days", "notice_days", "validity_months")
    return {
        "slug": "small-scheme",
        "version": 1,
        "kind": "verification",
        **{name: _both(name) for name in ("title", "instrument", "cited_as", "design")},
        "verifies": "small",
        "issued": "2026-01-01",
        "in_force": "2026-01-01",
        "time_zone": "UTC",
        "prefixes": {"verification": "V", "certificate": "C"},
        "sources": {"design": "Made up"},
        **{name: {"value": 1, **OURS} for name in (*counts, "surveillance_months", "lapse_days")},
        "interviews": [{"code": "boss", "label": _both("Boss"), "least": 1, **OURS}],
        "panel": {
            "from_tier": {"value": 1, **OURS},
            "size": {"value": 3, **OURS},
            "threshold": {"value": "1/2", **OURS},
            "inclusive": {"value": False, **OURS},
            "base": {"value": "seated", **OURS},
        },
        "dcmm_policy": {"value": "certificate_only", **OURS},
        "conflicts": [{"code": "other", "label": _both("Other"), **OURS}],
        "gaps": {code.value: dict(OURS) for code in OF_VERIFICATION},
    }


def small_scheme() -> Scheme:
    """The scheme itself."""
    return parse_scheme(small_scheme_content())
