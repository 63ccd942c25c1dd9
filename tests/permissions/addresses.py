"""Every address of the site and every method it answers, read from the URLconf: none can be forgotten."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
LEFT_OUT = ("admin/", "^api/")  # Django's own, asked in tests/web/test_admin.py; what nothing else answers
CASES = ("cases", "reports", "meetings")
MATURITY = ("maturity", "assessments", "verifications", "verification-reports", "certificates", "register")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Address:
    """One method of one route. A page is asked by GET, or by POST where that is all it takes."""

    method: str
    route: str

    @property
    def is_api(self) -> bool:
        """Whether programs ask it."""
        return self.method != "PAGE"

    @property
    def noun(self) -> str:
        """What the route is about: its first word below the doors of programs and of authorities."""
        words = self.route.removeprefix("api/v1/").removeprefix("regulator/").split("/")
        return words[0]

    @property
    def parameters(self) -> list[str]:
        """Names of what stands in the route, in its order."""
        return PARAMETER.findall(self.route)

    @property
    def half(self) -> str:
        """Which world it is asked in: the one whose things stand in the route."""
        if self.parameters and self.noun in CASES:
            return "cases"
        return "maturity" if self.parameters and self.noun in MATURITY else "common"

    def filled(self, things: Mapping[tuple[str, str], Any], **others: Any) -> str:
        """The address with these things in it: by the word before each, else by what the route is about."""

        def value(found: re.Match[str]) -> str:
            before = self.route[: found.start()].rstrip("/").rpartition("/")[2]
            thing = things.get((before, found[1]))
            return str(others.get(found[1], things[self.noun, found[1]] if thing is None else thing))

        return "/" + PARAMETER.sub(value, self.route)


def every_address() -> list[Address]:
    """All of them."""
    found = dict.fromkeys(_addresses(get_resolver().url_patterns, ""))
    return sorted(found, key=lambda one: (one.is_api, one.route, one.method))


def _addresses(patterns: Sequence[Any], before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if route.startswith(LEFT_OUT):
            continue
        if not isinstance(pattern, URLPattern):
            yield from _addresses(pattern.url_patterns, route)
        elif hasattr(pattern.callback, "cls"):
            known = [method for method in METHODS if method in vars(pattern.callback.cls)]
            yield from (Address(method.upper(), route) for method in known or ["get"])
        else:
            yield Address("PAGE", route)
