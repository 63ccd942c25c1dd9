"""Searches as values: an address and back, every bad value named, and where words stand in a text."""

from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethicsreview.portal.domain.marking import LONGEST, excerpt, marked
from ethicsreview.portal.domain.reading import DOCUMENTS, LANGUAGES, MOST_LETTERS, STATES, FaultCode, Reading, parse
from ethicsreview.portal.domain.searches import (
    APPLIES,
    Filter,
    Kind,
    Order,
    Place,
    Search,
    Side,
    Value,
    address,
    at,
    narrowed_by,
    turned_to,
    without,
)

CODES = st.from_regex(r"\A[A-Za-z0-9_.-]{1,12}\Z")
IDS = st.integers(1, 10**18 - 1)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
MOMENTS = st.datetimes(  # bounds as hypothesis wants them, without a zone
    datetime(1901, 1, 1),  # noqa: DTZ001
    datetime(2998, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
VALUES: dict[Filter, st.SearchStrategy[Value]] = {
    Filter.DECISION: CODES,
    Filter.DOCUMENT: st.sampled_from([str(one) for one in DOCUMENTS]),
    Filter.LANGUAGE: st.sampled_from(LANGUAGES),
    Filter.PROCEDURE: st.sampled_from(["general", "simplified", "re_review", "emergency"]),
    Filter.COMMITTEE: IDS,
    Filter.ORGANISATION: IDS,
    Filter.PROVINCE: CODES,
    Filter.SECTOR: CODES,
    Filter.YEAR: st.integers(1900, 2999),
    Filter.FROM: DAYS,
    Filter.UNTIL: DAYS,
    Filter.OVERDUE: st.just(True),
}


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """Any search that can be asked."""
    kind = draw(st.sampled_from(Kind))
    values = dict(VALUES)
    values[Filter.STATE] = st.sampled_from([str(one) for one in sorted(STATES.get(kind, {"none"}))])
    values[Filter.TIER] = st.integers(1, 9) if kind is Kind.MATURITY else CODES
    names = draw(st.sets(st.sampled_from(sorted(APPLIES[kind]))))
    chosen = {name: draw(values[name]) for name in Filter if name in names}
    first, last = chosen.get(Filter.FROM), chosen.get(Filter.UNTIL)
    if isinstance(first, date) and isinstance(last, date) and last < first:
        chosen[Filter.FROM], chosen[Filter.UNTIL] = last, first
    key = CODES if kind is Kind.COMMITTEES else MOMENTS
    beside = st.builds(Place, st.sampled_from([Side.AFTER, Side.BEFORE]), key, IDS)
    return Search(
        kind=kind,
        text=" ".join(draw(st.lists(WORDS, max_size=8))),
        filters=tuple(chosen.items()),
        order=draw(st.sampled_from(Order)),
        place=draw(st.none() | st.just(Place(Side.LAST)) | beside),
    )


@given(searches())
def test_every_search_comes_back_from_its_address(search: Search) -> None:
    assert parse(parse_qs(address(search))) == Reading(search)


@given(st.dictionaries(st.sampled_from(["kind", "q", "order", *Filter, *Side]), st.lists(st.text(max_size=30))))
def test_whatever_is_asked_is_answered_and_its_address_is_sound(data: dict[str, list[str]]) -> None:
    search = parse(data).search
    assert parse(parse_qs(address(search))) == Reading(search)


def faults(query: str) -> list[tuple[str, FaultCode]]:
    return [(one.name, one.code) for one in parse(parse_qs(query)).faults]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=people", [("kind", FaultCode.UNKNOWN)]),
        ("kind=cases&order=best", [("order", FaultCode.UNKNOWN)]),
        ("state=lost&tier=", [("state", FaultCode.UNKNOWN)]),
        ("kind=committees&state=draft", [("state", FaultCode.NOT_HERE)]),
        ("kind=maturity&tier=T2&state=valid", [("tier", FaultCode.UNKNOWN)]),
        ("committee=0&organisation=-1", [("committee", FaultCode.UNKNOWN), ("organisation", FaultCode.UNKNOWN)]),
        ("committee=9999999999999999999", [("committee", FaultCode.UNKNOWN)]),
        ("year=26&from=2026-13-01", [("year", FaultCode.UNKNOWN), ("from", FaultCode.UNKNOWN)]),
        ("from=2026-02-02&until=2026-02-01", [("until", FaultCode.REVERSED)]),
        ("from=0001-01-01", [("from", FaultCode.UNKNOWN)]),
        ("overdue=yes", [("overdue", FaultCode.UNKNOWN)]),
        ("state=draft&state=voting", [("state", FaultCode.TWICE)]),
        ("after=x&q=a", [("after", FaultCode.UNKNOWN)]),
        ("after=2026-11-24T10:00:00~4", [("after", FaultCode.UNKNOWN)]),
        ("last=2", [("last", FaultCode.UNKNOWN)]),
        ("q=%00", [("q", FaultCode.UNREADABLE)]),
        ("q=" + "a" * (MOST_LETTERS + 1), [("q", FaultCode.TOO_LONG)]),
        ("q=" + "+".join("abcdefghi"), [("q", FaultCode.TOO_MANY_WORDS)]),
        ("procedure=quick&decision=a+b", [("decision", FaultCode.NOT_HERE), ("procedure", FaultCode.UNKNOWN)]),
        ("unknown=1&q=%25", []),
    ],
)
def test_bad_value_is_named(query: str, found: list[tuple[str, FaultCode]]) -> None:
    assert faults(query) == found


