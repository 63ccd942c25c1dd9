"""What is typed to keep a roster."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ethicsreview.accounts.models import User
from ethicsreview.documents.forms import PlainText
from workflows.actions.committees import SeatTerms
from workflows.domain.rooms import SeatRole, Sex
from workflows.domain.rulebook import Rulebook
from workflows.models import Committee
from workflows.wording import SEAT_ROLES, SEXES


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


class CommitteeForm(forms.Form):
    """A new committee: whose, under which rulebook, rating by which instrument."""

    host = forms.TypedChoiceField(label=_("Host"), coerce=int)
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Begins the reference of every case and can never be changed: letters and digits."),
        validators=[RegexValidator(r"^[A-Za-z][A-Za-z0-9-]*$", _("A letter first, then letters, digits or hyphens."))],
    )
    name = PlainText(label=_("Name in English"), max_length=200)
    name_zh = PlainText(label=_("Name in Chinese"), max_length=200, required=False)
    rulebook = forms.ChoiceField(
        label=_("Rulebook"), help_text=_("Cases keep the edition that is newest when they are begun.")
    )
    instrument = forms.ChoiceField(label=_("Instrument"))
    circumstances = forms.MultipleChoiceField(
        label=_("Because of where or what the host is, the committee also needs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        hosts: list[tuple[int, str]],
        rulebooks: list[Rulebook],
        instruments: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        _choose(self, "host", hosts)
        _choose(self, "rulebook", [(rules.slug, rules.title.in_(language)) for rules in rulebooks])
        _choose(self, "instrument", instruments)
        found = {c.when: c.label.in_(language) for rules in rulebooks for c in rules.committee.categories if c.when}
        _choose(self, "circumstances", found.items())
        if not found:
            del self.fields["circumstances"]

    def clean_code(self) -> str:
        """In capitals, and not taken."""
        code = str(self.cleaned_data["code"]).strip().upper()
        if Committee.objects.filter(code=code).exists():
            raise ValidationError(_("Another committee has this code."))
        return code


class SeatForm(forms.Form):
    """Who sits, as what, covering which categories, from when to when."""

    person = forms.TypedChoiceField(
        label=_("Person"), coerce=int, help_text=_("Members and secretaries of the host; others are invited first.")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", "—"), *((role.value, SEAT_ROLES[role]) for role in SeatRole)]
    )
    categories = forms.MultipleChoiceField(
        label=_("Covers"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"})
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[(sex.value, SEXES[sex]) for sex in Sex],
        widget=forms.RadioSelect,
        help_text=_("The rulebook asks for women and men on the committee; nothing else is done with it."),
    )
    external = forms.BooleanField(label=_("From outside the host"), required=False)
    profession = PlainText(label=_("Profession in English"), max_length=200, required=False)
    profession_zh = PlainText(label=_("Profession in Chinese"), max_length=200, required=False)
    starts = _day(_("First day"))
    ends = _day(_("Last day"))

    def __init__(self, *args: Any, rules: Rulebook, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        _choose(self, "person", [("", "—"), *((user.pk, user.name_in(language)) for user in people)])
        _choose(self, "categories", [(c.code, c.label.in_(language)) for c in rules.committee.categories])
        self.fields["ends"].help_text = _("At most %(years)s years after the first day (%(article)s).") % {
            "years": rules.committee.max_term_years.value,
            "article": rules.committee.max_term_years.citation.in_(language),
        }

    def clean(self) -> dict[str, Any]:
        """A term ends after it begins."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts"), data.get("ends")
        if isinstance(starts, date) and isinstance(ends, date) and ends < starts:
            self.add_error("ends", _("The last day lies before the first."))
        return data

    def terms(self) -> SeatTerms:
        """The typed terms as the action takes them."""
        data = self.cleaned_data
        return SeatTerms(
            role=SeatRole(data["role"]),
            categories=tuple(data["categories"]),
            sex=Sex(data["sex"]),
            external=data["external"],
            starts=data["starts"],
            ends=data["ends"],
            profession=data["profession"],
            profession_zh=data["profession_zh"],
        )


class EndSeatForm(forms.Form):
    """The last day of a seat."""

    last_day = _day(_("Last day"))


class AbsenceForm(forms.Form):
    """From when to when a seat's holder is away."""

    away_from = _day(_("Away from"), required=False)
    away_until = _day(
        _("Away until"), required=False, help_text=_("Empty: until further notice. Both empty: present again.")
    )

    def clean(self) -> dict[str, Any]:
        """An absence begins, and ends after it begins."""
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("away_from"), data.get("away_until")
        if ends and not begins:
            self.add_error("away_from", _("Say from when."))
        elif isinstance(begins, date) and isinstance(ends, date) and ends < begins:
            self.add_error("away_until", _("The last day lies before the first."))
        return data
