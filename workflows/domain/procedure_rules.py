"""The ways a case may take, as a rulebook describes them, and which way a case takes."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from assessments.domain.strict import Text
from workflows.domain.citations import Citation, Cited, Ruled


class Denominator(StrEnum):
    """Over whom a threshold is counted."""

    PRESENT = "present"  # voting members in the room
    ALL_MEMBERS = "all_members"  # of the committee
    PANEL = "panel"  # all experts of the group


class Procedure(StrEnum):
    """The kinds of procedure."""

    GENERAL = "general"
    SIMPLIFIED = "simplified"
    RE_REVIEW = "re_review"
    EMERGENCY = "emergency"


class LimitUnit(StrEnum):
    """What a limit is counted in: calendar days, or hours without a break."""

    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True)
class Limit:
    """How long a procedure may take."""

    amount: Ruled[int]
    unit: LimitUnit


@dataclass(frozen=True)
class ProcedureRule:
    """One procedure. ``people`` is the least number that must take part; None where the rulebook gives none.

    ``may_refuse`` false: the procedure can never end in a refusal. ``escalates_on`` sends the case to a meeting,
    ``excludes`` names who may not take part, ``needs`` who must, ``includes_re_review``
    whether its limit covers the re-review too.
    """

    code: Procedure
    label: Text
    basis: Citation
    grounds: tuple[Cited, ...]
    limit: Limit | None
    people: Ruled[int] | None
    threshold: Ruled[Fraction] | None
    denominator: Ruled[Denominator] | None
    may_refuse: Ruled[bool]
    escalates_on: tuple[Cited, ...]
    outcomes: tuple[Cited, ...]
    excludes: tuple[Cited, ...]
    organisers: tuple[Cited, ...]
    needs: tuple[Cited, ...]
    includes_re_review: Ruled[bool] | None


@dataclass(frozen=True)
class RouteFacts:
    """What decides the way: findings on the lists, the confirmed tier, and grounds of procedures that are met."""

    red_line: bool
    listed: bool
    exempt: bool
    tier: str
    grounds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """One row of the routing table; None and empty tuples mean 'whichever'.

    ``procedures`` run in this order. ``adviser``: an outside adviser is called in. ``followup`` is in months at
    most, None where there is nothing to follow or the committee sets it. ``refusal``: only declining or refusing
    is open.
    """

    code: str
    label: Text
    citation: Citation
    red_line: bool | None
    listed: bool | None
    exempt: bool | None
    tiers: tuple[str, ...]
    grounds: tuple[str, ...]
    procedures: tuple[Procedure, ...]
    adviser: bool
    refusal: bool
    followup: int | None

    def holds(self, facts: RouteFacts) -> bool:
        """Whether a case with these facts falls under this row."""
        flags = ((self.red_line, facts.red_line), (self.listed, facts.listed), (self.exempt, facts.exempt))
        return (
            all(wanted is None or wanted == found for wanted, found in flags)
            and (not self.tiers or facts.tier in self.tiers)
            and (not self.grounds or not facts.grounds.isdisjoint(self.grounds))
        )


def route_of(routes: tuple[Route, ...], facts: RouteFacts) -> Route:
    """The first row that holds; a rulebook's last row holds always."""
    return next(route for route in routes if route.holds(facts))
