"""Values as JSON can hold them: fractions as ``p/q``, moments in ISO 8601 and UTC, both languages side by side."""

from datetime import UTC, date, datetime
from fractions import Fraction

from assessments.domain.strict import Text
from workflows.domain.citations import Citation
from workflows.reporting.course import Written


def in_both(text: Text | Written) -> dict[str, str]:
    """English and Chinese."""
    return {"en": text.en, "zh": text.zh}


def moment(at: datetime | None) -> str | None:
    """In UTC, with ``Z``."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    """``2026-11-24``."""
    return on.isoformat() if on else None


def exact(value: Fraction | None) -> str | None:
    """``p/q``, a whole number without its denominator."""
    return None if value is None else str(value)


def cited(citation: Citation | None) -> dict[str, str] | None:
    """Where a rule stands and how surely."""
    if citation is None:
        return None
    return {
        **in_both(citation.instrument),
        "article": citation.article,
        "confidence": citation.confidence.value,
    }
