"""The demo plays through the real actions, leaves its reports to the worker, and never touches a full house."""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db.models import F
from pytest_django import Settings

from assessments.domain.peers import LEAST_PEERS
from assessments.models import SelfAssessment
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chains, verify_chain
from ethicsreview.interface.models import Token
from tests.editions import content_of, publish_editions
from tests.factories import NOW, make_user
from tests.maturity_scenes import publish_staged
from tests.scenes import make_scene
from tests.verification_scenes import publish_scheme
from workflows.actions.rulebooks import publish_rulebook
from workflows.domain.gapcodes import GapCode
from workflows.domain.states import MeetingState, MotionKind, ReportState, State
from workflows.management.demo.loading import accounts_file, load_demo, play, programs, write_accounts
from workflows.management.demo.script import BrokenScript, Script, Step, moment
from workflows.management.demo.stage import Stage
from workflows.models import (
    Case,
    CaseReport,
    Certificate,
    Conflict,
    Decision,
    Dissent,
    Meeting,
    Motion,
    VerificationReport,
    Vote,
)
from workflows.queries.folders import Folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(settings: Settings, tmp_path: Path) -> Stage:
    settings.MEDIA_ROOT = tmp_path
    publish_rulebook(content_of("rulebooks/cn-2023.v1.yaml"), None, actor=None, now=NOW)
    publish_editions(NOW)
    publish_scheme(now=NOW)
    for slug in ("aim-dcmm", "dcmm-2025"):
        publish_staged(slug, now=NOW)
    return load_demo(now=NOW)


def seen(stage: Stage, key: str, *, by: str, at: datetime = NOW) -> Folder:
    return stage.folder(key, stage.people[by], at)


@pytest.mark.slow
def test_demo_has_a_case_in_each_state_and_all_that_is_told_of(stage: Stage) -> None:
    for check in CHECKS:
        check(stage)


def test_demo_is_loaded_into_an_empty_house_alone() -> None:
    make_user()
    with pytest.raises(CommandError, match="the database is not empty"):
        call_command("load_demo")


def test_tokens_are_written_for_a_demo_alone(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    make_user(email="secretary@demo.example")
    with pytest.raises(CommandError, match="this is no demo"):
        call_command("make_demo_tokens")
    assert list(tmp_path.iterdir()) == []


def test_tokens_of_the_example_are_made_anew_each_time(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    accounts_file(tmp_path).write_text("[]")
    people = {part: make_user(email=mail) for part, mail in programs(Script()).items()}
    call_command("make_demo_tokens")
    call_command("make_demo_tokens")
    path = tmp_path / "tokens.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert (list(rows), path.stat().st_mode & 0o777) == (list(people), 0o600)
    running = {str(token.pk): token.user_id for token in Token.objects.filter(revoked_at__isnull=True)}
    assert {part: running[row["token"].split("_")[1]] for part, row in rows.items()} == {
        part: user.pk for part, user in people.items()
    }
    assert (len(running), Token.objects.count()) == (9, 18)


class OneCase(Script):
    """A script of one case, which the test made itself."""

    cases = {"one": {"committee": "LKS", "lead": "lead"}}  # type: ignore[assignment]


@pytest.fixture
def alone() -> tuple[Stage, Any]:
    """A stage with the lead and the secretary of a scene, and the scene."""
    scene = make_scene(NOW)
    stage = Stage(OneCase(), NOW, people={"lead": scene.lead, "secretary": scene.secretary})
    return stage, scene


def test_step_that_is_refused_without_being_told_so_stops_the_demo(alone: tuple[Stage, Any]) -> None:
    stage, scene = alone
    stage.cases["one"] = scene.case_in(State.SUBMITTED).pk
    with pytest.raises(BrokenScript, match="submit: refused, wrong_state:submitted"):
        play(stage, Step(NOW, "submit", "one", {}))


def test_step_that_is_told_to_be_refused_must_be(alone: tuple[Stage, Any]) -> None:
    stage, scene = alone
    stage.cases["one"] = scene.case_in(State.SUBMITTED).pk
    withdrawal = {"reasons": "Another plan.", "refused": ["wrong_role"]}
    with pytest.raises(BrokenScript, match="withdraw: was not refused"):
        play(stage, Step(NOW, "withdraw", "one", withdrawal))


def test_step_refused_as_told_changes_nothing(alone: tuple[Stage, Any]) -> None:
    stage, scene = alone
    case = scene.case_in(State.SUBMITTED)
    stage.cases["one"] = case.pk
    play(stage, Step(NOW, "accept", "one", {"by": "lead", "reasons": "I say so.", "refused": ["wrong_role"]}))
    case.refresh_from_db()
    assert case.state == State.SUBMITTED.value


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("-12 14:30", NOW.replace(day=12, hour=14, minute=30)),
        ("4 09:00", NOW.replace(day=28, hour=9)),
        ("now -25", NOW - timedelta(minutes=25)),
    ],
)
def test_moment_counts_from_now(text: str, then: datetime) -> None:
    assert moment(text, NOW) == then


