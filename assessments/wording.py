"""The words of the codes that the domain returns."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.domain.answers import AnswerFault
from assessments.domain.claims import ClaimFault, ClaimSource, Party, Policy
from assessments.domain.enterprises import Sector, Size
from assessments.domain.evidence import Shortfall
from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, Part
from assessments.domain.scoring import Gate, Standing
from assessments.domain.staged import EvidenceNeed, StagedInstrument
from assessments.domain.states import AssessmentState
from assessments.domain.workbook import CellFault

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

SIZES: dict[Size, str | Promise] = {
    Size.SMALL: _("Small: up to 49 people"),
    Size.MEDIUM: _("Medium: 50 to 249 people"),
    Size.LARGE: _("Large: 250 to 999 people"),
    Size.VERY_LARGE: _("Very large: 1,000 people or more"),
}
SECTORS: dict[Sector, str | Promise] = {
    Sector.AGRICULTURE: pgettext_lazy("sector", "Agriculture, forestry, fishery"),
    Sector.MINING: pgettext_lazy("sector", "Mining"),
    Sector.MANUFACTURING: pgettext_lazy("sector", "Manufacturing"),
    Sector.STEEL: pgettext_lazy("sector", "Iron and steel"),
    Sector.ENERGY: pgettext_lazy("sector", "Energy and water"),
    Sector.CONSTRUCTION: pgettext_lazy("sector", "Construction"),
    Sector.TRADE: pgettext_lazy("sector", "Wholesale and retail"),
    Sector.TRANSPORT: pgettext_lazy("sector", "Transport, storage, post"),
    Sector.INFORMATION: pgettext_lazy("sector", "Software and information services"),
    Sector.FINANCE: pgettext_lazy("sector", "Finance"),
    Sector.REAL_ESTATE: pgettext_lazy("sector", "Real estate"),
    Sector.SERVICES: pgettext_lazy("sector", "Business and other services"),
    Sector.RESEARCH: pgettext_lazy("sector", "Research and technical services"),
    Sector.EDUCATION: pgettext_lazy("sector", "Education"),
    Sector.HEALTH: pgettext_lazy("sector", "Health and social work"),
    Sector.CULTURE: pgettext_lazy("sector", "Culture, sport, leisure"),
    Sector.PUBLIC: pgettext_lazy("sector", "Public administration"),
    Sector.OTHER: pgettext_lazy("sector", "Other"),
}
PARTS: dict[Part, str | Promise] = {
    Part.LEAD: _("leads the assessment"),
    Part.CONTRIBUTOR: _("contributes"),
    Part.READER: _("may read it"),
}
GATES: dict[Gate, str | Promise] = {
    Gate.DCMM: _("DCMM level"),
    Gate.FLOOR: _("Level of every item"),
    Gate.SCORE: _("Score"),
}
GATE_MEANINGS: dict[Gate, str | Promise] = {
    Gate.DCMM: _("The highest tier that the proved DCMM level allows."),
    Gate.FLOOR: _("Core items must reach the tier itself, all others may lie one level below."),
    Gate.SCORE: _("The weighted score, with every item cut at the tier, must come close enough to it."),
}
STANDINGS: dict[Standing, str | Promise] = {
    Standing.RATED: pgettext_lazy("criterion", "answered"),
    Standing.UNANSWERED: pgettext_lazy("criterion", "not answered yet"),
    Standing.NOT_REACHED: pgettext_lazy("criterion", "not reached"),
    Standing.NOT_APPLICABLE: pgettext_lazy("criterion", "set aside"),
}
CLAIM_SOURCES: dict[ClaimSource, str | Promise] = {
    ClaimSource.CERTIFICATE: pgettext_lazy("DCMM", "Certificate"),
    ClaimSource.FINDING: pgettext_lazy("DCMM", "Finding of the assessors"),
    ClaimSource.SELF: pgettext_lazy("DCMM", "Declared by the enterprise"),
}
PARTIES: dict[Party, str | Promise] = {
    Party.OWNER: pgettext_lazy("DCMM", "Data owner (party A)"),
    Party.PROVIDER: pgettext_lazy("DCMM", "Service provider (party B)"),
}
POLICIES: dict[Policy, str | Promise] = {
    Policy.CERTIFICATE_ONLY: _("A certificate alone"),
    Policy.CERTIFICATE_OR_FINDING: _("A certificate or a finding of the assessors"),
}
CLAIM_FAULTS: dict[ClaimFault, str | Promise] = {
    ClaimFault.NONE: _("No DCMM level is claimed yet."),
    ClaimFault.ENTITY: _("The certificate belongs to another legal entity."),
    ClaimFault.PARTY: _("The certificate was given to a service provider; only one given to a data owner counts."),
    ClaimFault.EDITION: _("The certificate follows an edition that does not count."),
    ClaimFault.NOT_YET: _("The certificate is not valid yet on the reference date."),
    ClaimFault.EXPIRED: _("The certificate has run out on the reference date."),
    ClaimFault.INCOMPLETE: _("The certificate's dates are missing."),
    ClaimFault.FINDING_REFUSED: _("Here only a certificate counts, not a finding."),
    ClaimFault.SELF_REFUSED: _("A declared level does not count for a verified result."),
}
_M = MaturityGapCode
MATURITY_GAPS: dict[MaturityGapCode, str | Promise] = {
    _M.WRONG_ROLE: _("Your part in this assessment does not allow it."),
    _M.SUBMITTED: _("The assessment is handed in and can only be read."),
    _M.STALE: _("Somebody changed the assessment after you opened the page. Read it again."),
    _M.NOT_YOUR_DIMENSION: _("The dimension %(detail)s is not among those you were named for."),
    _M.INSTRUMENT_UNSUITABLE: _("This instrument does not ask for levels; no self-assessment can be made with it."),
    _M.TARGET_UNKNOWN: _("The instrument has no tier %(detail)s."),
    _M.PREDECESSOR_UNSUITABLE: _("The earlier assessment belongs to another organisation or another instrument."),
    _M.CRITERION_UNKNOWN: _("%(detail)s does not belong to the instrument."),
    _M.SET_ASIDE_REFUSED: _("%(detail)s may not be set aside."),
    _M.SET_ASIDE_TOO_MUCH: _("Items set aside may weigh %(detail)s together at most."),
    _M.COLLEAGUE_UNKNOWN: _("The person has no enterprise role in your organisation."),
    _M.COLLEAGUE_LEADS: _("The person leads the assessment and may answer all of it."),
    _M.DIMENSIONS_MISSING: _("Choose at least one dimension."),
    _M.EVIDENCE_REMOVED: _("This piece of evidence has been removed."),
    _M.EVIDENCE_EMPTY: _("Evidence needs a title, and a file or a reference to where it is kept."),
    _M.EVIDENCE_AHEAD: _("A record cannot be dated later than today."),
    _M.KIND_UNKNOWN: _("This kind of evidence does not belong to the instrument."),
    _M.CLAIM_NOT_ASKED: _("Such a claim is not made here."),
    _M.CLAIM_INCOMPLETE: _("A certificate needs its edition, party, legal entity and both days, in their order."),
    _M.LEVEL_UNKNOWN: _("There is no DCMM level %(detail)s."),
    _M.UNANSWERED: _("%(detail)s is not answered."),
    _M.CLAIM_MISSING: _("Say which DCMM level you claim, or declare that you have none."),
}


def maturity_gap(gap: MaturityGap, instrument: StagedInstrument | None = None) -> str:
    """A hindrance in the reader's language; a dimension or an item is called by its name."""
    words = str(MATURITY_GAPS[gap.code])
    return words % {"detail": named(gap.detail, instrument)} if gap.detail else words


