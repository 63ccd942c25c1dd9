"""One verified maturity assessment as rows: a claim of tier 4 that came to tier 3, and what led there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from django.db import transaction
from django.test import override_settings

from assessments.domain.digests import content_digest
from assessments.domain.scorefile import compute, read_request
from assessments.domain.scoring import Ratings, Standing, standings
from assessments.domain.staged import StagedInstrument
from assessments.models import Assessment, InstrumentVersion, SelfAssessment, Snapshot
from assessments.queries import load_staged
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.steps import record
from tests.editions import content_of
from tests.factories import make_organisation, make_person
from tests.reports.specimen import CODE, ISSUED, key_folder, seal
from tests.verification_scenes import publish_scheme
from workflows.domain.verification_states import VReportKind, VState
from workflows.models import (
    Certificate,
    CertificateEvent,
    Finding,
    NaDecision,
    Objection,
    OnSiteEntry,
    PanelBallot,
    PanelVote,
    Recusal,
    TeamAssessor,
    Verification,
    VerificationReport,
)
from workflows.reporting.verification_composing import lay_out
from workflows.reporting.verification_data import VerificationReportData
from workflows.reporting.verification_gathering import gather

AIM, SERVICE = "instruments/aim-dcmm.v1.yaml", "instruments/model-service.v1.yaml"
INSTRUMENT_IDS = {AIM: 900_002, SERVICE: 900_003}  # the same in every test, so that the process parses them once
TARGET = 4
LAGGING = ("2.3", "3.4", "4.3", "6.3", "7.2", "8.2")  # the assessors do not see level 4 met here
CLAIMED_HIGH = ("1.2", "5.3", "6.1", "7.2", "8.1")  # the enterprise rated level 4 of these fully met
ASIDE = {"5.2": "本企业不自行训练或微调模型，全部模型均为外购。"}
ENTITY = "苍鹭机器人有限公司"
NOTES = (
    "The plan names its owner, the last review is dated and the figures of two quarters were shown.",
    "抽查的三个应用场景均按制度执行，记录齐全，但跨部门汇总表更新不及时。",
    "Shown live in the platform; the log of the last twelve months was sampled without a gap.",
    "制度已发布并覆盖全部业务线，访谈与文件一致。",
)
TITLES = (
    ("document", "AI strategy 2026–2028 with the minutes of its approval"),
    ("record", "人工智能治理委员会会议纪要（2026年第1—3季度）"),
    ("system-view", "Model registry, screenshots of 12 October 2026"),
    ("interview", "生产智能化部负责人访谈记录"),
    ("measurement", "Quarterly indicator report, Q1–Q3 2026"),
    ("record", "模型上线评审单（抽样12份）"),
    ("document", "数据权属与个人信息保护管理办法 V3.1"),
    ("outside", "Confirmation of adoption, Lakeside Motors"),
)


@dataclass(frozen=True)
class People:
    """The two sides; ``panel`` are five experts."""

    host: Organisation
    company: Organisation
    lead: User
    coordinator: User
    team: tuple[User, ...]
    reviewer: User
    panel: tuple[User, ...]
    decider: User


def make_people(company: Organisation | None = None) -> People:
    """A body by a lake and the enterprise it verifies."""
    host = make_organisation(
        kind=OrganisationKind.REVIEW_BODY,
        name="Lakeside Assessment Centre",
        name_zh="湖畔评估中心",
        letterhead_en="1 Lakeside Road, Shanghai 200000\nverification@lakeside.example",
        letterhead_zh="上海市湖滨路1号　邮编200000\nverification@lakeside.example",
    )
    company = company or make_organisation(name="Heron Robotics Co., Ltd.", name_zh=ENTITY)
    assessor: Callable[..., User] = lambda name, zh: make_person(  # noqa: E731
        role=MemberRole.ASSESSOR, organisation=host, name=name, name_zh=zh
    )
    return People(
        host=host,
        company=company,
        lead=make_person(role=MemberRole.ENTERPRISE, organisation=company, name="He Lin", name_zh="何琳"),
        coordinator=make_person(role=MemberRole.SECRETARY, organisation=host, name="Si Wen", name_zh="司文"),
        team=(assessor("An Ran", "安然"), assessor("Bao Jing", "鲍静"), assessor("Cheng Nuo", "程诺")),
        reviewer=assessor("Du Heng", "杜衡"),
        panel=tuple(
            assessor(name, zh)
            for name, zh in (
                ("Fang Zhou", "方舟"),
                ("Gao Yuan", "高远"),
                ("Huo Ran", "霍然"),
                ("Jiang Shan", "江山"),
                ("Kong Ming", "孔明"),
            )
        ),
        decider=make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Yi", name_zh="马毅"),
    )


def publish_staged(path: str = AIM, *, now: datetime = ISSUED) -> InstrumentVersion:
    """The instrument as the row that publishing makes."""
    content = content_of(path)
    version, _new = InstrumentVersion.objects.get_or_create(
        slug=content["slug"],
        version=content["version"],
        defaults={
            "pk": INSTRUMENT_IDS[path],
            "digest": content_digest(content),
            "content": content,
            "published_at": now,
        },
    )
    return version


def own_steps(instrument: StagedInstrument) -> dict[str, str]:
    """What the enterprise says: level 3 throughout, much of level 4."""
    steps = {}
    for key, item in instrument.items.items():
        for level, cell in enumerate(item.cells[:TARGET], start=1):
            for one in cell:
                lower = "F" if (len(key) + level + int(key[-1])) % 4 else "L"
                upper = "F" if key in CLAIMED_HIGH else "P" if key in ("2.3", "3.4", "6.3") else "L"
                steps[one.key] = lower if level < TARGET else upper
    return {key: step for key, step in steps.items() if instrument.criteria[key].item not in ASIDE}


def verified_steps(instrument: StagedInstrument) -> dict[str, str]:
    """What the assessors find: the same up to level 3, less at level 4."""
    steps = own_steps(instrument)
    for key, item in instrument.items.items():
        for one in item.cells[TARGET - 1]:
            if one.key in steps and key in LAGGING:
                steps[one.key] = "N" if key in ("7.2", "8.2") else "P"
    steps["3.3.3"], steps["1.3.2"] = "L", "L"
    return steps


REFUSED = "No tier is reached: the DCMM level was not proved."

Steps = Callable[[StagedInstrument], dict[str, str]]

CERTIFICATE_CLAIM = {
    "source": "certificate",
    "level": 4,
    "edition": "2018",
    "party": "owner",
    "legal_entity": ENTITY,
    "issued": "2025-03-18",
    "expires": "2028-03-17",
}


@dataclass(frozen=True)
class Story:
    """What is verified with which outcome; the defaults are the eventful file. An empty claim is none at all."""

    path: str = AIM
    target: int = TARGET
    aside: Mapping[str, str] = field(default_factory=lambda: ASIDE)
    own: Steps = own_steps
    found: Steps = verified_steps
    claim: Mapping[str, Any] = field(default_factory=lambda: CERTIFICATE_CLAIM)
    state: VState = VState.CERTIFIED


def make_snapshot(
    assessed: SelfAssessment,
    steps: Mapping[str, str],
    *,
    number: int,
    story: Story,
    by: User,
    at: datetime,
) -> Snapshot:
    """The rows of a snapshot as ``take_snapshot`` leaves them."""
    instrument = load_staged(assessed.assessment.instrument_version)
    items: dict[str, Any] = {key: {"na": reason} for key, reason in story.aside.items()}
    for key, item in instrument.items.items():
        if key not in story.aside:
            rated = {one.key: steps[one.key] for cell in item.cells for one in cell if one.key in steps}
            items[key] = {"ratings": rated}
    inputs: dict[str, Any] = {
        "instrument": instrument.slug,
        "version": instrument.version,
        "reference_date": "2026-10-20",
        "legal_entity": assessed.legal_entity,
        "target": assessed.target,
        "dcmm_policy": assessed.dcmm_policy,
        "items": items,
    }
    if story.claim:
        inputs["dcmm"] = dict(story.claim)
    facts = _facts(assessed, instrument, steps, story, by=by, at=at, number=number)
    found = compute(read_request(inputs, lambda _slug, _version: instrument))
    index = Fraction(found["index"])
    return Snapshot.objects.create(
        self_assessment=assessed,
        number=number,
        inputs=inputs,
        facts=facts,
        result=found,
        tier=found["tier"],
        index_numerator=index.numerator,
        index_denominator=index.denominator,
        digest=content_digest({"inputs": inputs, "facts": facts}),
        by=by,
        at=at,
    )


def _facts(
    assessed: SelfAssessment,
    instrument: StagedInstrument,
    steps: Mapping[str, str],
    story: Story,
    *,
    by: User,
    at: datetime,
    number: int,
) -> dict[str, Any]:
    reached = standings(instrument, Ratings(steps, frozenset(story.aside)), target=assessed.target)
    place = {key: number for number, key in enumerate(instrument.criteria)}
    ratings = {}
    for key, step in steps.items():
        if reached[key] is Standing.RATED:
            note = NOTES[(place[key] + number) % len(NOTES)] if (place[key] + number) % 3 else ""
            given = "L" if key == "6.1.4" and step == "P" else step
            ratings[key] = {"step": given, "counted": step, "note": note, "by": by.pk, "at": at.isoformat()}
    claim = {
        **story.claim,
        "certificate": "DCMM-2025-0417",
        "body": "Lakeside Data Certification Co., Ltd.",
        "reason": "",
        "sha256": f"{77:064x}",
        "by": by.pk,
        "at": at.isoformat(),
    }
    return {
        "scope": assessed.scope,
        "sector": assessed.sector,
        "size": assessed.size,
        "entity_code": assessed.entity_code,
        "adviser": assessed.adviser,
        "ratings": ratings,
        "set_aside": dict(story.aside),
        "evidence": [_piece(number, instrument) for number in range(1, 33)],
        "claim": claim if story.claim else None,
    }


def _piece(number: int, instrument: StagedInstrument) -> dict[str, Any]:
    kind, title = TITLES[number % len(TITLES)]
    items = list(instrument.items.values())
    chosen = [items[(number * step) % len(items)] for step in (1, 3, 5)]
    elsewhere = number % 11 == 0
    return {
        "id": 500 + number,
        "kind": kind,
        "title": title,
        "dated": date(2026, 1 + number % 9, 1 + number % 27).isoformat() if number % 7 else None,
        "periods": 3 if kind == "measurement" else 0,
        "sha256": "" if elsewhere else content_digest([number]),
        "reference": "Archive room 2, shelf B-14" if elsewhere else "",
        "confidential": number % 5 == 0,
        "accepted": number % 9 != 0,
        "criteria": [item.cells[number % len(item.cells)][0].key for item in chosen],
    }


def verified_file(story: Story | None = None, *, follows: SelfAssessment | None = None) -> Verification:
    """A decided verification with all that a report can print, decided at ``ISSUED`` less two days."""
    story = story or Story()
    people = make_people(follows.organisation if follows else None)
    decided = ISSUED - timedelta(days=2)
    begun, entered = decided - timedelta(days=75), decided - timedelta(days=60)
    version = publish_staged(story.path)
    assessed = SelfAssessment.objects.create(
        assessment=Assessment.objects.create(instrument_version=version, started_at=begun),
        organisation=people.company,
        reference=f"S-2026-{SelfAssessment.objects.count() + 1:04d}",
        legal_entity=ENTITY,
        entity_code="91310000MA1K0000XX",
        scope="工业机器人整机及控制软件的研发、生产和运维服务所涉及的人工智能管理活动",
        sector="manufacturing",
        size="large",
        target=story.target,
        follows=follows,
        reference_date=date(2026, 10, 20),
        lead=people.lead,
        adviser="Clearwater Consulting",
        created_at=begun,
        changed_at=entered,
    )
    instrument = load_staged(version)
    own = make_snapshot(assessed, story.own(instrument), number=1, story=story, by=people.lead, at=entered)
    found = make_snapshot(
        assessed,
        story.found(instrument),
        number=2,
        story=story,
        by=people.team[0],
        at=decided - timedelta(days=14),
    )
    verification = Verification.objects.create(
        self_assessment=assessed,
        snapshot=own,
        host=people.host,
        scheme=publish_scheme(now=ISSUED),
        verified=found,
        reference=f"V-2026-{assessed.pk:04d}",
        state=story.state.value,
        created_at=entered,
        changed_at=decided,
        accepted_at=entered + timedelta(days=3),
        findings_at=entered + timedelta(days=20),
        correction_until=(entered + timedelta(days=50)).date(),
        recommended_tier=found.tier,
        recommendation=(
            "The gates were computed from the assessors' own ratings after the correction window.\n"
            "第7.2项“风险与影响评估”第4级未满足，属核心评估项，故建议等级为第3级。"
        ),
        recommended_by=people.team[0],
        recommended_at=decided - timedelta(days=14),
        reviewer=people.reviewer,
        compliance_note="程序完整，评估组成员均已声明无利益冲突，评估记录与证据一一对应。",
        compliance_at=decided - timedelta(days=12),
        notice_from=(decided - timedelta(days=9)).date(),
        notice_until=(decided - timedelta(days=2)).date(),
        decided_by=people.decider,
        decided_at=decided,
        closing_reasons=""
        if story.state is VState.CERTIFIED
        else "No tier is reached: the DCMM level was not proved.",
    )
    _procedure(verification, people)
    _events(verification, people)
    if story.state is VState.CERTIFIED:
        _certificate(verification, found, story.claim)
    return Verification.objects.get(pk=verification.pk)


def _procedure(row: Verification, people: People) -> None:
    accepted, decided = row.accepted_at, row.decided_at
    assert accepted is not None
    assert decided is not None
    for place, user in enumerate(people.team):
        TeamAssessor.objects.create(
            verification=row, user=user, lead=not place, assigned_by=people.coordinator, assigned_at=accepted
        )
    Recusal.objects.create(
        verification=row, user=people.panel[4], kind="adviser", reason="Secret.", by=people.panel[4], at=accepted
    )
    NaDecision.objects.create(
        verification=row,
        item="5.2",
        approved=True,
        reason="Contracts and the model register show bought-in models alone.",
        by=people.team[0],
        at=accepted,
    )
    _visit(row, people)
    _findings(row, people)
    _ballot(row, people)
    for upheld, text in ((False, "The scope is said to be wider than what was assessed."), (False, "公示内容有误。")):
        Objection.objects.create(
            verification=row,
            name="Outsider",
            contact="outsider@example.test",
            text=text,
            at=decided - timedelta(days=5),
            upheld=upheld,
            answer="Answered.",
            settled_by=people.coordinator,
            settled_at=decided - timedelta(days=3),
        )


def _visit(row: Verification, people: People) -> None:
    entries = (
        ("interview", "top_manager", "Chen Guang, general manager", "Explained the strategy and how it is funded."),
        ("interview", "ai_office", "人工智能办公室主任 陆遥", "介绍了治理组织、职责分工和指标体系的运行情况。"),
        ("interview", "data_office", "数据管理部 经理", "说明了数据目录、标注质量控制和权属管理。"),
        ("interview", "scenario_owner", "Owner of visual inspection", "Value figures of two quarters were shown."),
        ("interview", "scenario_owner", "预测性维护场景负责人", "展示了场景分级图谱和人机协同规程。"),
        ("interview", "operator", "Shift leader, line 3", "Knows when to stop the system and whom to call."),
        (
            "demonstration",
            "",
            "Model registry and release gate",
            "Release of version 4.2 followed from test to sign-off.",
        ),
        ("scenario", "", "视觉质检", "抽查模型卡、评测报告、上线审批和监控记录，四项齐全。"),
        ("scenario", "", "Predictive maintenance", "Drift alarm of August traced to retraining and release."),
    )
    assert row.accepted_at is not None
    OnSiteEntry.objects.bulk_create(
        OnSiteEntry(
            verification=row,
            kind=kind,
            role=role,
            subject=subject,
            held_on=(row.accepted_at + timedelta(days=8 + place // 5)).date(),
            notes=notes,
            by=people.team[place % 3],
            at=row.accepted_at + timedelta(days=10),
        )
        for place, (kind, role, subject, notes) in enumerate(entries)
    )


def _findings(row: Verification, people: People) -> None:
    texts = (
        (
            "7.2.4",
            "major",
            "风险评估结果未与业务指标挂钩，未见残余风险的量化阈值。",
            "已编制量化阈值表，将于2027年第一季度试行。",
            "阈值表尚未运行满两个周期，评级不变。",
            False,
        ),
        (
            "8.2.4",
            "minor",
            "Internal audits cover five of seven departments; the rest is planned, not done.",
            "The two audits were brought forward and are attached.",
            "One report is still a draft; the rating stands.",
            False,
        ),
        (
            "3.3.3",
            "minor",
            "Retention periods are missing for two of the sampled datasets.",
            "Both were added on 2 November; see the new register.",
            "Seen in the register; the rating was raised to L.",
            True,
        ),
        (
            "4.3.4",
            "minor",
            "供应链安全检查仅覆盖一级供应商。",
            "",
            "No answer within the window; the rating stands.",
            False,
        ),
    )
    assert row.findings_at is not None
    for number, (criterion, kind, text, answer, resolution, resolved) in enumerate(texts, start=1):
        Finding.objects.create(
            verification=row,
            number=number,
            criterion=criterion,
            kind=kind,
            text=text,
            by=people.team[1],
            at=row.findings_at - timedelta(days=2),
            answer=answer,
            answered_by=people.lead if answer else None,
            answered_at=row.findings_at + timedelta(days=11) if answer else None,
            resolution=resolution,
            resolved=resolved,
            resolved_by=people.team[0],
            resolved_at=row.findings_at + timedelta(days=24),
        )


def _ballot(row: Verification, people: People) -> None:
    assert row.recommended_at is not None
    at = row.recommended_at - timedelta(days=6)
    ballot = PanelBallot.objects.create(
        verification=row,
        number=1,
        tier=row.self_assessment.target,
        opened_by=people.coordinator,
        opened_at=at,
        closed_at=at + timedelta(days=2),
        carried=False,
        standing={
            "in_favour": 2,
            "against": 2,
            "abstain": 0,
            "silent": 0,
            "present": 4,
            "needed": 3,
            "base": "seated",
        },
        present=[user.pk for user in people.panel[:4]],
    )
    votes = (("for", ""), ("against", "第7.2项的量化证据不足。"), ("for", "Sound."), ("against", "See finding 1."))
    for number, (user, (choice, reason)) in enumerate(zip(people.panel[:4], votes, strict=True), start=1):
        PanelVote.objects.create(
            ballot=ballot, user=user, number=number, choice=choice, reason=reason, at=at + timedelta(hours=number)
        )


def _events(row: Verification, people: People) -> None:
    """The procedure on the enterprise's chain, as the actions write it."""
    accepted, recommended, decided = row.accepted_at, row.recommended_at, row.decided_at
    assert accepted is not None
    assert recommended is not None
    assert decided is not None
    assert row.findings_at is not None
    assert row.compliance_at is not None
    told: tuple[tuple[datetime, str, User], ...] = (
        (row.created_at, "verification.request", people.lead),
        (accepted, "verification.accept", people.coordinator),
        (accepted + timedelta(days=7), "onsite.begin", people.team[0]),
        (row.findings_at, "findings.release", people.team[0]),
        (row.findings_at + timedelta(days=12), "correction.close", people.lead),
        (recommended - timedelta(days=9), "verification.recommend", people.team[0]),
        (recommended - timedelta(days=8), "compliance.pass", people.reviewer),
        (recommended - timedelta(days=4), "panel.close", people.coordinator),
        (recommended, "verification.recommend", people.team[0]),
        (row.compliance_at, "compliance.pass", people.reviewer),
        (decided, "verification.decide", people.decider),
    )
    with transaction.atomic():
        for at, verb, user in told:
            record(
                chain=organisation_chain(people.company.pk),
                at=at,
                actor=user.pk,
                verb=verb,
                subject=f"verification:{row.pk}",
            )


