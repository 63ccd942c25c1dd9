"""The words of a search: what each value is called in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, gettext

from assessments.wording import sector_name
from ethicsreview.accounts.wording import PROVINCES
from ethicsreview.portal.domain.searches import Filter, Kind, Search
from ethicsreview.portal.wording import DOCUMENTS, PROCEDURES
from workflows.domain.procedure_rules import Procedure
from workflows.domain.states import State
from workflows.domain.verification_states import CertificateState
from workflows.queries.rulebooks import load_rulebook, published_editions
from workflows.wording import CERTIFICATE_STATES, STATES


class Words:
    """What values are called; names of committees and organisations and the rulebooks' decisions are read once."""

    def __init__(self, search: Search, names: Mapping[Filter, Mapping[int, Any]]) -> None:
        self.search, self.names = search, names
        self.language = get_language() or "en"
        self.decisions: dict[str, str] = decision_words(self.language) if search.kind is Kind.DECISIONS else {}

    def of(self, name: Filter, value: Any) -> str:
        """The value as a person reads it; one that nothing is known of as it stands."""
        match name:
            case Filter.COMMITTEE | Filter.ORGANISATION:
                known = self.names.get(name, {}).get(int(value))
                return known.name_in(self.language) if known else f"№ {value}"
            case Filter.FROM | Filter.UNTIL if isinstance(value, date):
                return date_format(value)
            case Filter.STATE:
                return self._state(str(value))
            case Filter.DECISION:
                return self.decisions.get(str(value), str(value))
            case _:
                return plain(name, str(value))

    def _state(self, value: str) -> str:
        if self.search.kind is Kind.CASES:
            return str(STATES[State(value)])
        return str(CERTIFICATE_STATES[CertificateState(value)])


def plain(name: Filter, value: str) -> str:
    """The value of a filter whose words stand in no table of ours."""
    match name:
        case Filter.OVERDUE:
            return gettext("Overdue only")
        case Filter.PROVINCE:
            return str(PROVINCES.get(value, value))
        case Filter.SECTOR:
            return sector_name(value)
        case Filter.PROCEDURE if value in set(Procedure):
            return str(PROCEDURES[Procedure(value)])
        case Filter.DOCUMENT:
            return str(DOCUMENTS.get(value, value))
        case Filter.LANGUAGE:
            return str(get_language_info(value)["name_local"]) if value in {"en", "zh-hans"} else value
        case _:
            return value


def decision_words(language: str) -> dict[str, str]:
    """What the published rulebooks call each kind of decision."""
    rules = [load_rulebook(edition) for edition in published_editions()]
    return {rule.code: rule.label.in_(language) for rulebook in rules for rule in rulebook.decisions}
