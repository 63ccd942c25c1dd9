"""The words of the codes that the domain returns."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.answers import AnswerFault
from assessments.domain.states import AssessmentState

ANSWER_FAULTS: dict[AnswerFault, str | Promise] = {
    AnswerFault.UNKNOWN_ITEM: _("This indicator does not belong to the instrument."),
    AnswerFault.UNKNOWN_STEP: _("This rating does not belong to the scale."),
    AnswerFault.STEP_AND_NOT_APPLICABLE: _("Choose either a rating or “not applicable”, not both."),
    AnswerFault.NOT_APPLICABLE_REFUSED: _("In this instrument every indicator needs a rating."),
    AnswerFault.REASON_MISSING: _("Say why the indicator does not apply."),
    AnswerFault.TOO_LONG: _("The text is too long."),
    AnswerFault.UNKNOWN_DOCUMENT: _("The document cited as evidence was not found."),
    AnswerFault.NO_SUCH_PAGE: _("The document has no such page."),
    AnswerFault.SUBMITTED: _("The assessment is submitted; a rating can only be revised."),
    AnswerFault.NOT_SUBMITTED: _("The assessment is not submitted yet; change the rating itself."),
}
ASSESSMENT_STATES: dict[AssessmentState, str | Promise] = {
    AssessmentState.OPEN: pgettext_lazy("assessment", "being filled"),
    AssessmentState.SUBMITTED: pgettext_lazy("assessment", "submitted"),
}
