"""Catching up with invitations whose mail failed or whose task was lost."""

from celery import shared_task
from django.utils import timezone

from ethicsreview.accounts.queries import unmailed_invitations
from ethicsreview.accounts.tasks import mail_invitation


@shared_task(name="accounts.requeue_invitations")
def requeue_invitations() -> None:
    """Every minute: hand the invitations that are due to the workers."""
    for invitation_id in unmailed_invitations(timezone.now()):
        mail_invitation.delay(invitation_id=invitation_id)
