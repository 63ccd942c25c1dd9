"""One case by people in a browser: applied for, accepted, rated, met on, voted, decided, signed, verified."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from ethicsreview.accounts.models import User
from ethicsreview.documents.authority import issue_demo_key
from tests.browser.conftest import Visitor
from tests.editions import small_pdf
from tests.factories import PASSWORD
from tests.scenes import Scene, make_scene, rate_all
from workflows.domain.states import State
from workflows.models import Case, CaseReport, Meeting, Motion

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REPORTS = 120_000  # milliseconds four documents may take on a busy machine

WORDS = {
    "en": {
        "title": "Retinal screening assistant for county hospitals",
        "text": "Screens photographs of the retina and refers patients to a doctor.",
    },
    "zh-hans": {
        "title": "县级医院眼底筛查辅助系统",
        "text": "系统对眼底照片进行筛查，并将患者转介给医生。",
    },
}


@pytest.fixture
def scene(transactional_db: None, tmp_path: Path) -> Iterator[Scene]:
    """A lawful committee whose host has a key to sign with."""
    made = make_scene(timezone.now())
    with override_settings(SIGNING_KEY_DIR=tmp_path / "keys", DATA_DIR=tmp_path, MEDIA_ROOT=tmp_path / "files"):
        issue_demo_key(made.host.pk, made.host.name, now=timezone.now() - timedelta(days=1))
        yield made


def fill_step(page: Page, words: dict[str, str]) -> None:
    """Give every field of a step of the application something that fits it, as a person would."""
    for code in asked(page):
        answer = page.locator(f'[id="{code}"]')
        if not answer.is_visible():  # exemptions are asked of listed activities alone
            continue
        choose(answer)
        text = words["title"] if code == "item-title" else words["text"]
        for field in answer.locator("input[type=text], textarea, input:not([type])").all():
            if field.is_visible():
                field.fill(text)
        for kind, value in (("date", "2027-01-15"), ("number", "12")):
            for field in answer.locator(f"input[type={kind}]").all():
                field.fill(value)


def choose(answer: Locator) -> None:
    """No to a question; else the first of what is offered."""
    for choices in ("input[type=radio][value=no]", "input[type=radio]", "input[type=checkbox]"):
        if answer.locator(choices).count():
            answer.locator(choices).first.check()
            return
    for field in answer.locator("select").all():
        field.select_option(index=1)


def asked(page: Page, kind: str = "") -> list[str]:
    """Ids of the items on the page that must be answered."""
    found = page.locator(f"main .answer{kind}:not(:has(details.answer__unasked))").all()
    return [one.get_attribute("id") or "" for one in found]


def hand_in_files(page: Page) -> None:
    """Send a PDF for every document the step asks for."""
    for code in asked(page, "--files"):
        slot = page.locator(f'[id="{code}"]')
        send = slot.locator("form.papers__send").last
        send.locator("input[type=file]").set_input_files(
            {"name": "protocol.pdf", "mimeType": "application/pdf", "buffer": small_pdf()}
        )
        send.locator("button[type=submit]").click()
        expect(page.locator(f'[id="{code}"] .papers__paper')).to_have_count(1)


def apply(lead: Visitor, words: dict[str, str]) -> Case:
    """From the first click to the receipt."""
    page = lead.go("/cases/start/")
    page.locator("main form.form button[type=submit]").click()
    lead.look()
    while page.locator("button[name=next]").count():
        hand_in_files(page)
        fill_step(page, words)
        page.locator("button[name=next]").click()
        lead.look()
    assert page.locator(".needed__item").count() == 0, page.locator(".needed").first.inner_text()
    page.locator("input[name=pledge]").check()
    page.locator("#hand-in button[type=submit]").click()
    lead.look()
    case = Case.objects.get(title=words["title"])
    assert (case.state, page.url.endswith(f"/cases/{case.pk}/receipt/")) == (State.SUBMITTED.value, True)
    return case


def send(visitor: Visitor) -> None:
    """Press the main button of the page's form and look at what follows."""
    visitor.page.locator("main form.form button.button--primary[type=submit]").last.click()
    visitor.look()


