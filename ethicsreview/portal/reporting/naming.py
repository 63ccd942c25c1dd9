"""What the rows and columns of figures are called in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments.domain.instrument import Instrument
from assessments.domain.staged import StagedInstrument
from assessments.wording import sector_name
from ethicsreview.accounts.domain import Reach
from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.wording import PROVINCES
from ethicsreview.portal.reporting.words import LACKS
from workflows.domain.gapcodes import GapCode
from workflows.domain.rulebook import Rulebook


def quarter_name(quarter: str) -> str:
    """A quarter as a person writes it."""
    year, _separator, number = quarter.partition("-Q")
    return _("Q%(number)s %(year)s") % {"number": number, "year": year}


def gap_name(code: GapCode) -> str:
    """What a committee lacks, without how many."""
    return str(LACKS.get(code, code.value))


def spot_name(instrument: Instrument | StagedInstrument, key: str, language: str) -> str:
    """A point or an item of an instrument; one it does not know as it was asked for."""
    if isinstance(instrument, StagedInstrument):
        return key
    for group in instrument.groups:
        if group.key == key:
            return group.title.in_(language)
    item = instrument.items.get(key)
    return f"{key} {item.question.in_(language)}" if item else key


def kind_names(rulebooks: Mapping[str, Rulebook], language: str) -> dict[str, str]:
    """What the newest rulebooks call each kind of decision, in their order."""
    return {rule.code: rule.label.in_(language) for one in rulebooks.values() for rule in one.decisions}


def article_of(rules: Rulebook | None, code: GapCode, language: str) -> str:
    """The article a rulebook asks it by."""
    citation = rules.gaps.get(code.value) if rules else None
    return citation.in_(language) if citation else ""


def reach_name(office: Organisation, language: str) -> str:
    """How far an authority sees, in a sentence."""
    words: dict[Reach, Promise | str] = {
        Reach.NATIONAL: _("Jurisdiction: the whole country"),
        Reach.PROVINCE: _("Jurisdiction: organisations in the province %(name)s")
        % {"name": PROVINCES.get(office.province, office.province)},
        Reach.SECTOR: _("Jurisdiction: organisations of the sector %(name)s") % {"name": sector_name(office.sector)},
        Reach.LISTED: _("Jurisdiction: the organisations listed by the operator"),
        Reach.NONE: _("No jurisdiction is set yet; please turn to the operator."),
    }
    return str(words[Reach(office.reach)])
