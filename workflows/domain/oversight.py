"""What an authority may read of one case and of one verification within its jurisdiction: one table for every door."""

from enum import StrEnum

from workflows.domain.states import State
from workflows.domain.verification_states import DECIDED, VState

READ_CASE, READ_VERIFICATION = "case.read", "verification.read"
DOWNLOADED, DOSSIER_TAKEN, SEARCHED = "report.downloaded", "dossier.downloaded", "oversight.searched"
READINGS = (READ_CASE, READ_VERIFICATION, DOWNLOADED, DOSSIER_TAKEN)  # what the organisation read is told


class Part(StrEnum):
    """A part of a case or of a verification, as it is opened to an authority and named in the record of readings."""

    FACTS = "facts"
    PROCEDURE = "procedure"
    CLOCKS = "clocks"
    PEOPLE = "people"  # who sits on the committee, never who rates
    APPLICATION = "application"  # versions that were handed in
    FILES = "files"
    RATINGS = "ratings"  # opened reviews; the rounds of a verification that were released
    FINDINGS = "findings"
    EVIDENCE = "evidence"  # of a confidential piece title and digest alone
    VOTES = "votes"  # motions and ballots that are closed
    MINUTES = "minutes"  # approved
    REPORTS = "reports"  # signed
    DOSSIER = "dossier"  # all that is open, in one archive


_BEGUN = frozenset({Part.FACTS, Part.PROCEDURE, Part.CLOCKS})
CASE_BEGUN = _BEGUN | {Part.PEOPLE}
CASE_DECIDED = CASE_BEGUN | {
    Part.APPLICATION,
    Part.FILES,
    Part.RATINGS,
    Part.VOTES,
    Part.MINUTES,
    Part.REPORTS,
}
VERIFICATION_BEGUN = _BEGUN
VERIFICATION_DECIDED = VERIFICATION_BEGUN | {
    Part.PEOPLE,
    Part.RATINGS,
    Part.FINDINGS,
    Part.EVIDENCE,
    Part.VOTES,
    Part.REPORTS,
}
# A case in these was never accepted; one that was withdrawn may have been.
_BEFORE = frozenset({State.DRAFT, State.SUBMITTED, State.SUPPLEMENT, State.DECLINED})
_V_BEFORE = frozenset({VState.ENTRY, VState.RETURNED})


def case_parts(state: State, *, accepted: bool, issued: bool) -> frozenset[Part]:
    """What an authority may read of a case; ``issued``: whether any decision of it is out.

    What was opened by a decision is read as it stood when the newest one was issued.
    """
    if not accepted or state in _BEFORE:
        return frozenset()
    return CASE_DECIDED if issued else CASE_BEGUN


def verification_parts(state: VState, *, accepted: bool) -> frozenset[Part]:
    """What an authority may read of a verification; its rounds, findings and votes once it is decided."""
    if not accepted or state in _V_BEFORE:
        return frozenset()
    return VERIFICATION_DECIDED if state in DECIDED else VERIFICATION_BEGUN