def take_in(desk: Visitor, case: Case, words: dict[str, str]) -> None:
    """The secretary confirms the tier, accepts and assigns three reviewers."""
    page = desk.go(f"/cases/{case.pk}/classify/")
    page.locator("input[name=tier][value=T2]").check()
    page.locator("[name=reason]").fill(words["text"])
    send(desk)
    page = desk.go(f"/cases/{case.pk}/accept/")
    page.locator("[name=reasons]").fill(words["text"])
    send(desk)
    page = desk.go(f"/cases/{case.pk}/reviewers/")
    for box in page.locator("input[name=reviewers]").all()[:3]:
        box.check()
    send(desk)
    case.refresh_from_db()
    assert case.state == State.REVIEWING.value


def rate(reviewer: Visitor, case: Case, user: User, words: dict[str, str]) -> None:
    """Rate the first indicator of each point by hand, the others at once, and hand in."""
    page = reviewer.go(f"/cases/{case.pk}/review/")
    points = [one.get_attribute("href") or "" for one in page.locator("a[href*='point=']").all()]
    rate_all(case, user, now=timezone.now() - timedelta(seconds=5))
    for point in list(dict.fromkeys(points))[:8]:
        page.goto(reviewer.address + f"/cases/{case.pk}/review/{point[point.index('?') :]}")
        reviewer.look()
        if not page.locator("article.review-item").count():
            continue
        item = page.locator("article.review-item").first
        with page.expect_response(lambda answer: "/review/" in answer.url and answer.request.method == "POST"):
            item.locator("input[name=rating][value='4']").check()
    page.goto(reviewer.address + f"/cases/{case.pk}/review/?point=hand-in")
    page.locator("[name=opinion]").fill(words["text"])
    page.locator("form[action$='/hand-in/'] button[type=submit]").click()
    reviewer.look()


def meet(desk: Visitor, scene: Scene, case: Case) -> None:
    """The secretary plans, convenes and opens a meeting, and records who is there."""
    page = desk.go("/meetings/plan/")
    if not page.locator("[name=day]").count():
        desk.follow(page.locator("main a.button, main a.queue__title").first.inner_text())
    page.locator("[name=day]").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    page.locator("[name=time]").fill("09:30")
    page.locator("[name=place]").fill("Room 1")
    send(desk)
    meeting = Meeting.objects.get()
    page = desk.go(f"/meetings/{meeting.pk}/agenda/")
    page.locator(f"[name=place-{case.pk}]").fill("1")
    send(desk)
    desk.go(f"/meetings/{meeting.pk}/convene/")
    confirm(desk)
    desk.go(f"/meetings/{meeting.pk}/open/")
    confirm(desk)
    page = desk.go(f"/meetings/{meeting.pk}/")
    for user in scene.voters:
        page.locator(f"#room-{scene.seats[user.pk].pk}").click()
        expect(page.locator(f"#leave-{scene.seats[user.pk].pk}")).to_be_visible()
    desk.look()
    page.locator(f"form[action='/cases/{case.pk}/item/open/'] button").click()
    desk.look()


def confirm(visitor: Visitor) -> None:
    """Press the button of a page that says what will happen."""
    visitor.page.locator("main form[method=post] button[type=submit].button--primary").last.click()
    visitor.look()


def ballot(
    desk: Visitor, chair: Visitor, scene: Scene, case: Case, visit: Callable[..., Visitor], language: str
) -> None:
    """The chair puts the approval; six vote for themselves, one through the secretary's hand; it is carried."""
    page = chair.go(f"/cases/{case.pk}/motions/put/")
    page.locator("input[name=decision_kind][value=approve]").check()
    send(chair)
    meeting, motion = Meeting.objects.get(), Motion.objects.get()
    for user, choice in zip(scene.voters, ("for", "for", "for", "for", "for", "against"), strict=False):
        voter = chair if user == scene.chair else visit().sign_in(user, language)
        page = voter.go(f"/meetings/{meeting.pk}/")
        page.locator(f"#vote-{choice}").check()
        page.locator("#vote-cast").click()
        voter.look()
    page = desk.go(f"/meetings/{meeting.pk}/")
    page.locator(f"#abstain-vote-{scene.voters[-1].pk}").click()
    desk.look()
    page = chair.go(f"/meetings/{meeting.pk}/")
    page.locator("#close-ballot").click()
    chair.look()
    motion.refresh_from_db()
    standing = {"in_favour": 5, "against": 1, "abstain": 1, "silent": 0, "present": 7, "needed": 5, "base": 7}
    assert (motion.carried, motion.standing) == (True, standing)


