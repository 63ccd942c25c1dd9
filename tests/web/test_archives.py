"""Archives on the pages: what each reader's dossier holds, that it checks itself, and that nobody else's exists."""

import csv
import hashlib
import io
import json
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.documents.models import SignedDocument
from ethicsreview.files.models import FileVersion
from tests.archives import decided_case, folders, left_out, manifest, opened
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.scenes import Scene, make_scene
from workflows.actions.archives import request_dossier, request_reports
from workflows.domain.archives import ArchiveKind, ArchiveState, Failure, Omitted, Reason, Standing, Why
from workflows.domain.oversight import Part
from workflows.domain.states import State
from workflows.models import Archive, Case, CaseFile, CaseReport, Conflict, Review
from workflows.queries import archive_words

PAGE = "/archives/"
Commit = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def scene(db: None, settings: Settings, tmp_path: Path) -> Scene:
    """With stored files of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_scene(this_moment())


@pytest.fixture
def decided(scene: Scene) -> Case:
    return decided_case(scene)


Take = Callable[[User, Case], dict[str, bytes]]


@pytest.fixture
def take(client: Client, django_capture_on_commit_callbacks: Commit) -> Take:
    """A dossier asked for on the page, built at once, downloaded and taken apart."""

    def took(user: User, case: Case) -> dict[str, bytes]:
        archive = asked(at(client, user), case, django_capture_on_commit_callbacks)
        assert (archive.state, archive.error) == ("ready", "")
        return opened(content(client, archive))

    return took


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def asked(client: Client, case: Case, commit: Commit) -> Archive:
    with commit(execute=True):
        answer = client.post(f"/cases/{case.pk}/dossier/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE), answer.content
    return Archive.objects.latest("pk")


def content(client: Client, archive: Archive) -> bytes:
    answer = client.get(f"{PAGE}{archive.pk}/download/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def bare(answer: Any) -> str:
    """The page without what is new each time, and without the address it was asked at."""
    page = re.sub(r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*', "", answer.content.decode())
    return page.replace(answer.request["PATH_INFO"], "")


WHOLE = {"case", "application", "ratings", "votes", "minutes", "decisions", "documents", "audit"}


# -- who gets what ----------------------------------------------------------------------------------------------------


def test_committee_gets_the_whole_case(scene: Scene, decided: Case, take: Take) -> None:
    for user in (scene.secretary, scene.chair, scene.members[4]):
        files = take(user, decided)
        assert folders(files) == WHOLE
        assert left_out(files) == [
            ("drafts", "not_yours"),
            ("other_events_of_the_chain", "other_matters"),
            ("working_steps", "too_small"),
        ]
        assert manifest(files)["standing"] == "committee"


def test_applicant_gets_the_own_side_and_the_letters(scene: Scene, decided: Case, take: Take) -> None:
    files = take(scene.lead, decided)
    assert folders(files) == {"case", "application", "decisions", "documents", "audit"}
    assert "case/committee.json" not in files
    assert {name.split("-")[4] for name in files if name.startswith("documents/")} == {"letter"}
    assert left_out(files) == [
        ("people", "not_yours"),
        ("ratings", "not_yours"),
        ("votes", "not_yours"),
        ("minutes", "not_yours"),
        ("other_events_of_the_chain", "other_matters"),
        ("event_details", "not_yours"),
    ]
    acts = [json.loads(line) for line in files["audit/events.jsonl"].splitlines()]
    assert {act["actor"] for act in acts} == {scene.lead.pk}
    assert not any(scene.members[0].name.encode() in body for body in files.values())


def test_authority_gets_what_a_decision_opened(scene: Scene, decided: Case, take: Take) -> None:
    files = take(make_regulator(), decided)
    assert folders(files) == WHOLE
    assert left_out(files) == [
        ("drafts", "not_yours"),
        ("supplement_notices", "not_yours"),
        ("after_the_decision", "not_decided"),
        ("other_events_of_the_chain", "other_matters"),
        ("event_details", "not_yours"),
    ]
    told = manifest(files)
    assert (told["standing"], told["authority"]["en"]) == ("authority", "Authority national")
    signed = AuditEvent.objects.filter(verb="minutes.approve")
    assert not any(event.digest.encode() in files["audit/events.sha256"] for event in signed)


def test_before_the_decision_an_authority_gets_facts_and_course_alone(scene: Scene, take: Take) -> None:
    case = scene.case_in(State.READY)
    files = take(make_regulator(), case)
    assert folders(files) == {"case", "audit"}
    assert files["audit/events.jsonl"] == b""
    outline = [json.loads(line) for line in files["audit/outline.jsonl"].splitlines()]
    assert [one["verb"] for one in outline] == ["case.start", "case.submit", "case.accept"]
    assert {frozenset(one) for one in outline} == {frozenset({"number", "at", "verb", "previous", "digest"})}
    assert [why for part, why in left_out(files) if part in {"ratings", "votes", "minutes", "reports"}] == [
        "not_decided"
    ] * 4


def test_blind_reviews_stay_blind(scene: Scene, take: Take) -> None:
    case = scene.case_in(State.REVIEWING)
    for user in (scene.secretary, scene.members[4]):
        files = take(user, case)
        assert "ratings/ratings.json" not in files
        assert ("reviews", "blind") in left_out(files)
        assert not any(b"review.rate" in body for body in files.values())
    files = take(scene.members[0], case)
    assert "ratings/ratings.json" not in files


def test_running_votes_stay_secret_and_own_reviews_are_read(scene: Scene, take: Take) -> None:
    case = scene.case_in(State.VOTING)
    scene.vote(case)
    files = take(scene.secretary, case)
    assert "votes/votes.json" not in files
    assert ("running_votes", "running") in left_out(files)
    assert not any(b"vote.cast" in body for body in files.values())
    ratings = json.loads(files["ratings/ratings.json"])
    assert [one["person"]["id"] for one in ratings["reviews"]] == [user.pk for user in scene.members[:2]]


def test_recused_member_and_stranger_get_nothing(client: Client, scene: Scene, decided: Case, stranger: User) -> None:
    user = scene.members[0]
    Conflict.objects.create(case=decided, user=user, kind="family", declared_at=scene.now, declared_by=user)
    for one in (user, stranger, scene.manager):
        told = [at(client, one).post(f"/cases/{case}/dossier/") for case in (decided.pk, 999_999)]
        assert [answer.status_code for answer in told] == [404, 404]
        assert bare(told[0]) == bare(told[1])
    assert Archive.objects.count() == 0


def test_draft_is_its_writers_alone(client: Client, scene: Scene, take: Take) -> None:
    case = scene.draft()
    files = take(scene.lead, case)
    assert manifest(files)["case"] == f"draft-{case.pk}"
    assert folders(files) == {"case", "application", "audit"}
    assert json.loads(files["case/case.json"])["findings"] is None
    assert at(client, scene.secretary).post(f"/cases/{case.pk}/dossier/").status_code == 404


# -- an archive checks itself -----------------------------------------------------------------------------------------


def test_every_digest_can_be_made_anew(scene: Scene, decided: Case, take: Take) -> None:
    files = take(scene.secretary, decided)
    listed = {one["path"]: (one["bytes"], one["sha256"]) for one in manifest(files)["files"]}
    found = {name: (len(body), hashlib.sha256(body).hexdigest()) for name, body in files.items()}
    assert {name: found[name] for name in listed} == listed
    assert set(files) - set(listed) == {"manifest.json", "manifest.sha256"}
    letters = {name: body for name, body in files.items() if name.startswith("documents/")}
    assert sorted(letters.values()) == sorted(bytes(row.content) for row in SignedDocument.objects.all().defer(None))
    sent = [body for name, body in files.items() if name.startswith("application/files/")]
    papers = {hashlib.sha256(body).hexdigest() for body in sent}
    assert papers == set(FileVersion.objects.values_list("sha256", flat=True))


def test_the_common_tool_finds_every_file_whole_and_a_changed_one(
    scene: Scene, decided: Case, take: Take, tmp_path: Path
) -> None:
    files = take(scene.secretary, decided)
    for name, body in files.items():
        place = tmp_path / "out" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    check = ["sha256sum", "--check", "--strict", "manifest.sha256"]
    whole = subprocess.run(check, cwd=tmp_path / "out", capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"})
    assert (whole.returncode, whole.stdout.count(": OK")) == (0, len(files) - 1), whole.stderr
    (tmp_path / "out" / "case" / "case.json").write_text("{}")
    changed = subprocess.run(check, cwd=tmp_path / "out", capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"})
    assert (changed.returncode, changed.stdout.count("FAILED")) == (1, 1)


def test_the_history_can_be_recomputed_from_the_archive_alone(scene: Scene, decided: Case, take: Take) -> None:
    files = take(scene.secretary, decided)
    lines = files["audit/events.jsonl"].splitlines()
    digests = [line.split("  ") for line in files["audit/events.sha256"].decode().splitlines()]
    assert [hashlib.sha256(line).hexdigest() for line in lines] == [digest for digest, _number in digests]
    events = [json.loads(line) for line in lines]
    assert [str(event["number"]) for event in events] == [number for _digest, number in digests]
    pairs = [(one, other) for one, other in pairwise(events) if other["number"] == one["number"] + 1]
    by_number = {int(number): digest for digest, number in digests}
    assert len(pairs) > 10
    assert [other["previous"] for _one, other in pairs] == [by_number[one["number"]] for one, _other in pairs]
    chain = json.loads(files["audit/chain.json"])
    rows = AuditEvent.objects.filter(chain=chain["chain"], number__lte=chain["head"]["number"])
    assert (rows.latest("number").digest, {event["chain"] for event in events}) == (
        chain["head"]["sha256"],
        {chain["chain"]},
    )
    forged = lines[3].replace(b'"actor":', b'"actor":1')
    assert hashlib.sha256(forged).hexdigest() != digests[3][0]


def test_hostile_and_chinese_names_harm_nobody(scene: Scene, decided: Case, take: Take) -> None:
    hostile = [
        "../../../etc/passwd",
        "C:\\boot.ini",
        "x\n0000  forged.pdf",
        "伦理审查方案.pdf",
        "same.pdf",
        "SAME.pdf",
    ]
    files = list(CaseFile.objects.filter(case=decided).order_by("pk"))
    with_names = FileVersion.objects.filter(pk__in=[held.current_id for held in files])
    for version, name in zip(with_names.order_by("pk"), hostile, strict=False):
        renamed(version, name)
    taken = take(scene.secretary, decided)
    for name in taken:
        assert not name.startswith("/")
        assert not {"..", "", "."} & set(name.split("/"))
        assert not set("\\\n:") & set(name)
    assert any(name.endswith("/v1-伦理审查方案.pdf") for name in taken)
    assert len({name.casefold() for name in taken}) == len(taken)


def renamed(version: FileVersion, name: str) -> None:
    """A row PostgreSQL would refuse to change, as one written before names were cleaned."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE files_fileversion DISABLE TRIGGER USER")
        cursor.execute("UPDATE files_fileversion SET name = %s WHERE id = %s", [name, version.pk])
        cursor.execute("ALTER TABLE files_fileversion ENABLE TRIGGER USER")


