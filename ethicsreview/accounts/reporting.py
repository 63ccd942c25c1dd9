"""The mails that carry a secret, which therefore stands nowhere: it is made when the mail is."""

import secrets
from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Invitation, User
from ethicsreview.accounts.wording import ROLES, in_both
from ethicsreview.notices.domain import wait_after
from ethicsreview.notices.reporting import compose, post


def invitation_token(nonce: str) -> str:
    """The secret in an invitation's link, 64 hexadecimal digits: from its nonce and the installation's key."""
    return salted_hmac("accounts.invitation", nonce, algorithm="sha256").hexdigest()


def mail_invitation(invitation_id: int, *, now: datetime) -> None:
    """Mail the link once; does nothing when it was mailed, accepted, withdrawn or has expired, or is being mailed."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.open(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("organisation", "invited_by")
            .filter(pk=invitation_id, mailed_at__isnull=True)
            .first()
        )
        if invitation is not None:
            _attempt(invitation, now)


def _attempt(invitation: Invitation, now: datetime) -> None:
    organisation, inviter = invitation.organisation, invitation.invited_by
    words = compose(
        verb="invitation",
        language=invitation.language,
        name=invitation.name,
        params={
            "organisation": {"en": organisation.name, "zh": organisation.name_in("zh")},
            "inviter": {"en": inviter.name, "zh": inviter.name_in("zh")},
            "role": in_both(ROLES[MemberRole(invitation.role)]),
            "deadline": invitation.expires_at.isoformat(),
        },
        link=reverse("accounts:accept-invitation", args=[invitation_token(invitation.nonce)]),
    )
    try:
        post(words, address=invitation.email, reference=f"invitation-{invitation.pk}")
    except OSError:
        invitation.mail_attempts += 1
        invitation.next_mail_at = now + wait_after(invitation.mail_attempts)
    else:
        invitation.mailed_at = now
    invitation.save(update_fields=["mail_attempts", "next_mail_at", "mailed_at"])


def mail_password_link(user_id: int, *, verb: str) -> None:
    """Mail a link with which the person sets a password; ``verb`` is ``password_reset`` or ``account_created``.

    Nothing for a closed account. Raises ``OSError`` when the mail server does not take it.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    where = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    link = reverse("accounts:password-reset-confirm", args=where)
    words = compose(verb=verb, language=user.language, name=user.name_in(user.language), params={}, link=link)
    post(words, address=user.email, reference=f"{verb}-{user.pk}-{secrets.token_hex(8)}")
