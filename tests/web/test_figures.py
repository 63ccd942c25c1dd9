"""The page of figures: each number leads to a list of as many, exports open again, and nobody else finds it."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import MemberRole, Reach
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.portal.domain.figures import Board
from ethicsreview.portal.queries.figures import figures_for
from ethicsreview.portal.reporting.boards import Line, Panel, Shown
from ethicsreview.portal.reporting.figure_files import table
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.factories import make_membership
from tests.figure_rows import count_all, office_of
from tests.scenes import Scene, make_scene
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import Case, Certificate, Conflict, Seat

FIGURES = "/regulator/figures/"
WORKBOOK = f"{FIGURES}figures.xlsx"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def verifying(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def panels(client: Client) -> dict[str, Panel]:
    return {one["panel"].key: one["panel"] for one in client.get(FIGURES).context["panels"]}


def links(found: dict[str, Panel]) -> dict[str, tuple[str, int]]:
    """Where each number with a list behind it leads, and the number; by panel, row and column."""
    return {
        f"{key}/{line.code}/{place}": (shown.url, shown.value)
        for key, panel in found.items()
        for line in panel.lines
        for place, shown in enumerate(line.values)
        if shown.url and isinstance(shown.value, int)
    }


def listed(client: Client, url: str) -> int:
    """How many rows the list behind a number has."""
    context = client.get(url).context
    return int(context["total"]) if url.startswith("/search/") else context["page"]["total"]


# -- who and when -----------------------------------------------------------------------------------------------------


def test_to_everybody_but_a_regulator_there_is_no_such_page(client: Client, scene: Scene, operator: User) -> None:
    assert client.get(FIGURES)["Location"].startswith("/accounts/sign-in/")
    for user in (scene.lead, scene.secretary, scene.chair, scene.manager, operator):
        answers = [at(client, user).get(path) for path in (FIGURES, WORKBOOK, f"{FIGURES}tables/decisions.csv")]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert at(client, make_regulator()).post(FIGURES).status_code == 405


def test_before_the_first_counting_the_page_says_so_and_nothing_can_be_taken(client: Client, scene: Scene) -> None:
    client = at(client, make_regulator())
    shown = client.get(FIGURES)
    assert (shown.status_code, shown.context["at"], shown.context["panels"]) == (200, None, [])
    assert "Figures are counted every 15 minutes" in shown.content.decode()
    assert [client.get(path).status_code for path in (WORKBOOK, f"{FIGURES}tables/decisions.csv")] == [404, 404]


def test_the_page_shows_the_moment_and_the_next_one(client: Client, scene: Scene) -> None:
    client = at(client, make_regulator())
    count_all(scene.now)
    shown = client.get(FIGURES).context
    assert (shown["at"], shown["next_at"]) == (scene.now, scene.now + timedelta(minutes=15))


def test_an_authority_sees_its_own_figures_alone(client: Client, scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    near, far = make_regulator(Reach.PROVINCE, province="310000"), make_regulator(Reach.PROVINCE, province="110000")
    count_all(scene.now)
    assert len(panels(at(client, near))["decisions"].lines) == 1
    assert panels(at(client, far))["decisions"].lines == ()
    assert client.get(FIGURES, {"authority": office_of(near).pk}).status_code == 404
    assert client.get(WORKBOOK, {"authority": office_of(near).pk}).status_code == 404


def test_who_regulates_for_two_authorities_chooses_between_them(client: Client, scene: Scene) -> None:
    scene.case_in(State.APPROVED)
    user, far = make_regulator(), make_regulator(Reach.PROVINCE, province="110000")
    make_membership(role=MemberRole.REGULATOR, user=user, organisation=office_of(far))
    count_all(scene.now)
    client = at(client, user)
    shown = client.get(FIGURES, {"authority": office_of(far).pk})
    assert [(tab["label"], tab["current"]) for tab in shown.context["tabs"]] == [
        ("Authority national", False),
        ("Authority province", True),
    ]
    assert next(one["panel"] for one in shown.context["panels"] if one["panel"].key == "decisions").lines == ()
    assert f"authority={office_of(far).pk}" in shown.context["workbook_url"]


# -- the lists behind -------------------------------------------------------------------------------------------------


def test_each_number_about_cases_is_that_of_the_list_behind_it(client: Client, scene: Scene) -> None:
    user = make_regulator()
    scene.case_in(State.APPROVED, step="1")
    late = scene.case_in(State.APPROVED)
    scene.case_in(State.REFUSED)
    scene.case_in(State.MODIFYING, effect=Effect.MODIFY_THEN_CHECK)
    running = scene.case_in(State.REVIEWING)
    days = scene.rules.meeting.days.value
    long_ago = scene.now - timedelta(days=days + 2)
    Case.objects.filter(pk__in=[late.pk, running.pk]).update(clock_started_at=long_ago, accepted_at=long_ago)
    Seat.objects.filter(user__in=[scene.chair, scene.members[0]]).update(ends=scene.now.date() - timedelta(days=1))
    count_all(scene.now)
    client = at(client, user)
    found = links(panels(client))
    told = {place: number for place, (_url, number) in found.items()}
    assert {place: listed(client, url) for place, (url, _number) in found.items()} == told
    assert (told["overdue/decide/0"], told["overdue/decided_late/0"]) == (1, 1)
    assert sum(number for place, number in told.items() if place.startswith("turnaround/")) == 3
    assert sum(number for place, number in told.items() if place.startswith("composition/")) >= 2
    assert {number for place, number in told.items() if place.startswith("weak-")} == {1}


def test_each_number_about_maturity_is_that_of_the_list_behind_it(
    client: Client, verifying: VerificationScene
) -> None:
    user = make_regulator()
    verifying.certificate()
    day = verifying.now.date()
    Certificate.objects.update(
        issued_on=day - timedelta(days=400),
        surveillance_due=day - timedelta(days=1),
        dcmm_expires=day - timedelta(days=1),
    )
    count_all(verifying.now)
    client = at(client, user)
    found = links(panels(client))
    told = {place: number for place, (_url, number) in found.items()}
    assert {place: listed(client, url) for place, (url, _number) in found.items()} == told
    assert (told["overdue/look/0"], told["overdue/dcmm/0"]) == (1, 1)
    assert sum(place.startswith(("sector-", "province-")) for place in told) == 4  # the tier and the sum, twice


def test_chips_name_the_filter_of_a_list_and_take_it_away(client: Client, scene: Scene) -> None:
    client = at(client, make_regulator())
    shown = client.get("/regulator/cases/", {"duty": "decide", "quarter": "2026-Q4", "state": "reviewing"})
    assert [(str(one["label"]), one["value"]) for one in shown.context["filters"]] == [
        ("Overdue obligation", "Cases whose limit is over without a decision"),
        ("Ended in", "Q4 2026"),
    ]
    assert shown.context["filters"][0]["remove_url"] == "/regulator/cases/?state=reviewing&quarter=2026-Q4"
    bad = client.get("/regulator/cases/", {"duty": "look", "quarter": "soon", "instrument": "x", "spot": "a\tb"})
    assert (bad.status_code, bad.context["filters"]) == (200, [])


def test_pages_and_tabs_of_a_list_keep_its_filters(client: Client, scene: Scene) -> None:
    scene.case_in(State.REVIEWING)
    Case.objects.update(clock_started_at=scene.now - timedelta(days=200))
    shown = at(client, make_regulator()).get("/regulator/cases/", {"duty": "decide"}).context
    assert [tab["url"] for tab in shown["tabs"]] == [
        "/regulator/cases/?duty=decide",
        "/regulator/cases/?state=reviewing&duty=decide",
    ]


def test_a_list_kept_in_the_authoritys_chain_names_its_filter(client: Client, scene: Scene) -> None:
    user = make_regulator()
    at(client, user).get("/regulator/cases/", {"duty": "decide"})
    event = AuditEvent.objects.filter(verb="oversight.searched").latest("number")
    assert event.facts["filters"] == {"duty": "decide"}


# -- one's own matters ------------------------------------------------------------------------------------------------


def test_who_is_recused_from_a_case_sees_no_ratings_and_is_told_why(client: Client, scene: Scene) -> None:
    user, other = make_regulator(), make_regulator(name="Second")
    case = scene.case_in(State.APPROVED)
    Conflict.objects.create(case=case, user=user, kind="kin", declared_at=scene.now, declared_by=user)
    count_all(scene.now)
    own = panels(at(client, user))
    assert {panel.board for panel in own.values()} & {Board.RATINGS, Board.WEAK} == set()
    assert "Cases that concern you yourself: 1." in client.get(FIGURES).content.decode()
    assert "Cases that concern you yourself: 1." in str(_cells(client.get(WORKBOOK).content))
    assert {panel.board for panel in panels(at(client, other)).values()} >= {Board.RATINGS, Board.WEAK}


# -- to take along ----------------------------------------------------------------------------------------------------


def _cells(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_the_workbook_says_whose_figures_it_holds_and_what_is_left_out(client: Client, scene: Scene) -> None:
    user = make_regulator(Reach.PROVINCE, province="310000")
    scene.case_in(State.APPROVED)
    scene.case_in(State.READY)
    count_all(scene.now)
    client = at(client, user)
    answer = client.get(WORKBOOK)
    sheets = _cells(answer.content)
    shown = panels(client)
    assert len(sheets) == 1 + len(shown)
    first = {row[0]: row[1] for row in sheets["Overview"] if row[0]}
    assert first["Authority"] == "Authority province"
    assert first["Jurisdiction"] == "Jurisdiction: organisations in the province Shanghai"
    assert first["Filters"] == "none: everything in the jurisdiction"
    assert first["1 Decisions by kind"].splitlines() == [
        "Decisions being written: they are open to nobody but their writers.",
        "Cases not yet accepted: an authority reads a case from its acceptance on.",
        "Cases without a decision: 1 under way, 0 withdrawn.",
    ]
    decided = [row for row in sheets["1 Decisions by kind"] if row[-1] == 1]
    assert [row[0] for row in decided] == [shown["decisions"].lines[0].label]
    event = AuditEvent.objects.filter(verb="oversight.searched").latest("number")
    assert (event.facts["about"], event.facts["filters"]["form"]) == ("figures", "xlsx")
    assert event.chain == f"organisation:{office_of(user).pk}"


def test_a_table_opens_again_with_its_numbers(client: Client, scene: Scene) -> None:
    client = at(client, make_regulator())
    scene.case_in(State.APPROVED)
    count_all(scene.now)
    answer = client.get(f"{FIGURES}tables/overdue.csv")
    assert answer.content[:3] == b"\xef\xbb\xbf"
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Overdue obligation", "Number"]
    assert [row[1] for row in rows[1:6]] == ["0"] * 5
    assert [row[0] for row in rows if row and row[0] == "Left out"] == ["Left out"] * 2
    assert client.get(f"{FIGURES}tables/nothing.csv").status_code == 404
    forms = [event.facts["filters"]["form"] for event in AuditEvent.objects.filter(verb="oversight.searched")]
    assert forms == ["csv overdue"]


def test_a_text_that_looks_like_a_formula_stays_a_text(client: Client, scene: Scene) -> None:
    user = make_regulator()
    count_all(scene.now)
    labels = ("=1+1", "+1", "-1", "@x", "\t=1", " =1", "plain")
    lines = tuple(Line(label, label, (Shown(number),)) for number, label in enumerate(labels))
    panel = Panel(key="k", board=Board.OVERDUE, title="=cmd()", heads=("=head", "n"), lines=lines)
    found = figures_for(user, office_of(user))
    rows = list(csv.reader(StringIO(table(found, panel).decode("utf-8-sig"))))
    assert rows[0][0] == "'=head"
    assert [row[0] for row in rows[1:8]] == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "' =1", "plain"]
    assert ["Table", "'=cmd()"] in rows


def test_everything_is_told_in_chinese_too(client: Client, scene: Scene) -> None:
    user = make_regulator()
    user.language = "zh-hans"
    user.save()
    scene.case_in(State.APPROVED)
    count_all(scene.now)
    client = at(client, user)
    with translation.override("zh-hans"):
        label = str(panels(client)["decisions"].lines[0].label)
    rows = list(csv.reader(StringIO(client.get(f"{FIGURES}tables/decisions.csv").content.decode("utf-8-sig"))))
    assert rows[1][0] == label
    assert not label.isascii()


# -- queries ----------------------------------------------------------------------------------------------------------

QUERIES = 8


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_as_often_for_many_cases_as_for_one(
    client: Client, scene: Scene, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        scene.case_in(State.APPROVED)
    count_all(scene.now)
    client = at(client, make_regulator_of(scene))
    client.get(FIGURES)  # instruments are parsed, and charts drawn, once in the life of a process
    with django_assert_num_queries(QUERIES):
        client.get(FIGURES)


def make_regulator_of(scene: Scene) -> User:
    user = make_regulator()
    count_all(scene.now + timedelta(seconds=1))
    return user
