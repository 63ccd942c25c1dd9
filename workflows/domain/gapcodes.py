"""Everything that can keep a step from happening, as codes; the words stand in ``workflows/wording.py``."""

from dataclasses import dataclass
from enum import StrEnum


class GapCode(StrEnum):
    """One kind of hindrance; the rulebook names the article of each."""

    WRONG_STATE = "wrong_state"
    WRONG_ROLE = "wrong_role"
    STALE = "stale"
    # application
    MATERIALS_MISSING = "materials_missing"
    SELF_ASSESSMENT_INCOMPLETE = "self_assessment_incomplete"
    PLEDGE_MISSING = "pledge_missing"
    # acceptance
    SUPPLEMENT_USED = "supplement_used"
    SUPPLEMENT_ITEMS_MISSING = "supplement_items_missing"
    SUPPLEMENT_UNANSWERED = "supplement_unanswered"
    REASONS_MISSING = "reasons_missing"
    TIER_MISSING = "tier_missing"
    EXEMPTION_UNPROVEN = "exemption_unproven"
    # committee
    MEMBERS_MISSING = "members_missing"
    PARITY_WRONG = "parity_wrong"
    CHAIR_MISSING = "chair_missing"
    CATEGORY_MISSING = "category_missing"
    GENDER_MISSING = "gender_missing"
    EXTERNAL_MISSING = "external_missing"
    TERM_TOO_LONG = "term_too_long"
    ALREADY_SEATED = "already_seated"
    # reviews
    REVIEWERS_MISSING = "reviewers_missing"
    REVIEWS_OUTSTANDING = "reviews_outstanding"
    RATINGS_MISSING = "ratings_missing"
    GATE_REASON_MISSING = "gate_reason_missing"
    CONFLICT = "conflict"
    CONFLICT_KIND_UNKNOWN = "conflict_kind_unknown"
    # room
    AGENDA_EMPTY = "agenda_empty"
    NOT_ON_AGENDA = "not_on_agenda"
    NOT_CONVENED = "not_convened"
    MEETING_NOT_OPEN = "meeting_not_open"
    ITEM_OPEN = "item_open"
    NO_QUORUM = "no_quorum"
    ROOM_CATEGORY_MISSING = "room_category_missing"
    ROOM_GENDER_MISSING = "room_gender_missing"
    ROOM_EXTERNAL_MISSING = "room_external_missing"
    VIDEO_NOT_ALLOWED = "video_not_allowed"
    ALTERNATE_NOT_ALLOWED = "alternate_not_allowed"
    NOT_PRESENT = "not_present"
    # motion and vote
    DECISION_KIND_UNKNOWN = "decision_kind_unknown"
    GATE_STANDING = "gate_standing"
    RED_LINE = "red_line"
    RE_REVIEW_OUTSTANDING = "re_review_outstanding"
    GATE_UNKNOWN = "gate_unknown"
    BALLOT_OPEN = "ballot_open"
    VOTING_OPENED = "voting_opened"
    BALLOT_CLOSED = "ballot_closed"
    NOT_DISSENTING = "not_dissenting"
    # decision
    DRAFT_MISSING = "draft_missing"
    DECISION_REASONS_MISSING = "decision_reasons_missing"
    DECISION_REQUIREMENTS_MISSING = "decision_requirements_missing"
    DECISION_CONDITIONS_MISSING = "decision_conditions_missing"
    SCOPE_MISSING = "scope_missing"
    VALIDITY_MISSING = "validity_missing"
    VALIDITY_REVERSED = "validity_reversed"
    VALIDITY_PAST = "validity_past"
    FOLLOWUP_TOO_LONG = "followup_too_long"
    CHAIR_AVAILABLE = "chair_available"
    CHAIR_UNAVAILABLE = "chair_unavailable"
    NOBODY_DESIGNATED = "nobody_designated"
    MINUTES_MISSING = "minutes_missing"
    MINUTES_STALE = "minutes_stale"
    # clock
    DEADLINE_NOT_LATER = "deadline_not_later"
    DAY_PAST = "day_past"
    # verification: asking for it, people
    NOT_SUBMITTED = "not_submitted"
    VERIFICATION_RUNNING = "verification_running"
    BODY_UNKNOWN = "body_unknown"
    SCHEME_MISSING = "scheme_missing"
    ADVISER_ASSESSES = "adviser_assesses"
    TEAM_INCOMPLETE = "team_incomplete"
    LEAD_MISSING = "lead_missing"
    NOT_AN_ASSESSOR = "not_an_assessor"
    HAS_ANOTHER_PART = "has_another_part"
    ALREADY_RECUSED = "already_recused"
    # verification: ratings and findings
    CRITERIA_UNRATED = "criteria_unrated"
    EVIDENCE_UNJUDGED = "evidence_unjudged"
    NA_UNDECIDED = "na_undecided"
    DCMM_UNJUDGED = "dcmm_unjudged"
    DCMM_FINDING_MISSING = "dcmm_finding_missing"
    DCMM_NOT_COUNTERSIGNED = "dcmm_not_countersigned"
    OWN_SIGNATURE = "own_signature"
    LEVEL_UNKNOWN = "level_unknown"
    CRITERION_UNKNOWN = "criterion_unknown"
    NO_FINDING = "no_finding"
    INTERVIEW_ROLE_UNKNOWN = "interview_role_unknown"
    INTERVIEWS_MISSING = "interviews_missing"
    DEMONSTRATIONS_MISSING = "demonstrations_missing"
    SCENARIOS_MISSING = "scenarios_missing"
    DAY_AHEAD = "day_ahead"
    WINDOW_CLOSED = "window_closed"
    WINDOW_OPEN = "window_open"
    EVIDENCE_INCOMPLETE = "evidence_incomplete"
    FINDINGS_UNRESOLVED = "findings_unresolved"
    # verification: compliance, panel, notice, decision
    REVIEWER_MISSING = "reviewer_missing"
    PANEL_INCOMPLETE = "panel_incomplete"
    PANEL_FULL = "panel_full"
    VOTES_OUTSTANDING = "votes_outstanding"
    NOTICE_RUNNING = "notice_running"
    NOTICE_OVER = "notice_over"
    OBJECTIONS_OPEN = "objections_open"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_NOT_UPHELD = "objection_not_upheld"
    NOT_GRADED = "not_graded"
    # certificates
    CERTIFICATE_EXPIRED = "certificate_expired"
    DCMM_NOT_COUNTING = "dcmm_not_counting"
    RENEWAL_OPEN = "renewal_open"
    RENEWAL_JUDGED = "renewal_judged"


_FIRST_OF_VERIFICATION = list(GapCode).index(GapCode.NOT_SUBMITTED)
OF_VERIFICATION = frozenset(list(GapCode)[_FIRST_OF_VERIFICATION:])  # a committee's rulebook says nothing of these


@dataclass(frozen=True)
class Gap:
    """One hindrance; ``detail`` is the item, category, indicator or count it is about, or empty."""

    code: GapCode
    detail: str = ""


class Refused(Exception):
    """An action that may not happen now; ``gaps`` names each thing that is missing, never empty."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(", ".join(f"{gap.code}:{gap.detail}" if gap.detail else gap.code for gap in gaps))
        self.gaps = gaps

    @property
    def is_role(self) -> bool:
        """Whether the person, not the moment, is what is wrong."""
        return any(gap.code is GapCode.WRONG_ROLE for gap in self.gaps)
