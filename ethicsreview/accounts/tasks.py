"""Mails of this room."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.accounts import reporting


@shared_task(name="accounts.mail_invitation")
def mail_invitation(invitation_id: int) -> None:
    """Mail an invitation; what fails is tried again by ``requeue_invitations``."""
    reporting.mail_invitation(invitation_id, now=timezone.now())


@shared_task(
    name="accounts.mail_password_link", autoretry_for=(OSError,), retry_backoff=15, retry_jitter=False, max_retries=6
)
def mail_password_link(user_id: int, verb: str) -> None:
    """Mail a link that sets a password; tried for a quarter of an hour, then the person asks again."""
    reporting.mail_password_link(user_id, verb=verb)
