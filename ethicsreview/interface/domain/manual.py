"""The schema as a manual for people: chapters of operations with their parameters, bodies and answers."""

import json
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
DEPTH = 3  # shapes inside shapes are spelt out so far


@dataclass(frozen=True)
class Line:
    """A parameter or a field: its name, its kind, whether it must be there, and what it means."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    example: str
    answers: tuple[tuple[str, str], ...]
    fields: tuple[Line, ...]


@dataclass(frozen=True)
class Chapter:
    """The operations of one tag."""

    name: str
    operations: tuple[Operation, ...]


def manual(schema: dict[str, Any]) -> tuple[Chapter, ...]:
    """Every operation of an OpenAPI schema, by tag, in the order of the addresses."""
    chapters: dict[str, list[Operation]] = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                told = item[method]
                chapters.setdefault(told["tags"][0], []).append(_operation(schema, path, method, told))
    return tuple(Chapter(name, tuple(operations)) for name, operations in sorted(chapters.items()))


def _operation(schema: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next(iter(content.values()), {})
    answer: dict[str, Any] = next(
        (told["responses"][code] for code in ("200", "201") if code in told["responses"]), {}
    )
    shape = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        parameters=tuple(_parameter(_part(schema, one)) for one in told.get("parameters", ())),
        body=tuple(_fields(schema, body.get("schema", {}))),
        example=_example(body),
        answers=tuple((code, _part(schema, one).get("description", "")) for code, one in told["responses"].items()),
        fields=tuple(_fields(schema, shape)),
    )


def _part(schema: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """A parameter or an answer itself, where it is referred to."""
    if "$ref" not in one:
        return one
    kind, name = one["$ref"].split("/")[2:]
    part: dict[str, Any] = schema["components"][kind][name]
    return part


def _parameter(one: dict[str, Any]) -> Line:
    kind = f"{one['in']}, {_kind(one.get('schema', {}))}"
    return Line(one["name"], kind, bool(one.get("required")), one.get("description", ""))


def _example(body: dict[str, Any]) -> str:
    found = next((one["value"] for one in body.get("examples", {}).values()), None)
    return "" if found is None else json.dumps(found, indent=2, ensure_ascii=False)


def _fields(schema: dict[str, Any], shape: dict[str, Any], before: str = "", depth: int = DEPTH) -> list[Line]:
    shape = _resolved(schema, shape)
    if shape.get("type") == "array" or "items" in shape:
        return _fields(schema, shape["items"], f"{before}[].".replace("..", "."), depth)
    lines: list[Line] = []
    for name, one in shape.get("properties", {}).items():
        whole = _resolved(schema, one)
        lines.append(
            Line(before + name, _kind(whole), name in shape.get("required", ()), whole.get("description", ""))
        )
        if depth > 1:
            lines += _fields(schema, _inner(schema, whole), before + name + _joint(whole), depth - 1)
    return lines


def _inner(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    return _resolved(schema, shape["items"]) if "items" in shape else shape


def _joint(shape: dict[str, Any]) -> str:
    return "[]." if "items" in shape else "."


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """The shape with what it refers to put in; words that stand beside a reference win."""
    for one in (shape, *shape.get("allOf", ()), *shape.get("oneOf", ())):
        if "$ref" in one:
            found = schema["components"]["schemas"][one["$ref"].rpartition("/")[2]]
            return {**_resolved(schema, found), **{key: shape[key] for key in ("description",) if key in shape}}
    return shape


def _kind(shape: dict[str, Any]) -> str:
    kinds = shape.get("type", "object")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"] if value not in ("", None))
    if "items" in shape:
        inner = shape["items"]
        return f"{kind} of {inner.get('type', 'object')}"
    return f"{kind}, {shape['format']}" if "format" in shape else kind