def test_good_half_of_a_bad_address_is_kept() -> None:
    reading = parse({"q": [" crop　sorting "], "state": ["lost"], "tier": ["T2"]})
    assert reading.search == Search(text="crop sorting", filters=((Filter.TIER, "T2"),))


def test_chips_and_tabs_leave_out_what_does_not_fit() -> None:
    search = parse(parse_qs("q=crop&state=voting&tier=T2&province=310000&overdue=on&last=1")).search
    assert address(without(search, Filter.TIER)) == "kind=cases&q=crop&state=voting&province=310000&overdue=on"
    assert address(without(search, None)) == "kind=cases&state=voting&tier=T2&province=310000&overdue=on"
    assert address(turned_to(search, Kind.MATURITY)) == "kind=maturity&q=crop&province=310000"
    assert address(narrowed_by(search, Filter.STATE, "draft")) == (
        "kind=cases&q=crop&state=draft&tier=T2&province=310000&overdue=on"
    )
    assert address(at(search, None)) == "kind=cases&q=crop&state=voting&tier=T2&province=310000&overdue=on"


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("人工智能伦理审查", ("伦理",), (("人工智能", False), ("伦理", True), ("审查", False))),
        ("Crop CROP", ("crop",), (("Crop", True), (" ", False), ("CROP", True))),
        ("ＡＩ model", ("ai",), (("ＡＩ", True), (" model", False))),
        ("100% sure", ("%",), (("100", False), ("%", True), (" sure", False))),
        ("abcabc", ("ab", "bc"), (("abcabc", True),)),
        ("nothing", ("x", ""), (("nothing", False),)),
        ("", ("x",), ()),
    ],
)
def test_words_are_marked_without_difference_of_case_and_width(
    text: str, words: tuple[str, ...], pieces: tuple[tuple[str, bool], ...]
) -> None:
    assert marked(text, words) == pieces


@given(st.text(max_size=40), st.lists(st.text(max_size=4), max_size=3))
def test_pieces_joined_are_the_text(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _hit in marked(text, words)) == text


def test_excerpt_begins_a_little_before_the_first_word() -> None:
    long = "x " * 100 + "crop" + " y" * 200
    found = excerpt(long, ("crop",))
    assert (found[:2], found[-2:], found.count("crop"), len(found)) == ("… ", " …", 1, LONGEST + 4)
    assert excerpt("short  text", ("none",)) == "short text"
