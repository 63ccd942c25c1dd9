"""Committees, seats, rulebooks and instruments for programs."""

from datetime import timedelta

import pytest

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from tests.api.answers import codes, good, pointers, queries
from tests.api.callers import Caller
from tests.driven import this_moment
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.models import Committee, Seat
from workflows.steps import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def keeper(scene: Scene) -> Caller:
    return Caller(scene.manager, scene.now)


def test_committees_are_public_among_those_signed_in(scene: Scene, stranger: User) -> None:
    caller = Caller(stranger, scene.now)
    (row,) = good(caller.get("committees", {"text": "lakeside"}))["results"]
    assert (row["code"], row["host"]["name"]) == ("LKS", "Lakeside Review Office")
    assert good(caller.get("committees", {"text": "nowhere"}))["results"] == []
    told = good(caller.get(f"committees/{row['id']}"))
    assert (len(told["seats"]), told["missing"], told["keeper"], told["seatable"]) == (9, [], False, [])
    assert "sex" not in told["seats"][0]
    assert caller.get("committees/999999").status_code == 404
    chinese = Caller(stranger, scene.now, language="zh-hans")
    assert good(chinese.get("committees"))["results"][0]["host"]["name"] == "湖畔审查办公室"


def test_composition_names_what_is_missing_with_its_article(scene: Scene, keeper: Caller) -> None:
    seat = scene.seats[scene.chair.pk]
    day = scene.now.date() - timedelta(days=1)
    told = good(keeper.post(f"seats/{seat.pk}/end", {"last_day": day.isoformat()}))
    missing = {one["code"]: one["article"] for one in told["missing"]}
    assert missing["chair_missing"] == scene.rules.gaps["chair_missing"].in_("en")
    assert len(told["seats"]) == 8
    assert keeper.post(f"seats/{seat.pk}/end", {"last_day": "2020-01-01"}).status_code == 409


def test_committee_is_set_up_and_seated(scene: Scene, keeper: Caller, stranger: User) -> None:
    body = {
        "host": scene.host.pk,
        "code": "new-1",
        "name": "Second Committee",
        "rulebook": scene.rulebook.slug,
        "instrument": scene.instrument.slug,
    }
    wrong = [
        ({"host": scene.company.pk}, ["/host"]),
        ({"code": "1x"}, ["/code"]),
        ({"code": "lks"}, ["/code"]),
        ({"rulebook": "nothing"}, ["/rulebook"]),
        ({"instrument": "nothing"}, ["/instrument"]),
        ({"circumstances": ["nothing"]}, ["/circumstances/0"]),
    ]
    for more, where in wrong:
        assert pointers(keeper.post("committees", {**body, **more})) == where
    assert Caller(stranger, scene.now).post("committees", body).status_code == 403
    made = good(keeper.post("committees", body), 201)
    assert (made["code"], made["seats"], made["keeper"]) == ("NEW-1", [], True)
    person = make_person(role=MemberRole.MEMBER, organisation=scene.host, name="Nu Newcomer")
    seat = {
        "person": person.pk,
        "role": "chair",
        "sex": "female",
        "external": True,
        "starts": "2026-01-01",
        "ends": "2028-12-31",
    }
    path = f"committees/{made['id']}/seats"
    assert pointers(keeper.post(path, {**seat, "person": scene.lead.pk})) == ["/person"]
    assert pointers(keeper.post(path, {**seat, "categories": ["nothing"]})) == ["/categories/0"]
    assert pointers(keeper.post(path, {**seat, "ends": "2025-12-31"})) == ["/ends"]
    assert Caller(scene.chair, scene.now).post(path, seat).status_code == 403
    told = good(keeper.post(path, seat), 201)
    assert [(row["person"]["id"], row["role"]) for row in told["seats"]] == [(person.pk, "chair")]
    assert Committee.objects.get(code="NEW-1").seats.get().sex == "female"


