"""What a person can do about a verification, row by row: the transition that guards it and the page that does it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.domain import verification_table as t
from workflows.domain.verification_states import VRole, VState
from workflows.domain.verification_table import Transition, verification_gaps
from workflows.queries.verifications import VerificationFolder
from workflows.views.verification_doors import needed
from workflows.views.verification_pieces import panel_votes


def _always(_folder: VerificationFolder) -> bool:
    return True


def _never(_folder: VerificationFolder) -> bool:
    return False


@dataclass(frozen=True)
class Entry:
    """One row; ``what`` says in a sentence what the step does.

    ``next``: whether this is what the verification waits for now. ``guarded``: what is missing is shown beside it.
    """

    transition: Transition
    route: str
    label: Any
    what: Any
    when: Callable[[VerificationFolder], bool] = _always
    next: Callable[[VerificationFolder], bool] = _always
    guarded: bool = False

    def is_open(self, folder: VerificationFolder) -> bool:
        """Whether the person's role and the state are those of the row."""
        here = folder.facts.state in self.transition.sources
        return here and bool(self.transition.roles & folder.roles) and self.when(folder)


def _short_of_team(folder: VerificationFolder) -> bool:
    return bool(verification_gaps(t.ACCEPT, replace(folder.facts, roles=t.ACCEPT.roles), folder.scheme))


def _teamed(folder: VerificationFolder) -> bool:
    return not _short_of_team(folder)


def _at_entry(folder: VerificationFolder) -> bool:
    return folder.facts.state is VState.ENTRY


def _needs_team(folder: VerificationFolder) -> bool:
    if _at_entry(folder):
        return _short_of_team(folder)
    return folder.facts.team < folder.scheme.team.value or not folder.facts.has_lead


def _needs_reviewer(folder: VerificationFolder) -> bool:
    late = folder.facts.state in {VState.RECOMMENDING, VState.COMPLIANCE}
    return late and not folder.facts.has_reviewer


def _needs_panel(folder: VerificationFolder) -> bool:
    late = folder.facts.state in {VState.COMPLIANCE, VState.PANEL}
    return late and panel_votes(folder) and folder.facts.seated < folder.scheme.panel.size.value


def _panel_complete(folder: VerificationFolder) -> bool:
    return folder.facts.seated >= folder.scheme.panel.size.value and folder.facts.standing is None


def _ballot_open(folder: VerificationFolder) -> bool:
    return folder.facts.standing is not None


def _unanswered(folder: VerificationFolder) -> bool:
    return any(finding.answered_at is None for finding in folder.findings)


def _has_findings(folder: VerificationFolder) -> bool:
    return bool(folder.findings)


def _unresolved(folder: VerificationFolder) -> bool:
    return bool(folder.facts.unresolved)


def _rates_now(folder: VerificationFolder) -> bool:
    facts = folder.facts
    if facts.state is VState.RECOMMENDING:
        return bool(facts.unrated or facts.unjudged)
    return bool(facts.unrated or facts.unjudged or facts.undecided or facts.claim_unjudged)


def _unsigned(folder: VerificationFolder) -> bool:
    return folder.facts.finding_unsigned


def _rated(folder: VerificationFolder) -> bool:
    return not _rates_now(folder)


def _unvisited(folder: VerificationFolder) -> bool:
    return bool(t.RELEASE.checks[-1](folder.facts, folder.scheme))


def _window_over(folder: VerificationFolder) -> bool:
    return not t.END_CORRECTION.checks[0](folder.facts, folder.scheme)


def _objected(folder: VerificationFolder) -> bool:
    return folder.facts.open_objections > 0


def _any_objection(folder: VerificationFolder) -> bool:
    return bool(folder.objections)


def _upheld(folder: VerificationFolder) -> bool:
    return folder.facts.upheld > 0


