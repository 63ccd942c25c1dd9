"""An overlay laid on its base: what the overlay does not say is the base's, with the base's own citations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.domain.strict import Reader

# What an edition always says of itself.
OWN = {"slug", "version", "title", "instrument", "cited_as", "issued", "in_force"}


@dataclass(frozen=True)
class _Names:
    """Short names of the instruments a file's citations may mean; plain mappings, read later."""

    own: Any
    base: Any
    design: Any


def effective(mapping: Mapping[str, Any], base: Mapping[str, Any] | None) -> Any:
    """The whole edition as one plain mapping, each citation with its instrument written in. Raises ``Bad``."""
    over = Reader(mapping)
    _declared(over)
    if base is None:
        if over.maybe("base") is not None:
            raise over.get("base").bad("the base was not given")
        return _written(over, _Names(mapping.get("cited_as"), None, mapping.get("design")))
    below = Reader(base)
    _declared(below)
    _refer(over, below)
    design = mapping.get("design", base.get("design"))
    lower = _written(below, _Names(base.get("cited_as"), None, design))
    return _merged(lower, _written(over, _Names(mapping.get("cited_as"), base.get("cited_as"), design)))


def _declared(reader: Reader) -> None:
    for key in sorted(OWN):
        reader.get(key)


def _refer(over: Reader, below: Reader) -> None:
    if below.maybe("base") is not None:
        raise over.bad("the base has a base of its own")
    named = over.get("base").mapping(required={"slug", "version"})
    if (named.get("slug").key(), named.get("version").integer()) != (below.value["slug"], below.value["version"]):
        raise named.bad(f"names another rulebook than {below.value['slug']!r} version {below.value['version']}")


def _written(reader: Reader, names: _Names) -> Any:
    """The value with the instrument put into every citation."""
    if isinstance(reader.value, list):
        return [_written(entry, names) for entry in reader.items()]
    if not isinstance(reader.value, dict):
        return reader.value
    found = {key: _written(entry, names) for key, entry in reader.pairs()}
    if "confidence" in found:
        found["instrument"] = _instrument(reader, names)
    return found


def _instrument(reader: Reader, names: _Names) -> Any:
    named = reader.maybe("instrument")
    if named is not None:
        if named.one_of("base") and names.base is None:
            raise named.bad("there is no base")
        return names.base
    return names.design if reader.value["confidence"] == "design" else names.own


def _merged(lower: Any, upper: Any) -> Any:
    """``upper`` over ``lower``, key by key; lists and cited values are taken whole, or a value would keep a citation
    that never said it."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)) or "confidence" in lower or "confidence" in upper:
        return upper
    both = {key: _merged(lower[key], upper[key]) for key in lower.keys() & upper.keys()}
    return {**lower, **upper, **both}
