"""The doors programs go through: one thing, many things, and the deeds done to them.

A door is fetch-and-authorise, shape, one call into an action, answer. What one may not see answers exactly like what
does not exist; a refused deed names each missing thing as the page does.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db import models
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.authentication import CallRate, Covered, TokenAuthentication
from ethicsreview.interface.api.paging import Pages
from ethicsreview.interface.api.repeating import attributed, held, once
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from ethicsreview.interface.domain.versions import mark, matches, tag, unchanged
from ethicsreview.interface.serializers import Nothing, chosen

Data = dict[str, Any]
JSON_MAX_BYTES = 4 * 1024 * 1024
ROOM = 64 * 1024  # bytes of a multipart form beside its file


class AlwaysJson(DefaultContentNegotiation):
    """Answers JSON, whatever a caller would like to read."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class WholeJson(JSONParser):
    """JSON whose texts are whole and whose depth has an end.

    Half a character is refused: no database holds it, and no answer could repeat it.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError) as unreadable:
            raise ParseError from unreadable
        return data


@dataclass(frozen=True)
class Deed:
    """One way to change a thing: what it takes, the one call it makes, and what it gives back.

    ``run`` gets the thing as this caller stands to it, the caller, the moment and the checked body; ``gives`` shapes
    what it returns, None gives the thing as it then stands. ``created`` answers 201. ``files`` takes a multipart form.
    ``allows`` is asked before the body is looked at: the wrong person learns nothing, not even what is wrong with it.
    The answer of a ``secret`` deed is kept nowhere: its repetition is told that it was carried out.
    """

    name: str
    summary: str
    run: Callable[[Any, User, datetime, Data], Any]
    takes: type[Serializer[Any]] = Nothing
    gives: type[Serializer[Any]] | None = None
    created: bool = False
    files: bool = False
    description: str = ""
    example: Data | None = None
    allows: Callable[[Any], bool] | None = None
    secret: bool = False


class Door(APIView):
    """What every door shares. ``half`` names the scope; ``public`` doors ask for no token,
    and any running token opens those that are not ``scoped``."""

    half: ClassVar[Half]
    public: ClassVar[bool] = False
    scoped: ClassVar[bool] = True
    tag: ClassVar[str] = ""
    authentication_classes = [TokenAuthentication]
    permission_classes = [Covered]
    throttle_classes = [CallRate]
    renderer_classes = [JSONRenderer]
    parser_classes = [WholeJson]
    content_negotiation_class = AlwaysJson
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    pagination_class: ClassVar[type[Pages] | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body nobody reads to the end before anything else is asked."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.UPLOAD_MAX_BYTES + ROOM if MultiPartParser in self.parser_classes else JSON_MAX_BYTES
        if not length.isdigit() or int(length) > limit:
            raise Stop(Kind.TOO_LARGE)
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What a token reads is kept by its holder alone, and asked for again each time."""
        if not self.public and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def caller(self) -> User:
        """The person, or the service account, behind the token."""
        assert isinstance(self.request.user, User)  # noqa: S101  Covered has asked for a token
        return self.request.user

    @property
    def language(self) -> str:
        """The language answers are worded in: ``en`` or ``zh-hans``."""
        return translation.get_language() or "en"

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        """The problem a refused action is told as; None for an exception that is none."""
        return None

    def wanted(self, known: Iterable[str]) -> list[str] | None:
        """The fields the caller chose, None for all; an unknown one is a fault."""
        given = self.request.query_params.get("fields")
        if given is None:
            return None
        names, have = [name.strip() for name in given.split(",") if name.strip()], set(known)
        unknown = [name for name in names if name not in have]
        if unknown or not names:
            raise Stop(Kind.BAD_INPUT, faults=(Fault("fields", ", ".join(unknown)),))
        return list(dict.fromkeys(names))

    def only_parameters(self, *names: str) -> None:
        """Refuse parameters nobody reads: a misspelt filter must not look like one that found everything."""
        unknown = sorted(set(self.request.query_params) - {*names, "fields"})
        if unknown:
            words = _("There is no such parameter.")
            raise Stop(Kind.BAD_INPUT, faults=tuple(Fault(name, words) for name in unknown))


