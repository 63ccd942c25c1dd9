"""The words of the home page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.documents.keys import KeyCode
from ethicsreview.documents.wording import KEYS
from ethicsreview.portal.domain.reading import MOST_LETTERS, MOST_WORDS, FaultCode
from ethicsreview.portal.domain.searches import MOST_SAVED, Filter, Kind, Order, Reason
from workflows.domain import oversight
from workflows.domain.procedure_rules import Procedure
from workflows.queries.reports import register_kind
from workflows.wording import REPORT_KINDS, V_REPORT_KINDS

TASKS = {
    "continue_draft": _("Continue the application"),
    "answer_supplement": _("Answer the supplement notice"),
    "modify": _("Modify and hand in again"),
    "review": _("Rate the case"),
    "check_application": _("Check the application"),
    "assign_reviewers": _("Assign reviewers"),
    "close_reviews": _("Open the reviews: all are in"),
    "schedule": _("Put on an agenda"),
    "draft_decision": _("Draft the decision"),
    "issue_decision": _("Issue the decision"),
    "check_modification": _("Check the modified version"),
    "vote": _("Vote now"),
    "answer_findings": _("Answer the findings"),
    "check_verification": _("Check what was handed in and put a team together"),
    "rate_verification": _("Rate the criteria"),
    "settle_findings": _("Settle the findings"),
    "recommend_tier": _("Recommend the tier"),
    "name_reviewer": _("Name who reviews compliance"),
    "review_compliance": _("Review the procedure"),
    "lead_panel": _("Lead the panel's ballot"),
    "vote_on_tier": _("Vote on the recommended tier"),
    "settle_objections": _("Settle the objections"),
    "decide_verification": _("Decide on the certificate"),
    "surveil": _("Record the yearly surveillance"),
}

ROUTES = {
    "continue_draft": "workflows:application-check",
    "answer_supplement": "workflows:supplement-answer",
    "modify": "workflows:application-check",
    "review": "workflows:review",
    "check_application": "workflows:case",
    "assign_reviewers": "workflows:case-reviewers",
    "close_reviews": "workflows:case",
    "schedule": "workflows:case",
    "draft_decision": "workflows:decision",
    "issue_decision": "workflows:decision",
    "check_modification": "workflows:decision",
}

V_ROUTES = {"surveil": "workflows:verification-certificate"}  # the others lead to the verification's own page


def reason_of(error: str) -> str | Promise:
    """Why a document failed, in words where the reason is the key; else as it was kept, for the operator."""
    kind, _colon, detail = error.partition(": ")
    if kind == "CannotSign" and detail in set(KeyCode):
        return KEYS[KeyCode(detail)]
    return error


# -- search -----------------------------------------------------------------------------------------------------------

SEARCHED = {
    Kind.CASES: pgettext_lazy("search", "Cases"),
    Kind.COMMITTEES: pgettext_lazy("search", "Committees"),
    Kind.DECISIONS: pgettext_lazy("search", "Decisions"),
    Kind.MATURITY: pgettext_lazy("search", "Maturity results"),
    Kind.REPORTS: pgettext_lazy("search", "Reports"),
}

# what happened on the day that a line of the list ends with
MOMENTS = {
    Kind.CASES: pgettext_lazy("search", "changed"),
    Kind.DECISIONS: pgettext_lazy("search", "issued"),
    Kind.MATURITY: pgettext_lazy("search", "changed"),
    Kind.REPORTS: pgettext_lazy("search", "signed"),
}

FILTERS = {
    Filter.STATE: _("State"),
    Filter.DECISION: pgettext_lazy("search", "Decision"),
    Filter.DOCUMENT: pgettext_lazy("search", "Document"),
    Filter.LANGUAGE: _("Language"),
    Filter.PROCEDURE: _("Procedure"),
    Filter.TIER: _("Tier"),
    Filter.COMMITTEE: _("Committee"),
    Filter.ORGANISATION: _("Organisation"),
    Filter.PROVINCE: _("Province"),
    Filter.SECTOR: _("Sector"),
    Filter.YEAR: _("Year"),
    Filter.FROM: _("From"),
    Filter.UNTIL: _("Until"),
    Filter.OVERDUE: _("Overdue"),
}

# by whether names are listed; else moments are
ORDERS = {
    False: {
        Order.USUAL: pgettext_lazy("list", "Newest first"),
        Order.REVERSED: pgettext_lazy("list", "Oldest first"),
    },
    True: {Order.USUAL: pgettext_lazy("list", "A to Z"), Order.REVERSED: pgettext_lazy("list", "Z to A")},
}

FAULTS = {
    FaultCode.UNKNOWN: _("“%(value)s” is no value of “%(name)s”."),
    FaultCode.NOT_HERE: _("“%(name)s” does not narrow this kind of search."),
    FaultCode.TWICE: _("“%(name)s” is given more than once."),
    FaultCode.TOO_LONG: _("More than %(letters)s letters are sought; please use fewer words."),
    FaultCode.TOO_MANY_WORDS: _("More than %(words)s words are sought; please use fewer."),
    FaultCode.UNREADABLE: _("The words hold characters that no text is made of."),
    FaultCode.REVERSED: _("The last day lies before the first."),
}

LIMITS = {"letters": MOST_LETTERS, "words": MOST_WORDS, "most": MOST_SAVED}

NAMES = {
    "kind": pgettext_lazy("search", "Kind"),
    "q": _("Words"),
    "order": pgettext_lazy("list", "Order"),
    **{name.value: words for name, words in FILTERS.items()},
    # of the regulator's lists
    "duty": pgettext_lazy("figures", "Overdue obligation"),
    "quarter": pgettext_lazy("figures", "Ended in"),
    "instrument": _("Instrument"),
    "spot": pgettext_lazy("figures", "Weak at"),
    "valid": _("Certificate"),
    "lacks": pgettext_lazy("figures", "Lacks"),
    "rulebook": _("Rulebook"),
    "authority": _("Authority"),
    "form": pgettext_lazy("file", "Format"),
}

# filters that lists of the interface for programs have beside those
NAMES_OF_PROGRAMS = {
    "text": NAMES["q"],
    "applicant": pgettext_lazy("case report", "Applicant"),
    "host": pgettext_lazy("verification", "Body"),
    "assessment": _("Assessment"),
    "mine": pgettext_lazy("filter", "Own part alone"),
    "late": FILTERS[Filter.OVERDUE],
    "open": pgettext_lazy("filter", "Open ones alone"),
    "submitted_from": pgettext_lazy("filter", "Submitted from"),
    "submitted_until": pgettext_lazy("filter", "Submitted until"),
    "issued_from": pgettext_lazy("filter", "Issued from"),
    "issued_until": pgettext_lazy("filter", "Issued until"),
    "cursor": pgettext_lazy("filter", "Page"),
    "limit": pgettext_lazy("filter", "Rows on a page"),
    "fields": pgettext_lazy("filter", "Fields shown"),
    "after": pgettext_lazy("filter", "Page"),
    "before": pgettext_lazy("filter", "Page"),
    "last": pgettext_lazy("filter", "Page"),
}

NOT_KEPT = {
    Reason.NAME_TAKEN: _("You have saved a search under this name already."),
    Reason.TOO_MANY: _("You have saved %(most)s searches; please remove one first."),
}

PROCEDURES = {
    Procedure.GENERAL: pgettext_lazy("procedure", "General"),
    Procedure.SIMPLIFIED: pgettext_lazy("procedure", "Simplified"),
    Procedure.RE_REVIEW: pgettext_lazy("procedure", "Expert re-review"),
    Procedure.EMERGENCY: pgettext_lazy("procedure", "Emergency"),
}

# sorts of signed documents as their register names them
DOCUMENTS = {
    **{f"case-{kind.value}": words for kind, words in REPORT_KINDS.items()},
    **{register_kind(kind): words for kind, words in V_REPORT_KINDS.items()},
}

# -- readings by authorities ------------------------------------------------------------------------------------------

READINGS = {
    oversight.READ_CASE: _("Case read"),
    oversight.READ_VERIFICATION: _("Verification read"),
    oversight.DOWNLOADED: _("Signed document downloaded"),
    oversight.DOSSIER_TAKEN: _("Dossier downloaded"),
    oversight.SEARCHED: _("List consulted"),
}
SOUGHT = {
    "verifications": _("Verifications"),
    "figures": _("Figures"),
    **{kind.value: words for kind, words in SEARCHED.items()},
}
