"""What every template knows of the reader."""

from django.http import HttpRequest

from ethicsreview.accounts.domain import Theme


def preferences(request: HttpRequest) -> dict[str, str]:
    """``theme`` of the reader: auto, light or dark."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return {"theme": user.theme}
    chosen = request.COOKIES.get("theme", "")
    return {"theme": chosen if chosen in set(Theme) else Theme.AUTO.value}
