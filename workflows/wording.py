"""The words of the procedure's codes, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.domain.instrument import Instrument
from assessments.domain.staged import StagedInstrument
from workflows.domain.application import form_items, questions
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.oversight import Part
from workflows.domain.rooms import Mode, SeatRole, Sex
from workflows.domain.rulebook import Citation, Rulebook
from workflows.domain.scheme import Scheme
from workflows.domain.states import MeetingState, ReportKind, ReportState, Role, State
from workflows.domain.verification_states import (
    CertificateState,
    CertificateVerb,
    FindingKind,
    OnSiteKind,
    VReportKind,
    VRole,
    VState,
)

STATES = {
    State.DRAFT: pgettext_lazy("case", "Draft"),
    State.SUBMITTED: pgettext_lazy("case", "Submitted"),
    State.SUPPLEMENT: pgettext_lazy("case", "Supplement requested"),
    State.DECLINED: pgettext_lazy("case", "Not accepted"),
    State.WITHDRAWN: pgettext_lazy("case", "Withdrawn"),
    State.ACCEPTED: pgettext_lazy("case", "Accepted"),
    State.REVIEWING: pgettext_lazy("case", "In review"),
    State.READY: pgettext_lazy("case", "Ready for a meeting"),
    State.DELIBERATING: pgettext_lazy("case", "Under deliberation"),
    State.VOTING: pgettext_lazy("case", "Voting"),
    State.CARRIED: pgettext_lazy("case", "Decision being written"),
    State.MODIFYING: pgettext_lazy("case", "Being modified"),
    State.CHECKING: pgettext_lazy("case", "Modification being checked"),
    State.APPROVED: pgettext_lazy("case", "Approved"),
    State.REFUSED: pgettext_lazy("case", "Not approved"),
}

MEETING_STATES = {
    MeetingState.PLANNED: pgettext_lazy("meeting", "Planned"),
    MeetingState.CONVENED: pgettext_lazy("meeting", "Convened"),
    MeetingState.OPEN: pgettext_lazy("meeting", "In session"),
    MeetingState.CLOSED: pgettext_lazy("meeting", "Closed, minutes open"),
    MeetingState.APPROVED: pgettext_lazy("meeting", "Minutes approved"),
}

CHOICES = {
    Choice.FOR: pgettext_lazy("vote", "In favour"),
    Choice.AGAINST: pgettext_lazy("vote", "Against"),
    Choice.ABSTAIN: pgettext_lazy("vote", "Abstain"),
}

SEAT_ROLES = {
    SeatRole.CHAIR: pgettext_lazy("seat", "Chair"),
    SeatRole.VICE_CHAIR: pgettext_lazy("seat", "Vice-chair"),
    SeatRole.MEMBER: pgettext_lazy("seat", "Member"),
    SeatRole.ALTERNATE: pgettext_lazy("seat", "Alternate"),
    SeatRole.SECRETARY: pgettext_lazy("seat", "Secretary"),
}

ROLES = {
    Role.APPLICANT: pgettext_lazy("role", "Project lead"),
    Role.TEAM: pgettext_lazy("role", "Project team"),
    Role.SECRETARY: pgettext_lazy("role", "Secretary"),
    Role.MEMBER: pgettext_lazy("role", "Committee member"),
    Role.REVIEWER: pgettext_lazy("role", "Reviewer"),
    Role.CHAIR: pgettext_lazy("role", "Chair"),
}

MODES = {
    Mode.ROOM: pgettext_lazy("attendance", "In the room"),
    Mode.VIDEO: pgettext_lazy("attendance", "By video"),
}

SEXES = {Sex.FEMALE: pgettext_lazy("sex", "Female"), Sex.MALE: pgettext_lazy("sex", "Male")}

REPORT_KINDS = {
    ReportKind.LETTER: pgettext_lazy("report", "Decision letter"),
    ReportKind.REPORT: pgettext_lazy("report", "Review report"),
}

REPORT_STATES = {
    ReportState.QUEUED: pgettext_lazy("report", "Waiting"),
    ReportState.RENDERING: pgettext_lazy("report", "Being made"),
    ReportState.FAILED: pgettext_lazy("report", "Failed, will be tried again"),
    ReportState.SIGNED: pgettext_lazy("report", "Signed"),
}

V_STATES = {
    VState.ENTRY: pgettext_lazy("verification", "Entry check"),
    VState.DOCUMENTS: pgettext_lazy("verification", "Document review"),
    VState.ONSITE: pgettext_lazy("verification", "On-site assessment"),
    VState.CORRECTION: pgettext_lazy("verification", "Correction window"),
    VState.RECOMMENDING: pgettext_lazy("verification", "Recommendation being made"),
    VState.COMPLIANCE: pgettext_lazy("verification", "Compliance review"),
    VState.PANEL: pgettext_lazy("verification", "Expert panel"),
    VState.NOTICE: pgettext_lazy("verification", "Public notice"),
    VState.CERTIFIED: pgettext_lazy("verification", "Certified"),
    VState.REFUSED: pgettext_lazy("verification", "Not certified"),
    VState.RETURNED: pgettext_lazy("verification", "Not accepted"),
    VState.WITHDRAWN: pgettext_lazy("verification", "Withdrawn"),
}

V_ROLES = {
    VRole.ENTERPRISE: pgettext_lazy("verification role", "Enterprise"),
    VRole.LEAD: pgettext_lazy("verification role", "Leads the self-assessment"),
    VRole.COORDINATOR: pgettext_lazy("verification role", "Coordinator"),
    VRole.ASSESSOR: pgettext_lazy("verification role", "Assessor"),
    VRole.LEAD_ASSESSOR: pgettext_lazy("verification role", "Leading assessor"),
    VRole.REVIEWER: pgettext_lazy("verification role", "Compliance reviewer"),
    VRole.PANELLIST: pgettext_lazy("verification role", "Panel expert"),
    VRole.DECIDER: pgettext_lazy("verification role", "Decides"),
    VRole.AUTHORITY: pgettext_lazy("verification role", "Authority"),
    VRole.PUBLIC: pgettext_lazy("verification role", "Anybody"),
}

ONSITE_KINDS = {
    OnSiteKind.INTERVIEW: _("Interview"),
    OnSiteKind.DEMONSTRATION: _("System demonstration"),
    OnSiteKind.SCENARIO: _("Sampled scenario"),
}

FINDING_KINDS = {
    FindingKind.MAJOR: pgettext_lazy("finding", "Major"),
    FindingKind.MINOR: pgettext_lazy("finding", "Minor"),
}

CERTIFICATE_STATES = {
    CertificateState.VALID: pgettext_lazy("certificate", "Valid"),
    CertificateState.SUSPENDED: pgettext_lazy("certificate", "Suspended"),
    CertificateState.WITHDRAWN: pgettext_lazy("certificate", "Withdrawn"),
    CertificateState.REPLACED: pgettext_lazy("certificate", "Replaced"),
}

CERTIFICATE_VERBS = {
    CertificateVerb.ISSUED: pgettext_lazy("certificate", "Issued"),
    CertificateVerb.SURVEILLANCE: pgettext_lazy("certificate", "Surveillance"),
    CertificateVerb.SUSPENDED: pgettext_lazy("certificate", "Suspended"),
    CertificateVerb.REINSTATED: pgettext_lazy("certificate", "Reinstated"),
    CertificateVerb.WITHDRAWN: pgettext_lazy("certificate", "Withdrawn"),
    CertificateVerb.REPLACED: pgettext_lazy("certificate", "Replaced"),
    CertificateVerb.DCMM_RENEWED: pgettext_lazy("certificate", "DCMM certificate renewed"),
}

V_REPORT_KINDS = {
    VReportKind.REPORT: pgettext_lazy("report", "Verification report"),
    VReportKind.CERTIFICATE: pgettext_lazy("report", "Certificate"),
}

PARTS = {
    Part.FACTS: pgettext_lazy("part", "Overview"),
    Part.PROCEDURE: pgettext_lazy("part", "Procedure"),
    Part.CLOCKS: pgettext_lazy("part", "Clocks"),
    Part.PEOPLE: pgettext_lazy("part", "People"),
    Part.APPLICATION: pgettext_lazy("part", "Application"),
    Part.FILES: pgettext_lazy("part", "Documents"),
    Part.RATINGS: pgettext_lazy("part", "Ratings"),
    Part.FINDINGS: pgettext_lazy("part", "Findings"),
    Part.EVIDENCE: pgettext_lazy("part", "Evidence"),
    Part.VOTES: pgettext_lazy("part", "Votes"),
    Part.MINUTES: pgettext_lazy("part", "Minutes"),
    Part.REPORTS: pgettext_lazy("part", "Signed documents"),
    Part.DOSSIER: pgettext_lazy("part", "Dossier"),
}

VERBS = {
    "case.start": _("Application begun"),
    "case.submit": _("Application submitted"),
    "case.classify": _("Tier and flags confirmed"),
    "case.request_supplement": _("Supplement notice sent"),
    "case.answer_supplement": _("Supplement notice answered"),
    "case.accept": _("Case accepted"),
    "case.decline": _("Case not accepted"),
    "case.withdraw": _("Case withdrawn by the applicant"),
    "case.assign": _("Reviewers assigned"),
    "case.unassign": _("Assignment taken back"),
    "case.close_reviews": _("Reviews opened to the committee"),
    "case.extend": _("Time limit extended"),
    "case.designate_chair": _("Vice-chair designated to act for the chair"),
    "case.end_designation": _("Chair leads the case again"),
    "case.resubmit": _("Modified version handed in"),
    "case.remind": _("Reminder of the time limit sent"),
    "conflict.declare": _("Conflict of interest recorded"),
    "conflict.lift": _("Recusal lifted"),
    "review.submit": _("Review handed in"),
    "review.revise": _("Rating revised"),
    "item.open": _("Deliberation opened"),
    "item.adjourn": _("Item adjourned"),
    "motion.put": _("Motion put to the vote"),
    "motion.close": _("Ballot closed"),
    "motion.withdraw": _("Motion withdrawn"),
    "motion.dissent": _("Dissent put in writing"),
    "decision.draft": _("Decision drafted"),
    "decision.issue": _("Decision issued"),
    "modification.confirm": _("Modification confirmed, case approved"),
    "modification.return": _("Modified version sent back"),
    "report.sign": _("Document signed"),
    "application.add_file": _("Document handed in"),
    "application.replace_file": _("Document replaced by a new version"),
    "application.remove_file": _("Document taken out"),
    "application.add_team_member": _("Colleague added to the team"),
    "verification.request": _("Verification requested"),
    "verification.accept": _("Verification accepted"),
    "verification.return": _("Verification not accepted"),
    "verification.withdraw": _("Verification withdrawn by the enterprise"),
    "team.assign": _("Assessor put on the team"),
    "team.end": _("Assessor taken off the team"),
    "recusal.declare": _("Conflict of interest declared"),
    "recusal.record": _("Recusal recorded"),
    "reviewer.name": _("Compliance reviewer named"),
    "round.rate": _("Criterion rated by the team"),
    "evidence.judge": _("Evidence accepted or rejected"),
    "na.decide": _("Decided on an item set aside"),
    "dcmm.judge": _("DCMM certificate accepted or rejected"),
    "dcmm.find": _("DCMM level found"),
    "dcmm.countersign": _("DCMM finding countersigned"),
    "onsite.begin": _("On-site assessment begun"),
    "onsite.record": _("Recorded on site"),
    "onsite.remove": _("On-site record taken out"),
    "finding.write": _("Finding written"),
    "finding.remove": _("Finding taken back"),
    "findings.release": _("Ratings and findings released"),
    "finding.answer": _("Finding answered"),
    "correction.close": _("Correction window closed by the enterprise"),
    "correction.end": _("Correction window ended"),
    "correction.warn": _("Reminder of the correction window sent"),
    "finding.resolve": _("Conclusion on a finding"),
    "verification.recommend": _("Tier recommended"),
    "compliance.pass": _("Compliance review passed"),
    "compliance.reject": _("Sent back by the compliance review"),
    "panel.seat": _("Expert seated on the panel"),
    "panel.unseat": _("Expert taken off the panel"),
    "panel.open": _("Panel ballot opened"),
    "panel.vote": _("Vote cast on the panel"),
    "panel.close": _("Panel ballot closed"),
    "objection.file": _("Objection filed"),
    "objection.settle": _("Objection settled"),
    "verification.reopen": _("Sent back after an objection"),
    "verification.decide": _("Verification decided"),
    "certificate.issue": _("Certificate issued"),
    "certificate.surveil": _("Yearly surveillance recorded"),
    "certificate.hand_in_dcmm": _("DCMM certificate handed in"),
    "certificate.judge_dcmm": _("Renewed DCMM certificate judged"),
    "certificate.lapse": _("Certificate suspended: DCMM certificate lapsed"),
    "certificate.replace": _("Certificate replaced by a renewal"),
    "certificate.withdraw": _("Certificate withdrawn"),
}

GAPS = {
    GapCode.WRONG_STATE: _("The case has moved on; this step does not fit its present state."),
    GapCode.WRONG_ROLE: _("This step belongs to another role."),
    GapCode.STALE: _("The page you acted on is out of date; look at the present state first."),
    GapCode.MATERIALS_MISSING: _("Still missing: %(detail)s"),
    GapCode.SELF_ASSESSMENT_INCOMPLETE: _("Self-assessment question without an answer or explanation: %(detail)s"),
    GapCode.PLEDGE_MISSING: _("The pledge on ethics and research integrity has not been made."),
    GapCode.SUPPLEMENT_USED: _("The single supplement notice has been sent already."),
    GapCode.SUPPLEMENT_ITEMS_MISSING: _("The notice names no item to be supplied."),
    GapCode.SUPPLEMENT_UNANSWERED: _("The notice's item has no answer yet: %(detail)s"),
    GapCode.REASONS_MISSING: _("Reasons are required."),
    GapCode.TIER_MISSING: _("The tier has not been confirmed."),
    GapCode.EXEMPTION_UNPROVEN: _("The exemption from expert re-review is claimed without evidence."),
    GapCode.MEMBERS_MISSING: _("The committee has too few members (%(detail)s)."),
    GapCode.PARITY_WRONG: _("The number of members must be odd (%(detail)s)."),
    GapCode.CHAIR_MISSING: _("The committee does not have the one chair it needs."),
    GapCode.CATEGORY_MISSING: _("No member of the committee covers: %(detail)s"),
    GapCode.GENDER_MISSING: _("The committee's members are all of one sex."),
    GapCode.EXTERNAL_MISSING: _("The committee has no member from outside its host."),
    GapCode.TERM_TOO_LONG: _("Terms longer than the rulebook allows: %(detail)s"),
    GapCode.ALREADY_SEATED: _("This person has a seat on the committee already."),
    GapCode.REVIEWERS_MISSING: _("Too few reviewers are assigned (%(detail)s)."),
    GapCode.REVIEWS_OUTSTANDING: _("Reviews not handed in yet: %(detail)s"),
    GapCode.RATINGS_MISSING: _("Indicators without a rating: %(detail)s"),
    GapCode.GATE_REASON_MISSING: _("This gate is rated 0, and a reason is required: %(detail)s"),
    GapCode.CONFLICT: _("A conflict of interest stands in the way."),
    GapCode.CONFLICT_KIND_UNKNOWN: _("The rulebook knows no such kind of conflict of interest."),
    GapCode.AGENDA_EMPTY: _("The agenda is empty."),
    GapCode.NOT_ON_AGENDA: _("The case is not on the agenda of a meeting."),
    GapCode.NOT_CONVENED: _("The meeting has not been convened."),
    GapCode.MEETING_NOT_OPEN: _("No meeting is in session for this case."),
    GapCode.ITEM_OPEN: _("Another agenda item is open."),
    GapCode.NO_QUORUM: _("No quorum after recusals (%(detail)s present)."),
    GapCode.ROOM_CATEGORY_MISSING: _("Nobody present and free to vote covers: %(detail)s"),
    GapCode.ROOM_GENDER_MISSING: _("Those present are all of one sex."),
    GapCode.ROOM_EXTERNAL_MISSING: _("No member from outside the host is present."),
    GapCode.VIDEO_NOT_ALLOWED: _("Attendance by video is not allowed here."),
    GapCode.ALTERNATE_NOT_ALLOWED: _("An alternate may not stand in here."),
    GapCode.NOT_PRESENT: _("Only members present and free to vote can vote."),
    GapCode.DECISION_KIND_UNKNOWN: _("The rulebook knows no such kind of decision."),
    GapCode.GATE_STANDING: _("A reviewer rated this gate 0 and it still stands: %(detail)s"),
    GapCode.RED_LINE: _("A red line is crossed, so the case can only be refused: %(detail)s"),
    GapCode.RE_REVIEW_OUTSTANDING: _("Re-review outstanding: the activity is on the list: %(detail)s"),
    GapCode.GATE_UNKNOWN: _("This gate is not standing."),
    GapCode.BALLOT_OPEN: _("A ballot is open."),
    GapCode.VOTING_OPENED: _("Voting on this application has been opened, so it can no longer be withdrawn."),
    GapCode.BALLOT_CLOSED: _("No ballot is open."),
    GapCode.NOT_DISSENTING: _("Only who did not vote for the outcome can dissent from it."),
    GapCode.DRAFT_MISSING: _("The decision has not been drafted."),
    GapCode.DECISION_REASONS_MISSING: _("The decision states no reasons."),
    GapCode.DECISION_REQUIREMENTS_MISSING: _("The decision states no suggestions and requirements for modification."),
    GapCode.DECISION_CONDITIONS_MISSING: _("The decision states no conditions."),
    GapCode.SCOPE_MISSING: _("The decision states no scope."),
    GapCode.VALIDITY_MISSING: _("The decision states no validity."),
    GapCode.VALIDITY_REVERSED: _("The decision's last day lies before its first."),
    GapCode.VALIDITY_PAST: _("The decision's last day has passed: %(detail)s"),
    GapCode.FOLLOWUP_TOO_LONG: _("More months between follow-up reviews than allowed here: %(detail)s"),
    GapCode.CHAIR_AVAILABLE: _("The chair is available: neither recused nor away."),
    GapCode.CHAIR_UNAVAILABLE: _("The chair is still recused or away."),
    GapCode.NOBODY_DESIGNATED: _("Nobody is designated to act for the chair."),
    GapCode.MINUTES_MISSING: _("The minutes have not been drafted."),
    GapCode.MINUTES_STALE: _(
        "The record has changed since the minutes were drafted; the secretary drafts them again."
    ),
    GapCode.DEADLINE_NOT_LATER: _("The new last day must be later than the present one."),
    GapCode.DAY_PAST: _("The moment lies in the past."),
    GapCode.NOT_SUBMITTED: _("The self-assessment has not been submitted."),
    GapCode.VERIFICATION_RUNNING: _("A verification of what was handed in is running or was decided."),
    GapCode.BODY_UNKNOWN: _("This body does not take verifications."),
    GapCode.SCHEME_MISSING: _("No verification scheme is published for this instrument."),
    GapCode.ADVISER_ASSESSES: _("Whoever advised the enterprise may not assess it: %(detail)s"),
    GapCode.TEAM_INCOMPLETE: _("The team has too few assessors (%(detail)s)."),
    GapCode.LEAD_MISSING: _("Nobody leads the team."),
    GapCode.NOT_AN_ASSESSOR: _("This person does not assess for the body."),
    GapCode.HAS_ANOTHER_PART: _("This person has another part in this verification."),
    GapCode.ALREADY_RECUSED: _("This person is recused already."),
    GapCode.CRITERIA_UNRATED: _("Criteria without a rating of the team: %(detail)s"),
    GapCode.EVIDENCE_UNJUDGED: _("Pieces of evidence neither accepted nor rejected: %(detail)s"),
    GapCode.NA_UNDECIDED: _("Not decided whether it stays set aside: %(detail)s"),
    GapCode.DCMM_UNJUDGED: _("The DCMM certificate claimed has been neither accepted nor rejected."),
    GapCode.DCMM_FINDING_MISSING: _("There is no DCMM finding to sign."),
    GapCode.DCMM_NOT_COUNTERSIGNED: _("The DCMM finding has not been signed by another assessor."),
    GapCode.OWN_SIGNATURE: _("Whoever wrote the finding cannot countersign it."),
    GapCode.LEVEL_UNKNOWN: _("There is no such DCMM level."),
    GapCode.CRITERION_UNKNOWN: _("The instrument does not ask this: %(detail)s"),
    GapCode.NO_FINDING: _("Findings are out, and none names this: %(detail)s"),
    GapCode.INTERVIEW_ROLE_UNKNOWN: _("The scheme knows no such role: %(detail)s"),
    GapCode.INTERVIEWS_MISSING: _("Interviews are missing: %(detail)s"),
    GapCode.DEMONSTRATIONS_MISSING: _("Too few demonstrations (%(detail)s)."),
    GapCode.SCENARIOS_MISSING: _("Too few sampled scenarios (%(detail)s)."),
    GapCode.DAY_AHEAD: _("The day lies in the future."),
    GapCode.WINDOW_CLOSED: _("The correction window is over."),
    GapCode.WINDOW_OPEN: _("The correction window has not ended; its last day is %(detail)s."),
    GapCode.EVIDENCE_INCOMPLETE: _("A piece of evidence lacks its title, kind, or file or reference: %(detail)s"),
    GapCode.FINDINGS_UNRESOLVED: _("Findings without a conclusion: %(detail)s"),
    GapCode.REVIEWER_MISSING: _("Nobody has been named to review compliance."),
    GapCode.PANEL_INCOMPLETE: _("The expert panel is not complete (%(detail)s)."),
    GapCode.PANEL_FULL: _("The expert panel has all its experts (%(detail)s)."),
    GapCode.VOTES_OUTSTANDING: _("Votes that still count are missing: %(detail)s"),
    GapCode.NOTICE_RUNNING: _("The public notice has not ended; its last day is %(detail)s."),
    GapCode.NOTICE_OVER: _("The public notice is over."),
    GapCode.OBJECTIONS_OPEN: _("Objections without an answer: %(detail)s"),
    GapCode.OBJECTION_UPHELD: _("An objection was upheld; the recommendation goes back to the team first."),
    GapCode.OBJECTION_NOT_UPHELD: _("No objection to this recommendation was upheld."),
    GapCode.NOT_GRADED: _("No tier was reached, so no certificate can be issued."),
    GapCode.CERTIFICATE_EXPIRED: _("The certificate has run out."),
    GapCode.DCMM_NOT_COUNTING: _("There is no DCMM certificate here that counts."),
    GapCode.RENEWAL_OPEN: _("A DCMM certificate that was handed in is still to be judged."),
    GapCode.RENEWAL_JUDGED: _("This DCMM certificate has been judged already."),
}

_ITEMS = {GapCode.MATERIALS_MISSING, GapCode.SUPPLEMENT_UNANSWERED}
_STEP_ITEMS = {GapCode.NA_UNDECIDED, GapCode.NO_FINDING, GapCode.CRITERION_UNKNOWN}
_INDICATORS = {GapCode.GATE_STANDING, GapCode.GATE_REASON_MISSING}
_CATEGORIES = {GapCode.CATEGORY_MISSING, GapCode.ROOM_CATEGORY_MISSING}


@dataclass(frozen=True)
class Needed:
    """A gap in words: what is missing, and the article that asks for it."""

    code: str
    text: str
    citation: Citation | None
    item: str = ""


def _question_label(detail: str, rules: Rulebook, language: str) -> str:
    known = dict(questions(rules.lists))
    for key, question in known.items():
        if detail in {key, question.code}:
            return question.question.in_(language)
    return detail


def _indicator_label(detail: str, instrument: Instrument | None, language: str) -> str:
    key = detail.partition("#")[0]
    item = instrument.items.get(key) if instrument else None
    return f"{key} {item.question.in_(language)}" if item else key


def _detail(gap: Gap, rules: Rulebook, instrument: Instrument | None, language: str) -> str:
    if gap.code in _ITEMS:
        labels = {item.code: item.label.in_(language) for item in form_items(rules.application)}
        return labels.get(gap.detail, gap.detail)
    if gap.code in _CATEGORIES:
        labels = {category.code: category.label.in_(language) for category in rules.committee.categories}
        return labels.get(gap.detail, gap.detail)
    if gap.code in {GapCode.RED_LINE, GapCode.RE_REVIEW_OUTSTANDING, GapCode.SELF_ASSESSMENT_INCOMPLETE}:
        return _question_label(gap.detail, rules, language)
    if gap.code in _INDICATORS:
        return _indicator_label(gap.detail, instrument, language)
    return gap.detail


def _citation(gap: Gap, rules: Rulebook) -> Citation | None:
    if gap.code in _ITEMS:
        found = next((item.citation for item in form_items(rules.application) if item.code == gap.detail), None)
        if found:
            return found
    return rules.gaps.get(gap.code.value)


def describe_step(
    gap: Gap,
    scheme: Scheme | None,
    instrument: StagedInstrument | None = None,
    names: Mapping[str, str] | None = None,
) -> Needed:
    """A gap of a verification in the active language, with its article; ``names`` are people's by their ids."""
    text = str(GAPS[gap.code]) % {"detail": _step_detail(gap, scheme, instrument, names or {})}
    return Needed(gap.code.value, text, scheme.gaps.get(gap.code.value) if scheme else None, gap.detail)


def _step_detail(
    gap: Gap, scheme: Scheme | None, instrument: StagedInstrument | None, names: Mapping[str, str]
) -> str:
    language = get_language() or "en"
    if gap.code is GapCode.INTERVIEWS_MISSING and scheme is not None:
        role, _colon, count = gap.detail.partition(":")
        labels = {one.code: one.label.in_(language) for one in scheme.interviews}
        return f"{labels.get(role, role)} ({count})"
    if gap.code in _STEP_ITEMS and instrument is not None:
        item = instrument.items.get(gap.detail)
        return f"{gap.detail} {item.title.in_(language)}" if item else gap.detail
    return names.get(gap.detail, gap.detail)


def describe(gap: Gap, rules: Rulebook, instrument: Instrument | None = None) -> Needed:
    """The gap in the active language, with its article."""
    language = get_language() or "en"
    text = str(GAPS[gap.code]) % {"detail": _detail(gap, rules, instrument, language)}
    return Needed(gap.code.value, text, _citation(gap, rules), gap.detail)
