"""What a deed takes is explained field by field, and its example is one it takes."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from rest_framework.serializers import BaseSerializer, FileField, ListField

import assessments.api
import ethicsreview.interface.api
import workflows.api
from ethicsreview.interface.api.doors import Deed
from ethicsreview.interface.queries import described
from ethicsreview.interface.serializers import Nothing

ROOMS = (assessments.api, ethicsreview.interface.api, workflows.api)


def every_deed() -> Iterator[Deed]:
    """Every deed that a module of a door's package makes."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = import_module(found.name)
            yield from (deed for deed in vars(module).values() if isinstance(deed, Deed))


DEEDS = [*{id(deed): deed for deed in every_deed()}.values()]
TAKING = [deed for deed in DEEDS if deed.takes is not Nothing]


def named(deed: Deed) -> str:
    return deed.name


def unexplained(field: Any, name: str) -> Iterator[str]:
    """The fields without a word, those inside others too."""
    inner = getattr(field, "child", None)
    if not field.help_text and not isinstance(field, BaseSerializer):
        yield name
    if isinstance(inner, BaseSerializer | ListField):
        yield from unexplained(inner, f"{name}[]")
    for key, one in getattr(field, "fields", {}).items():
        yield from unexplained(one, f"{name}/{key}")


def test_the_deeds_are_those_of_the_schema() -> None:
    """One that stands in no package above, or has no address, is noticed."""
    operations = [(method, one) for item in described()["paths"].values() for method, one in item.items()]
    writing = sorted(one["operationId"] for method, one in operations if method != "get")
    assert sorted(deed.name for deed in DEEDS) == writing
    assert len(writing) > 128


@pytest.mark.parametrize("deed", TAKING, ids=named)
def test_every_field_is_explained(deed: Deed) -> None:
    assert [*unexplained(deed.takes(), "")] == []


@pytest.mark.parametrize("deed", TAKING, ids=named)
def test_example_is_one_it_takes(deed: Deed) -> None:
    """A form with a file has its file beside the example."""
    if deed.files:
        sent = [getattr(field, "child", field) for field in deed.takes().fields.values()]
        assert any(isinstance(field, FileField) for field in sent)
        return
    body = deed.takes(data=deed.example)
    assert body.is_valid(), body.errors
