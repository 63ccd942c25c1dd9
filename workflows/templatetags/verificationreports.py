"""Values of a verification's documents in the language of the document."""

from datetime import date, datetime
from fractions import Fraction
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language, npgettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from assessments.domain.claims import ClaimSource
from assessments.domain.instrument import ScaleStep
from assessments.domain.scorefile import cut
from assessments.domain.staged import EvidenceNeed, StagedInstrument
from assessments.wording import CLAIM_FAULTS, GATES, PARTIES, POLICIES, SIZES, evidence_need
from workflows.domain.verification_requests import REQUEST
from workflows.reporting.data import Edition
from workflows.reporting.verification_data import ClaimFacts, CriterionFacts, ItemFacts, LevelFacts
from workflows.reporting.verification_rounds import Rated, RoundFacts
from workflows.wording import FINDING_KINDS, ONSITE_KINDS, V_STATES

register = template.Library()
LONGEST_SCOPE = 320  # narrow characters on the certificate, a Chinese one counting two: five lines

STEPS = {
    REQUEST: pgettext_lazy("verification step", "Self-assessment handed in for verification"),
    "verification.accept": pgettext_lazy("verification step", "Accepted after the entry check"),
    "onsite.begin": pgettext_lazy("verification step", "On-site assessment begun"),
    "findings.release": pgettext_lazy("verification step", "Draft ratings and findings released to the enterprise"),
    "correction.close": pgettext_lazy("verification step", "Findings answered, correction window closed"),
    "correction.end": pgettext_lazy("verification step", "Correction window run out"),
    "verification.recommend": pgettext_lazy("verification step", "Tier recommended"),
    "compliance.pass": pgettext_lazy("verification step", "Compliance review passed"),
    "compliance.reject": pgettext_lazy("verification step", "Compliance review not passed, back to the team"),
    "panel.close": pgettext_lazy("verification step", "Vote of the expert panel closed"),
    "verification.reopen": pgettext_lazy("verification step", "Back to the team after an objection"),
    "verification.decide": pgettext_lazy("verification step", "Decided"),
}


def _here() -> str:
    return get_language() or "en"


@register.filter
def version(edition: Edition) -> str:
    """``slug v1``."""
    return f"{edition.slug} v{edition.version}"


@register.filter
def step_word(verb: str) -> str:
    """A step of the procedure in words."""
    return str(STEPS[verb])


@register.filter
def state_word(state: Any) -> str:
    """Where a verification stood."""
    return str(V_STATES[state])


@register.filter
def last_label(scale: tuple[ScaleStep, ...]) -> str:
    """What the best step is called."""
    return scale[-1].label.in_(_here())


@register.filter
def gate_word(gate: Any) -> str:
    """A gate in words."""
    return str(GATES[gate])


@register.filter
def size_word(size: Any) -> str:
    """A size in words."""
    return str(SIZES[size])


@register.filter
def policy_word(policy: Any) -> str:
    """What proves a DCMM level."""
    return str(POLICIES[policy])


@register.filter
def onsite_word(kind: Any) -> str:
    """What was done on site."""
    return str(ONSITE_KINDS[kind])


@register.filter
def finding_word(kind: Any) -> str:
    """How heavy a finding is."""
    return str(FINDING_KINDS[kind])


@register.filter
def party_word(party: Any) -> str:
    """As whom an enterprise was assessed."""
    return str(PARTIES[party])


@register.filter
def fault_word(fault: Any) -> str:
    """Why a claim is worth nothing."""
    return str(CLAIM_FAULTS[fault])


@register.filter
def decimals(value: Fraction | None) -> str:
    """Two decimals, cut off; a dash for nothing."""
    return "–" if value is None else cut(value)


@register.filter
def tier_name(number: int, instrument: StagedInstrument) -> str:
    """``Tier 3: Organisation-wide``; 0 is not graded."""
    tier = instrument.tier(number)
    if tier is None:
        return pgettext("maturity", "Not graded")
    return _("Tier %(number)s: %(name)s") % {"number": number, "name": tier.label.in_(_here())}


@register.filter
def tier_label(number: int, instrument: StagedInstrument) -> str:
    """The tier's name alone."""
    tier = instrument.tier(number)
    return tier.label.in_(_here()) if tier else pgettext("maturity", "Not graded")


