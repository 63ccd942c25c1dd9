"""What people fill in about themselves and their organisation; shape only."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ethicsreview.accounts.domain import ROLES_OF_KIND, MemberRole, OrganisationKind, Theme
from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.queries import LONGEST_ADDRESS
from ethicsreview.accounts.wording import ROLES
from ethicsreview.documents.forms import printable
from ethicsreview.documents.logo import LARGEST_UPLOAD


def own_names() -> list[tuple[str, str]]:
    """The languages, each in its own name, so that a reader lost in another one finds it."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class OneLineField(forms.CharField):
    """A text of one line which signed documents can print; blanks in a row are one."""

    default_validators = [printable]

    def clean(self, value: Any) -> str:
        return str(super().clean(" ".join(value.split()) if isinstance(value, str) else value))


class SignInForm(AuthenticationForm):
    """Mail address and password; the address is compared in lower case."""

    error_messages = {
        "invalid_login": _("The mail address or the password is wrong. Please note capitals in the password."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Mail address")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        """The address as accounts are kept."""
        return str(self.cleaned_data["username"]).strip().lower()


class PasswordLinkForm(forms.Form):
    """Where to send the link."""

    email = forms.EmailField(
        label=_("Mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not generic when it runs
    """A new password, twice, checked against the house's rules."""


class OwnPasswordForm(PasswordChangeForm):
    """The old password, and a new one twice."""


class ProfileForm(forms.Form):
    """How the person is named."""

    name = OneLineField(label=pgettext_lazy("person", "Name"), max_length=120, help_text=_("In Latin letters."))
    name_zh = OneLineField(
        label=_("Name in Chinese"),
        max_length=120,
        required=False,
        help_text=_("Printed on Chinese documents; empty when there is none."),
    )


class AcceptForm(SetPasswordForm):  # type: ignore[type-arg]  # not generic when it runs
    """A new person's name and password."""

    name = OneLineField(label=pgettext_lazy("person", "Name"), max_length=120, help_text=_("In Latin letters."))
    name_zh = OneLineField(label=_("Name in Chinese"), max_length=120, required=False)
    field_order = ["name", "name_zh", "new_password1", "new_password2"]


class ConfirmForm(forms.Form):
    """Nothing to fill in: an account that exists says yes."""


class PreferencesForm(forms.Form):
    """Language and colours; what is left out stays as it is."""

    language = forms.ChoiceField(label=_("Language"), choices=own_names, required=False)
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[
            (Theme.AUTO.value, pgettext_lazy("colours", "as the system")),
            (Theme.LIGHT.value, pgettext_lazy("colours", "light")),
            (Theme.DARK.value, pgettext_lazy("colours", "dark")),
        ],
        required=False,
    )


class LetterheadForm(forms.Form):
    """What stands on the organisation's documents."""

    name = OneLineField(label=pgettext_lazy("organisation", "Name"), max_length=200)
    name_zh = OneLineField(label=_("Name in Chinese"), max_length=200, required=False)
    letterhead_en = forms.CharField(
        label=_("Letterhead in English"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Address, telephone, registration number: at most six lines under the name."),
    )
    letterhead_zh = forms.CharField(
        label=_("Letterhead in Chinese"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_letterhead_en(self) -> str:
        """At most six lines."""
        return _lines(self.cleaned_data["letterhead_en"])

    def clean_letterhead_zh(self) -> str:
        """At most six lines."""
        return _lines(self.cleaned_data["letterhead_zh"])


def _lines(text: str) -> str:
    printable(text)
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    if len(lines) > 6:
        raise forms.ValidationError(_("A letterhead has at most six lines."), code="too_many_lines")
    return "\n".join(lines)


class LogoForm(forms.Form):
    """An image to be redrawn."""

    logo = forms.FileField(
        label=_("Image file"),
        help_text=_("PNG, JPEG or WebP, at most 2 MB. It is redrawn, at most 600 pixels wide and high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_logo(self) -> "UploadedFile[Any]":
        """Small enough to be read into memory."""
        upload: UploadedFile[Any] = self.cleaned_data["logo"]
        if upload.size is None or upload.size > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 2 MB."), code="too_large")
        return upload


class InviteForm(forms.Form):
    """Whom to invite, as what, and in which language to write."""

    email = forms.EmailField(label=_("Mail address"), max_length=LONGEST_ADDRESS)
    name = OneLineField(label=pgettext_lazy("person", "Name"), max_length=120)
    role = forms.TypedChoiceField(label=_("Role"), coerce=MemberRole)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=own_names)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
        self.fields["role"].choices = [(role.value, ROLES[role]) for role in roles]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """The address as accounts are kept; some letters become two in lower case."""
        address = str(self.cleaned_data["email"]).strip().lower()
        MaxLengthValidator(LONGEST_ADDRESS)(address)
        return address


class EndMembershipForm(forms.Form):
    """The last day of a term."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The role is held until the end of this day. Yesterday's date ends it at once."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today
