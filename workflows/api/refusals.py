"""Refused actions as problems: the same gaps, words and articles as on the pages."""

from collections.abc import Iterable

from django.utils.translation import get_language

from assessments.domain.instrument import Instrument
from ethicsreview.interface.domain.problems import Kind, Missing, Stop
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.rulebook import Rulebook
from workflows.wording import describe


def missing(found: Iterable[Gap], rules: Rulebook, instrument: Instrument | None = None) -> tuple[Missing, ...]:
    """Gaps in the caller's language, each with its article."""
    language = get_language() or "en"
    told = [describe(gap, rules, instrument) for gap in found]
    return tuple(
        Missing(one.code, one.item, one.text, one.citation.in_(language) if one.citation else "") for one in told
    )


def refused(error: Refused, rules: Rulebook, instrument: Instrument | None = None) -> Stop:
    """403 where the person is wrong, 409 where the moment is."""
    if error.is_role:
        return Stop(Kind.NOT_ALLOWED)
    return Stop(Kind.REFUSED, missing=missing(error.gaps, rules, instrument))
