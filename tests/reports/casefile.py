"""One eventful case through the real actions: supplement, recusal, gates, lost and withdrawn motions, dissent."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.test import override_settings

from assessments.domain.instrument import is_asked
from assessments.models import Answer, AnswerEvidence
from assessments.queries import load_instrument
from ethicsreview.accounts.models import User
from tests.reports.specimen import CODE, ISSUED, key_folder, seal
from tests.scenes import Course, Scene, make_scene, open_motion, rate
from workflows.actions import applications, decisions, intake, meetings, motions, reviews
from workflows.actions.conflicts import declare_conflict
from workflows.actions.decisions import ConditionText, DecisionText
from workflows.domain.ballots import Choice
from workflows.domain.rooms import Mode
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportKind
from workflows.models import Case, CaseFile, Decision, Review, SupplementItem
from workflows.reporting.composing import lay_out
from workflows.reporting.data import CaseReportData
from workflows.reporting.gathering import gather

STEPS = {0: ("3", "3", "4", "2", "3"), 1: ("2", "3", "3", "2", "4"), 2: ("3", "1", "2", "3", "2")}
REASONS = (
    "The plan names the person responsible, the record of the last test and the date of the next one.",
    "The procedure is written down; figures of its use in the pilot wards are not in the file yet.",
    "材料载明了责任人、测试记录和下一次核查日期，但未见分科室的数据。",
)
GATE, OTHER_GATE = "HR-2", "HR-3"
DISSENT = (
    "The fallback was tried in one ward only. I hold that approval should wait until a second ward has tried it.\n"
    "The risk falls on night shifts, which were not observed at all."
)
TEXT = DecisionText(
    reasons_en=(
        "The purpose is legitimate and the benefit to patients is plausible. The committee weighed the risk that staff"
        " follow a wrong suggestion without a second look, and holds that the safeguards reduce it to an acceptable"
        " measure.\nThe gate rated lowest by one reviewer was resolved by a vote after the screening was completed."
    ),
    reasons_zh=(
        "该活动目的正当，对患者的预期获益合理。委员会评估了医务人员未经复核即采纳错误建议的风险，"
        "认为现有防控措施可将该风险降至可接受水平。\n一名审查委员对筛查要求评为最低分，补充筛查后经表决予以消除。"
    ),
    requirements_en="Publish the error rate by quarter and by group of patients.",
    scope_en="Triage support for outpatients of one county hospital, version 2.4; a nurse confirms each suggestion.",
    scope_zh="限一家县级医院门诊分诊辅助，版本2.4，每条建议须经护士确认。",
)


def later(scene: Scene, **passed: int) -> Scene:
    """The same people some time on."""
    return replace(scene, now=scene.now + timedelta(**passed))


def eventful_decision(now: datetime) -> tuple[Scene, Decision]:
    """An issued approval whose history holds all that a report can print, and the scene at the moment of issue."""
    scene = make_scene(now)
    case = scene.draft(Course())
    scene.submit(case)
    scene = _supplement(later(scene, days=2), case)
    scene = later(scene, days=1, hours=3)
    _accept(scene, case)
    scene = later(scene, days=1)
    scene.assign(case, 3)
    declare_conflict(
        case.pk, scene.members[4], kind="same_unit", reason="Secret.", actor=scene.members[4], now=scene.now
    )
    _review(scene, case)
    scene = later(scene, days=6)
    rate(case, scene.members[1], OTHER_GATE, "3", now=scene.now, reason="The override was tried since; record seen.")
    reviews.close_reviews(case.pk, actor=scene.secretary, now=scene.now)
    scene = _meet(later(scene, days=5), case)
    scene = later(scene, hours=20)
    _write(scene, case)
    decision = decisions.issue_decision(case.pk, actor=scene.chair, now=scene.now)
    return scene, Decision.objects.select_related("case").get(pk=decision.pk)


def _supplement(scene: Scene, case: Case) -> Scene:
    scene.ask_supplement(case)
    scene = later(scene, days=4, hours=5)
    for row in SupplementItem.objects.filter(notice__case=case):
        applications.save_supplement_answer(case.pk, row.item, "第二章已补充说明。", actor=scene.lead, now=scene.now)
    applications.answer_supplement(case.pk, actor=scene.lead, now=scene.now)
    return scene


def _accept(scene: Scene, case: Case) -> None:
    finding = intake.Classification(
        tier="T3",
        flags=("generative", "minors"),
        reason="A wrong suggestion can delay care; a nurse decides every time. Children are among the patients.",
    )
    intake.classify_case(case.pk, finding, actor=scene.secretary, now=scene.now)
    intake.accept_case(case.pk, reasons="Not on the list; above minimal risk.", actor=scene.secretary, now=scene.now)
    intake.extend_deadline(
        case.pk,
        until=scene.now.date() + timedelta(days=45),
        reasons="The second ward reports in three weeks.",
        actor=scene.chair,
        now=scene.now,
    )


def _review(scene: Scene, case: Case) -> None:
    for place, user in enumerate(scene.members[:3]):
        _rate(scene, case, user, place)
        if place == 1:
            rate(case, user, OTHER_GATE, "0", now=scene.now, reason="Nobody has tried to override the system.")
        if place == 2:
            rate(case, user, GATE, "0", now=scene.now, reason="筛查表缺少一条红线的结论。")
        opinion = ("Sound, with conditions.", "Nearly ready; figures are missing.", "总体可行，夜班情况应予关注。")[
            place
        ]
        reviews.submit_review(case.pk, opinion=opinion, actor=user, now=scene.now)


def _rate(scene: Scene, case: Case, user: User, place: int) -> None:
    """Ratings that differ, a few not applicable, every fourth with evidence: the rows the action adds, at once."""
    review = Review.objects.get(case=case, user=user, withdrawn_at__isnull=True)
    case.refresh_from_db()
    paper = CaseFile.objects.filter(case=case).select_related("current").order_by("pk")[0].current
    items = load_instrument(case.instrument).items
    asked = [key for key, item in items.items() if is_asked(item, case.tier, frozenset(case.flags))]
    rows = [
        Answer(
            assessment_id=review.assessment_id,
            item=key,
            step="" if number % 17 == 5 + place else STEPS[place][number % 5],
            not_applicable=number % 17 == 5 + place,
            reason=REASONS[(number + place) % 3],
            by=user,
            at=scene.now,
        )
        for number, key in enumerate(asked)
    ]
    made = Answer.objects.bulk_create(rows)
    AnswerEvidence.objects.bulk_create(
        AnswerEvidence(answer=answer, version=paper, page=1 + number % 2, note="table 3" if number % 8 == 0 else "")
        for number, answer in enumerate(made)
        if number % 4 == 0
    )


def _meet(scene: Scene, case: Case) -> Scene:
    meeting = scene.plan(case)
    meetings.convene_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    scene = later(scene, days=7)
    meetings.open_meeting(meeting.pk, actor=scene.secretary, now=scene.now)
    for place, user in enumerate(scene.voters[:6]):
        scene.arrive(meeting, user, mode=Mode.VIDEO if place == 3 else Mode.ROOM)
    scene = later(scene, minutes=20)
    motions.open_item(case.pk, actor=scene.secretary, now=scene.now)
    scene = later(scene, minutes=5)
    motions.put_gate_motion(
        case.pk,
        reviewer=scene.members[2].pk,
        indicator=GATE,
        text="The screening form was completed and laid before the committee.",
        actor=scene.chair,
        now=scene.now,
    )
    _vote(scene, case, "FFFFFA")
    scene = later(scene, minutes=8)
    scene.put(case, Effect.MODIFY_THEN_CHECK)
    _vote(scene, case, "FFFNNN")
    scene = later(scene, minutes=4)
    scene.put(case, Effect.MODIFY_THEN_MEETING)
    motions.withdraw_motion(case.pk, reasons="Put again in other words.", actor=scene.chair, now=scene.now)
    scene = later(scene, minutes=4)
    motion = scene.put(case, Effect.APPROVE)
    for voter, choice in ((scene.voters[1], Choice.ABSTAIN), (scene.voters[3], Choice.FOR)):
        motions.cast_vote(
            case.pk, motion_id=motion.pk, choice=choice, reason="", voter=voter, actor=scene.secretary, now=scene.now
        )
    _vote(scene, case, "FFN-FN", ("", "Sound.", "", "", "With the condition on night shifts.", "See my dissent."))
    motions.write_dissent(case.pk, motion_id=motion.pk, text=DISSENT, actor=scene.voters[5], now=scene.now)
    return scene


def _vote(scene: Scene, case: Case, choices: str, reasons: Sequence[str] = ("",) * 6) -> None:
    """F for, N against, A abstain, - nothing, a sign for each of the six present; then the ballot is closed."""
    motion = open_motion(case)
    words = {"F": Choice.FOR, "N": Choice.AGAINST, "A": Choice.ABSTAIN}
    for user, sign, reason in zip(scene.voters[:6], choices, reasons, strict=True):
        if sign == "-":
            continue
        motions.cast_vote(case.pk, motion_id=motion.pk, choice=words[sign], reason=reason, actor=user, now=scene.now)
    motions.close_motion(case.pk, motion_id=motion.pk, actor=scene.chair, now=scene.now)


def _write(scene: Scene, case: Case) -> None:
    day = scene.now.date()
    text = replace(TEXT, valid_from=day, valid_until=day + timedelta(days=730), followup_months=6)
    conditions = (
        ConditionText("Try the fallback in a second ward.", "在第二个病区试用备用方案。", day + timedelta(days=60)),
        ConditionText("", "每季度报告一次误判率。", day + timedelta(days=90)),
        ConditionText("Keep a nurse on every shift who confirms each suggestion.", "每班由护士确认每条建议。", None),
    )
    decisions.draft_decision(case.pk, text, conditions, actor=scene.secretary, now=scene.now)


@cache
def eventful_data() -> CaseReportData:
    """What the documents of the eventful decision are made of; gathered once, needs the database the first time."""
    _scene, decision = eventful_decision(ISSUED - timedelta(days=30))
    return gather(decision)


def document(kind: ReportKind, language: str, *, data: CaseReportData | None = None) -> bytes:
    """An unsigned document made at ``ISSUED``, of the eventful decision when no data is given."""
    return _document(kind, language) if data is None else lay_out(data, kind, language, code=CODE, at=ISSUED).pdf


@cache
def _document(kind: ReportKind, language: str) -> bytes:
    return lay_out(eventful_data(), kind, language, code=CODE, at=ISSUED).pdf


@cache
def sealed(kind: ReportKind, language: str) -> bytes:
    """The eventful decision's document with the seal of organisation 1."""
    with override_settings(SIGNING_KEY_DIR=key_folder()):
        return seal(document(kind, language))


def text_of(pdf: bytes, folder: Path) -> str:
    """The text of all pages, blanks and line ends made one blank; a word broken at a line end stays broken."""
    (folder / "read.pdf").write_bytes(pdf)
    found = subprocess.run(["pdftotext", "-layout", folder / "read.pdf", "-"], capture_output=True, text=True)
    return " ".join(found.stdout.split())


def raw_of(pdf: bytes, folder: Path) -> str:
    """The text in reading order without any blank, for texts that run over lines."""
    (folder / "read.pdf").write_bytes(pdf)
    found = subprocess.run(["pdftotext", "-raw", folder / "read.pdf", "-"], capture_output=True, text=True)
    return "".join(found.stdout.split())


def joined(*texts: str) -> set[str]:
    """Texts as ``raw_of`` shows them."""
    return {"".join(text.split()) for text in texts}


def absent(texts: set[str], page: str) -> set[str]:
    """Those of ``texts`` that ``page`` does not hold."""
    return {text for text in texts if text not in page}
