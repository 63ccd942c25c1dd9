"""Coming in, going out, and passwords."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ethicsreview.accounts import actions
from ethicsreview.accounts.forms import NewPasswordForm, OwnPasswordForm, PasswordLinkForm, SignInForm
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import SignedInRequest


class SignInView(views.LoginView):
    """Mail address and password; goes on to ``next`` on this site alone."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOutView(views.LogoutView):
    """Ends the session; by POST alone, so that a link elsewhere cannot do it."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def password_reset(request: HttpRequest) -> HttpResponse:
    """Asks for the mail address; the answer is the same whether or not there is an account."""
    form = PasswordLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_password_link(form.cleaned_data["email"], now=timezone.now())
        return redirect("accounts:password-reset-sent")
    return render(request, "accounts/password_reset.html", {"form": form})


@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """Says what happens now."""
    return render(request, "accounts/password_reset_sent.html")


@method_decorator(never_cache, name="dispatch")
class PasswordResetConfirmView(views.PasswordResetConfirmView):
    """The page behind a mailed link; the token moves to the session, so that the address does not carry it on."""

    form_class = NewPasswordForm
    template_name = "accounts/password_reset_confirm.html"

    def get_user(self, uidb64: str) -> User | None:
        """The person of the link, unless the account is closed."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Sets the password by the action; the token has then served."""
        password = form.cleaned_data["new_password1"]
        actions.change_password(form.user.pk, password=password, actor=form.user, now=timezone.now())
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("Your new password is set. Please sign in with it."))
        return redirect("accounts:sign-in")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def password_change(request: SignedInRequest) -> HttpResponse:
    """Changes one's own password; other sessions of the person end, this one stays."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        user = actions.change_password(request.user.pk, password=password, actor=request.user, now=timezone.now())
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:profile")
    return render(request, "accounts/password_change.html", {"form": form})
