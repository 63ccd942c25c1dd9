"""What people of an enterprise type: what is assessed, a rating, evidence, a claim, a colleague's part."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.actions.evidence import ClaimFacts, EvidenceFacts
from assessments.actions.starting import Outline
from assessments.domain.answers import REASON_LENGTH
from assessments.domain.claims import ClaimSource, Party, Policy
from assessments.domain.enterprises import Sector, Size, read_entity_code
from assessments.forms.fields import DayField, choose
from assessments.models import Answer, SelfAssessment
from assessments.wording import CLAIM_SOURCES, PARTIES, SECTORS, SIZES
from ethicsreview.accounts.forms import OneLineField
from ethicsreview.accounts.models import User
from ethicsreview.documents.forms import PlainText
from ethicsreview.files.forms import DocumentField

LARGEST = 2**31 - 1
Choices = list[tuple[str, Any]]


class OutlineForm(forms.Form):
    """What is assessed and which tier is aimed at."""

    legal_entity = OneLineField(
        label=_("Legal entity"),
        max_length=200,
        help_text=_("As registered. Certificates are compared with this name."),
    )
    entity_code = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        max_length=40,
        help_text=_("18 letters and figures; leave it empty where the entity has none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    scope = PlainText(
        label=pgettext_lazy("maturity", "Scope"),
        max_length=2000,
        help_text=_("Which parts of the enterprise, which sites and which AI activities are assessed."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, help_text=_("Results are compared within a sector and size.")
    )
    size = forms.ChoiceField(
        label=pgettext_lazy("maturity", "Size"), widget=forms.RadioSelect, choices=[(s.value, SIZES[s]) for s in Size]
    )
    target = forms.ChoiceField(
        label=_("Target tier"),
        widget=forms.RadioSelect,
        help_text=_("Questions are asked up to this tier; no result exceeds it. It can be changed until you hand in."),
    )
    adviser = OneLineField(
        label=_("Adviser"),
        required=False,
        max_length=200,
        help_text=_("A firm that helped to prepare the assessment, if any. It can never verify it."),
    )

    def __init__(self, *args: Any, tiers: Choices, sector: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Choices = [(key.value, SECTORS[key]) for key in Sector]
        if sector and sector not in {key for key, _words in known}:
            known.append((sector, sector))
        choose(self, "sector", [("", _("not stated")), *known])
        choose(self, "target", tiers)

    def clean_entity_code(self) -> str:
        """Full-width signs and blanks are understood."""
        try:
            return read_entity_code(self.cleaned_data["entity_code"])
        except ValueError:
            raise forms.ValidationError(_("The code has 18 letters and figures.")) from None

    def outline(self, policy: Policy = Policy.CERTIFICATE_OR_FINDING) -> Outline:
        """As the actions take it."""
        data = self.cleaned_data
        return Outline(
            legal_entity=data["legal_entity"],
            entity_code=data["entity_code"],
            scope=data["scope"],
            sector=data["sector"],
            size=Size(data["size"]),
            target=int(data["target"]),
            adviser=data["adviser"],
            dcmm_policy=policy,
        )


def outline_initial(row: SelfAssessment) -> dict[str, Any]:
    """What an assessment says of itself, for its form."""
    names = ("legal_entity", "entity_code", "scope", "sector", "size", "adviser")
    return {name: getattr(row, name) for name in names} | {"target": str(row.target)}


class AnswerForm(forms.Form):
    """One rating with its note; ``seen`` is the answer the page was filled from, ``shown`` the levels it shows.

    Whether the scale knows the step is for the action to say: a save reads the assessment once, under its lock.
    """

    step = OneLineField(label=pgettext_lazy("maturity", "Rating"), required=False, max_length=40)
    reason = PlainText(label=pgettext_lazy("maturity", "Note"), required=False, max_length=REASON_LENGTH)
    seen = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    shown = forms.IntegerField(required=False, min_value=0, max_value=99)

    def values(self) -> dict[str, Any]:
        """The rating as ``answer_criterion`` takes it; ``clear`` leaves the note alone."""
        data = self.cleaned_data
        step = "" if self.data.get("clear") else data["step"]
        return {"step": step or None, "reason": data["reason"], "seen": chosen_seen(self)}

    def says_less_than(self, kept: Answer) -> bool:
        """Whether ``kept`` is not what was typed, but what came of it and somebody else's answer."""
        values = self.values()
        return (kept.step, kept.reason) != (values["step"] or "", values["reason"].strip())


