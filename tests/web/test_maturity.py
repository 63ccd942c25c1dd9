"""The enterprise's pages: begin, answer with and without script, prove, name colleagues, hand in."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions.answering import answer_criterion, set_item_aside
from assessments.actions.contributors import name_contributor
from assessments.actions.evidence import EvidenceFacts, add_evidence
from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, SelfAssessment, Snapshot
from ethicsreview.accounts.models import Membership, User
from ethicsreview.files.models import FileVersion
from tests.editions import small_pdf
from tests.maturity_scenes import (
    Enterprise,
    fill,
    folder_of,
    make_enterprise,
    make_self_assessment,
    make_submitted,
    publish_staged,
)
from tests.verification_scenes import publish_scheme

HTMX = {"HX-Request": "true"}
PAPER = EvidenceFacts(kind="record", title="Minutes", dated=date(2026, 10, 1), reference="Archive 7")
LONG_AGO = timedelta(hours=1)
OUTLINE = {
    "legal_entity": "Heron Robotics Co., Ltd.",
    "entity_code": "91310000 MA1FL8XQ30",
    "scope": "All plants.",
    "sector": "manufacturing",
    "size": "large",
    "target": "3",
    "adviser": "",
}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def who(db: None) -> Enterprise:
    return make_enterprise()


@pytest.fixture
def row(who: Enterprise) -> SelfAssessment:
    """An empty assessment that aims at tier 3, begun an hour before the pages read the clock."""
    return make_self_assessment(who, now=timezone.now() - LONG_AGO)


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def to(name: str, *args: Any) -> str:
    return reverse(f"assessments:{name}", args=args)


def current(row: SelfAssessment, item: str) -> tuple[str, str] | None:
    """Step and note of the answer that stands."""
    answer = Answer.objects.filter(assessment=row.assessment, item=item).order_by("-pk").first()
    return (answer.step, answer.reason) if answer else None


def rate(row: SelfAssessment, key: str, step: str, by: User, **more: Any) -> Answer:
    answer = answer_criterion(row.pk, key, step=step, actor=by, now=timezone.now() - LONG_AGO, **more).answer
    assert answer is not None
    return answer


# -- doors


def addresses(row: SelfAssessment) -> list[str]:
    """Every page of an assessment, and every address that changes it."""
    piece = add_evidence(row.pk, PAPER, ["1.1.1"], actor=row.lead, now=timezone.now())
    pages = ["self-assessment", "edit", "evidence", "evidence-add", "claim", "colleagues", "lead", "submit", "receipt"]
    return [to(name, row.pk) for name in pages] + [
        to("dimension", row.pk, "D1"),
        to("criterion", row.pk, "1.1.1"),
        to("item", row.pk, "4.1"),
        to("evidence-link", row.pk, "1.1.1"),
        to("evidence-unlink", row.pk, "1.1.1", piece.pk),
        to("evidence-edit", row.pk, piece.pk),
        to("evidence-replace", row.pk, piece.pk),
        to("evidence-remove", row.pk, piece.pk),
        to("evidence-download", row.pk, piece.pk, 1),
        to("claim-file", row.pk, 1),
        to("colleague-remove", row.pk, row.lead_id),
    ]


def test_strangers_find_nothing(row: SelfAssessment, stranger: User, assessor: User) -> None:
    foreign = make_enterprise("Egret Works").lead
    before = Answer.objects.count()
    for address in addresses(row):
        for user in (stranger, assessor, foreign):
            client = sign_in(user)
            statuses = {client.get(address).status_code, client.post(address, {"step": "F"}).status_code}
            assert statuses <= {404, 405}, address
            assert 404 in statuses, address
        assert Client().get(address).status_code in {302, 405}
    assert Answer.objects.count() == before


def test_address_of_what_the_instrument_has_not_is_a_404(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    found = [
        client.get(to("dimension", row.pk, "D99")).status_code,
        client.post(to("criterion", row.pk, "9.9.9")).status_code,
        client.post(to("item", row.pk, "1.1.1")).status_code,
        client.post(to("evidence-link", row.pk, "9.9.9")).status_code,
        client.get(to("evidence-edit", row.pk, 999_999)).status_code,
        client.get(to("evidence-download", row.pk, 999_999, 1)).status_code,
        client.get(to("claim-file", row.pk, 999_999)).status_code,
        client.get(to("receipt", row.pk)).status_code,
        client.get(to("self-assessment", 999_999)).status_code,
    ]
    assert found == [404] * 9


def test_reader_reads_and_changes_nothing(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.reader)
    page = client.get(to("dimension", row.pk, "D1")).content.decode()
    assert (page.count('name="step"'), page.count("<textarea")) == (0, 0)
    refused = {
        "criterion": client.post(to("criterion", row.pk, "1.1.1"), {"step": "F"}).status_code,
        "aside": client.post(to("item", row.pk, "4.1"), {"aside": "on", "reason": "No."}).status_code,
        "edit": client.post(to("edit", row.pk), OUTLINE).status_code,
        "submit": client.post(to("submit", row.pk)).status_code,
        "claim": client.post(to("claim", row.pk), {"source": "self", "level": "3"}).status_code,
        "colleagues": client.post(
            to("colleagues", row.pk), {"user": who.colleague.pk, "dimensions": ["D1"]}
        ).status_code,
    }
    assert refused == dict.fromkeys(refused, 403)
    assert Answer.objects.count() == 0


# -- list and beginning


def test_empty_list_says_what_to_do_first(who: Enterprise, stranger: User) -> None:
    mine, theirs = (sign_in(user).get(to("list")).content.decode() for user in (who.lead, stranger))
    assert (mine.count("Nothing is assessed yet"), mine.count(to("start"))) == (1, 1)
    assert (theirs.count("You cannot assess yet"), theirs.count(to("start"))) == (1, 0)


def test_navigation_leads_to_maturity(who: Enterprise) -> None:
    body = sign_in(who.lead).get(to("list")).content.decode()
    assert re.findall(r'href="/maturity/" aria-current="page">Maturity', body) == [
        'href="/maturity/" aria-current="page">Maturity'
    ]


def test_begin_in_two_steps(who: Enterprise) -> None:
    publish_staged(now=timezone.now() - LONG_AGO)
    client = sign_in(who.lead)
    first = client.get(to("start")).content.decode()
    assert first.count('name="instrument" value="aim-dcmm"') == 1
    address = f"{to('start')}?instrument=aim-dcmm&organisation={who.organisation.pk}"
    second = client.get(address).content.decode()
    assert second.count('value="Heron Robotics"') == 1
    answer = client.post(address, OUTLINE)
    row = SelfAssessment.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, to("self-assessment", row.pk))
    assert (row.entity_code, row.lead, row.target) == ("91310000MA1FL8XQ30", who.lead, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"legal_entity": ""}, "legal_entity"),
        ({"scope": " "}, "scope"),
        ({"entity_code": "123"}, "entity_code"),
        ({"size": "huge"}, "size"),
        ({"target": "9"}, "target"),
        ({"sector": "magic"}, "sector"),
        ({"scope": "\0"}, "scope"),
    ],
)
def test_rejected_outline_keeps_what_was_typed(who: Enterprise, changes: dict[str, str], field: str) -> None:
    publish_staged(now=timezone.now() - LONG_AGO)
    address = f"{to('start')}?instrument=aim-dcmm&organisation={who.organisation.pk}"
    answer = sign_in(who.lead).post(address, OUTLINE | {"adviser": "Crane Advice"} | changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert answer.content.decode().count('value="Crane Advice"') == 1
    assert SelfAssessment.objects.count() == 0


def test_begin_from_an_earlier_one_by_its_link(who: Enterprise) -> None:
    old = make_submitted(who, 2, now=timezone.now() - LONG_AGO).self_assessment
    client = sign_in(who.colleague)
    address = f"{to('start')}?follows={old.pk}"
    assert client.get(to("start")).content.decode().count(address) == 1
    assert client.get(address).context["form"]["scope"].value() == old.scope
    client.post(address, OUTLINE)
    new = SelfAssessment.objects.exclude(pk=old.pk).get()
    assert (new.follows, new.evidence.count()) == (old, 4)


@pytest.mark.parametrize(
    "query", ["?instrument=nothing", "?organisation=x&instrument=aim-dcmm", "?follows=999", "?follows=a"]
)
def test_strange_choice_begins_nothing(who: Enterprise, query: str) -> None:
    publish_staged(now=timezone.now() - LONG_AGO)
    client = sign_in(who.lead)
    assert client.get(to("start") + query).status_code == 200
    assert client.post(to("start") + query, OUTLINE).status_code == 400
    assert SelfAssessment.objects.count() == 0


def test_target_is_changed_on_its_page(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    assert client.get(to("edit", row.pk)).context["form"]["target"].value() == "3"
    assert client.post(to("edit", row.pk), OUTLINE | {"target": "5"}).status_code == 302
    row.refresh_from_db()
    assert (row.target, row.dcmm_policy) == (5, "certificate_or_finding")


# -- overview


def test_overview_names_what_is_needed(row: SelfAssessment, who: Enterprise) -> None:
    response = sign_in(who.lead).get(to("self-assessment", row.pk))
    needed = response.context["needed"]
    assert len(needed) == 29
    assert needed[0] == {
        "text": "Say which DCMM level you claim, or declare that you have none.",
        "url": to("claim", row.pk),
    }
    assert needed[1] == {
        "text": "1.1.1: AI strategy and objectives is not answered",
        "url": f"{to('dimension', row.pk, 'D1')}#c-1-1-1",
    }


def test_overview_shows_gates_blocking_items_and_bounds(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    before = client.get(to("self-assessment", row.pk)).context["result"]
    assert (before["complete"], before["tier"], before["upper"], before["index_upper"]) == (
        False,
        "Not graded",
        "",
        "3.00",
    )
    assert [(gate["key"], gate["low"], gate["high"], gate["binding"]) for gate in before["gates"]] == [
        ("dcmm", 0, None, True),
        ("floor", 0, 3, False),
        ("score", 0, 3, False),
    ]
    fill(row, 2, now=timezone.now() - LONG_AGO)
    after = client.get(to("self-assessment", row.pk)).context["result"]
    assert (after["tier"], after["next"], len(after["blocking"])) == (
        "Tier 2 · Department",
        "Tier 3 · Organisation-wide",
        28,
    )
    assert [gate["key"] for gate in after["gates"] if gate["binding"]] == ["floor", "score"]


def test_declared_level_makes_it_provisional(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    client.post(to("claim", row.pk), {"source": "self", "level": "4"})
    response = client.get(to("self-assessment", row.pk))
    assert (response.context["result"]["provisional"], response.context["claim"]["counts"]) == (True, True)


# -- answering


def saved(client: Client, row: SelfAssessment, key: str, **given: Any) -> Any:
    return client.post(to("criterion", row.pk, key), given, headers=HTMX)


def test_dimension_page_asks_the_first_level_alone(row: SelfAssessment, who: Enterprise) -> None:
    body = sign_in(who.lead).get(to("dimension", row.pk, "D1")).content.decode()
    assert re.findall(r'id="rate-([\d-]+)"', body) == ["1-1-1", "1-2-1", "1-3-1"]
    assert body.count("Level 2 opens when level 1 is attained.") == 3


def test_save_by_script_says_what_it_counts_as(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    answer = saved(client, row, "1.1.1", step="F", reason="Charters.", shown="1")
    body = answer.content.decode()
    assert (answer.status_code, current(row, "1.1.1")) == (200, ("F", "Charters."))
    assert body.count("Counts as “Partly met”: no evidence is linked.") == 1
    assert re.findall(r'id="([^"]+)" hx-swap-oob|id="([^"]+)" aria-label="[^"]*" hx-swap-oob', body) == [
        ("h-1-1", ""),
        ("lh-1-1-1", ""),
        ("", "maturity-tabs"),
        ("maturity-side", ""),
    ]


def test_save_by_script_opens_the_next_level(row: SelfAssessment, who: Enterprise) -> None:
    add_evidence(row.pk, PAPER, ["1.1.1"], actor=who.lead, now=timezone.now())
    client = sign_in(who.lead)
    body = saved(client, row, "1.1.1", step="F", reason="", shown="1").content.decode()
    assert re.findall(r'id="(l-[\d-]+)" hx-swap-oob', body) == ["l-1-1-2", "l-1-1-3"]
    assert re.findall(r'id="rate-([\d-]+)"', body) == ["1-1-2"]
    first = Answer.objects.get()
    back = saved(client, row, "1.1.1", step="N", reason="", shown="2", seen=first.pk).content.decode()
    assert re.findall(r'id="(l-[\d-]+)" hx-swap-oob', back) == ["l-1-1-2", "l-1-1-3"]
    assert re.findall(r'id="rate-([\d-]+)"', back) == []


def test_answers_above_a_failed_level_are_kept_and_not_counted(row: SelfAssessment, who: Enterprise) -> None:
    rate(row, "1.1.1", "N", who.lead)
    rate(row, "1.1.2", "F", who.lead, reason="The plan.")
    body = sign_in(who.lead).get(to("dimension", row.pk, "D1")).content.decode()
    assert body.count("Kept, not counted now: level 1 is not attained.") == 1
    assert body.count("<p>The plan.</p>") == 1


def test_save_without_script_returns_to_the_place(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    answer = client.post(to("criterion", row.pk, "1.1.1"), {"step": "P", "reason": "Some.", "seen": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"{to('dimension', row.pk, 'D1')}#c-1-1-1")
    onward = client.post(to("criterion", row.pk, "1.3.1"), {"step": "P", "reason": "", "seen": "", "next": "1"})
    assert onward["Location"] == f"{to('dimension', row.pk, 'D2')}#c-2-1-1"


def test_next_stays_within_the_own_dimensions(row: SelfAssessment, who: Enterprise) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=timezone.now())
    client = sign_in(who.colleague)
    onward = client.post(to("criterion", row.pk, "1.3.1"), {"step": "P", "next": "1"})
    assert onward["Location"] == f"{to('dimension', row.pk, 'D1')}#c-1-1-1"


def test_rating_is_taken_back_and_its_note_stays(row: SelfAssessment, who: Enterprise) -> None:
    answer = rate(row, "1.1.1", "F", who.lead, reason="Charters.")
    given = {"step": "F", "reason": "Charters.", "seen": answer.pk, "clear": "1"}
    sign_in(who.lead).post(to("criterion", row.pk, "1.1.1"), given)
    assert current(row, "1.1.1") == ("", "Charters.")


@pytest.mark.parametrize(
    "given",
    [{"step": "X"}, {"step": "F", "reason": "x" * 8001}, {"step": "F", "seen": "x"}, {"step": "F", "seen": "9" * 30}],
)
def test_what_cannot_be_taken_stays_as_typed(row: SelfAssessment, who: Enterprise, given: dict[str, str]) -> None:
    client = sign_in(who.lead)
    piece = saved(client, row, "1.1.1", **given)
    whole = client.post(to("criterion", row.pk, "1.1.1"), given)
    assert (piece.status_code, whole.status_code, Answer.objects.count()) == (422, 422, 0)
    assert (piece.content.decode().count("Not saved:"), whole.content.decode().count("Not saved:")) == (1, 1)
    if "reason" in given:
        assert whole.content.decode().count("x" * 8001) == 1


def test_two_people_both_see_both(row: SelfAssessment, who: Enterprise) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=timezone.now())
    theirs = rate(row, "1.1.1", "F", who.lead, reason="Charters of all.")
    client = sign_in(who.colleague)
    given = {"step": "P", "reason": "Only some.", "seen": "", "shown": "1"}
    piece = client.post(to("criterion", row.pk, "1.1.1"), given, headers=HTMX)
    body = piece.content.decode()
    assert (piece.status_code, current(row, "1.1.1")) == (409, ("F", "Charters of all."))
    assert (body.count("Charters of all."), body.count(f'value="mine:{theirs.pk}"'), body.count("Lin Lead")) == (
        1,
        1,
        1,
    )
    whole = client.post(to("criterion", row.pk, "1.1.1"), given)
    page = whole.content.decode()
    assert (whole.status_code, page.count("Only some."), page.count("Charters of all.")) == (409, 1, 1)


@pytest.mark.parametrize("script", [True, False])
def test_person_chooses_the_own_answer_or_the_saved_one(row: SelfAssessment, who: Enterprise, script: bool) -> None:
    headers = HTMX if script else {}
    theirs = rate(row, "1.1.1", "F", who.lead, reason="All.")
    client = sign_in(who.lead)
    given = {"step": "P", "reason": "Some.", "seen": "", "shown": "1"}
    kept = client.post(to("criterion", row.pk, "1.1.1"), given | {"pick": "theirs"}, headers=headers)
    assert current(row, "1.1.1") == ("F", "All.")
    mine = client.post(to("criterion", row.pk, "1.1.1"), given | {"pick": f"mine:{theirs.pk}"}, headers=headers)
    assert current(row, "1.1.1") == ("P", "Some.")
    assert (kept.status_code, mine.status_code) == ((200, 200) if script else (302, 302))
    if script:
        bodies = [answer.content.decode() for answer in (kept, mine)]
        assert [body.count('<section class="maturity-criterion" id="c-1-1-1"') for body in bodies] == [1, 1]


def test_handed_in_meanwhile_is_said_and_not_saved(who: Enterprise) -> None:
    row = make_submitted(who, 3, now=timezone.now() - LONG_AGO).self_assessment
    before = Answer.objects.count()
    answer = saved(sign_in(who.lead), row, "1.1.1", step="N", shown="3")
    assert (answer.status_code, Answer.objects.count()) == (409, before)
    assert answer.content.decode().count("The assessment is handed in and can only be read.") == 1


def test_item_is_set_aside_with_a_reason(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    silent = client.post(to("item", row.pk, "4.1"), {"aside": "on", "reason": " "})
    assert (silent.status_code, Answer.objects.count()) == (422, 0)
    client.post(to("item", row.pk, "4.1"), {"aside": "on", "reason": "All is rented."})
    page = client.get(to("dimension", row.pk, "D4")).content.decode()
    assert (page.count("All is rented."), page.count('id="rate-4-1-1"')) == (1, 0)
    client.post(to("item", row.pk, "4.1"), {"seen": Answer.objects.get().pk})
    page = client.get(to("dimension", row.pk, "D4")).content.decode()
    assert (page.count("All is rented."), page.count('id="rate-4-1-1"')) == (0, 1)


def test_item_that_must_be_rated_is_refused(row: SelfAssessment, who: Enterprise) -> None:
    answer = sign_in(who.lead).post(to("item", row.pk, "1.1"), {"aside": "on", "reason": "No."})
    assert (answer.status_code, Answer.objects.count()) == (409, 0)
    assert answer.content.decode().count("1.1 AI strategy and objectives may not be set aside.") == 1


def test_words_typed_are_shown_and_never_run(row: SelfAssessment, who: Enterprise) -> None:
    evil = "<script>alert(1)</script>"
    rate(row, "1.1.1", "F", who.lead, reason=evil)
    add_evidence(row.pk, EvidenceFacts("record", evil, reference=evil), ["1.1.1"], actor=who.lead, now=timezone.now())
    client = sign_in(who.lead)
    for address in (to("dimension", row.pk, "D1"), to("evidence", row.pk), to("self-assessment", row.pk)):
        assert client.get(address).content.decode().count(evil) == 0


# -- evidence


def paper(**changes: Any) -> dict[str, Any]:
    return {"title": "Minutes", "kind": "record", "dated": "2026-10-01", "reference": "Archive 7"} | changes


def test_evidence_is_added_for_the_criterion_one_came_from(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    address = f"{to('evidence-add', row.pk)}?criterion=1.1.1"
    assert client.get(address).content.decode().count('value="1.1.1" checked') == 1
    answer = client.post(address, paper(criteria=["1.1.1", "2.1.1"]))
    assert (answer.status_code, answer["Location"]) == (302, f"{to('dimension', row.pk, 'D1')}#c-1-1-1")
    assert list(EvidenceLink.objects.order_by("pk").values_list("criterion", flat=True)) == ["1.1.1", "2.1.1"]


def test_evidence_file_is_kept_and_comes_back_safely(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    file = SimpleUploadedFile("minutes.pdf", small_pdf(), content_type="application/pdf")
    client.post(to("evidence-add", row.pk), paper(reference="", file=file))
    piece = Evidence.objects.get()
    answer = sign_in(who.reader).get(to("evidence-download", row.pk, piece.pk, 1))
    headers = (answer["Content-Disposition"], answer["X-Content-Type-Options"], answer["Content-Security-Policy"])
    assert headers == ('attachment; filename="minutes.pdf"', "nosniff", "default-src 'none'; sandbox")
    assert b"".join(answer.streaming_content) == small_pdf()  # type: ignore[arg-type]
    newer = SimpleUploadedFile("minutes.txt", b"Minutes, corrected.")
    client.post(to("evidence-replace", row.pk, piece.pk), {"file": newer})
    assert list(FileVersion.objects.values_list("number", flat=True)) == [1, 2]
    second = client.get(to("evidence-download", row.pk, piece.pk, 2))
    assert b"".join(second.streaming_content) == b"Minutes, corrected."  # type: ignore[arg-type]
    assert client.get(to("evidence-download", row.pk, piece.pk, 3)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "rumour"}, "kind"),
        ({"reference": ""}, "file"),
        ({"dated": "yesterday"}, "dated"),
        ({"dated": "0001-01-01"}, "dated"),
        ({"dated": f"{timezone.localdate() + timedelta(days=1)}"}, "dated"),
        ({"title": "Audit \u202etropeR"}, "title"),
        ({"reference": "Shelf \u200b7"}, "reference"),
        ({"periods": "-1"}, "periods"),
        ({"criteria": ["9.9.9"]}, "criteria"),
        ({"file": SimpleUploadedFile("virus.exe", b"MZ")}, "file"),
    ],
)
def test_rejected_evidence_keeps_what_was_typed(
    row: SelfAssessment, who: Enterprise, changes: dict[str, Any], field: str
) -> None:
    answer = sign_in(who.lead).post(to("evidence-add", row.pk), paper(title="My minutes") | changes)
    assert (answer.status_code, list(answer.context["form"].errors), Evidence.objects.count()) == (422, [field], 0)
    if field != "title":
        assert answer.content.decode().count('value="My minutes"') == 1


def test_link_and_unlink_by_script_and_without(row: SelfAssessment, who: Enterprise) -> None:
    rate(row, "1.1.1", "F", who.lead)
    piece = add_evidence(row.pk, PAPER, actor=who.lead, now=timezone.now())
    client = sign_in(who.lead)
    link, unlink = to("evidence-link", row.pk, "1.1.1"), to("evidence-unlink", row.pk, "1.1.1", piece.pk)
    body = client.post(link, {"evidence": piece.pk, "shown": "1"}, headers=HTMX).content.decode()
    assert (body.count("maturity-proof__list"), re.findall(r'id="rate-([\d-]+)"', body)) == (1, ["1-1-2"])
    back = client.post(unlink, {"shown": "2"}, headers=HTMX).content.decode()
    assert (back.count("maturity-proof__list"), back.count("no evidence is linked")) == (0, 1)
    plain = client.post(link, {"evidence": piece.pk})
    assert (plain.status_code, plain["Location"]) == (302, f"{to('dimension', row.pk, 'D1')}#c-1-1-1")
    assert EvidenceLink.objects.filter(removed_at__isnull=True).count() == 1


@pytest.mark.parametrize("junk", ["", "999999", "x", "1e3", "foreign"])
@pytest.mark.parametrize("script", [True, False])
def test_link_to_what_is_not_there_is_a_fault_at_the_field(
    row: SelfAssessment, who: Enterprise, junk: str, script: bool
) -> None:
    rate(row, "1.1.1", "F", who.lead, reason="Kept.")
    add_evidence(row.pk, PAPER, actor=who.lead, now=timezone.now())
    other = make_self_assessment(who, now=timezone.now() - LONG_AGO)
    foreign = add_evidence(other.pk, PAPER, actor=who.lead, now=timezone.now())
    sent = {"evidence": str(foreign.pk) if junk == "foreign" else junk, "shown": "1"}
    link = to("evidence-link", row.pk, "1.1.1")
    answer = sign_in(who.lead).post(link, sent, headers=HTMX if script else {})
    body = answer.content.decode()
    said = "This piece is not among the evidence of the assessment, or not any longer." if junk else "Choose a piece"
    assert (answer.status_code, EvidenceLink.objects.count(), body.count(said)) == (422, 0, 1)
    assert body.count('aria-invalid="true" aria-describedby="e-1-1-1-error"') == 1
    assert (current(row, "1.1.1"), body.count("Kept.</textarea>")) == (("F", "Kept."), 0 if script else 1)


def test_link_that_may_not_be_made_or_cut_is_said_in_its_place(who: Enterprise) -> None:
    row = make_submitted(who, 3, now=timezone.now() - LONG_AGO).self_assessment
    link = EvidenceLink.objects.filter(criterion="1.1.1").first()
    assert link is not None
    client, piece = sign_in(who.lead), link.evidence_id
    for address, sent in (
        (to("evidence-link", row.pk, "1.1.1"), {"evidence": piece}),
        (to("evidence-unlink", row.pk, "1.1.1", piece), {}),
    ):
        answer = client.post(address, {**sent, "shown": "3"}, headers=HTMX)
        body = answer.content.decode()
        assert (answer.status_code, body.count("<html"), body.count("can only be read.")) == (409, 0, 1)
        assert client.post(address, sent).status_code == 409
    link.refresh_from_db()
    assert link.removed_at is None


def test_link_says_nothing_of_the_answer_one_has_not_seen(row: SelfAssessment, who: Enterprise) -> None:
    theirs = rate(row, "1.1.1", "F", who.lead, reason="Theirs.")
    piece = add_evidence(row.pk, PAPER, actor=who.lead, now=timezone.now())
    client = sign_in(who.lead)
    linked = client.post(to("evidence-link", row.pk, "1.1.1"), {"evidence": piece.pk, "shown": "1"}, headers=HTMX)
    assert (linked.status_code, linked.content.decode().count('id="v-1-1-1"')) == (200, 0)
    late = saved(client, row, "1.1.1", step="P", reason="", seen="", shown="2")
    assert (late.status_code, current(row, "1.1.1")) == (409, ("F", "Theirs."))
    assert late.content.decode().count(f'value="mine:{theirs.pk}"') == 1


def test_merged_answer_is_shown_whole_so_that_the_next_save_keeps_both(row: SelfAssessment, who: Enterprise) -> None:
    rate(row, "1.1.1", "", who.lead, reason="Theirs.")
    client = sign_in(who.lead)
    merged = saved(client, row, "1.1.1", step="F", reason="", seen="", shown="1")
    body = merged.content.decode()
    assert (merged.status_code, current(row, "1.1.1")) == (200, ("F", "Theirs."))
    assert (merged["HX-Retarget"], merged["HX-Reswap"]) == ("#c-1-1-1", "outerHTML")
    assert body.count("Theirs.</textarea>") == 1
    assert body.count("Somebody else saved here meanwhile: both are put together above.") == 1
    seen = re.findall(r'id="v-1-1-1" value="(\d+)"', body)
    assert seen == [str(Answer.objects.latest("pk").pk)]
    again = saved(client, row, "1.1.1", step="L", reason="Theirs.", seen=seen[0], shown="1")
    assert (current(row, "1.1.1"), again.has_header("HX-Retarget")) == (("L", "Theirs."), False)


def test_piece_is_put_right_and_taken_out_after_asking(row: SelfAssessment, who: Enterprise) -> None:
    piece = add_evidence(row.pk, PAPER, ["1.1.1"], actor=who.lead, now=timezone.now())
    client, here = sign_in(who.lead), to("evidence-edit", row.pk, piece.pk)
    assert client.get(here).context["form"]["title"].value() == "Minutes"
    assert client.post(here, paper(title="")).status_code == 422
    client.post(here, paper(title="Minutes of May"))
    piece.refresh_from_db()
    assert piece.title == "Minutes of May"
    remove = to("evidence-remove", row.pk, piece.pk)
    assert client.get(remove).content.decode().count("Take out “Minutes of May”?</h1>") == 1
    client.post(remove)
    piece.refresh_from_db()
    assert piece.removed_at is not None
    assert client.post(remove).status_code == 404


# -- the claim


CERTIFICATE = {
    "source": "certificate",
    "level": "4",
    "edition": "2018",
    "party": "owner",
    "legal_entity": "Heron Robotics Co., Ltd.",
    "certificate": "DCMM-1",
    "body": "Harbour",
    "issued": "2025-03-01",
    "expires": "2099-12-31",
}


@pytest.mark.parametrize(
    ("changes", "counts", "words"),
    [
        ({}, True, ""),
        ({"party": "provider"}, False, "only one given to a data owner counts"),
        ({"legal_entity": "Egret Works"}, False, "belongs to another legal entity"),
        ({"expires": "2026-01-01"}, False, "has run out on the reference date"),
        ({"edition": "other"}, False, "follows an edition that does not count"),
    ],
)
def test_claim_says_at_once_whether_it_counts(
    row: SelfAssessment, who: Enterprise, changes: dict[str, str], counts: bool, words: str
) -> None:
    client = sign_in(who.lead)
    answer = client.post(to("claim", row.pk), CERTIFICATE | changes, follow=True)
    claim = answer.context["claim"]
    assert (answer.status_code, claim["counts"], words in str(claim["fault"])) == (200, counts, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": "finding"}, "source"),
        ({"level": "7"}, "level"),
        ({"level": "0"}, "level"),
        ({"party": ""}, "party"),
        ({"issued": ""}, "issued"),
        ({"expires": "2025-02-01"}, "expires"),
        ({"expires": "never"}, "expires"),
        ({"legal_entity": ""}, "legal_entity"),
    ],
)
def test_rejected_claim_keeps_what_was_typed(
    row: SelfAssessment, who: Enterprise, changes: dict[str, str], field: str
) -> None:
    answer = sign_in(who.lead).post(to("claim", row.pk), CERTIFICATE | changes)
    assert (answer.status_code, list(answer.context["form"].errors), DcmmClaim.objects.count()) == (422, [field], 0)
    assert answer.content.decode().count('value="DCMM-1"') == 1


def test_certificate_file_comes_back(row: SelfAssessment, who: Enterprise) -> None:
    file = SimpleUploadedFile("dcmm.pdf", small_pdf(), content_type="application/pdf")
    client = sign_in(who.lead)
    client.post(to("claim", row.pk), CERTIFICATE | {"file": file})
    claim = DcmmClaim.objects.get()
    answer = sign_in(who.reader).get(to("claim-file", row.pk, claim.pk))
    assert b"".join(answer.streaming_content) == small_pdf()  # type: ignore[arg-type]
    other = make_self_assessment(make_enterprise("Egret Works"), now=timezone.now() - LONG_AGO)
    assert sign_in(other.lead).get(to("claim-file", other.pk, claim.pk)).status_code == 404


def test_instrument_without_that_gate_has_no_claim_page(who: Enterprise) -> None:
    row = make_self_assessment(who, instrument="dcmm-2018", now=timezone.now() - LONG_AGO)
    client = sign_in(who.lead)
    assert client.get(to("claim", row.pk)).status_code == 404
    pages = [client.get(to(name, row.pk)).status_code for name in ("self-assessment", "evidence", "evidence-add")]
    assert pages == [200, 200, 200]
    client.post(to("evidence-add", row.pk), {"title": "Plan", "reference": "Archive"})
    assert Evidence.objects.get().kind == ""


# -- colleagues


def test_colleague_is_named_changed_and_removed(row: SelfAssessment, who: Enterprise) -> None:
    client, here = sign_in(who.lead), to("colleagues", row.pk)
    client.post(here, {"user": who.colleague.pk, "dimensions": ["D1", "D2"]})
    again = client.get(f"{here}?user={who.colleague.pk}")
    assert again.context["form"]["dimensions"].value() == ["D1", "D2"]
    assert sign_in(who.colleague).get(to("dimension", row.pk, "D2")).context["writes"] is True
    client.post(to("colleague-remove", row.pk, who.colleague.pk))
    assert sign_in(who.colleague).get(to("dimension", row.pk, "D2")).context["writes"] is False


@pytest.mark.parametrize("given", [{"user": "x", "dimensions": ["D1"]}, {"dimensions": ["D1"]}, {"user": "me"}])
def test_rejected_naming_names_nobody(row: SelfAssessment, who: Enterprise, given: dict[str, Any]) -> None:
    if given.get("user") == "me":
        given = {"user": str(who.colleague.pk), "dimensions": ["D99"]}
    answer = sign_in(who.lead).post(to("colleagues", row.pk), given)
    assert (answer.status_code, row.contributors.count()) == (422, 0)


def test_lead_is_handed_over_on_the_page(row: SelfAssessment, who: Enterprise, stranger: User) -> None:
    client = sign_in(who.lead)
    assert client.post(to("lead", row.pk), {"user": stranger.pk}).status_code == 404
    client.post(to("lead", row.pk), {"user": who.reader.pk})
    row.refresh_from_db()
    assert row.lead == who.reader
    assert client.post(to("lead", row.pk), {"user": who.lead.pk}).status_code == 403


def test_abandoned_assessment_is_taken_up_by_a_colleague(row: SelfAssessment, who: Enterprise) -> None:
    Membership.objects.filter(user=who.lead).update(ends=timezone.now().date() - timedelta(days=2))
    client = sign_in(who.reader)
    assert client.get(to("colleagues", row.pk)).context["lead_gone"] is True
    client.post(to("lead", row.pk), {"user": who.reader.pk})
    row.refresh_from_db()
    assert row.lead == who.reader


# -- handing in


def test_hand_in_with_a_receipt_twice_clicked(row: SelfAssessment, who: Enterprise) -> None:
    fill(row, 3, now=timezone.now() - LONG_AGO)
    client = sign_in(who.lead)
    page = client.get(to("submit", row.pk))
    seen = page.context["form"]["seen"].value()
    answers = [client.post(to("submit", row.pk), {"seen": seen}) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, to("receipt", row.pk))] * 2
    snapshot = Snapshot.objects.get()
    receipt = sign_in(who.reader).get(to("receipt", row.pk)).content.decode()
    assert (snapshot.digest, receipt.count(snapshot.digest)) == (seen, 1)


def test_incomplete_one_is_refused_and_says_why(row: SelfAssessment, who: Enterprise) -> None:
    client = sign_in(who.lead)
    answer = client.post(to("submit", row.pk), {"seen": ""})
    assert (answer.status_code, len(answer.context["refused"]), Snapshot.objects.count()) == (409, 29, 0)
    assert answer.content.decode().count("1.1.1 AI strategy and objectives is not answered.") == 1


def test_stale_page_hands_nothing_in(row: SelfAssessment, who: Enterprise) -> None:
    fill(row, 3, now=timezone.now() - LONG_AGO)
    client = sign_in(who.lead)
    seen = client.get(to("submit", row.pk)).context["form"]["seen"].value()
    set_item_aside(row.pk, "4.1", aside=True, reason="Rented.", actor=who.lead, now=timezone.now())
    answer = client.post(to("submit", row.pk), {"seen": seen})
    assert (answer.status_code, Snapshot.objects.count()) == (409, 0)
    fresh = answer.context["form"]["seen"].value()
    assert client.post(to("submit", row.pk), {"seen": fresh}).status_code == 302


def test_handed_in_one_is_read_only_everywhere(who: Enterprise) -> None:
    row = make_submitted(who, 3, now=timezone.now() - LONG_AGO).self_assessment
    client = sign_in(who.lead)
    pages = [
        to(name, row.pk) for name in ("self-assessment", "edit", "evidence", "evidence-add", "claim", "colleagues")
    ]
    pages += [
        to("dimension", row.pk, "D1"),
        to("evidence-edit", row.pk, folder_of(row, now=timezone.now()).evidence[0].pk),
    ]
    for page in pages:
        body = client.get(page).content.decode()
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="(/maturity/[^"]+)"', body)
        assert [form for form in forms if form != to("lead", row.pk)] == [], page
    assert client.get(to("submit", row.pk))["Location"] == to("receipt", row.pk)
    assert client.post(to("criterion", row.pk, "1.1.1"), {"step": "N"}).status_code == 409


@pytest.mark.parametrize(
    ("slug", "published", "offered", "said"),
    [("aim-dcmm", True, 1, 0), ("aim-dcmm", False, 0, 1), ("model-service", True, 0, 1)],
)
def test_verification_is_offered_where_a_scheme_verifies_the_instrument(
    who: Enterprise, slug: str, published: bool, offered: int, said: int
) -> None:
    now = timezone.now() - LONG_AGO
    if published:
        publish_scheme(now=now)
    row = make_submitted(who, 2, instrument=slug, now=now).self_assessment
    body = sign_in(who.lead).get(to("self-assessment", row.pk)).content.decode()
    address = reverse("workflows:verification-request", args=[row.pk])
    assert (body.count(address), body.count("No body verifies results of this instrument")) == (offered, said)
    assert sign_in(who.reader).get(to("self-assessment", row.pk)).content.decode().count('id="verify"') == 0


# -- home, both languages, and what it costs


def test_home_shows_what_awaits_the_person(row: SelfAssessment, who: Enterprise, applicant: User) -> None:
    rate(row, "1.1.1", "N", who.lead)
    mine = sign_in(who.lead).get("/")
    assert [(entry["row"], entry["percent"]) for entry in mine.context["assessing"]] == [(row, 3)]
    assert sign_in(who.reader).get("/").context["assessing"] == []
    assert sign_in(applicant).get("/").content.decode().count('id="maturity"') == 0


def test_every_page_speaks_chinese(row: SelfAssessment, who: Enterprise) -> None:
    fill(row, 2, now=timezone.now() - LONG_AGO)
    User.objects.filter(pk=who.lead.pk).update(language="zh-hans")
    client = sign_in(who.lead)
    pages = [to("list"), to("start"), *(address for address in addresses(row)[:8] if address != to("lead", row.pk))]
    pages.append(to("dimension", row.pk, "D1"))
    found = [client.get(page) for page in pages]
    assert [page.status_code for page in found] == [200] * len(pages)
    assert ['lang="zh-hans"' in page.content.decode() for page in found] == [True] * len(pages)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "args", "queries"),
    [
        ("self-assessment", (), 9),
        ("dimension", ("D1",), 8),
        ("evidence", (), 7),
        ("colleagues", (), 6),
        ("claim", (), 5),
        ("submit", (), 9),
    ],
)
def test_page_costs_the_same_for_one_row_and_three(
    row: SelfAssessment,
    who: Enterprise,
    name: str,
    args: tuple[str, ...],
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now() - LONG_AGO
    fill(row, count, now=now)
    for user in (who.colleague, who.reader, make_enterprise("Other").lead)[:count]:
        Membership.objects.filter(user=user).update(organisation=who.organisation)
        name_contributor(row.pk, user, ["D1", "D2"], actor=who.lead, now=now)
    client = sign_in(who.lead)
    client.get(to(name, row.pk, *args))
    with django_assert_num_queries(queries):
        assert client.get(to(name, row.pk, *args)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("htmx", "queries"), [(False, 11), (True, 15)])  # with session, person, BEGIN and COMMIT
def test_save_costs_the_same_for_one_level_and_three(
    row: SelfAssessment,
    who: Enterprise,
    htmx: bool,
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(row, count, now=timezone.now() - LONG_AGO)
    seen = Answer.objects.filter(assessment=row.assessment, item="1.1.1").latest("pk").pk
    client = sign_in(who.lead)
    client.get(to("dimension", row.pk, "D1"))
    given = {"step": "L", "reason": "A note.", "seen": seen, "shown": "1"}
    headers = {"HX-Request": "true"} if htmx else {}
    with django_assert_num_queries(queries):
        answered = client.post(to("criterion", row.pk, "1.1.1"), given, headers=headers)
    assert answered.status_code == (200 if htmx else 302)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_row_and_three(
    who: Enterprise, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now() - LONG_AGO
    for _ in range(count):
        fill(make_self_assessment(who, now=now), 2, now=now)
        make_submitted(who, 2, now=now)
    client = sign_in(who.lead)
    client.get(to("list"))
    with django_assert_num_queries(10):
        client.get(to("list"))
