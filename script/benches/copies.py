"""Rows of a small scene copied thousands of times by the database itself, each copy with its own people and times."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

STRIDE = 1_000_000  # between the ids of one copy and the next; no scene comes near it
HALVES = ("assessments", "workflows", "documents", "files", "audit")
SHARED = {"RulebookVersion", "InstrumentVersion"}  # every copy is held to the same editions
TERMS = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '%\\_terms'
"""
Model = type[models.Model]
Values = Mapping[tuple[str, str], str]  # table and column: SQL over ``o``, the row, and ``n``, the copy from 1 on


@dataclass(frozen=True)
class Group:
    """Rows that are copied together; ``number`` is SQL for the copy of them that belongs to copy ``n``."""

    number: str
    ids: dict[Model, list[int]] = field(default_factory=dict)

    def take(self, *rows: models.QuerySet[Any]) -> None:
        """Add these rows."""
        for found in rows:
            self.ids.setdefault(found.model, []).extend(found.values_list("pk", flat=True))


def tables() -> list[Model]:
    """The tables a case or a verification writes to."""
    every = [model for model in apps.get_models() if model._meta.app_label in HALVES]
    return [model for model in every if model.__name__ not in SHARED and not model._meta.proxy]


def last_ids() -> dict[Model, int]:
    """The highest id of each of these tables; what is written from now on lies above."""
    return {model: model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0 for model in tables()}


def everything(since: Mapping[Model, int], but: Sequence[Group] = ()) -> list[models.QuerySet[Any]]:
    """All rows written since that no other group holds."""
    held = {model: {pk for group in but for pk in group.ids.get(model, ())} for model in tables()}
    return [model._default_manager.filter(pk__gt=since[model]).exclude(pk__in=held[model]) for model in tables()]


@contextmanager
def unguarded() -> Iterator[None]:
    """Neither triggers nor references are looked at, and the search's indexes are built at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(TERMS)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copy(group: Group, others: Iterable[Group], copies: int, special: Values, *, minutes: int = 0) -> int:
    """Writes ``copies`` copies of the group's rows within ``unguarded``; how many rows that are.

    A reference to a row of one of ``others`` becomes one to the copy its ``number`` names; what belongs to no group is
    shared. Each copy happened ``minutes`` before the one after it.
    """
    groups, written = [group, *others], 0
    with connection.cursor() as cursor:
        for model, ids in group.ids.items():
            table, fields = model._meta.db_table, model._meta.concrete_fields
            values = [
                special.get((table, str(one.column))) or _value(one, group, groups, minutes * copies, minutes)
                for one in fields
            ]
            columns = ", ".join(f'"{one.column}"' for one in fields)
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(values)} '  # noqa: S608  names of our own tables
                f'FROM "{table}" AS o, generate_series(1, %s) AS n WHERE o.id = ANY(%s)',
                [copies, ids],
            )
            written += cursor.rowcount
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\"")  # noqa: S608
    return written


def pointing(column: str, model: Model, groups: Sequence[Group]) -> str:
    """SQL for the id in ``column`` of a row of ``model`` as copy ``n`` has it."""
    cases = [
        f"WHEN {column} = ANY(ARRAY{ids}::bigint[]) THEN {held.number}"
        for held in groups
        if (ids := held.ids.get(model))
    ]
    return f"{column} + (CASE {' '.join(cases)} ELSE 0 END)::bigint * {STRIDE}" if cases else column


def _value(one: "models.Field[Any, Any]", group: Group, groups: Sequence[Group], age: int, minutes: int) -> str:
    column = f'o."{one.column}"'
    if one.primary_key:
        return f"{column} + {group.number}::bigint * {STRIDE}"
    if one.remote_field:
        return pointing(column, one.remote_field.model, groups)
    if isinstance(one, models.DateTimeField) and minutes:
        return f"{column} - make_interval(mins => {age} - n * {minutes})"
    return column
