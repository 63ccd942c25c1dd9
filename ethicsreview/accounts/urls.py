"""Addresses of accounts."""

from django.urls import path

from ethicsreview.accounts.views import entry, invitations, organisation, profile

app_name = "accounts"
urlpatterns = [
    path("sign-in/", entry.SignInView.as_view(), name="sign-in"),
    path("sign-out/", entry.SignOutView.as_view(), name="sign-out"),
    path("password/", entry.password_change, name="password-change"),
    path("password/reset/", entry.password_reset, name="password-reset"),
    path("password/reset/sent/", entry.password_reset_sent, name="password-reset-sent"),
    path(
        "password/reset/<uidb64>/<token>/",
        entry.PasswordResetConfirmView.as_view(),
        name="password-reset-confirm",
    ),
    path("invitation/<str:token>/", invitations.accept_invitation, name="accept-invitation"),
    path("preferences/", profile.preferences, name="preferences"),
    path("profile/", profile.profile, name="profile"),
    path("organisation/", organisation.own_organisations, name="organisation"),
    path("organisation/<int:organisation_id>/", organisation.organisation_page, name="organisation"),
    path("organisation/<int:organisation_id>/letterhead/", organisation.edit_letterhead, name="letterhead"),
    path("organisation/<int:organisation_id>/logo/", organisation.set_logo, name="logo-set"),
    path("organisation/<int:organisation_id>/logo.png", organisation.logo, name="logo"),
    path("organisation/<int:organisation_id>/invite/", organisation.invite, name="invite"),
    path("invitations/<int:invitation_id>/withdraw/", organisation.withdraw_invitation, name="withdraw-invitation"),
    path("memberships/<int:membership_id>/end/", organisation.end_membership, name="end-membership"),
]
