"""Role × address × state: what the site answers, compared with the table that somebody has read.

Every address stands in the table. Each run asks a part of its marks, the same part each time and some of every
address. ``PERMISSIONS=all`` asks them all, which takes minutes; ``PERMISSIONS=write`` writes the table anew from all,
``PERMISSIONS=part`` from what each run asks.
"""

import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.driven import this_moment
from tests.permissions import blank, common, table, worlds
from tests.permissions.addresses import Address, every_address
from tests.permissions.asking import Asker, mark_of
from tests.permissions.worlds import ABSENT, World
from tests.scenes import make_scene
from tests.verification_scenes import make_verification_scene

pytestmark = pytest.mark.django_db
ADDRESSES = every_address()
ASKED = os.environ.get("PERMISSIONS", "")
EVERY, HIDDEN_EVERY = (1, 1) if ASKED in {"all", "write"} else (29, 37)  # of so many marks one is asked
HALVES: dict[str, tuple[tuple[str, ...], Callable[[str], World]]] = {
    "cases": (tuple(worlds.CASE_STATES), lambda state: worlds.case_world(make_scene(this_moment()), state)),
    "maturity": (
        worlds.V_STATES,
        lambda state: worlds.maturity_world(make_verification_scene(this_moment()), state),
    ),
    "common": (common.STATES, lambda state: common.common_world(make_scene(this_moment()), state)),
}
READ = {half: table.read(half) for half in HALVES}
PLACES = [  # what nobody has written yet is asked where the table is written
    (half, state)
    for half, (states, _world) in HALVES.items()
    for state in states
    if ASKED or any({*marks.get(state, "")} - {"_", "~"} for marks in READ[half].values())
]


@pytest.fixture(autouse=True)
def many_calls(settings: Settings) -> None:
    """One role asks more than a program may in a minute."""
    settings.API_CALLS = "1000000/min"


@pytest.fixture
def undrawn(settings: Settings) -> None:
    """Pages are decided on and not drawn."""
    settings.TEMPLATES = blank.TEMPLATES


def of(half: str) -> list[Address]:
    return [one for one in ADDRESSES if one.half == half]


def is_chosen(one_of: int, *place: object) -> bool:
    """Whether this mark is among those that are asked; by its name alone, so that no other one moves it."""
    return crc32(" ".join(map(str, place)).encode()) % one_of == 0


def answered(world: World, half: str, state: str) -> dict[Address, str]:
    """The marks of every address of the half in the order of the roles, as far as they are asked."""
    now, last = timezone.now(), state == HALVES[half][0][-1]
    askers = {role: Asker(world, role, now) for role in world.people}

    def mark(address: Address, role: str) -> str:
        who, placed = askers[role], last or role not in world.outside
        if not placed or not (address.is_api or who.has_pages) or not worlds.is_asked(address, state):
            return "_"
        if not is_chosen(EVERY, address, role, state):
            return " "
        return mark_of(who.ask(address, address.filled(world.things)))

    return {address: "".join(mark(address, role) for role in world.people) for address in of(half)}


@pytest.mark.parametrize("half", HALVES)
def test_every_address_stands_in_the_table(half: str) -> None:
    """Whoever adds one says who may ask it."""
    assert sorted(map(str, table.read(half))) == sorted(map(str, of(half))), table.ANNOUNCE


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("half", "state"), PLACES)
def test_everybody_is_answered_as_the_table_says(half: str, state: str) -> None:
    states, make = HALVES[half]
    world = make(state)
    found, kept = answered(world, half, state), table.read(half)
    if ASKED in {"write", "part"}:
        unknown = "~" * len(world.people)
        lines = {
            one: {**kept.get(one, {}), state: put(kept.get(one, {}).get(state, unknown), found[one])} for one in found
        }
        table.write(half, world.people, states, lines)
        return
    differ = {
        one: (kept[one][state], marks)
        for one, marks in found.items()
        if put(kept[one][state], known(kept[one][state], marks)) != kept[one][state]
    }
    assert differ == {}, table.ANNOUNCE


def put(kept: str, found: str) -> str:
    """The marks that were asked, among those that are kept."""
    return "".join(old if new == " " else new for old, new in zip(kept, found, strict=True))


def known(kept: str, found: str) -> str:
    """The marks that were asked, where one is kept."""
    return "".join(" " if old == "~" else new for old, new in zip(kept, found, strict=True))


# -- what one may not see ---------------------------------------------------------------------------------------------


def absent(address: Address, world: World, *, inner: bool) -> str:
    """The address of what does not exist: another first thing in it, or, where the first is seen, another last one."""
    name = address.parameters[-1 if inner else 0]
    value = world.things.get((address.noun, name))
    return address.filled({**world.things, **_nothing(name, address, value)})


def _nothing(name: str, address: Address, value: Any) -> dict[tuple[str, str], Any]:
    nothing = ABSENT + 1 if isinstance(value, int) else "nothing-1"
    words = address.route.split("/")
    before = {words[place - 1] for place, word in enumerate(words) if word.endswith(f"{name}>") and place}
    return {(noun, name): nothing for noun in {address.noun, *before}}


@pytest.mark.parametrize("half", HALVES)
def test_what_one_may_not_see_answers_like_what_does_not_exist(half: str) -> None:
    """The same bytes, but for tokens and nonces, and as many statements."""
    states, make = HALVES[half]
    state, kept = states[-1], table.read(half)
    world, now = make(state), timezone.now()
    apart = []
    for place, role in enumerate(world.people):
        who = Asker(world, role, now)
        hidden = [one for one in of(half) if one.parameters and kept[one][state][place] == "."]
        for one in (one for one in hidden if is_chosen(HIDDEN_EVERY, one, role)):
            sees = any(kept[other][state][place] not in "._" for other in of(half) if is_main(other, one))
            if sees and len(one.parameters) == 1:
                continue  # the thing is known to be there, and has no such page for this one
            urls = [one.filled(world.things), absent(one, world, inner=sees)]
            who.ask(one, urls[1])
            hers, nothings = who.told(one, urls[0]), who.told(one, urls[1])
            if hers != nothings:
                apart.append((str(one), role, hers[1], nothings[1], hers[0] == nothings[0]))
    assert apart == []


def is_main(other: Address, one: Address) -> bool:
    """Whether the other is the page, or the answer to programs, of the first thing in the address of the one."""
    head = one.route.partition(">")[0] + ">"
    return other.route.rstrip("/") == head and other.method in {"GET", "PAGE"}