def writes_one_account_per_role(stage: Stage) -> None:
    rows = json.loads(write_accounts(stage, Path(configured.MEDIA_ROOT)).read_text(encoding="utf-8"))
    assert [set(row) for row in rows] == [{"role", "email", "password"}] * 11
    signed = [User.objects.get(pk=stage.people[row["person"]].pk) for row in stage.script.cast["accounts"]]
    assert [row["email"] for row in rows] == [person.email for person in signed]
    assert [person.check_password(row["password"]) for person, row in zip(signed, rows, strict=True)] == [True] * 11


def has_every_state(stage: Stage) -> None:
    states = Counter(Case.objects.values_list("state", flat=True))
    assert set(states) == {state.value for state in State}
    assert sum(states.values()) == 19


def has_chains_that_hold_and_run_forward(stage: Stage) -> None:
    assert [name for name in chains() if not verify_chain(name).ok] == []
    for name in (name for name in chains() if name.startswith("organisation:")):
        moments = list(AuditEvent.objects.filter(chain=name).order_by("number").values_list("at", flat=True))
        backwards = [late - early for early, late in itertools.pairwise(moments) if late < early]
        assert [gap for gap in backwards if gap < timedelta(hours=-1)] == [], name
    assert AuditEvent.objects.filter(at__gt=NOW).count() == 0


def has_every_report_queued(stage: Stage) -> None:
    issued = Decision.objects.filter(issued_at__isnull=False).count()
    assert issued == 8
    assert Counter(CaseReport.objects.values_list("state", flat=True)) == {ReportState.QUEUED.value: 4 * issued}


def has_committees_of_which_one_is_lacking(stage: Stage) -> None:
    lacking = {key for key in ("pangu", "alphafold", "chexnet", "stable-diffusion") if composition(stage, key)}
    assert lacking == {"stable-diffusion"}


def composition(stage: Stage, key: str) -> tuple[GapCode, ...]:
    return tuple(gap.code for gap in seen(stage, key, by="song_tao").composition)


def has_lost_motions_dissent_and_a_vote_by_hand(stage: Stage) -> None:
    whisper = Motion.objects.filter(item__case=stage.cases["whisper"]).order_by("pk")
    assert [motion.carried for motion in whisper] == [False, True]
    assert {row.user for row in Dissent.objects.all()} == {stage.people["mei_ying"], stage.people["shi_quan"]}
    by_hand = Vote.objects.exclude(user=F("by"))
    assert {(vote.user, vote.by) for vote in by_hand} == {
        (stage.people["xing_he"], stage.people["song_tao"]),
        (stage.people["lan_xin"], stage.people["song_tao"]),
    }


