"""Doors at their addresses: which methods each answers, and their entries in the schema."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from ethicsreview.interface.api.doors import Deed, Door, FileDoor, ManyDoor, ThingDoor
from ethicsreview.interface.serializers import Nothing


@dataclass(frozen=True)
class Reading:
    """How a door's GET is named in the schema."""

    name: str
    summary: str
    description: str = ""


def address(route: str, door: type[Door], *, get: Reading | None = None, **deeds: Deed) -> URLPattern:
    """One address: its door reads with GET where ``get`` is given; ``deeds`` are keyed by method (post, put, …)."""
    handlers: dict[str, Any] = {}
    if get is not None:
        handlers["get"] = _reading(door, get)
    for method, deed in deeds.items():
        handlers[method] = _doing(door, deed)
    if any(deed.files for deed in deeds.values()):
        handlers["parser_classes"] = [MultiPartParser]
    name = f"api-{get.name if get else next(iter(deeds.values())).name}"
    made = type(door.__name__, (door,), {"__doc__": door.__doc__, "__module__": door.__module__, **handlers})
    return path(route, made.as_view(), name=name)  # type: ignore[attr-defined]  # made from a door


def _reading(door: type[Door], given: Reading) -> Any:
    if issubclass(door, ManyDoor):

        def handler(self: Any, request: Request, **where: Any) -> Any:
            return self.page(request, **where)

        answers: Any = door.shape(many=True)
    else:

        def handler(self: Any, request: Request, **where: Any) -> Any:
            return self.show(request, **where)

        answers = OpenApiTypes.BINARY if issubclass(door, FileDoor) else door.shape  # type: ignore[attr-defined]
    if issubclass(door, FileDoor):
        answers = {(200, media): OpenApiTypes.BINARY for media in door.media}
    extend = extend_schema(
        operation_id=given.name,
        summary=given.summary,
        description=given.description or given.summary,
        parameters=_filters(door),
        responses=answers,
    )
    return extend(handler)


def _doing(door: type[Any], deed: Deed) -> Any:
    def handler(self: Any, request: Request, **where: Any) -> Any:
        return self.do(deed, request, **where)

    responses: dict[int, Any] = {201 if deed.created else 200: deed.gives or door.shape}
    if issubclass(door, ThingDoor) and deed.gives is None:
        responses[204] = OpenApiResponse(description="Done, and no longer yours to see.")
    body: Any = {"multipart/form-data": deed.takes} if deed.files else {"application/json": deed.takes}
    examples = [OpenApiExample(deed.name, value=deed.example, request_only=True)] if deed.example else None
    extend = extend_schema(
        operation_id=deed.name,
        summary=deed.summary,
        description=deed.description or deed.summary,
        request=None if deed.takes is Nothing else body,
        responses=responses,
        examples=examples,
    )
    return extend(handler)


def _filters(door: type[Door]) -> list[OpenApiParameter]:
    filters = door.filters if issubclass(door, ManyDoor) else None
    if filters is None:
        return []
    return [_filter(name, one) for name, one in filters.base_filters.items()]


def _filter(name: str, one: Any) -> OpenApiParameter:
    choices = one.extra.get("choices")
    kinds: tuple[tuple[type, Any], ...] = (
        (django_filters.BooleanFilter, OpenApiTypes.BOOL),
        (django_filters.NumberFilter, OpenApiTypes.INT),
        (django_filters.DateFilter, OpenApiTypes.DATE),
        (django_filters.IsoDateTimeFilter, OpenApiTypes.DATETIME),
    )
    kind = next((schema for shape, schema in kinds if isinstance(one, shape)), OpenApiTypes.STR)
    several = isinstance(one, django_filters.MultipleChoiceFilter)
    return OpenApiParameter(
        name,
        kind,
        many=several,
        enum=[str(value) for value, _ in choices] if choices and not callable(choices) else None,
        description=str(one.extra.get("help_text") or one.label or ""),
    )
