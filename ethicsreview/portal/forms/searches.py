"""What a search asks in fields, and the name it is kept under; its values are read by the domain."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.documents.forms import printable
from ethicsreview.portal.domain.reading import MOST_LETTERS
from ethicsreview.portal.domain.searches import APPLIES, Filter, Kind, Search, written
from ethicsreview.portal.wording import ORDERS

TYPED = (Filter.FROM, Filter.UNTIL, Filter.OVERDUE)  # the other filters are chosen beside the list


class SearchForm(forms.Form):
    """Words, days and order of one kind of search."""

    q = forms.CharField(label=_("Words"), required=False, max_length=MOST_LETTERS)
    order = forms.ChoiceField(label=pgettext_lazy("list", "Order"), required=False)

    def __init__(self, search: Search, given: dict[str, Any] | None = None) -> None:
        initial = {"q": search.text, "order": search.order.value}
        initial |= {name.value: written(value) for name, value in search.filters if name in TYPED}
        super().__init__(initial=initial | (given or {}), auto_id="search-%s")
        order = self.fields["order"]
        if isinstance(order, forms.ChoiceField):
            order.choices = [(one.value, words) for one, words in ORDERS[search.kind is Kind.COMMITTEES].items()]
        days = {Filter.FROM: _("From"), Filter.UNTIL: _("Until")}
        for name, label in days.items():
            if name in APPLIES[search.kind]:
                widget = forms.DateInput(attrs={"type": "date"})
                self.fields[name.value] = forms.CharField(label=label, required=False, widget=widget)
        if Filter.OVERDUE in APPLIES[search.kind]:
            self.fields[Filter.OVERDUE.value] = forms.BooleanField(label=_("Overdue only"), required=False)
        self.order_fields(["q", *(name.value for name in TYPED), "order"])


class NameForm(forms.Form):
    """The name a search is kept under."""

    name = forms.CharField(label=pgettext_lazy("search", "Name"), max_length=80, validators=[printable])
