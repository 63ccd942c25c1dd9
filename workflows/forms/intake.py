"""What a secretary types about a case that came in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.domain.instrument import Instrument
from ethicsreview.accounts.models import User
from ethicsreview.documents.forms import PlainText
from workflows.actions.intake import Classification
from workflows.domain.application import form_items
from workflows.domain.lengths import REASONS, REQUEST
from workflows.domain.rulebook import ListQuestion, Rulebook


def _area(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return PlainText(label=label, required=required, max_length=REASONS, help_text=help_text, widget=widget)


class ReasonsForm(forms.Form):
    """Reasons, nothing else."""

    reasons = _area(_("Reasons"))


class AcceptForm(forms.Form):
    """Why the case is accepted under this procedure."""

    reasons = _area(
        _("Reasons for the procedure"),
        help_text=_("The applicant reads this in the acceptance notice and in the report."),
    )


class ExtendForm(forms.Form):
    """The new last day and why."""

    until = forms.DateField(label=_("New last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reasons = _area(_("Reasons"), help_text=_("The applicant is told the reasons and the new last day."))


def _questions(questions: Iterable[ListQuestion], language: str) -> list[tuple[str, Any]]:
    return [(question.code, question.question.in_(language)) for question in questions]


class ClassificationForm(forms.Form):
    """Tier, flags and findings on the lists, with the reason."""

    tier = forms.ChoiceField(label=_("Tier"), widget=forms.RadioSelect)
    flags = forms.MultipleChoiceField(
        label=_("Flags"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"})
    )
    red_lines = forms.MultipleChoiceField(
        label=_("Red lines found to be crossed"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A case that crosses a red line can only be declined or refused."),
    )
    listed = forms.MultipleChoiceField(
        label=_("On the expert re-review list"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A listed case cannot be approved before its re-review unless an exemption is proven."),
    )
    exemption = forms.ChoiceField(label=_("Exemption from re-review"), required=False)
    exemption_evidence = _area(_("Evidence of the exemption"), required=False, rows=2)
    reason = _area(_("Reason for the classification"))

    def __init__(self, *args: Any, rules: Rulebook, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        choices: dict[str, list[tuple[str, Any]]] = {
            "tier": [(t.key, f"{t.key} · {t.label.in_(language)}") for t in instrument.tiers],
            "flags": [(f.key, f.label.in_(language)) for f in instrument.flags],
            "red_lines": _questions(rules.lists.red_lines, language),
            "listed": _questions(rules.lists.re_review, language),
            "exemption": [("", _("None")), *_questions(rules.lists.exemptions, language)],
        }
        for name, found in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = found

    def finding(self) -> Classification:
        """The typed findings as the action takes them."""
        data = self.cleaned_data
        return Classification(
            tier=data["tier"],
            flags=tuple(data["flags"]),
            reason=data["reason"],
            red_lines=tuple(data["red_lines"]),
            listed=tuple(data["listed"]),
            exemption=data["exemption"],
            exemption_evidence=data["exemption_evidence"],
        )


class SupplementForm(forms.Form):
    """The one complete notice, item by item: an empty line means nothing is asked of that item."""

    message = _area(_("Covering note"), required=False, rows=3)

    def __init__(self, *args: Any, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        for item in form_items(rules.application):
            self.fields[f"item-{item.code}"] = PlainText(
                label=item.label.in_(language),
                required=False,
                max_length=REQUEST,
                help_text=item.citation.in_(language),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def requests(self) -> dict[str, str]:
        """Item code → what is wanted, for the lines that were filled in."""
        prefix = "item-"
        typed = {name[len(prefix) :]: text for name, text in self.cleaned_data.items() if name.startswith(prefix)}
        return {code: text for code, text in typed.items() if text.strip()}


class ReviewersForm(forms.Form):
    """Who reviews, from those free to."""

    reviewers = forms.ModelMultipleChoiceField(
        label=_("Reviewers"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, free: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewers"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = User.objects.filter(pk__in=list(free))


class ConflictForm(forms.Form):
    """A conflict of the person's own, or of a seat-holder the secretary names."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind of conflict"))
    reason = _area(
        _("Reason"),
        required=False,
        help_text=_("Required when set for somebody else. Only the desk reads it."),
        rows=3,
    )

    def __init__(self, *args: Any, rules: Rulebook, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        kinds = [(kind.code, kind.label.in_(language)) for kind in rules.conflicts]
        for name, choices in (("person", people), ("kind", kinds)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


class DesignateForm(forms.Form):
    """Which vice-chair acts, and why the chair does not."""

    seat = forms.TypedChoiceField(label=_("Vice-chair"), coerce=int)
    reasons = _area(_("Reasons"))

    def __init__(self, *args: Any, seats: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seat"]
        if isinstance(field, forms.ChoiceField):
            field.choices = seats
