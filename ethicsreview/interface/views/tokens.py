"""A person's tokens, and an organisation's."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ethicsreview.accounts.domain import Refused
from ethicsreview.accounts.queries import SignedInRequest, may_manage
from ethicsreview.accounts.wording import sentences
from ethicsreview.interface.actions import make_organisation_token, make_token, revoke_token
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.forms import OrganisationTokenForm, TokenForm
from ethicsreview.interface.models import Token
from ethicsreview.interface.queries import revocable_by, tokens_of, tokens_of_organisation
from ethicsreview.interface.views.doors import kept_organisation, told
from ethicsreview.interface.wording import SCOPES


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_tokens(request: SignedInRequest) -> HttpResponse:
    """A person's tokens; a new one's secret is shown in the answer to its making and never again."""

    def form(data: Any = None) -> TokenForm:
        return TokenForm(data, today=timezone.localdate())

    def make(values: dict[str, Any]) -> tuple[Token, str]:
        return make_token(**values, actor=request.user, now=timezone.now())

    return _page(request, form, make, lambda: tokens_of(request.user), {"organisation": None})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def organisation_tokens(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """An organisation's tokens, for those who keep its page."""
    organisation = kept_organisation(request, organisation_id)

    def form(data: Any = None) -> OrganisationTokenForm:
        return OrganisationTokenForm(data, today=timezone.localdate(), organisation=organisation)

    def make(values: dict[str, Any]) -> tuple[Token, str]:
        return make_organisation_token(organisation_id, **values, actor=request.user, now=timezone.now())

    return _page(request, form, make, lambda: tokens_of_organisation(organisation), told(request, organisation))


@require_POST
@login_required
def token_revoke(request: SignedInRequest, token_id: int) -> HttpResponse:
    """Closes the door for one token, at once."""
    token = get_object_or_404(revocable_by(request.user, timezone.localdate()), pk=token_id)
    revoke_token(token_id, actor=request.user, now=timezone.now())
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    if token.organisation_id is not None and may_manage(request.user, token.organisation_id, timezone.localdate()):
        return redirect("interface:organisation-tokens", token.organisation_id)
    return redirect("interface:tokens")


def _page(
    request: HttpRequest,
    fresh: Callable[..., TokenForm],
    make: Callable[[dict[str, Any]], tuple[Token, str]],
    tokens: Callable[[], QuerySet[Token]],
    about: dict[str, Any],
) -> HttpResponse:
    """The list with the form, or what a sent form led to; never kept by anybody, for the secret stands in it."""
    form, made, code = fresh(request.POST or None), None, 200
    if request.method == "POST":
        made, code = _made(form, make)
    page = {**about, "form": fresh() if made else form, "made": made, "rows": _rows(tokens())}
    response = render(request, "interface/tokens.html", page, status=code)
    response["Cache-Control"] = "private, no-store"
    return response


def _made(
    form: TokenForm, make: Callable[[dict[str, Any]], tuple[Token, str]]
) -> tuple[tuple[Token, str] | None, int]:
    if not form.is_valid():
        return None, 422
    try:
        return make(form.values()), 201
    except Refused as refused:
        form.add_error("name", sentences(refused.problems))
        return None, 409


def _rows(tokens: QuerySet[Token]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "token": token,
            "scopes": [SCOPES[Scope(scope)] for scope in token.scopes],
            "running": token.revoked_at is None and token.expires_at > now,
        }
        for token in tokens
    ]
