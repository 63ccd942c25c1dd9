"""What is typed about a verification, by each of its roles."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.domain.answers import REASON_LENGTH
from assessments.domain.claims import Party
from assessments.domain.staged import StagedInstrument
from assessments.forms.fields import DayField
from assessments.wording import PARTIES
from ethicsreview.files.forms import DocumentField
from workflows.actions.certificates import DcmmText
from workflows.actions.verification_correction import NewEvidence
from workflows.domain.ballots import Choice
from workflows.domain.lengths import REASONS
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.forms.meetings import PrintedField, choose
from workflows.queries.verifications import Filters
from workflows.wording import CHOICES, FINDING_KINDS, ONSITE_KINDS, V_STATES

YES, NO = "yes", "no"


def _levels(instrument: StagedInstrument) -> list[tuple[Any, Any]]:
    """DCMM levels by number, lowest first."""
    found = instrument.dcmm.levels if instrument.dcmm else ()
    tongue = get_language() or "en"
    return [(number, f"{number} · {label.in_(tongue)}") for number, label in enumerate(found, start=1)]


class RequestForm(forms.Form):
    """Which body is to verify."""

    host = forms.TypedChoiceField(label=_("Body that verifies"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "host", bodies)


class EmptyForm(forms.Form):
    """A confirmation without a word."""


class WhyForm(forms.Form):
    """Reasons that are printed on signed documents."""

    reasons = PrintedField(label=_("Reasons"))

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["reasons"].label = label
        self.fields["reasons"].help_text = help_text


class PeopleForm(forms.Form):
    """Who is chosen from ``free``, and who of them or of those at work leads."""

    people = forms.TypedMultipleChoiceField(label=_("People"), coerce=int, required=False)
    lead = forms.TypedChoiceField(label=_("Leads the team"), coerce=int, required=False, empty_value=None)

    def __init__(
        self, *args: Any, free: Iterable[tuple[int, str]], at_work: Iterable[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        free = list(free)
        choose(self, "people", free)
        choose(self, "lead", [*at_work, *free])

    def clean(self) -> dict[str, Any]:
        """Somebody is chosen, or the lead passes to somebody at work; who leads is of the team."""
        data = super().clean() or {}
        if not data.get("people") and not data.get("lead") and not self.errors:
            self.add_error("people", _("Choose somebody."))
        return data


class RecusalForm(forms.Form):
    """A conflict of the person's own, or of somebody the coordinator names."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind of conflict"))
    reason = PrintedField(
        label=_("Reason"),
        required=False,
        max_length=REASONS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Required when set for somebody else. Only the desk reads it."),
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "person", people)
        choose(self, "kind", kinds)


class CriterionForm(forms.Form):
    """One rating of the team: a step or none, the note, and the id of the rating the page showed (0 for none)."""

    step = forms.ChoiceField(label=_("Rating"), required=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)
    note = PrintedField(label=_("Note"), required=False, max_length=REASON_LENGTH)

    def __init__(self, *args: Any, instrument: StagedInstrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "step", [(step.key, step.key) for step in instrument.scale])


class JudgeForm(forms.Form):
    """Accepted or not; ``criterion`` is where on the page the button was."""

    accepted = forms.ChoiceField(choices=[(YES, YES), (NO, NO)])
    criterion = forms.CharField(max_length=40, required=False)

    def verdict(self) -> bool:
        """Whether it was accepted."""
        return bool(self.cleaned_data["accepted"] == YES)


class AsideForm(forms.Form):
    """Whether an item may be set aside, and why."""

    approved = forms.ChoiceField(choices=[(YES, YES), (NO, NO)])
    reason = PrintedField(label=_("Reason of your decision"))

    def verdict(self) -> bool:
        """Whether the team agrees."""
        return bool(self.cleaned_data["approved"] == YES)


class DcmmFindingForm(forms.Form):
    """The level data management was found to match, and on what grounds."""

    level = forms.TypedChoiceField(label=pgettext_lazy("DCMM", "Level"), coerce=int)
    reason = PrintedField(label=_("Grounds of the finding"))

    def __init__(self, *args: Any, instrument: StagedInstrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "level", [(0, _("No level")), *_levels(instrument)])


class ClaimForm(forms.Form):
    """Whether the claimed certificate was found to be what it says, and why."""

    accepted = forms.ChoiceField(
        label=_("The claimed certificate"),
        choices=[(YES, _("It was checked and counts")), (NO, _("It does not count"))],
        widget=forms.RadioSelect,
    )
    reason = PrintedField(label=_("How it was checked"))

    def verdict(self) -> bool:
        """Whether it counts."""
        return bool(self.cleaned_data["accepted"] == YES)


