"""What no page is asked."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response

from ethicsreview.interface.api.unreadable import UnreadableDoor

TO_PROGRAMS = UnreadableDoor.as_view()


class AddressMiddleware:
    """Answers 400 to an address with a NUL character in it, which PostgreSQL can neither keep nor look for.

    Search, filters and the back office take the query as it comes; a form names the field such a character stands in.
    Programs are answered as they are everywhere below their door.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = (text for key, values in request.GET.lists() for text in (key, *values))
        if any("\0" in str(text) for text in (request.path_info, *asked)):
            if not request.path_info.startswith("/api/"):
                raise BadRequest("NUL in the address")
            answer: Response = TO_PROGRAMS(request)
            answer.render()
            return answer
        return self.get_response(request)
