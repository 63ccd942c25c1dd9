"""Every way in which people, organisations and memberships change."""

from ethicsreview.accounts.actions.invitations import accept_invitation, end_membership, invite, withdraw_invitation
from ethicsreview.accounts.actions.organisations import edit_letterhead, save_organisation, set_logo
from ethicsreview.accounts.actions.people import (
    change_password,
    edit_profile,
    request_password_link,
    save_user,
    set_preferences,
)

__all__ = [
    "accept_invitation",
    "change_password",
    "edit_letterhead",
    "edit_profile",
    "end_membership",
    "invite",
    "request_password_link",
    "save_organisation",
    "save_user",
    "set_logo",
    "set_preferences",
    "withdraw_invitation",
]
