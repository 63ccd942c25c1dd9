"""Two calls with one mark at once: the second is told, however closely it follows."""

import json
import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ethicsreview.accounts.actions import edit_letterhead
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation
from tests.api.callers import Caller
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_call_that_waited_for_another_is_measured_against_what_it_left(host: Organisation) -> None:
    manager = make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")
    caller, path = Caller(manager, timezone.now()), f"organisations/{host.pk}"
    etag, answers = caller.get(path)["ETag"], list[Any]()
    name = "match:" + json.dumps({"organisation": host.pk})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])

    def late() -> None:
        answers.append(caller.call("PATCH", path, {"name": "Late"}, if_match=etag))
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                break
            time.sleep(0.05)
        words = {"name": "Early", "name_zh": "", "letterhead_en": "", "letterhead_zh": ""}
        edit_letterhead(host.pk, **words, actor=manager, now=timezone.now())
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    thread.join()
    assert [answer.status_code for answer in answers] == [412]
    assert Organisation.objects.get(pk=host.pk).name == "Early"
