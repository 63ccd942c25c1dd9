"""Calling the door for programs as somebody."""

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client

from ethicsreview.accounts.models import User
from ethicsreview.interface.actions import make_token
from ethicsreview.interface.domain.tokens import Scope

ALL = tuple(Scope)
NUMBERS = count(1)


class Caller:
    """A program with somebody's token; answers are Django test responses with ``json()``."""

    def __init__(
        self, user: User | None, now: datetime, scopes: tuple[Scope, ...] = ALL, language: str = "en"
    ) -> None:
        self.client = Client()
        self.headers = {"Accept-Language": language}
        if user is not None:
            term = now + timedelta(days=30)
            self.token, self.secret = make_token(
                name=f"test {next(NUMBERS)}", scopes=scopes, expires_at=term, actor=user, now=now
            )
            self.headers["Authorization"] = f"Bearer {self.secret}"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        """GET below /api/v1/; headers by their names with underscores, ``if_match`` for If-Match."""
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers(headers))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Any other method with a JSON body."""
        content = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/api/v1/{path}", content, "application/json", headers=self._headers(headers)
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST with a JSON body."""
        return self.call("POST", path, body, **headers)

    def send(self, path: str, form: dict[str, Any], **headers: str) -> Any:
        """POST of a multipart form with files."""
        return self.client.post(f"/api/v1/{path}", form, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): value for name, value in more.items()}
