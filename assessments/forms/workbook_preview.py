"""What a workbook that came back would change: answers, those changed in both places, unreadable cells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import get_language, pgettext

from assessments.actions.answering import GivenAnswer
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import Fault
from assessments.domain.workbook_changes import Change, merge, too_heavy
from assessments.forms.workbook_offer import Offer
from assessments.queries.maturity import MaturityFolder
from assessments.queries.workbooks import contents_after, standing_contents
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


def fault_words(fault: Fault, instrument: StagedInstrument) -> str:
    """What is wrong with a cell and what may stand there."""
    language = get_language() or "en"
    steps = [f"{step.key} ({step.label.in_(language)})" for step in reversed(instrument.scale)]
    words: Mapping[str, object] = {
        "shown": fault.shown,
        "steps": pgettext("list of steps", ", ").join(steps),
        "label": instrument.not_applicable.label.in_(language),
        "weight": instrument.max_na_weight,
    }
    return str(CELL_FAULTS[fault.code]) % words
