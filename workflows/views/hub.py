"""What a person can do about a case, row by row: the transition that guards it and the page that does it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.domain import transitions as t
from workflows.domain.states import CLOSED, Role, State
from workflows.domain.transitions import Transition
from workflows.queries.folders import Folder


@dataclass(frozen=True)
class Entry:
    """One row. ``guarded``: what is missing is shown beside it; ``post``: the button acts at once."""

    transition: Transition
    route: str
    label: Any
    primary: bool = False
    danger: bool = False
    guarded: bool = False
    post: bool = False
    roles: frozenset[Role] = frozenset()

    def is_open(self, folder: Folder) -> bool:
        """Whether the person's role and the case's state are those of the row."""
        roles = self.roles or self.transition.roles
        return bool(roles & folder.roles) and State(folder.case.state) in self.transition.sources


_READERS = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER})

ENTRIES = (
    Entry(t.SUBMIT, "workflows:application-check", _("Continue the application"), primary=True),
    Entry(t.ANSWER_SUPPLEMENT, "workflows:supplement-answer", _("Answer the supplement notice"), primary=True),
    Entry(t.RESUBMIT, "workflows:application-check", _("Modify and hand in again"), primary=True),
    Entry(t.CLASSIFY, "workflows:case-classify", _("Confirm tier and flags")),
    Entry(t.ACCEPT, "workflows:case-accept", _("Accept"), primary=True, guarded=True),
    Entry(t.REQUEST_SUPPLEMENT, "workflows:case-supplement", _("Send the supplement notice"), guarded=True),
    Entry(t.DECLINE, "workflows:case-decline", _("Do not accept"), danger=True),
    Entry(t.ASSIGN, "workflows:case-reviewers", _("Assign reviewers"), primary=True),
    Entry(t.RATE, "workflows:review", _("Rate the case"), primary=True),
    Entry(t.CLOSE_REVIEWS, "workflows:reviews-close", _("Open the reviews to the committee"), guarded=True, post=True),
    Entry(t.DRAFT_DECISION, "workflows:decision", _("Draft the decision"), primary=True),
    Entry(t.ISSUE_DECISION, "workflows:decision", _("Issue the decision"), primary=True, guarded=True),
    Entry(t.CONFIRM_MODIFICATION, "workflows:decision", _("Check the modified version"), primary=True),
    Entry(t.EXTEND, "workflows:case-extend", _("Extend the time limit")),
    Entry(t.DESIGNATE, "workflows:case-designate", _("Designate who acts for the chair"), guarded=True),
    Entry(t.WITHDRAW, "workflows:case-withdraw", _("Withdraw the case"), danger=True),
)


def may_read_reviews(folder: Folder) -> bool:
    """Whether the comparison is open to the person: the reviews are, and the person sits on the committee."""
    return folder.case.reviews_opened_at is not None and bool(_READERS & folder.roles)


def may_declare(folder: Folder) -> bool:
    """Whether a conflict can still be declared or set by this person."""
    return State(folder.case.state) not in CLOSED and bool(_READERS & folder.roles)
