"""A bulk import: all or nothing, one event for each thing, exactly what was previewed, and only once."""

import threading
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from tests.domain.bulk_tables import code, committees, organisations, people, seats
from tests.editions import publish_editions
from tests.factories import make_organisation, make_person, make_user
from workflows.actions.bulk import import_people_and_bodies
from workflows.domain.bulk_sheets import Table
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.models import Committee, Seat
from workflows.queries.bulk import plan_tables

pytestmark = pytest.mark.django_db

BODIES = organisations(
    f"uni|review_body|River University|江河大学|{code(1)}||",
    "office|authority|River Office|||listed|uni",
)
PEOPLE = people(
    "mei@river.test|Mei Member|梅|uni|member|2026-11-01|",
    "si@river.test|Si Secretary||uni|secretary||2028-12-31",
)
ROOMS = committees("room|uni|RIVER|River Committee|cn-ai-2026|eight-points|")
SEATS = seats(
    "room|mei@river.test|chair|law|female|no|2026-12-01|2029-11-30",
    "RIVER|si@river.test|secretary||male|yes|2026-12-01|2029-11-30",
)
WHOLE = (BODIES, PEOPLE, ROOMS, SEATS)


@pytest.fixture(autouse=True)
def editions(db: None, now: datetime) -> None:
    publish_editions(now)


def seen(tables: tuple[Table, ...], now: datetime) -> str:
    plan = plan_tables(tables, now.date()).plan
    assert plan.faults == ()
    return plan.digest


def take(tables: tuple[Table, ...], operator: User, now: datetime, digest: str = "") -> None:
    import_people_and_bodies(tables, seen=digest or seen(tables, now), actor=operator, now=now)


