"""Every operation at random, as each role; ``script/bench fuzz`` does the same at length."""

import pytest
from django.db import connection
from django.utils import timezone

from ethicsreview.accounts.models import User
from tests.api.callers import Caller
from tests.api.fuzzing import ask, operations
from tests.scenes import make_scene
from workflows.domain.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 1
PEOPLE = ["secretary", "chair", "lead", "member", "regulator", "stranger", "nobody"]


@pytest.mark.parametrize("who", PEOPLE)
def test_no_operation_breaks_or_answers_what_the_schema_does_not_know(
    who: str, regulator: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the connection of this test's transaction stays open between the calls, as Django's own test client keeps it
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    now = timezone.now()
    scene = make_scene(now)
    case = scene.case_in(State.REVIEWING)
    people = {
        "secretary": scene.secretary,
        "chair": scene.chair,
        "lead": scene.lead,
        "member": scene.members[0],
        "regulator": regulator,
        "stranger": stranger,
        "nobody": None,
    }
    headers = Caller(people[who], now).headers
    known = {"ref": case.reference, "organisation": scene.host.pk, "code": scene.committee.code}
    faults, statuses = [], set[int]()
    for operation in operations():
        try:
            statuses |= {*ask(operation, headers, examples=EXAMPLES, known=known, start=PEOPLE.index(who))}
        except (Exception, BaseExceptionGroup) as error:
            told = [str(one) for one in getattr(error, "exceptions", [error])]
            faults.append(f"{operation.label}: {' / '.join(told)}"[:1500])
    assert faults == []
    assert ({200, 401} & statuses, who) in [({200}, name) for name in PEOPLE if name != "nobody"] + [
        ({200, 401}, "nobody")
    ]
