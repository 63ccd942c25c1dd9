"""What is typed about an improvement plan: efforts, who does a step and until when."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.actions.planning import StepTerms
from assessments.domain.staged import StagedInstrument
from assessments.forms.fields import DayField
from ethicsreview.accounts.models import User
from ethicsreview.documents.forms import PlainText

MOST_EFFORT = 10_000
NOTE_LENGTH = 2000  # characters


class EffortsForm(forms.Form):
    """A number for each item: what raising one of its criteria costs; an empty one is 1."""

    def __init__(
        self, *args: Any, instrument: StagedInstrument, efforts: Mapping[str, int], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = tuple(instrument.items)
        for key, item in instrument.items.items():
            self.fields[f"effort-{key}"] = forms.IntegerField(
                label=f"{key} {item.title.in_(language)}",
                required=False,
                min_value=1,
                max_value=MOST_EFFORT,
                initial=efforts.get(key),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "1"}),
            )

    def efforts(self) -> dict[str, int]:
        """The efforts typed, by item."""
        typed = {key: self.cleaned_data[f"effort-{key}"] for key in self.items}
        return {key: effort for key, effort in typed.items() if effort}


class TermsForm(forms.Form):
    """Who sees to a step and until when."""

    owner = forms.TypedChoiceField(label=_("Responsible"), required=False, coerce=int, empty_value=None)
    due = DayField(label=pgettext_lazy("plan", "Due"), required=False)
    note = PlainText(
        label=pgettext_lazy("maturity", "Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, owners: Sequence[User], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {user.pk: user for user in owners}
        field = self.fields["owner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("nobody yet")), *((user.pk, user.name_in(language)) for user in owners)]

    def terms(self) -> StepTerms:
        """As the actions take them."""
        data = self.cleaned_data
        return StepTerms(self.owners.get(data["owner"]), data["due"], data["note"])


class AdoptForm(TermsForm):
    """The criteria of a proposal as the page showed them, taken over on the same terms."""

    field_order = ["owner", "due", "note"]

    def criteria(self, instrument: StagedInstrument) -> list[str]:
        """The criteria sent along that the instrument has."""
        sent = self.data.getlist("criterion")  # type: ignore[attr-defined]
        return [key for key in sent if key in instrument.criteria]


class StepForm(TermsForm):
    """One step added by hand."""

    criterion = forms.ChoiceField(label=pgettext_lazy("maturity", "Criterion"))
    field_order = ["criterion", "owner", "due", "note"]

    def __init__(self, *args: Any, instrument: StagedInstrument, planned: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = kwargs["language"]
        field = self.fields["criterion"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "")] + [
                (
                    f"{item.key} {item.title.in_(language)}",
                    [
                        (one.key, f"{one.key} {one.text.in_(language)}"[:110])
                        for cell in item.cells
                        for one in cell
                        if one.key not in planned
                    ],
                )
                for item in instrument.items.values()
            ]
