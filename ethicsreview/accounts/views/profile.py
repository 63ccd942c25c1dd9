"""A person's own page, and the preferences of anybody."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ethicsreview.accounts import actions
from ethicsreview.accounts.domain import MemberRole, Theme
from ethicsreview.accounts.forms import PreferencesForm, ProfileForm
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import SignedInRequest, current_memberships
from ethicsreview.accounts.wording import ROLES

YEAR = 365 * 24 * 60 * 60  # seconds a visitor's choice is kept


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, roles, language and colours."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "name_zh": user.name_zh})
    if request.method == "POST" and form.is_valid():
        actions.edit_profile(**form.cleaned_data, actor=user, now=timezone.now())
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    language = request.LANGUAGE_CODE
    memberships = [
        (held, held.organisation.name_in(language), ROLES[MemberRole(held.role)])
        for held in current_memberships(user, timezone.localdate())
    ]
    preferences = PreferencesForm(initial={"language": user.language, "theme": user.theme}, auto_id="preference_%s")
    values = {"form": form, "memberships": memberships, "preferences_form": preferences}
    return render(request, "accounts/profile.html", values)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps language and colours: with the account of a person, in a cookie for a visitor."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
    if isinstance(request.user, User):
        chosen = Theme(theme) if theme else None
        actions.set_preferences(language=language or None, theme=chosen, actor=request.user, now=timezone.now())
    response = redirect(_back(request))
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), ("theme", theme)):
        if value:
            response.set_cookie(name, value, YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    """The page of this site the choice was made on, by its path: a bare word would be taken for a view's name."""
    there = request.POST.get("next", "")
    here = {request.get_host()}
    if there.startswith("/") and url_has_allowed_host_and_scheme(
        there, allowed_hosts=here, require_https=request.is_secure()
    ):
        return there
    return "/"
