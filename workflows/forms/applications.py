"""What an applicant types: where to apply, the steps of the application, answers to a notice, a colleague."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.forms import PlainText
from workflows.domain.application import FIRST_DAY, LAST_DAY, is_reversed, questions
from workflows.domain.application_form import ItemKind, Step, StepKind
from workflows.domain.lengths import CHANGES, EXPLANATION
from workflows.domain.rulebook import Rulebook
from workflows.forms.answers import STEP, explanation_field, item_field, kept, yes_no_field
from workflows.models import Committee, SupplementItem
from workflows.steps import digest_of

_EMPTY: tuple[Any, ...] = (None, "", [], {})
MARK = 16  # hexadecimal digits that tell one saved value from another


def mark_of(value: Any) -> str:
    """A short sign of a saved value that a page carries along, so that a later save knows what it was filled from."""
    return "" if value in _EMPTY else digest_of(value)[:MARK]


class StartForm(forms.Form):
    """The committee to apply to and the organisation that applies."""

    organisation = forms.ChoiceField(label=_("Applicant"), widget=forms.RadioSelect)
    committee = forms.ChoiceField(label=_("Committee"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        committees: Iterable[tuple[Committee, Rulebook]],
        organisations: Iterable[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self._choose("organisation", [(str(row.pk), row.name_in(language)) for row in organisations])
        self._choose("committee", [(str(row.pk), _described(row, rules, language)) for row, rules in committees])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]


def _described(committee: Committee, rules: Rulebook, language: str) -> Any:
    return format_html(
        '<strong>{}</strong><br><span class="muted small">{} · {}</span>',
        committee.name_in(language),
        committee.host.name_in(language),
        rules.title.in_(language),
    )


def pieces_of(step: Step, rules: Rulebook) -> dict[str, tuple[str, ...]]:
    """What is saved together: an item by itself, a question with its explanation."""
    if step.kind is StepKind.SELF_ASSESSMENT:
        return {key: (key, f"{key}.why") for key, _question in questions(rules.lists)}
    return {item.code: (item.code,) for item in step.items if item.kind is not ItemKind.FILES}


class StepForm(forms.Form):
    """One step of the application, or with ``only`` one piece of it."""

    def __init__(
        self,
        data: Any = None,
        *,
        step: Step,
        rules: Rulebook,
        answers: Mapping[str, Any],
        only: str = "",
    ) -> None:
        super().__init__(data, initial=dict(answers))
        self.stored = answers
        language = get_language() or "en"
        for piece, keys in pieces_of(step, rules).items():
            if not only or piece == only:
                self.fields |= _fields(step, rules, keys, language)

    def clean(self) -> dict[str, Any]:
        """The planned period does not end before it begins; of a piece alone the other day is the one stored."""
        data = super().clean() or {}
        if is_reversed({key: self._day(key, data) for key in (FIRST_DAY, LAST_DAY)}):
            if LAST_DAY in self.fields:
                self.add_error(LAST_DAY, ValidationError(_("The last day lies before the first."), code="order"))
            elif FIRST_DAY in self.fields:
                words = _("This day lies after the last one. If both move, write the last one first.")
                self.add_error(FIRST_DAY, ValidationError(words, code="order"))
        return data

    def _day(self, key: str, data: Mapping[str, Any]) -> str:
        return str(kept(data.get(key)) if key in self.fields else self.stored.get(key) or "")

    def values(self) -> dict[str, Any]:
        """What is valid and says something new, or takes something back."""
        found = {key: kept(value) for key, value in self.cleaned_data.items()}
        return {key: value for key, value in found.items() if mark_of(value) != mark_of(self.stored.get(key))}

    def seen(self) -> dict[str, Any]:
        """Per item the value the page was filled from; another value than the stored one where the mark differs."""
        given = {key: str(self.data.get(f"seen-{key}", "")) for key in self.fields}
        stored = {key: self.stored.get(key) for key in self.fields}
        return {key: stored[key] if mark == mark_of(stored[key]) else {"mark": mark} for key, mark in given.items()}

    def keep_typed_days(self) -> None:
        """Show a day that does not exist as it was typed: a date input would show nothing."""
        for key in self.errors:
            widget = self.fields[key].widget if key in self.fields else None
            if isinstance(widget, forms.DateInput) and not self.has_error(key, "order"):
                widget.input_type = "text"
                widget.attrs.pop("type", None)


def _fields(step: Step, rules: Rulebook, keys: tuple[str, ...], language: str) -> dict[str, forms.Field]:
    if step.kind is not StepKind.SELF_ASSESSMENT:
        return {key: item_field(rules.application.item(key), language) for key in keys}
    question = dict(questions(rules.lists))[keys[0]]
    return {
        keys[0]: yes_no_field(question.question.in_(language)),
        keys[1]: explanation_field(str(_("Explanation"))),
    }


class SubmitForm(forms.Form):
    """The pledge, made anew each time something is handed in; ``seen`` says what was read before."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    pledge = forms.BooleanField(
        label=_("I make this pledge"), error_messages={"required": _("Without the pledge nothing can be handed in.")}
    )


class ResubmitForm(SubmitForm):
    """With what was done about the decision's requirements."""

    changes = PlainText(
        label=_("What was changed"),
        help_text=_("Say, requirement by requirement, what you changed and where. The committee reads this first."),
        max_length=CHANGES,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    field_order = ["changes", "pledge"]


class WithdrawForm(forms.Form):
    """Why the applicant takes the case back."""

    reasons = PlainText(
        label=_("Reasons"),
        help_text=_("The committee reads them; they stay with the case."),
        max_length=EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TeamForm(forms.Form):
    """A colleague by mail address."""

    email = forms.EmailField(label=_("Mail address of the colleague"), max_length=254)


class SupplementAnswersForm(forms.Form):
    """One answer for each item the notice asks for."""

    def __init__(self, data: Any = None, *, items: Iterable[SupplementItem], only: str = "") -> None:
        super().__init__(data)
        self.rows = {row.item: row for row in items if not only or row.item == only}
        for code, row in self.rows.items():
            self.fields[code] = PlainText(
                label=_("Your answer"),
                initial=row.answer,
                required=False,
                max_length=CHANGES,
                widget=forms.Textarea(attrs={**STEP, "rows": 5}),
            )

    def seen(self, code: str) -> str:
        """The answer the page was filled from; another than the stored one where the mark differs."""
        stored = self.rows[code].answer
        given = str(self.data.get(f"seen-{code}", ""))
        return stored if given == mark_of(stored) else f"{stored}\0"
