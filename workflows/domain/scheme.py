"""The rules of a verification as values: what one edition of a scheme says, each value with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from assessments.domain.claims import Policy
from assessments.domain.strict import Text
from workflows.domain.citations import Citation, Cited, Ruled
from workflows.domain.rulebook import ConflictKind


class PanelBase(StrEnum):
    """Over whom a panel's threshold is counted."""

    SEATED = "seated"  # everybody with a place on the panel
    CAST = "cast"  # whoever voted, whatever the choice


@dataclass(frozen=True)
class Interview(Cited):
    """A role somebody of which must be heard; ``least`` is how many."""

    least: int


@dataclass(frozen=True)
class PanelRules:
    """The expert panel: from which tier it votes, how many experts, and what carries a recommendation."""

    from_tier: Ruled[int]
    size: Ruled[int]
    threshold: Ruled[Fraction]
    inclusive: Ruled[bool]
    base: Ruled[PanelBase]


@dataclass(frozen=True)
class Scheme:
    """One edition. ``verifies`` is the slug of the instrument it verifies results of.

    ``team``, ``demonstrations`` and ``scenarios`` are least numbers. Days are calendar days after the day they are
    counted from, months calendar months. ``gaps`` maps a gap code to what a refusal with it cites. ``prefixes``
    begin the references of verifications and the numbers of certificates.
    """

    slug: str
    version: int
    title: Text
    instrument: Text
    cited_as: Text
    verifies: str
    issued: date
    in_force: date
    time_zone: str
    sources: Mapping[str, str]
    verification_prefix: str
    certificate_prefix: str
    team: Ruled[int]
    interviews: tuple[Interview, ...]
    demonstrations: Ruled[int]
    scenarios: Ruled[int]
    correction_days: Ruled[int]
    panel: PanelRules
    notice_days: Ruled[int]
    validity_months: Ruled[int]
    surveillance_months: Ruled[int]
    lapse_days: Ruled[int]
    dcmm_policy: Ruled[Policy]
    conflicts: tuple[ConflictKind, ...]
    gaps: Mapping[str, Citation]