def named(key: str, instrument: StagedInstrument | None) -> str:
    """A dimension, item or criterion by key and title; anything else as it is."""
    if instrument is None:
        return key
    language = get_language() or "en"
    for dimension in instrument.dimensions:
        if dimension.key == key:
            return f"{key} {dimension.title.in_(language)}"
    criterion = instrument.criteria.get(key)
    item = instrument.items.get(criterion.item if criterion else key)
    return f"{key} {item.title.in_(language)}" if item else key


def sector_name(key: str) -> str:
    """A sector in the reader's language; one the house does not know as it was kept."""
    known = {sector.value: words for sector, words in SECTORS.items()}
    return str(known.get(key, key))


def shortfall(lacking: Shortfall, need: EvidenceNeed) -> str:
    """What a criterion's evidence lacks, with the number its level asks for."""
    match lacking:
        case Shortfall.NO_EVIDENCE:
            return gettext("no evidence is linked")
        case Shortfall.TOO_OLD:
            return ngettext(
                "no record from the last %(count)s month", "no record from the last %(count)s months", need.months
            ) % {"count": need.months}
        case Shortfall.TOO_FEW_KINDS:
            return ngettext(
                "fewer than %(count)s kind of evidence", "fewer than %(count)s kinds of evidence", need.kinds
            ) % {"count": need.kinds}
        case Shortfall.TOO_FEW_PERIODS:
            return ngettext(
                "no evidence that covers %(count)s full measurement period",
                "no evidence that covers %(count)s full measurement periods",
                need.periods,
            ) % {"count": need.periods}
        case Shortfall.NOTHING_OUTSIDE:
            return gettext("no proof from outside the enterprise")


def evidence_need(need: EvidenceNeed) -> list[str]:
    """What a criterion of a level needs at least for a high rating to count, one phrase each."""
    phrases = []
    if need.pieces:
        phrases.append(
            ngettext("%(count)s piece of evidence", "%(count)s pieces of evidence", need.pieces)
            % {"count": need.pieces}
        )
    if need.months:
        phrases.append(
            ngettext(
                "one dated within the last %(count)s month", "one dated within the last %(count)s months", need.months
            )
            % {"count": need.months}
        )
    if need.kinds > 1:
        phrases.append(
            ngettext("%(count)s different kind", "%(count)s different kinds", need.kinds) % {"count": need.kinds}
        )
    if need.periods:
        phrases.append(
            ngettext(
                "one over at least %(count)s full measurement period",
                "one over at least %(count)s full measurement periods",
                need.periods,
            )
            % {"count": need.periods}
        )
    if need.outside:
        phrases.append(gettext("one proof from outside the enterprise"))
    return phrases


CELL_FAULTS: dict[CellFault, str | Promise] = {
    CellFault.UNKNOWN_KEY: _("“%(shown)s” is no number of a criterion or an item."),
    CellFault.REPEATED_KEY: _("“%(shown)s” stands in more than one row; neither is taken."),
    CellFault.UNKNOWN_STEP: _("“%(shown)s” is not one of %(steps)s."),
    CellFault.NOT_RATED: _("“%(shown)s” cannot stand here: an item's own row takes “%(label)s” or nothing."),
    CellFault.NOT_SET_ASIDE: _("This item always counts; it may not be set aside."),
    CellFault.TOO_HEAVY: _("Items set aside may weigh %(weight)s together at most."),
    CellFault.REASON_MISSING: _("Say here why the item does not apply."),
    CellFault.TOO_LONG: _("The note is too long."),
    CellFault.UNPRINTABLE: _("Signed documents cannot print: %(shown)s"),
    CellFault.NO_VALUE: _("The cell holds a formula without a value; write the value itself."),
}
