"""Where a case can stand and who can move it."""

from enum import StrEnum


class State(StrEnum):
    """A case's place in the procedure."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"  # the applicant answers the one notice
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    READY = "ready"  # every review is in; waits for a meeting
    DELIBERATING = "deliberating"
    VOTING = "voting"
    CARRIED = "carried"  # the vote is in; the decision is being written
    MODIFYING = "modifying"  # the applicant works on what the decision asks
    CHECKING = "checking"  # the chair checks the modified version
    APPROVED = "approved"
    REFUSED = "refused"


CLOSED = frozenset({State.DECLINED, State.WITHDRAWN, State.APPROVED, State.REFUSED})
WITH_APPLICANT = frozenset({State.DRAFT, State.SUPPLEMENT, State.MODIFYING})
# From here on the reviewers' ratings are open to the whole committee.
OPENED = frozenset(
    {
        State.READY,
        State.DELIBERATING,
        State.VOTING,
        State.CARRIED,
        State.MODIFYING,
        State.CHECKING,
        State.APPROVED,
        State.REFUSED,
    }
)
BEFORE_VOTING = frozenset(
    {
        State.SUBMITTED,
        State.SUPPLEMENT,
        State.ACCEPTED,
        State.REVIEWING,
        State.READY,
        State.DELIBERATING,
        State.MODIFYING,
        State.CHECKING,
    }
)


class Role(StrEnum):
    """What a person is to one case at one moment; a recused person is nothing to it."""

    APPLICANT = "applicant"  # leads the activity
    TEAM = "team"  # works on the application with the lead
    SECRETARY = "secretary"
    MEMBER = "member"
    REVIEWER = "reviewer"
    CHAIR = "chair"  # the chair, or the vice-chair designated for this case


class MeetingState(StrEnum):
    """A meeting's life."""

    PLANNED = "planned"
    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    APPROVED = "approved"  # its minutes are


class MotionKind(StrEnum):
    """What a vote is about, beside the rulebook's decision kinds."""

    DECISION = "decision"
    RESOLVE_GATE = "resolve_gate"


class ReportKind(StrEnum):
    """The signed documents of a decision."""

    LETTER = "letter"
    REPORT = "report"


class ReportState(StrEnum):
    """A report's progress; it stands on the report, never on the case."""

    QUEUED = "queued"
    RENDERING = "rendering"
    FAILED = "failed"
    SIGNED = "signed"
