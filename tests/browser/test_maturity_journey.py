"""One enterprise's maturity by people in a browser: assessed, verified, voted on, certified, found in the register.

Once with the mouse in English, once with the keyboard alone in Chinese.
"""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Locator, expect

from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, SelfAssessment, Snapshot
from ethicsreview.accounts.models import User
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.models import SignedDocument
from tests.browser.conftest import Visitor
from tests.browser.hands import HANDS, Hand
from tests.factories import PASSWORD
from tests.maturity_scenes import fill, publish_staged
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.actions import verification_panel
from workflows.domain.ballots import Choice
from workflows.domain.verification_states import VReportKind, VState
from workflows.models import Certificate, OnSiteEntry, PanelBallot, Verification

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REPORTS = 120_000  # milliseconds four documents may take on a busy machine
TIER = 4  # a tier that the panel votes on
FIRST, SECOND = "1.1.1", "1.1.2"  # the criteria that are answered and rated by hand
GO_ON = "main form.form button.button--primary[type=submit]"

WORDS = {
    "en": {
        "entity": "Heron Robotics Co., Ltd.",
        "scope": "All plants in Shanghai and the models that run in them.",
        "text": "Minutes, plan and register were read and compared.",
        "piece": "Decision of the board on AI",
    },
    "zh-hans": {
        "entity": "苍鹭机器人有限公司",
        "scope": "上海全部工厂及其中运行的模型。",
        "text": "已查阅并核对会议纪要、计划和台账。",
        "piece": "董事会关于人工智能的决议",
    },
}
Entered = Callable[[User], Hand]


@pytest.fixture
def scene(transactional_db: None, tmp_path: Path) -> Iterator[VerificationScene]:
    """A body with its people and a key to sign with, and an enterprise with nothing assessed."""
    made = make_verification_scene(timezone.now())
    publish_staged(now=made.now)
    with override_settings(SIGNING_KEY_DIR=tmp_path / "keys", DATA_DIR=tmp_path, MEDIA_ROOT=tmp_path / "files"):
        issue_demo_key(made.host.pk, made.host.name, now=made.now - timedelta(days=1))
        yield made


def at_present(scene: VerificationScene) -> VerificationScene:
    """The same people, acting now."""
    return replace(scene, now=timezone.now())


# -- the enterprise assesses itself -----------------------------------------------------------------------------------


def begin(lead: Hand, words: dict[str, str]) -> SelfAssessment:
    """Instrument, legal entity, scope and the tier aimed at."""
    page = lead.go("/maturity/start/")
    lead.choose(page.locator("input[name=instrument][value=aim-dcmm]"))
    lead.follow(page.locator(GO_ON))
    lead.write(page.locator("[name=legal_entity]"), words["entity"])
    lead.write(page.locator("[name=scope]"), words["scope"])
    lead.choose(page.locator("input[name=size][value=large]"))
    lead.choose(page.locator(f"input[name=target][value='{TIER}']"))
    lead.follow(page.locator(GO_ON))
    row = SelfAssessment.objects.get()
    assert (row.target, row.legal_entity, row.scope) == (TIER, words["entity"], words["scope"])
    assert lead.path == f"/maturity/{row.pk}/"
    return row


def answer(lead: Hand, row: SelfAssessment, words: dict[str, str]) -> None:
    """Two ratings that save themselves: each counts in full, and opens the next level, once evidence stands for it."""
    page = lead.follow(lead.page.locator("main a[href$='/dimensions/D1/']").first)
    item, first = page.locator("#i-1-1"), page.locator("#c-1-1-1")
    rate(lead, first)
    expect(first.locator(".review-why")).to_be_visible()  # counts less for want of evidence
    expect(item.locator(".maturity-level--open")).to_have_count(1)
    lead.follow(first.locator(f"a[href*='/evidence/add/?criterion={FIRST}']"))
    lead.write(page.locator("[name=title]"), words["piece"])
    lead.choose(page.locator("input[name=kind][value=document]"))
    lead.date(page.locator("[name=dated]"), timezone.localdate() - timedelta(days=30))
    lead.write(page.locator("[name=reference]"), "Archive 1")
    lead.follow(page.locator(GO_ON))
    expect(item.locator(".maturity-level--open")).to_have_count(2)
    expect(page.locator("#c-1-1-1 .review-why")).to_have_count(0)
    second = page.locator("#c-1-1-2")
    rate(lead, second)
    lead.write(second.locator("textarea"), words["text"])
    lead.press(second.locator(".maturity-proof__link button"))
    expect(item.locator(".maturity-level--open")).to_have_count(3)
    assert lead.stands()
    expect(page.locator(".autosave")).to_have_attribute("data-state", "saved")
    lead.look()
    piece = Evidence.objects.get()
    linked = EvidenceLink.objects.filter(evidence=piece).order_by("criterion").values_list("criterion", flat=True)
    assert (piece.title, [*linked]) == (words["piece"], [FIRST, SECOND])
    assert current(row.assessment_id, FIRST) == ("F", "")
    assert current(row.assessment_id, SECOND) == ("F", words["text"])


