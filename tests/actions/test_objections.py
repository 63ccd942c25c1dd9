"""The answer to an objection on its way to whoever objected: mailed once, tried again, and nowhere else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.domain import ATTEMPTS
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.actions.verifications import file_objection, settle_objection
from workflows.domain.verification_states import VState
from workflows.models import Objection
from workflows.periodic import requeue_answers
from workflows.queries.objections import unmailed_answers
from workflows.reporting.answers import mail_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


@pytest.fixture
def objection(scene: VerificationScene) -> Objection:
    row = scene.verification_in(VState.NOTICE)
    return file_objection(
        row.pk, name="欧阳", contact="ob@example.test", text="Fined.", language="zh-hans", now=scene.now
    )


def settle(objection: Objection, scene: VerificationScene, answer: str = "You are right.") -> Objection:
    return settle_objection(objection.pk, upheld=True, answer=answer, actor=scene.coordinator, now=scene.now)


def test_answer_is_mailed_in_the_language_of_the_form(
    objection: Objection, scene: VerificationScene, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        settle(objection, scene, "You are right.\n\nThe fine\tof May was missed.")
    (letter,) = mail.outbox
    assert (letter.to, letter.extra_headers["Message-ID"].partition("@")[0]) == (
        ["ob@example.test"],
        f"<objection-{objection.pk}",
    )
    lines = letter.body.splitlines()
    assert [line in lines for line in ("You are right.", "The fine of May was missed.", "欧阳，您好：")] == [True] * 3
    assert objection.verification.reference in letter.subject
    objection.refresh_from_db()
    assert (objection.answer_mail, objection.mail_attempts, objection.mailed_at is None) == ("sent", 1, False)
    mail_answer(objection.pk, now=scene.now)
    assert len(mail.outbox) == 1


def test_answer_whose_task_was_lost_is_mailed_by_the_next_beat(objection: Objection, scene: VerificationScene) -> None:
    settle(objection, scene)
    assert (unmailed_answers(scene.now), mail.outbox) == ([], [])
    assert unmailed_answers(scene.now + timedelta(minutes=1)) == [objection.pk]
    Objection.objects.update(next_mail_at=scene.now - timedelta(days=900))
    requeue_answers()
    assert [letter.to for letter in mail.outbox] == [["ob@example.test"]]
    assert unmailed_answers(scene.now + timedelta(days=1)) == []


def test_answer_is_tried_again_later_and_given_up_in_the_end(
    objection: Objection, scene: VerificationScene, settings: Any
) -> None:
    settle(objection, scene)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    waits = []
    for _attempt in range(ATTEMPTS):
        mail_answer(objection.pk, now=scene.now)
        objection.refresh_from_db()
        assert objection.next_mail_at is not None
        waits.append((objection.next_mail_at - scene.now) // timedelta(minutes=1))
    assert waits[:3] == [1, 2, 4]
    assert (objection.answer_mail, objection.mail_attempts, objection.mailed_at) == ("failed", ATTEMPTS, None)
    assert unmailed_answers(scene.now + timedelta(days=9)) == []


def test_who_objected_stands_in_no_audit_event(objection: Objection, scene: VerificationScene) -> None:
    settle(objection, scene)
    told = [str(event.facts) for event in AuditEvent.objects.all()]
    assert [word for word in ("欧阳", "ob@example.test") for fact in told if word in fact] == []
