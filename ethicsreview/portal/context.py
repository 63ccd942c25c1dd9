"""The main navigation, by what a person is."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ENTRIES = (
    ("portal:home", _("Home")),
    ("workflows:case-list", _("Cases")),
    ("workflows:meeting-list", _("Meetings")),
    ("workflows:committee-list", _("Committees")),
    ("assessments:list", _("Maturity")),
    ("workflows:verification-list", _("Verifications")),
    ("workflows:register", _("Register")),
    ("documents:verify", _("Verify a document")),
)

OVERSIGHT = ("portal:regulator", pgettext_lazy("navigation", "Oversight"))  # for regulators, before the registers


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``navigation`` of a signed-in person; visitors find the verification page in the footer."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    entries = (*ENTRIES[:-2], OVERSIGHT, *ENTRIES[-2:]) if user.regulates else ENTRIES
    return {"navigation": [_entry(request, name, label) for name, label in entries]}


def _entry(request: HttpRequest, name: str, label: Any) -> dict[str, Any]:
    url = reverse(name)
    here = request.path == url if url == reverse("portal:home") else request.path.startswith(url)
    return {"url": url, "label": label, "current": here}