def rate(rater: Hand, criterion: Locator) -> None:
    """The best step of the scale, saved without a button."""
    rater.choose(criterion.locator("input[name=step][value=F]"))
    expect(criterion.locator(".review-state [role=status]")).to_be_visible()


def current(assessment_id: int | None, criterion: str) -> tuple[str, str]:
    """Step and note of the answer that stands."""
    last = Answer.objects.filter(assessment_id=assessment_id, item=criterion).order_by("-pk").first()
    assert last is not None
    return last.step, last.reason


def hand_in(lead: Hand, row: SelfAssessment) -> None:
    """The other answers as rows; the DCMM certificate, the receipt and the request to verify by hand."""
    fill(row, TIER, claim=False, but={FIRST, SECOND}, now=timezone.now())
    page = lead.go(f"/maturity/{row.pk}/claim/")
    lead.choose(page.locator("input[name=source][value=certificate]"))
    lead.choose(page.locator("input[name=level][value='4']"))
    lead.pick(page.locator("[name=edition]"), "2018")
    lead.pick(page.locator("[name=party]"), "owner")
    lead.write(page.locator("[name=certificate]"), "DCMM-0042")
    lead.write(page.locator("[name=body]"), "Harbour Certification")
    lead.date(page.locator("[name=issued]"), timezone.localdate() - timedelta(days=200))
    lead.date(page.locator("[name=expires]"), timezone.localdate() + timedelta(days=800))
    lead.follow(page.locator(GO_ON))
    assert DcmmClaim.objects.values_list("level", "source", "legal_entity").get() == (
        4,
        "certificate",
        row.legal_entity,
    )
    page = lead.go(f"/maturity/{row.pk}/")
    lead.follow(page.locator(f"main a[href$='/maturity/{row.pk}/submit/']"))
    lead.follow(page.locator(".confirm form button[type=submit]"))
    snapshot = Snapshot.objects.get()
    assert (snapshot.tier, lead.path) == (TIER, f"/maturity/{row.pk}/receipt/")


def request(lead: Hand, row: SelfAssessment) -> Verification:
    """From the assessment to the body that is to verify it."""
    page = lead.go(f"/maturity/{row.pk}/")
    lead.follow(page.locator(f"main a[href$='/verifications/request/{row.pk}/']"))
    lead.choose(page.locator("input[name=host]").first)
    lead.follow(page.locator(GO_ON))
    verification = Verification.objects.get()
    assert (verification.state, lead.path) == (VState.ENTRY.value, f"/verifications/{verification.pk}/")
    return verification


# -- the body verifies ------------------------------------------------------------------------------------------------


def step(hand: Hand, row: Verification, name: str) -> None:
    """Find the step on the page of the verification, which may be open already, and open it."""
    link = hand.page.locator(f"main a[href$='/verifications/{row.pk}/{name}/']").first
    if hand.path != f"/verifications/{row.pk}/" or not link.count():
        hand.go(f"/verifications/{row.pk}/")
    hand.follow(link)


def state_of(row: Verification) -> VState:
    row.refresh_from_db()
    return VState(row.state)


