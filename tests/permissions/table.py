"""The table of who is answered what, as text that can be read and compared line by line.

A line is an address; a group of marks is a state of the things in it; a mark is a role, in the order of the heading.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.permissions.addresses import Address

FOLDER = Path(__file__).parent
ANNOUNCE = "read the difference, then announce it: PERMISSIONS=write script/test tests/permissions"
MARKS = {
    "+": "done or shown (2xx)",
    ">": "led elsewhere (302)",
    "?": "reached, and the input is refused (400, 413, 415, 422)",
    "!": "reached, and the moment is wrong (409)",
    "-": "seen, and not this one's to do (403)",
    ".": "there is no such thing (404)",
    "/": "sign in first (401, or 302 to the sign-in)",
    "X": "something else: it broke",
    "_": "not asked: there is no such thing yet, or the role is asked in the last state alone",
    "~": "not asked yet",
}
Lines = dict[Address, dict[str, str]]


def path_of(half: str) -> Path:
    """Where the table of a half lies."""
    return FOLDER / f"{half}.txt"


def read(half: str) -> Lines:
    """The marks of each address by state."""
    if not path_of(half).exists():
        return {}
    lines = path_of(half).read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if line and not line.startswith("#")]
    states = [state for state in body[0].split(" | ")[1:]]
    found: Lines = {}
    for line in body[1:]:
        place, *groups = line.split(" | ")
        method, route = place.split()
        named = zip((state.strip() for state in states), (group.strip() for group in groups), strict=True)
        found[Address(method, "" if route == "(home)" else route)] = dict(named)
    return found


def write(half: str, roles: Iterable[str], states: Iterable[str], lines: Mapping[Address, Mapping[str, str]]) -> None:
    """The whole table anew."""
    names = list(roles)
    order = sorted(lines, key=lambda one: (one.is_api, one.route, one.method))
    wide = max(len(one.route) for one in order) + 8
    head = [f"# {place + 1:2} {name}" for place, name in enumerate(names)]
    head += [f"# {mark}  {words}" for mark, words in MARKS.items()]
    columns = {state: max(len(names), len(state)) for state in states}
    rows = [" | ".join([" " * wide, *(state.ljust(columns[state]) for state in states)]).rstrip()]
    for one in order:
        place = f"{one.method:6} {one.route or '(home)'}".ljust(wide)
        marks = (lines[one].get(state, "~" * len(names)).ljust(columns[state]) for state in states)
        rows.append(" | ".join([place, *marks]).rstrip())
    path_of(half).write_text("\n".join([*head, "", *rows, ""]), encoding="utf-8")
