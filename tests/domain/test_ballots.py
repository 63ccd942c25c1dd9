"""Votes: the last one stands, absence and abstention carry nothing, two thirds include exactly two thirds."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.ballots import Cast, Choice, Standing, carried, last_choices, may_dissent, needed, tally

TWO_THIRDS = Fraction(2, 3)
choices = st.sampled_from(list(Choice))
rooms = st.frozensets(st.integers(1, 12), max_size=12)
ballots = st.lists(st.tuples(st.integers(1, 15), choices), max_size=40).map(
    lambda pairs: [Cast(voter, choice, number) for number, (voter, choice) in enumerate(pairs, start=1)]
)
thresholds = st.fractions(min_value=Fraction(1, 20), max_value=1)


def passes(votes: list[Cast], room: frozenset[int]) -> bool:
    return carried(tally(votes, room), threshold=TWO_THIRDS, inclusive=True, denominator=len(room))


@pytest.mark.parametrize(
    ("present", "votes"), [(5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7), (11, 8), (3, 2), (1, 1)]
)
def test_two_thirds_inclusive_of_those_present(present: int, votes: int) -> None:
    def outcome(in_favour: int) -> bool:
        standing = Standing(in_favour, present - in_favour, 0, 0, present)
        return carried(standing, threshold=TWO_THIRDS, inclusive=True, denominator=present)

    assert needed(threshold=TWO_THIRDS, inclusive=True, denominator=present) == votes
    assert (outcome(votes), outcome(votes - 1)) == (True, False)


@pytest.mark.parametrize(("members", "votes"), [(7, 4), (8, 5), (9, 5)])
def test_more_than_half_of_all_members_excludes_exactly_half(members: int, votes: int) -> None:
    assert needed(threshold=Fraction(1, 2), inclusive=False, denominator=members) == votes


def test_tally_counts_each_choice_and_the_silent() -> None:
    votes = [Cast(1, Choice.FOR, 1), Cast(2, Choice.AGAINST, 2), Cast(3, Choice.ABSTAIN, 3)]
    standing = tally(votes, frozenset({1, 2, 3, 4, 5}))
    assert standing == Standing(in_favour=1, against=1, abstain=1, silent=2, present=5)
    assert standing.cast == 3


def test_tally_leaves_out_votes_of_those_not_in_the_room() -> None:
    votes = [Cast(1, Choice.FOR, 1), Cast(9, Choice.FOR, 2)]
    assert tally(votes, frozenset({1, 2})) == Standing(1, 0, 0, 1, 2)


def test_last_choice_stands_whatever_the_order_of_reading() -> None:
    votes = [Cast(1, Choice.AGAINST, 2), Cast(1, Choice.FOR, 1), Cast(1, Choice.ABSTAIN, 3)]
    assert last_choices(votes) == {1: Choice.ABSTAIN}


def test_empty_room_carries_nothing() -> None:
    assert passes([Cast(1, Choice.FOR, 1)], frozenset()) is False


def test_recusal_turns_a_lost_motion_into_a_carried_one() -> None:
    votes = [Cast(n, Choice.FOR, n) for n in range(1, 5)] + [Cast(n, Choice.AGAINST, n) for n in range(5, 8)]
    room = frozenset(range(1, 8))
    assert passes(votes, room) is False
    assert passes(votes, room - {7}) is True  # 4 of 6


@given(ballots, rooms, st.randoms(use_true_random=False))
def test_order_of_reading_does_not_matter(votes: list[Cast], room: frozenset[int], random: object) -> None:
    mixed = sorted(votes, key=lambda _vote: random.random())  # type: ignore[attr-defined]
    assert tally(mixed, room) == tally(votes, room)


@given(ballots, rooms)
def test_standing_adds_up_to_the_room(votes: list[Cast], room: frozenset[int]) -> None:
    standing = tally(votes, room)
    assert standing.cast + standing.silent == standing.present == len(room)


@given(ballots, rooms, st.integers(1, 12))
def test_who_is_recused_stands_in_neither_count(votes: list[Cast], room: frozenset[int], one: int) -> None:
    without = tally([vote for vote in votes if vote.voter != one], room - {one})
    assert tally(votes, room - {one}) == without


@given(ballots, rooms, st.integers(1, 12), choices)
def test_earlier_vote_of_the_same_person_changes_nothing(
    votes: list[Cast], room: frozenset[int], voter: int, choice: Choice
) -> None:
    later = [*votes, Cast(voter, Choice.FOR, 100)]
    assert tally([Cast(voter, choice, 0), *later], room) == tally(later, room)


@given(ballots, rooms, st.integers(1, 12))
def test_abstention_and_silence_count_alike_toward_a_majority(
    votes: list[Cast], room: frozenset[int], voter: int
) -> None:
    rest = [vote for vote in votes if vote.voter != voter]
    assert passes([*rest, Cast(voter, Choice.ABSTAIN, 100)], room) == passes(rest, room)
    assert passes([*rest, Cast(voter, Choice.AGAINST, 100)], room) == passes(rest, room)


@given(ballots, rooms, st.integers(1, 12))
def test_one_more_in_favour_never_loses_a_motion(votes: list[Cast], room: frozenset[int], voter: int) -> None:
    if passes(votes, room):
        assert passes([*votes, Cast(voter, Choice.FOR, 100)], room)


@given(thresholds, st.booleans(), st.integers(1, 40), st.integers(0, 40))
def test_needed_agrees_with_carried(threshold: Fraction, inclusive: bool, denominator: int, in_favour: int) -> None:
    standing = Standing(in_favour, 0, 0, 0, denominator)
    least = needed(threshold=threshold, inclusive=inclusive, denominator=denominator)
    outcome = carried(standing, threshold=threshold, inclusive=inclusive, denominator=denominator)
    assert outcome == (in_favour >= least)


@pytest.mark.parametrize(
    ("choice", "of_carried", "of_lost"),
    [(Choice.FOR, False, True), (Choice.AGAINST, True, False), (Choice.ABSTAIN, True, True), (None, True, True)],
)
def test_dissent_is_open_to_who_did_not_make_the_outcome(
    choice: Choice | None, of_carried: bool, of_lost: bool
) -> None:
    assert (may_dissent(choice, is_carried=True), may_dissent(choice, is_carried=False)) == (of_carried, of_lost)
