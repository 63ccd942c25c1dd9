"""What a person can do about a case, row by row: the transition that guards it and the page that does it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.domain import transitions as t
from workflows.domain.states import Role, State
from workflows.domain.transitions import Transition, gaps
from workflows.queries.folders import Folder
from workflows.views.doors import needed


def _always(_folder: Folder) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One row; ``what`` says in a sentence what the step does.

    ``next``: whether this is what the case waits for now. ``guarded``: what is missing is shown beside it;
    ``post``: the button acts at once; ``roles``: others than the transition's; ``meeting``: leads to the meeting.
    """

    transition: Transition
    route: str
    label: Any
    what: Any
    when: Callable[[Folder], bool] = _always
    next: Callable[[Folder], bool] = _always
    danger: bool = False
    guarded: bool = False
    post: bool = False
    meeting: bool = False
    roles: frozenset[Role] = frozenset()

    def is_open(self, folder: Folder) -> bool:
        """Whether the person's role and the case's state are those of the row."""
        roles = self.roles or self.transition.roles
        here = State(folder.case.state) in self.transition.sources
        return here and bool(roles & folder.roles) and self.when(folder)

    def url(self, folder: Folder) -> str:
        """Where the row leads."""
        if not self.meeting:
            return reverse(self.route, args=[folder.case.pk])
        return reverse(self.route, args=[folder.item.meeting_id]) if folder.item else reverse("workflows:meeting-list")


_READERS = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER})
_APPLICANTS = frozenset({Role.APPLICANT, Role.TEAM})


def _never(_folder: Folder) -> bool:
    return False


def _unclassified(folder: Folder) -> bool:
    return not folder.case.tier


def _classified(folder: Folder) -> bool:
    return bool(folder.case.tier)


def _too_few(folder: Folder) -> bool:
    return len(folder.reviews) < folder.rules.review.min_reviewers.value


def _unrated(folder: Folder) -> bool:
    return folder.own_review is not None and folder.own_review.submitted_at is None


def _handed_in(folder: Folder) -> bool:
    return folder.own_review is not None and folder.own_review.submitted_at is not None


def _scheduled(folder: Folder) -> bool:
    return folder.item is not None


def _unscheduled(folder: Folder) -> bool:
    return folder.item is None


def _to_draft(folder: Folder) -> bool:
    """Whoever checks a modified version does so, and drafts, on one page under one name."""
    checks = State(folder.case.state) is State.CHECKING and Role.CHAIR in folder.roles
    return folder.draft is None and not checks


def _drafted(folder: Folder) -> bool:
    return folder.draft is not None


def _leaderless(folder: Folder) -> bool:
    return not folder.chair_free and folder.leading == folder.chair


def _chair_is_back(folder: Folder) -> bool:
    return folder.chair_free and folder.case.acting_chair_id is not None


def _notice_free(folder: Folder) -> bool:
    return len(folder.notices) < folder.rules.acceptance.supplement_notices.value


