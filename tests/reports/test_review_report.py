"""The review report: accepted by others' tools, holds the whole review, and its result can be recomputed."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pytest_django import Settings

from assessments.models import Answer
from tests.reports.casefile import (
    DISSENT,
    GATE,
    OTHER_GATE,
    REASONS,
    absent,
    document,
    eventful_data,
    eventful_decision,
    joined,
    raw_of,
    sealed,
    text_of,
)
from tests.reports.judges import VERA, poppler_says, pyhanko_says, qpdf_says, vera_says
from tests.reports.specimen import CODE, ISSUED, key_folder
from workflows.domain.states import ReportKind
from workflows.models import Conflict, Review
from workflows.reporting.data import GateOutcome, MotionOutcome, Side
from workflows.reporting.gathering import gather
from workflows.reporting.machine import result_json

pytestmark = pytest.mark.django_db
REPORT = ReportKind.REPORT
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


def attached(pdf: bytes) -> dict[str, Any]:
    """The machine-readable result, read out of the file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found: dict[str, Any] = json.loads(opened.attachments["result.json"].get_file().read_bytes())
    return found


# -- the file --------------------------------------------------------------------------------------------------------


@LANGUAGES
def test_report_is_accepted_by_every_judge(language: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(sealed(REPORT, language))
    assert pyhanko_says(file.read_bytes()) == [("Seal", True, True, "ENTIRE_FILE")]
    assert poppler_says(file) == [
        "Total document signed",
        "Signature Validation: Signature is Valid.",
        "The signature form field is not signed.",
    ]
    assert qpdf_says(file) == 0


@pytest.mark.slow
@pytest.mark.skipif(VERA.returncode != 0, reason=f"veraPDF cannot be asked: {VERA.stderr.strip()}")
@LANGUAGES
def test_report_keeps_to_pdfa_and_pdfua(language: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(sealed(REPORT, language))
    assert vera_says(file) == ["report.pdf 3a compliant", "report.pdf ua1 compliant"]


def test_same_report_gives_the_same_bytes() -> None:
    assert document(REPORT, "zh-hans", data=eventful_data()) == document(REPORT, "zh-hans")


def test_eventful_case_fills_fifteen_pages() -> None:
    with pikepdf.open(io.BytesIO(document(REPORT, "en", data=eventful_data()))) as opened:
        assert len(opened.pages) >= 15


def test_both_languages_carry_the_same_result() -> None:
    english, chinese = attached(document(REPORT, "en")), attached(document(REPORT, "zh-hans"))
    assert english == chinese
    assert (english["format"], english["version"], english["code"]) == ("ethicsreview.case-result", 1, CODE)


# -- what it says ----------------------------------------------------------------------------------------------------


def test_english_report_holds_the_whole_review(tmp_path: Path) -> None:
    data, page = eventful_data(), raw_of(document(REPORT, "en"), tmp_path)
    wanted = joined(
        "Ethics review report",
        "T3 Relatively large",
        "Generative AI; Minors",
        "Supplement notice sent",
        "Time limit extended",
        "The limit was extended with reasons: The second ward reports in three weeks.",
        "Time with the committee 22 days 23 hours",
        "Time with the applicant 4 days 5 hours",
        "The decision was issued within the limit.",
        "Same department, laboratory or reporting line",
        "They help members to look from every side and to give reasons; they are not law",
        "Resolved by motion 1",
        "Revised on 2026-11-08: Implemented with evidence",
        "Lost, tied: 3 in favour, 3 against, 0 abstaining, 0 silent; 6 present, 4 in favour needed.",
        "Withdrawn: Put again in other words.",
        "Carried: 4 in favour, 2 against, 0 abstaining, 0 silent; 6 present, 4 in favour needed.",
        "in person (changed 1 time)",
        "By video",
        DISSENT,
        *REASONS,
        data.application.digest,
        data.head.digest,
        data.rulebook.digest,
        data.instrument.digest,
        data.outcome.act.digest,
        f"The act is event {data.outcome.act.event} of the audit chain {data.head.chain}",
        *(paper.sha256 for paper in data.application.papers),
        *(seat.person.name.en for seat in data.roster),
        *(point.title.en for point in data.points),
    )
    assert absent(wanted, page) == set()


def test_chinese_report_holds_the_whole_review(tmp_path: Path) -> None:
    data, page = eventful_data(), raw_of(document(REPORT, "zh-hans"), tmp_path)
    wanted = joined(
        "科技伦理审查报告",
        "这些要点不是法律法规",
        "委员会用时合计22天 23小时",
        "申请人用时合计4天 5小时",
        "同一部门、实验室或存在上下级关系",
        "未通过（票数相等）：赞成3票，反对3票，弃权0票，未表态0人",
        "梅委员4的书面异议",
        DISSENT,
        *REASONS,
        *(seat.person.name.zh for seat in data.roster),
        *(point.title.zh for point in data.points),
    )
    assert absent(wanted, page) == set()


@LANGUAGES
def test_reason_of_a_conflict_is_nowhere(language: str, tmp_path: Path) -> None:
    pdf = document(REPORT, language)
    assert text_of(pdf, tmp_path).count("Secret.") == 0
    assert json.dumps(attached(pdf)).count("Secret.") == 0


def test_every_asked_indicator_is_printed(tmp_path: Path) -> None:
    data, page = eventful_data(), raw_of(document(REPORT, "en"), tmp_path)
    asked = [indicator for point in data.points for indicator in point.indicators if indicator.asked]
    assert absent(joined(*(indicator.question.en for indicator in asked)), page) == set()
    assert {len(indicator.ratings) for indicator in asked} == {3}


# -- the values ------------------------------------------------------------------------------------------------------


def test_two_clocks_leave_no_hole() -> None:
    times = eventful_data().times
    assert [(span.side, span.why) for span in times.spans] == [
        (Side.COMMITTEE, "review"),
        (Side.APPLICANT, "supplement"),
        (Side.COMMITTEE, "review"),
    ]
    assert [a.ended for a in times.spans[:-1]] == [b.started for b in times.spans[1:]]
    assert (times.committee, times.applicant) == (timedelta(days=22, hours=23, minutes=41), timedelta(days=4, hours=5))
    assert (times.extended, times.overdue) == (True, False)


def test_gates_say_what_became_of_them() -> None:
    assert [(gate.key, gate.outcome, gate.motion) for gate in eventful_data().gates] == [
        (GATE, GateOutcome.RESOLVED, 1),
        (OTHER_GATE, GateOutcome.REVISED, 0),
    ]


def test_motions_keep_lost_and_withdrawn_ones() -> None:
    motions = eventful_data().motions
    assert [(motion.number, motion.outcome) for motion in motions] == [
        (1, MotionOutcome.CARRIED),
        (2, MotionOutcome.LOST),
        (3, MotionOutcome.WITHDRAWN),
        (4, MotionOutcome.CARRIED),
    ]
    hands = {(vote.person.name.en, vote.by.name.en) for vote in motions[3].votes if vote.by}
    assert hands == {("Mei Member 2", "Si Secretary")}
    assert [(row.person.name.en, row.text) for row in motions[3].dissents] == [("Mei Member 4", DISSENT)]


def test_report_is_about_the_moment_of_issue() -> None:
    scene, decision = eventful_decision(ISSUED - timedelta(days=30))
    before = gather(decision)
    later = scene.now + timedelta(days=3)
    Conflict.objects.create(
        case=decision.case,
        user=scene.members[0],
        kind="family",
        declared_at=later,
        declared_by=scene.members[0],
    )
    Conflict.objects.filter(case=decision.case, user=scene.members[4]).update(lifted_at=later, lifted_reason="x")
    Review.objects.filter(case=decision.case, user=scene.members[1]).update(withdrawn_at=later)
    revised = Answer.objects.filter(assessment__review__case=decision.case, step="3").latest("pk")
    revised.pk, revised.step, revised.at = None, "0", later
    revised.save(force_insert=True)
    decision.refresh_from_db()
    assert replace(gather(decision), head=before.head) == before


def test_draft_has_no_report() -> None:
    _scene, decision = eventful_decision(ISSUED - timedelta(days=30))
    decision.issued_at = None
    with pytest.raises(ValueError, match="is not issued"):
        gather(decision)


# -- recomputed from the file alone ----------------------------------------------------------------------------------


def mean(values: Iterator[Fraction]) -> Fraction | None:
    found = list(values)
    return sum(found, start=Fraction()) / len(found) if found else None


def recomputed(result: dict[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """Value, lowest and highest of each point, from the ratings in the file."""
    scale = {step: Fraction(value) for step, value in result["instrument"]["scale"].items()}
    profile = {}
    for point in result["points"]:
        rows = [row["ratings"] for row in point["indicators"]]
        found = [
            mean(scale[row[review["mark"]]["step"]] for row in rows if row[review["mark"]]["step"] is not None)
            for review in result["reviews"]
        ]
        values = [value for value in found if value is not None]
        of_all = mean(iter(values))
        shown = (of_all, min(values, default=None), max(values, default=None))
        profile[point["key"]] = tuple(None if value is None else str(value) for value in shown)
    return profile


def test_profile_can_be_recomputed_from_the_file() -> None:
    result = attached(sealed(REPORT, "en"))
    assert recomputed(result) == {
        point["key"]: (point["value"], point["lowest"], point["highest"]) for point in result["points"]
    }
    assert len(result["points"]) == 8


def test_recomputing_notices_a_changed_rating() -> None:
    result = attached(sealed(REPORT, "en"))
    result["points"][0]["indicators"][0]["ratings"]["R1"]["step"] = "0"
    assert recomputed(result)["HR"][0] != result["points"][0]["value"]


def test_outcome_of_every_ballot_can_be_recomputed_from_the_file() -> None:
    result = attached(sealed(REPORT, "zh-hans"))
    outcomes = []
    for motion in result["motions"]:
        if motion["standing"] is None:
            outcomes.append("withdrawn")
            continue
        choices = [vote["choice"] for vote in motion["votes"] if vote["person"] in motion["present"]]
        counted = {name: choices.count(name) for name in ("for", "against", "abstain")}
        silent = len(motion["present"]) - len(choices)
        assert {**counted, "silent": silent} == motion["standing"]
        share, threshold = Fraction(counted["for"], motion["base"]), Fraction(motion["threshold"])
        outcomes.append("carried" if share > threshold or (motion["inclusive"] and share == threshold) else "lost")
    assert outcomes == [motion["outcome"] for motion in result["motions"]]
    assert result["motions"][result["decision"]["motion"] - 1]["decision"] == result["decision"]["kind"] == "approve"


def test_everyone_in_the_result_is_named() -> None:
    result = json.loads(result_json(eventful_data(), code=CODE))
    named = {int(key) for key in result["people"]}
    used = {seat["person"] for seat in result["committee"]["seats"]}
    used |= {vote["entered_by"] for motion in result["motions"] for vote in motion["votes"]}
    used |= {person for motion in result["motions"] for person in motion["present"]}
    used |= {result["case"]["lead"], result["decision"]["issued"]["by"]}
    assert used - named == set()
