"""The fields a rulebook's items become: the shape of each kind of answer, and what cannot be printed."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ethicsreview.documents.forms import PlainText, printable
from workflows.domain.application_form import FormItem, ItemKind
from workflows.domain.lengths import EXPLANATION, LONG, PEOPLE, PERSON, SHORT

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
STEP = {"form": "step"}  # the fields stand beside the form, so that uploads between them can have forms of their own

YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


class PeopleWidget(forms.Widget):
    """Rows of people with one empty row at the end; ``drop`` in the data names a row to leave out."""

    template_name = "workflows/_people_rows.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        rows: list[dict[str, str]] = []
        for index in range(PEOPLE + 1):
            if f"{name}-{index}-name" not in data:
                break
            row = {part: str(data.get(f"{name}-{index}-{part}", "")).strip() for part in PERSON}
            if any(row.values()) and data.get("drop") != f"{name}-{index}":
                rows.append(row)
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        return f"{name}-0-name" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = [row for row in value or [] if isinstance(row, dict)]
        context["widget"]["rows"] = [*rows, {}]
        return context


class PeopleField(forms.Field):
    """A list of people as plain values: name, role, qualifications, ethics training."""

    widget = PeopleWidget

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows = value or []
        if len(rows) > PEOPLE:
            raise ValidationError(_("At most %(most)s people can be listed.") % {"most": PEOPLE})
        faults = [fault for number, row in enumerate(rows, 1) for fault in _faults(number, row)]
        if faults:
            raise ValidationError(faults)
        return [{part: text for part, text in row.items() if text} for row in rows]


def _faults(number: int, row: Mapping[str, str]) -> list[str]:
    found = [] if row["name"] else [_("Person %(number)s has no name.") % {"number": number}]
    for part, most in PERSON.items():
        if len(row[part]) > most:
            found.append(
                _("Person %(number)s: at most %(most)s characters, not %(given)s.")
                % {"number": number, "most": most, "given": len(row[part])}
            )
    try:
        printable("".join(row.values()))
    except ValidationError as fault:
        found += [_("Person %(number)s: %(fault)s") % {"number": number, "fault": text} for text in fault.messages]
    return found


class DayField(forms.DateField):
    """A day of the calendar; kept as typed where there is no such day."""

    default_error_messages = {"invalid": gettext_lazy("There is no such day. Write it as year-month-day: 2026-03-31.")}

    def __init__(self, **options: Any) -> None:
        options["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={**STEP, "type": "date"})
        options["validators"] = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"], **options)


def explanation_field(label: str) -> forms.Field:
    """Why a question of the lists is answered with yes."""
    return _text(None, rows=4, label=label, max_length=EXPLANATION, required=False)


def yes_no_field(label: str, help_text: str = "") -> forms.Field:
    """Yes or no, or not answered yet."""
    widget = forms.RadioSelect(attrs={**STEP, "class": "choices--row"})
    return forms.ChoiceField(label=label, help_text=help_text, choices=YES_NO, widget=widget, required=False)


def _text(item: FormItem | None, *, rows: int = 0, **options: Any) -> forms.Field:
    options["max_length"] = (item.max_length if item else None) or options.get("max_length")
    options["widget"] = forms.Textarea(attrs={**STEP, "rows": rows}) if rows else forms.TextInput(attrs=STEP)
    return PlainText(**options)


def _labels(item: FormItem, language: str) -> list[tuple[str, Any]]:
    return [(choice.code, choice.label.in_(language)) for choice in item.choices]


_BUILD: dict[ItemKind, Callable[[FormItem, str, dict[str, Any]], forms.Field]] = {
    ItemKind.TEXT: lambda item, _language, told: _text(item, max_length=SHORT, **told),
    ItemKind.LONG_TEXT: lambda item, _language, told: _text(item, rows=6, max_length=LONG, **told),
    ItemKind.CHOICE: lambda item, language, told: forms.ChoiceField(
        choices=_labels(item, language), widget=forms.RadioSelect(attrs=STEP), **told
    ),
    ItemKind.MULTI_CHOICE: lambda item, language, told: forms.MultipleChoiceField(
        choices=_labels(item, language), widget=forms.CheckboxSelectMultiple(attrs=STEP), **told
    ),
    ItemKind.YES_NO: lambda _item, _language, told: yes_no_field(told["label"], told["help_text"]),
    ItemKind.DATE: lambda _item, _language, told: DayField(**told),
    ItemKind.NUMBER: lambda _item, _language, told: forms.DecimalField(
        max_digits=18, decimal_places=6, widget=forms.TextInput(attrs={**STEP, "inputmode": "decimal"}), **told
    ),
    ItemKind.PEOPLE: lambda _item, _language, told: PeopleField(**told),
}


def item_field(item: FormItem, language: str) -> forms.Field:
    """The field of one item; a draft may leave any of them empty. Raises ``KeyError`` for files, which are uploads."""
    told = {"label": item.label.in_(language), "help_text": item.help.in_(language), "required": False}
    return _BUILD[item.kind](item, language, told)


def kept(value: Any) -> Any:
    """A cleaned value as the application keeps it: plain, an empty one as empty text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else value
