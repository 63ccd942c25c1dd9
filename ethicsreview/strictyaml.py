"""The one YAML loader: plain mappings, lists and scalars; a duplicate key is refused with its line."""

import re
from collections.abc import Hashable
from typing import Any

import yaml


class BadYaml(ValueError):
    """The text is not YAML, or holds a duplicate key; the message names the line."""


class _Loader(yaml.SafeLoader):
    """Safe, without the guesses that turn ``12:30`` into 750, ``010`` into 8 and ``no`` into false."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: dict[Hashable, int] = {}
    for key_node, _value in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, Hashable):
            raise BadYaml(f"line {line}: a list or mapping cannot be a key")
        if key in seen:
            raise BadYaml(f"line {line}: key {key!r} was given on line {seen[key]} already")
        seen[key] = line
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Loader.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("null", r"(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"(?:true|false)$", ["t", "f"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)$", [*"-+0123456789"]),
    ("float", r"[-+]?[0-9]+\.[0-9]+$", [*"-+0123456789"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), _first)
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "str", "seq", "map")}
_Loader.yaml_constructors = {
    tag: make for tag, make in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _PLAIN
}
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> Any:
    """Plain values of ``text``. Raises ``BadYaml`` naming the line."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  _Loader is a SafeLoader
    except BadYaml:
        raise
    except (yaml.YAMLError, ValueError, KeyError) as error:  # the last two for a tag its value does not fit
        raise BadYaml(str(error)) from error
    except RecursionError as error:
        raise BadYaml("nested too deeply") from error
