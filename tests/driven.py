"""Scenes driven once: what the actions wrote on the way to a scene is kept, and written again row for row.

A test's transaction is rolled back and its ids are never given out again, so the rows of a scene that this process
has once driven can be put into the next test as they were: same ids, same times, same chains of events. That happens
only where driving would find what it found then: the way from the empty database is the same, asked for the same, and
nothing else has been written in between, as the server counts it. Everywhere else, in every test that commits too, the
scene is driven by the actions themselves; and so it is in all tests with ``SCENES=driven`` in the environment.
"""

import os
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from functools import lru_cache, wraps
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from psycopg.sql import quote

from ethicsreview.files.models import FileVersion

P = ParamSpec("P")
R = TypeVar("R")
Rows = dict[tuple[str, str], str]

STANDING = {"django_content_type", "auth_permission"}  # Django's own, there before every test
WRITTEN = """
SELECT pg_current_xact_id_if_assigned()::text, current_setting('scenes.place', true),
       coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                    + pg_stat_get_xact_tuples_deleted(oid)), 0)::int
  FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


@dataclass
class Step:
    """One piece of the way: what it wrote, what it left to be done on commit, what it gave back, where it goes on."""

    script: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    deferred: tuple[tuple[Callable[[], object], bool], ...] = ()
    result: bytes = b""
    next: dict[object, "Step"] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a transaction stands: which it is, how much has been written in it, the step that wrote the last of it.

    The mark is a setting of the transaction's own: to roll back to a savepoint before it takes it away.
    """

    transaction: str | None
    mark: str | None
    written: int
    step: Step | None = None


class CannotKeep(Exception):
    """What this call is asked for cannot be told from what another is."""


BEGINNING = Step()
PLACE = [Place(None, None, 0)]
_marks = count(1)
_looked: list[tuple[Step, Rows]] = []  # the last look at all rows, and where that was


def driven_once(function: Callable[P, R]) -> Callable[P, R]:
    """A way to a scene: gone by the actions the first time, then repeated from what they wrote."""

    @wraps(function)
    def go(*args: P.args, **kwargs: P.kwargs) -> R:
        if not of_a_test() or os.environ.get("SCENES") == "driven":
            return function(*args, **kwargs)
        place, key = here(), _key((function.__qualname__, get_language(), args, kwargs))
        if place is None or key is None:
            return function(*args, **kwargs)
        if key not in place.next:
            return _drive(lambda: function(*args, **kwargs), place, key)
        _repeat(place.next[key])
        result: R = pickle.loads(place.next[key].result)  # noqa: S301  dumped by this process
        return result

    return go


def of_a_test() -> bool:
    """Whether the transaction is the test's own, which is rolled back in the end."""
    return bool(connection.atomic_blocks) and bool(getattr(connection.atomic_blocks[0], "_from_testcase", False))


def this_moment() -> datetime:
    """When this process first asked today: the time of scenes that pages show by the clock."""
    return _first_moment(timezone.localdate())


@lru_cache(maxsize=1)
def _first_moment(_day: date) -> datetime:
    return timezone.now()


def measured() -> Place:
    """Where this transaction stands, as the server sees it."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return Place(*cursor.fetchone())


def here() -> Step | None:
    """The step this transaction ends with, the beginning where nothing has been written, None elsewhere."""
    now = measured()
    if now.transaction is None:  # the server gives a number to a transaction that writes
        return BEGINNING
    return PLACE[0].step if now == replace(PLACE[0], step=None) else None


def stand(step: Step) -> None:
    """This transaction ends with that step."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('scenes.place', %s, true)", [str(next(_marks))])
    PLACE[0] = replace(measured(), step=step)


def _key(asked: object) -> object:
    try:
        return _plain(asked)
    except CannotKeep:
        return None


def _plain(value: Any) -> object:
    """Equal for what asks for the same of the same rows."""
    if value is None or isinstance(value, str | int | date):
        return type(value), value
    if isinstance(value, models.Model) and value.pk is not None:
        return type(value), value.pk
    if is_dataclass(value):
        return (type(value), *(_plain(getattr(value, one.name)) for one in fields(value)))
    if isinstance(value, Mapping):
        return (type(value), *((key, _plain(one)) for key, one in value.items()))
    if isinstance(value, tuple | list):
        return (type(value), *map(_plain, value))
    raise CannotKeep