def _notice_settled(folder: VerificationFolder) -> bool:
    found = verification_gaps(t.DECIDE, replace(folder.facts, roles=t.DECIDE.roles, refusing=True), folder.scheme)
    return not found


ENTRIES = (
    Entry(
        t.ANSWER_FINDING,
        "workflows:verification-findings",
        _("Answer the findings"),
        _("Item by item, with new evidence where you have it, until the last day of the window."),
        when=_has_findings,
        next=_unanswered,
    ),
    Entry(
        t.CLOSE_CORRECTION,
        "workflows:verification-correction-close",
        _("End the correction window"),
        _("All that can be answered is answered, and the team goes on before the last day."),
    ),
    Entry(
        t.ASSIGN,
        "workflows:verification-team",
        _("Assign the assessors"),
        _("With each assessor's workload and conflicts in sight; one of them leads."),
        next=_needs_team,
    ),
    Entry(
        t.ACCEPT,
        "workflows:verification-accept",
        _("Accept the verification"),
        _("The entry check is passed; the team reads the documents and rates in a round of its own."),
        next=_teamed,
        guarded=True,
    ),
    Entry(
        t.NAME_REVIEWER,
        "workflows:verification-reviewer",
        _("Name who reviews compliance"),
        _("Somebody outside the team looks at the procedure before the panel or the public notice."),
        next=_needs_reviewer,
    ),
    Entry(
        t.SEAT,
        "workflows:verification-seats",
        _("Seat the expert panel"),
        _("Experts of the body with no other part in this verification vote on the recommended tier."),
        when=panel_votes,
        next=_needs_panel,
    ),
    Entry(
        t.RATE,
        "workflows:verification-rating",
        _("Rate the criteria"),
        _("Claim and evidence on one side, your own rating on the other; the self-rating is never touched."),
        next=_rates_now,
    ),
    Entry(
        t.COUNTERSIGN_DCMM,
        "workflows:verification-dcmm",
        _("Countersign the DCMM finding"),
        _("A finding of the DCMM level counts once another assessor of the team has signed it."),
        when=_unsigned,
    ),
    Entry(
        t.BEGIN_ONSITE,
        "workflows:verification-onsite-begin",
        _("Go on site"),
        _("Ends the document review; from now on what happens on site is recorded."),
        next=_rated,
        guarded=True,
    ),
    Entry(
        t.RECORD_ONSITE,
        "workflows:verification-onsite",
        _("Record what was done on site"),
        _("Interviews by role, demonstrations and sampled scenarios, with what is still wanted."),
        next=_unvisited,
    ),
    Entry(
        t.WRITE_FINDING,
        "workflows:verification-findings",
        _("Write findings"),
        _("What is short, criterion by criterion. The enterprise sees nothing of it before the release."),
        next=_never,
    ),
    Entry(
        t.RELEASE,
        "workflows:verification-release",
        _("Release ratings and findings"),
        _("The enterprise reads them, and its correction window begins."),
        guarded=True,
    ),
    Entry(
        t.END_CORRECTION,
        "workflows:verification-correction-close",
        _("End the lapsed correction window"),
        _("Its last day has passed; the team settles the findings and recommends."),
        when=_window_over,
    ),
    Entry(
        t.RESOLVE_FINDING,
        "workflows:verification-findings",
        _("Settle the findings"),
        _("Say of each what became of it; rate its criterion anew where the answer changes it."),
        when=_has_findings,
        next=_unresolved,
    ),
    Entry(
        t.RECOMMEND,
        "workflows:verification-recommend",
        _("Recommend the tier"),
        _("The tier is computed from the assessors' ratings; you give the grounds."),
        guarded=True,
    ),
    Entry(
        t.PASS_COMPLIANCE,
        "workflows:verification-compliance",
        _("Review the procedure"),
        _("Point by point: pass it on, or send it back to the team with reasons."),
    ),
    Entry(
        t.OPEN_BALLOT,
        "workflows:verification-panel",
        _("Open the panel's ballot"),
        _("The experts vote on the recommended tier; nobody sees how before it is closed."),
        when=_panel_complete,
        guarded=True,
    ),
    Entry(
        t.VOTE,
        "workflows:verification-panel",
        _("Vote on the recommended tier"),
        _("With ratings, findings and grounds at hand. Your vote stays secret until the ballot is closed."),
        when=_ballot_open,
    ),
    Entry(
        t.CLOSE_BALLOT,
        "workflows:verification-panel",
        _("Close the panel's ballot"),
        _("Counts the votes: on to the public notice, or back to the team."),
        when=_ballot_open,
        guarded=True,
    ),
    Entry(
        t.SETTLE_OBJECTION,
        "workflows:verification-objections",
        _("Settle the objections"),
        _("Each is answered in writing before anything is decided."),
        when=_any_objection,
        next=_objected,
    ),
    Entry(
        t.REOPEN,
        "workflows:verification-reopen",
        _("Send the recommendation back to the team"),
        _("An objection was upheld: the team settles it and recommends anew."),
        when=_upheld,
    ),
    Entry(
        t.DECIDE,
        "workflows:verification-decide",
        _("Decide"),
        _("Issue the certificate of the recommended tier, or refuse it with reasons."),
        next=_notice_settled,
        guarded=True,
    ),
    Entry(
        t.RETURN,
        "workflows:verification-return",
        _("Do not accept"),
        _("The verification ends here; the enterprise is told the reasons and may ask again."),
        next=_never,
    ),
    Entry(
        t.WITHDRAW,
        "workflows:verification-withdraw",
        _("Withdraw the verification"),
        _("It ends here. What was handed in stays in the record."),
        next=_never,
    ),
)