class OnSiteForm(forms.Form):
    """One thing done on site."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("on site", "What was done"), choices=[(k.value, ONSITE_KINDS[k]) for k in OnSiteKind]
    )
    role = forms.ChoiceField(label=_("Role of the person interviewed"), required=False)
    subject = PrintedField(
        label=_("Who or what"),
        max_length=200,
        widget=forms.TextInput(),
        help_text=_("The function of the person, the system shown, or the scenario sampled."),
    )
    held_on = DayField(label=_("Day"))
    notes = PrintedField(label=_("What was said or seen"), rows=5)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "role", [("", _("not an interview")), *roles])

    def clean(self) -> dict[str, Any]:
        """An interview names the role of whom one spoke with, nothing else does."""
        data = super().clean() or {}
        interview = data.get("kind") == OnSiteKind.INTERVIEW.value
        if interview and not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Say which role the person interviewed holds."))
        if not interview:
            data["role"] = ""
        return data


class FindingForm(forms.Form):
    """What is short at one criterion."""

    criterion = forms.ChoiceField(label=_("Criterion"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(k.value, FINDING_KINDS[k]) for k in FindingKind], widget=forms.RadioSelect
    )
    text = PrintedField(label=pgettext_lazy("assessment", "Finding"), rows=4)

    def __init__(self, *args: Any, criteria: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criterion"]
        if isinstance(field, forms.ChoiceField):
            field.choices = criteria


class AnswerForm(forms.Form):
    """The enterprise's answer to one finding, with a new piece of evidence or pieces handed in before."""

    answer = PrintedField(label=_("Your answer"), help_text=_("What was put right, or why the finding does not hold."))
    linked = forms.TypedMultipleChoiceField(
        label=_("Evidence handed in before that shows it"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    title = PrintedField(
        label=_("Title of the new evidence"), required=False, max_length=200, widget=forms.TextInput()
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    dated = DayField(label=_("Date of the record"), required=False)
    periods = forms.IntegerField(
        label=_("Full measurement periods covered"), required=False, min_value=0, max_value=100
    )
    file = DocumentField(required=False)
    reference = PrintedField(label=_("Or where it is kept"), required=False, max_length=500, widget=forms.TextInput())
    confidential = forms.BooleanField(label=_("Confidential"), required=False)

    NEW = ("title", "kind", "dated", "periods", "file", "reference", "confidential")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], pieces: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "kind", [("", "—"), *kinds])
        choose(self, "linked", pieces)
        if not pieces:
            del self.fields["linked"]

    @property
    def new_fields(self) -> list[forms.BoundField]:
        """The fields of the new piece."""
        return [self[name] for name in self.NEW]

    @property
    def is_new_open(self) -> bool:
        """Whether something of a new piece was typed, or is wrong with it."""
        return self.is_bound and any(self[name].value() or self[name].errors for name in self.NEW)

    def clean(self) -> dict[str, Any]:
        """A new piece has a title, a kind, and a file or a reference; nothing of it is none."""
        data = super().clean() or {}
        if any(data.get(name) for name in self.NEW):
            if not data.get("title") and "title" not in self.errors:
                self.add_error("title", _("Name the piece of evidence."))
            if not data.get("kind") and "kind" not in self.errors:
                self.add_error("kind", _("Say what kind of evidence it is."))
            if not data.get("file") and not data.get("reference") and "file" not in self.errors:
                self.add_error("file", _("Add a file, or say where it is kept."))
        return data

    def new_evidence(self) -> tuple[NewEvidence, ...]:
        """The new piece as the action takes it, or none."""
        data = self.cleaned_data
        if not data.get("title"):
            return ()
        file = data.get("file")
        piece = NewEvidence(
            kind=data["kind"],
            title=data["title"],
            dated=data["dated"],
            periods=data["periods"] or 0,
            reference=data["reference"],
            confidential=data["confidential"],
            stream=file.open() if file else None,
            name=file.name if file else "",
        )
        return (piece,)


class ResolveForm(forms.Form):
    """What became of a finding."""

    resolved = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(YES, _("The answer settles it")), (NO, _("It stays open"))],
        widget=forms.RadioSelect,
    )
    resolution = PrintedField(label=_("What became of it"))

    def verdict(self) -> bool:
        """Whether the answer settled it."""
        return bool(self.cleaned_data["resolved"] == YES)


class ComplianceForm(forms.Form):
    """Passed, or sent back to the team, with the note that is printed."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(YES, _("The procedure was kept")), (NO, _("Send the recommendation back to the team"))],
        widget=forms.RadioSelect,
    )
    note = PrintedField(label=_("What you found"), rows=5)

    def verdict(self) -> bool:
        """Whether the procedure was kept."""
        return bool(self.cleaned_data["outcome"] == YES)


class PanelVoteForm(forms.Form):
    """One expert's vote in the ballot the page showed."""

    ballot = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label=_("Vote"),
        choices=[(choice.value, CHOICES[choice]) for choice in Choice],
        error_messages={"required": _("Choose how you vote.")},
    )
    reason = PrintedField(
        label=_("Reason"),
        required=False,
        rows=2,
        max_length=2000,
        help_text=_("Kept with your vote once it is counted."),
    )


