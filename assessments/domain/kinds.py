"""Which shape an instrument's file has."""

from collections.abc import Mapping
from typing import Any

from assessments.domain.instrument import Instrument, Kind
from assessments.domain.parsing import parse_instrument
from assessments.domain.staged import StagedInstrument
from assessments.domain.staged_parsing import parse_staged


def parse_any(content: Mapping[str, Any]) -> Instrument | StagedInstrument:
    """The instrument that ``content`` describes, of either kind. Raises ``BadInstrument``."""
    staged = isinstance(content, dict) and content.get("kind") == Kind.STAGED.value
    return parse_staged(content) if staged else parse_instrument(content)
