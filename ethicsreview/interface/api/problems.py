"""Errors as problem details (RFC 9457), in the caller's language."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ethicsreview.interface.domain.problems import STATUS, Fault, Kind, Stop
from ethicsreview.interface.wording import MEANINGS, TITLES

MEDIA_TYPE = "application/problem+json"
KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (exceptions.ParseError, Kind.BAD_REQUEST),
    (exceptions.NotAuthenticated, Kind.NOT_SIGNED_IN),
    (exceptions.AuthenticationFailed, Kind.NOT_SIGNED_IN),
    (exceptions.PermissionDenied, Kind.NOT_ALLOWED),
    (PermissionDenied, Kind.NOT_ALLOWED),
    (exceptions.NotFound, Kind.NOT_FOUND),
    (Http404, Kind.NOT_FOUND),
    (exceptions.MethodNotAllowed, Kind.NO_SUCH_METHOD),
    (exceptions.NotAcceptable, Kind.NOT_ACCEPTABLE),
    (exceptions.UnsupportedMediaType, Kind.MEDIA_TYPE),
    (exceptions.Throttled, Kind.TOO_MANY),
    (SuspiciousOperation, Kind.TOO_LARGE),  # Django's own limits on bodies and their fields
)


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """What REST framework asks for an exception; None lets an unknown one become a logged 500."""
    stop = error if isinstance(error, Stop) else _stop(error)
    if stop is None:
        return None
    set_rollback()
    return problem(stop, context["request"].path, headers=_headers(error))


def problem(stop: Stop, instance: str, *, headers: dict[str, str] | None = None) -> Response:
    """The answer to a call that ends in ``stop``."""
    data: dict[str, Any] = {
        "type": f"{reverse('interface:docs')}#problem-{stop.kind.value}",
        "title": str(TITLES[stop.kind]),
        "status": stop.status,
        "detail": stop.detail or str(MEANINGS[stop.kind]),
        "instance": instance,
        **stop.extra,
    }
    if stop.kind is Kind.REFUSED:
        data["missing"] = [asdict(one) for one in stop.missing]
    if stop.kind is Kind.BAD_INPUT:
        data["faults"] = [asdict(one) for one in stop.faults]
    return Response(data, status=stop.status, headers=headers, content_type=MEDIA_TYPE)


def _stop(error: Exception) -> Stop | None:
    if isinstance(error, exceptions.ValidationError):
        return Stop(Kind.BAD_INPUT, faults=tuple(faults_of(error.detail)))
    return next((Stop(kind, status=_status(kind)) for shape, kind in KINDS if isinstance(error, shape)), None)


def _status(kind: Kind) -> int:
    return STATUS[kind]


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def faults_of(detail: Any, pointer: str = "") -> Iterator[Fault]:
    """REST framework's nested errors as pointers and sentences."""
    if isinstance(detail, dict):
        for key, part in detail.items():
            yield from faults_of(part, pointer if key == "non_field_errors" else f"{pointer}/{_escaped(str(key))}")
        return
    parts = detail if isinstance(detail, list) else [detail]
    for position, part in enumerate(parts):
        if isinstance(part, dict | list):
            yield from faults_of(part, f"{pointer}/{position}")
        else:
            yield Fault(pointer, str(part))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
