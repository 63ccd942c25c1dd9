"""The regulator's desk: what is open when, that each reading is one event, and that nothing else exists."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import Answer, Evidence
from ethicsreview.accounts.domain import Reach
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.models import AuditEvent
from tests.authorities import make_regulator, regulators_around
from tests.documents import PDF, sign
from tests.driven import this_moment
from tests.factories import make_file_version, make_organisation
from tests.scenes import Scene, make_scene
from tests.verification_scenes import HIGH, VerificationScene, make_verification_scene
from workflows.actions import meetings, motions
from workflows.actions.oversight import record_case_reading, record_search
from workflows.domain.oversight import Part
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case, CaseReport, Committee, Conflict, Meeting, Seat, Verification, VerificationReport

DESK = "/regulator/"
PARTS = ("", "application/", "ratings/", "votes/", "minutes/")


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def verifying(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def office(user: User) -> Organisation:
    """The authority the person regulates for."""
    return user.memberships.get().organisation


def page(case: Case, part: str = "") -> str:
    return f"{DESK}cases/{case.reference}/{part}"


def of(row: Verification, part: str = "") -> str:
    return f"{DESK}verifications/{row.pk}/{part}"


def readings(organisation: Organisation) -> list[tuple[str, str, dict[str, Any]]]:
    """Verb, subject and facts of what was read of the organisation, or sought by it, the earliest first."""
    verbs = ["case.read", "verification.read", "report.downloaded", "oversight.searched"]
    rows = AuditEvent.objects.filter(chain=f"organisation:{organisation.pk}", verb__in=verbs).order_by("number")
    return [(row.verb, row.subject, row.facts) for row in rows]


def end_meeting(scene: Scene, meeting: Meeting, notes: str = "") -> None:
    meetings.close_meeting(meeting.pk, actor=scene.chair, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes=notes, actor=scene.secretary, now=scene.now)
    meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)


# -- what is open when -----------------------------------------------------------------------------------------------


def test_before_the_decision_facts_procedure_and_clocks_are_open_and_nothing_else(
    client: Client, scene: Scene
) -> None:
    case, user = scene.case_in(State.READY), make_regulator()
    shown = at(client, user).get(page(case))
    assert shown.status_code == 200
    assert [str(tab["label"]) for tab in shown.context["tabs"]] == ["Overview"]
    assert (shown.context["decisions"], shown.context["reports"]) == ([], [])
    assert {person.get("chip", "") for person in shown.context["people"]} == {""}
    assert {event["actor"] for event in shown.context["events"]} == {""}
    assert [len(shown.context[part]) > 0 for part in ("steps", "clocks", "facts", "rules")] == [True] * 4
    assert [client.get(page(case, part)).status_code for part in PARTS[1:]] == [404] * 4
    assert len(readings(scene.host)) == 1


def test_after_the_decision_every_part_is_open(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    end_meeting(scene, Meeting.objects.get())
    for report in CaseReport.objects.filter(decision__case=case):
        sign(report, scene.host)
    shown = {part: at(client, user).get(page(case, part)) for part in PARTS}
    assert {part: answer.status_code for part, answer in shown.items()} == dict.fromkeys(PARTS, 200)
    overview = shown[""].context
    assert [str(tab["label"]) for tab in overview["tabs"]] == [
        "Overview",
        "Application",
        "Ratings",
        "Votes",
        "Minutes",
    ]
    assert (len(overview["decisions"]), len(overview["reports"])) == (1, 4)
    assert overview["decisions"][0]["standing"]["in_favour"] == 7
    assert len(shown["application/"].context["parts"]) > 3
    assert len(shown["ratings/"].context["rows"][0]["given"]) == 2
    (sitting,) = shown["votes/"].context["sittings"]
    assert [(row["carried"], len(row["votes"]), row["may_dissent"]) for row in sitting["results"]] == [
        (True, 7, False)
    ]
    (minutes,) = shown["minutes/"].context["sittings"]
    assert [item["reference"] for item in minutes["record"]["items"]] == [case.reference]


def test_minutes_tell_nothing_of_other_cases_and_wait_for_their_approval(client: Client, scene: Scene) -> None:
    case, other = scene.case_in(State.READY), scene.case_in(State.READY)
    meeting = scene.convene(case, other)
    for row in (case, other):
        motions.open_item(row.pk, actor=scene.secretary, now=scene.now)
        scene.carry(row)
        scene.issue(row)
    client = at(client, make_regulator())
    assert client.get(page(case, "minutes/")).context["sittings"] == []
    end_meeting(scene, meeting, notes="About both.")
    (shown,) = client.get(page(case, "minutes/")).context["sittings"]
    assert [item.get("reference", "") for item in shown["record"]["items"]] == [case.reference, ""]
    assert (shown["notes"], shown["withheld"]) == ("", True)
    assert str(other.reference) not in client.get(page(case, "minutes/")).content.decode()


def test_ratings_and_versions_are_those_of_the_decision(client: Client, scene: Scene) -> None:
    """What is written or rated after the decision waits for the next one."""
    case = scene.case_in(State.MODIFYING, effect=Effect.MODIFY_THEN_CHECK)
    review = case.reviews.select_related("user").order_by("pk")[0]
    item = Answer.objects.filter(assessment=review.assessment_id).order_by("pk")[0].item
    Answer.objects.create(
        assessment_id=review.assessment_id,
        item=item,
        step="0",
        reason="Later.",
        by=review.user,
        at=timezone.now() + timedelta(minutes=1),
    )
    client = at(client, make_regulator())
    ratings = client.get(page(case, "ratings/")).context
    assert {given["words"]["short"] for row in ratings["rows"] for given in row["given"]} == {"3"}
    assert {point["value"] for point in ratings["points"]} == {"3.00"}
    assert [row["label"] for row in client.get(page(case, "application/")).context["versions"]] == ["Version 1"]
    assert case.applications.count() == 2
    assert client.get(page(case, "application/?version=2")).status_code == 404


def test_documents_are_those_the_decided_application_holds(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    held = case.files.select_related("current").order_by("pk")[0]
    later = make_file_version(upload=held.upload, number=2)
    client = at(client, user)
    answer = client.get(page(case, f"files/{held.pk}/1/"))
    assert (answer.status_code, answer["ETag"]) == (200, f'"{held.current.sha256}"')
    assert len(b"".join(answer.streaming_content)) == held.current.size  # type: ignore[attr-defined]
    gone = [f"files/{held.pk}/{later.number}/", f"files/{held.pk + 1000}/1/", f"files/{held.pk}/1/pages/999/"]
    assert [client.get(page(case, path)).status_code for path in gone] == [404, 404, 404]
    assert client.get(page(case, f"files/{held.pk}/1/pages/1/")).status_code == 200
    read = [(facts["part"], facts["file"], facts.get("page")) for _verb, _subject, facts in readings(scene.host)]
    assert read == [("files", held.pk, None), ("files", held.pk, 1)]


def test_verification_opens_its_rounds_with_the_decision(client: Client, verifying: VerificationScene) -> None:
    row, user = verifying.verification_in(VState.NOTICE, HIGH), make_regulator()
    client = at(client, user)
    parts = ("", "ratings/", "findings/", "votes/")
    early = client.get(of(row))
    assert ([str(tab["label"]) for tab in early.context["tabs"]], early.context["results"]) == (["Overview"], None)
    assert (early.context["people"], early.context["reports"], early.context["outcome"]) == ([], [], [])
    assert [client.get(of(row, part)).status_code for part in parts] == [200, 404, 404, 404]
    verifying.decide(row)
    late = {part: client.get(of(row, part)) for part in parts}
    assert {part: answer.status_code for part, answer in late.items()} == dict.fromkeys(parts, 200)
    assert [side["tier"] for side in late[""].context["results"]["sides"]] == [4, 4]
    assert [len(late[""].context[name]) > 0 for name in ("people", "outcome")] == [True, True]
    assert [finding["number"] for finding in late["findings/"].context["rows"]] == [1]
    assert "form" not in late["findings/"].context["rows"][0]
    (ballot,) = late["votes/"].context["ballots"]
    assert (ballot["carried"], len(ballot["votes"])) == (True, 5)
    item = next(item for item in late["ratings/"].context["items"] if item["reached"])
    assert (item["reached"][0]["own"]["step"], item["reached"][0]["self"]["step"]) == ("F", "F")
    assert client.get(of(row, "ratings/?dimension=dcmm")).context["dcmm"]["claim_file"] == ""


def test_confidential_evidence_is_a_title_and_a_digest(client: Client, verifying: VerificationScene) -> None:
    row, user = verifying.verification_in(VState.CERTIFIED), make_regulator()
    secret, plain = (
        Evidence.objects.filter(self_assessment=row.self_assessment, confidential=kept).order_by("pk")[0]
        for kept in (True, False)
    )
    for piece in (secret, plain):
        piece.file = make_file_version(by=verifying.lead)
        piece.save()
    client = at(client, user)
    pieces = {
        piece["pk"]: piece
        for place in client.get(of(row, "ratings/")).context["places"]
        for item in client.get(place["url"]).context["items"]
        for one in [*item["reached"], *item["opened"], *item["folded"]]
        for piece in one["pieces"]
    }
    assert pieces[secret.pk] == {
        "pk": secret.pk,
        "title": secret.title,
        "accepted": True,
        "confidential": True,
        "url": "",
        "sha256": secret.file.sha256,
    }
    assert pieces[plain.pk]["url"] == of(row, f"evidence/{plain.pk}/")
    before = len(readings(verifying.enterprise.organisation))
    assert client.get(of(row, f"evidence/{secret.pk}/")).status_code == 404
    assert client.get(of(row, f"evidence/{plain.pk}/")).status_code == 503  # the row alone was made, no bytes
    assert len(readings(verifying.enterprise.organisation)) == before


# -- each reading is one event ---------------------------------------------------------------------------------------


def test_each_page_of_a_case_is_one_event_of_its_host(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    for part in PARTS:
        at(client, user).get(page(case, part))
    told = {"authority": office(user).pk, "reference": case.reference}
    assert readings(scene.host) == [
        ("case.read", f"case:{case.pk}", {**told, "part": part, **more})
        for part, more in (
            ("facts", {}),
            ("application", {"version": 1}),
            ("ratings", {}),
            ("votes", {}),
            ("minutes", {}),
        )
    ]
    actors = AuditEvent.objects.filter(verb="case.read").values_list("actor", flat=True)
    assert set(actors) == {user.pk}
    assert readings(office(user)) == []


def test_each_download_of_a_report_is_one_event(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    report, unsigned = CaseReport.objects.filter(decision__case=case).order_by("pk")[:2]
    sign(report, scene.host)
    answer = at(client, user).get(f"{DESK}reports/{report.pk}/")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PDF, "application/pdf")
    assert client.get(f"{DESK}reports/{unsigned.pk}/").status_code == 404
    told = {"report": report.pk, "kind": report.kind, "language": report.language, "part": "reports"}
    assert readings(scene.host) == [
        (
            "report.downloaded",
            f"case:{case.pk}",
            {**told, "authority": office(user).pk, "reference": case.reference},
        )
    ]


def test_readings_of_a_verification_are_events_of_the_enterprise(client: Client, verifying: VerificationScene) -> None:
    row, user = verifying.verification_in(VState.CERTIFIED), make_regulator()
    report = VerificationReport.objects.filter(verification=row).order_by("pk")[0]
    sign(report, verifying.host)
    client = at(client, user)
    for address in (of(row), of(row, "ratings/"), of(row, "findings/"), of(row, "votes/")):
        client.get(address)
    assert client.get(f"{DESK}verification-reports/{report.pk}/").content == PDF
    found = readings(verifying.enterprise.organisation)
    assert [(verb, facts["part"]) for verb, _subject, facts in found] == [
        ("verification.read", "facts"),
        ("verification.read", "ratings"),
        ("verification.read", "findings"),
        ("verification.read", "votes"),
        ("report.downloaded", "reports"),
    ]
    assert {(subject, facts["reference"]) for _verb, subject, facts in found} == {
        (f"verification:{row.pk}", row.reference)
    }
    assert readings(verifying.host) == []


def test_lists_are_events_of_the_authority_with_their_filters(client: Client, scene: Scene) -> None:
    scene.case_in(State.ACCEPTED)
    user = make_regulator()
    client = at(client, user)
    addresses = ("cases/", "cases/?state=accepted&older=x", "cases/?state=nonsense", "verifications/?state=notice")
    assert [client.get(f"{DESK}{address}").status_code for address in addresses] == [200] * 4
    assert [(facts["about"], facts["filters"]) for _verb, _subject, facts in readings(office(user))] == [
        ("cases", {}),
        ("cases", {"state": "accepted"}),
        ("cases", {}),
        ("verifications", {"state": "notice"}),
    ]
    assert readings(scene.host) == []
    second = make_regulator().memberships.get().organisation
    user.memberships.create(organisation=second, role="regulator", starts=scene.now.date())
    client.get(f"{DESK}cases/?state=voting")
    assert [facts["authority"] for _verb, _subject, facts in readings(second)] == [second.pk]
    assert len(readings(user.memberships.earliest("pk").organisation)) == 5


def test_party_who_regulates_is_shown_the_party_s_page_and_nothing_is_recorded(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    Seat.objects.create(committee=scene.committee, user=user, role="member", sex="male", starts=scene.now.date())
    report = CaseReport.objects.filter(decision__case=case).order_by("pk")[0]
    sign(report, scene.host)
    answer = at(client, user).get(page(case))
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.pk}/")
    assert [client.get(page(case, part)).status_code for part in PARTS[1:]] == [404] * 4
    assert client.get(f"{DESK}reports/{report.pk}/").status_code == 404
    assert readings(scene.host) == []


def test_coordinator_who_regulates_is_shown_the_body_s_page(client: Client, verifying: VerificationScene) -> None:
    row, user = verifying.verification_in(VState.DOCUMENTS), make_regulator()
    user.memberships.create(organisation=verifying.host, role="secretary", starts=verifying.now.date())
    answer = at(client, user).get(of(row))
    assert (answer.status_code, answer["Location"]) == (302, f"/verifications/{row.pk}/")
    assert readings(verifying.enterprise.organisation) == []


# -- who does not get in ---------------------------------------------------------------------------------------------


def every_address(case: Case, row: Verification) -> list[str]:
    held = case.files.order_by("pk")[0]
    reports = (CaseReport.objects.earliest("pk").pk, VerificationReport.objects.earliest("pk").pk)
    return [
        *(page(case, part) for part in PARTS),
        page(case, f"files/{held.pk}/1/"),
        page(case, f"files/{held.pk}/1/pages/1/"),
        f"{DESK}reports/{reports[0]}/",
        *(of(row, part) for part in ("", "ratings/", "findings/", "votes/")),
        of(row, f"evidence/{Evidence.objects.earliest('pk').pk}/"),
        f"{DESK}verification-reports/{reports[1]}/",
        f"{DESK}committees/{case.committee.code}/",
    ]


@pytest.fixture
def both(scene: Scene, verifying: VerificationScene) -> tuple[Case, Verification]:
    """A decided case and a decided verification, with a signed document each."""
    case, row = scene.case_in(State.APPROVED), verifying.verification_in(VState.CERTIFIED)
    sign(CaseReport.objects.earliest("pk"), scene.host)
    sign(VerificationReport.objects.earliest("pk"), verifying.host)
    return case, row


def test_strangers_find_no_desk(
    client: Client, scene: Scene, verifying: VerificationScene, both: tuple[Case, Verification], stranger: User
) -> None:
    lists = [DESK, f"{DESK}cases/", f"{DESK}verifications/", f"{DESK}committees/"]
    addresses = [*lists, *every_address(*both)]
    for user in (stranger, scene.secretary, scene.lead, verifying.lead, scene.manager):
        assert [at(client, user).get(address).status_code for address in addresses] == [404] * len(addresses)
    assert (readings(scene.host), readings(verifying.enterprise.organisation)) == ([], [])


def test_visitors_are_asked_to_sign_in(client: Client, both: tuple[Case, Verification]) -> None:
    answers = [client.get(address) for address in (DESK, *every_address(*both))]
    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"].partition("?")[0] for answer in answers} == {"/accounts/sign-in/"}


def test_desk_is_read_only(client: Client, both: tuple[Case, Verification]) -> None:
    addresses = [DESK, f"{DESK}cases/", *every_address(*both)]
    client = at(client, make_regulator())
    assert [client.post(address).status_code for address in addresses] == [405] * len(addresses)


def told(page: bytes, address: str) -> bytes:
    """A page without what the visitor sent: its own address, and the token against forgery, another each time."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", page.replace(address.encode(), b""))


