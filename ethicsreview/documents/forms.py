"""Text as signed documents will print it, and the file or the code somebody wants checked."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ethicsreview.documents.domain import LARGEST_FILE, read_code
from ethicsreview.documents.fonts import missing_glyphs, unseen

NAMED = 5  # characters named in a message
BEFORE = 12  # characters in front of an unseen one that tell where it is


def printable(text: str) -> None:
    """Raises ``ValidationError`` naming the characters no font of ours holds, and those that nobody sees.

    A document with one of the former is never signed; the latter can turn what is read into something else.
    """
    faults = [
        ValidationError(words, code=code, params={"signs": _listed(names)})
        for code, words, names in (
            ("unprintable", CANNOT_PRINT, [_named(sign) for sign in sorted(missing_glyphs(text) - unseen(text))]),
            ("unseen", CANNOT_SEE, [_placed(sign, text) for sign in sorted(unseen(text))]),
        )
        if names
    ]
    if faults:
        raise ValidationError(faults)


CANNOT_PRINT = _("These characters cannot be printed in the signed documents: %(signs)s. Please write them otherwise.")
CANNOT_SEE = _("Characters that nobody sees, and that can make a text read otherwise, are not taken: %(signs)s.")


def refused(text: str) -> Iterator[str]:
    """The name of each character that ``printable`` refuses."""
    yield from (_named(sign) for sign in sorted(missing_glyphs(text) | unseen(text)))


def _named(sign: str) -> str:
    return f"{sign if sign.isprintable() else ''} U+{ord(sign):04X}".strip()


def _placed(sign: str, text: str) -> str:
    """Its number and the words it first stands behind: it cannot be found by looking."""
    before = "".join(one for one in text[: text.index(sign)] if one.isprintable())[-BEFORE:]
    return gettext("%(sign)s after “%(words)s”") % {"sign": _named(sign), "words": before} if before else _named(sign)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


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
