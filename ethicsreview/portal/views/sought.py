"""What an authority sought, in words: the filters of the pages, and those of the interface for programs."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ethicsreview.portal.domain.searches import Filter
from ethicsreview.portal.views.search_words import decision_words, plain
from ethicsreview.portal.wording import NAMES, NAMES_OF_PROGRAMS, ORDERS
from workflows.wording import CERTIFICATE_STATES, REPORT_KINDS, REPORT_STATES, STATES, V_STATES

STATES_OF: dict[str, Mapping[Any, Any]] = {
    "cases": STATES,
    "verifications": V_STATES,
    "maturity": CERTIFICATE_STATES,
    "reports": REPORT_STATES,
}
WORDS = NAMES_OF_PROGRAMS | NAMES
BY_NUMBER = frozenset({"committee", "organisation", "applicant", "host", "assessment"})
PLAIN = frozenset({Filter.PROVINCE, Filter.SECTOR, Filter.PROCEDURE, Filter.DOCUMENT, Filter.LANGUAGE})


class Sought:
    """Words for any number of searches; the rulebooks' kinds of decision are read once, where one is named."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def decisions(self) -> dict[str, str]:
        """What rulebooks call their kinds of decision."""
        return decision_words(self.language)

    def of(self, about: str, filters: Mapping[str, str]) -> str:
        """Every filter of one search with its value, as they were asked for."""
        asked = dict(parse_qsl(filters["query"])) if "query" in filters else dict(filters)
        if "query" in filters:
            asked.pop("kind", None)  # what is sought stands beside it
        return " · ".join(
            f"{WORDS.get(name, name)}: {', '.join(self._value(about, name, one) for one in value.split(', '))}"
            for name, value in asked.items()
        )

    def _value(self, about: str, name: str, value: str) -> str:
        match name:
            case "q" | "text":
                return value
            case "state":
                return str(STATES_OF.get(about, {}).get(value, value))
            case "decision":
                return self.decisions.get(value, value)
            case "kind":
                known: Mapping[Any, Any] = self.decisions if about == "decisions" else REPORT_KINDS
                return str(known.get(value, value))
            case "order":
                return str(ORDERS[about == "committees"].get(value, value))  # type: ignore[call-overload]  # a StrEnum
            case _ if name in BY_NUMBER:
                return f"№ {value}"
            case _ if name in PLAIN:
                return plain(Filter(name), value)
            case _:
                return _written(value)


def _written(value: str) -> str:
    """Switches and days as they are said; everything else word by word."""
    if value.lower() in {"true", "on"}:
        return _("Yes")
    if value.lower() == "false":
        return _("No")
    try:
        return date_format(date.fromisoformat(value))
    except ValueError:
        return value
