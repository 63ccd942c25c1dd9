"""The few words charts bring themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from ethicsreview.charts.domain import Phase


@dataclass(frozen=True)
class Words:
    """In one language; ``tag`` is its BCP 47 name."""

    tag: str
    mean: str
    lowest: str
    highest: str
    span: str
    gap: str
    subject: str
    when: str
    event: str
    state: str
    note: str
    phases: dict[Phase, str]


def words(language: str) -> Words:
    """``language`` is ``en``, ``zh`` or what Django calls them."""
    chinese = language.lower().startswith("zh")
    with override("zh-hans" if chinese else language):
        return Words(
            tag="zh-Hans" if chinese else language,
            mean=pgettext("chart", "Mean"),
            lowest=pgettext("chart", "Lowest"),
            highest=pgettext("chart", "Highest"),
            span=_("Lowest to highest"),
            gap=_("No rating"),
            subject=pgettext("chart", "Item"),
            when=pgettext("chart", "Date"),
            event=pgettext("chart", "Event"),
            state=pgettext("chart", "State"),
            note=pgettext("chart", "Note"),
            phases={
                Phase.DONE: pgettext("chart", "Done"),
                Phase.CURRENT: pgettext("chart", "Current"),
                Phase.AHEAD: pgettext("chart", "Ahead"),
                Phase.LATE: pgettext("chart", "Late"),
            },
        )
