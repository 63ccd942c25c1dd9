"""From an empty draft to acceptance: who may apply, saving, files, the one notice, the clock and its extension."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BadFile
from tests.actions.test_cases import events, last_event
from tests.editions import small_pdf
from tests.factories import make_person
from tests.scenes import Scene, make_scene
from workflows.actions import applications, intake
from workflows.actions.applications import Overtaken
from workflows.actions.committees import end_seat
from workflows.actions.intake import Classification
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import State
from workflows.models import Application, Case, CaseFile, Committee, SupplementNotice, Wait
from workflows.queries.folders import Folder
from workflows.steps import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def refused(act: Any, *gaps: Gap) -> None:
    before = last_event()
    with pytest.raises(Refused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def start(scene: Scene, by: User) -> Case:
    return applications.start_case(scene.committee, scene.company, actor=by, now=scene.now)


def save(scene: Scene, case: Case, values: dict[str, Any], **more: Any) -> Application:
    return applications.save_answers(case.pk, values, actor=scene.lead, now=scene.now, **more)


# -- applying ----------------------------------------------------------------------------------------------------


def test_case_pins_todays_editions(scene: Scene) -> None:
    case = start(scene, scene.lead)
    assert (case.rulebook, case.instrument, case.state, case.reference) == (
        scene.rulebook,
        scene.instrument,
        "draft",
        None,
    )
    facts = {"committee": scene.committee.pk, "applicant": scene.company.pk}
    assert events(case) == [("case.start", scene.lead.pk, facts)]


def test_only_who_applies_for_the_organisation_begins_a_case(scene: Scene, stranger: User) -> None:
    for user in (stranger, scene.secretary, scene.chair):
        refused(lambda u=user: start(scene, u), Gap(GapCode.WRONG_ROLE))  # type: ignore[misc]
    assert Case.objects.count() == 0


def test_committee_that_takes_no_applications_gets_none(scene: Scene) -> None:
    Committee.objects.update(accepts_applications=False)
    scene.committee.refresh_from_db()
    refused(lambda: start(scene, scene.lead), Gap(GapCode.WRONG_ROLE))


def test_colleague_of_the_applicant_works_on_it_and_cannot_submit(scene: Scene) -> None:
    case = scene.case_in(State.DRAFT)
    colleague = make_person(role=MemberRole.APPLICANT, organisation=scene.company)
    before = last_event()
    for _twice in range(2):
        applications.add_team_member(case.pk, colleague, actor=scene.lead, now=scene.now)
    assert events(case, before) == [("application.add_team_member", scene.lead.pk, {"user": colleague.pk})]
    applications.save_answers(case.pk, {"summary": "By a colleague."}, actor=colleague, now=scene.now)
    refused(lambda: applications.submit_case(case.pk, actor=colleague, now=scene.now), Gap(GapCode.WRONG_ROLE))


def test_applicant_cannot_take_a_reviewer_out_by_making_a_colleague_of_one(scene: Scene, stranger: User) -> None:
    case = scene.case_in(State.MODIFYING)
    for user in (scene.members[0], stranger):
        refused(
            lambda u=user: applications.add_team_member(case.pk, u, actor=scene.lead, now=scene.now),  # type: ignore[misc]
            Gap(GapCode.WRONG_ROLE),
        )


def test_saving_the_same_again_is_nothing(scene: Scene) -> None:
    case = start(scene, scene.lead)
    first = save(scene, case, {"title": "Robot", "summary": "It moves."})
    before = last_event()
    again = save(scene, case, {"title": "Robot"})
    case.refresh_from_db()
    assert (first.revision, again.revision, case.title, last_event()) == (1, 1, "Robot", before)


def test_two_tabs_do_not_overwrite_each_other(scene: Scene) -> None:
    case = start(scene, scene.lead)
    save(scene, case, {"summary": "First."}, seen={"summary": ""})
    save(scene, case, {"purpose": "Other item."}, seen={"purpose": ""})
    with pytest.raises(Overtaken) as lost:
        save(scene, case, {"summary": "Second.", "risks": "None."}, seen={"summary": "", "risks": ""})
    assert (lost.value.items, lost.value.revision) == ({"summary": "First."}, 2)
    assert Application.objects.get().answers == {"summary": "First.", "purpose": "Other item."}
    save(scene, case, {"summary": "First."}, seen={"summary": ""})


def test_file_is_checked_kept_in_versions_and_frozen_with_the_application(scene: Scene) -> None:
    case = scene.case_in(State.DRAFT)
    keep = {"actor": scene.lead, "now": scene.now}
    held = applications.add_file(case.pk, "others", io.BytesIO(small_pdf()), name="note.pdf", **keep)
    with pytest.raises(BadFile):
        applications.add_file(case.pk, "others", io.BytesIO(b"MZ"), name="note.pdf", **keep)
    replaced = applications.replace_file(case.pk, held.pk, io.BytesIO(b"a,b\n1,2\n"), name="note.csv", **keep)
    assert (replaced.current.number, CaseFile.objects.filter(item="others").count()) == (2, 1)
    applications.submit_case(case.pk, **keep)
    frozen = Application.objects.get(case=case)
    last = (
        frozen.files[-1]
        if frozen.files[-1]["item"] == "others"
        else next(row for row in frozen.files if row["item"] == "others")
    )
    assert last == {
        "item": "others",
        "file": held.pk,
        "version": replaced.current_id,
        "sha256": replaced.current.sha256,
    }
    assert frozen.digest == digest_of({"answers": frozen.answers, "files": frozen.files})


def test_removed_file_stays_in_the_version_that_had_it(scene: Scene) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    held = CaseFile.objects.filter(case=case).order_by("pk").first()
    assert held is not None
    before = last_event()
    for _twice in range(2):
        applications.remove_file(case.pk, held.pk, actor=scene.lead, now=scene.now)
    frozen = Application.objects.get(case=case, number=1)
    assert held.pk in [row["file"] for row in frozen.files]
    assert [verb for verb, _actor, _facts in events(case, before)] == ["application.remove_file"]


def test_submitted_application_is_not_changed(scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    refused(lambda: save(scene, case, {"summary": "Anew."}), Gap(GapCode.WRONG_STATE, "submitted"))


def test_references_count_on_within_the_committee_and_name_the_local_year(scene: Scene) -> None:
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("UTC"))
    first, second = scene.case_in(State.SUBMITTED), scene.case_in(State.DRAFT)
    replace(scene, now=eve).submit(second)
    second.refresh_from_db()
    assert (first.reference, second.reference) == ("LKS-2026-0001", "LKS-2027-0002")


# -- the one notice ----------------------------------------------------------------------------------------------


def test_second_notice_is_refused_by_rule(scene: Scene) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    applications.save_supplement_answer(case.pk, "title", "Here.", actor=scene.lead, now=scene.now)
    applications.answer_supplement(case.pk, actor=scene.lead, now=scene.now)
    refused(lambda: scene.ask_supplement(case), Gap(GapCode.SUPPLEMENT_USED, "1"))
    assert (SupplementNotice.objects.count(), Wait.objects.get().ended_at) == (1, scene.now)


def test_notice_opens_a_version_and_its_answers_are_kept_one_by_one(scene: Scene) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    save(scene, case, {"summary": "Clearer."})
    before = last_event()
    for _twice in range(2):
        applications.save_supplement_answer(case.pk, "title", " Here. ", actor=scene.lead, now=scene.now)
    assert events(case, before) == [("supplement.save", scene.lead.pk, {"item": "title"})]
    old, new = Application.objects.order_by("number")
    assert (old.answers["summary"] != "Clearer.", new.answers["summary"]) == (True, "Clearer.")


@pytest.mark.parametrize("state", [State.DRAFT, State.MODIFYING])
def test_nothing_is_answered_where_nothing_was_asked(scene: Scene, state: State) -> None:
    case = scene.case_in(state)
    refused(
        lambda: applications.save_supplement_answer(case.pk, "title", "x", actor=scene.lead, now=scene.now),
        Gap(GapCode.STALE),
    )


def test_item_the_notice_does_not_name_is_not_answered(scene: Scene) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    refused(
        lambda: applications.save_supplement_answer(case.pk, "other", "x", actor=scene.lead, now=scene.now),
        Gap(GapCode.STALE),
    )


# -- acceptance --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "route"),
    [
        ({"tier": "T1"}, "general"),
        ({"tier": "T2"}, "general"),
        ({"tier": "T4"}, "high_tier"),
        ({"listed": ("human_machine",)}, "listed"),
        ({"listed": ("human_machine",), "exemption": "deep_synthesis", "evidence": "No. 7"}, "listed_exempt"),
        ({"red_lines": ("forbidden",), "listed": ("human_machine",)}, "red_line"),
    ],
)
def test_acceptance_names_the_way_by_rule_and_reviews_generally(
    scene: Scene, course: dict[str, Any], route: str
) -> None:
    case = scene.case_in(State.ACCEPTED, **course)
    assert (case.route, case.procedure) == (route, "general")


def test_way_by_rule_follows_a_later_finding(scene: Scene) -> None:
    case = scene.case_in(State.READY)
    finding = Classification(tier="T5", flags=(), reason="It decides alone.")
    intake.classify_case(case.pk, finding, actor=scene.secretary, now=scene.now)
    case.refresh_from_db()
    assert (case.tier, case.route, case.state) == ("T5", "high_tier", "ready")


def test_committee_that_is_not_lawful_accepts_nothing(scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    seat = scene.seats[scene.members[4].pk].pk
    end_seat(seat, last_day=scene.now.date(), actor=scene.manager, now=scene.now)
    finding = Classification(tier="T2", flags=(), reason="As described.")
    intake.classify_case(case.pk, finding, actor=scene.secretary, now=scene.now)
    tomorrow = scene.now + timedelta(days=1)
    refused(lambda: accept(scene, case, tomorrow), Gap(GapCode.MEMBERS_MISSING, "6/7"))
    assert accept(scene, case, scene.now).state == "accepted"


def accept(scene: Scene, case: Case, now: datetime) -> Case:
    return intake.accept_case(case.pk, reasons="General.", actor=scene.secretary, now=now)


# -- the clock ---------------------------------------------------------------------------------------------------


def clock_at(scene: Scene, case: Case, now: datetime) -> tuple[date, int, bool]:
    clock = Folder(Case.objects.get(pk=case.pk), user=scene.secretary, now=now).clock
    assert clock is not None
    return clock.last_day, clock.left, clock.overdue


def test_thirty_days_run_from_acceptance_to_midnight(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    shanghai = ZoneInfo("Asia/Shanghai")
    last = date(2026, 12, 24)
    assert clock_at(scene, case, scene.now) == (last, 30, False)
    assert clock_at(scene, case, datetime(2026, 12, 24, 23, 59, tzinfo=shanghai)) == (last, 0, False)
    assert clock_at(scene, case, datetime(2026, 12, 25, 0, 0, tzinfo=shanghai)) == (last, -1, True)


def extend(scene: Scene, case: Case, until: date) -> Case:
    return intake.extend_deadline(
        case.pk, until=until, reasons="An expert is heard.", actor=scene.chair, now=scene.now
    )


def test_extension_is_later_each_time_and_never_past(scene: Scene) -> None:
    case = scene.case_in(State.ACCEPTED)
    not_later = Gap(GapCode.DEADLINE_NOT_LATER)
    refused(lambda: extend(scene, case, date(2026, 12, 24)), not_later)
    extend(scene, case, date(2026, 12, 25))
    refused(lambda: extend(scene, case, date(2026, 12, 25)), not_later)
    late = replace(scene, now=scene.now + timedelta(days=90))
    refused(lambda: extend(late, case, date(2027, 1, 1)), not_later)
    extend(late, case, late.now.date())
    assert clock_at(late, case, late.now)[1:] == (0, False)


def test_clock_does_not_run_before_acceptance(scene: Scene) -> None:
    case = scene.case_in(State.SUBMITTED)
    assert Folder(case, user=scene.secretary, now=scene.now).clock is None


# -- silence -----------------------------------------------------------------------------------------------------


def test_applicant_who_never_answers_is_declined_and_nobody_waits_any_longer(scene: Scene) -> None:
    case = scene.case_in(State.SUPPLEMENT)
    later = scene.now + timedelta(days=60)
    before = last_event()
    intake.decline_case(case.pk, reasons="No answer came.", actor=scene.secretary, now=later)
    case.refresh_from_db()
    assert (case.state, case.closing_reasons, case.waits.get().ended_at) == ("declined", "No answer came.", later)
    assert events(case, before) == [("case.decline", scene.secretary.pk, {"was": "supplement", "became": "declined"})]
    refused(
        lambda: applications.answer_supplement(case.pk, actor=scene.lead, now=later),
        Gap(GapCode.WRONG_STATE, "declined"),
    )


@pytest.mark.parametrize("state", [State.VOTING, State.CHECKING])
def test_limit_is_extended_wherever_the_clock_runs(scene: Scene, state: State) -> None:
    case = scene.case_in(state)
    until = scene.now.date() + timedelta(days=45)
    intake.extend_deadline(case.pk, until=until, reasons="Two experts.", actor=scene.chair, now=scene.now)
    clock = Folder(Case.objects.get(pk=case.pk), user=scene.chair, now=scene.now).clock
    assert clock is not None
    assert (clock.last_day, clock.running, clock.extended) == (until, True, True)