@register.filter
def dcmm_name(level: int, instrument: StagedInstrument) -> str:
    """``4 (Quantitatively Managed)``; 0 is no proved level."""
    if not level or instrument.dcmm is None:
        return pgettext("DCMM", "none")
    name = instrument.dcmm.levels[level - 1].in_(_here())
    return f"{level}（{name}）" if _here().startswith("zh") else f"{level} ({name})"


@register.filter
def dcmm_proof(facts: ClaimFacts) -> str:
    """By what a DCMM level is proved, in one phrase."""
    if facts.claim.source is ClaimSource.CERTIFICATE:
        known = _("certificate %(number)s, %(body)s") if facts.body else _("certificate %(number)s")
        return known % {"number": facts.certificate, "body": facts.body}
    if facts.claim.source is ClaimSource.FINDING:
        return _("finding of the assessors")
    return _("declared by the enterprise")


@register.filter
def threshold(round_: RoundFacts, tier: int) -> Fraction:
    """The capped score that opens the score gate to a tier."""
    return round_.threshold(tier)


@register.filter
def at(values: Any, key: Any) -> Any:
    """One entry of a mapping, None where there is none."""
    return values.get(key)


@register.filter
def allows(allowed: int, tier: int) -> bool:
    """Whether a gate lets a tier through."""
    return tier <= allowed


@register.filter
def weight(value: Fraction | None) -> str:
    """A share of 100 with two decimals, without zeros at the end."""
    return "–" if value is None else cut(value).rstrip("0").rstrip(".")


@register.filter
def heat(level: LevelFacts) -> str:
    """The ground of a field of the heat map: the deeper, the more is met."""
    return "" if level.found is None else f"heat--{int(level.found * 4)}"


@register.filter
def mark(level: LevelFacts) -> str:
    """What stands in a field: the step of its one criterion, or the mean of several."""
    if level.found is None:
        return ""
    (first, *more) = level.criteria
    return decimals(level.found) if more or first.found is None else first.found.counted


@register.filter
def level_column(count: int) -> str:
    """The class of the heat map's columns, by how many there are."""
    return "w10" if count <= 4 else "w6"


@register.filter
def rating(rated: Rated | None) -> str:
    """A rating as given; what it counts as where that is less."""
    if rated is None:
        return "–"
    return f"{rated.step} → {rated.counted}" if rated.capped else rated.step


@register.filter
def notes_of(one: CriterionFacts) -> list[tuple[str, str]]:
    """What either side wrote about a criterion, with whose it is."""
    found = [
        (pgettext("maturity report", "Self"), one.own.note if one.own else ""),
        (pgettext("maturity report", "Verified"), one.found.note if one.found else ""),
    ]
    return [(whose, note) for whose, note in found if note]


@register.filter
def shown_levels(item: ItemFacts) -> list[LevelFacts]:
    """The levels either side reached."""
    return [level for level in item.levels if level.reached]


@register.filter
def unreached(item: ItemFacts) -> str:
    """The levels of an item that were asked for and neither side reached, in one phrase; empty when there is none."""
    asked = [level.level for level in item.levels if level.asked and not level.reached]
    if not asked:
        return ""
    return npgettext(
        "maturity report", "Level %(levels)s not reached", "Levels %(levels)s not reached", len(asked)
    ) % {"levels": _span(asked)}


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


@register.filter
def needs(need: EvidenceNeed) -> str:
    """What a criterion's evidence must bring at least, in one line."""
    return pgettext("between items", "; ").join(evidence_need(need))


@register.filter
def joined(words: Any) -> str:
    """Short words in a row."""
    return pgettext("between items", ", ").join(str(word) for word in words)


@register.filter
def shortened(text: str) -> str:
    """What fits on one page beside all else; more is cut, and the reader sent to the report."""
    words = " ".join(text.split())
    widths = accumulate(2 if east_asian_width(sign) in "WF" else 1 for sign in words)
    fitting = sum(width <= LONGEST_SCOPE for width in widths)
    if fitting == len(words):
        return text
    return _("%(text)s … (in full in the verification report)") % {"text": words[:fitting].rstrip()}


@register.filter
def day_words(on: date | datetime | None) -> str:
    """A day, written out; empty for none."""
    return date_format(on) if on else ""
