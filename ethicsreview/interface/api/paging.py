"""Cursor pages: the last is as quick as the first, and what is added meanwhile moves nothing."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from ethicsreview.interface.domain.problems import Fault, Kind, Stop


class Pages(CursorPagination):
    """Newest first unless the door says otherwise; ``limit`` rows, 50 by default and 200 at most."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    page_size_query_description = "Rows on a page, 1 to 200."
    cursor_query_description = "Where the page begins: taken from “next” or “previous” of another page."

    def get_page_size(self, request: Request) -> int | None:
        given = request.query_params.get(self.page_size_query_param, "")
        if not given:
            return self.page_size
        if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= self.max_page_size):
            raise Stop(Kind.BAD_INPUT, faults=(Fault("limit", f"1–{self.max_page_size}"),))
        return int(given)

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound as unreadable:
            raise Stop(Kind.BAD_INPUT, faults=(Fault("cursor", "?"),)) from unreadable
