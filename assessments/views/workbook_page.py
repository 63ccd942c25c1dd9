"""What the preview of a workbook shows: answers that would change, those changed in both places, unreadable cells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.actions.maturity import GivenAnswer
from assessments.domain.merging import Content
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import Fault
from assessments.domain.workbook_changes import Change, merge, too_heavy
from assessments.forms.workbook_offer import Offer
from assessments.queries.maturity import MaturityFolder
from assessments.queries.workbooks import contents_after, standing_contents
from assessments.views.pieces import tongue
from assessments.wording import CELL_FAULTS


@dataclass(frozen=True)
class Preview:
    """An offer beside what stands now; ``foreign`` rows belong to dimensions the person may not answer."""

    offer: Offer
    changes: tuple[Change, ...]
    conflicts: tuple[Change, ...]
    foreign: tuple[Change, ...]
    faults: tuple[Fault, ...]
    same: int

    def rows(self, ticked: Collection[str]) -> list[GivenAnswer]:
        """The answers to take: every change, and the conflicts ticked."""
        taken = [*self.changes, *(one for one in self.conflicts if one.key in ticked)]
        return [GivenAnswer(one.key, one.after.step or None, one.after.set_aside, one.after.note) for one in taken]


def preview(folder: MaturityFolder, offer: Offer) -> Preview:
    """What the offer comes to now."""
    base = contents_after(folder.row.assessment_id, offer.saved)
    now = standing_contents(folder.answers)
    merged = merge(offer.rows, base=base, now=now)
    own = [one for one in merged.changes if _is_own(folder, one)]
    heavy = too_heavy(folder.instrument, own, now)
    wrong = {fault.shown for fault in heavy}
    same = offer.same + len(offer.rows) - len(merged.changes) - len(merged.conflicts)
    return Preview(
        offer=offer,
        changes=tuple(one for one in own if one.key not in wrong),
        conflicts=tuple(one for one in merged.conflicts if _is_own(folder, one)),
        foreign=tuple(one for one in (*merged.changes, *merged.conflicts) if not _is_own(folder, one)),
        faults=(*offer.faults, *(replace(fault, shown="") for fault in heavy)),
        same=same,
    )


def _is_own(folder: MaturityFolder, change: Change) -> bool:
    return folder.answers_in(folder.dimension_of(change.key).key)


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


def fault_words(fault: Fault, instrument: StagedInstrument) -> str:
    """What is wrong with a cell and what may stand there."""
    language = tongue()
    steps = [f"{step.key} ({step.label.in_(language)})" for step in reversed(instrument.scale)]
    words: Mapping[str, object] = {
        "shown": fault.shown,
        "steps": pgettext("list of steps", ", ").join(steps),
        "label": instrument.not_applicable.label.in_(language),
        "weight": instrument.max_na_weight,
    }
    return str(CELL_FAULTS[fault.code]) % words


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