ENTRIES = (
    Entry(
        t.SUBMIT,
        "workflows:application-check",
        _("Continue the application"),
        _("See what is still missing, fill it in and submit."),
        roles=_APPLICANTS,
    ),
    Entry(
        t.ANSWER_SUPPLEMENT,
        "workflows:supplement-answer",
        _("Answer the supplement notice"),
        _("Item by item; then the committee's secretary checks again."),
        roles=_APPLICANTS,
    ),
    Entry(
        t.RESUBMIT,
        "workflows:application-check",
        _("Modify and hand in again"),
        _("Change what the decision asks for and hand in the new version; the same committee receives it."),
        roles=_APPLICANTS,
    ),
    Entry(
        t.CLASSIFY,
        "workflows:case-classify",
        _("Confirm tier and flags"),
        _("With the applicant's own answers beside the form. Acceptance waits for it."),
        when=_unclassified,
    ),
    Entry(
        t.ACCEPT,
        "workflows:case-accept",
        _("Accept"),
        _("The procedure is fixed with its reasons, and the time limit begins."),
        when=_classified,
        guarded=True,
    ),
    Entry(
        t.REQUEST_SUPPLEMENT,
        "workflows:case-supplement",
        _("Send the supplement notice"),
        _("One complete notice of everything that is missing; there is no second one."),
        when=_notice_free,
        next=_never,
    ),
    Entry(
        t.ASSIGN,
        "workflows:case-reviewers",
        _("Assign reviewers"),
        _("With each member's workload and conflicts in sight."),
        next=_too_few,
    ),
    Entry(
        t.RATE,
        "workflows:review",
        _("Rate the case"),
        _("Indicator by indicator, with reasons and evidence; nobody sees it before you hand it in."),
        when=_unrated,
    ),
    Entry(
        t.CLOSE_REVIEWS,
        "workflows:reviews-close",
        _("Open the reviews to the committee"),
        _("Ends the blind phase: every member sees who rated what, and the case is ready for a meeting."),
        guarded=True,
        post=True,
    ),
    Entry(
        t.OPEN_ITEM,
        "workflows:meeting-list",
        _("Put the case on an agenda"),
        _("Plan a meeting, or add the case to one that is planned."),
        when=_unscheduled,
        meeting=True,
        roles=frozenset({Role.SECRETARY}),
    ),
    Entry(
        t.OPEN_ITEM,
        "workflows:meeting",
        _("Go to the meeting"),
        _("The case is on its agenda."),
        when=_scheduled,
        meeting=True,
        roles=_READERS,
    ),
    Entry(
        t.PUT_MOTION,
        "workflows:meeting",
        _("Go to the meeting"),
        _("The committee deliberates on this case now."),
        meeting=True,
        roles=_READERS,
    ),
    Entry(
        t.CLOSE_MOTION,
        "workflows:meeting",
        _("Go to the ballot"),
        _("A motion is being voted on."),
        meeting=True,
        roles=_READERS,
    ),
    Entry(
        t.DRAFT_DECISION,
        "workflows:decision",
        _("Draft the decision"),
        _("What its kind must state is listed there, with a preview of the letter."),
        when=_to_draft,
    ),
    Entry(
        t.ISSUE_DECISION,
        "workflows:decision",
        _("Issue the decision"),
        _("Read the draft, then issue it: letter and report are signed and the applicant is told."),
        when=_drafted,
        guarded=True,
    ),
    Entry(
        t.CONFIRM_MODIFICATION,
        "workflows:decision",
        _("Check the modified version"),
        _("Confirm it, or send it back with reasons."),
    ),
    Entry(
        t.DRAFT_DECISION,
        "workflows:decision",
        _("Revise the draft of the decision"),
        _("It waits for the chair to issue it."),
        when=_drafted,
        next=_never,
        roles=frozenset({Role.SECRETARY}),
    ),
    Entry(
        t.DESIGNATE,
        "workflows:case-designate",
        _("Designate who acts for the chair"),
        _("The chair is recused from this case or away, and nobody leads it."),
        when=_leaderless,
    ),
    Entry(
        t.END_DESIGNATION,
        "workflows:case-designation-end",
        _("Return the case to the chair"),
        _("The chair is available again and leads the case from now on."),
        when=_chair_is_back,
        next=_never,
        post=True,
    ),
    Entry(
        t.CLASSIFY,
        "workflows:case-classify",
        _("Change tier and flags"),
        _("With a reason; the change is kept in the history."),
        when=_classified,
        next=_never,
    ),
    Entry(
        t.REVISE_RATING,
        "workflows:review",
        _("Look at your review"),
        _("A rating can be revised with a reason; the earlier one stays in the record."),
        when=_handed_in,
        next=_never,
    ),
    Entry(
        t.EXTEND,
        "workflows:case-extend",
        _("Extend the time limit"),
        _("To a later last day, with reasons the applicant is told."),
        next=_never,
    ),
    Entry(
        t.DECLINE,
        "workflows:case-decline",
        _("Do not accept"),
        _("The case ends here; the applicant is told the reasons."),
        next=_never,
        danger=True,
    ),
    Entry(
        t.WITHDRAW,
        "workflows:case-withdraw",
        _("Withdraw the case"),
        _("It ends here. Possible until voting has been opened."),
        next=_never,
        danger=True,
    ),
)

AWAITS = {
    State.DRAFT: _("The application is being written. Only the applicant's side sees it."),
    State.SUBMITTED: _("The secretary checks whether the application is complete and whether to accept it."),
    State.SUPPLEMENT: _("The committee waits for the applicant's answer to the supplement notice."),
    State.DECLINED: _("The committee did not accept the application. The case is closed."),
    State.WITHDRAWN: _("The applicant withdrew the application. The case is closed."),
    State.ACCEPTED: _("The secretary assigns the reviewers."),
    State.REVIEWING: _("The reviewers rate the case, each without seeing the others' ratings."),
    State.READY: _("The reviews are in. The case waits for a meeting of the committee."),
    State.DELIBERATING: _("The committee deliberates in its meeting."),
    State.VOTING: _("The committee votes on a motion."),
    State.CARRIED: _("The committee has voted. The decision is drafted, then issued by whoever leads the case."),
    State.MODIFYING: _("The applicant modifies the application as the decision asks."),
    State.CHECKING: _("The modified version is checked by whoever leads the case."),
    State.APPROVED: _("The activity is approved within the scope and under the conditions of the decision."),
    State.REFUSED: _("The activity is not approved. The case is closed."),
}


def rows(folder: Folder) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the case waits for from this person now, and what else the person may do, as the page takes them."""
    found = [entry for entry in ENTRIES if entry.is_open(folder)]
    return [_row(folder, e) for e in found if e.next(folder)], [_row(folder, e) for e in found if not e.next(folder)]


def _row(folder: Folder, entry: Entry) -> dict[str, Any]:
    found = gaps(entry.transition, replace(folder.facts, reasons=True), folder.rules) if entry.guarded else ()
    return {
        "label": entry.label,
        "what": entry.what,
        "url": entry.url(folder),
        "danger": entry.danger,
        "post": entry.post,
        "needed": needed(found, folder.rules, folder.instrument),
    }


def may_read_reviews(folder: Folder) -> bool:
    """Whether the comparison is open to the person: the reviews are, and the person sits on the committee."""
    return folder.case.reviews_opened_at is not None and bool(_READERS & folder.roles)
