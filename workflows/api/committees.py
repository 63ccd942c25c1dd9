"""Committees for programs: who sits where and whether it is lawful; keeping the roster."""

from datetime import date, datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.committees import SeatTerms, create_committee, end_seat, record_absence, seat_member
from workflows.api.doors import named, pointer, spoken, today, wrong
from workflows.api.refusals import missing, refused
from workflows.domain.gapcodes import Refused
from workflows.domain.rooms import SeatRole, Sex
from workflows.models import Committee, Seat
from workflows.queries.committees import seat_is_away
from workflows.queries.rosters import (
    committee_with_seats,
    gaps_of,
    hosts_kept_by,
    instruments,
    may_keep_roster,
    newest_rulebooks,
    rules_of,
    seatable,
)
from workflows.serializers.committees import (
    AbsenceBody,
    CommitteeBody,
    CommitteeRowSerializer,
    CommitteeSerializer,
    EndSeatBody,
    SeatBody,
)

_ORDER = list(SeatRole)


def row_values(committee: Committee) -> Data:
    """A committee as ``CommitteeRowSerializer`` takes it."""
    names = ("pk", "code", "name", "name_zh", "rulebook_slug", "instrument_slug", "accepts_applications")
    return {name: getattr(committee, name) for name in names} | {"host": committee.host}


def committee_values(committee: Committee, caller: User, day: date) -> Data:
    """A committee as ``CommitteeSerializer`` takes it; it comes with its seats in ``listed``."""
    seats: list[Seat] = committee.listed  # type: ignore[attr-defined]  # to_attr of the prefetch
    rules, keeper = rules_of(committee), may_keep_roster(caller, committee.host_id, day)
    ordered = sorted(seats, key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.starts, seat.pk))
    return row_values(committee) | {
        "circumstances": committee.circumstances,
        "video_rules": committee.video_rules,
        "categories": [
            {"code": one.code, "name": one.label.in_(spoken()), "article": one.citation.in_(spoken())}
            for one in rules.committee.categories
        ],
        "seats": [_seat(seat, day) for seat in ordered],
        "missing": missing(gaps_of(committee, [seat for seat in seats if seat.starts <= day]), rules),
        "keeper": keeper,
        "seatable": [named(user) for user in seatable(committee, day)] if keeper else [],
    }


def _seat(seat: Seat, day: date) -> Data:
    chinese = spoken().startswith("zh")
    names = ("role", "categories", "external", "starts", "ends", "away_from", "away_until")
    return {name: getattr(seat, name) for name in names} | {
        "id": seat.pk,
        "person": named(seat.user),
        "profession": seat.profession_zh if chinese and seat.profession_zh else seat.profession,
        "away": seat_is_away(seat, day),
    }


class CommitteeThing(ThingDoor):
    """One committee; who sits on a committee is public among those signed in."""

    half = Half.CASES
    tag = "committees"
    shape = CommitteeSerializer

    def open(self, **address: Any) -> Committee:
        return self.committee(address["committee"])

    def committee(self, pk: int) -> Committee:
        """Raises ``Http404``."""
        found = committee_with_seats(pk, today(timezone.now()))
        if found is None:
            raise Http404
        return found

    def data(self, thing: Committee) -> Data:
        return dict(CommitteeSerializer(committee_values(thing, self.caller, today(timezone.now()))).data)

    def allows(self, deed: Deed, thing: Committee) -> bool:
        return may_keep_roster(self.caller, thing.host_id, today(timezone.now()))

    def refusal(self, error: Exception, thing: Committee) -> Stop | None:
        return refused(error, rules_of(thing)) if isinstance(error, Refused) else None


class SeatThing(CommitteeThing):
    """One seat of today or to come; answers with its committee."""

    def open(self, **address: Any) -> Committee:
        self.seat = address["seat"]
        held = Seat.objects.filter(pk=self.seat).values_list("committee", flat=True).first()
        if held is None:
            raise Http404
        return self.committee(held)

    def allows(self, deed: Deed, thing: Committee) -> bool:
        """Who holds the seat says when they are away."""
        own = deed is ABSENCE and Seat.objects.filter(pk=self.seat, user=self.caller).exists()
        return own or super().allows(deed, thing)

    def run(self, deed: Deed, thing: Committee, body: Data) -> Any:
        """On the seat of the address."""
        return super().run(deed, thing, body | {"seat": self.seat})


class CommitteeFilter(django_filters.FilterSet):
    """What narrows the list of committees."""

    text = django_filters.CharFilter(method="with_words", max_length=100, help_text="Words of the code or a name.")
    host = django_filters.NumberFilter(help_text="Id of the host organisation.")
    rulebook = django_filters.CharFilter(field_name="rulebook_slug", max_length=60, help_text="Slug of its rulebook.")
    accepts_applications = django_filters.BooleanFilter(
        help_text="Those that take applications, or those that do not."
    )

    def with_words(self, rows: QuerySet[Committee], _name: str, words: str) -> QuerySet[Committee]:
        """In either language."""
        return rows.filter(Q(code__icontains=words) | Q(name__icontains=words) | Q(name_zh__icontains=words))


