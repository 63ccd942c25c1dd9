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


def test_each_body_has_an_example_and_words_for_each_field(schema: dict[str, Any]) -> None:
    plain = []
    for one in told(schema):
        for kind, content in one.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json" and "examples" not in content:
                plain.append(one["operationId"])
    assert plain == []
