"""Fields of the enterprise's forms: days somebody may mean, choices known late."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


class DayField(forms.DateField):
    """A day of these centuries, picked or typed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)
        self.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


def choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """Give a choice field its choices; a single one is chosen already."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
        if len(choices) == 1 and not field.initial:
            field.initial = choices[0][0]