AWAITS = {
    VState.ENTRY: _("The body checks what was handed in and puts a team together."),
    VState.DOCUMENTS: _("The assessors read the evidence and rate each criterion in a round of their own."),
    VState.ONSITE: _("The assessors interview people and look at systems at work."),
    VState.CORRECTION: _("Ratings and findings are released; the enterprise answers the findings."),
    VState.RECOMMENDING: _("The team settles the findings and recommends a tier."),
    VState.COMPLIANCE: _("Somebody outside the team looks at whether the procedure was kept."),
    VState.PANEL: _("The expert panel votes on the recommended tier."),
    VState.NOTICE: _("The recommendation is public; anybody may object until the last day of the notice."),
    VState.CERTIFIED: _("The tier is certified and stands in the public register."),
    VState.REFUSED: _("No certificate was issued. The verification is closed."),
    VState.RETURNED: _("The body did not accept the verification. It is closed."),
    VState.WITHDRAWN: _("The enterprise withdrew the verification. It is closed."),
}


def rows(folder: VerificationFolder) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the verification waits for from this person now, and what else the person may do."""
    found = [entry for entry in ENTRIES if entry.is_open(folder)]
    return [_row(folder, e) for e in found if e.next(folder)], [_row(folder, e) for e in found if not e.next(folder)]


def _row(folder: VerificationFolder, entry: Entry) -> dict[str, Any]:
    found = verification_gaps(entry.transition, folder.facts, folder.scheme) if entry.guarded else ()
    return {
        "label": entry.label,
        "what": entry.what,
        "url": reverse(entry.route, args=[folder.verification.pk]),
        "needed": needed(found, folder),
    }


def may_recuse(folder: VerificationFolder) -> bool:
    """Whether the page of conflicts is this person's: somebody of the body, as long as there is something to judge."""
    return folder.facts.state in t.DECLARE_RECUSAL.sources and bool(t.DECLARE_RECUSAL.roles & folder.roles)


def is_of_enterprise(folder: VerificationFolder) -> bool:
    """Whether the person stands on the enterprise's side."""
    return bool({VRole.ENTERPRISE, VRole.LEAD} & folder.roles)
