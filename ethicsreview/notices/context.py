"""What every page of a signed-in person knows of the notices."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ethicsreview.notices.queries import unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """``unread_notices``: how many wait, at most 100; counted when a page first shows it, never for visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user.pk))}