def test_pages_are_in_both_languages_and_run_nothing(scene: Scene, decided: Case, take: Take) -> None:
    Review.objects.filter(case=decided).update(opinion="<script>alert(1)</script>")
    files = take(scene.secretary, decided)
    pages = {name: body.decode() for name, body in files.items() if name.endswith(".html")}
    assert len(pages) == 9
    for page in pages.values():
        assert "<script" not in page
        assert 'lang="zh-Hans"' in page
        assert "default-src 'none'" in page
    assert "&lt;script&gt;" in pages["ratings/ratings.html"]
    assert "湖畔人工智能伦理委员会" in pages["case/case.html"]
    for target in ("case/case.html", "audit/history.html", "documents/"):
        assert f'href="{target}' in pages["README.html"]
    assert 'href="../README.html"' in pages["minutes/meeting-1.html"]


def test_ratings_are_rows_a_spreadsheet_reads_and_runs_nothing(scene: Scene, decided: Case, take: Take) -> None:
    files = take(scene.secretary, decided)
    rows = list(csv.DictReader(io.StringIO(files["ratings/ratings.csv"].decode("utf-8-sig"))))
    values = json.loads(files["ratings/ratings.json"])["ratings"]
    assert (len(rows), {row["stands"] for row in rows}) == (len(values), {"yes"})
    assert {row["reviewer_name"] for row in rows} == {user.name for user in scene.members[:2]}