def test_other_jurisdiction_answers_exactly_like_what_does_not_exist(
    client: Client,
    scene: Scene,
    verifying: VerificationScene,
    both: tuple[Case, Verification],
) -> None:
    case, row = both
    client = at(client, make_regulator(Reach.PROVINCE, province="110000"))
    real = every_address(case, row)
    unreal = [
        address.replace(str(case.reference), "LKS-2099-9999")
        .replace(f"/{case.committee.code}/", "/NONE/")
        .replace(f"/reports/{CaseReport.objects.earliest('pk').pk}/", "/reports/999999/")
        .replace(f"-reports/{VerificationReport.objects.earliest('pk').pk}/", "-reports/999999/")
        .replace(f"/verifications/{row.pk}/", "/verifications/999999/")
        for address in real
    ]
    for address, nowhere in zip(real, unreal, strict=True):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        with CaptureQueriesContext(connection) as asked_of_nothing:
            nothing = client.get(nowhere)
        assert (answer.status_code, told(answer.content, address)) == (404, told(nothing.content, nowhere)), address
        assert len(asked) == len(asked_of_nothing), address
    assert (readings(scene.host), readings(verifying.enterprise.organisation)) == ([], [])


def test_recused_regulator_reads_nothing(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.REVIEWING), make_regulator()
    kind = scene.rules.conflicts[0].code
    Conflict.objects.create(case=case, user=user, kind=kind, declared_at=scene.now, declared_by=scene.secretary)
    assert at(client, user).get(page(case)).status_code == 404
    assert client.get(f"{DESK}cases/").context["rows"] == []


