"""Responses with a file in them. No address leads here: the owner of the reference checks the reader, then calls."""

from typing import TypeVar

from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import CannotShow, open_version, page_count, page_image

Response = TypeVar("Response", bound=HttpResponseBase)
NOTHING_RUNS = "default-src 'none'; sandbox"


def attachment_response(version: FileVersion) -> FileResponse:
    """The file as it was sent, to be saved, never to be opened in our origin. Raises ``FileLost``."""
    response = FileResponse(
        open_version(version), as_attachment=True, filename=version.name, content_type=version.content_type
    )
    response["ETag"] = f'"{version.sha256}"'
    response["Cache-Control"] = "private, no-store"
    return _sealed(response)


def made_response(file: File[bytes], *, name: str, content_type: str, sha256: str) -> FileResponse:
    """A file that was made here, see ``open_made``, to be saved."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, no-store"
    return _sealed(response)


def page_response(request: HttpRequest, version: FileVersion, page: int) -> HttpResponseBase:
    """Page ``page`` as a picture; an unchanged one is answered 304, after the caller's check of the reader.

    A page that does not exist or cannot be drawn is a 404. Raises ``FileLost``.
    """
    if not 1 <= page <= page_count(version):
        raise Http404
    etag = f'"{version.sha256}-{page}"'
    response = get_conditional_response(request, etag=etag) or _drawn(version, page)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return _sealed(response)


def _drawn(version: FileVersion, page: int) -> HttpResponse:
    try:
        return HttpResponse(page_image(version, page), content_type="image/png")
    except CannotShow:
        raise Http404 from None


def _sealed(response: Response) -> Response:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
