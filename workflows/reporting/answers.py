"""The mail that answers an objection. Who objected has no account, so the ledger stands on the objection."""

from datetime import datetime

from django.db import transaction
from django.template import TemplateDoesNotExist
from django.urls import reverse

from ethicsreview.notices.domain import ATTEMPTS, DeliveryState, wait_after
from ethicsreview.notices.reporting import compose, post
from workflows.models import Objection


def mail_answer(objection_id: int, *, now: datetime) -> None:
    """Mail the answer once, unless it was mailed, given up or is being mailed; a failure waits for another attempt."""
    with transaction.atomic():
        objection = (
            Objection.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("verification__self_assessment", "verification__host")
            .defer("verification__host__logo")
            .filter(pk=objection_id, answer_mail=DeliveryState.QUEUED.value)
            .first()
        )
        if objection is not None:
            _attempt(objection, now)


def _attempt(objection: Objection, now: datetime) -> None:
    objection.mail_attempts += 1
    try:
        _send(objection)
    except (OSError, ValueError, TemplateDoesNotExist):
        given_up = objection.mail_attempts >= ATTEMPTS
        objection.answer_mail = (DeliveryState.FAILED if given_up else DeliveryState.QUEUED).value
        objection.next_mail_at = now + wait_after(objection.mail_attempts)
    else:
        objection.answer_mail, objection.mailed_at = DeliveryState.SENT.value, now
    objection.save(update_fields=["answer_mail", "mail_attempts", "next_mail_at", "mailed_at"])


def _send(objection: Objection) -> None:
    row, host = objection.verification, objection.verification.host
    words = compose(
        verb="objection_upheld" if objection.upheld else "objection_answered",
        language=objection.language,
        name=objection.name,
        params={
            "reference": row.reference,
            "title": row.self_assessment.legal_entity,
            "body": {"en": host.name, "zh": host.name_zh or host.name},
            "answer": [line for line in objection.answer.splitlines() if line.strip()],
        },
        link=reverse("workflows:register-notice", args=[row.reference]),
    )
    post(words, address=objection.contact, reference=f"objection-{objection.pk}")
