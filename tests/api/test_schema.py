"""The schema of the interface is complete, valid OpenAPI 3.1, and changes only where somebody says so."""

import json
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema

from ethicsreview.interface.queries import described

KEPT = Path(__file__).resolve().parents[2] / "fixtures" / "interface" / "openapi.v1.json"
ANNOUNCE = "manage.py spectacular --format openapi-json --file fixtures/interface/openapi.v1.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """As it is served."""
    found: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(described()))
    return found


def test_schema_is_the_one_that_was_announced(schema: dict[str, Any]) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    changed = [
        path for path in {*schema["paths"], *kept["paths"]} if schema["paths"].get(path) != kept["paths"].get(path)
    ]
    assert changed == [], f"announce the change: {ANNOUNCE}"
    assert schema == kept, f"announce the change: {ANNOUNCE}"


def test_schema_is_valid(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.1"
    validate_schema(schema)


def told(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for item in schema["paths"].values() for one in item.values()]


def test_each_operation_says_what_it_does(schema: dict[str, Any]) -> None:
    names = [one["operationId"] for one in told(schema)]
    assert len(names) == len(set(names))
    assert [one["operationId"] for one in told(schema) if not one.get("summary") or not one.get("description")] == []


def test_each_body_has_an_example(schema: dict[str, Any]) -> None:
    plain = [
        one["operationId"]
        for one in told(schema)
        for kind, content in one.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and "examples" not in content
    ]
    assert plain == []


def part(schema: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """A parameter or a shape itself, where it is referred to."""
    found = schema
    for step in one["$ref"].split("/")[1:] if "$ref" in one else ():
        found = found[step]
    return found if "$ref" in one else one


def test_each_parameter_is_explained(schema: dict[str, Any]) -> None:
    parameters = [
        (one["operationId"], part(schema, parameter)) for one in told(schema) for parameter in one["parameters"]
    ]
    assert len(parameters) > 500
    assert [(name, one["name"]) for name, one in parameters if not one.get("description")] == []


def without_words(schema: dict[str, Any], shape: dict[str, Any], place: str) -> list[str]:
    """The fields of a shape that say nothing, and those of the shapes inside it."""
    found = []
    for name, given in part(schema, shape).get("properties", {}).items():
        inner = [given, given.get("items", {}), *given.get("allOf", []), *given.get("oneOf", [])]
        shapes = [one for one in inner if part(schema, one).get("properties")]
        if not given.get("description") and not shapes:
            found.append(f"{place}/{name}")
        for one in shapes:
            found += without_words(schema, one, f"{place}/{name}")
    return found


def test_each_field_of_a_body_is_explained(schema: dict[str, Any]) -> None:
    bodies = [
        (one["operationId"], content["schema"])
        for one in told(schema)
        for content in one.get("requestBody", {}).get("content", {}).values()
    ]
    assert len(bodies) > 80
    assert [place for name, body in bodies for place in without_words(schema, body, name)] == []
