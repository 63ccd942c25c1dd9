"""What is typed into a decision, and what the chair types to issue it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from workflows.actions.decisions import ConditionText, DecisionText
from workflows.domain.lengths import RULING
from workflows.domain.rulebook import DecisionRule, Ruled
from workflows.domain.statements import MOST_CONDITIONS, STATED_BY, sections, too_far
from workflows.forms.meetings import PrintedField


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _check_ahead(day: date | None, today: date) -> None:
    if day is not None and too_far(day, today):
        raise ValidationError(_("This day lies too far ahead."))


class DecisionForm(forms.Form):
    """The draft: each text in English, Chinese or both. Nothing is required before issuing.

    ``drafted`` is the mark of the draft the page showed, empty where there was none.
    """

    drafted = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    reasons_en = PrintedField(label=_("Reasons in English"), required=False, max_length=RULING, rows=6)
    reasons_zh = PrintedField(label=_("Reasons in Chinese"), required=False, max_length=RULING, rows=6)
    requirements_en = PrintedField(label=_("Requirements in English"), required=False, max_length=RULING, rows=5)
    requirements_zh = PrintedField(label=_("Requirements in Chinese"), required=False, max_length=RULING, rows=5)
    scope_en = PrintedField(label=_("Scope in English"), required=False, rows=3)
    scope_zh = PrintedField(label=_("Scope in Chinese"), required=False, rows=3)
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until"))
    followup_months = forms.IntegerField(label=_("Months between follow-up reviews"), required=False, min_value=1)

    def __init__(self, *args: Any, rule: DecisionRule, longest: Ruled[int], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kept = {"drafted", *(name for section in sections(rule) for name in STATED_BY.get(section, ()))}
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        months = self.fields.get("followup_months")
        if months is not None:
            months.validators.append(MaxValueValidator(longest.value))
            months.widget.attrs["max"] = longest.value

    def clean_valid_from(self) -> date | None:
        """A day that can be counted on from."""
        day: date | None = self.cleaned_data["valid_from"]
        _check_ahead(day, self.today)
        return day

    def clean_valid_until(self) -> date | None:
        """A day one can wait for."""
        day: date | None = self.cleaned_data["valid_until"]
        _check_ahead(day, self.today)
        return day

    def clean(self) -> dict[str, Any]:
        """An approval ends after it begins, and not before today."""
        data = super().clean() or {}
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if ends and ends < self.today:
            self.add_error("valid_until", _("This day has passed."))
        elif begins and ends and ends < begins:
            self.add_error("valid_until", _("The last day lies before the first."))
        return data

    def text(self) -> DecisionText:
        """The draft as the action takes it."""
        return DecisionText(**{name: value for name, value in self.cleaned_data.items() if name != "drafted"})


class ConditionForm(forms.Form):
    """One condition; a row left empty is none."""

    text_en = PrintedField(label=_("Condition in English"), required=False, rows=2)
    text_zh = PrintedField(label=_("Condition in Chinese"), required=False, rows=2)
    due = _day(_("Due day"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due(self) -> date | None:
        """Nothing is due before it is asked for."""
        day: date | None = self.cleaned_data["due"]
        if day is not None and day < self.today:
            raise ValidationError(_("This day has passed."))
        _check_ahead(day, self.today)
        return day

    def clean(self) -> dict[str, Any]:
        """A day alone is no condition."""
        data = super().clean() or {}
        texts = data.get("text_en") or data.get("text_zh")
        if data.get("due") and not texts and "text_en" not in self.errors and "text_zh" not in self.errors:
            self.add_error("text_en", _("Say what is to be done by this day."))
        return data


ConditionRows = forms.formset_factory(
    ConditionForm, extra=1, max_num=MOST_CONDITIONS, absolute_max=MOST_CONDITIONS, validate_max=True
)


def condition_rows(data: Any, initial: Sequence[dict[str, Any]], today: date) -> Any:
    """The rows, bound when ``data`` is given; the button "add" makes one row more."""
    shared: dict[str, Any] = {"prefix": "condition", "initial": list(initial), "form_kwargs": {"today": today}}
    if data is None:
        return ConditionRows(**shared)
    given = data.copy()
    total = given.get("condition-TOTAL_FORMS", "")
    if "add" in data and total.isascii() and total.isdigit():
        given["condition-TOTAL_FORMS"] = str(min(int(total) + 1, MOST_CONDITIONS))
    return ConditionRows(given, **shared)


def typed_conditions(rows: Any) -> tuple[ConditionText, ...]:
    """The rows with words in them, in order."""
    found = [row.cleaned_data for row in rows if row.cleaned_data]
    return tuple(
        ConditionText(text_en=row["text_en"].strip(), text_zh=row["text_zh"].strip(), due=row["due"])
        for row in found
        if row["text_en"].strip() or row["text_zh"].strip()
    )


class IssueForm(forms.Form):
    """The password makes issuing an act of the chair in person; ``drafted`` is the draft the page showed."""

    drafted = forms.CharField(widget=forms.HiddenInput, max_length=40)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Issuing is your act in person: it is recorded with your name and printed in the decision."),
    )
