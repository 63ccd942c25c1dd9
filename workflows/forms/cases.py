"""Filters of the list of cases."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ethicsreview.accounts.models import User
from workflows.domain.states import State
from workflows.models import Case, Committee
from workflows.queries.lists import CaseFilters
from workflows.wording import STATES


class CommitteeField(forms.ModelChoiceField[Committee]):
    """Committees by code and name in the reader's language."""

    def label_from_instance(self, obj: Committee) -> str:
        """What the choice reads."""
        return f"{obj.code} · {obj.name_in(get_language() or 'en')}"


class CaseFilterForm(forms.Form):
    """State, committee, words of reference or title, own applications, overdue ones."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)
    committee = CommitteeField(
        label=_("Committee"), required=False, queryset=Committee.objects.none(), empty_label=_("Any")
    )
    late = forms.BooleanField(label=_("Overdue only"), required=False)
    mine = forms.BooleanField(label=_("My own applications"), required=False)

    def __init__(self, *args: Any, user: User, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = Case.objects.party_to(user, day).filter(committee=OuterRef("pk"))
        field = self.fields["committee"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Committee.objects.filter(Exists(readable)).order_by("code")
        states = self.fields["state"]
        if isinstance(states, forms.ChoiceField):
            states.choices = [("", _("Any")), *((state.value, STATES[state]) for state in State)]

    def filters(self) -> CaseFilters:
        """The filters as the query takes them."""
        data = self.cleaned_data
        committee = data["committee"]
        return CaseFilters(
            state=data["state"],
            committee=committee.pk if committee else None,
            text=data["text"].strip(),
            mine=data["mine"],
            late=data["late"],
        )

    def chips(self, path: str) -> list[dict[str, Any]]:
        """One chip for each filter in use, with the address that leaves it out."""
        used = {key: value for key, value in self.data.items() if key in self.fields and self.cleaned_data[key]}
        committee = self.cleaned_data["committee"]
        words = {
            "text": self.cleaned_data["text"],
            "state": STATES.get(self.cleaned_data["state"], ""),
            "committee": committee.code if committee else "",
            "mine": "",
            "late": "",
        }
        return [
            {
                "label": self.fields[key].label,
                "value": words[key],
                "remove_url": f"{path}?{urlencode({k: v for k, v in used.items() if k != key})}",
            }
            for key in used
        ]