def _certificate(row: Verification, found: Snapshot, claim: Mapping[str, Any]) -> None:
    assert row.decided_at is not None
    day = row.decided_at.date()
    certificate = Certificate.objects.create(
        verification=row,
        organisation=row.self_assessment.organisation,
        host=row.host,
        number=f"C-2026-{row.pk:05d}",
        legal_entity=row.self_assessment.legal_entity,
        scope=row.self_assessment.scope,
        tier=found.tier,
        issued_on=day,
        expires_on=day.replace(year=day.year + 3) - timedelta(days=1),
        surveillance_due=day.replace(year=day.year + 1),
        dcmm_level=claim.get("level"),
        dcmm_source=claim.get("source", ""),
        dcmm_expires=date.fromisoformat(claim["expires"]) if claim.get("expires") else None,
        changed_at=row.decided_at,
    )
    CertificateEvent.objects.create(
        certificate=certificate, verb="issued", tier=found.tier, by=row.decided_by, at=row.decided_at
    )


def queue_reports(row: Verification) -> list[VerificationReport]:
    """The rows that deciding makes."""
    kinds = list(VReportKind) if row.state == VState.CERTIFIED.value else [VReportKind.REPORT]
    at = row.decided_at
    return [
        VerificationReport.objects.create(
            verification=row, kind=kind.value, language=language, queued_at=at, progressed_at=at
        )
        for kind in kinds
        for language in ("en", "zh-hans")
    ]


@cache
def verified_data() -> VerificationReportData:
    """What the documents are made of; gathered once, needs the database the first time."""
    return gather(verified_file())


def document(kind: VReportKind, language: str, *, data: VerificationReportData | None = None) -> bytes:
    """An unsigned document made at ``ISSUED``, of the verified file when no data is given."""
    return _document(kind, language) if data is None else lay_out(data, kind, language, code=CODE, at=ISSUED).pdf


@cache
def _document(kind: VReportKind, language: str) -> bytes:
    return lay_out(verified_data(), kind, language, code=CODE, at=ISSUED).pdf


@cache
def sealed(kind: VReportKind, language: str) -> bytes:
    """The verified file's document with the seal of organisation 1."""
    with override_settings(SIGNING_KEY_DIR=key_folder()):
        return seal(document(kind, language))
