"""Who calls: a token, its person, and how often."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import client_address
from ethicsreview.interface.actions import note_use
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half, scope_for
from ethicsreview.interface.models import Token
from ethicsreview.interface.queries import token_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``; a call without the header is nobody's."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        word, _, spelt = request.headers.get("Authorization", "").partition(" ")
        if not word:
            return None
        now = timezone.now()
        token = token_of(spelt.strip(), now=now) if word.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed
        note_use(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="ethicsreview"'


class Covered(BasePermission):
    """The token has the scope of this door's half; public doors ask for none."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(view, "public", False):
            return True
        if not isinstance(request.auth, Token):
            return False
        if not getattr(view, "scoped", True):
            return True
        half: Half = view.half  # type: ignore[attr-defined]  # every door of ours names its half
        scope = scope_for(half, writes=request.method not in SAFE)
        if scope.value not in request.auth.scopes:
            raise Stop(Kind.SCOPE_MISSING, extra={"scope": scope.value})
        return True


class CallRate(SimpleRateThrottle):
    """Calls a minute of one token; of one address where no token is shown."""

    scope = "call"

    def get_rate(self) -> str:
        return str(settings.API_CALLS)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        caller: Any = request.auth.pk if isinstance(request.auth, Token) else client_address(request._request)
        return f"interface:calls:{type(request.auth).__name__}:{caller}"