class AsideForm(forms.Form):
    """Why an item does not apply, or that it is taken up again."""

    aside = forms.BooleanField(required=False)
    reason = PlainText(
        label=_("Why it does not apply"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def clean(self) -> dict[str, Any]:
        """Setting aside needs its reason."""
        data = super().clean() or {}
        if data.get("aside") and not str(data.get("reason", "")).strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say why the item does not apply."))
        return data


def chosen_seen(form: forms.Form) -> int | None:
    """The answer the page was filled from, or, once a person chose, the one that was chosen over."""
    side, _colon, number = str(form.data.get("pick", "")).partition(":")
    if side == "mine" and number.isascii() and number.isdigit() and len(number) <= 10:
        return int(number)
    seen: int | None = form.cleaned_data["seen"]
    return seen or None


class EvidenceForm(forms.Form):
    """A piece of evidence: what it is, and a file or where it is kept."""

    title = OneLineField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    dated = DayField(
        label=_("Date of the record"),
        required=False,
        help_text=_("The day the record was made. Without a date it cannot show that something is current."),
    )
    periods = forms.IntegerField(
        label=_("Full measurement periods covered"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("For measurement series alone; 0 or empty otherwise."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    file = DocumentField(required=False)
    reference = OneLineField(
        label=_("Or where it is kept"),
        required=False,
        max_length=500,
        help_text=_("A document number, an archive, an address inside the enterprise: what is not to be uploaded."),
    )
    confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Reports then name it by its digest alone, without its title."),
    )
    criteria = forms.MultipleChoiceField(label=_("Criteria it stands for"), required=False)

    def __init__(
        self,
        *args: Any,
        kinds: Choices,
        today: date,
        criteria: Sequence[str] = (),
        has_file: bool = False,
        with_file: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_file, self.today = has_file, today
        self.fields["dated"].widget.attrs["max"] = today.isoformat()
        if kinds:
            choose(self, "kind", kinds)
        else:
            del self.fields["kind"]
        choose(self, "criteria", [(key, key) for key in criteria])
        if not criteria:
            del self.fields["criteria"]
        if not with_file:
            del self.fields["file"]

    def clean_dated(self) -> date | None:
        """A record that does not exist yet shows nothing."""
        dated: date | None = self.cleaned_data["dated"]
        if dated is not None and dated > self.today:
            raise forms.ValidationError(_("A record cannot be dated later than today."))
        return dated

    def clean(self) -> dict[str, Any]:
        """A file or a reference."""
        data = super().clean() or {}
        if not (self.has_file or data.get("file") or data.get("reference")) and not {"file", "reference"} & {
            *self.errors
        }:
            self.add_error("file" if "file" in self.fields else "reference", _("Send a file or say where it is kept."))
        return data

    @property
    def sent(self) -> UploadedFile[Any] | None:
        """The file, where one was sent."""
        found: UploadedFile[Any] | None = self.cleaned_data.get("file")
        return found

    def facts(self) -> EvidenceFacts:
        """As the actions take it."""
        data = self.cleaned_data
        return EvidenceFacts(
            kind=data.get("kind", ""),
            title=data["title"],
            dated=data["dated"],
            periods=data["periods"] or 0,
            reference=data["reference"],
            confidential=data["confidential"],
        )


class LinkForm(forms.Form):
    """A piece of evidence that is there already."""

    evidence = forms.TypedChoiceField(
        label=_("Evidence"),
        coerce=int,
        error_messages={
            "required": _("Choose a piece of evidence."),
            "invalid_choice": _("This piece is not among the evidence of the assessment, or not any longer."),
        },
    )

    def __init__(self, *args: Any, pieces: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "evidence", [(str(pk), title) for pk, title in pieces])


class ClaimForm(forms.Form):
    """A DCMM level, by certificate or declared; what a certificate needs is asked for it alone."""

    source = forms.ChoiceField(
        label=_("What it rests on"),
        widget=forms.RadioSelect,
        choices=[(s.value, CLAIM_SOURCES[s]) for s in (ClaimSource.CERTIFICATE, ClaimSource.SELF)],
        help_text=_("A declared level makes the result provisional."),
    )
    level = forms.ChoiceField(label=pgettext_lazy("DCMM", "Level"), widget=forms.RadioSelect)
    edition = forms.ChoiceField(label=_("Edition"), required=False)
    party = forms.ChoiceField(
        label=_("Assessed as"), required=False, choices=[("", "—"), *((p.value, PARTIES[p]) for p in Party)]
    )
    legal_entity = OneLineField(label=_("Legal entity on the certificate"), max_length=200, required=False)
    certificate = OneLineField(label=_("Certificate number"), max_length=80, required=False)
    body = OneLineField(label=pgettext_lazy("DCMM", "Issued by"), max_length=200, required=False)
    issued = DayField(label=_("Issued on"), required=False)
    expires = DayField(label=_("Valid until"), required=False)
    file = DocumentField(label=_("The certificate as a file"), required=False)

    def __init__(self, *args: Any, levels: Choices, editions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "level", levels)
        known = dict.fromkeys([*editions, str(self.initial.get("edition") or "")])
        choose(self, "edition", [("", "—"), *((key, key) for key in known if key), ("other", _("another one"))])

    def clean(self) -> dict[str, Any]:
        """A certificate states all that is compared."""
        data = super().clean() or {}
        if data.get("source") == ClaimSource.CERTIFICATE.value:
            for name in ("edition", "party", "legal_entity", "issued", "expires"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("A certificate needs this."))
            if data.get("level") == "0":
                self.add_error("level", _("A certificate names a level."))
            issued, expires = data.get("issued"), data.get("expires")
            if issued and expires and expires < issued:
                self.add_error("expires", _("It cannot end before it was issued."))
        return data

    @property
    def sent(self) -> UploadedFile[Any] | None:
        """The file, where one was sent."""
        found: UploadedFile[Any] | None = self.cleaned_data.get("file")
        return found

    def facts(self) -> ClaimFacts:
        """As the action takes it."""
        data = self.cleaned_data
        names = ("edition", "legal_entity", "certificate", "body", "issued", "expires")
        return ClaimFacts(
            source=ClaimSource(data["source"]),
            level=int(data["level"]),
            party=Party(data["party"]) if data["party"] else None,
            **{name: data[name] for name in names},
        )


class ContributorForm(forms.Form):
    """A colleague and the dimensions that are his or hers."""

    user = forms.ChoiceField(label=_("Colleague"))
    dimensions = forms.MultipleChoiceField(
        label=_("Dimensions"), widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"})
    )

    def __init__(self, *args: Any, people: Iterable[User], dimensions: Choices, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "user", [(str(user.pk), f"{user.name_in(language)} · {user.email}") for user in people])
        choose(self, "dimensions", dimensions)


class LeadForm(forms.Form):
    """Who leads from now on."""

    user = forms.ChoiceField(label=_("New lead"))

    def __init__(self, *args: Any, people: Iterable[User], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "user", [(str(user.pk), f"{user.name_in(language)} · {user.email}") for user in people])


class HandInForm(forms.Form):
    """What was read before it is handed in."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
