"""The applicant's pages: a draft filled, read through, handed in, answered, modified, withdrawn."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.driven import this_moment
from tests.editions import hand_in as file_in
from tests.factories import make_organisation, make_person, make_user
from tests.scenes import Course, Scene, make_scene
from workflows.actions.applications import add_team_member, save_answers, save_supplement_answer
from workflows.actions.committees import create_committee
from workflows.domain.application_form import Choice, FormItem, ItemKind
from workflows.domain.states import State
from workflows.forms.answers import item_field, kept
from workflows.forms.applications import mark_of
from workflows.models import Application, Case, TeamMember

HOSTILE = "<script>alert(1)</script>"
EMOJI = "\U0001f600"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def blank(scene: Scene, client: Client) -> Case:
    """A draft in which nothing is written, begun on the page."""
    client.force_login(scene.lead)
    client.post(reverse("workflows:case-start"), {"committee": scene.committee.pk, "organisation": scene.company.pk})
    return Case.objects.get()


@pytest.fixture
def colleague(scene: Scene) -> User:
    return make_person(
        role=MemberRole.APPLICANT, organisation=scene.company, email="co@example.test", name="Co Worker"
    )


def url(name: str, case: Case, *more: Any) -> str:
    return reverse(f"workflows:{name}", args=[case.pk, *more])


def send(client: Client, user: User, address: str, **data: Any) -> Any:
    client.force_login(user)
    return client.post(address, {key.replace("__", "-"): value for key, value in data.items()})


def piece(client: Client, user: User, case: Case, step: str, only: str, data: dict[str, Any]) -> Any:
    """One item saved as htmx does."""
    client.force_login(user)
    return client.post(url("application-step", case, step), {"only": only, **data}, headers={"HX-Request": "true"})


def look(client: Client, user: User, address: str) -> Any:
    client.force_login(user)
    return client.get(address)


def answers(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.applications.order_by("-number")[0].answers
    return found


def seen(case: Case, *keys: str) -> dict[str, str]:
    given = answers(case)
    return {f"seen-{key}": mark_of(given.get(key)) for key in keys}


def everyone_else(scene: Scene) -> list[User]:
    stranger = make_person(role=MemberRole.APPLICANT, organisation=make_organisation())
    return [scene.secretary, scene.chair, scene.members[0], scene.manager, stranger]


# -- begin -----------------------------------------------------------------------------------------------------------


def test_case_start_offers_open_committees_and_own_organisations(scene: Scene, client: Client) -> None:
    create_committee(
        scene.host,
        code="OFF",
        name="Closed Committee",
        name_zh="",
        rulebook_slug=scene.rulebook.slug,
        instrument_slug=scene.instrument.slug,
        actor=scene.manager,
        now=scene.now,
    )
    scene.committee.__class__.objects.filter(code="OFF").update(accepts_applications=False)
    form = look(client, scene.lead, reverse("workflows:case-start")).context["form"]
    assert [value for value, _label in form.fields["committee"].choices] == [str(scene.committee.pk)]
    assert [value for value, _label in form.fields["organisation"].choices] == [str(scene.company.pk)]
    assert (form.fields["committee"].initial, form.fields["organisation"].initial) == (
        str(scene.committee.pk),
        str(scene.company.pk),
    )


def test_case_start_begins_one_draft_however_often_it_is_sent(scene: Scene, client: Client) -> None:
    data = {"committee": scene.committee.pk, "organisation": scene.company.pk}
    first = send(client, scene.lead, reverse("workflows:case-start"), **data)
    second = send(client, scene.lead, reverse("workflows:case-start"), **data)
    case = Case.objects.get()
    assert first["Location"] == second["Location"] == url("application", case)
    step = client.get(first["Location"])
    assert step["Location"] == url("application-step", case, scene.rules.application.steps[0].code)


def test_case_start_begins_a_second_draft_once_the_first_is_written_in(
    scene: Scene, blank: Case, client: Client
) -> None:
    save_answers(blank.pk, {"title": "First"}, actor=scene.lead, now=scene.now)
    send(
        client,
        scene.lead,
        reverse("workflows:case-start"),
        committee=scene.committee.pk,
        organisation=scene.company.pk,
    )
    assert Case.objects.count() == 2


def test_case_start_refuses_who_has_no_organisation_to_apply_for(scene: Scene, client: Client) -> None:
    page = look(client, scene.secretary, reverse("workflows:case-start"))
    sent = send(
        client,
        scene.secretary,
        reverse("workflows:case-start"),
        committee=scene.committee.pk,
        organisation=scene.company.pk,
    )
    assert (page.status_code, page.context["organisations"], sent.status_code) == (200, [], 403)
    assert Case.objects.count() == 0


def test_case_start_refuses_a_choice_that_is_not_offered(scene: Scene, client: Client) -> None:
    other = make_organisation()
    sent = send(
        client, scene.lead, reverse("workflows:case-start"), committee=scene.committee.pk, organisation=other.pk
    )
    assert (sent.status_code, list(sent.context["form"].errors), Case.objects.count()) == (400, ["organisation"], 0)


# -- steps -----------------------------------------------------------------------------------------------------------


def test_every_step_of_the_rulebook_is_a_page(scene: Scene, blank: Case, client: Client) -> None:
    for step in scene.rules.application.steps[:-1]:
        page = look(client, scene.lead, url("application-step", blank, step.code))
        shown = [row["code"] for group in page.context["groups"] for row in group["pieces"]]
        assert page.status_code == 200
        assert step.kind == "self_assessment" or shown == [item.code for item in step.items]
    last = look(client, scene.lead, url("application-step", blank, scene.rules.application.steps[-1].code))
    assert last["Location"] == url("application-check", blank)


def test_step_saves_whole_without_script_and_goes_on(scene: Scene, blank: Case, client: Client) -> None:
    data = {"title": " Two\r\nlines ", "stage": "pilot", "starts": "2027-03-01", "earlier_reviews": "no", "next": "1"}
    sent = send(client, scene.lead, url("application-step", blank, "activity"), **data)
    assert sent["Location"] == url("application-step", blank, "plan")
    assert answers(blank) == {"title": "Two\nlines", "stage": "pilot", "starts": "2027-03-01", "earlier_reviews": "no"}
    blank.refresh_from_db()
    assert blank.title == "Two\nlines"


def test_step_keeps_what_is_right_and_shows_what_is_not_as_typed(scene: Scene, blank: Case, client: Client) -> None:
    data = {"title": "Right", "starts": "2027-02-30", "purpose": "x" * 3001, "stage": "nowhere"}
    sent = send(client, scene.lead, url("application-step", blank, "activity"), **data)
    form_errors = {row["code"]: row["errors"] for row in sent.context["troubled"]}
    fields = {row["code"]: row["field"] for group in sent.context["groups"] for row in group["pieces"]}
    assert sent.status_code == 422
    assert answers(blank) == {"title": "Right"}
    assert sorted(form_errors) == ["purpose", "stage", "starts"]
    assert form_errors["starts"] == ["There is no such day. Write it as year-month-day: 2026-03-31."]
    assert fields["starts"].value() == "2027-02-30"
    assert 'type="text" name="starts"' in str(fields["starts"])
    assert len(fields["purpose"].value()) == 3001


def test_step_names_the_end_that_lies_before_the_start(scene: Scene, blank: Case, client: Client) -> None:
    data = {"title": "Right", "starts": "2027-03-01", "ends": "2027-02-28"}
    sent = send(client, scene.lead, url("application-step", blank, "activity"), **data)
    fields = {row["code"]: row["field"] for group in sent.context["groups"] for row in group["pieces"]}
    assert {row["code"]: row["errors"] for row in sent.context["troubled"]} == {
        "ends": ["The last day lies before the first."]
    }
    assert (sent.status_code, answers(blank)) == (422, {"title": "Right", "starts": "2027-03-01"})
    assert (fields["ends"].value(), 'type="date" name="ends"' in str(fields["ends"])) == ("2027-02-28", True)


@pytest.mark.parametrize(("key", "day"), [("ends", "2027-02-28"), ("starts", "2027-07-01")])
def test_day_saved_alone_is_held_against_the_other_one_stored(
    scene: Scene, blank: Case, client: Client, key: str, day: str
) -> None:
    both = {"starts": "2027-03-01", "ends": "2027-06-30"}
    save_answers(blank.pk, both, actor=scene.lead, now=scene.now)
    sent = piece(client, scene.lead, blank, "activity", key, {key: day, **seen(blank, key)})
    assert (sent.status_code, len(sent.context["piece"]["errors"]), answers(blank)) == (422, 1, both)


def test_step_takes_an_answer_back(scene: Scene, blank: Case, client: Client) -> None:
    save_answers(blank.pk, {"title": "Gone soon", "field": ["health"]}, actor=scene.lead, now=scene.now)
    send(client, scene.lead, url("application-step", blank, "activity"), title="", **seen(blank, "title"))
    send(client, scene.lead, url("application-step", blank, "system"), **seen(blank, "field"))
    assert answers(blank) == {"title": "", "field": []}


def test_step_sent_again_unchanged_writes_nothing(scene: Scene, client: Client) -> None:
    case = scene.draft()
    page = look(client, scene.lead, url("application-step", case, "people"))
    data: dict[str, Any] = {}
    for group in page.context["groups"]:
        for row in group["pieces"]:
            data |= {f"seen-{mark['key']}": mark["mark"] for mark in row["marks"]}
            if row["field"] is not None and row["kind"] != "people":
                data[row["code"]] = row["field"].value() or ""
    data |= {"team-0-name": "Lin Team", "team-0-role": "engineer", "team-0-training": "2026"}
    before = Application.objects.get(case=case).revision
    sent = send(client, scene.lead, url("application-step", case, "people"), **data)
    assert (sent.status_code, Application.objects.get(case=case).revision) == (302, before)


def test_piece_saves_alone_and_answers_with_its_state(scene: Scene, blank: Case, client: Client) -> None:
    sent = piece(client, scene.lead, blank, "activity", "title", {"title": "A name", "purpose": "not sent"})
    assert (sent.status_code, answers(blank)) == (200, {"title": "A name"})
    assert sent.context["piece"]["marks"] == [{"key": "title", "mark": mark_of("A name")}]
    assert sent.context["piece"]["missing"] is False
    assert sent.context["steps"][0]["note"] == "8 missing"


def test_piece_that_others_depend_on_brings_them_along(scene: Scene, blank: Case, client: Client) -> None:
    sent = piece(client, scene.lead, blank, "activity", "earlier_reviews", {"earlier_reviews": "yes"})
    depending = {row["code"]: row["required"] for row in sent.context["depending"]}
    assert depending == {"earlier_reviews_detail": True, "earlier_reviews_files": True}


def test_piece_refuses_what_cannot_be_printed_and_names_it(scene: Scene, blank: Case, client: Client) -> None:
    sent = piece(client, scene.lead, blank, "activity", "title", {"title": f"Smile {EMOJI}‮"})
    assert (sent.status_code, answers(blank)) == (422, {})
    assert sent.context["piece"]["errors"] == [
        f"These characters cannot be printed in the signed documents: {EMOJI} U+1F600. Please write them otherwise.",
        "Characters that nobody sees, and that can make a text read otherwise, are not taken: "
        f"U+202E after “Smile {EMOJI}”.",
    ]


def test_piece_unknown_to_the_step_is_404(scene: Scene, blank: Case, client: Client) -> None:
    assert piece(client, scene.lead, blank, "activity", "protocol", {"protocol": "x"}).status_code == 404
    assert look(client, scene.lead, url("application-step", blank, "nowhere")).status_code == 404


def test_two_writers_of_one_item_are_shown_both_and_choose(
    scene: Scene, blank: Case, colleague: User, client: Client
) -> None:
    add_team_member(blank.pk, colleague, actor=scene.lead, now=scene.now)
    stale = seen(blank, "title")
    piece(client, scene.lead, blank, "activity", "title", {"title": "Theirs", **stale})
    lost = piece(client, colleague, blank, "activity", "title", {"title": "Mine", **stale})
    assert (lost.status_code, answers(blank)) == (409, {"title": "Theirs"})
    assert [row["told"] for row in lost.context["piece"]["conflicts"]] == ["Theirs"]
    marks = {f"seen-{mark['key']}": mark["mark"] for mark in lost.context["piece"]["marks"]}
    mine = piece(client, colleague, blank, "activity", "title", {"title": "Mine", "pick": "mine:title", **marks})
    assert (mine.status_code, answers(blank)) == (200, {"title": "Mine"})


def test_the_saved_value_can_be_kept_instead(scene: Scene, blank: Case, client: Client) -> None:
    save_answers(blank.pk, {"title": "Theirs"}, actor=scene.lead, now=scene.now)
    data = {"title": "Mine", "pick": "theirs:title", **seen(blank, "title")}
    kept_one = piece(client, scene.lead, blank, "activity", "title", data)
    assert (kept_one.status_code, answers(blank)) == (200, {"title": "Theirs"})
    assert kept_one.context["piece"]["field"].value() == "Theirs"


def test_step_sent_whole_keeps_what_nobody_else_touched(scene: Scene, blank: Case, client: Client) -> None:
    save_answers(blank.pk, {"title": "Theirs"}, actor=scene.lead, now=scene.now)
    data = {"title": "Mine", "seen-title": "", "summary": "New", "seen-summary": ""}
    sent = send(client, scene.lead, url("application-step", blank, "activity"), **data)
    fields = {row["code"]: row["field"] for group in sent.context["groups"] for row in group["pieces"]}
    assert (sent.status_code, answers(blank)) == (409, {"title": "Theirs", "summary": "New"})
    assert [row["code"] for row in sent.context["troubled"]] == ["title"]
    assert fields["title"].value() == "Mine"


def test_question_and_its_explanation_are_one_piece(scene: Scene, blank: Case, client: Client) -> None:
    key = f"list.{scene.rules.lists.re_review[0].code}"
    bare = piece(client, scene.lead, blank, "self", key, {key: "yes"})
    assert bare.context["piece"]["missing"] is True
    told = piece(client, scene.lead, blank, "self", key, {key: "yes", f"{key}.why": "In part.", **seen(blank, key)})
    assert told.context["piece"]["missing"] is False
    assert answers(blank) == {key: "yes", f"{key}.why": "In part."}


def test_people_are_added_and_dropped_without_script(scene: Scene, blank: Case, client: Client) -> None:
    address = url("application-step", blank, "people")
    rows = {"team-0-name": "An One", "team-0-role": "lead", "team-1-name": "Bo Two", "team-2-name": " "}
    added = send(client, scene.lead, address, **rows, add="team")
    assert added["Location"] == f"{address}#item-team"
    assert answers(blank)["team"] == [{"name": "An One", "role": "lead"}, {"name": "Bo Two"}]
    send(client, scene.lead, address, **rows, drop="team-0", **seen(blank, "team"))
    assert answers(blank)["team"] == [{"name": "Bo Two"}]


def test_person_without_a_name_is_refused(scene: Scene, blank: Case, client: Client) -> None:
    sent = piece(client, scene.lead, blank, "people", "team", {"team-0-name": "", "team-0-role": "lead"})
    assert (sent.status_code, sent.context["piece"]["errors"]) == (422, ["Person 1 has no name."])


def test_hostile_title_is_escaped_on_every_page(scene: Scene, client: Client) -> None:
    case = scene.draft()
    save_answers(case.pk, {"title": HOSTILE, "purpose": HOSTILE}, actor=scene.lead, now=scene.now)
    scene.submit(case)
    draft = scene.draft()
    save_answers(draft.pk, {"title": HOSTILE, "purpose": HOSTILE}, actor=scene.lead, now=scene.now)
    pages = [
        url("application-step", draft, "activity"),
        url("application-check", draft),
        url("application-read", case, 1),
        url("case-receipt", case),
        url("case-withdraw", case),
        url("application-team", draft),
    ]
    for address in pages:
        assert look(client, scene.lead, address).content.count(HOSTILE.encode()) == 0


def test_huge_text_and_hundreds_of_fields_are_answered(scene: Scene, blank: Case, client: Client) -> None:
    address = url("application-step", blank, "activity")
    huge = send(client, scene.lead, address, title="x" * 5_000_000)
    many = send(client, scene.lead, address, title="Fine", **{f"stray{n}": "x" for n in range(200)})
    assert (huge.status_code, many.status_code, answers(blank)) == (400, 302, {"title": "Fine"})


def test_step_has_the_same_few_queries_however_many_files(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = scene.draft()
    client.force_login(scene.lead)
    address = url("application-step", case, "people")
    client.get(address)
    for files in (0, 2):
        for _ in range(files):
            file_in(case, "training_files", by=scene.lead, now=scene.now)
        with django_assert_num_queries(11):
            client.get(address)
        with django_assert_num_queries(13):
            client.get(url("application-check", case))


def test_applications_pages_belong_to_the_applicant(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    for user in everyone_else(scene):
        for name, more in [
            ("application", []),
            ("application-step", ["activity"]),
            ("application-check", []),
            ("supplement-answer", []),
            ("application-team", []),
            ("case-withdraw", []),
        ]:
            assert look(client, user, url(name, case, *more)).status_code == 404


def test_step_of_a_closed_version_leads_to_reading_and_is_not_written(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    shown = look(client, scene.lead, url("application-step", case, "activity"))
    sent = send(client, scene.lead, url("application-step", case, "activity"), title="Late")
    assert shown["Location"] == url("application-read", case, 1)
    assert sent.status_code == 409
    assert answers(case)["title"] == "Triage assistant for a county hospital"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (ItemKind.NUMBER, " 12.50 ", "12.5"),
        (ItemKind.NUMBER, "1000", "1000"),
        (ItemKind.NUMBER, "", ""),
        (ItemKind.DATE, "2028/02/29", "2028-02-29"),
        (ItemKind.TEXT, " a ", "a"),
        (ItemKind.YES_NO, "yes", "yes"),
        (ItemKind.MULTI_CHOICE, ["b", "a"], ["b", "a"]),
    ],
)
def test_each_kind_is_kept_as_a_plain_value(scene: Scene, kind: ItemKind, typed: Any, stored: Any) -> None:
    value = kept(item_field(_item(scene, kind), "en").clean(typed))
    assert (value, json.loads(json.dumps(value))) == (stored, stored)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (ItemKind.NUMBER, "NaN"),
        (ItemKind.NUMBER, "ten"),
        (ItemKind.NUMBER, "1e40"),
        (ItemKind.DATE, "2027-02-29"),
        (ItemKind.DATE, "0001-01-01"),
        (ItemKind.CHOICE, "c"),
        (ItemKind.MULTI_CHOICE, ["a", "c"]),
        (ItemKind.YES_NO, "maybe"),
        (ItemKind.TEXT, "null \0"),
    ],
)
def test_each_kind_refuses_what_is_not_of_its_shape(scene: Scene, kind: ItemKind, typed: Any) -> None:
    with pytest.raises(ValidationError):
        item_field(_item(scene, kind), "en").clean(typed)


def _item(scene: Scene, kind: ItemKind) -> FormItem:
    some = scene.rules.application.item("title")
    choices = tuple(Choice(code, some.label) for code in "ab")
    return replace(some, code="x", kind=kind, choices=choices, max_length=None)


# -- read through and hand in ----------------------------------------------------------------------------------------


def hand_in(client: Client, user: User, case: Case, **data: Any) -> Any:
    page = look(client, user, url("application-check", case))
    form = page.context["form"].initial
    return send(client, user, url("application-check", case), **{"pledge": "on", **form, **data})


def test_check_names_what_is_missing_with_article_and_place(scene: Scene, blank: Case, client: Client) -> None:
    needed = look(client, scene.lead, url("application-check", blank)).context["needed"]
    first = needed[0]
    assert (first["text"], first["article"], first["url"]) == (
        "Still missing: Name of the activity",
        "AI Ethics Review and Service Measures 2026, Art. 12(1)",
        url("application-step", blank, "activity") + "#item-title",
    )
    assert {row["code"] for row in needed} == {"materials_missing", "self_assessment_incomplete"}
    assert [row for row in needed if not row["url"]] == []


def test_submit_with_something_missing_is_refused_and_says_so(scene: Scene, blank: Case, client: Client) -> None:
    sent = hand_in(client, scene.lead, blank)
    blank.refresh_from_db()
    assert (sent.status_code, blank.state) == (409, State.DRAFT.value)
    assert len(sent.context["refused"]) == len(sent.context["needed"])


def test_submit_needs_the_pledge(scene: Scene, client: Client) -> None:
    case = scene.draft()
    sent = hand_in(client, scene.lead, case, pledge="")
    case.refresh_from_db()
    assert (sent.status_code, list(sent.context["form"].errors), case.state) == (422, ["pledge"], "draft")


def test_submit_gives_the_receipt_once_however_often_it_is_sent(scene: Scene, client: Client) -> None:
    case = scene.draft()
    Application.objects.filter(case=case).update(answers={**answers(case), "pledge": ""})
    page = look(client, scene.lead, url("application-check", case)).context["form"].initial
    sent = [send(client, scene.lead, url("application-check", case), pledge="on", **page) for _ in range(2)]
    case.refresh_from_db()
    assert [row["Location"] for row in sent] == [url("case-receipt", case)] * 2
    assert (case.state, answers(case)["pledge"]) == (State.SUBMITTED.value, "yes")
    assert AuditEvent.objects.filter(verb="case.submit", subject=f"case:{case.pk}").count() == 1


def test_submit_refuses_what_was_changed_since_it_was_read(scene: Scene, client: Client) -> None:
    case = scene.draft()
    page = look(client, scene.lead, url("application-check", case)).context["form"].initial
    save_answers(case.pk, {"purpose": "Another purpose."}, actor=scene.lead, now=scene.now)
    stale = send(client, scene.lead, url("application-check", case), pledge="on", **page)
    assert (stale.status_code, [row["code"] for row in stale.context["refused"]]) == (409, ["stale"])
    again = {"seen": stale.context["form"]["seen"].value(), "version": 1, "pledge": "on"}
    assert send(client, scene.lead, url("application-check", case), **again)["Location"] == url("case-receipt", case)


def test_team_reads_through_but_does_not_hand_in(scene: Scene, colleague: User, client: Client) -> None:
    case = scene.draft()
    add_team_member(case.pk, colleague, actor=scene.lead, now=scene.now)
    page = look(client, colleague, url("application-check", case))
    sent = send(client, colleague, url("application-check", case), pledge="on", version=1, seen="")
    assert (page.context["lead"], page.context["needed"], sent.status_code) == (False, [], 403)


def test_receipt_names_moment_version_digest_and_files(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    page = look(client, scene.lead, url("case-receipt", case))
    version = case.applications.get()
    assert page.context["version"] == version
    assert [file.version.sha256 for _line, file in page.context["files"]] == [row["sha256"] for row in version.files]
    assert page.content.decode().count(version.digest) == 1
    assert page.content.decode().count(str(case.reference)) >= 2


def test_receipt_of_a_draft_or_of_a_version_there_is_not_is_404(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    assert look(client, scene.lead, url("case-receipt", scene.draft())).status_code == 404
    assert look(client, scene.lead, url("case-receipt", case) + "?version=9").status_code == 404


# -- the notice ------------------------------------------------------------------------------------------------------


def test_supplement_is_answered_item_by_item_and_sent(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    page = look(client, scene.lead, url("supplement-answer", case))
    assert [(row["code"], row["request"], row["missing"]) for row in page.context["pieces"]] == [
        ("title", "Say more about it.", True)
    ]
    early = hand_in(client, scene.lead, case)
    assert [(row["code"], row["item"]) for row in early.context["refused"]] == [("supplement_unanswered", "title")]
    saved = client.post(
        url("supplement-answer", case), {"only": "title", "title": "More."}, headers={"HX-Request": "true"}
    )
    assert (saved.status_code, saved.context["piece"]["missing"]) == (200, False)
    sent = hand_in(client, scene.lead, case)
    case.refresh_from_db()
    assert (sent["Location"], case.state) == (url("case-receipt", case), State.SUBMITTED.value)
    assert case.notices.get().items.get().answer == "More."
    assert look(client, scene.lead, url("supplement-answer", case)).status_code == 404


def test_supplement_answers_save_whole_without_script(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    sent = send(client, scene.lead, url("supplement-answer", case), title="All of it.", next="1")
    assert sent["Location"] == url("application-check", case)
    assert case.notices.get().items.get().answer == "All of it."


def test_supplement_answer_overtaken_is_shown_beside_ones_own(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    save_supplement_answer(case.pk, "title", "Theirs", actor=scene.lead, now=scene.now)
    sent = send(client, scene.lead, url("supplement-answer", case), title="Mine", **{"seen-title": ""})
    shown = sent.context["pieces"][0]
    assert (sent.status_code, shown["conflicts"], shown["field"].value()) == (
        409,
        [{"key": "title", "told": "Theirs"}],
        "Mine",
    )
    assert case.notices.get().items.get().answer == "Theirs"


# -- modified, compared, withdrawn -----------------------------------------------------------------------------------


def test_modified_version_says_what_was_changed(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.MODIFYING)
    without = hand_in(client, scene.lead, case)
    sent = hand_in(client, scene.lead, case, changes="Point one is met.")
    case.refresh_from_db()
    assert (without.status_code, list(without.context["form"].errors)) == (422, ["changes"])
    assert (sent["Location"], case.state) == (url("case-receipt", case), State.CHECKING.value)
    assert case.applications.get(number=2).changes == "Point one is met."


def test_versions_are_compared_item_by_item(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.MODIFYING)
    save_answers(case.pk, {"purpose": "What the applicant wants."}, actor=scene.lead, now=scene.now)
    scene.resubmit(case)
    page = look(client, scene.chair, url("application-read", case, 2))
    changed = [line for part in page.context["parts"] for line in part.lines if line.changed]
    assert [(line.code, line.before, line.text) for line in changed] == [
        ("purpose", "What the applicant says about purpose.", "What the applicant wants.")
    ]
    only = look(client, scene.chair, url("application-read", case, 2) + "?changes=1")
    assert [part.code for part in only.context["parts"]] == ["activity"]
    assert only.context["changed"] == 1


def test_versions_open_to_each_side_as_they_are_submitted(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    first, second = url("application-read", case, 1), url("application-read", case, 2)
    assert [look(client, scene.lead, address).status_code for address in (first, second)] == [200, 200]
    assert [look(client, scene.secretary, address).status_code for address in (first, second)] == [200, 404]
    draft = scene.draft()
    assert look(client, scene.secretary, url("application-read", draft, 1)).status_code == 404


def test_withdrawal_needs_reasons_and_ends_the_case(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.REVIEWING)
    page = look(client, scene.lead, url("case-withdraw", case))
    empty = send(client, scene.lead, url("case-withdraw", case), reasons=" ")
    sent = send(client, scene.lead, url("case-withdraw", case), reasons="The plan changed.")
    twice = send(client, scene.lead, url("case-withdraw", case), reasons="The plan changed.")
    case.refresh_from_db()
    assert page.context["confirm"]["people"] == [
        "The secretary of Lakeside AI Ethics Committee",
        "The members who review the case",
    ]
    assert (empty.status_code, sent["Location"], case.state) == (422, url("case", case), State.WITHDRAWN.value)
    assert (twice.status_code, twice.context["form"]["reasons"].value()) == (409, "The plan changed.")


def test_withdrawal_after_voting_opened_is_refused_with_what_was_typed(scene: Scene, client: Client) -> None:
    case = scene.case_in(State.VOTING)
    sent = send(client, scene.lead, url("case-withdraw", case), reasons="Too late.")
    assert (sent.status_code, sent.context["form"]["reasons"].value()) == (409, "Too late.")


def test_withdrawal_is_the_leads_alone(scene: Scene, colleague: User, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    TeamMember.objects.create(case=case, user=colleague)
    assert look(client, colleague, url("case-withdraw", case)).status_code == 403


# -- the team --------------------------------------------------------------------------------------------------------


def test_colleague_is_added_by_address_and_works_on_the_draft(
    scene: Scene, blank: Case, colleague: User, client: Client
) -> None:
    before = look(client, colleague, url("application-step", blank, "activity"))
    sent = send(client, scene.lead, url("application-team", blank), email="CO@example.test")
    after = look(client, colleague, url("application-step", blank, "activity"))
    assert (before.status_code, sent["Location"], after.status_code) == (404, url("application-team", blank), 200)
    people = look(client, scene.lead, url("application-team", blank)).context["people"]
    assert [row["name"] for row in people] == ["Ai Applicant", "Co Worker"]


def test_team_page_tells_nobody_who_has_an_account(scene: Scene, blank: Case, client: Client) -> None:
    make_user(email="known@example.test")
    told = [
        send(client, scene.lead, url("application-team", blank), email=address).context["form"].errors["email"]
        for address in ("known@example.test", "unknown@example.test", scene.members[0].email)
    ]
    assert told[0] == told[1] == told[2]
    assert TeamMember.objects.count() == 0


def test_team_is_closed_once_handed_in(scene: Scene, colleague: User, client: Client) -> None:
    case = scene.case_in(State.SUBMITTED)
    sent = send(client, scene.lead, url("application-team", case), email=colleague.email)
    assert (sent.status_code, TeamMember.objects.count()) == (422, 0)


# -- languages and methods -------------------------------------------------------------------------------------------


def test_chinese_pages_speak_chinese(scene: Scene, client: Client) -> None:
    case = scene.draft(Course(listed=(scene.rules.lists.re_review[0].code,)))
    User.objects.filter(pk=scene.lead.pk).update(language="zh-hans")
    lead = User.objects.get(pk=scene.lead.pk)
    step = look(client, lead, url("application-step", case, "activity"))
    check = look(client, lead, url("application-check", case))
    assert [row["label"] for row in step.context["steps"]][:2] == ["活动概况", "活动方案"]
    assert (
        step.context["groups"][0]["pieces"][0]["article"] == "《人工智能科技伦理审查与服务办法（试行）》第十二条第一项"
    )
    starts = next(line for part in check.context["parts"] for line in part.lines if line.code == "starts")
    assert starts.text == f"{date(2026, 12, 1):%Y年%-m月%-d日}"


@pytest.mark.parametrize("name", ["application", "application-read", "case-receipt"])
def test_reading_pages_take_no_post(scene: Scene, client: Client, name: str) -> None:
    case = scene.case_in(State.SUBMITTED)
    more = [1] if name == "application-read" else []
    assert send(client, scene.lead, url(name, case, *more)).status_code == 405


def test_visitors_are_sent_to_sign_in(scene: Scene, client: Client) -> None:
    case = scene.draft()
    client.logout()
    addresses = [reverse("workflows:case-start"), url("application-check", case), url("application-read", case, 1)]
    assert {client.get(address).status_code for address in addresses} == {302}
