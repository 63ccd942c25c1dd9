"""Asking an address as somebody, without a trace; and what the answer says of who may."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.callers import Caller
from tests.permissions.addresses import Address
from tests.permissions.worlds import World

SIGN_IN = "/accounts/sign-in/"
ANEW = re.compile(rb"[A-Za-z0-9]{64}|nonce-[^']+|nonce=\"[^\"]+\"")  # tokens against forgery, nonces
CHANGING = {"Content-Length", "Content-Security-Policy", "Set-Cookie"}


class Asker:
    """One role of a world."""

    def __init__(self, world: World, role: str, now: Any) -> None:
        user, self.secret = world.people[role], world.secrets.get(role, "")
        self.has_pages, self.client = not self.secret, Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        if user is not None:
            self.client.force_login(user)
            self.headers = Caller(user, now).headers

    def ask(self, address: Address, url: str) -> Any:
        """The answer; whatever it changed is as it was."""
        cookies = {name: one.value for name, one in self.client.cookies.items()}
        with undone():
            answer = self._answer(address, url)
        self.client.cookies.clear()
        self.client.cookies.load(cookies)
        return answer

    def _answer(self, address: Address, url: str) -> Any:
        if address.is_api:
            return closed(self.client.generic(address.method, url, "", "application/json", headers=self.headers))
        answer = closed(self.client.get(url))
        return answer if answer.status_code != 405 else closed(self.client.post(url))

    def told(self, address: Address, url: str) -> tuple[Any, int]:
        """The answer as it can be compared, and how many statements it took."""
        with CaptureQueriesContext(connection) as seen:
            answer = self.ask(address, url)
        return told(answer, url), len(seen)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside never did: a savepoint, for actions want to be outermost but for a test's transaction."""
    place = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(place)


def closed(answer: Any) -> Any:
    """The answer with its file, if it has one, read to its end, which closes it."""
    if answer.streaming:
        answer.getvalue()
    return answer


def mark_of(answer: Any) -> str:
    """The mark of the table."""
    code = answer.status_code
    if code == 401 or (code == 302 and answer["Location"].startswith(SIGN_IN)):
        return "/"
    known = {302: ">", 304: "+", 403: "-", 404: ".", 409: "!", 400: "?", 413: "?", 415: "?", 422: "?", 503: "+"}
    return "+" if 200 <= code < 300 else known.get(code, "X")


def told(answer: Any, url: str) -> tuple[int, dict[str, str], bytes]:
    """An answer without what differs from one time to the next, and without its own address."""
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    return answer.status_code, headers, ANEW.sub(b"", answer.content.replace(url.encode(), b""))