def staff(desk: Hand, scene: VerificationScene, row: Verification) -> None:
    """A team of two, who leads it, a reviewer, and the entry check."""
    step(desk, row, "team")
    page = desk.page
    for user in (scene.lead_assessor, scene.assessor):
        desk.choose(page.locator(f"input[name=people][value='{user.pk}']"))
    desk.choose(page.locator(f"input[name=lead][value='{scene.lead_assessor.pk}']"))
    desk.follow(page.locator(GO_ON))
    step(desk, row, "reviewer")
    desk.choose(page.locator(f"input[name=people][value='{scene.reviewer.pk}']"))
    desk.follow(page.locator(GO_ON))
    step(desk, row, "accept")
    desk.follow(page.locator(GO_ON))
    assert state_of(row) is VState.DOCUMENTS


def review(leading: Hand, scene: VerificationScene, row: Verification, words: dict[str, str]) -> None:
    """Evidence, a rating and the DCMM certificate by hand, the other ratings as rows; a finding; then on site."""
    step(leading, row, "rating")
    page = leading.page
    first = page.locator("#c-1-1-1")
    leading.press(first.locator(".pieces__judge button[value=yes]"))
    expect(first.locator(".pieces .status--good")).to_be_visible()
    assert leading.stands()
    rate(leading, first)
    leading.write(first.locator("textarea"), words["text"])
    leading.press(first.locator("button[type=submit]:not([name])"))
    expect(page.locator(".autosave")).to_have_attribute("data-state", "saved")
    leading.look()
    assert current(row.round_id, FIRST) == ("F", words["text"])
    scene.rate_all(row, TIER, but={FIRST})
    page = leading.go(f"/verifications/{row.pk}/rating/?dimension=dcmm")
    leading.choose(page.locator("input[name=accepted][value=yes]"))
    leading.write(page.locator("form[action$='/dcmm/judge/'] [name=reason]"), words["text"])
    leading.follow(page.locator("form[action$='/dcmm/judge/'] button"))
    page = leading.go(f"/verifications/{row.pk}/rating/")
    leading.follow(page.locator(f"a[href$='/findings/?criterion={SECOND}']"))
    leading.choose(page.locator("input[name=kind][value=major]"))
    leading.write(page.locator("[name=text]"), words["text"])
    leading.follow(page.locator(GO_ON))
    assert [*row.findings.values_list("criterion", "kind")] == [(SECOND, "major")]
    step(leading, row, "onsite/begin")
    leading.follow(page.locator(GO_ON))
    assert state_of(row) is VState.ONSITE


def visit_site(leading: Hand, scene: VerificationScene, row: Verification, words: dict[str, str]) -> None:
    """One interview by hand, the rest as actions; then the enterprise reads what was found."""
    step(leading, row, "onsite")
    page = leading.page
    leading.pick(page.locator("[name=kind]"), "interview")
    leading.pick(page.locator("[name=role]"), "top_manager")
    leading.write(page.locator("[name=subject]"), words["piece"])
    leading.write(page.locator("[name=notes]"), words["text"])
    leading.follow(page.locator(GO_ON))
    assert OnSiteEntry.objects.values_list("kind", "role", "notes").get() == (
        "interview",
        "top_manager",
        words["text"],
    )
    at_present(scene).visit(row)
    step(leading, row, "findings/release")
    leading.follow(page.locator(GO_ON))
    assert state_of(row) is VState.CORRECTION


def correct(lead: Hand, row: Verification, words: dict[str, str]) -> None:
    """The enterprise answers the finding with a further piece of evidence and is done before the last day."""
    step(lead, row, "findings")
    page = lead.page
    form = page.locator("form[action$='/answer/']")
    lead.write(form.locator("[name$=answer]"), words["text"])
    lead.press(form.locator("summary").last)
    lead.write(form.locator("[name$=title]"), words["piece"])
    lead.pick(form.locator("[name$=kind]"), "record")
    lead.date(form.locator("[name$=dated]"), timezone.localdate() - timedelta(days=1))
    lead.write(form.locator("[name$=reference]"), "Archive 9")
    lead.follow(form.locator("button[type=submit]"))
    step(lead, row, "correction/close")
    lead.follow(page.locator(GO_ON))
    assert state_of(row) is VState.RECOMMENDING
    assert row.findings.get().answer == words["text"]