def events() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every event as chain, verb, subject and facts, in the order in which they were written."""
    rows = AuditEvent.objects.order_by("pk").values_list("chain", "verb", "subject", "facts")
    return list(rows)


def refused(tables: tuple[Table, ...], actor: User, now: datetime, digest: str) -> tuple[Gap, ...]:
    with pytest.raises(Refused) as refusal:
        take(tables, actor, now, digest)
    return refusal.value.gaps


def counts() -> tuple[int, ...]:
    kinds = (Organisation, User, Membership, Committee, Seat, AuditEvent)
    return tuple(kind._default_manager.count() for kind in kinds)


def test_everything_is_made_and_each_thing_is_one_event(operator: User, now: datetime) -> None:
    take(WHOLE, operator, now)
    uni, office = Organisation.objects.get(name="River University"), Organisation.objects.get(name="River Office")
    mei, si = User.objects.get(email="mei@river.test"), User.objects.get(email="si@river.test")
    member, secretary = Membership.objects.get(user=mei), Membership.objects.get(user=si)
    room, chair, desk = Committee.objects.get(), Seat.objects.get(user=mei), Seat.objects.get(user=si)
    plain = {"reach": "none", "province": "", "sector": ""}
    open_account, own = {"is_active": True, "is_staff": False}, f"organisation:{uni.pk}"
    assert events() == [
        (own, "organisation.created", own, {"became": {"kind": "review_body", **plain}, "covered": []}),
        (
            f"organisation:{office.pk}",
            "organisation.created",
            f"organisation:{office.pk}",
            {"became": {"kind": "authority", **plain, "reach": "listed"}, "covered": [uni.pk]},
        ),
        ("operator", "user.created", f"user:{mei.pk}", open_account),
        ("operator", "user.created", f"user:{si.pk}", open_account),
        (
            own,
            "membership.started",
            f"membership:{member.pk}",
            {"user": mei.pk, "role": "member", "starts": "2026-11-01", "ends": None},
        ),
        (
            own,
            "membership.started",
            f"membership:{secretary.pk}",
            {"user": si.pk, "role": "secretary", "starts": "2026-11-24", "ends": "2028-12-31"},
        ),
        (own, "committee.create", f"committee:{room.pk}", {"code": "RIVER", "rulebook": "cn-ai-2026"}),
        (own, "committee.seat", f"committee:{room.pk}", {"seat": chair.pk, "user": mei.pk, "role": "chair"}),
        (own, "committee.seat", f"committee:{room.pk}", {"seat": desk.pk, "user": si.pk, "role": "secretary"}),
    ]
    assert {actor for actor in AuditEvent.objects.values_list("actor", flat=True)} == {operator.pk}
    assert [verify_chain(chain).ok for chain in ("operator", own)] == [True, True]


def test_what_is_made_holds_what_the_file_says(operator: User, now: datetime) -> None:
    take(WHOLE, operator, now)
    uni, office = Organisation.objects.get(name="River University"), Organisation.objects.get(name="River Office")
    assert (uni.kind, uni.name_zh, uni.credit_code) == ("review_body", "江河大学", code(1))
    assert list(office.covered.all()) == [uni]
    mei = User.objects.get(email="mei@river.test")
    assert (mei.name, mei.name_zh, mei.language, mei.has_usable_password()) == ("Mei Member", "梅", "zh-hans", False)
    room = Committee.objects.get()
    assert (room.host, room.code, room.instrument_slug, room.circumstances) == (uni, "RIVER", "eight-points", [])
    chair, desk = Seat.objects.order_by("pk")
    assert (chair.user, chair.role, chair.categories, chair.sex, chair.external) == (
        mei,
        "chair",
        ["law"],
        "female",
        False,
    )
    assert (desk.external, desk.starts, desk.ends) == (True, date(2026, 12, 1), date(2029, 11, 30))


def test_people_with_a_new_account_are_mailed_a_link_once_it_is_done(
    operator: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known = make_user(email="si@river.test")
    with django_capture_on_commit_callbacks(execute=True):
        take(WHOLE, operator, now)
        assert mail.outbox == []
    assert [message.to for message in mail.outbox] == [["mei@river.test"]]
    assert "/accounts/password/reset/" in mail.outbox[0].body
    known.refresh_from_db()
    assert known.name == "Si Secretary"


def test_the_same_again_is_nothing(operator: User, now: datetime) -> None:
    digest = seen(WHOLE, now)
    take(WHOLE, operator, now, digest)
    before = counts()
    assert refused(WHOLE, operator, now, digest) == (Gap(GapCode.STALE),)
    assert refused(WHOLE, operator, now, seen(WHOLE, now)) == (Gap(GapCode.STALE),)
    assert counts() == before


def test_one_wrong_cell_and_nothing_is_written(operator: User, now: datetime) -> None:
    wrong = replace(
        SEATS, rows=(*SEATS.rows, (9, ("room", "nobody@river.test", "chair", "", "male", "", "2026-12-01", "")))
    )
    tables, before = (BODIES, PEOPLE, ROOMS, wrong), counts()
    plan = plan_tables(tables, now.date()).plan
    assert [fault.at.number for fault in plan.faults] == [9]
    assert refused(tables, operator, now, plan.digest) == (Gap(GapCode.STALE),)
    assert counts() == before


def test_what_changed_since_the_preview_is_looked_at_anew(operator: User, now: datetime) -> None:
    digest = seen(WHOLE, now)
    make_user(email="mei@river.test", name="Somebody Else")
    before = counts()
    assert refused(WHOLE, operator, now, digest) == (Gap(GapCode.STALE),)
    assert counts() == before


def test_only_the_operator_imports(manager: User, now: datetime) -> None:
    before = counts()
    assert refused(WHOLE, manager, now, seen(WHOLE, now)) == (Gap(GapCode.WRONG_ROLE),)
    assert counts() == before


def test_what_the_database_refuses_takes_everything_back(
    operator: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """A row that appears between the plan and the writing, in the shape of a constraint that it breaks."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workflows_seat ADD CONSTRAINT no_chairs CHECK (role <> 'chair')")
    digest, before = seen(WHOLE, now), counts()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert refused(WHOLE, operator, now, digest) == (Gap(GapCode.STALE),)
    assert (counts(), callbacks, mail.outbox) == (before, [], [])


