"""Result, plan, comparison and workbook of an assessment as their readers meet them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from assessments.actions.answering import answer_criterion, set_item_aside
from assessments.actions.contributors import name_contributor
from assessments.actions.planning import StepTerms, add_steps
from assessments.actions.submitting import submit_self_assessment
from assessments.models import Answer, PlanStep, SelfAssessment, Snapshot
from assessments.queries import load_staged
from assessments.queries.planning import efforts_of
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.maturity_scenes import (
    Enterprise,
    claim_certificate,
    fill,
    folder_of,
    levels_of,
    make_enterprise,
    make_self_assessment,
    make_submitted,
    prove,
)

pytestmark = pytest.mark.django_db
PAGES = ("result", "plan", "comparison", "workbook", "workbook-file")
EDITING = ("plan-efforts", "plan-step-add")


@pytest.fixture
def now() -> datetime:
    """An hour before the pages read the clock."""
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def who() -> Enterprise:
    return make_enterprise()


@pytest.fixture
def row(who: Enterprise, now: datetime) -> SelfAssessment:
    """All items at level 3 but 7.2 and 1.2, at level 2; tier 3 is aimed at."""
    made = make_self_assessment(who, now=now)
    fill(made, levels_of(load_staged(made.assessment.instrument_version), 3, i7_2=2, i1_2=2), now=now)
    return made


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, row: SelfAssessment, *more: Any, **query: str) -> str:
    return reverse(f"assessments:{name}", args=[row.pk, *more], query=query)


# -- who may


@pytest.mark.parametrize("name", [*PAGES, *EDITING])
def test_pages_do_not_exist_for_others(row: SelfAssessment, name: str, stranger: User, assessor: User) -> None:
    assert [sign_in(user).get(page(name, row)).status_code for user in (stranger, assessor)] == [404, 404]
    assert Client().get(page(name, row)).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_everybody_of_the_enterprise_reads(row: SelfAssessment, who: Enterprise, name: str) -> None:
    people = (who.lead, who.colleague, who.reader)
    assert [sign_in(user).get(page(name, row)).status_code for user in people] == [200, 200, 200]


@pytest.mark.parametrize("name", [*EDITING, "plan-adopt", "workbook", "workbook-take"])
def test_who_only_reads_changes_nothing(row: SelfAssessment, who: Enterprise, name: str) -> None:
    assert sign_in(who.reader).post(page(name, row), {}).status_code == 403


@pytest.mark.parametrize(("name", "method"), [("result", "post"), ("plan-adopt", "get"), ("workbook-take", "get")])
def test_wrong_method_is_refused(row: SelfAssessment, who: Enterprise, name: str, method: str) -> None:
    assert getattr(sign_in(who.lead), method)(page(name, row)).status_code == 405


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("instrument", ["dcmm-2018", "dcmm-2025", "model-service"])
def test_every_instrument_has_its_pages(name: str, instrument: str, now: datetime) -> None:
    snapshot = make_submitted(levels=2, now=now, instrument=instrument)
    client = sign_in(snapshot.by)
    client.cookies.load({"django_language": "zh-hans"})
    assert client.get(page(name, snapshot.self_assessment)).status_code == 200


# -- result


def test_result_says_which_gate_binds_and_what_blocks(row: SelfAssessment) -> None:
    shown = sign_in(row.lead).get(page("result", row)).context
    assert shown["binding"] == [
        "Tier 2 · Department, because 7.2 Risk and impact assessment is at level 2, which is not enough for tier 3."
    ]
    assert [(gate["tier"], gate["binding"], gate["why"]) for gate in shown["gates"]] == [
        ("Tier 4 · Lean", False, "It does not hold the result back."),
        ("Tier 2 · Department", True, "7.2 Risk and impact assessment is at level 2, which is not enough for tier 3."),
        ("Tier 3 · Organisation-wide", False, "It does not hold the result back."),
    ]
    assert [(item["key"], item["level"], item["needs"], item["below"]) for item in shown["blocking"]] == [
        ("7.2", 2, 3, True)
    ]
    assert (shown["standing"]["tier"], shown["standing"]["index"]) == ("Tier 2 · Department", "2.92")


def test_result_names_score_and_certificate_when_they_bind(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    other = make_self_assessment(who, now=now)
    instrument = load_staged(other.assessment.instrument_version)
    lagging = {"i1_2": 2, "i3_1": 2, "i4_1": 2, "i5_2": 2, "i4_3": 2, "i2_2": 2}
    fill(other, levels_of(instrument, 3, **lagging), claim=False, now=now)
    claim_certificate(other, 3, now=now)
    assert sign_in(who.lead).get(page("result", other)).context["binding"] == [
        "Tier 2 · Department, because data management is at DCMM level 3 and tier 3 asks for level 4.",
        "Tier 2 · Department, because the score up to level 3 is 2.79 and tier 3 asks for 2.80.",
    ]


def test_result_prints_the_threshold_of_each_tier(row: SelfAssessment) -> None:
    shown = sign_in(row.lead).get(page("result", row)).context["thresholds"]
    assert [(line["score"], line["least"], line["reached"], line["asked"]) for line in shown] == [
        ("1.00", "0.80", True, True),
        ("2.00", "1.80", True, True),
        ("2.92", "2.80", True, True),
        ("2.92", "3.80", False, False),
        ("2.92", "4.80", False, False),
    ]


def test_result_that_is_not_complete_lies_between_bounds(row: SelfAssessment) -> None:
    Answer.objects.create(assessment=row.assessment, item="7.2.3", step="", by=row.lead, at=timezone.now())
    shown = sign_in(row.lead).get(page("result", row)).context
    standing = shown["standing"]
    assert (standing["complete"], standing["missing"], standing["spans"]) == (False, 1, True)
    assert (standing["tier"], standing["highest"], standing["index"]) == (
        "Tier 2 · Department",
        "Tier 3 · Organisation-wide",
        "2.92–2.96",
    )
    risk = next(item for dimension in shown["items"] for item in dimension["items"] if item["key"] == "7.2")
    assert (risk["level"], risk["score"], risk["weight"], risk["core"]) == ("2–3", "2.00–3.00", "4", True)


def test_result_keeps_the_four_states_of_a_cell_apart(row: SelfAssessment, now: datetime) -> None:
    set_item_aside(row.pk, "4.1", aside=True, reason="Rented.", actor=row.lead, now=now)
    Answer.objects.create(assessment=row.assessment, item="8.3.3", step="", by=row.lead, at=timezone.now())
    Answer.objects.create(assessment=row.assessment, item="2.2.1", step="P", by=row.lead, at=timezone.now())
    shown = sign_in(row.lead).get(page("result", row)).context["heat"]
    rows = {line[0].split()[0]: line[1:] for line in shown.table.rows}
    assert [rows[key] for key in ("1.1", "2.2", "4.1", "7.2", "8.3")] == [
        ("F", "F", "F", "–", "–"),
        ("P !", "–", "–", "–", "–"),
        ("n/a", "n/a", "n/a", "n/a", "n/a"),
        ("F", "F", "N", "–", "–"),
        ("F", "F", "?", "–", "–"),
    ]
    weights = {
        item["key"]: item["weight"]
        for dimension in sign_in(row.lead).get(page("result", row)).context["items"]
        for item in dimension["items"]
    }
    assert (weights["4.2"], weights["4.3"]) == ("6.66", "3.33")


def test_result_at_the_target_says_that_no_more_was_asked(who: Enterprise, now: datetime) -> None:
    snapshot = make_submitted(who, 3, now=now)
    response = sign_in(who.lead).get(page("result", snapshot.self_assessment))
    assert (response.context["binding"], response.context["blocking"]) == ([], [])
    body = response.content.decode()
    assert body.count("The target tier is reached; what lies above it was not asked.") == 1
    assert body.count(snapshot.digest) == 1


def test_charts_of_the_result_have_their_tables(row: SelfAssessment) -> None:
    body = sign_in(row.lead).get(page("result", row)).content.decode()
    captions = re.findall(r'<caption class="visually-hidden">([^<]+)</caption>', body)
    assert captions == ["Items by level", "Maturity by dimension", "Level, score and weight of each item"]


@pytest.mark.parametrize("pieces", [4, 8])
def test_result_takes_the_same_queries_however_much_is_proved(
    row: SelfAssessment, pieces: int, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    if pieces == 8:
        prove(row, ["1.1.1", "2.2.2"], now=now)
    client = sign_in(row.lead)
    client.get(page("result", row))
    with django_assert_num_queries(8):
        client.get(page("result", row))


# -- plan


def test_plan_proposes_the_smallest_set(row: SelfAssessment) -> None:
    shown = sign_in(row.lead).get(page("plan", row)).context["proposal"]
    assert (shown["changes"], shown["dcmm"], shown["tier"], shown["cost"]) == (
        ("7.2.3",),
        None,
        "Tier 3 · Organisation-wide",
        None,
    )
    change = shown["items"][0]["changes"][0]
    assert (change["now"], change["then"], change["planned"]) == ("Not met", "Fully met", False)


def test_plan_names_the_certificate_first(row: SelfAssessment) -> None:
    response = sign_in(row.lead).get(page("plan", row, tier="5"))
    assert (response.context["proposal"]["dcmm"], response.context["proposal"]["dcmm_now"]) == (5, 4)
    assert response.content.decode().count("First, outside the items: DCMM level 5") == 1


def test_plan_with_efforts_is_the_cheapest(who: Enterprise, now: datetime) -> None:
    made = make_self_assessment(who, now=now)
    lagging = {"i1_2": 2, "i3_1": 2, "i4_1": 2, "i5_2": 2, "i4_3": 2, "i2_2": 2}
    fill(made, levels_of(load_staged(made.assessment.instrument_version), 3, **lagging), now=now)
    client = sign_in(who.lead)
    fewest = client.get(page("plan", made)).context["proposal"]
    answer = client.post(page("plan-efforts", made), {"effort-1.2": "9", "effort-2.2": "5", "effort-3.1": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, page("plan", made, aim="cheapest"))
    cheapest = client.get(page("plan", made, aim="cheapest")).context["proposal"]
    assert (fewest["changes"], cheapest["changes"], cheapest["cost"]) == (("1.2.3",), ("3.1.3",), 1)
    assert efforts_of(made.pk) == {"1.2": 9, "2.2": 5}


@pytest.mark.parametrize("query", [{"tier": "9"}, {"tier": "-1"}, {"tier": "x"}, {"tier": "٣"}, {"aim": "most"}])
def test_plan_survives_a_strange_address(row: SelfAssessment, query: dict[str, str]) -> None:
    response = sign_in(row.lead).get(page("plan", row, **query))
    assert (response.status_code, response.context["proposal"]["number"]) == (200, 3)


def test_plan_at_the_highest_tier_proposes_nothing(who: Enterprise, now: datetime) -> None:
    made = make_self_assessment(who, now=now, target=5)
    fill(made, 5, claim=False, now=now)
    claim_certificate(made, 5, now=now)
    assert sign_in(who.lead).get(page("plan", made)).context["proposal"] is None


def test_wrong_effort_keeps_what_was_typed(row: SelfAssessment) -> None:
    answer = sign_in(row.lead).post(page("plan-efforts", row), {"effort-1.1": "0", "effort-1.2": "7"})
    assert (answer.status_code, answer.context["form"]["effort-1.2"].value(), efforts_of(row.pk)) == (422, "7", {})


def test_proposal_is_adopted_with_owner_and_day(row: SelfAssessment, who: Enterprise) -> None:
    sent = {"criterion": ["7.2.3", "9.9.9"], "owner": str(who.colleague.pk), "due": "2027-02-01", "note": "Together."}
    answer = sign_in(row.lead).post(page("plan-adopt", row), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, page("plan", row) + "#plan")
    steps = PlanStep.objects.filter(self_assessment=row).values_list("criterion", "owner", "due", "note")
    assert [(key, owner, str(due), note) for key, owner, due, note in steps] == [
        ("7.2.3", who.colleague.pk, "2027-02-01", "Together.")
    ]


@pytest.mark.parametrize("wrong", [{"owner": "999999"}, {"owner": "x"}, {"due": "soon"}, {"due": "0001-01-01"}])
def test_wrong_terms_keep_what_was_typed(row: SelfAssessment, wrong: dict[str, str]) -> None:
    sent = {"criterion": "7.2.3", "note": "Kept."} | wrong
    for name in ("plan-adopt", "plan-step-add"):
        answer = sign_in(row.lead).post(page(name, row), sent)
        form = answer.context["adopt" if name == "plan-adopt" else "form"]
        assert (answer.status_code, form["note"].value(), PlanStep.objects.count()) == (422, "Kept.", 0)


def test_step_is_added_edited_ticked_and_removed(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(row.lead)
    client.post(page("plan-step-add", row), {"criterion": "1.1.4", "due": "2020-01-01"})
    step = PlanStep.objects.get(self_assessment=row)
    shown = client.get(page("plan", row)).context
    assert [(entry["key"], entry["late"], bool(entry["done"])) for entry in shown["steps"]] == [("1.1.4", True, False)]
    assert (shown["late"], shown["done"]) == (1, 0)
    client.post(page("plan-step-edit", row, step.pk), {"owner": str(who.lead.pk), "due": "2030-01-01", "note": "Now."})
    client.post(page("plan-step-tick", row, step.pk), {"done": "yes"})
    shown = client.get(page("plan", row)).context
    assert [(entry["owner"], entry["late"], bool(entry["done"])) for entry in shown["steps"]] == [
        ("Lin Lead", False, True)
    ]
    client.post(page("plan-step-tick", row, step.pk), {"done": "no"})
    assert PlanStep.objects.get(pk=step.pk).done_at is None
    assert client.get(page("plan-step-remove", row, step.pk)).status_code == 200
    client.post(page("plan-step-remove", row, step.pk))
    assert PlanStep.objects.count() == 0
    gone = [client.post(page(name, row, step.pk), {}) for name in ("plan-step-edit", "plan-step-tick")]
    assert [answer.status_code for answer in gone] == [404, 404]


def test_step_already_planned_is_not_offered_again(row: SelfAssessment, now: datetime) -> None:
    add_steps(row.pk, ["1.1.1"], StepTerms(), actor=row.lead, now=now)
    answer = sign_in(row.lead).post(page("plan-step-add", row), {"criterion": "1.1.1"})
    assert (answer.status_code, PlanStep.objects.count()) == (422, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_plan_takes_the_same_queries_however_long_it_is(
    row: SelfAssessment, who: Enterprise, now: datetime, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    add_steps(row.pk, ["1.1.1", "1.1.2", "1.1.3"][:count], StepTerms(who.colleague), actor=row.lead, now=now)
    client = sign_in(row.lead)
    client.get(page("plan", row))
    with django_assert_num_queries(11):
        client.get(page("plan", row))


# -- comparison


def test_comparison_shows_own_results_as_a_trend(who: Enterprise, now: datetime) -> None:
    first = make_submitted(who, 1, now=now - timedelta(days=200)).self_assessment
    client = sign_in(who.lead)
    assert client.get(page("comparison", first)).context["trend"] is None
    make_submitted(who, 3, now=now)
    shown = client.get(page("comparison", first)).context
    assert [(one["tier"], one["index"], one["own"]) for one in shown["past"]] == [
        ("Tier 3 · Organisation-wide", "3.00", False),
        ("Tier 1 · Project", "1.00", True),
    ]
    assert [row[1:] for row in shown["trend"].table.rows] == [("1", "1.00", "version 1"), ("3", "3.00", "version 1")]


@pytest.mark.parametrize(("peers", "told"), [(0, False), (9, False), (10, True)])
def test_peers_are_told_from_ten_on(
    row: SelfAssessment, now: datetime, peers: int, told: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(peers):
        make_submitted(make_enterprise(f"Quiet {number}", f"静默{number}"), 1 + number % 3, now=now)
    client = sign_in(row.lead)
    client.get(page("comparison", row))
    with django_assert_num_queries(10 if told else 6):
        response = client.get(page("comparison", row))
    body = response.content.decode()
    assert (response.context["peers"] is not None, body.count("Quiet"), body.count("fewer than 10")) == (
        told,
        0,
        0 if told else 1,
    )
    if told:
        first = response.context["peers"][0]
        assert (first["label"], first["value"], first["percentile"]) == ("Index", "2.92", 70)
        assert (first["low"], first["middle"], first["high"]) == ("1.00", "2.00", "2.75")
        assert len(response.context["peers"]) == 9


def test_few_peers_look_the_same_however_few(row: SelfAssessment, now: datetime) -> None:
    client = sign_in(row.lead)
    bodies = []
    for number in range(3):
        body = client.get(page("comparison", row)).content.decode()
        bodies.append(re.search(r'<section class="card" aria-labelledby="peers">.*?</section>', body, re.DOTALL)[0])  # type: ignore[index]
        make_submitted(make_enterprise(f"Quiet {number}", f"静默{number}"), 2, now=now)
    assert bodies == [bodies[0]] * 3


# -- workbook


def download(client: Client, row: SelfAssessment) -> bytes:
    answer = client.get(page("workbook-file", row))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.reference}.xlsx"'
    return bytes(answer.content)


def changed(content: bytes, values: dict[str, tuple[Any, Any]]) -> bytes:
    """The workbook with other ratings and notes in the rows of these keys; None leaves what stands."""
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets[1:]:
        for line in sheet.iter_rows(min_row=4):
            rating, remark = values.get(str(line[0].value), (None, None))
            if rating is not None:
                line[5].value = rating or None
            if remark is not None:
                line[6].value = remark
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, row: SelfAssessment, content: bytes) -> Any:
    return client.post(page("workbook", row), {"file": SimpleUploadedFile("filled.xlsx", content)})


def take(client: Client, row: SelfAssessment, token: str, mine: tuple[str, ...] = ()) -> Any:
    return client.post(page("workbook-take", row), {"token": token, "mine": list(mine)})


def standing(row: SelfAssessment) -> dict[str, tuple[str, str]]:
    return {key: (one.step, one.reason) for key, one in folder_of(row, now=timezone.now()).answers.items()}


def told(response: Any) -> tuple[list[str], list[str], list[str], int]:
    """Keys of changes and conflicts, places of faults, and how many rows say what stands."""
    shown = response.context
    return (
        [one["key"] for one in shown["changes"]],
        [one["key"] for one in shown["conflicts"]],
        [one["place"] for one in shown["faults"]],
        shown["same"],
    )


def handed_in(who: Enterprise, now: datetime, between: Callable[[SelfAssessment], None]) -> Snapshot:
    """An assessment with every kind of answer, and what happens before it is handed in."""
    made = make_self_assessment(who, now=now)
    fill(made, 2, now=now)
    set_item_aside(made.pk, "4.1", aside=True, reason="=We rent,\r\n＋ or so", actor=who.lead, now=now)
    seen = folder_of(made, now=now).answers["1.1.1"].pk
    answer_criterion(made.pk, "1.1.1", step="L", reason="-5 %，见附件", seen=seen, actor=who.lead, now=now)
    between(made)
    return submit_self_assessment(made.pk, actor=who.lead, now=now)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_import_of_an_untouched_export_gives_the_same_snapshot(who: Enterprise, now: datetime, language: str) -> None:
    who.lead.language = language
    who.lead.save()
    client = sign_in(who.lead)

    def there_and_back(made: SelfAssessment) -> None:
        before = Answer.objects.filter(assessment=made.assessment).count()
        response = send(client, made, download(client, made))
        assert (response.status_code, told(response)) == (200, ([], [], [], 168))
        assert take(client, made, response.context["token"]).status_code == 302
        assert Answer.objects.filter(assessment=made.assessment).count() == before

    def facts(snapshot: Snapshot) -> dict[str, Any]:
        """Without the ids that two assessments cannot share."""
        found = snapshot.facts
        return found | {"evidence": [piece | {"id": 0} for piece in found["evidence"]]}

    plain, travelled = handed_in(who, now, lambda made: None), handed_in(who, now, there_and_back)
    assert (travelled.inputs, facts(travelled)) == (plain.inputs, facts(plain))


def test_untouched_export_leaves_the_digest_as_it_is(row: SelfAssessment) -> None:
    client = sign_in(row.lead)
    before = folder_of(row, now=timezone.now()).contents.digest
    response = send(client, row, download(client, row))
    take(client, row, response.context["token"])
    assert folder_of(row, now=timezone.now()).contents.digest == before


def test_preview_shows_and_saves_nothing(row: SelfAssessment) -> None:
    client, before = sign_in(row.lead), standing(row)
    content = changed(download(client, row), {"3.1.1": ("Ｐ", "改"), "3.1.2": ("X", None), "3.2.1": ("0,8", None)})
    response = send(client, row, content)
    assert (response.status_code, told(response)) == (200, (["3.1.1", "3.2.1"], [], ["'D3 Data for AI'!F6"], 165))
    assert response.context["faults"][0]["text"] == (
        "“X” is not one of F (Fully met), L (Largely met), P (Partly met), N (Not met)."
    )
    assert response.context["changes"][0]["after"] == {"rating": "Partly met", "note": "改"}
    assert standing(row) == before


def test_taking_takes_what_can_be_read_in_one_event(row: SelfAssessment) -> None:
    client, before = sign_in(row.lead), standing(row)
    content = changed(
        download(client, row),
        {"3.1.1": ("Ｐ", "改"), "3.1.2": ("X", None), "4.1": ("不适用", "租用"), "5.1.1": ("", "")},
    )
    response = send(client, row, content)
    answer = take(client, row, response.context["token"])
    assert (answer.status_code, answer.headers["Location"]) == (302, page("workbook", row))
    after = standing(row)
    assert {key: value for key, value in after.items() if before.get(key) != value} == {
        "3.1.1": ("P", "改"),
        "4.1": ("", "租用"),
        "5.1.1": ("", ""),
    }
    events = AuditEvent.objects.filter(verb="self_assessment.import")
    assert [len(event.facts["answers"]) for event in events] == [3]


def test_what_was_changed_on_the_site_stays_unless_ticked(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    client = sign_in(row.lead)
    content = changed(download(client, row), {"3.1.1": ("P", None), "3.1.2": ("N", "Mine."), "3.1.3": ("L", "Mine.")})
    for key in ("3.1.2", "3.1.3", "3.2.1"):
        seen = folder_of(row, now=now).answers[key].pk
        answer_criterion(row.pk, key, step="P", reason="Theirs.", seen=seen, actor=row.lead, now=now)
    response = send(client, row, content)
    assert told(response) == (["3.1.1"], ["3.1.2", "3.1.3"], [], 165)
    conflict = response.context["conflicts"][0]
    assert (conflict["now"]["note"], conflict["after"]["note"], conflict["by"]) == ("Theirs.", "Mine.", "Lin Lead")
    take(client, row, response.context["token"], ("3.1.3",))
    found = standing(row)
    assert [found[key] for key in ("3.1.1", "3.1.2", "3.1.3", "3.2.1")] == [
        ("P", "As filed."),
        ("P", "Theirs."),
        ("L", "Mine."),
        ("P", "Theirs."),
    ]


def test_answer_given_between_preview_and_confirmation_is_seen_first(row: SelfAssessment, now: datetime) -> None:
    client = sign_in(row.lead)
    response = send(client, row, changed(download(client, row), {"3.1.1": ("P", None), "3.1.2": ("L", None)}))
    seen = folder_of(row, now=now).answers["3.1.1"].pk
    answer_criterion(row.pk, "3.1.1", step="N", reason="Theirs.", seen=seen, actor=row.lead, now=now)
    again = take(client, row, response.context["token"])
    assert (again.status_code, told(again)) == (409, (["3.1.2"], ["3.1.1"], [], 166))
    assert len(again.context["refused"]) == 1
    assert take(client, row, again.context["token"]).status_code == 302
    assert (standing(row)["3.1.1"], standing(row)["3.1.2"][0]) == (("N", "Theirs."), "L")


def test_contributor_changes_own_dimensions_alone(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D3"], actor=row.lead, now=now)
    client = sign_in(who.colleague)
    response = send(client, row, changed(download(client, row), {"3.1.1": ("P", None), "1.1.1": ("P", None)}))
    assert (told(response)[0], [one["key"] for one in response.context["foreign"]]) == (["3.1.1"], ["1.1.1"])
    take(client, row, response.context["token"])
    assert (standing(row)["3.1.1"][0], standing(row)["1.1.1"][0]) == ("P", "F")


def test_preview_belongs_to_one_person_and_one_assessment(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    client = sign_in(row.lead)
    token = send(client, row, changed(download(client, row), {"3.1.1": ("P", None)})).context["token"]
    other = make_self_assessment(who, now=now)
    name_contributor(row.pk, who.colleague, ["D3"], actor=row.lead, now=now)
    for reader, target, given in (
        (who.lead, other, token),
        (who.colleague, row, token),
        (who.lead, row, token[:-2]),
        (who.lead, row, ""),
    ):
        answer = take(sign_in(reader), target, given)
        assert (answer.status_code, standing(row)["3.1.1"][0]) == (302, "F")


def test_too_much_set_aside_is_named_and_the_rest_is_taken(now: datetime) -> None:
    who = make_enterprise()
    made = make_self_assessment(who, now=now, instrument="model-service", target=2)
    instrument = load_staged(made.assessment.instrument_version)
    optional = [key for key, item in instrument.items.items() if item.may_na]
    weights = {key: instrument.items[key].weight for key in optional}
    client = sign_in(who.lead)
    first = next(iter(instrument.criteria))
    wanted: dict[str, tuple[Any, Any]] = dict.fromkeys(optional, ("N/A", "Not offered."))
    response = send(client, made, changed(download(client, made), wanted | {first: ("Fully in place", None)}))
    heavy = sum(weights.values()) > instrument.max_na_weight
    assert told(response)[0] == ([first] if heavy else [first, *optional])
    assert len(response.context["faults"]) == (len(optional) if heavy else 0)


def test_file_that_is_no_workbook_is_refused_on_the_form(row: SelfAssessment) -> None:
    client = sign_in(row.lead)
    answers = [send(client, row, b"nothing"), client.post(page("workbook", row), {})]
    assert [(answer.status_code, bool(answer.context["form"].errors)) for answer in answers] == [(422, True)] * 2


def test_workbook_of_a_submitted_assessment_is_only_downloaded(who: Enterprise, now: datetime) -> None:
    made = make_submitted(who, 2, now=now).self_assessment
    client = sign_in(who.lead)
    content = download(client, made)
    assert client.get(page("workbook", made)).context["editable"] is False
    assert (send(client, made, content).status_code, take(client, made, "").status_code) == (403, 403)


def test_scripts_in_notes_do_not_run(row: SelfAssessment) -> None:
    client = sign_in(row.lead)
    response = send(client, row, changed(download(client, row), {"3.1.1": ("P", "<script>alert(1)</script>")}))
    assert response.content.decode().count("<script>alert") == 0


@pytest.mark.parametrize("count", [1, 3])
def test_preview_takes_the_same_queries_however_much_changes(
    row: SelfAssessment, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    client = sign_in(row.lead)
    keys = ["3.1.1", "5.1.1", "8.1.1"][:count]
    content = changed(download(client, row), dict.fromkeys(keys, ("P", "Other.")))
    with django_assert_num_queries(7):
        response = send(client, row, content)
    assert told(response)[0] == keys