def recommend(second: Hand, leading: Hand, row: Verification, words: dict[str, str]) -> None:
    """The second assessor settles the finding and judges the new evidence; the leading one recommends."""
    step(second, row, "findings")
    page = second.page
    form = page.locator("form[action$='/resolve/']")
    second.choose(form.locator("input[value=yes]"))
    second.write(form.locator("textarea"), words["text"])
    second.follow(form.locator("button[type=submit]"))
    step(second, row, "rating")
    piece = Evidence.objects.get(accepted__isnull=True)
    second.press(page.locator(f"#piece-1-1-2-{piece.pk} button[value=yes]"))
    expect(page.locator(f"#piece-1-1-2-{piece.pk} .status--good")).to_be_visible()
    step(leading, row, "recommend")
    page = leading.page
    expect(page.locator(".tiers__side--own .tiers__tier strong")).to_have_text(str(TIER))
    leading.write(page.locator("[name=reasons]"), words["text"])
    leading.follow(page.locator(GO_ON))
    assert (state_of(row), row.recommended_tier) == (VState.COMPLIANCE, TIER)


# -- compliance, panel, notice, decision ------------------------------------------------------------------------------


def pass_on(reviewer: Hand, desk: Hand, scene: VerificationScene, row: Verification, words: dict[str, str]) -> None:
    """The reviewer passes the procedure; the coordinator seats five experts and opens the ballot."""
    step(reviewer, row, "compliance")
    page = reviewer.page
    reviewer.choose(page.locator("input[name=outcome][value=yes]"))
    reviewer.write(page.locator("[name=note]"), words["text"])
    reviewer.follow(page.locator(GO_ON))
    assert state_of(row) is VState.PANEL
    step(desk, row, "seats")
    for user in scene.panel:
        desk.choose(desk.page.locator(f"input[name=people][value='{user.pk}']"))
    desk.follow(desk.page.locator(GO_ON))
    step(desk, row, "panel")
    desk.follow(desk.page.locator("form[action$='/panel/open/'] button"))


def vote(enter: Entered, desk: Hand, scene: VerificationScene, row: Verification, words: dict[str, str]) -> None:
    """Two experts vote for themselves, three by the action; the coordinator closes and it is carried."""
    ballot = PanelBallot.objects.get()
    for user, choice in zip(scene.panel, (Choice.FOR, Choice.AGAINST), strict=False):
        expert = enter(user)
        step(expert, row, "panel")
        page = expert.page
        expert.choose(page.locator(f"#vote-{choice.value}"))
        expert.write(page.locator("[name=reason]"), words["text"])
        expert.follow(page.locator("form[action$='/panel/vote/'] button[type=submit]"))
    for user in scene.panel[2:]:
        verification_panel.cast_panel_vote(
            row.pk, ballot_id=ballot.pk, choice=Choice.FOR, reason="", actor=user, now=timezone.now()
        )
    step(desk, row, "panel")
    desk.follow(desk.page.locator("form[action$='/panel/close/'] button"))
    ballot.refresh_from_db()
    standing = {"in_favour": 4, "against": 1, "abstain": 0, "silent": 0, "present": 5, "needed": 4, "base": 5}
    assert (ballot.carried, ballot.standing, state_of(row)) == (True, standing, VState.NOTICE)


def give_notice(public: Hand, row: Verification) -> None:
    """Anybody reads the recommendation; then its days pass."""
    page = public.go("/register/notices/")
    public.follow(page.locator(f"main a[href$='/register/notices/{row.reference}/']"))
    expect(page.locator("main .facts").first).to_contain_text(f"{TIER} · ")
    row.refresh_from_db()
    assert (row.notice_from, row.notice_until) == (
        timezone.localdate(),
        timezone.localdate() + timedelta(days=7),
    )
    past = timezone.localdate() - timedelta(days=1)
    Verification.objects.filter(pk=row.pk).update(notice_from=past - timedelta(days=7), notice_until=past)


def decide(decider: Hand, row: Verification) -> Certificate:
    """The certificate is issued with the password, and the worker signs four documents."""
    step(decider, row, "decide")
    page = decider.page
    expect(page.locator(".tiers__side--own .tiers__tier strong")).to_have_text(str(TIER))
    decider.choose(page.locator("input[name=outcome][value=yes]"))
    decider.write(page.locator("input[type=password]"), PASSWORD)
    decider.follow(page.locator(".confirm form button[type=submit]"))
    assert state_of(row) is VState.CERTIFIED
    expect(page.locator("a[download]")).to_have_count(4, timeout=REPORTS)
    decider.look()
    signed = SignedDocument.objects.filter(organisation=row.host).order_by("kind", "language")
    kinds = [(document.kind.split("-")[-1], document.language) for document in signed]
    languages = [code for code, _name in settings.LANGUAGES]
    assert kinds == [(kind, code) for kind in ("certificate", "report") for code in languages]
    certificate = Certificate.objects.get()
    assert (certificate.tier, certificate.legal_entity) == (TIER, row.self_assessment.legal_entity)
    return certificate


