"""What the preview of a workbook shows: answers that would change, those changed in both places, unreadable cells."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.domain.merging import Content
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook_changes import Change
from assessments.forms.workbook_preview import Preview, fault_words
from assessments.queries.maturity import MaturityFolder
from assessments.views.pieces import tongue


def preview_context(folder: MaturityFolder, seen: Preview, ticked: Collection[str] = ()) -> dict[str, Any]:
    """The whole preview; ``ticked`` are the conflicts chosen before."""
    return {
        "name": seen.offer.name,
        "changes": [_change(folder, one) for one in seen.changes],
        "conflicts": [
            {**_change(folder, one), **_who(folder, one), "ticked": one.key in ticked} for one in seen.conflicts
        ],
        "foreign": [_change(folder, one) for one in seen.foreign],
        "faults": [
            {"place": str(fault.place), "text": fault_words(fault, folder.instrument)} for fault in seen.faults
        ],
        "same": seen.same,
        "passed": pgettext("list of sheets", ", ").join(seen.offer.passed),
    }


def _change(folder: MaturityFolder, change: Change) -> dict[str, Any]:
    instrument, language = folder.instrument, tongue()
    criterion = instrument.criteria.get(change.key)
    text = criterion.text if criterion else instrument.items[change.key].title
    return {
        "key": change.key,
        "place": str(change.place),
        "text": text.in_(language),
        "now": _said(instrument, change.now),
        "after": _said(instrument, change.after),
    }


def _said(instrument: StagedInstrument, content: Content) -> dict[str, str]:
    if content.set_aside:
        rating = instrument.not_applicable.label.in_(tongue())
    elif content.step:
        rating = instrument.steps[content.step].label.in_(tongue())
    else:
        rating = ""
    return {"rating": rating, "note": content.note}


def _who(folder: MaturityFolder, change: Change) -> dict[str, Any]:
    """Who answered it on the site, and when."""
    answer = folder.answers.get(change.key)
    if answer is None:
        return {"by": _("nobody"), "at": None}
    return {"by": answer.by.name_in(tongue()), "at": answer.at}
