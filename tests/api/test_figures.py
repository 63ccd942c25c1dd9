"""Figures through the interface for programs: whose, which half, and that the reading is recorded."""

import pytest

from ethicsreview.accounts.domain import Reach
from ethicsreview.audit.models import AuditEvent
from ethicsreview.interface.domain.tokens import Scope
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.figure_rows import count_all, office_of
from tests.scenes import Scene, make_scene
from tests.verification_scenes import make_verification_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Certificate


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def test_a_regulator_reads_the_tables_of_the_page_and_it_is_recorded(scene: Scene) -> None:
    user = make_regulator()
    scene.case_in(State.APPROVED)
    count_all(scene.now)
    answer = Caller(user, scene.now).get("figures")
    assert answer.status_code == 200
    told = answer.json()
    assert told["authority"] == {"id": office_of(user).pk, "name": "Authority national"}
    assert told["jurisdiction"] == "Jurisdiction: the whole country"
    assert told["own_cases"] == 0
    tables = {table["key"]: table for table in told["tables"]}
    approved = tables["decisions"]["rows"][0]
    assert approved["code"] == scene.kind(Effect.APPROVE)
    assert approved["values"][-1] == {
        "number": 1,
        "mean": None,
        "list": f"/search/?kind=decisions&decision={scene.kind(Effect.APPROVE)}",
    }
    means = {row["values"][-1]["mean"] for row in tables[f"points-{scene.instrument.pk}"]["rows"]}
    assert means == {"3.00"}
    event = AuditEvent.objects.filter(verb="oversight.searched").latest("number")
    assert (event.facts["about"], event.facts["filters"]["form"]) == ("figures", "json")


def test_before_the_first_counting_there_is_no_table(scene: Scene) -> None:
    told = Caller(make_regulator(), scene.now).get("figures").json()
    assert (told["counted_at"], told["tables"]) == (None, [])


def test_nobody_else_finds_them(scene: Scene) -> None:
    count_all(scene.now)
    near, far = make_regulator(), make_regulator(Reach.PROVINCE, province="110000")
    there = f"authorities/{office_of(near).pk}/figures"
    assert Caller(near, scene.now).get(there).status_code == 200
    assert Caller(far, scene.now).get(there).status_code == 404
    for user in (scene.lead, scene.secretary, scene.manager):
        assert Caller(user, scene.now).get("figures").status_code == 404
    assert Caller(None, scene.now).get("figures").status_code == 401


def test_a_token_for_cases_alone_is_told_nothing_of_maturity(db: None) -> None:
    verifying, user = make_verification_scene(this_moment()), make_regulator()
    verifying.certificate()
    Certificate.objects.update(issued_on=verifying.now.date())
    count_all(verifying.now)
    both = Caller(user, verifying.now).get("figures").json()
    cases = Caller(user, verifying.now, (Scope.CASES_READ,)).get("figures").json()
    assert "maturity" in {table["board"] for table in both["tables"]}
    assert "maturity" not in {table["board"] for table in cases["tables"]}
    owed = {table["key"]: [row["code"] for row in table["rows"]] for table in cases["tables"]}["overdue"]
    assert owed == ["decide", "decided_late", "condition"]
    assert Caller(user, verifying.now, (Scope.MATURITY_READ,)).get("figures").status_code == 403
