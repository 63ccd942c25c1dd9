"""The one YAML loader: plain mappings, lists and scalars; a duplicate key is refused with its line."""

from collections.abc import Hashable
from typing import Any

import yaml


class BadYaml(ValueError):
    """The text is not YAML, or holds a duplicate key; the message names the line."""


class _Loader(yaml.SafeLoader):
    """Safe, without the timestamp and sexagesimal guesses that turn law numbers into dates."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: dict[Hashable, int] = {}
    for key_node, _value in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if key in seen:
            raise BadYaml(f"line {line}: key {key!r} was given on line {seen[key]} already")
        seen[key] = line
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> Any:
    """Plain values of ``text``. Raises ``BadYaml`` naming the line."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  _Loader is a SafeLoader
    except yaml.YAMLError as error:
        raise BadYaml(str(error)) from error
