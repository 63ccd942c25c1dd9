"""Reading who people are."""

from typing import Any

from django.http import HttpRequest


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name failed sign-ins are counted under: one person is one counter, however the address is spelt."""
    name = (credentials or request.POST).get("username") or ""
    return str(name).strip().lower()
