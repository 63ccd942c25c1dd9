"""What can be told to a person, and how long to wait before telling again."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

ATTEMPTS = 10  # mails are given up after this many
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)


class Reader(Protocol):
    """A user who reads notices, as far as they know one."""

    pk: Any


class Told(Reader, Protocol):
    """A user who is told something."""

    is_service: bool


class Verb(StrEnum):
    """What happened; each has its words in ``templates/mail/<verb>_subject.txt`` and ``templates/mail/<verb>.txt``."""

    CASE_SUBMITTED = "case_submitted"
    CASE_ACCEPTED = "case_accepted"
    CASE_DECLINED = "case_declined"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUPPLEMENT_ANSWERED = "supplement_answered"
    CASE_WITHDRAWN = "case_withdrawn"
    REVIEW_ASSIGNED = "review_assigned"
    REVIEW_UNASSIGNED = "review_unassigned"
    REVIEWS_COMPLETE = "reviews_complete"
    MEETING_CONVENED = "meeting_convened"
    MOTION_OPENED = "motion_opened"
    DECISION_ISSUED = "decision_issued"
    MODIFICATION_REQUESTED = "modification_requested"
    MODIFICATION_RECEIVED = "modification_received"
    REPORT_READY = "report_ready"
    REPORT_FAILED = "report_failed"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_PASSED = "deadline_passed"
    DEADLINE_EXTENDED = "deadline_extended"
    CONFLICT_DECLARED = "conflict_declared"
    MINUTES_APPROVED = "minutes_approved"
    CONTRIBUTOR_NAMED = "contributor_named"
    LEAD_HANDED_OVER = "lead_handed_over"
    SELF_ASSESSMENT_SUBMITTED = "self_assessment_submitted"
    VERIFICATION_REQUESTED = "verification_requested"
    VERIFICATION_ACCEPTED = "verification_accepted"
    VERIFICATION_RETURNED = "verification_returned"
    VERIFICATION_WITHDRAWN = "verification_withdrawn"
    VERIFICATION_RECUSAL = "verification_recusal"
    ASSESSOR_ASSIGNED = "assessor_assigned"
    FINDINGS_RELEASED = "findings_released"
    CORRECTION_LAPSES = "correction_lapses"
    CORRECTION_CLOSED = "correction_closed"
    TIER_RECOMMENDED = "tier_recommended"
    COMPLIANCE_ASSIGNED = "compliance_assigned"
    COMPLIANCE_PASSED = "compliance_passed"
    RECOMMENDATION_RETURNED = "recommendation_returned"
    PANEL_SEATED = "panel_seated"
    BALLOT_OPENED = "ballot_opened"
    NOTICE_BEGUN = "notice_begun"
    OBJECTION_FILED = "objection_filed"
    VERIFICATION_DECIDED = "verification_decided"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_REINSTATED = "certificate_reinstated"
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"
    SURVEILLANCE_NEAR = "surveillance_near"
    SURVEILLANCE_OVERDUE = "surveillance_overdue"
    DCMM_HANDED_IN = "dcmm_handed_in"
    INVITATION_ACCEPTED = "invitation_accepted"
    MEMBERSHIP_ENDED = "membership_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a kind of notice


class DeliveryState(StrEnum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # given up; the operator sees it
    WITHDRAWN = "withdrawn"  # the person may no longer be told


def wait_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: doubling from one minute, four hours at most."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT) if attempts > 0 else FIRST_WAIT


def is_local(link: str) -> bool:
    """Whether an address stays on this site: one leading slash, no scheme, no blank or control character."""
    return link.startswith("/") and not link.startswith(("//", "/\\")) and link.isprintable() and " " not in link


def plain(text: str) -> str:
    """``text`` on one line, without control characters and without those that turn the reading direction."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
