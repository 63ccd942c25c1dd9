"""Calls that are made twice, or two at once: done once, told alike, and recorded with their token."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from ethicsreview.audit.steps import Origin, coming_by
from ethicsreview.interface.actions import begin_call, forget_call, keep_answer, note_change
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from ethicsreview.interface.domain.versions import good_key
from ethicsreview.interface.models import Call, Token

Data = dict[str, Any]


def once(request: Request, work: Callable[[], Response], *, keeps: bool = True) -> Response:
    """Do the work under the caller's token; with an Idempotency-Key at most once, and again the same answer.

    What changed nothing leaves the key free. A change whose answer was lost with its process is told as such, and so
    is one whose answer is not to be kept.
    """
    token = request.auth
    if not isinstance(token, Token):
        return work()
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with attributed(request):
            return work()
    if not good_key(key):
        raise Stop(Kind.BAD_INPUT, faults=(Fault("Idempotency-Key", _("1 to 200 visible ASCII characters.")),))
    call = begin_call(token, key=key, fingerprint=_fingerprint(request), now=timezone.now())
    with _alone(call) as free:
        earlier = _earlier(call, request, free=free)
        return _first(call, token, work, keeps=keeps) if earlier is None else earlier


def _first(call: Call, token: Token, work: Callable[[], Response], *, keeps: bool) -> Response:
    try:
        with coming_by(Origin(_via(token), lambda: note_change(call))):
            response = work()
    except Exception:
        forget_call(call)
        raise
    if not keeps:
        return response
    body = json.dumps(response.data, cls=JSONEncoder, ensure_ascii=False)
    headers = {name: str(response[name]) for name in ("ETag", "Location") if response.has_header(name)}
    keep_answer(call, status=response.status_code, headers=headers, body=body)
    return response


def _earlier(call: Call, request: Request, *, free: bool) -> Response | None:
    """What the first call with this key was answered; None where it changed nothing and may be made anew."""
    try:
        call.refresh_from_db()
    except Call.DoesNotExist as forgotten:  # it changed nothing and has just given the key back
        raise Stop(Kind.IN_PROGRESS) from forgotten
    if call.fingerprint != _fingerprint(request):
        raise Stop(Kind.KEY_REUSED)
    if call.status is not None:
        data = json.loads(call.body)
        return Response(data, status=call.status, headers={**call.headers, "Idempotent-Replayed": "true"})
    if not free:
        raise Stop(Kind.IN_PROGRESS)
    if call.changed:
        raise Stop(Kind.ALREADY_DONE)
    return None


@contextmanager
def _alone(call: Call) -> Iterator[bool]:
    """Whether nobody else answers this call; holds it until the answer is kept. Freed by the database when we die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"call:{call.pk}"])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            _unlock(f"call:{call.pk}")


@contextmanager
def held(request: Request, address: Data) -> Iterator[bool]:
    """Calls with If-Match for one address go one after the other, so that of two with one mark the second is told.

    Whether this is such a call: what was read before it is to be read again.
    """
    if "If-Match" not in request.headers:
        yield False
        return
    name = "match:" + json.dumps(address, sort_keys=True, default=str)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield True
    finally:
        _unlock(name)


def _unlock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


@contextmanager
def attributed(request: Request) -> Iterator[None]:
    """Every event recorded inside names the token and its person."""
    if not isinstance(request.auth, Token):
        yield
        return
    with coming_by(Origin(_via(request.auth), lambda: None)):
        yield


def _via(token: Token) -> Data:
    return {"token": token.pk, "person": token.made_by_id}


def _fingerprint(request: Request) -> str:
    """A keyed digest of method, path and what was sent, passwords too; of a form its fields and its files."""
    told = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type and request.content_type.startswith("multipart/"):
        form: Any = request.data
        for name, values in sorted(form.lists()):
            for value in values:
                told.update(f"{name}\n".encode())
                _add(told, value)
    else:
        told.update(json.dumps(request.data, sort_keys=True, default=str).encode())
    return salted_hmac("interface.call", told.digest(), algorithm="sha256").hexdigest()


def _add(told: Any, value: Any) -> None:
    """One value of a form, a file by its bytes."""
    if not hasattr(value, "chunks"):
        told.update(str(value).encode())
        return
    for chunk in value.chunks():
        told.update(chunk)
    value.seek(0)
