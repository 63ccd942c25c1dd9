"""The file or the code somebody wants checked."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ethicsreview.documents.domain import LARGEST_FILE, read_code
from ethicsreview.documents.fonts import missing_glyphs

NAMED = 5  # characters named in a message


def printable(text: str) -> None:
    """Raises ``ValidationError`` naming the characters no font of ours holds: a document with one is never signed."""
    missing = sorted(missing_glyphs(text))
    if missing:
        named = [f"{sign if sign.isprintable() else ''} U+{ord(sign):04X}".strip() for sign in missing[:NAMED]]
        raise ValidationError(
            _("These characters cannot be printed in the signed documents: %(signs)s. Please write them otherwise."),
            code="unprintable",
            params={"signs": ", ".join(named) + (" …" if len(missing) > NAMED else "")},
        )


class FileForm(forms.Form):
    """A file of at most ``LARGEST_FILE`` bytes; what it holds is for the verdict to say."""

    file = forms.FileField(
        label=_("PDF file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=_("The file is checked and forgotten; nothing of it is kept."),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuses a file too large to be one of ours before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than any document issued here."))
        return file


class CodeForm(forms.Form):
    """A verification code as printed in the foot of each page."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=40,
        help_text=_("Twelve letters and figures, printed in the foot of each page."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code in its printed form."""
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("A verification code has twelve letters and figures; I, O, 0 and 1 do not occur.")
            )
        return code
