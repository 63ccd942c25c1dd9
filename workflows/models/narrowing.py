"""Conditions in a form that an index serves."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet


class Among(Func):
    """Whether a column holds one of the values of ``rows``: as ``__in`` says it, but worked out once, before.

    The values become an array, so that alternatives joined by OR are each looked up in their own index.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()

    def __init__(self, column: str, rows: QuerySet[Any, Any]) -> None:
        super().__init__(F(column), ArraySubquery(rows.order_by()))
