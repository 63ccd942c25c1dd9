"""What people are told: the list, the mails, and that neither leaks, repeats or gets lost."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import ATTEMPTS, Verb, is_local, plain, wait_after
from ethicsreview.notices.models import Delivery, Notice
from ethicsreview.notices.periodic import requeue_stuck
from ethicsreview.notices.queries import notice_page, unread_count
from ethicsreview.notices.reporting import compose, deliver, headline
from ethicsreview.notices.steps import NoTransaction, notify, withdraw
from tests.factories import make_user

LIST = "/notices/"
PARAMS: dict[str, Any] = {
    "reference": "ER-2026-0007",
    "title": "Triage helper",
    "meeting": "Meeting 3",
    "date": "2026-12-24",
    "committee": {"en": "First Committee", "zh": "第一委员会"},
    "organisation": {"en": "Lakeside", "zh": "湖畔"},
    "inviter": "Ma Manager",
    "person": "Ning New",
    "role": {"en": "secretary", "zh": "秘书"},
    "deadline": "2026-12-08T10:00:00+08:00",
    "answer": ["You are right.", "The fine of May was missed."],
}
LETTERS = [*Verb, "invitation", "password_reset", "account_created", "objection_upheld", "objection_answered"]


def tell(*users: User, now: datetime, verb: Verb = Verb.CASE_ACCEPTED, **changes: Any) -> list[Notice]:
    given: dict[str, Any] = {"params": PARAMS, "link": "/cases/7/", "subject": "case:7"}
    with transaction.atomic():
        return notify(users=users, verb=verb, at=now, **(given | changes))


@pytest.mark.django_db
def test_notify_tells_each_person_once_on_the_list_and_by_mail(
    member: User,
    chair: User,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(member, chair, member, now=now)
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted([member.pk, chair.pk])
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([member.email, chair.email])
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_notify_outside_a_transaction_is_refused_and_inside_a_failed_one_undone(member: User, now: datetime) -> None:
    with pytest.raises(NoTransaction):
        notify(users=[member], verb=Verb.CASE_ACCEPTED, params=PARAMS, link="/cases/7/", at=now)
    with transaction.atomic():
        notify(users=[member], verb=Verb.CASE_ACCEPTED, params=PARAMS, link="/cases/7/", at=now)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), mail.outbox) == (0, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link", ["https://evil.test/", "//evil.test/", "/\\evil.test", "cases/7/", "/a\nb", "/a b", ""]
)
def test_notify_with_a_link_that_leads_away_is_refused(member: User, now: datetime, link: str) -> None:
    assert is_local(link) is False
    with pytest.raises(ValueError, match="leads away"):
        tell(member, now=now, link=link)


@pytest.mark.django_db
def test_notice_with_a_foreign_link_is_refused_by_the_database(member: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=member, verb="case_accepted", link="//evil.test", created_at=now)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("verb", LETTERS)
def test_letter_of_every_verb_is_filled_in_completely(verb: str, language: str) -> None:
    words = compose(verb=verb, language=language, name="Mei", params=PARAMS, link="/cases/7/")
    assert words.subject != ""
    assert re.findall(r"\{\{|\{%|%\(|“”|《》|None", words.subject + words.body) == []
    assert words.body.count("http://127.0.0.1:8000/cases/7/") == 1
    assert re.findall(r"\n\n\n|&amp;|&#", words.body) == []


def test_letter_takes_the_readers_language_and_dates() -> None:
    words = compose(
        verb="case_accepted", language="en", name="Mei", params=PARAMS | {"title": "R&D <b>"}, link="/cases/7/"
    )
    assert words.subject == "ER-2026-0007: accepted for review"
    first, second = words.body.split("\n\n")[:2]
    assert first == "Dear Mei,"
    assert second == "First Committee has accepted the application ER-2026-0007 “R&D <b>” for review."


@pytest.mark.parametrize(
    "title",
    ["A\nBcc: all@evil.test", "A\r\nBcc: all@evil.test", "A\x85Bcc: all@evil.test", "A\u2028Bcc: all@evil.test"],
)
def test_letter_with_a_line_break_in_a_title_gains_no_header_and_no_paragraph(title: str) -> None:
    tainted = PARAMS | {"title": title, "reference": title}
    words = compose(verb="case_accepted", language="en", name=title, params=tainted, link="/")
    message = EmailMessage(words.subject, words.body, "a@x.test", ["b@x.test"]).message()
    assert message["Bcc"] is None
    assert words.subject == "A Bcc: all@evil.test: accepted for review"
    assert [line for line in words.body.splitlines() if line.startswith("Bcc")] == []


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59+00:00", "2026-02-30", "2026-02-30T10:00:00Z", "soon"])
def test_letter_shows_a_day_no_calendar_has_as_it_was_written(written: str) -> None:
    words = compose(verb="membership_ended", language="en", name="Wei", params={"date": written})
    assert [line for line in words.body.splitlines() if written in line] != []


def test_plain_drops_what_turns_the_reading_direction() -> None:
    assert plain("a\u202eb\u200bc\x00d  e\t f") == "abcd e f"


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (8, 128), (9, 240), (10, 240), (500, 240)]
)
def test_wait_doubles_up_to_four_hours(attempts: int, minutes: int) -> None:
    assert wait_after(attempts) == timedelta(minutes=minutes)


@pytest.mark.django_db
def test_mail_that_fails_waits_in_the_ledger_and_is_sent_after_the_outage(
    member: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(member, now=now)
    delivery = Delivery.objects.get()

    def refuse(*_args: object, **_values: object) -> None:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as outage:
        outage.setattr(EmailMessage, "send", refuse)
        deliver(delivery.pk, now=now)
        deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.next_try_at, delivery.error) == (
        "queued",
        2,
        now + timedelta(minutes=2),
        "ConnectionRefusedError: no mail server",
    )
    Delivery.objects.update(next_try_at=now - timedelta(days=4000))
    requeue_stuck()
    requeue_stuck()
    assert len(mail.outbox) == 1
    assert list(Delivery.objects.values_list("state", "error")) == [("sent", "")]


@pytest.mark.django_db
def test_mail_is_given_up_after_ten_attempts(member: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(member, now=now)
    delivery = Delivery.objects.get()

    def refuse(*_args: object, **_values: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    for _ in range(ATTEMPTS + 1):
        deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 10)


@pytest.mark.django_db
def test_mail_not_yet_due_is_left_to_its_own_task(member: User) -> None:
    tell(member, now=datetime.now().astimezone())
    requeue_stuck()
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_mail_taken_by_four_workers_at_once_is_sent_once(member: User, now: datetime) -> None:
    with transaction.atomic():
        notify(users=[member], verb=Verb.CASE_ACCEPTED, params=PARAMS, link="/cases/7/", at=now)
        transaction.get_connection().run_on_commit.clear()
    delivery = Delivery.objects.get()
    gate = threading.Barrier(4)

    def work() -> None:
        try:
            gate.wait(timeout=10)
            deliver(delivery.pk, now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [letter.extra_headers["Message-ID"] for letter in mail.outbox] == [
        f"<notice-{delivery.notice_id}@localhost>"
    ]


@pytest.mark.django_db
def test_mail_to_a_closed_account_is_not_sent(member: User, now: datetime) -> None:
    tell(member, now=now)
    User.objects.filter(pk=member.pk).update(is_active=False)
    deliver(Delivery.objects.get().pk, now=now)
    assert (mail.outbox, Delivery.objects.get().state) == ([], "withdrawn")


@pytest.mark.django_db
def test_withdraw_takes_back_one_subject_of_one_person(
    client: Client, member: User, chair: User, now: datetime
) -> None:
    tell(member, chair, now=now)
    tell(member, now=now, subject="case:8", link="/cases/8/")
    with transaction.atomic():
        assert withdraw(user_ids=[member.pk], subject="case:7", at=now) == 1
        assert withdraw(user_ids=[member.pk], subject="case:7", at=now) == 0
    assert (unread_count(member.pk), unread_count(chair.pk)) == (1, 1)
    assert [notice.link for notice in notice_page(member).notices] == ["/cases/8/"]
    gone = Notice.objects.get(user=member, subject="case:7")
    deliver(gone.delivery.pk, now=now)
    assert mail.outbox == []
    client.force_login(member)
    assert client.post(f"/notices/{gone.pk}/open/").status_code == 404


@pytest.mark.django_db
def test_list_shows_unread_first_in_pages_without_gap_or_repeat(member: User, now: datetime) -> None:
    for number in range(75):
        tell(member, now=now, link=f"/cases/{number}/")
    read = Notice.objects.filter(link__in=[f"/cases/{number}/" for number in range(40, 75)])
    read.update(read_at=now)
    pages, after = [], ""
    while True:
        page = notice_page(member, after=after)
        pages.append([int(notice.link.split("/")[2]) for notice in page.notices])
        after = page.after
        if not after:
            break
    assert [len(page) for page in pages] == [30, 30, 15]
    assert [number for page in pages for number in page] == [*range(39, -1, -1), *range(74, 39, -1)]
    assert len(notice_page(member, after="x'; drop").notices) == 30


@pytest.mark.django_db
def test_list_opens_marks_read_and_leads_on(client: Client, member: User, stranger: User, now: datetime) -> None:
    (notice,) = tell(member, now=now)
    assert client.get(LIST)["Location"] == f"/accounts/sign-in/?next={LIST}"
    client.force_login(stranger)
    assert client.post(f"/notices/{notice.pk}/open/").status_code == 404
    client.force_login(member)
    assert client.get(f"/notices/{notice.pk}/open/").status_code == 405
    assert [client.post(f"/notices/{notice.pk}/open/")["Location"] for _ in range(2)] == ["/cases/7/", "/cases/7/"]
    assert unread_count(member.pk) == 0


@pytest.mark.django_db
def test_read_all_is_ones_own(client: Client, member: User, stranger: User, now: datetime) -> None:
    tell(member, stranger, now=now - timedelta(days=4000))
    client.force_login(member)
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/")["Location"] == LIST
    assert (unread_count(member.pk), unread_count(stranger.pk)) == (0, 1)


@pytest.mark.django_db
def test_script_in_a_title_is_text_on_the_list_and_untouched_in_the_mail(
    client: Client, member: User, now: datetime
) -> None:
    title = "<script>alert(1)</script>"
    (notice,) = tell(member, now=now, params=PARAMS | {"reference": title})
    client.force_login(member)
    page = client.get(LIST).content.decode()
    assert (page.count("<script>alert"), page.count("&lt;script&gt;alert(1)")) == (0, 1)
    assert headline(notice, "en") == f"{title}: accepted for review"


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_list_needs_the_same_queries_for_few_and_many(
    client: Client, member: User, now: datetime, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        tell(member, now=now)
    client.force_login(member)
    with django_assert_num_queries(4):  # session, person, notices, count
        client.get(LIST)


@pytest.mark.django_db
@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_count_of_unread_stands_on_every_page(client: Client, waiting: int, now: datetime) -> None:
    user = make_user()
    for _ in range(waiting):
        tell(user, now=now)
    client.force_login(user)
    page = client.get("/accounts/profile/").content.decode()
    assert re.findall(r'tool__count"[^>]*>(\d+)<', page) == ([str(waiting)] if waiting else [])


@pytest.mark.django_db
def test_unread_is_never_counted_for_visitors(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/accounts/sign-in/")


@pytest.mark.django_db
def test_admin_shows_the_ledger_and_takes_no_change(
    client: Client, operator: User, member: User, now: datetime
) -> None:
    tell(member, now=now)
    client.force_login(operator)
    row = f"/admin/notices/delivery/{Delivery.objects.get().pk}/change/"
    assert (client.get("/admin/notices/delivery/").status_code, client.get(row).status_code) == (200, 200)
    assert client.post(row, {"state": "sent"}).status_code == 403