# -- lists and what everything costs ---------------------------------------------------------------------------------


def test_desk_counts_what_each_reach_covers(client: Client, scene: Scene) -> None:
    scene.host.sector = "health"
    scene.host.save()
    for state in (State.SUBMITTED, State.ACCEPTED, State.APPROVED):
        scene.case_in(state)
    found = {}
    for name, user in regulators_around(scene.host).items():
        desk = at(client, user).get(DESK)
        figures = [figure["value"] for figure in desk.context["figures"]]
        listed = client.get(f"{DESK}cases/").context["page"]["total"]
        found[name] = (figures, listed, len(desk.context["decisions"]))
    covered, other = ([1, 1, 0, 0, 1], 2, 1), ([0, 0, 0, 0, 0], 0, 0)
    assert found == {
        name: covered if name in {"national", "province", "sector", "listed"} else other for name in found
    }


def test_authority_without_a_jurisdiction_is_told_so(client: Client, scene: Scene) -> None:
    desk = at(client, make_regulator(Reach.NONE)).get(DESK)
    assert desk.context["reach"] == "No jurisdiction is set yet; please turn to the operator."


def test_committee_names_what_its_composition_lacks(client: Client, scene: Scene) -> None:
    client = at(client, make_regulator())
    (row,) = client.get(f"{DESK}committees/").context["rows"]
    assert (row["code"], row["seats"], row["needed"]) == ("LKS", 9, [])
    Seat.objects.filter(role="chair").update(ends=scene.now.date() - timedelta(days=1))
    (row,) = client.get(f"{DESK}committees/").context["rows"]
    shown = client.get(f"{DESK}committees/LKS/")
    assert [gap["code"] for gap in row["needed"]] == [gap["code"] for gap in shown.context["needed"]]
    assert "chair_missing" in {gap["code"] for gap in row["needed"]}
    assert len(shown.context["members"]) == 8


