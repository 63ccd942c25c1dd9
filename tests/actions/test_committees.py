"""Rosters: who keeps them, one seat at a time, terms that end, absences."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.factories import make_organisation, make_person
from tests.scenes import Scene, make_scene
from workflows.actions.committees import SeatTerms, create_committee, end_seat, record_absence, seat_member
from workflows.domain.gapcodes import GapCode, Refused
from workflows.domain.rooms import SeatRole, Sex
from workflows.models import Committee, Seat


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


@pytest.fixture
def newcomer(scene: Scene) -> User:
    return make_person(role=MemberRole.MEMBER, organisation=scene.host, name="Ne Newcomer")


def terms(**fields: Any) -> SeatTerms:
    first: dict[str, Any] = {
        "role": SeatRole.MEMBER,
        "categories": ("law",),
        "sex": Sex.FEMALE,
        "external": True,
        "starts": date(2026, 11, 24),
        "ends": date(2028, 11, 23),
    }
    return SeatTerms(**first | fields)


def gaps_of(refused: pytest.ExceptionInfo[Refused]) -> list[GapCode]:
    return [gap.code for gap in refused.value.gaps]


def found(scene: Scene, actor: User, now: datetime, host: Any = None) -> Committee:
    return create_committee(
        host or scene.host,
        code=" new ",
        name=" New Committee ",
        name_zh="新委员会",
        rulebook_slug=scene.rulebook.slug,
        instrument_slug=scene.instrument.slug,
        actor=actor,
        now=now,
    )


@pytest.mark.parametrize("who", ["manager", "secretary"])
def test_committee_is_set_up_by_those_who_keep_the_roster(scene: Scene, who: str, now: datetime) -> None:
    actor = getattr(scene, who)
    committee = found(scene, actor, now)
    event = AuditEvent.objects.get(subject=f"committee:{committee.pk}")
    assert (committee.code, committee.name, committee.accepts_applications) == ("NEW", "New Committee", True)
    assert (event.verb, event.actor, event.chain) == ("committee.create", actor.pk, f"organisation:{scene.host.pk}")


@pytest.mark.parametrize("who", ["chair", "lead"])
def test_committee_is_not_set_up_by_others(scene: Scene, who: str, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        found(scene, getattr(scene, who), now)
    assert (gaps_of(refused), Committee.objects.count()) == ([GapCode.WRONG_ROLE], 1)


def test_organisation_that_does_not_review_hosts_no_committee(scene: Scene, now: datetime) -> None:
    manager = make_person(role=MemberRole.MANAGER, organisation=scene.company)
    with pytest.raises(Refused) as refused:
        found(scene, manager, now, host=scene.company)
    assert gaps_of(refused) == [GapCode.WRONG_ROLE]


def test_manager_of_another_host_has_no_say(scene: Scene, newcomer: User, now: datetime) -> None:
    other = make_organisation(kind=OrganisationKind.REVIEW_BODY)
    manager = make_person(role=MemberRole.MANAGER, organisation=other)
    with pytest.raises(Refused) as refused:
        seat_member(scene.committee, newcomer, terms(), actor=manager, now=now)
    assert gaps_of(refused) == [GapCode.WRONG_ROLE]


def test_seat_holds_its_terms_and_is_recorded(scene: Scene, newcomer: User, now: datetime) -> None:
    seat = seat_member(scene.committee, newcomer, terms(profession="Lawyer"), actor=scene.secretary, now=now)
    seat.refresh_from_db()
    event = AuditEvent.objects.get(verb="committee.seat", facts__seat=seat.pk)
    assert (seat.role, seat.categories, seat.sex, seat.external, seat.profession) == (
        "member",
        ["law"],
        "female",
        True,
        "Lawyer",
    )
    assert event.facts == {"seat": seat.pk, "user": newcomer.pk, "role": "member"}


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2027, 1, 1), date(2027, 6, 30)),  # within
        (date(2026, 6, 1), date(2026, 11, 24)),  # over its first day
        (date(2028, 11, 23), date(2029, 1, 1)),  # over its last day
        (date(2026, 1, 1), date(2029, 1, 1)),  # around
        (date(2026, 1, 1), None),  # around, without end
    ],
)
def test_second_seat_on_any_day_of_the_term_is_refused(
    scene: Scene, newcomer: User, starts: date, ends: date | None, now: datetime
) -> None:
    seat_member(scene.committee, newcomer, terms(), actor=scene.manager, now=now)
    with pytest.raises(Refused) as refused:
        seat_member(scene.committee, newcomer, terms(starts=starts, ends=ends), actor=scene.manager, now=now)
    assert (gaps_of(refused), newcomer.seats.count()) == ([GapCode.ALREADY_SEATED], 1)


@pytest.mark.parametrize(("starts", "ends"), [(date(2026, 1, 1), date(2026, 11, 24)), (date(2040, 1, 1), None)])
def test_seat_without_end_leaves_no_room_for_a_second_one(
    scene: Scene, newcomer: User, starts: date, ends: date | None, now: datetime
) -> None:
    seat_member(scene.committee, newcomer, terms(ends=None), actor=scene.manager, now=now)
    with pytest.raises(Refused) as refused:
        seat_member(scene.committee, newcomer, terms(starts=starts, ends=ends), actor=scene.manager, now=now)
    assert (gaps_of(refused), newcomer.seats.count()) == ([GapCode.ALREADY_SEATED], 1)


def test_next_term_follows_the_last_day(scene: Scene, newcomer: User, now: datetime) -> None:
    seat_member(scene.committee, newcomer, terms(), actor=scene.manager, now=now)
    following = terms(starts=date(2028, 11, 24), ends=date(2030, 11, 23))
    seat_member(scene.committee, newcomer, following, actor=scene.manager, now=now)
    assert newcomer.seats.count() == 2


def test_term_that_ends_before_it_begins_is_refused(scene: Scene, newcomer: User, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        seat_member(scene.committee, newcomer, terms(ends=date(2026, 11, 1)), actor=scene.manager, now=now)
    assert gaps_of(refused) == [GapCode.TERM_TOO_LONG]


def test_seat_ends_on_the_day_given(scene: Scene, now: datetime) -> None:
    seat = scene.seats[scene.members[0].pk]
    end_seat(seat.pk, last_day=now.date(), actor=scene.manager, now=now)
    days = [Seat.objects.current(day).filter(pk=seat.pk).count() for day in (now.date(), now.date() + timedelta(1))]
    event = AuditEvent.objects.get(verb="committee.end_seat")
    assert (days, event.facts) == ([1, 0], {"seat": seat.pk, "ends": "2026-11-24"})


@pytest.mark.parametrize("last_day", [date(2025, 12, 31), date(2030, 1, 1)])
def test_seat_cannot_end_before_it_began_or_after_its_term(scene: Scene, last_day: date, now: datetime) -> None:
    seat = scene.seats[scene.members[0].pk]
    with pytest.raises(Refused) as refused:
        end_seat(seat.pk, last_day=last_day, actor=scene.manager, now=now)
    seat.refresh_from_db()
    assert (gaps_of(refused), seat.ends) == ([GapCode.DAY_PAST], date(2029, 12, 31))


def test_member_cannot_end_a_seat(scene: Scene, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        end_seat(scene.seats[scene.chair.pk].pk, last_day=now.date(), actor=scene.members[0], now=now)
    assert gaps_of(refused) == [GapCode.WRONG_ROLE]


@pytest.mark.parametrize("who", ["chair", "secretary", "manager"])
def test_absence_is_recorded_by_oneself_or_the_keepers(scene: Scene, who: str, now: datetime) -> None:
    seat = scene.seats[scene.chair.pk]
    until = now.date() + timedelta(days=3)
    record_absence(seat.pk, away_from=now.date(), away_until=until, actor=getattr(scene, who), now=now)
    seat.refresh_from_db()
    assert (seat.away_from, seat.away_until) == (now.date(), until)


def test_absence_ends_with_both_days_empty(scene: Scene, now: datetime) -> None:
    seat = scene.seats[scene.chair.pk]
    record_absence(seat.pk, away_from=now.date(), away_until=None, actor=scene.chair, now=now)
    record_absence(seat.pk, away_from=None, away_until=None, actor=scene.chair, now=now)
    seat.refresh_from_db()
    assert (seat.away_from, seat.away_until) == (None, None)


def test_absence_of_another_is_not_a_members_to_record(scene: Scene, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        record_absence(
            scene.seats[scene.chair.pk].pk, away_from=now.date(), away_until=None, actor=scene.members[0], now=now
        )
    assert gaps_of(refused) == [GapCode.WRONG_ROLE]


def test_absence_cannot_end_before_it_begins(scene: Scene, now: datetime) -> None:
    seat = scene.seats[scene.chair.pk]
    with pytest.raises(Refused) as refused:
        record_absence(seat.pk, away_from=now.date(), away_until=now.date() - timedelta(1), actor=scene.chair, now=now)
    assert gaps_of(refused) == [GapCode.DAY_PAST]
