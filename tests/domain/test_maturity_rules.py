"""What may be done with a self-assessment, what two people's answers come to, what ratings count for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.counting import count
from assessments.domain.evidence import Piece, Shortfall
from assessments.domain.maturity_gaps import (
    ANSWER,
    IMPORT,
    MATURITY_TABLE,
    PLAN,
    SUBMIT,
    TAKE_LEAD,
    MaturityFacts,
    MaturityGap,
    MaturityGapCode,
    MaturityRefused,
    MaturityStep,
    Part,
    gaps,
)
from assessments.domain.merging import Content, merge
from assessments.domain.scoring import Ratings
from assessments.domain.staged_parsing import parse_staged
from tests.editions import content_of

G = MaturityGapCode
LEAD = frozenset({Part.LEAD, Part.READER})
DAY = date(2026, 11, 24)


def refusals(step: MaturityStep, facts: MaturityFacts) -> list[tuple[MaturityGapCode, str]]:
    return [(gap.code, gap.detail) for gap in gaps(step, facts)]


@pytest.mark.parametrize("step", MATURITY_TABLE, ids=lambda step: step.verb)
def test_nobody_without_a_part_does_anything(step: MaturityStep) -> None:
    facts = MaturityFacts(frozenset(), submitted=False, unanswered=("1.1.1",), stale=True)
    assert refusals(step, facts) == [(G.WRONG_ROLE, "")]


def test_reader_may_take_the_lead_alone() -> None:
    facts = MaturityFacts(frozenset({Part.READER}), submitted=False)
    assert [step for step in MATURITY_TABLE if not gaps(step, facts)] == [TAKE_LEAD]


def test_handed_in_takes_a_plan_and_a_new_lead_alone() -> None:
    facts = MaturityFacts(LEAD, submitted=True)
    assert [step for step in MATURITY_TABLE if not gaps(step, facts)] == [TAKE_LEAD, PLAN]


def test_foreign_dimension_and_stale_page_are_both_named() -> None:
    contributor = frozenset({Part.CONTRIBUTOR, Part.READER})
    facts = MaturityFacts(contributor, submitted=False, own=frozenset({"D1"}), touched=("D1", "D2"), stale=True)
    assert refusals(ANSWER, facts) == [(G.NOT_YOUR_DIMENSION, "D2")]
    assert refusals(IMPORT, facts) == [(G.NOT_YOUR_DIMENSION, "D2"), (G.STALE, "")]


def test_submission_names_each_thing_that_is_missing() -> None:
    facts = MaturityFacts(
        LEAD, submitted=False, unanswered=("1.1.1", "2.1.1"), refused_aside=("4.1",), claimed=False, stale=True
    )
    assert refusals(SUBMIT, facts) == [
        (G.UNANSWERED, "1.1.1"),
        (G.UNANSWERED, "2.1.1"),
        (G.SET_ASIDE_REFUSED, "4.1"),
        (G.CLAIM_MISSING, ""),
        (G.STALE, ""),
    ]


@pytest.mark.parametrize(
    ("code", "is_role"), [(G.WRONG_ROLE, True), (G.NOT_YOUR_DIMENSION, True), (G.SUBMITTED, False), (G.STALE, False)]
)
def test_refusal_tells_person_from_moment(code: MaturityGapCode, is_role: bool) -> None:
    assert MaturityRefused(MaturityGap(code)).is_role is is_role


contents = st.builds(Content, st.sampled_from(["", "N", "F"]), st.just(False), st.sampled_from(["", "a", "b", "ab"]))


@given(contents, contents)
def test_who_changed_nothing_takes_what_stands(base: Content, theirs: Content) -> None:
    assert merge(base, theirs, base) == theirs


@given(contents, contents)
def test_what_only_one_changed_is_kept(base: Content, mine: Content) -> None:
    assert merge(base, base, mine) == mine


@given(st.none() | contents, contents, contents)
def test_merging_never_drops_a_rating_both_changed(base: Content | None, theirs: Content, mine: Content) -> None:
    merged = merge(base, theirs, mine)
    apart = theirs.rating != mine.rating and (base is None or base.rating not in {theirs.rating, mine.rating})
    if apart:
        assert merged is None


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        (Content("P", note="x"), Content("F", note="x"), Content("P", note="y"), Content("F", note="y")),
        (
            Content("P"),
            Content("F", note="See A."),
            Content("F", note="See A. And B."),
            Content("F", note="See A. And B."),
        ),
        (None, Content("F", note="A"), Content("F"), Content("F", note="A")),
        (None, Content("F"), Content("N"), None),
        (Content("P"), Content("P", note="A"), Content("P", note="B"), None),
        (
            Content(note="why"),
            Content(set_aside=True, note="why"),
            Content(note="why"),
            Content(set_aside=True, note="why"),
        ),
    ],
)
def test_two_answers_come_to_one_or_to_a_question(
    base: Content | None, theirs: Content, mine: Content, merged: Content | None
) -> None:
    assert merge(base, theirs, mine) == merged


def test_high_rating_without_evidence_counts_as_the_cap() -> None:
    instrument = parse_staged(content_of("instruments/aim-dcmm.v1.yaml"))
    given_ones = Ratings({"1.1.1": "F", "1.1.2": "L", "1.2.1": "P", "1.3.1": "N"}, frozenset({"4.1"}))
    pieces = {"1.1.2": [Piece("record", date(2025, 11, 23))]}
    found = count(instrument, given_ones, pieces, day=DAY)
    assert found.counted == Ratings({"1.1.1": "P", "1.1.2": "P", "1.2.1": "P", "1.3.1": "N"}, frozenset({"4.1"}))
    assert found.lacking == {"1.1.1": (Shortfall.NO_EVIDENCE,), "1.1.2": (Shortfall.TOO_OLD,)}
    assert found.given == given_ones


def test_instrument_without_evidence_rules_counts_all_in_full() -> None:
    instrument = parse_staged(content_of("instruments/dcmm-2018.v1.yaml"))
    ratings = Ratings({"6.1.1": instrument.best})
    assert count(instrument, ratings, {}, day=DAY).counted == ratings
