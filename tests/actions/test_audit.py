"""The audit chain on a real PostgreSQL: it never forks, never changes, and says where it was broken."""

import io
import threading
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import GENESIS, BadFacts, Break, Fault, Head, organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chain_head, chains, verify_chain
from ethicsreview.audit.steps import Entry, NoTransaction, record, record_all

UNGUARDED = "ALTER TABLE audit_auditevent DISABLE TRIGGER USER"
GUARDED = "ALTER TABLE audit_auditevent ENABLE TRIGGER USER"


def write(count: int, *, now: datetime, chain: str = "operator") -> list[AuditEvent]:
    return [
        record(chain=chain, at=now, actor=1, verb="thing.changed", subject=f"thing:{number}", n=number)
        for number in range(count)
    ]


def tamper(statement: str, *values: object) -> None:
    """What only somebody who owns the table can do."""
    with connection.cursor() as cursor:
        cursor.execute(UNGUARDED)
        cursor.execute(statement, values)
        cursor.execute(GUARDED)


@pytest.mark.django_db(transaction=True)
def test_chain_with_eight_writers_never_forks_or_skips(now: datetime) -> None:
    faults: list[BaseException] = []

    def work(writer: int) -> None:
        try:
            for number in range(25):
                with transaction.atomic():
                    record(chain="operator", at=now, actor=writer, verb="x.y", subject=f"x:{writer}", n=number)
        except DatabaseError as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert list(AuditEvent.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 201))
    verification = verify_chain("operator")
    assert (verification.ok, verification.count, verification.head.number) == (True, 200, 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditevent SET verb = 'z'", "DELETE FROM audit_auditevent", "TRUNCATE audit_auditevent"],
)
def test_event_change_is_refused_by_the_database(now: datetime, statement: str) -> None:
    write(1, now=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().verb == "thing.changed"


@pytest.mark.django_db(transaction=True)
def test_event_outside_a_transaction_is_refused(now: datetime) -> None:
    with pytest.raises(NoTransaction):
        write(1, now=now)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_events_of_several_chains_are_written_at_once(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(2, now=now)
    own = organisation_chain(7)
    entries = [Entry(chain, now, 1, "thing.changed", "thing:1", {"n": 1}) for chain in ("operator", own, "operator")]
    with django_assert_num_queries(3):
        written = record_all(entries)
    assert [(event.chain, event.number) for event in written] == [("operator", 3), (own, 1), ("operator", 4)]
    assert [(verify_chain(chain).ok, verify_chain(chain).count) for chain in ("operator", own)] == [
        (True, 4),
        (True, 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_event_is_rolled_back_with_its_change_and_its_number_is_given_again(now: datetime) -> None:
    with transaction.atomic():
        write(3, now=now)
        transaction.set_rollback(True)
    with transaction.atomic():
        event = write(1, now=now)[0]
    assert (event.number, event.previous) == (1, GENESIS)


@pytest.mark.django_db
def test_facts_of_every_plain_kind_survive_the_database(now: datetime) -> None:
    facts: dict[str, Any] = {
        "text": "审查 \u2028 \U0001f426 é",
        "big": 2**70,
        "zero": 0,
        "yes": True,
        "nothing": None,
        "list": [1, ("a", "b"), {}],
        "map": {"ß": 1, "a": {"": []}},
    }
    record(chain="operator", at=now, actor=None, verb="x.y", subject="x:1", **facts)
    assert verify_chain("operator").ok is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "where"),
    [
        (0.5, "facts.value: float"),
        (Decimal("0.5"), "facts.value: Decimal"),
        ([1, {2: 3}], "facts.value[1]: the key 2"),
        ("a\0b", "facts.value: a string"),
        ({"\ud800": 1}, "facts.value: a key"),
    ],
)
def test_facts_that_would_not_come_back_alike_are_refused(now: datetime, value: object, where: str) -> None:
    with pytest.raises(BadFacts) as refusal:
        record(chain="operator", at=now, actor=None, verb="x.y", subject="x:1", value=value)
    assert str(refusal.value).startswith(where)


@pytest.mark.django_db
def test_chain_head_is_the_last_event_of_that_chain_alone(now: datetime) -> None:
    write(2, now=now, chain=organisation_chain(7))
    last = write(3, now=now)[-1]
    assert chain_head("operator") == Head(3, last.digest)
    assert chain_head("organisation:8") == Head(0, GENESIS)
    assert chains() == ["operator", "organisation:7"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_auditevent SET actor = 2 WHERE number = 3", Break(3, Fault.WRONG_DIGEST)),
        ("""UPDATE audit_auditevent SET facts = '{"n": 9}' WHERE number = 3""", Break(3, Fault.WRONG_DIGEST)),
        ("UPDATE audit_auditevent SET at = at + interval '1 second' WHERE number = 2", Break(2, Fault.WRONG_DIGEST)),
        ("UPDATE audit_auditevent SET digest = repeat('a', 64) WHERE number = 2", Break(2, Fault.WRONG_DIGEST)),
        ("UPDATE audit_auditevent SET previous = repeat('a', 64) WHERE number = 4", Break(4, Fault.WRONG_PREVIOUS)),
        ("DELETE FROM audit_auditevent WHERE number = 1", Break(1, Fault.MISSING_NUMBER)),
        ("DELETE FROM audit_auditevent WHERE number IN (3, 4)", Break(3, Fault.MISSING_NUMBER)),
    ],
)
def test_tampering_is_named_by_its_first_broken_link(now: datetime, statement: str, broken: Break) -> None:
    write(5, now=now)
    tamper(statement)
    verification = verify_chain("operator")
    assert (verification.ok, verification.first_broken, verification.count) == (False, broken, broken.number - 1)


@pytest.mark.django_db
def test_tail_that_was_cut_off_is_told_by_a_printed_head_alone(now: datetime) -> None:
    last = write(5, now=now)[-1]
    tamper("DELETE FROM audit_auditevent WHERE number = 5")
    assert verify_chain("operator").ok is True
    cut = verify_chain("operator", printed=Head(5, last.digest))
    assert cut.first_broken == Break(5, Fault.HEAD_NOT_FOUND)


@pytest.mark.django_db
def test_verify_audit_says_each_chain_and_holds(now: datetime) -> None:
    heads = [write(2, now=now)[-1].digest, write(1, now=now, chain="organisation:7")[-1].digest]
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().splitlines() == [
        f"operator: 2 events, head 2:{heads[0]}",
        f"organisation:7: 1 events, head 1:{heads[1]}",
        "2 chains hold",
    ]


@pytest.mark.django_db
def test_verify_audit_names_the_broken_event_and_fails(now: datetime) -> None:
    write(3, now=now)
    tamper("DELETE FROM audit_auditevent WHERE number = %s", 2)
    out = io.StringIO()
    with pytest.raises(CommandError) as fault:
        call_command("verify_audit", chain="operator", stdout=out)
    assert fault.value.returncode == 1
    assert out.getvalue() == "operator: BROKEN, event 2 is missing\n"


@pytest.mark.django_db
def test_verify_audit_takes_a_printed_head(now: datetime) -> None:
    first = write(2, now=now)[0]
    out = io.StringIO()
    call_command("verify_audit", chain="operator", head=f"1:{first.digest}", stdout=out)
    assert out.getvalue().splitlines()[-1] == "1 chains hold"
    with pytest.raises(CommandError) as fault:
        call_command("verify_audit", chain="operator", head=f"9:{first.digest}", stdout=out)
    assert fault.value.returncode == 1
    with pytest.raises(CommandError) as fault:
        call_command("verify_audit", head=f"1:{first.digest}")
    assert fault.value.returncode == 2


@pytest.mark.django_db
def test_admin_shows_events_and_takes_no_change(client: Client, operator: User, now: datetime) -> None:
    event = write(1, now=now)[0]
    client.force_login(operator)
    page = reverse("admin:audit_auditevent_changelist")
    assert client.get(page, {"q": "operator"}).status_code == 200
    change = reverse("admin:audit_auditevent_change", args=[event.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"verb": "z"}).status_code == 403
    assert client.post(reverse("admin:audit_auditevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