def _drive(function: Callable[[], R], place: Step, key: object) -> R:
    """By the actions; kept as the step from here that this key names. It may be made of steps kept by themselves."""
    before, pending = all_rows(place), len(connection.run_on_commit)
    result = function()
    there = here() or Step()
    after = all_rows(there)
    step = place.next[key] = Step(
        script=_script(before, after),
        files=_files([int(pk) for table, pk in after.keys() - before.keys() if table == FileVersion._meta.db_table]),
        deferred=tuple((task, robust) for _ids, task, robust in _pending()[pending:]),
        result=pickle.dumps(result),
        next=there.next,
    )
    _looked[:] = [(step, after)]
    stand(step)
    return result


def _pending() -> list[Any]:
    """What waits for the commit: savepoints, what to call, and whether its failure is only logged."""
    return connection.run_on_commit


def _repeat(step: Step) -> None:
    """The same rows, files and tasks; constraints are looked at now, as they are when a test ends."""
    with connection.cursor() as cursor:
        cursor.execute(step.script)
    for name, content in step.files.items():
        path = Path(default_storage.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for task, robust in step.deferred:
        transaction.on_commit(task, robust=robust)
    stand(step)


@lru_cache(maxsize=1)
def _tables() -> dict[str, tuple[str, list[str]]]:
    """The column of the primary key, and all columns that are written, by table."""
    present = {*connection.introspection.table_names()} - STANDING
    every: list[Any] = [model._meta for model in apps.get_models(include_auto_created=True)]
    return {
        meta.db_table: (meta.pk.column, [one.column for one in meta.local_concrete_fields if not one.generated])
        for meta in every
        if not meta.proxy and meta.db_table in present
    }


def all_rows(place: Step) -> Rows:
    """Every row of the database as JSON, by table and key, in the order in which it lies there."""
    if _looked and _looked[0][0] is place and place is not BEGINNING:
        return _looked[0][1]
    asked = " UNION ALL ".join(
        f"""SELECT '{table}', "{pk}"::text, row_to_json(t)::text FROM "{table}" AS t"""  # noqa: S608  names of ours
        for table, (pk, _columns) in _tables().items()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {(table, pk): row for table, pk, row in cursor.fetchall()}


def _files(versions: list[int]) -> dict[str, bytes]:
    """What lies at the paths of these versions of files."""
    paths = FileVersion.objects.filter(pk__in=versions).values_list("path", flat=True)
    return {path: Path(default_storage.path(path)).read_bytes() for path in paths}


def _script(before: Rows, after: Rows) -> str:
    """The statements that make the rows of after from those of before."""
    statements = []
    for table, (pk, columns) in _tables().items():
        new = [row for key, row in after.items() if key[0] == table and key not in before]
        changed = [row for key, row in after.items() if key[0] == table and before.get(key, row) != row]
        gone = [key[1] for key in before if key[0] == table and key not in after]
        if new:
            names = ", ".join(f'"{column}"' for column in columns)
            source = f"SELECT {names} FROM {_records(table, new)}"  # noqa: S608  ours
            statements.append(f'INSERT INTO "{table}" ({names}) {source}')
        if changed:
            values = ", ".join(f'"{column}" = new."{column}"' for column in columns)
            source = f'{_records(table, changed)} AS new WHERE old."{pk}" = new."{pk}"'
            statements.append(f'UPDATE "{table}" AS old SET {values} FROM {source}')  # noqa: S608  ours
        if gone:
            keys = ", ".join(map(quote, gone))
            statements.append(f'DELETE FROM "{table}" WHERE "{pk}"::text IN ({keys})')  # noqa: S608  ours
    return "; ".join([*statements, "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])


def _records(table: str, rows: list[str]) -> str:
    """Rows of this table from JSON."""
    listed = f"[{','.join(rows)}]"
    return f'json_populate_recordset(NULL::"{table}", {quote(listed)}::json)'
