"""One page of a file as a picture, with the way to its neighbours: the pane beside a rating form."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response, page_response


@dataclass(frozen=True)
class Leaf:
    """What ``_file_pages.html`` shows; ``image`` is empty where the file can only be downloaded."""

    name: str
    pages: int
    page: int
    image: str
    download: str
    before: str
    after: str


def leaf_of(
    *, name: str, pages: int, page: int, image: Callable[[int], str], view: Callable[[int], str], download: str
) -> Leaf:
    """The page asked for, or the nearest there is; ``image`` and ``view`` are the addresses of picture and pane."""
    shown = min(max(page, 1), max(pages, 1))
    return Leaf(
        name=name,
        pages=pages,
        page=shown,
        image=image(shown) if pages else "",
        download=download,
        before=view(shown - 1) if shown > 1 else "",
        after=view(shown + 1) if shown < pages else "",
    )


def whole(text: str) -> int | None:
    """A number of a query string; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def page_picture(request: HttpRequest, version: FileVersion, page: int) -> HttpResponseBase:
    """One page as a picture, or the words that the bytes are gone. Who may see it is settled before."""
    try:
        return page_response(request, version, page)
    except FileLost:
        return _lost(request, version)


def download(request: HttpRequest, version: FileVersion) -> HttpResponseBase:
    """The file as it was sent, or the words that the bytes are gone. Who may have it is settled before."""
    try:
        return attachment_response(version)
    except FileLost:
        return _lost(request, version)


def _lost(request: HttpRequest, version: FileVersion) -> HttpResponse:
    """The bytes are gone from the store: the operator can bring them back, and the page says so."""
    return render(request, "workflows/file_lost.html", {"version": version}, status=503)