# -- the page ---------------------------------------------------------------------------------------------------------


def test_page_shows_where_each_archive_stands(client: Client, scene: Scene, decided: Case) -> None:
    archive = request_dossier(decided.pk, actor=scene.secretary, now=timezone.now())
    shown = at(client, scene.secretary).get(PAGE)
    assert 'hx-trigger="every 2s"' in shown.content.decode()
    Archive.objects.filter(pk=archive.pk).update(state="building", done=3, total=30)
    assert "3 of 30 files" in client.get(PAGE).content.decode()
    Archive.objects.filter(pk=archive.pk).update(state="failed", error="file_lost")
    page = client.get(PAGE).content.decode()
    assert "A stored file is missing or cut short" in page
    assert ("Try again" in page, "hx-trigger" in page) == (True, False)


def test_htmx_is_given_the_list_alone(client: Client, scene: Scene, decided: Case) -> None:
    request_dossier(decided.pk, actor=scene.secretary, now=timezone.now())
    part = at(client, scene.secretary).get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="stack" id="archives"')


def test_page_asks_as_much_for_three_as_for_one(
    client: Client, scene: Scene, decided: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at(client, scene.secretary)
    values = {"requested_by": scene.secretary, "requested_at": scene.now, "progressed_at": scene.now, "chain": "x"}
    for number in range(3):
        Archive.objects.create(kind="dossier", case=decided, state="expired", **values)
        if number in {0, 2}:
            with django_assert_num_queries(4):
                assert len(client.get(PAGE).context["rows"]) == number + 1


def test_download_asks_for_so_much(
    client: Client, scene: Scene, decided: Case, take: Take, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user, number in ((scene.secretary, 13), (make_regulator(), 19)):
        take(user, decided)
        archive = Archive.objects.latest("pk")
        with django_assert_num_queries(number):
            content(client, archive)


def test_download_of_four_documents_asks_as_much_as_of_one(
    client: Client,
    scene: Scene,
    decided: Case,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    user = make_regulator()
    keys = [f"case:{row.pk}" for row in CaseReport.objects.order_by("pk")]
    at(client, user)
    for some in (keys[:1], keys):
        with django_capture_on_commit_callbacks(execute=True):
            archive = request_reports(some, actor=user, now=timezone.now())
        archive.refresh_from_db()
        with django_assert_num_queries(13):
            content(client, archive)


def test_foreign_archive_answers_like_none(client: Client, scene: Scene, decided: Case, take: Take) -> None:
    take(scene.secretary, decided)
    archive = Archive.objects.latest("pk")
    for user in (scene.chair, scene.lead, make_regulator()):
        at(client, user)
        for address in ("download", "retry", "delete"):
            ask = client.get if address == "download" else client.post
            one, other = ask(f"{PAGE}{archive.pk}/{address}/"), ask(f"{PAGE}999999/{address}/")
            assert (one.status_code, other.status_code) == (404, 404)
            assert bare(one) == bare(other)
    archive.refresh_from_db()
    assert archive.state == "ready"


def test_archive_vanishes_with_the_right_to_the_case(client: Client, scene: Scene, decided: Case, take: Take) -> None:
    user = scene.chair
    take(user, decided)
    archive = Archive.objects.latest("pk")
    Conflict.objects.create(case=decided, user=user, kind="family", declared_at=scene.now, declared_by=user)
    assert client.get(f"{PAGE}{archive.pk}/download/").status_code == 404
    assert client.get(PAGE).context["rows"] == []


def test_documents_closed_since_the_building_are_not_handed_out(
    client: Client, scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit
) -> None:
    user = scene.chair
    with django_capture_on_commit_callbacks(execute=True):
        archive = request_reports([f"case:{CaseReport.objects.order_by('pk')[0].pk}"], actor=user, now=timezone.now())
    Conflict.objects.create(case=decided, user=user, kind="family", declared_at=scene.now, declared_by=user)
    assert at(client, user).get(f"{PAGE}{archive.pk}/download/").status_code == 404


def test_expired_archive_says_so_and_is_built_again(
    client: Client, scene: Scene, decided: Case, take: Take, django_capture_on_commit_callbacks: Commit
) -> None:
    take(scene.secretary, decided)
    archive = Archive.objects.latest("pk")
    Archive.objects.filter(pk=archive.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{PAGE}{archive.pk}/download/").status_code == 404
    (row,) = client.get(PAGE).context["rows"]
    assert (str(row["state"]), row["retry"], row["ready"]) == ("Expired", True, False)
    Archive.objects.filter(pk=archive.pk).update(state="expired", path="")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{PAGE}{archive.pk}/retry/").status_code == 302
    assert opened(content(client, archive))["README.html"]


def test_deleted_archive_is_gone_from_page_and_disk(
    client: Client, scene: Scene, decided: Case, take: Take, django_capture_on_commit_callbacks: Commit
) -> None:
    take(scene.secretary, decided)
    archive = Archive.objects.latest("pk")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{PAGE}{archive.pk}/delete/")
    assert client.get(PAGE).context["rows"] == []
    assert not default_storage.exists(archive.path)


def test_lost_archive_is_said(client: Client, scene: Scene, decided: Case, take: Take) -> None:
    take(scene.secretary, decided)
    archive = Archive.objects.latest("pk")
    default_storage.delete(archive.path)
    answer = client.get(f"{PAGE}{archive.pk}/download/", follow=True)
    assert "The file of this archive is lost" in answer.content.decode()


def test_buttons_stand_where_a_case_is_read(client: Client, scene: Scene, decided: Case) -> None:
    button = f'action="/cases/{decided.pk}/dossier/"'
    for user in (scene.secretary, scene.lead, scene.members[2]):
        assert button in at(client, user).get(f"/cases/{decided.pk}/").content.decode()
    assert button in at(client, make_regulator()).get(f"/regulator/cases/{decided.reference}/").content.decode()


# -- many documents ---------------------------------------------------------------------------------------------------


def test_what_a_search_for_reports_finds_is_one_archive(
    client: Client, scene: Scene, decided: Case, django_capture_on_commit_callbacks: Commit
) -> None:
    at(client, make_regulator())
    page = client.get("/search/", {"kind": "reports", "language": "en"})
    assert 'action="/search/archive/"' in page.content.decode()
    assert 'action="/search/archive/"' not in client.get("/search/", {"kind": "cases"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/search/archive/", {"query": page.context["query"]})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    archive = Archive.objects.latest("pk")
    files = opened(content(client, archive))
    assert sorted(name.rpartition("-CASE")[0] for name in files if name.endswith(".pdf")) == [
        f"{decided.reference}/{decided.reference}-case-{kind}-en" for kind in ("letter", "report")
    ]
    assert AuditEvent.objects.filter(verb="report.downloaded").count() == 2
    assert left_out(files) == []


def test_search_of_another_kind_is_no_archive(client: Client, scene: Scene, decided: Case, stranger: User) -> None:
    at(client, scene.secretary)
    assert client.post("/search/archive/", {"query": "kind=cases"}).status_code == 404
    assert client.post("/search/archive/", {"query": "kind=reports&order=sideways"}).status_code == 404
    assert at(client, stranger).post("/search/archive/", {"query": "kind=reports"}).status_code == 404


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (archive_words.ARCHIVE_KINDS, ArchiveKind),
        (archive_words.ARCHIVE_STATES, ArchiveState),
        (archive_words.FAILURES, Failure),
        (archive_words.STANDINGS, Standing),
        (archive_words.WHYS, Why),
        (archive_words.REASONS, Reason),
        (archive_words.OMITTED, [*Part, *Omitted]),
    ],
)
def test_every_code_has_words(words: dict[Any, Any], codes: Any) -> None:
    with translation.override("en"):
        assert set(words) == set(codes)
        assert all(str(words[code]) for code in codes)