def test_committees_are_paged_by_code(client: Client, scene: Scene) -> None:
    slugs = {"rulebook_slug": scene.committee.rulebook_slug, "instrument_slug": scene.committee.instrument_slug}
    Committee.objects.bulk_create(
        Committee(host=scene.host, code=f"C{number:03}", name=f"Committee {number}", **slugs) for number in range(60)
    )
    client, address, seen = at(client, make_regulator()), f"{DESK}committees/", []
    pages = []
    while address:
        shown = client.get(address).context
        pages.append([row["code"] for row in shown["rows"]])
        seen += pages[-1]
        address, last = shown["page"]["next_url"], shown["page"]["previous_url"]
    assert seen == [f"C{number:03}" for number in range(60)] + ["LKS"]
    back = client.get(last).context
    assert [row["code"] for row in back["rows"]] == pages[-2]
    first = client.get(back["page"]["previous_url"]).context
    assert ([row["code"] for row in first["rows"]], first["page"]["previous_url"]) == (pages[0], "")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "count"), [("", 8), ("cases/", 11), ("committees/", 8)])
def test_lists_cost_the_same_for_one_row_and_three(
    client: Client,
    scene: Scene,
    address: str,
    count: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        scene.case_in(State.APPROVED)
        host = make_organisation(name=f"Host {number}")
        slugs = {"rulebook_slug": scene.committee.rulebook_slug, "instrument_slug": scene.committee.instrument_slug}
        Committee.objects.create(host=host, code=f"X{number}", name="Other", **slugs)
    client = at(client, make_regulator())
    client.get(f"{DESK}{address}")
    with django_assert_num_queries(count):
        client.get(f"{DESK}{address}")


@pytest.mark.parametrize("reviewers", [2, 4])
@pytest.mark.parametrize(
    ("part", "count"), [("", 19), ("application/", 14), ("ratings/", 25), ("votes/", 19), ("minutes/", 14)]
)
def test_pages_of_a_case_cost_the_same_however_much_it_holds(
    client: Client,
    scene: Scene,
    part: str,
    count: int,
    reviewers: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    case = scene.case_in(State.APPROVED, reviewers=reviewers)
    end_meeting(scene, Meeting.objects.get())
    for report in CaseReport.objects.filter(decision__case=case)[:reviewers]:
        sign(report, scene.host)
    client = at(client, make_regulator())
    client.get(page(case, part))
    with django_assert_num_queries(count):
        client.get(page(case, part))


@pytest.mark.parametrize("more", [0, 3])
@pytest.mark.parametrize(
    ("part", "count"), [("", 20), ("ratings/", 16), ("ratings/?dimension=dcmm", 17), ("findings/", 13), ("votes/", 12)]
)
def test_pages_of_a_verification_cost_the_same_however_much_it_holds(
    client: Client,
    verifying: VerificationScene,
    part: str,
    count: int,
    more: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    row = verifying.verification_in(VState.CERTIFIED)
    finding = row.findings.get()
    for number in range(more):
        finding.pk, finding.number = None, finding.number + 1
        finding.save(force_insert=True)
        Evidence.objects.create(
            self_assessment=row.self_assessment,
            kind="record",
            title=f"More {number}",
            reference="Archive",
            added_by=verifying.lead,
            added_at=verifying.now,
        )
    client = at(client, make_regulator())
    client.get(of(row, part))
    with django_assert_num_queries(count):
        client.get(of(row, part))


# -- who read what ---------------------------------------------------------------------------------------------------


def test_manager_sees_who_read_what_and_nobody_else(client: Client, scene: Scene, stranger: User) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator(name="Far Office")
    for part in ("", "ratings/"):
        at(client, user).get(page(case, part))
    address = f"/accounts/organisation/{scene.host.pk}/readings/"
    shown = at(client, scene.manager).get(address)
    assert [
        (row["authority"], row["person"], str(row["what"]), row["about"], str(row["part"]))
        for row in shown.context["rows"]
    ] == [
        ("Far Office", user.name, "Case read", case.reference, "Ratings"),
        ("Far Office", user.name, "Case read", case.reference, "Overview"),
    ]
    codes = [at(client, person).get(address).status_code for person in (scene.secretary, stranger, user)]
    assert codes == [403, 404, 404]
    assert at(client, scene.manager).post(address).status_code == 405
    assert address in client.get(f"/accounts/organisation/{scene.host.pk}/").content.decode()


def test_authority_sees_the_lists_its_people_consulted(client: Client, scene: Scene) -> None:
    user = make_regulator()
    own = office(user)
    at(client, user).get(f"{DESK}cases/?state=approved")
    user.memberships.create(organisation=own, role="manager", starts=scene.now.date())
    asked: list[tuple[str, dict[str, str]]] = [
        ("decisions", {"query": "kind=decisions&q=铁路&order=reversed&decision=approve&province=310000&overdue=on"}),
        ("decisions", {"kind": "approve", "committee": "7", "issued_from": "2026-11-02"}),
        ("reports", {"kind": "letter", "state": "signed", "language": "zh-hans", "fields": "id"}),
        ("verifications", {"state": "withdrawn, certified", "mine": "true", "open": "False", "text": "on"}),
        ("maturity", {"state": "suspended", "tier": "3", "limit": "5"}),
        ("maturity", {"query": "kind=maturity&state=valid&until=2026-11-30"}),
    ]
    for about, filters in asked:
        record_search(about=about, filters=filters, actor=user, now=timezone.now())
    rows = client.get(f"/accounts/organisation/{own.pk}/readings/").context["rows"]
    assert [(str(row["what"]), str(row["about"]), row["part"]) for row in reversed(rows)] == [
        ("List consulted", "Cases", "State: Approved"),
        (
            "List consulted",
            "Decisions",
            "Words: 铁路 · Order: Oldest first · Decision: Approved · Province: Shanghai · Overdue: Yes",
        ),
        ("List consulted", "Decisions", "Kind: Approved · Committee: № 7 · Issued from: 2 November 2026"),
        ("List consulted", "Reports", "Kind: Decision letter · State: Signed · Fields shown: id · Language: 简体中文"),
        (
            "List consulted",
            "Verifications",
            "Own part alone: Yes · Open ones alone: No · Words: on · State: Withdrawn, Certified",
        ),
        ("List consulted", "Maturity results", "Tier: 3 · Rows on a page: 5 · State: Suspended"),
        ("List consulted", "Maturity results", "State: Valid · Until: 30 November 2026"),
    ]


def test_readings_are_paged_from_the_newest(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.ACCEPTED), make_regulator()
    for number in range(60):
        record_case_reading(
            case, part=Part.FACTS, actor=user, office=office(user), now=scene.now + timedelta(minutes=number)
        )
    client, address, pages = at(client, scene.manager), f"/accounts/organisation/{scene.host.pk}/readings/", []
    while address:
        shown = client.get(address).context
        pages.append([row["at"] for row in shown["rows"]])
        address, last = shown["page"]["next_url"], shown["page"]["previous_url"]
    assert [len(rows) for rows in pages] == [25, 25, 10]
    assert [at_ for rows in pages for at_ in rows] == [scene.now + timedelta(minutes=n) for n in reversed(range(60))]
    back = client.get(last).context
    assert [row["at"] for row in back["rows"]] == pages[1]
    first = client.get(back["page"]["previous_url"]).context
    assert ([row["at"] for row in first["rows"]], first["page"]["previous_url"]) == (pages[0], "")
    assert client.get(f"/accounts/organisation/{scene.host.pk}/readings/?older=x&newer=²").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_readings_cost_the_same_for_one_row_and_three(
    client: Client, scene: Scene, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = scene.case_in(State.ACCEPTED)
    for _ in range(rows):
        user = make_regulator()
        record_case_reading(case, part=Part.FACTS, actor=user, office=office(user), now=scene.now)
    client = at(client, scene.manager)
    with django_assert_num_queries(8):
        client.get(f"/accounts/organisation/{scene.host.pk}/readings/")


def test_readings_are_told_on_their_own_page_and_not_in_the_case_s_history(client: Client, scene: Scene) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    at(client, user).get(page(case))
    texts = {str(event["text"]) for event in at(client, scene.secretary).get(f"/cases/{case.pk}/").context["events"]}
    assert "Decision issued" in texts
    assert not {"case.read", "Case read"} & texts


def test_navigation_and_home_lead_regulators_alone_to_their_desk(client: Client, scene: Scene) -> None:
    user = make_regulator()
    homes = [at(client, person).get("/") for person in (user, scene.secretary)]
    assert [DESK in {entry["url"] for entry in home.context["navigation"]} for home in homes] == [True, False]
    assert [home.content.decode().count(f'href="{DESK}"') for home in homes] == [2, 0]