# -- anybody verifies -------------------------------------------------------------------------------------------------


def download(lead: Hand, row: Verification, language: str, folder: Path) -> Path:
    """The lead takes the certificate home."""
    step(lead, row, "reports")
    page = lead.page
    report = row.reports.get(kind=VReportKind.CERTIFICATE.value, language=language)
    with page.expect_download() as taken:
        lead.press(page.locator(f"a[download][href$='/verification-reports/{report.pk}/download/']"))
    certificate = folder / "certificate.pdf"
    taken.value.save_as(certificate)
    assert report.document is not None
    assert certificate.read_bytes() == bytes(report.document.content)
    return certificate


def verify(public: Hand, certificate: Certificate, file: Path, language: str) -> None:
    """A visitor finds it in the register, follows its code, and checks the file; one flipped byte is refused."""
    page = public.go("/register/")
    public.write(page.locator("[name=text]"), certificate.legal_entity[:5])
    public.follow(page.locator("form[role=search] button[type=submit]"))
    expect(page.locator("tbody .tier-mark strong")).to_have_text(str(TIER))
    public.follow(page.locator(f"main a[href$='/register/{certificate.number}/']"))
    expect(page.locator("section.verdict--good")).to_be_visible()
    report = certificate.verification.reports.get(kind=VReportKind.CERTIFICATE.value, language=language)
    assert report.document is not None
    public.follow(page.locator(f"main a[href$='/verify/{report.document.code}/']"))
    expect(page.locator("section.verdict--good")).to_be_visible()
    assert told(public, file) == "verdict--good"
    spoilt = bytearray(file.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    copy = file.with_name("spoilt.pdf")
    copy.write_bytes(spoilt)
    assert told(public, copy) == "verdict--bad"
    text = tool("pdftotext", file, "-")
    assert certificate.number in text
    assert "Signature is Valid." in tool("pdfsig", file)
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", file)


def told(public: Hand, file: Path) -> str:
    """The tone of the verdict on a file sent to the public page."""
    page = public.go("/verify/")
    public.send(page.locator("input[type=file]"), file)
    public.follow(page.locator("form[enctype] button[type=submit]"))
    classes = page.locator("section.verdict").get_attribute("class") or ""
    return classes.split()[-1]


def tool(name: str, *arguments: str | Path) -> str:
    """What an independent tool prints about a file."""
    ran = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=False)
    return ran.stdout


@pytest.mark.parametrize(("language", "hand"), [("en", "mouse"), ("zh-hans", "keyboard")])
def test_maturity_goes_from_first_answer_to_verified_certificate(
    language: str,
    hand: str,
    scene: VerificationScene,
    worker: subprocess.Popen[bytes],
    visit: Callable[..., Visitor],
    tmp_path: Path,
) -> None:
    words = WORDS[language]

    def enter(user: User) -> Hand:
        return HANDS[hand](visit().sign_in(user, language))

    lead = enter(scene.lead)
    assessed = begin(lead, words)
    answer(lead, assessed, words)
    hand_in(lead, assessed)
    row = request(lead, assessed)
    desk = enter(scene.coordinator)
    staff(desk, scene, row)
    leading = enter(scene.lead_assessor)
    row.refresh_from_db()
    review(leading, scene, row, words)
    visit_site(leading, scene, row, words)
    correct(lead, row, words)
    recommend(enter(scene.assessor), leading, row, words)
    pass_on(enter(scene.reviewer), desk, scene, row, words)
    vote(enter, desk, scene, row, words)
    public = HANDS[hand](visit(locale="zh-CN" if language == "zh-hans" else "en-GB"))
    give_notice(public, row)
    certificate = decide(enter(scene.decider), row)
    verify(public, certificate, download(lead, row, language, tmp_path), language)
