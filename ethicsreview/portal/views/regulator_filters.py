"""What narrows a list of the regulator's desk, read from its address, and the chips that take it away again."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import InstrumentVersion
from assessments.queries import load_any
from assessments.wording import sector_name
from ethicsreview.accounts.wording import PROVINCES
from ethicsreview.portal.domain.figures import Duty
from ethicsreview.portal.queries.narrowing import NOWHERE
from ethicsreview.portal.reporting.naming import gap_name, quarter_name, spot_name
from ethicsreview.portal.reporting.words import DUTIES
from ethicsreview.portal.wording import NAMES
from workflows.domain.gapcodes import GapCode

Row = dict[str, Any]


def asked_for(request: HttpRequest, known: Mapping[str, Callable[[str], bool]]) -> dict[str, str]:
    """The filters in use; what is no value of one is not asked for."""
    given = {name: request.GET.get(name, "")[:80] for name in known}
    return {name: value for name, value in given.items() if value and known[name](value)}


def chips(path: str, asked: Mapping[str, str], state: str = "") -> list[Row]:
    """Each filter in words, with the address of the list without it."""
    kept = {"state": state} if state else {}
    words = _words(asked)
    found = []
    for name, value in words.items():
        rest = {**kept, **{key: one for key, one in asked.items() if key != name}}
        found.append({"label": str(NAMES[name]), "value": value, "remove_url": f"{path}?{urlencode(rest)}"})
    return found


def _words(asked: Mapping[str, str]) -> dict[str, str]:
    row = (
        InstrumentVersion.objects.filter(pk=asked["instrument"]).defer("content").first()
        if "instrument" in asked
        else None
    )
    instrument, language = load_any(row) if row else None, get_language() or "en"
    said: dict[str, Callable[[str], str]] = {
        "duty": lambda value: str(DUTIES[Duty(value)]),
        "quarter": quarter_name,
        "instrument": lambda value: f"{instrument.title.in_(language)} v{instrument.version}" if instrument else value,
        "spot": lambda value: spot_name(instrument, value, language) if instrument else value,
        "valid": lambda _value: _("valid certificates only"),
        "sector": lambda value: _("not stated") if value == NOWHERE else sector_name(value),
        "province": lambda value: _("not stated") if value == NOWHERE else str(PROVINCES.get(value, value)),
        "lacks": lambda value: _("anything") if value == "any" else gap_name(GapCode(value)),
    }
    return {name: said.get(name, str)(value) for name, value in asked.items()}
