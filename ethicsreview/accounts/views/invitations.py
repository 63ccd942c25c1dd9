"""The page behind a mailed invitation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ethicsreview.accounts import actions
from ethicsreview.accounts.domain import MemberRole, Problem, Refused
from ethicsreview.accounts.forms import AcceptForm, ConfirmForm
from ethicsreview.accounts.models import Invitation, User
from ethicsreview.accounts.queries import offered
from ethicsreview.accounts.wording import ROLES, sentences

BACKEND = "ethicsreview.accounts.middleware.PersonBackend"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the offer and takes it up; a link that does not hold says why."""
    actor = request.user if isinstance(request.user, User) else None
    try:
        invitation, person = offered(token, actor=actor, now=timezone.now())
        form = _form(request, invitation, person)
        if request.method == "POST" and form.is_valid():
            return _take_up(request, token, form, person)
    except Refused as refusal:
        return _refused(request, refusal)
    values = {
        "form": form,
        "invitation": invitation,
        "organisation": invitation.organisation.name_in(request.LANGUAGE_CODE),
        "inviter": invitation.invited_by.name_in(request.LANGUAGE_CODE),
        "role": ROLES[MemberRole(invitation.role)],
    }
    return render(request, "accounts/accept_invitation.html", values)


def _form(request: HttpRequest, invitation: Invitation, person: User | None) -> AcceptForm | ConfirmForm:
    posted = request.POST if request.method == "POST" else None
    if person is not None:
        return ConfirmForm(posted)
    newcomer = User(email=invitation.email, name=invitation.name)
    return AcceptForm(newcomer, posted, initial={"name": invitation.name})


def _take_up(request: HttpRequest, token: str, form: AcceptForm | ConfirmForm, person: User | None) -> HttpResponse:
    given: dict[str, Any] = {}
    if person is None:
        filled = form.cleaned_data
        given = {"name": filled["name"], "name_zh": filled["name_zh"], "password": filled["new_password1"]}
    membership = actions.accept_invitation(token, actor=person, now=timezone.now(), **given)
    if person is None:
        login(request, membership.user, backend=BACKEND)
    messages.success(request, _("Welcome. Your role is yours from today on."))
    return redirect("portal:home")


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    values = {
        "sentences": sentences(refusal.problems),
        "sign_in_first": Problem.SIGN_IN_FIRST in refusal.problems,
        "foreign": Problem.INVITATION_FOREIGN in refusal.problems,
        "here": request.path,
    }
    status = 404 if Problem.INVITATION_UNKNOWN in refusal.problems else 409
    status = 200 if Problem.SIGN_IN_FIRST in refusal.problems else status
    return render(request, "accounts/invitation_refused.html", values, status=status)
