"""The words of the home page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ethicsreview.documents.keys import KeyCode
from ethicsreview.documents.wording import KEYS

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


def reason_of(error: str) -> str | Promise:
    """Why a document failed, in words where the reason is the key; else as it was kept, for the operator."""
    kind, _colon, detail = error.partition(": ")
    if kind == "CannotSign" and detail in set(KeyCode):
        return KEYS[KeyCode(detail)]
    return error
