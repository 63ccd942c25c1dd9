"""The page of a search: tabs, chips, counts and neighbouring pages, each an address of its own."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.portal.domain.reading import Reading
from ethicsreview.portal.domain.searches import (
    Filter,
    Kind,
    Place,
    Search,
    Side,
    address,
    at,
    narrowed_by,
    turned_to,
    without,
    written,
)
from ethicsreview.portal.forms.searches import TYPED, NameForm, SearchForm
from ethicsreview.portal.queries.saved import saved_searches
from ethicsreview.portal.queries.search import TABBED, Results, most_offered
from ethicsreview.portal.views.search_words import Words
from ethicsreview.portal.wording import FAULTS, FILTERS, LIMITS, NAMES, SEARCHED

Row = dict[str, Any]


def url_of(search: Search) -> str:
    """The one address of a search."""
    return f"{reverse('portal:search')}?{address(search)}"


def framed(reading: Reading, given: Mapping[str, str], user: User) -> Row:
    """What stands on the page whatever was found: the form, the tabs, what is wrong, what was saved."""
    search = reading.search
    query = address(at(search, None))
    return {
        "search": search,
        "search_text": search.text,
        "form": SearchForm(search, dict(given) if reading.faults else None),
        "kept": [(name.value, value) for name, value in _kept(search)],
        "tabs": tabs_of(search, {}),
        "elsewhere_url": f"{reverse('portal:search-elsewhere')}?{query}" if not reading.faults else "",
        "faults": [_fault(one.name, one.value, str(FAULTS[one.code])) for one in reading.faults],
        "query": query,
        "name_form": NameForm(auto_id="saved-%s"),
        "saved": [{"row": row, "current": row.address == query} for row in saved_searches(user)],
        "clear_url": url_of(Search(search.kind)),
    }


def _kept(search: Search) -> list[tuple[Filter, str]]:
    """What the form does not ask for, carried along in it."""
    return [(name, written(value)) for name, value in search.filters if name not in TYPED]


def _fault(name: str, value: str, words: str) -> str:
    named: dict[str, Any] = {"name": NAMES.get(name, name), "value": value}
    return words % (named | LIMITS)


def tabs_of(search: Search, counts: Mapping[Kind, int]) -> list[Row]:
    """Every kind as an address of the same question."""
    return [
        {
            "label": SEARCHED[kind],
            "url": url_of(turned_to(search, kind)),
            "current": kind is search.kind,
            "count": _capped(counts[kind], TABBED + 1) if kind in counts else None,
        }
        for kind in Kind
    ]


def _capped(number: int, most: int) -> str:
    return f"{most - 1}+" if number >= most else str(number)


def found(search: Search, results: Results) -> Row:
    """What depends on what was found."""
    words = Words(search, results.names)
    return {
        "total": f"{results.total:,}{'+' if results.capped else ''}",
        "capped": results.capped,
        "filters": _chips(search, words),
        "facets": [facet for name in results.facets if (facet := _facet(search, words, name, results))],
        "page": _pages(search, results),
    }


def _chips(search: Search, words: Words) -> list[Row]:
    """One for the words, one for each filter in use, with the address that leaves it out."""
    text: Row = {"label": _("Words"), "value": search.text, "remove_url": url_of(without(search, None))}
    chips = [text] if search.text else []
    for name, value in search.filters:
        label = "" if name is Filter.OVERDUE else str(FILTERS[name])
        chips.append({"label": label, "value": words.of(name, value), "remove_url": url_of(without(search, name))})
    return chips


def _facet(search: Search, words: Words, name: Filter, results: Results) -> Row | None:
    """The commonest values of a filter, each as an address; None where there is nothing to choose."""
    chosen = search.value(name)
    counts, most = results.facets[name], most_offered(name)
    shown = [one for place, one in enumerate(counts) if place < most or str(one.value) == str(chosen)]
    if not shown or (chosen is None and len(shown) < 2 and name is not Filter.OVERDUE):
        return None
    values = [_value(search, words, name, one.value, one.number) for one in shown]
    return {"label": FILTERS[name], "values": values, "more": len(counts) > most, "open": chosen is not None}


def _value(search: Search, words: Words, name: Filter, value: Any, number: int) -> Row:
    given = True if name is Filter.OVERDUE else value
    current = str(search.value(name)) == str(given)
    return {
        "label": words.of(name, value),
        "count": number,
        "current": current,
        "url": url_of(without(search, name) if current else narrowed_by(search, name, given)),
    }


def _pages(search: Search, results: Results) -> Row:
    last = Place(Side.LAST)
    return {
        "first_url": url_of(at(search, None)) if results.previous else "",
        "previous_url": url_of(at(search, results.previous)) if results.previous else "",
        "next_url": url_of(at(search, results.next)) if results.next else "",
        "last_url": url_of(at(search, last)) if results.next else "",
    }