class ThingDoor(Door):
    """One thing: reading it, and the deeds that answer with it."""

    shape: ClassVar[type[Serializer[Any]]]

    def open(self, **address: Any) -> Any:
        """The thing as the caller stands to it, through ``visible_to``; raises ``Http404``."""
        raise NotImplementedError

    def data(self, thing: Any) -> Data:
        """The thing's whole representation in the active language."""
        return dict(self.shape(thing, context={"door": self}).data)

    def noticed(self, thing: Any) -> None:
        """Called once for each reading of the thing, where readings are kept: the call is a good one, and waits."""

    def show(self, request: Request, **address: Any) -> Response:
        """The thing with its version as ETag; 304 where the caller holds exactly that."""
        self.only_parameters()
        thing = self.open(**address)
        answer = self.answer(thing)
        with attributed(request):
            self.noticed(thing)
        if unchanged(request.headers.get("If-None-Match", ""), str(answer["ETag"])):
            return Response(status=304, headers={"ETag": str(answer["ETag"])})
        return answer

    def answer(self, thing: Any, status: int = 200) -> Response:
        """The thing as a response with its ETag, narrowed to the chosen fields."""
        whole = self.data(thing)
        names = self.wanted(whole)
        etag = tag(self.version(thing, whole), self.language, ",".join(names or ()))
        return Response(chosen(whole, names), status=status, headers={"ETag": etag})

    def version(self, thing: Any, whole: Data | None = None) -> str:
        """The thing's version: the same in every language and for every choice of fields."""
        if whole is not None and self.language == "en":
            return mark(_plain(whole))
        with translation.override("en"):
            return mark(_plain(self.data(thing)))

    def do(self, deed: Deed, request: Request, **address: Any) -> Response:
        """Carry out one deed on the thing, once for each Idempotency-Key."""
        self.only_parameters()

        def work() -> Response:
            thing = self.open(**address)
            if not self.allows(deed, thing):
                raise Stop(Kind.NOT_ALLOWED)
            body = checked(deed, request)
            with held(request, address) as awaited:
                if awaited:  # whoever was before us may have changed it
                    thing = self.open(**address)
                    self._match(request, thing)
                result = self.run(deed, thing, body)
            return self.told(deed, result, **address)

        return once(request, work, keeps=not deed.secret)

    def allows(self, deed: Deed, thing: Any) -> bool:
        """Whether the deed may be this caller's at all; asked before the body is looked at."""
        return deed.allows is None or deed.allows(thing)

    def run(self, deed: Deed, thing: Any, body: Data) -> Any:
        """The one call into an action; a refusal becomes a problem."""
        try:
            return deed.run(thing, self.caller, timezone.now(), body)
        except Exception as error:
            stop = self.refusal(error, thing)
            if stop is None:
                raise
            raise stop from error

    def told(self, deed: Deed, result: Any, **address: Any) -> Response:
        """What a deed answers: its own result, or the thing anew; 204 where the caller may not see it any more."""
        status = 201 if deed.created else 200
        if deed.gives is not None:
            return Response(deed.gives(result, context={"door": self}).data, status=status)
        try:
            thing = self.open(**address)
        except Http404:
            return Response(status=204)
        return self.answer(thing, status)

    def _match(self, request: Request, thing: Any) -> None:
        if not matches(request.headers["If-Match"], self.version(thing)):
            raise Stop(Kind.CHANGED_MEANWHILE)


class ManyDoor(Door):
    """Many things: pages of those the caller may see, filters, and the deed that adds one."""

    shape: ClassVar[type[Serializer[Any]]]
    filters: ClassVar[type[django_filters.FilterSet] | None] = None
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    pagination_class = Pages

    def rows(self, **address: Any) -> models.QuerySet[Any]:
        """What the caller may see, through ``visible_to``, with what its shape reads joined in."""
        raise NotImplementedError

    def looked_through(self, **address: Any) -> None:
        """Called once for each page, where looking through lists is kept: the call is a good one, and waits."""

    def page(self, request: Request, **address: Any) -> Response:
        """One page of rows."""
        names = list(self.filters.base_filters) if self.filters else []
        self.only_parameters(*names, "cursor", "limit")
        rows, wanted = self.filtered(self.rows(**address)), self.wanted(self.shape().fields)
        pages = Pages()
        pages.ordering = self.ordering
        found = pages.paginate_queryset(rows, request, view=self)
        with attributed(request):
            self.looked_through(**address)
        data = [chosen(dict(one), wanted) for one in self.shape(found, many=True, context={"door": self}).data]
        return pages.get_paginated_response(data)

    def filtered(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The rows that meet every filter; a bad value is a fault of its parameter."""
        if self.filters is None:
            return rows
        asked = self.filters(self.request.query_params, queryset=rows, request=self.request)
        if not asked.is_valid():
            faults = [Fault(name, str(text)) for name, texts in asked.errors.items() for text in texts]
            raise Stop(Kind.BAD_INPUT, faults=tuple(faults))
        met: models.QuerySet[Any] = asked.qs
        return met

    def parent(self, **address: Any) -> Any:
        """The thing the rows belong to, as the caller stands to it; None at the top."""
        return None

    def do(self, deed: Deed, request: Request, **address: Any) -> Response:
        """Add one, once for each Idempotency-Key."""
        self.only_parameters()

        def work() -> Response:
            parent = self.parent(**address)
            body = checked(deed, request)
            try:
                result = deed.run(parent, self.caller, timezone.now(), body)
            except Exception as error:
                stop = self.refusal(error, parent)
                if stop is None:
                    raise
                raise stop from error
            gives = deed.gives or self.shape
            return Response(gives(result, context={"door": self}).data, status=201 if deed.created else 200)

        return once(request, work, keeps=not deed.secret)


class FileDoor(ThingDoor):
    """One file's bytes; ``send`` makes the response, of one of the types in ``media``."""

    media: ClassVar[tuple[str, ...]] = ("application/octet-stream",)

    def send(self, thing: Any) -> HttpResponse:
        """The bytes with their type and name."""
        raise NotImplementedError

    def show(self, request: Request, **address: Any) -> HttpResponse:  # type: ignore[override]  # bytes, not JSON
        self.only_parameters()
        thing = self.open(**address)
        answer = self.send(thing)
        with attributed(request):
            self.noticed(thing)
        return answer


class NowhereDoor(Door):
    """Every address below the door that nothing else answers."""

    public = True
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Stop(Kind.NOT_FOUND)


def checked(deed: Deed, request: Request) -> Data:
    """The body as the deed takes it; every wrong value is named. Raises REST framework's ``ValidationError``."""
    shape = deed.takes(data=request.data)
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


def _plain(data: Data) -> Any:
    return json.loads(json.dumps(data, cls=JSONEncoder))
