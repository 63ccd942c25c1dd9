"""What no page is asked."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class AddressMiddleware:
    """Answers 400 to an address with a NUL character in it, which PostgreSQL can neither keep nor look for.

    Search, filters and the back office take the query as it comes; a form names the field such a character stands in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = (text for key, values in request.GET.lists() for text in (key, *values))
        if any("\0" in str(text) for text in (request.path_info, *asked)):
            raise BadRequest("NUL in the address")
        return self.get_response(request)
