"""Setting up committees, seating people, ending seats, recording absences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.steps import record_all
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import SeatRole, Sex
from workflows.models import Committee, Seat
from workflows.queries.rosters import HOSTS, may_keep_roster
from workflows.queries.rulebooks import latest_rulebook, load_rulebook
from workflows.steps.rosters import committee_entry


@dataclass(frozen=True)
class SeatTerms:
    """What a seat says of its holder; ``categories`` are codes of the committee's rulebook."""

    role: SeatRole
    categories: tuple[str, ...]
    sex: Sex
    external: bool
    starts: date
    ends: date | None
    profession: str = ""
    profession_zh: str = ""


def _note(committee: Committee, verb: str, *, actor: User, now: datetime, **facts: Any) -> None:
    record_all([committee_entry(committee, verb, actor=actor, now=now, facts=facts)])


def _may_keep_roster(actor: User, host_id: int, day: date) -> None:
    if not may_keep_roster(actor, host_id, day):
        raise Refused((Gap(GapCode.WRONG_ROLE),))


@transaction.atomic(durable=True)
def create_committee(
    host: Organisation,
    *,
    code: str,
    name: str,
    name_zh: str,
    rulebook_slug: str,
    instrument_slug: str,
    circumstances: Sequence[str] = (),
    actor: User,
    now: datetime,
) -> Committee:
    """A committee of ``host`` under the newest edition of a rulebook; whether it is lawful shows on its page."""
    zone = load_rulebook(latest_rulebook(rulebook_slug)).time_zone
    _may_keep_roster(actor, host.pk, local_day(now, zone))
    if host.kind not in HOSTS:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    committee = Committee.objects.create(
        host=host,
        code=code.strip().upper(),
        name=name.strip(),
        name_zh=name_zh.strip(),
        rulebook_slug=rulebook_slug,
        instrument_slug=instrument_slug,
        circumstances=list(circumstances),
    )
    _note(committee, "committee.create", actor=actor, now=now, code=committee.code, rulebook=rulebook_slug)
    return committee


def _day(committee: Committee, now: datetime) -> date:
    return local_day(now, load_rulebook(latest_rulebook(committee.rulebook_slug)).time_zone)


@transaction.atomic(durable=True)
def seat_member(committee: Committee, user: User, terms: SeatTerms, *, actor: User, now: datetime) -> Seat:
    """Give a person a seat for a term. One person has one seat at a time, on each day of the term."""
    _may_keep_roster(actor, committee.host_id, _day(committee, now))
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    overlapping = Q(ends__isnull=True) | Q(ends__gte=terms.starts)
    if terms.ends is not None:
        overlapping &= Q(starts__lte=terms.ends)
    if locked.seats.filter(overlapping, user=user).exists():
        raise Refused((Gap(GapCode.ALREADY_SEATED),))
    if terms.ends is not None and terms.ends < terms.starts:
        raise Refused((Gap(GapCode.TERM_TOO_LONG, "0"),))
    seat = Seat.objects.create(
        committee=locked,
        user=user,
        role=terms.role.value,
        categories=list(terms.categories),
        sex=terms.sex.value,
        external=terms.external,
        starts=terms.starts,
        ends=terms.ends,
        profession=terms.profession,
        profession_zh=terms.profession_zh,
    )
    _note(locked, "committee.seat", actor=actor, now=now, seat=seat.pk, user=user.pk, role=seat.role)
    return seat


@transaction.atomic(durable=True)
def end_seat(seat_id: int, *, last_day: date, actor: User, now: datetime) -> Seat:
    """End a term on ``last_day``; what the person voted stays."""
    seat = Seat.objects.select_for_update(of=("self",)).select_related("committee").get(pk=seat_id)
    _may_keep_roster(actor, seat.committee.host_id, _day(seat.committee, now))
    if last_day < seat.starts or (seat.ends is not None and seat.ends < last_day):
        raise Refused((Gap(GapCode.DAY_PAST),))
    seat.ends = last_day
    seat.save(update_fields=["ends"])
    _note(seat.committee, "committee.end_seat", actor=actor, now=now, seat=seat.pk, ends=last_day.isoformat())
    return seat


@transaction.atomic(durable=True)
def record_absence(
    seat_id: int, *, away_from: date | None, away_until: date | None, actor: User, now: datetime
) -> Seat:
    """Record from when to when a seat's holder is away; both empty means present again."""
    seat = Seat.objects.select_for_update(of=("self",)).select_related("committee").get(pk=seat_id)
    if seat.user_id != actor.pk:
        _may_keep_roster(actor, seat.committee.host_id, _day(seat.committee, now))
    if away_from and away_until and away_until < away_from:
        raise Refused((Gap(GapCode.DAY_PAST),))
    seat.away_from, seat.away_until = away_from, away_until
    seat.save(update_fields=["away_from", "away_until"])
    _note(
        seat.committee,
        "committee.absence",
        actor=actor,
        now=now,
        seat=seat.pk,
        away_from=away_from.isoformat() if away_from else None,
        away_until=away_until.isoformat() if away_until else None,
    )
    return seat