def test_absence_is_recorded_by_the_person_or_the_keeper(scene: Scene, keeper: Caller) -> None:
    seat = scene.seats[scene.members[0].pk]
    path, own = f"seats/{seat.pk}/absence", Caller(scene.members[0], scene.now)
    day = scene.now.date().isoformat()
    told = good(own.call("PUT", path, {"away_from": day, "away_until": None}))
    assert [row["away"] for row in told["seats"] if row["id"] == seat.pk] == [True]
    assert pointers(own.call("PUT", path, {"away_from": None, "away_until": day})) == ["/away_from"]
    assert pointers(own.call("PUT", path, {"away_from": day, "away_until": "2020-01-01"})) == ["/away_until"]
    other = {"away_from": None, "away_until": None}
    assert Caller(scene.members[1], scene.now).call("PUT", path, other).status_code == 403
    good(keeper.call("PUT", path, other))
    assert Seat.objects.get(pk=seat.pk).away_from is None
    assert own.call("PUT", "seats/999999/absence", other).status_code == 404
    assert own.post(f"seats/{seat.pk}/end", {"last_day": day}).status_code == 403


def test_rulebook_is_read_with_an_article_for_each_rule(scene: Scene, stranger: User) -> None:
    caller = Caller(stranger, scene.now)
    (row,) = good(caller.get("rulebooks", {"kind": "committee"}))["results"]
    told = good(caller.get(f"rulebooks/{row['slug']}/{row['version']}"))
    rules = {rule["path"]: rule for rule in told["rules"]}
    quorum = scene.rules.meeting.quorum
    assert rules["meeting.quorum"]["value"] == quorum.value
    assert rules["meeting.quorum"]["article"] == quorum.citation.in_("en")
    assert rules["meeting.threshold"]["value"] == str(scene.rules.meeting.threshold.value)
    assert rules[f"decisions.{scene.rules.decisions[0].code}"]["words"] == scene.rules.decisions[0].label.en
    assert rules["gaps.no_quorum"]["article"] == scene.rules.gaps["no_quorum"].in_("en")
    assert digest_of(told["content"]) == told["digest"]
    assert caller.get(f"rulebooks/{row['slug']}/99").status_code == 404


def test_instrument_is_read_with_the_sources_of_its_items(scene: Scene, stranger: User) -> None:
    caller = Caller(stranger, scene.now)
    (row,) = good(caller.get("instruments"))["results"]
    told = good(caller.get(f"instruments/{row['slug']}/{row['version']}"))
    key, item = next(iter(scene.items().items()))
    found = [one["article"] for one in told["sources"] if one["path"].endswith(f".{key}")]
    assert found == [source.in_("en") for source in item.sources]
    assert caller.get("instruments/nothing/1").status_code == 404


def test_reading_costs_the_same_with_one_committee_and_three(scene: Scene, keeper: Caller) -> None:
    def costs() -> dict[str, int]:
        paths = {
            "committees": "committees",
            "committee": f"committees/{scene.committee.pk}",
            "rulebooks": "rulebooks",
            "rulebook": f"rulebooks/{scene.rulebook.slug}/{scene.rulebook.version}",
            "instrument": f"instruments/{scene.instrument.slug}/{scene.instrument.version}",
        }
        return {name: queries(lambda path=path: keeper.get(path)) for name, path in paths.items()}

    before = costs()
    for code in ("A1", "A2"):
        Committee.objects.create(
            host=scene.host,
            code=code,
            name=code,
            rulebook_slug=scene.rulebook.slug,
            instrument_slug=scene.instrument.slug,
        )
    assert costs() == before == {"committees": 2, "committee": 7, "rulebooks": 2, "rulebook": 2, "instrument": 2}
    assert codes(keeper.post(f"seats/{scene.seats[scene.chair.pk].pk}/end", {"last_day": "2020-01-01"})) == [
        "day_past"
    ]
