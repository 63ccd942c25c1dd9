"""The public registers of committees and decisions: what everybody reads, and what nobody does there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import OrganisationKind
from tests.api.callers import Caller
from tests.documents import sign
from tests.driven import this_moment
from tests.factories import make_organisation
from tests.scenes import Scene, make_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, CaseReport, Committee, Decision, Seat

pytestmark = pytest.mark.django_db
COMMITTEES, DECISIONS = "/register/committees/", "/register/decisions/"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


def more_committees(scene: Scene, count: int) -> list[Committee]:
    """Committees of another host without a single seat."""
    host = make_organisation(kind=OrganisationKind.REVIEW_BODY, name="Quay Hospital", province="440000")
    return [
        Committee.objects.create(
            host=host,
            code=f"QH{number:03}",
            name=f"Quay Committee {number}",
            rulebook_slug=scene.committee.rulebook_slug,
            instrument_slug=scene.committee.instrument_slug,
        )
        for number in range(count)
    ]


def decided(scene: Scene, effect: Effect = Effect.APPROVE) -> Decision:
    """A decision that is out, its letters signed."""
    case = scene.case_in(State.REFUSED if effect is Effect.REFUSE else State.APPROVED)
    for report in CaseReport.objects.filter(decision__case=case):
        sign(report, scene.host)
    return Decision.objects.get(case=case)


def codes(page: Any) -> list[str]:
    return [row["code"] for row in page.context["rows"]]


def references(page: Any) -> list[str]:
    return [row["reference"] for row in page.context["rows"]]


# -- committees -------------------------------------------------------------------------------------------------------


def test_committees_are_listed_with_their_composition(client: Client, scene: Scene) -> None:
    (other,) = more_committees(scene, 1)
    page = client.get(COMMITTEES)
    rows = {row["code"]: row for row in page.context["rows"]}
    assert sorted(rows) == codes(page) == sorted([scene.committee.code, other.code])
    whole, empty = rows[scene.committee.code], rows[other.code]
    assert (whole["members"], whole["lacks"], whole["host"]) == (7, 0, "Lakeside Review Office")
    assert (empty["members"], empty["lacks"] > 0, str(empty["region"])) == (0, True, "Guangdong")


def test_one_committee_tells_what_is_covered_by_which_article(client: Client, scene: Scene) -> None:
    page = client.get(f"{COMMITTEES}{scene.committee.code}/")
    assert {row["count"] > 0 for row in page.context["covered"] if row["article"]} == {True}
    assert page.context["needed"] == []
    Seat.objects.filter(committee=scene.committee, role="chair").update(ends=timezone.localdate() - timedelta(days=1))
    page = client.get(f"{COMMITTEES}{scene.committee.code}/")
    assert {gap["code"] for gap in page.context["needed"]} >= {"members_missing", "chair_missing"}
    assert client.get(f"{COMMITTEES}NONE/").status_code == 404


def test_nobody_is_named(client: Client, scene: Scene) -> None:
    Seat.objects.filter(committee=scene.committee).update(profession="Professor Meiying Lin of Reed Road")
    decided(scene)
    public = Caller(None, timezone.now())
    told = [
        client.get(address).content.decode()
        for address in (COMMITTEES, f"{COMMITTEES}{scene.committee.code}/", DECISIONS)
    ] + [
        public.get(address).content.decode()
        for address in ("register/committees", f"register/committees/{scene.committee.code}", "register/decisions")
    ]
    secrets = [user.name for user in (*scene.voters, scene.secretary, scene.lead)]
    secrets += ["Meiying", scene.company.name, Case.objects.get().title, "Report every quarter", "benefits outweigh"]
    assert [(place, secret) for place, text in enumerate(told) for secret in secrets if secret in text] == []


def test_committees_are_found_by_words_and_turned_page_by_page(client: Client, scene: Scene) -> None:
    made = more_committees(scene, 30)
    assert codes(client.get(COMMITTEES, {"text": "Lakeside Review"})) == [scene.committee.code]
    assert codes(client.get(COMMITTEES, {"text": "nowhere"})) == []
    first = client.get(COMMITTEES, {"text": "quay"})
    second = client.get(first.context["page"]["next_url"])
    assert codes(first) + codes(second) == [row.code for row in made]
    assert (second.context["page"]["next_url"], second.context["page"]["total"]) == ("", 30)
    assert codes(client.get(second.context["page"]["previous_url"])) == codes(first)


@pytest.mark.parametrize("mark", ["~", "a" * 40, "2026-13-01~1", "2026-11-24T10:00:00+08:00~x"])
def test_foreign_marks_begin_anew(client: Client, scene: Scene, mark: str) -> None:
    decided(scene)
    for address in (COMMITTEES, DECISIONS):
        for way in ("older", "newer"):
            page = client.get(address, {way: mark})
            assert (page.status_code, len(page.context["rows"])) == (200, 1), (address, way)


def test_wrong_filters_are_told(client: Client, scene: Scene) -> None:
    assert client.get(COMMITTEES, {"text": "x" * 101}).status_code == 400
    assert client.get(DECISIONS, {"kind": "no kind"}).status_code == 400
    assert client.post(COMMITTEES).status_code == 405
    assert client.post(DECISIONS).status_code == 405


# -- decisions --------------------------------------------------------------------------------------------------------


def test_decisions_lead_to_the_check_of_their_letter(client: Client, scene: Scene) -> None:
    decision = decided(scene)
    letter = CaseReport.objects.get(decision=decision, kind="letter", language="en")
    page = client.get(DECISIONS)
    (row,) = page.context["rows"]
    assert (row["reference"], row["kind"], row["tone"]) == (decision.case.reference, "Approved", "good")
    assert letter.document is not None
    assert (row["code"], row["committee_url"]) == (letter.document.code, f"{COMMITTEES}{scene.committee.code}/")
    assert f'href="/verify/{letter.document.code}/"' in page.content.decode()
    assert client.get(f"/verify/{letter.document.code}/").status_code == 200


def test_drafts_and_reports_stay_inside(client: Client, scene: Scene) -> None:
    scene.write_decision(scene.case_in(State.CARRIED))
    assert references(client.get(DECISIONS)) == []
    decision = decided(scene)
    reports = CaseReport.objects.filter(decision=decision, kind="report").select_related("document")
    text = client.get(DECISIONS).content.decode()
    assert [report.document.code in text for report in reports if report.document] == [False, False]


def test_decisions_are_narrowed_by_kind_committee_and_words(client: Client, scene: Scene) -> None:
    approved, refused = decided(scene), decided(scene, Effect.REFUSE)
    page = client.get(DECISIONS)
    assert references(page) == [refused.case.reference, approved.case.reference]
    assert [tab["count"] for tab in page.context["tabs"]] == [2, 1, 1]
    narrowed = client.get(DECISIONS, {"kind": refused.kind, "committee": scene.committee.code})
    assert references(narrowed) == [refused.case.reference]
    assert [chip["value"] for chip in narrowed.context["filters"]] == ["Not approved", scene.committee.code]
    assert references(client.get(DECISIONS, {"committee": "NONE"})) == []
    assert references(client.get(DECISIONS, {"text": approved.case.reference})) == [approved.case.reference]
    assert len(references(client.get(DECISIONS, {"text": "湖畔"}))) == 2


def test_decisions_are_turned_page_by_page(client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.queries.public_registers.PAGE", 2)
    made = [decided(scene).case.reference for _ in range(5)]
    pages = [client.get(DECISIONS)]
    while url := pages[-1].context["page"]["next_url"]:
        pages.append(client.get(url))
    assert [references(page) for page in pages] == [[made[4], made[3]], [made[2], made[1]], [made[0]]]
    back = client.get(pages[2].context["page"]["previous_url"])
    assert references(back) == [made[2], made[1]]
    assert references(client.get(back.context["page"]["previous_url"])) == [made[4], made[3]]


# -- what it costs, and the same for programs -------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_registers_cost_the_same_for_one_row_and_three(
    client: Client, scene: Scene, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    more_committees(scene, rows - 1)
    for _ in range(rows):
        decided(scene)
    public = Caller(None, timezone.now())
    one = scene.committee.code
    client.get(DECISIONS)
    for address, count in ((COMMITTEES, 4), (f"{COMMITTEES}{one}/", 3), (DECISIONS, 4)):
        with django_assert_num_queries(count):
            assert client.get(address).status_code == 200
    asked = (("register/committees", 3), (f"register/committees/{one}", 3), ("register/decisions", 2))
    for address, count in asked:
        with django_assert_num_queries(count):
            assert public.get(address).status_code == 200


def test_programs_read_the_same_without_a_token(scene: Scene) -> None:
    decision, (other,) = decided(scene), more_committees(scene, 1)
    public = Caller(None, timezone.now())
    rows = public.get("register/committees").json()["results"]
    assert [(row["code"], row["whole"]) for row in rows] == sorted([(scene.committee.code, True), (other.code, False)])
    entry = public.get(f"register/committees/{scene.committee.code}").json()
    assert (entry["members"], entry["missing"], entry["rulebook"]["slug"]) == (7, [], scene.committee.rulebook_slug)
    assert sum(one["members"] for one in entry["composition"]) >= 7
    assert public.get("register/committees/NONE").status_code == 404
    (row,) = public.get("register/decisions", {"committee": scene.committee.code}).json()["results"]
    assert (row["case"], row["kind"], row["kind_name"]) == (decision.case.reference, decision.kind, "Approved")
    assert public.get("register/decisions", {"text": "nowhere"}).json()["results"] == []
    chinese = Caller(None, timezone.now(), language="zh-hans")
    assert chinese.get("register/decisions").json()["results"][0]["host"] == "湖畔审查办公室"
    assert set(row) == {
        "case",
        "number",
        "kind",
        "kind_name",
        "committee",
        "committee_name",
        "host",
        "rulebook",
        "issued_at",
        "valid_from",
        "valid_until",
        "code",
    }


def test_every_register_leads_to_the_others(client: Client, scene: Scene) -> None:
    for address in ("/register/", COMMITTEES, DECISIONS, "/register/notices/"):
        page = client.get(address)
        tabs = [(tab["url"], tab["current"]) for tab in page.context["registers"]]
        assert tabs == [(url, url == address) for url in ("/register/", COMMITTEES, DECISIONS, "/register/notices/")]
        assert page.content.decode().count(f'href="{DECISIONS}"') == 2  # once more in the footer
