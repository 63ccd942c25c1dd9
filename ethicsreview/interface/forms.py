"""What is filled in for a new token or webhook; shape only."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.domain import ROLES_OF_KIND, MemberRole, OrganisationKind
from ethicsreview.accounts.forms import OneLineField
from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.wording import ROLES
from ethicsreview.documents.forms import printable
from ethicsreview.interface.domain.tokens import LONGEST_TERM, SERVICE_ROLES, Scope
from ethicsreview.interface.domain.webhooks import LONGEST_ADDRESS, Networks, address_fault, known_verb
from ethicsreview.interface.wording import ADDRESS_FAULTS, SCOPES, unknown_verb


class TokenForm(forms.Form):
    """Name, scopes and last day of a token."""

    name = OneLineField(
        label=pgettext_lazy("token", "Name"), max_length=80, help_text=_("What uses it, so that you know it again.")
    )
    scopes = forms.TypedMultipleChoiceField(
        label=_("Scopes"),
        coerce=Scope,
        choices=[(scope.value, words) for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The token can do what its holder may do, and of that only what is ticked here."),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A year from today at the latest."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["last_day"].initial = today + timedelta(days=90)

    def clean_last_day(self) -> date:
        """Today, or a day within the longest term."""
        day: date = self.cleaned_data["last_day"]
        if not self.today <= day < self.today + timedelta(days=LONGEST_TERM):
            raise forms.ValidationError(_("Choose a day from today to a year from today."), code="term")
        return day

    def values(self) -> dict[str, Any]:
        """The arguments of the action: the token ends when its last day does."""
        day = self.cleaned_data["last_day"]
        ends = timezone.make_aware(datetime.combine(day, time.max))
        return {"name": self.cleaned_data["name"], "scopes": self.cleaned_data["scopes"], "expires_at": ends}


class OrganisationTokenForm(TokenForm):
    """The same, with the one role its service account holds."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=MemberRole)
    field_order = ["name", "role", "scopes", "last_day"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in ROLES_OF_KIND[OrganisationKind(organisation.kind)] if role in SERVICE_ROLES]
        self.fields["role"].choices = [(role.value, ROLES[role]) for role in roles]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return super().values() | {"role": self.cleaned_data["role"]}


class WebhookForm(forms.Form):
    """Where to send, and which events."""

    address = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text=_("It is sent a signed message over https for each event."),
        validators=[printable],
    )
    verbs = forms.CharField(
        label=_("Events"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, as case.accept, or all of a kind as case.*; empty for all that can be told."),
        validators=[printable],
    )

    def __init__(self, *args: Any, networks: Networks, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.networks = networks

    def clean_address(self) -> str:
        """An address that may be called."""
        address = str(self.cleaned_data["address"])
        fault = address_fault(address, self.networks)
        if fault is not None:
            raise forms.ValidationError(str(ADDRESS_FAULTS[fault]), code=fault.value)
        return address

    def clean_verbs(self) -> list[str]:
        """Verbs that events can have."""
        verbs = str(self.cleaned_data["verbs"]).split()
        strange = [verb for verb in verbs if not known_verb(verb)]
        if strange:
            raise forms.ValidationError([unknown_verb(verb) for verb in strange])
        return verbs
