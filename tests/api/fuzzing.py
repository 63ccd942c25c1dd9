"""Asking every operation of the schema at random, as somebody: no 5xx, no answer the schema does not know."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ethicsreview.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@cache
def operations() -> tuple[Any, ...]:
    """Every operation of the interface as its schema describes it, in the order of the addresses."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    return tuple(found.ok() for found in schema.get_all_operations())


def ask(
    operation: Any, headers: Mapping[str, str], *, examples: int, known: Mapping[str, Any], start: int = 0
) -> list[int]:
    """Call the operation this many times with made-up values and check each answer; returns the statuses.

    ``known`` names values of the path that exist, taken in every second call. Raises what a check finds.
    """
    statuses: list[int] = []

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        if len(statuses) % 2 == 0:
            case.path_parameters |= {name: known[name] for name in case.path_parameters if name in known}
        response = case.call(headers=dict(headers))
        statuses.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    runner: Callable[[], None] = call
    runner()
    return statuses
