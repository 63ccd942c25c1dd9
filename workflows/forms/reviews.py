"""What a reviewer types: one rating with its evidence, the overall opinion."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.domain.answers import NOTE_LENGTH, REASON_LENGTH, EvidenceLink
from assessments.domain.instrument import Instrument
from ethicsreview.documents.forms import PlainText, printable
from workflows.domain.lengths import OPINION

NOT_APPLICABLE = "na"
HERE, CHOSEN = "here", "chosen"  # what a button cites: the page one looks at, or the one chosen beside it
LARGEST = 2**31 - 1


def written(link: EvidenceLink) -> str:
    """A link as the value of a field; ``read`` takes it back."""
    return f"{link.version}:{link.page or ''}:{link.note}"


def read(value: str) -> EvidenceLink | None:
    """The link a field's value stands for; None for anything else."""
    version, _colon, rest = value.partition(":")
    page, colon, note = rest.partition(":")
    if not colon or "\0" in note or _number(version) is None or (page and _number(page) is None):
        return None
    return EvidenceLink(int(version), _number(page), note)


def _number(text: str) -> int | None:
    """A whole number from 1 that the database can hold."""
    known = text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= LARGEST
    return int(text) if known else None


def seen(data: Any) -> tuple[str, str]:
    """Version and page one looks at: of the pane when it changed by script, else of when the form was drawn."""
    source = "seen" if data.get("seen_page") else "here"
    return str(data.get(f"{source}_doc", "")).strip(), str(data.get(f"{source}_page", "")).strip()


class RatingForm(forms.Form):
    """One rating: a step or not applicable, the reason, the evidence kept and the evidence added."""

    rating = forms.ChoiceField(label=_("Rating"), required=False)
    reason = PlainText(label=_("Reason"), required=False, max_length=REASON_LENGTH)
    note = PlainText(label=_("Note"), required=False, max_length=NOTE_LENGTH)

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rating"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*((step.key, step.key) for step in instrument.scale), (NOT_APPLICABLE, NOT_APPLICABLE)]

    def clean(self) -> dict[str, Any]:
        """Adds ``links``: those kept, and the one a button asks for."""
        data = super().clean() or {}
        links = [link for link in map(read, self.data.getlist("evidence")) if link is not None]  # type: ignore[attr-defined]
        printable("".join(link.note for link in links))
        added = self._added(str(data.get("note", "")))
        data["links"] = list(dict.fromkeys([*links, *([added] if added else [])]))
        return data

    def _added(self, note: str) -> EvidenceLink | None:
        cite = self.data.get("cite")
        if cite == HERE:
            given = seen(self.data)
        elif cite == CHOSEN:
            given = str(self.data.get("doc", "")).strip(), str(self.data.get("page", "")).strip()
        else:
            return None
        version, page = map(_number, given)
        if version is None:
            missing = (
                _("Open a document first, then cite its page.") if cite == HERE else _("Choose a document to cite.")
            )
            self.add_error(None, missing)
            return None
        return EvidenceLink(version, page, note if cite == CHOSEN else "")

    def values(self) -> dict[str, Any]:
        """The rating as ``rate_indicator`` takes it."""
        rating = self.cleaned_data["rating"]
        aside = rating == NOT_APPLICABLE
        return {
            "step": None if aside or not rating else rating,
            "not_applicable": aside,
            "reason": self.cleaned_data["reason"],
            "evidence": self.cleaned_data["links"],
        }


class OpinionForm(forms.Form):
    """The overall opinion that goes with the review."""

    opinion = PlainText(
        label=_("Overall opinion"),
        max_length=OPINION,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What decides the case in your eyes: strengths, what worries you, what you would ask for."),
    )
