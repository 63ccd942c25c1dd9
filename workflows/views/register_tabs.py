"""The way from one public register to the others, and the addresses of their pages."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MARKS = frozenset({"older", "newer"})
REGISTERS: dict[str, Promise] = {
    "workflows:register": pgettext_lazy("register", "Certificates"),
    "workflows:register-committees": pgettext_lazy("register", "Committees"),
    "workflows:register-decisions": pgettext_lazy("register", "Decisions"),
    "workflows:register-notices": pgettext_lazy("register", "Public notices"),
}


def register_tabs(current: str, **counts: int) -> list[dict[str, Any]]:
    """Every register, the current one marked; ``counts`` are keyed by the ends of their names."""
    return [
        {
            "label": label,
            "url": reverse(name),
            "current": name == current,
            "count": counts.get(name.rpartition("-")[2]),
        }
        for name, label in REGISTERS.items()
    ]


def kept_address(request: HttpRequest, leave: set[str] | frozenset[str], **more: str) -> str:
    """The page's own address with its filters, but for those left out."""
    kept = {key: value for key, value in request.GET.items() if key not in leave and value}
    words = urlencode({**kept, **more})
    return f"{request.path}?{words}" if words else request.path
