"""Fields of the enterprise's forms: texts as they will be printed, days somebody may mean."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from ethicsreview.documents.forms import printable

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


class PlainText(forms.CharField):
    """Text that signed documents can print; a line break counts as one character, nothing is cut while typing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(printable)

    def to_python(self, value: Any) -> str | None:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without ``maxlength``: a browser would cut a pasted text without a word."""
        return {key: value for key, value in super().widget_attrs(widget).items() if key != "maxlength"}


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