def decide(desk: Visitor, chair: Visitor, case: Case, words: dict[str, str]) -> None:
    """The secretary drafts; the chair issues with the password; four documents are signed by the worker."""
    page = desk.go(f"/cases/{case.pk}/decision/")
    page.locator("[name=reasons_en]").fill("The benefits outweigh the remaining risks.")
    page.locator("[name=reasons_zh]").fill("收益大于剩余风险。")
    page.locator("[name=scope_en]").fill("Version 1 at two county hospitals.")
    page.locator("[name=scope_zh]").fill("两家县级医院使用的第一版。")
    page.locator("[name=valid_from]").fill(timezone.localdate().isoformat())
    page.locator("[name=valid_until]").fill((timezone.localdate() + timedelta(days=365)).isoformat())
    page.locator("[name=condition-0-text_en]").fill("Report every quarter.")
    page.locator("[name=condition-0-text_zh]").fill("每季度报告一次。")
    page.locator("[name=condition-0-due]").fill((timezone.localdate() + timedelta(days=90)).isoformat())
    page.locator("main form.form button[type=submit].button--primary").last.click()
    desk.look()
    page = chair.go(f"/cases/{case.pk}/decision/issue/")
    page.locator("input[type=password]").fill(PASSWORD)
    confirm(chair)
    case.refresh_from_db()
    assert case.state == State.APPROVED.value
    page = chair.go(f"/cases/{case.pk}/reports/")
    expect(page.locator("a[download]")).to_have_count(4, timeout=REPORTS)
    chair.look()


def verify(lead: Visitor, public: Visitor, case: Case, words: dict[str, str], folder: Path) -> None:
    """The applicant downloads the letter; anybody verifies it; one flipped byte is refused."""
    page = lead.go(f"/cases/{case.pk}/reports/")
    expect(page.locator("a[download]")).to_have_count(2)
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    letter = folder / "letter.pdf"
    download.value.save_as(letter)
    report = CaseReport.objects.filter(decision__case=case, kind="letter").select_related("document").first()
    assert report is not None
    assert report.document is not None
    assert told(public, letter) == "verdict--good"
    spoilt = bytearray(letter.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    (folder / "spoilt.pdf").write_bytes(spoilt)
    assert told(public, folder / "spoilt.pdf") == "verdict--bad"
    public.go(f"/verify/{report.document.code}/")
    assert "Signature is Valid." in tool("pdfsig", letter)
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", letter)


def told(public: Visitor, file: Path) -> str:
    """The tone of the verdict on a file sent to the public page."""
    page = public.go("/verify/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form[enctype] button[type=submit]").click()
    public.look()
    classes = page.locator("section.verdict").get_attribute("class") or ""
    return classes.split()[-1]


def tool(name: str, *arguments: str | Path) -> str:
    """What an independent tool prints about a file."""
    ran = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=False)
    return ran.stdout


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_case_goes_from_application_to_verified_pdf(
    language: str,
    scene: Scene,
    worker: subprocess.Popen[bytes],
    visit: Callable[..., Visitor],
    tmp_path: Path,
) -> None:
    words = WORDS[language]
    lead = visit().sign_in(scene.lead, language)
    case = apply(lead, words)
    desk = visit().sign_in(scene.secretary, language)
    take_in(desk, case, words)
    for review in case.reviews.select_related("user").order_by("pk"):
        rate(visit().sign_in(review.user, language), case, review.user, words)
    desk.go(f"/cases/{case.pk}/").locator("form[action$='/reviews/open/'] button").click()
    desk.look()
    chair = visit().sign_in(scene.chair, language)
    chair.go(f"/cases/{case.pk}/comparison/")
    meet(desk, scene, case)
    ballot(desk, chair, scene, case, visit, language)
    decide(desk, chair, case, words)
    verify(lead, visit(locale="zh-CN" if language == "zh-hans" else "en-GB"), case, words, tmp_path)
