"""What is typed about a meeting, its agenda, motions and votes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from ethicsreview.documents.forms import printable
from workflows.domain.ballots import Choice
from workflows.domain.lengths import ADDRESS, NAME, NOTES, REASONS, VOTE_REASON
from workflows.domain.rooms import Mode
from workflows.models import Case
from workflows.wording import CHOICES, MODES


class PrintedField(forms.CharField):
    """A text that is printed on signed documents."""

    default_validators = [printable]

    def __init__(self, *, rows: int = 4, max_length: int = REASONS, **kwargs: Any) -> None:
        widget = kwargs.pop("widget", None) or forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)


def choose(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Give a choice field of ``form`` what there is to choose."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class PlanForm(forms.Form):
    """When, where, and who presides; times are those of the site's zone."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    presiding = forms.TypedChoiceField(label=_("Presiding"), coerce=int)
    place = PrintedField(label=_("Place"), required=False, max_length=NAME, widget=forms.TextInput())
    video_link = forms.URLField(
        label=_("Video address"),
        required=False,
        max_length=ADDRESS,
        assume_scheme="https",
        widget=forms.URLInput(),
        validators=[printable],
    )
    message = PrintedField(
        label=_("Note to the members"),
        required=False,
        max_length=REASONS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Every member reads it, recused or not: name no case here."),
    )

    def __init__(self, *args: Any, presiding: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "presiding", presiding)

    def starts_at(self) -> datetime:
        """Day and time together."""
        return make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"]))

    def clean(self) -> dict[str, Any]:
        """Members must know where to go or how to join."""
        data = super().clean() or {}
        if not data.get("place") and not data.get("video_link") and "video_link" not in self.errors:
            self.add_error("place", _("Give a place, a video address, or both."))
        return data


class AgendaForm(forms.Form):
    """A number for each case taken up; the order of the numbers is the order of the agenda."""

    def __init__(self, *args: Any, cases: Sequence[Case], places: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases
        for case in cases:
            self.fields[f"place-{case.pk}"] = forms.IntegerField(
                label=f"{case.reference} · {case.title}",
                required=False,
                min_value=1,
                max_value=999,
                initial=places.get(case.pk),
                widget=forms.NumberInput(attrs={"class": "place", "inputmode": "numeric"}),
            )

    def order(self, kept: Mapping[int, int]) -> list[int]:
        """Ids of the cases in the order typed; ``kept`` are those the person may not see, with their places."""
        typed = {int(name.removeprefix("place-")): value for name, value in self.cleaned_data.items() if value}
        places = {**typed, **kept}
        return sorted(places, key=lambda pk: (places[pk], pk))


class ArriveForm(forms.Form):
    """Who comes, how, and for whom an alternate stands."""

    seat = forms.IntegerField()
    mode = forms.ChoiceField(choices=[(mode.value, MODES[mode]) for mode in Mode])
    stands_for = forms.IntegerField(required=False)


class LeaveForm(forms.Form):
    """Who leaves."""

    seat = forms.IntegerField()


class NotesForm(forms.Form):
    """The secretary's notes beside the record; ``drafted`` is the mark of the draft the page showed, if any."""

    drafted = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    notes = PrintedField(
        label=_("Notes"),
        required=False,
        rows=10,
        max_length=NOTES,
        help_text=_("Members recused from an item of this meeting do not see the notes."),
    )


class ReadDraftForm(forms.Form):
    """The mark of the draft of the minutes that the page showed."""

    drafted = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class PrintedReasonsForm(forms.Form):
    """Reasons that are printed in minutes and reports."""

    reasons = PrintedField(label=_("Reasons"))


class MotionForm(forms.Form):
    """A kind of decision to vote on; kinds that may not be put now are shown and cannot be chosen."""

    decision_kind = forms.ChoiceField(label=_("Decision proposed"), widget=forms.RadioSelect)
    text = PrintedField(
        label=_("Text of the motion"),
        required=False,
        rows=3,
        help_text=_("What the vote is about, beyond the kind of decision: conditions, limits."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "decision_kind", kinds)


class GateMotionForm(forms.Form):
    """A standing gate, and why it should no longer block."""

    gate = forms.ChoiceField(label=_("Gate to resolve"), widget=forms.RadioSelect)
    text = PrintedField(
        label=_("Reasons why the gate no longer blocks"),
        help_text=_("The rating stays as the reviewer gave it; the vote and these reasons are printed beside it."),
    )

    def __init__(self, *args: Any, gates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "gate", gates)

    def chosen(self) -> tuple[str, int]:
        """The indicator and the id of the reviewer who rated it."""
        indicator, _mark, reviewer = self.cleaned_data["gate"].rpartition("#")
        return indicator, int(reviewer)


class MotionIdForm(forms.Form):
    """Which motion the page showed."""

    motion = forms.IntegerField()


class VoteForm(MotionIdForm):
    """A vote, with a reason if one likes."""

    choice = forms.ChoiceField(
        label=_("Vote"),
        choices=[(choice.value, CHOICES[choice]) for choice in Choice],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    reason = PrintedField(
        label=_("Reason"),
        required=False,
        rows=2,
        max_length=VOTE_REASON,
        help_text=_("Printed with your vote in the minutes and the review report."),
    )


class RecordVoteForm(VoteForm):
    """A vote the secretary enters for a member present."""

    voter = forms.IntegerField()


class DissentForm(forms.Form):
    """An opinion against the outcome."""

    text = PrintedField(
        label=_("Dissenting opinion"), rows=8, help_text=_("It is printed with your name in the review report.")
    )
