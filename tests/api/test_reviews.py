"""Reviews for programs: the own one rating by rating, blinding, the opened ones side by side, exact values."""

from typing import Any

import pytest
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.api.answers import codes, good, hidden_like_nothing, overtaken, pointers, queries
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.scenes import Scene, make_scene, rate, rate_all
from workflows.domain.states import State
from workflows.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


def reviewing(scene: Scene) -> tuple[Case, Caller, Caller]:
    """A case being rated, with its two reviewers' programs."""
    case = scene.case_in(State.REVIEWING)
    return case, Caller(scene.members[0], scene.now), Caller(scene.members[1], scene.now)


def test_review_is_rated_item_by_item_and_handed_in(scene: Scene) -> None:
    case, first, _second = reviewing(scene)
    path = f"cases/{case.reference}/review"
    told = good(first.get(path))
    assert (told["submitted_at"], len(told["papers"]) > 0) == (None, True)
    item, version = told["unrated"][0], told["papers"][0]["version"]
    cited = {"version": version, "page": 2, "note": "Table 1"}
    kept = good(first.call("PUT", f"{path}/ratings/{item}", {"step": "3", "reason": "Seen.", "evidence": [cited]}))
    rating = kept["rating"]
    assert (rating["step"], rating["reason"], rating["evidence"][0]["page"]) == ("3", "Seen.", 2)
    assert item not in good(first.get(path))["unrated"]
    assert codes(first.post(f"{path}/submit", {"opinion": "Sound."})) == ["ratings_missing"]
    rate_all(case, scene.members[0], now=scene.now)
    assert pointers(first.post(f"{path}/submit", {"opinion": ""})) == ["/opinion"]
    assert good(first.post(f"{path}/submit", {"opinion": "Sound."}))["opinion"] == "Sound."
    assert codes(first.post(f"{path}/submit", {"opinion": "Again."})) == ["wrong_state"]


def test_wrong_ratings_are_named(scene: Scene) -> None:
    case, first, _second = reviewing(scene)
    path = f"cases/{case.reference}/review/ratings"
    item = next(iter(scene.items()))
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"step": "9"}, ["/step"]),
        ({"step": "3", "not_applicable": True, "reason": "x"}, ["/not_applicable"]),
        ({"not_applicable": True}, ["/reason"]),
        ({"step": "3", "evidence": [{"version": 10**9}]}, ["/evidence"]),
        ({"step": "3", "evidence": [{"version": 1, "page": 0}]}, ["/evidence/0/page"]),
        ({"score": "3"}, ["/score"]),
    ]
    for body, where in wrong:
        assert pointers(first.call("PUT", f"{path}/{item}", body)) == where
    assert first.call("PUT", f"{path}/nowhere", {"step": "3"}).status_code == 404
    assert good(first.get(f"{path}/{item}"))["rating"] is None


def test_another_tabs_rating_is_not_written_over(scene: Scene) -> None:
    case, first, _second = reviewing(scene)
    item = next(iter(scene.items()))
    path = f"cases/{case.reference}/review/ratings/{item}"
    read = first.get(path)
    rate(case, scene.members[0], item, "2", now=scene.now)
    late = first.call("PUT", path, {"step": "4", "reason": "Mine."}, if_match=read["ETag"])
    assert (late.status_code, late.json()["type"]) == (412, "/api/v1/docs/#problem-changed-meanwhile")
    standing = overtaken(first.call("PUT", path, {"step": "4", "reason": "Mine.", "seen": 0}))["rating"]
    assert (standing["step"], good(first.get(path))["rating"]) == ("2", standing)
    kept = good(first.call("PUT", path, {"step": "4", "reason": "Mine.", "seen": standing["id"]}))["rating"]
    assert (kept["step"], kept["id"] > standing["id"]) == ("4", True)


