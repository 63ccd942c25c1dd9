"""The audit chain on a real PostgreSQL: it never forks, never changes, and says where it was broken."""

import threading
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.steps import record


@pytest.mark.django_db(transaction=True)
def test_chain_with_eight_writers_never_forks_or_skips(now: datetime) -> None:
    def write(writer: int) -> None:
        try:
            for number in range(25):
                with transaction.atomic():
                    record(chain="operator", at=now, actor=writer, verb="x.y", subject=f"x:{writer}", n=number)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(AuditEvent.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 201))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditevent SET verb = 'z'", "DELETE FROM audit_auditevent", "TRUNCATE audit_auditevent"],
)
def test_event_change_is_refused_by_the_database(now: datetime, statement: str) -> None:
    record(chain="operator", at=now, actor=None, verb="x.y", subject="x:1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