def has_gates_resolved_revised_and_standing(stage: Stage) -> None:
    resolved = Motion.objects.get(kind=MotionKind.RESOLVE_GATE.value)
    assert (resolved.item.case_id, resolved.indicator, resolved.carried) == (stage.cases["qwen"], "AT-3", True)
    blocked = {key: [block.item for block in seen(stage, key, by="song_tao").blocks] for key in stage.cases}
    assert {key: items for key, items in blocked.items() if items} == {"compas": ["HR-2", "HR-2"], "idxdr": ["FJ-3"]}


def has_a_quorum_broken_by_a_recusal(stage: Stage) -> None:
    conflict = Conflict.objects.get(case=stage.cases["apollo"])
    item = seen(stage, "apollo", by="song_tao").agenda[0]
    assert (conflict.user, item.outcome) == (stage.people["shi_quan"], "adjourned")


def has_clocks_that_live(stage: Stage) -> None:
    clocks = {key: seen(stage, key, by="song_tao").clock for key in stage.cases}
    assert {key for key, clock in clocks.items() if clock and clock.overdue} == {"apollo"}
    near = {key: clock.left for key, clock in clocks.items() if clock and clock.running and 0 <= clock.left <= 5}
    assert near == {"bemyeyes": 3, "idxdr": 4}
    assert {key for key, clock in clocks.items() if clock and clock.extended} == {"deepseek"}


def has_meetings_in_session(stage: Stage) -> None:
    sitting = Meeting.objects.filter(state=MeetingState.OPEN.value)
    assert {meeting.pk for meeting in sitting} == {stage.meetings["lka4"], stage.meetings["chm2"]}


def has_ratings_that_differ(stage: Stage) -> None:
    folder = seen(stage, "pangu", by="song_tao")
    assert sum(item.divided for item in folder.profile.items) > 20
    assert sum(bool(answer.evidence.all()) for given in folder.answers.values() for answer in given.values()) > 10


def has_the_chair_replaced(stage: Stage) -> None:
    folder = seen(stage, "synthid", by="qing_shan")
    assert folder.leading == stage.seats["LKA", "qing_shan"]
    assert folder.draft is not None


def has_assessments_and_verifications_in_many_states(stage: Stage) -> None:
    told = {key: SelfAssessment.objects.get(pk=pk) for key, pk in stage.assessments.items()}
    assert len(told) == 20
    states = {key: row.verifications.get().state for key, row in told.items() if row.verifications.exists()}
    assert states == {
        "osprey": "certified",
        "kingfisher": "notice",
        "crane": "panel",
        "swallow": "correction",
        "oriole": "entry",
        "lark": "certified",
        "lantern": "documents",
        "quarry": "onsite",
    }
    kept = {row.organisation: (row.tier, row.state) for row in Certificate.objects.all()}
    assert kept == {stage.organisations["osprey"]: (3, "valid"), stage.organisations["lark"]: (2, "suspended")}
    assert VerificationReport.objects.filter(state=ReportState.QUEUED.value).count() == 8


def has_peers_to_be_compared_with(stage: Stage) -> None:
    heron = SelfAssessment.objects.get(pk=stage.assessments["heron"])
    peers = SelfAssessment.objects.filter(sector=heron.sector, size=heron.size, snapshots__isnull=False)
    assert peers.exclude(organisation=heron.organisation).values("organisation").distinct().count() >= LEAST_PEERS


CHECKS: tuple[Callable[[Stage], None], ...] = (
    has_every_state,
    has_chains_that_hold_and_run_forward,
    has_every_report_queued,
    has_committees_of_which_one_is_lacking,
    has_lost_motions_dissent_and_a_vote_by_hand,
    has_gates_resolved_revised_and_standing,
    has_a_quorum_broken_by_a_recusal,
    has_clocks_that_live,
    has_meetings_in_session,
    has_ratings_that_differ,
    has_the_chair_replaced,
    has_assessments_and_verifications_in_many_states,
    has_peers_to_be_compared_with,
    writes_one_account_per_role,
)