def test_nobody_reads_anothers_ratings_before_they_are_opened(scene: Scene) -> None:
    case, first, second = reviewing(scene)
    rate(case, scene.members[0], next(iter(scene.items())), "0", now=scene.now, reason="Secret words.")
    desk = Caller(scene.secretary, scene.now)
    for caller in (second, desk, Caller(scene.chair, scene.now)):
        told = good(caller.get(f"cases/{case.reference}/reviews"))
        assert (told["opened_at"], told["items"], told["points"]) == (None, [], [])
        assert [row["id"] for row in told["reviewers"]] == [user.pk for user in scene.members[:2]]
        assert "Secret words." not in caller.get(f"cases/{case.reference}/reviews").content.decode()
    assert "Secret words." not in second.get(f"cases/{case.reference}/review").content.decode()
    assert "Secret words." in first.get(f"cases/{case.reference}/review").content.decode()
    assert desk.get(f"cases/{case.reference}/review").status_code == 403
    assert Caller(scene.lead, scene.now).get(f"cases/{case.reference}/reviews").status_code == 403
    assert codes(desk.post(f"cases/{case.reference}/open-reviews")) == ["reviews_outstanding"]
    assert first.post(f"cases/{case.reference}/open-reviews").status_code == 403


def test_opened_reviews_stand_side_by_side_with_exact_values(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    first, path = Caller(scene.members[0], scene.now), f"cases/{case.reference}"
    item, later = next(iter(scene.items())), timezone.now()
    assert codes(first.call("PUT", f"{path}/review/ratings/{item}", {"step": "4"})) == ["reasons_missing"]
    rate(case, scene.members[0], item, "4", now=later, reason="Better than it looked.")
    told = good(Caller(scene.chair, scene.now).get(f"{path}/reviews"))
    row = next(one for one in told["items"] if one["key"] == item)
    assert (row["divided"], row["spread"]) == (True, "1")
    assert [one["rating"]["step"] for one in row["ratings"]] == ["4", "3"]
    assert [past["step"] for past in row["ratings"][0]["history"]] == ["3", "4"]
    point = next(one for one in told["points"] if one["key"] == row["point"])
    assert (point["lowest"], "/" in point["value"]) == ("3", True)
    assert [past["step"] for past in good(first.get(f"{path}/review/ratings/{item}"))["history"]] == ["3", "4"]


def test_reviews_are_opened_by_the_desk(scene: Scene) -> None:
    case, _first, _second = reviewing(scene)
    for user in scene.members[:2]:
        rate_all(case, user, now=scene.now)
        good(Caller(user, scene.now).post(f"cases/{case.reference}/review/submit", {"opinion": "Sound."}))
    told = good(Caller(scene.secretary, scene.now).post(f"cases/{case.reference}/open-reviews"))
    assert (told["state"], told["reviews_opened_at"] is not None) == ("ready", True)


def test_authority_reads_ratings_after_the_decision_alone(scene: Scene, stranger: User) -> None:
    ready, decided = scene.case_in(State.READY), scene.case_in(State.APPROVED)
    caller = Caller(make_regulator(), scene.now)
    hidden_like_nothing(caller, f"cases/{ready.reference}/reviews", "cases/NONE-1/reviews")
    told = good(caller.get(f"cases/{decided.reference}/reviews"))
    assert len(told["reviewers"]) == 2
    assert AuditEvent.objects.get(verb="case.read").facts["part"] == "ratings"
    far = Caller(stranger, scene.now)
    for part in ("review", "reviews", "review/ratings/x"):
        hidden_like_nothing(far, f"cases/{decided.reference}/{part}", f"cases/NONE-1/{part}")


def test_reading_reviews_costs_the_same_with_one_and_with_three(scene: Scene) -> None:
    def costs(reviewers: int) -> tuple[int, int]:
        case = scene.case_in(State.READY, reviewers=reviewers)
        path = f"cases/{case.reference}"
        first = Caller(scene.members[0], scene.now)
        return queries(lambda: first.get(f"{path}/review")), queries(lambda: first.get(f"{path}/reviews"))

    assert costs(2) == costs(3) == (12, 12)