class ObjectionForm(forms.Form):
    """An objection by anybody."""

    name = PrintedField(
        label=pgettext_lazy("person", "Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The answer goes there."),
    )
    text = PrintedField(label=_("Objection"), rows=8)


class SettleForm(forms.Form):
    """Whether an objection is upheld, and the answer to whoever made it."""

    upheld = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(YES, _("Upheld: nothing can be certified on this recommendation")), (NO, _("Not upheld"))],
        widget=forms.RadioSelect,
    )
    answer = PrintedField(label=_("Answer"), rows=5)

    def verdict(self) -> bool:
        """Whether the objection is upheld."""
        return bool(self.cleaned_data["upheld"] == YES)


class DecideForm(forms.Form):
    """The decision of the decider in person; ``seen`` is the moment of the recommendation the page showed."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(YES, _("Certify the recommended tier")), (NO, _("Refuse the certificate"))],
        widget=forms.RadioSelect,
    )
    reasons = PrintedField(label=_("Reasons"), required=False, help_text=_("Required for a refusal. Printed."))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Deciding is your act in person: it is recorded with your name and printed in the documents."),
    )

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, certifiable: bool, seen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now_seen = seen
        self.fields["seen"].initial = seen
        if not certifiable:
            choose(self, "outcome", [(NO, _("Refuse the certificate"))])

    def clean(self) -> dict[str, Any]:
        """A refusal says why, and what is decided is what the page showed."""
        data = super().clean() or {}
        if data.get("outcome") == NO and not data.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", _("Say why the certificate is refused."))
        if "seen" in data and data["seen"] != self.now_seen:
            self.add_error(None, _("The recommendation has changed since you opened this page. Read it again."))
        return data

    def certifies(self) -> bool:
        """Whether a certificate is issued."""
        return bool(self.cleaned_data["outcome"] == YES)


class SurveillanceForm(forms.Form):
    """What the yearly look found: the tier holds, or it does not."""

    holds = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(YES, _("The tier holds")), (NO, _("It does not hold: the certificate is suspended"))],
        widget=forms.RadioSelect,
    )
    reasons = PrintedField(label=_("What was looked at and found"), rows=5)

    def verdict(self) -> bool:
        """Whether the tier holds."""
        return bool(self.cleaned_data["holds"] == YES)


class RenewalForm(forms.Form):
    """A DCMM certificate that takes the place of the one before."""

    level = forms.TypedChoiceField(label=pgettext_lazy("DCMM", "Level"), coerce=int)
    edition = forms.ChoiceField(label=_("Edition"))
    party = forms.ChoiceField(label=_("Assessed as"), choices=[(p.value, PARTIES[p]) for p in Party])
    legal_entity = PrintedField(label=_("Legal entity on the certificate"), max_length=200, widget=forms.TextInput())
    certificate = PrintedField(label=_("Certificate number"), max_length=80, widget=forms.TextInput())
    body = PrintedField(label=_("Issued by"), max_length=200, widget=forms.TextInput())
    issued = DayField(label=_("Issued on"))
    expires = DayField(label=_("Valid until"))
    file = DocumentField(label=_("The certificate as a file"), required=False)

    def __init__(self, *args: Any, instrument: StagedInstrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "level", _levels(instrument))
        choose(self, "edition", [(name, name) for name in (instrument.dcmm.editions if instrument.dcmm else ())])

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        data = super().clean() or {}
        issued, expires = data.get("issued"), data.get("expires")
        if issued and expires and expires < issued:
            self.add_error("expires", _("The last day lies before the first."))
        return data

    def text(self) -> DcmmText:
        """The certificate as the action takes it."""
        data = dict(self.cleaned_data)
        file = data.pop("file", None)
        return DcmmText(**data, stream=file.open() if file else None, name=file.name if file else "")


class JudgeRenewalForm(forms.Form):
    """Whether a renewed DCMM certificate is taken."""

    accepted = forms.ChoiceField(
        label=_("Outcome"), choices=[(YES, _("It is taken")), (NO, _("It is not taken"))], widget=forms.RadioSelect
    )
    reasons = PrintedField(label=_("How it was checked"))

    def verdict(self) -> bool:
        """Whether it is taken."""
        return bool(self.cleaned_data["accepted"] == YES)


class VerificationFilterForm(forms.Form):
    """State, words of the reference or the legal entity, own parts, open ones."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any")), *((s.value, V_STATES[s]) for s in VState)]
    )
    mine = forms.BooleanField(label=_("Where I have a part"), required=False)
    open = forms.BooleanField(label=_("Open ones only"), required=False)

    def filters(self) -> Filters:
        """The filters as the query takes them."""
        data = self.cleaned_data
        return Filters(state=data["state"], text=data["text"].strip(), mine=data["mine"], open=data["open"])


class RegisterForm(forms.Form):
    """Words of the name or the number, and the tier."""

    text = forms.CharField(label=_("Name or number"), required=False, max_length=100)
    tier = forms.IntegerField(required=False, min_value=1, max_value=99)


class NumberForm(forms.Form):
    """The number of a certificate as it is printed."""

    number = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
