"""What an enterprise may do with its own assessment: one table, and everything that can keep a step from happening."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """How a person of the enterprise stands to one of its assessments."""

    LEAD = "lead"
    CONTRIBUTOR = "contributor"  # answers the dimensions he or she was named for
    READER = "reader"  # any other person with the enterprise role


class MaturityGapCode(StrEnum):
    """One kind of hindrance; the words stand in ``wording``."""

    WRONG_ROLE = "wrong_role"
    SUBMITTED = "submitted"  # handed in, and read only from then on
    STALE = "stale"  # somebody changed it since it was read
    NOT_YOUR_DIMENSION = "not_your_dimension"
    # beginning
    INSTRUMENT_UNSUITABLE = "instrument_unsuitable"
    TARGET_UNKNOWN = "target_unknown"
    PREDECESSOR_UNSUITABLE = "predecessor_unsuitable"
    # answering
    CRITERION_UNKNOWN = "criterion_unknown"
    SET_ASIDE_REFUSED = "set_aside_refused"
    SET_ASIDE_TOO_MUCH = "set_aside_too_much"
    # colleagues
    COLLEAGUE_UNKNOWN = "colleague_unknown"
    COLLEAGUE_LEADS = "colleague_leads"
    DIMENSIONS_MISSING = "dimensions_missing"
    # evidence and claim
    EVIDENCE_REMOVED = "evidence_removed"
    EVIDENCE_EMPTY = "evidence_empty"  # neither a file nor a reference
    EVIDENCE_AHEAD = "evidence_ahead"  # dated later than today
    KIND_UNKNOWN = "kind_unknown"
    CLAIM_NOT_ASKED = "claim_not_asked"
    CLAIM_INCOMPLETE = "claim_incomplete"
    LEVEL_UNKNOWN = "level_unknown"
    # submitting
    UNANSWERED = "unanswered"
    CLAIM_MISSING = "claim_missing"


@dataclass(frozen=True)
class MaturityGap:
    """One hindrance; ``detail`` is the criterion, item, dimension or number it is about, or empty."""

    code: MaturityGapCode
    detail: str = ""


class MaturityRefused(Exception):
    """An action that may not happen now; ``gaps`` names each thing that stands in the way, never empty."""

    def __init__(self, *gaps: MaturityGap) -> None:
        super().__init__(", ".join(f"{gap.code}:{gap.detail}" if gap.detail else gap.code for gap in gaps))
        self.gaps = gaps

    @property
    def is_role(self) -> bool:
        """Whether the person, not the moment, is what is wrong."""
        wrong = {MaturityGapCode.WRONG_ROLE, MaturityGapCode.NOT_YOUR_DIMENSION}
        return any(gap.code in wrong for gap in self.gaps)


@dataclass(frozen=True)
class MaturityFacts:
    """One assessment as one person stands to it, and what a request is about.

    ``own``: dimensions this person may answer; ``touched``: those the request changes. ``unanswered``: criteria asked
    and empty; ``refused_aside``: items set aside against the instrument; ``claimed``: a DCMM level is stated, or none
    is asked for; ``stale``: the page was read before somebody changed what it shows.
    """

    parts: frozenset[Part]
    submitted: bool
    own: frozenset[str] = frozenset()
    touched: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    refused_aside: tuple[str, ...] = ()
    claimed: bool = True
    stale: bool = False


Check = Callable[[MaturityFacts], Iterable[MaturityGap]]


def own_dimensions(facts: MaturityFacts) -> Iterable[MaturityGap]:
    """A contributor keeps to the dimensions he or she was named for."""
    foreign = [key for key in facts.touched if key not in facts.own]
    return [MaturityGap(MaturityGapCode.NOT_YOUR_DIMENSION, key) for key in foreign]


def fresh(facts: MaturityFacts) -> Iterable[MaturityGap]:
    """Nobody hands in or writes over what changed since it was read."""
    return [MaturityGap(MaturityGapCode.STALE)] if facts.stale else []


def complete(facts: MaturityFacts) -> Iterable[MaturityGap]:
    """Every asked criterion is answered, nothing is set aside against the instrument, a level is claimed."""
    yield from (MaturityGap(MaturityGapCode.UNANSWERED, key) for key in facts.unanswered)
    yield from (MaturityGap(MaturityGapCode.SET_ASIDE_REFUSED, key) for key in facts.refused_aside)
    if not facts.claimed:
        yield MaturityGap(MaturityGapCode.CLAIM_MISSING)


@dataclass(frozen=True)
class MaturityStep:
    """One row: what it is called in the record, by whom, whether a submitted assessment still takes it, checks."""

    verb: str
    parts: frozenset[Part]
    after_submission: bool = False
    checks: tuple[Check, ...] = ()


_LEAD = frozenset({Part.LEAD})
_FILLING = frozenset({Part.LEAD, Part.CONTRIBUTOR})
EDIT = MaturityStep("self_assessment.edit", _LEAD)
ANSWER = MaturityStep("self_assessment.answer", _FILLING, checks=(own_dimensions,))
SET_ASIDE = MaturityStep("self_assessment.set_aside", _FILLING, checks=(own_dimensions,))
IMPORT = MaturityStep("self_assessment.import", _FILLING, checks=(own_dimensions, fresh))
NAME = MaturityStep("self_assessment.name_contributor", _LEAD)
REMOVE = MaturityStep("self_assessment.remove_contributor", _LEAD)
TAKE_LEAD = MaturityStep("self_assessment.change_lead", frozenset(Part), after_submission=True)
ADD_EVIDENCE = MaturityStep("evidence.add", _FILLING, checks=(own_dimensions,))
EDIT_EVIDENCE = MaturityStep("evidence.edit", _FILLING)
LINK_EVIDENCE = MaturityStep("evidence.link", _FILLING, checks=(own_dimensions,))
UNLINK_EVIDENCE = MaturityStep("evidence.unlink", _FILLING, checks=(own_dimensions,))
REMOVE_EVIDENCE = MaturityStep("evidence.remove", _FILLING)
REPLACE_FILE = MaturityStep("evidence.replace_file", _FILLING)
CLAIM = MaturityStep("dcmm.claim", _LEAD)
PLAN = MaturityStep("self_assessment.plan", _FILLING, after_submission=True)
SUBMIT = MaturityStep("self_assessment.submit", _LEAD, checks=(complete, fresh))

MATURITY_TABLE: tuple[MaturityStep, ...] = (
    EDIT,
    ANSWER,
    SET_ASIDE,
    IMPORT,
    NAME,
    REMOVE,
    TAKE_LEAD,
    ADD_EVIDENCE,
    EDIT_EVIDENCE,
    LINK_EVIDENCE,
    UNLINK_EVIDENCE,
    REMOVE_EVIDENCE,
    REPLACE_FILE,
    CLAIM,
    PLAN,
    SUBMIT,
)


def gaps(step: MaturityStep, facts: MaturityFacts) -> tuple[MaturityGap, ...]:
    """Everything that keeps this step from happening now; empty means go.

    A person without a part in it, or a submitted assessment, is told that alone.
    """
    if not facts.parts & step.parts:
        return (MaturityGap(MaturityGapCode.WRONG_ROLE),)
    if facts.submitted and not step.after_submission:
        return (MaturityGap(MaturityGapCode.SUBMITTED),)
    return tuple(dict.fromkeys(gap for check in step.checks for gap in check(facts)))
