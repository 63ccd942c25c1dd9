"""The words of figures."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.portal.domain.figures import Board, Duty
from workflows.domain.gapcodes import GapCode

Words = str | Promise

BOARDS: dict[Board, Words] = {
    Board.DECISIONS: pgettext_lazy("figures", "Decisions by kind"),
    Board.RATINGS: _("Ratings of decided cases by point"),
    Board.WEAK: _("Weak points across cases"),
    Board.TURNAROUND: _("Days from acceptance to decision"),
    Board.OVERDUE: _("Overdue obligations"),
    Board.COMPOSITION: _("Committees whose composition is broken"),
    Board.MATURITY: _("Valid maturity certificates"),
}

DUTIES: dict[Duty, Words] = {
    Duty.DECIDE: _("Cases whose limit is over without a decision"),
    Duty.DECIDED_LATE: _("Cases decided after their limit"),
    Duty.CONDITION: _("Approvals with a condition whose day has passed"),
    Duty.LOOK: _("Certificates whose yearly look is overdue"),
    Duty.DCMM: _("Certificates resting on a DCMM certificate that has run out"),
}

LACKS: dict[GapCode, Words] = {
    GapCode.MEMBERS_MISSING: _("Too few members"),
    GapCode.PARITY_WRONG: _("An even number of members"),
    GapCode.CHAIR_MISSING: _("Not the one chair it needs"),
    GapCode.CATEGORY_MISSING: _("A field that no member covers"),
    GapCode.GENDER_MISSING: _("Members all of one sex"),
    GapCode.EXTERNAL_MISSING: _("Nobody from outside the host"),
    GapCode.TERM_TOO_LONG: _("Terms longer than allowed"),
}

# what is in no board, and why
LEFT_OUT: dict[Board, tuple[Words, ...]] = {
    Board.DECISIONS: (
        _("Decisions being written: they are open to nobody but their writers."),
        _("Cases not yet accepted: an authority reads a case from its acceptance on."),
        _("Cases without a decision: %(undecided)s under way, %(withdrawn)s withdrawn."),
    ),
    Board.RATINGS: (
        _("Ratings of cases not yet decided: they are open to an authority from the decision on."),
        _("What was rated after the decision, what reviewers gave who had left or were recused, and earlier answers."),
    ),
    Board.WEAK: (_("Ratings of cases not yet decided: they are open to an authority from the decision on."),),
    Board.TURNAROUND: (
        _("Cases that are not ended by a decision: under way, withdrawn, or being modified after one."),
        _("The time before acceptance, and what was done after the decision that ended the case."),
    ),
    Board.OVERDUE: (
        _("Whether a condition was met: nothing is kept of it yet, so its day alone is told."),
        _("Limits of cases not yet accepted, and of verifications not yet decided."),
    ),
    Board.COMPOSITION: (_("Seats that begin later or have ended: today's alone are counted."),),
    Board.MATURITY: (
        _("Self-assessments that nobody verified: they are the enterprises' own."),
        _("Verifications under way, whose rounds are not released: %(verifying)s."),
        _("Verifications decided without a certificate: %(uncertified)s. Certificates no longer valid: %(lapsed)s."),
    ),
}

CLOCKS: tuple[Words, ...] = (
    pgettext_lazy("figures", "With the committee"),
    pgettext_lazy("figures", "With the applicant"),
    pgettext_lazy("figures", "Both"),
)
SMALL = _("An authority may read every single result here, so small numbers are told as they are.")
MIDDLE = _("A spot is weak where at least one reviewer chose a step below the middle of the scale.")
OWN = _(
    "Cases that concern you yourself: %(count)s. They are counted here, but your lists leave them out. "
    "So that nothing of them can be worked out, no ratings are shown to you."
)