class CommitteesDoor(ManyDoor):
    """Every committee of the installation, by code."""

    half = Half.CASES
    tag = "committees"
    shape = CommitteeRowSerializer
    filters = CommitteeFilter
    ordering = ("code",)

    def rows(self, **address: Any) -> QuerySet[Committee]:
        return Committee.objects.select_related("host").defer("host__logo")


def _create(_parent: None, caller: User, now: datetime, body: Data) -> Data:
    hosts = {host.pk: host for host in hosts_kept_by(caller, today(now))}
    if not hosts:
        raise Stop(Kind.NOT_ALLOWED)
    if body["host"] not in hosts:
        raise wrong("/host", _("Not an organisation whose roster you keep."))
    rulebooks = newest_rulebooks()
    _check_slugs(body, {rules.slug for rules in rulebooks})
    known = {category.when for rules in rulebooks for category in rules.committee.categories if category.when}
    for place, code in enumerate(body["circumstances"]):
        if code not in known:
            raise wrong(pointer("circumstances", place), _("There is no such code."))
    if Committee.objects.filter(code=body["code"].strip().upper()).exists():
        raise wrong("/code", _("Another committee has this code."))
    told = {name: body[name] for name in ("code", "name", "name_zh", "circumstances")}
    slugs = {"rulebook_slug": body["rulebook"], "instrument_slug": body["instrument"]}
    committee = create_committee(hosts[body["host"]], **told, **slugs, actor=caller, now=now)
    committee.listed = []  # type: ignore[attr-defined]  # as the prefetch of a committee without seats
    return committee_values(committee, caller, today(now))


def _check_slugs(body: Data, rulebooks: set[str]) -> None:
    if body["rulebook"] not in rulebooks:
        raise wrong("/rulebook", _("There is no such rulebook."))
    if body["instrument"] not in {one.slug for one in instruments()}:
        raise wrong("/instrument", _("There is no such instrument."))


def _give(thing: Committee, caller: User, now: datetime, body: Data) -> object:
    day = today(now)
    if not may_keep_roster(caller, thing.host_id, day):
        raise Stop(Kind.NOT_ALLOWED)
    person = next((user for user in seatable(thing, day) if user.pk == body["person"]), None)
    if person is None:
        raise wrong("/person", _("Nobody you could give a seat has this number."))
    known = {category.code for category in rules_of(thing).committee.categories}
    for place, code in enumerate(body["categories"]):
        if code not in known:
            raise wrong(pointer("categories", place), _("There is no such code."))
    if body["ends"] < body["starts"]:
        raise wrong("/ends", _("The last day lies before the first."))
    given = {name: value for name, value in body.items() if name != "person"}
    shaped = {"role": SeatRole(body["role"]), "sex": Sex(body["sex"]), "categories": tuple(body["categories"])}
    return seat_member(thing, person, SeatTerms(**{**given, **shaped}), actor=caller, now=now)


def _end(_thing: Committee, caller: User, now: datetime, body: Data) -> object:
    return end_seat(body["seat"], last_day=body["last_day"], actor=caller, now=now)


def _absence(_thing: Committee, caller: User, now: datetime, body: Data) -> object:
    begins, ends = body["away_from"], body["away_until"]
    if ends and not begins:
        raise wrong("/away_from", _("Say from when."))
    if begins and ends and ends < begins:
        raise wrong("/away_until", _("The last day lies before the first."))
    return record_absence(body["seat"], away_from=begins, away_until=ends, actor=caller, now=now)


CREATE = Deed(
    "committee_create",
    "Set up a committee",
    _create,
    takes=CommitteeBody,
    gives=CommitteeSerializer,
    created=True,
    description="By who keeps the host's roster. Whether it is lawful shows in “missing” as seats are given.",
    example={
        "host": 1,
        "code": "LKS",
        "name": "Lakeside AI Ethics Committee",
        "rulebook": "cn-ai-2026",
        "instrument": "eight-points",
    },
)
GIVE_SEAT = Deed(
    "seat_give",
    "Give a person a seat",
    _give,
    takes=SeatBody,
    created=True,
    description="For a term; one person has one seat at a time.",
    example={
        "person": 3,
        "role": "member",
        "categories": ["ai_technology"],
        "sex": "female",
        "external": True,
        "starts": "2027-01-01",
        "ends": "2029-12-31",
    },
)
END_SEAT = Deed(
    "seat_end",
    "End a seat",
    _end,
    takes=EndSeatBody,
    description="From the next day the person reads no case of the committee; what was voted and rated stays.",
    example={"last_day": "2027-06-30"},
)
ABSENCE = Deed(
    "seat_absence",
    "Record an absence",
    _absence,
    takes=AbsenceBody,
    description="By the person, or by who keeps the roster. While the chair is away a vice-chair can be designated.",
    example={"away_from": "2027-02-01", "away_until": "2027-02-14"},
)
