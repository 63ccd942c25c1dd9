"""A committee's make-up and a room that can decide, one thing taken away at a time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.lawful import CHAIR, MEMBERS, PEOPLE, ROOM, RULES, VICE, with_committee, with_meeting
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rooms import Room, SeatRole, Sex, Sitting, composition_gaps, room_gaps
from workflows.domain.rulebook import Rulebook

NOWHERE: frozenset[str] = frozenset()
STRICT = with_meeting(with_committee(RULES, mixed_gender=True), quorum_categories=True)


def lacks(
    people: Iterable[Sitting], *, rules: Rulebook = RULES, circumstances: frozenset[str] = NOWHERE
) -> tuple[Gap, ...]:
    return composition_gaps(people, rules.committee, circumstances)


def test_lawful_committee_lacks_nothing() -> None:
    assert lacks(PEOPLE) == ()


def test_committee_of_too_few_and_even_says_both() -> None:
    assert lacks(PEOPLE[:4]) == (Gap(GapCode.MEMBERS_MISSING, "4/5"), Gap(GapCode.PARITY_WRONG, "4"))


def test_even_number_is_no_matter_where_any_will_do() -> None:
    six = [*PEOPLE, replace(VICE, user=6, role=SeatRole.MEMBER)]
    assert lacks(six) == (Gap(GapCode.PARITY_WRONG, "6"),)
    assert lacks(six, rules=with_committee(RULES, parity="any")) == ()


@pytest.mark.parametrize("role", [SeatRole.ALTERNATE, SeatRole.SECRETARY])
def test_alternates_and_secretary_are_no_members(role: SeatRole) -> None:
    people = [*PEOPLE[:4], replace(MEMBERS[2], role=role)]
    assert lacks(people) == (Gap(GapCode.MEMBERS_MISSING, "4/5"), Gap(GapCode.PARITY_WRONG, "4"))


def test_committee_has_one_chair() -> None:
    none = [replace(CHAIR, role=SeatRole.MEMBER), *PEOPLE[1:]]
    two = [CHAIR, replace(VICE, role=SeatRole.CHAIR), *MEMBERS]
    assert lacks(none) == (Gap(GapCode.CHAIR_MISSING),)
    assert lacks(two) == (Gap(GapCode.CHAIR_MISSING),)


def test_category_must_be_covered_by_a_member() -> None:
    people = [replace(CHAIR, categories=NOWHERE), *PEOPLE[1:]]
    assert lacks(people) == (Gap(GapCode.CATEGORY_MISSING, "law"),)


def test_conditional_category_is_asked_in_its_circumstance_alone() -> None:
    people = [CHAIR, *(replace(person, categories=NOWHERE) for person in PEOPLE[1:])]
    assert lacks(people) == ()
    assert lacks(people, circumstances=frozenset({"island"})) == (Gap(GapCode.CATEGORY_MISSING, "local"),)


def test_both_sexes_are_there_where_asked() -> None:
    people = [replace(person, sex=Sex.MALE) for person in PEOPLE]
    assert lacks(people) == ()
    assert lacks(people, rules=with_committee(RULES, mixed_gender=True)) == (Gap(GapCode.GENDER_MISSING),)


def test_somebody_comes_from_outside_where_asked() -> None:
    people = [replace(person, external=False) for person in PEOPLE]
    assert lacks(people) == (Gap(GapCode.EXTERNAL_MISSING),)
    assert lacks(people, rules=with_committee(RULES, external=False)) == ()


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        (date(2026, 1, 1), date(2030, 1, 1), ()),
        (date(2026, 1, 1), date(2030, 1, 2), (Gap(GapCode.TERM_TOO_LONG, "1"),)),
        (date(2028, 2, 29), date(2032, 2, 29), ()),
        (date(2028, 2, 29), date(2032, 3, 1), (Gap(GapCode.TERM_TOO_LONG, "1"),)),
        (date(2026, 1, 1), None, (Gap(GapCode.TERM_TOO_LONG, "1"),)),
    ],
)
def test_term_is_as_long_as_the_rulebook_lets_it(starts: date, ends: date | None, found: tuple[Gap, ...]) -> None:
    assert lacks([replace(CHAIR, starts=starts, ends=ends), *PEOPLE[1:]]) == found


def test_term_from_a_leap_day_ends_on_the_first_of_march() -> None:
    five = with_committee(RULES, max_term_years=5)
    people = [replace(CHAIR, starts=date(2028, 2, 29), ends=date(2033, 3, 1)), *PEOPLE[1:]]
    longer = [replace(CHAIR, starts=date(2028, 2, 29), ends=date(2033, 3, 2)), *PEOPLE[1:]]
    assert lacks(people, rules=five) == ()
    assert lacks(longer, rules=five) == (Gap(GapCode.TERM_TOO_LONG, "1"),)


def test_full_room_can_decide() -> None:
    assert room_gaps(ROOM, RULES) == ()
    assert room_gaps(ROOM, STRICT) == ()


def test_room_below_the_quorum_cannot_decide() -> None:
    assert room_gaps(Room(PEOPLE[:3]), RULES) == ()
    assert room_gaps(Room(PEOPLE[:2]), RULES) == (Gap(GapCode.NO_QUORUM, "2/3"),)


def test_recused_fill_the_quorum_only_where_the_rulebook_counts_them() -> None:
    assert room_gaps(Room(PEOPLE[:2], recused=1), RULES) == ()
    assert Room(PEOPLE[:2], recused=1).users == frozenset({1, 2})


def test_room_needs_each_category_where_asked() -> None:
    room = Room(PEOPLE[1:])
    assert room_gaps(room, RULES) == ()
    assert room_gaps(room, with_meeting(RULES, quorum_categories=True)) == (Gap(GapCode.ROOM_CATEGORY_MISSING, "law"),)


def test_room_needs_the_conditional_category_in_its_circumstance() -> None:
    people = (CHAIR, *(replace(person, categories=NOWHERE) for person in PEOPLE[1:]))
    rules = with_meeting(RULES, quorum_categories=True)
    assert room_gaps(Room(people), rules) == ()
    island = Room(people, circumstances=frozenset({"island"}))
    assert room_gaps(island, rules) == (Gap(GapCode.ROOM_CATEGORY_MISSING, "local"),)


def test_room_needs_both_sexes_and_an_outsider_where_asked() -> None:
    men = Room(tuple(replace(person, sex=Sex.MALE, external=False) for person in PEOPLE))
    assert room_gaps(men, STRICT) == (Gap(GapCode.ROOM_GENDER_MISSING), Gap(GapCode.ROOM_EXTERNAL_MISSING))


def test_video_needs_a_rulebook_that_knows_it() -> None:
    room = Room(PEOPLE, video=frozenset({3}))
    assert room_gaps(room, RULES) == (Gap(GapCode.VIDEO_NOT_ALLOWED),)
    assert room_gaps(room, with_meeting(RULES, video=True)) == ()


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.sampled_from(PEOPLE))
def test_leaving_never_makes_a_room_lawful(people: list[Sitting], one: Sitting) -> None:
    fewer = [person for person in people if person != one]
    if room_gaps(Room(tuple(people)), STRICT):
        assert room_gaps(Room(tuple(fewer)), STRICT) != ()


@given(st.permutations(PEOPLE))
def test_order_of_seats_does_not_matter(people: list[Sitting]) -> None:
    assert lacks(people, rules=STRICT) == ()
    assert room_gaps(Room(tuple(people)), STRICT) == ()