def test_changes_are_recorded_as_the_actions_of_one_thing_record_them(operator: User, now: datetime) -> None:
    take(WHOLE, operator, now)
    first = AuditEvent.objects.count()
    tables = (
        organisations("|review_body|River University|大江大学|||", "|authority|River Office|||national|"),
        people("mei@river.test|Mei M.||River University|member||2027-12-31"),
        committees("River University|River Committee|江河委员会", heads="host|name|name_zh"),
        seats("RIVER|mei@river.test|chair||||2026-12-01|2028-11-30"),
    )
    take(tables, operator, now)
    uni, office = Organisation.objects.get(name="River University"), Organisation.objects.get(name="River Office")
    mei, room = User.objects.get(email="mei@river.test"), Committee.objects.get()
    role, seat = Membership.objects.get(user=mei), Seat.objects.get(user=mei)
    review = {"kind": "review_body", "reach": "none", "province": "", "sector": ""}
    listed = {"kind": "authority", "reach": "listed", "province": "", "sector": ""}
    assert [(verb, subject, facts) for _chain, verb, subject, facts in events()[first:]] == [
        (
            "organisation.changed",
            f"organisation:{uni.pk}",
            {"changed": ["name_zh"], "was": review, "became": review, "covered": []},
        ),
        (
            "organisation.changed",
            f"organisation:{office.pk}",
            {"changed": ["reach"], "was": listed, "became": {**listed, "reach": "national"}, "covered": [uni.pk]},
        ),
        ("user.changed", f"user:{mei.pk}", {"changed": ["name"], "is_active": True, "is_staff": False}),
        ("membership.ended", f"membership:{role.pk}", {"user": mei.pk, "role": "member", "ends": "2027-12-31"}),
        ("committee.change", f"committee:{room.pk}", {"changed": ["name_zh"]}),
        ("committee.end_seat", f"committee:{room.pk}", {"seat": seat.pk, "ends": "2028-11-30"}),
    ]
    assert (role.ends, seat.ends, room.name_zh) == (date(2027, 12, 31), date(2028, 11, 30), "江河委员会")


def test_a_list_of_an_authority_is_replaced(operator: User, now: datetime) -> None:
    first, second = make_organisation(name="First"), make_organisation(name="Second")
    office = make_organisation(kind=OrganisationKind.AUTHORITY, name="Office", reach=Reach.LISTED, covered=(first,))
    take((organisations("|authority|Office||||Second"),), operator, now)
    assert list(office.covered.all()) == [second]
    assert [(verb, facts["changed"], facts["covered"]) for _c, verb, _s, facts in events()] == [
        ("organisation.changed", ["covered"], [second.pk])
    ]


def many(places: range) -> tuple[Table, ...]:
    """One of everything for each place."""
    return (
        organisations(*(f"b{n}|review_body|Body {n}||{code(n)}||" for n in places)),
        people(*(f"p{n}@body.test|Person {n}||b{n}|member||" for n in places)),
        committees(*(f"c{n}|b{n}|C{n}|Committee {n}|cn-ai-2026|eight-points|" for n in places)),
        seats(*(f"c{n}|p{n}@body.test|chair|law|female||2026-12-01|2029-11-30" for n in places)),
    )


def test_thirty_of_everything_take_as_many_queries_as_three(operator: User, now: datetime) -> None:
    taken = []
    for places in (range(1, 4), range(4, 34)):
        tables = many(places)
        digest = seen(tables, now)
        with CaptureQueriesContext(connection) as queries:
            take(tables, operator, now, digest)
        taken.append(len(queries))
    assert taken == [26, 26]
    assert (Organisation.objects.count(), Seat.objects.count()) == (33, 33)


def test_a_person_who_belongs_here_is_seated_and_keeps_the_account(
    host: Organisation, operator: User, now: datetime
) -> None:
    member = make_person(
        role=MemberRole.MEMBER, organisation=host, email="mei@lake.test", name="Mei", language="zh-hans"
    )
    take(
        (
            people("mei@lake.test|Mei|||||"),
            committees(f"|{host.name}|LAKE|Lake Committee|cn-ai-2026|eight-points|"),
            seats("LAKE|MEI@lake.test|member|ethics|female||2026-12-01|2029-11-30"),
        ),
        operator,
        now,
    )
    member.refresh_from_db()
    assert (member.language, member.has_usable_password(), Seat.objects.get().user) == ("zh-hans", True, member)
    assert [verb for _chain, verb, _subject, _facts in events()] == ["committee.create", "committee.seat"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker")
def test_of_two_clicks_at_once_one_imports_and_the_other_finds_it_done(operator: User, now: datetime) -> None:
    digest, gate, found = seen(WHOLE, now), threading.Barrier(2, timeout=20), list[str]()

    def click() -> None:
        gate.wait()
        try:
            take(WHOLE, operator, now, digest)
            found.append("done")
        except Refused as refusal:
            found.extend(gap.code.value for gap in refusal.gaps)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _click in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(timeout=30)
    assert sorted(found) == ["done", "stale"]
    assert (Organisation.objects.count(), Seat.objects.count(), AuditEvent.objects.count()) == (2, 2, 9)
