"""What the preview of a bulk import shows: counts, wrong cells, each row's outcome, and what committees would lack."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from workflows.domain.bulk_plan import (
    AccountDeed,
    Change,
    CommitteeDeed,
    Deed,
    Kind,
    OrganisationDeed,
    Outcome,
    Ref,
    RoleDeed,
    SeatDeed,
)
from workflows.domain.bulk_sheets import At, Sheet
from workflows.domain.rooms import composition_gaps
from workflows.forms.bulk import Sent
from workflows.forms.bulk_faults import Places, fault_words, tongue
from workflows.queries.bulk import Planned
from workflows.queries.bulk_words import SHEETS, head_of

MOST_FAULTS = 300  # that are shown; the file is mended and sent again

KINDS: dict[Kind, Promise] = {
    Kind.ORGANISATION: pgettext_lazy("import", "Organisations"),
    Kind.ACCOUNT: pgettext_lazy("import", "Accounts"),
    Kind.ROLE: pgettext_lazy("import", "Roles"),
    Kind.COMMITTEE: pgettext_lazy("import", "Committees"),
    Kind.SEAT: pgettext_lazy("import", "Seats"),
}
OUTCOMES: dict[Outcome, tuple[Promise, str]] = {
    Outcome.NEW: (pgettext_lazy("import", "New"), "good"),
    Outcome.CHANGED: (pgettext_lazy("import", "Changed"), "warn"),
    Outcome.SAME: (pgettext_lazy("import", "Unchanged"), "plain"),
}


def preview(sent: Sent, planned: Planned) -> dict[str, Any]:
    """The whole preview; what a committee would lack stands as gaps beside the rules they are of."""
    plan, places = planned.plan, Places(sent.tables)
    faults = [
        {"place": places.cell(fault), "code": fault.code.value, "text": fault_words(fault, planned.choices)}
        for fault in plan.faults[:MOST_FAULTS]
    ]
    return {
        "names": sent.names,
        "passed": sent.passed,
        "counts": [_count(kind, deeds) for kind, deeds in plan.deeds.items() if deeds],
        "faults": faults,
        "fault_count": len(plan.faults),
        "faults_left": len(plan.faults) - len(faults),
        "sections": [] if plan.faults else list(_sections(sent, planned)),
        "committees": [] if plan.faults else list(_committees(planned)),
        "written": plan.written,
        "mails": sum(deed.outcome is Outcome.NEW for deed in plan.accounts),
    }


def _count(kind: Kind, deeds: Iterable[Deed]) -> dict[str, Any]:
    outcomes = [deed.outcome for deed in deeds]
    return {
        "kind": kind.value,
        "label": KINDS[kind],
        "new": outcomes.count(Outcome.NEW),
        "changed": outcomes.count(Outcome.CHANGED),
        "same": outcomes.count(Outcome.SAME),
    }


def _sections(sent: Sent, planned: Planned) -> Iterator[dict[str, Any]]:
    """Sheet by sheet: the rows that do something, and the numbers of those that say what stands."""
    by_row: dict[At, list[Deed]] = defaultdict(list)
    for deeds in planned.plan.deeds.values():
        for deed in deeds:
            by_row[deed.at].append(deed)
    words = _Words(planned)
    names = {table.sheet: table.name for table in sent.tables}
    for sheet in Sheet:
        if sheet not in names:
            continue
        rows = sorted((at.number, found) for at, found in by_row.items() if at.sheet is sheet)
        acting = [(number, found) for number, found in rows if any(one.outcome is not Outcome.SAME for one in found)]
        same = [number for number, found in rows if all(one.outcome is Outcome.SAME for one in found)]
        yield {
            "kind": sheet.value,
            "title": SHEETS[sheet],
            "sheet": names[sheet],
            "rows": [words.row(number, found) for number, found in acting],
            "same": len(same),
            "same_rows": pgettext("list of rows", ", ").join(_ranges(same)),
        }


def _ranges(numbers: list[int]) -> Iterator[str]:
    """Numbers in order, runs of them as from–to."""
    start = 0
    for place, number in enumerate(numbers, start=1):
        if place == len(numbers) or numbers[place] != number + 1:
            first = numbers[start]
            yield str(first) if first == number else f"{first}–{number}"
            start = place


class _Words:
    """Deeds in the reader's language."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.committees = planned.rosters.committees
        self.bodies = self.committees.bodies

    def row(self, number: int, deeds: list[Deed]) -> dict[str, Any]:
        order = (Outcome.NEW, Outcome.CHANGED, Outcome.SAME)
        outcome = next(one for one in order if any(deed.outcome is one for deed in deeds))
        label, tone = OUTCOMES[outcome]
        return {
            "number": number,
            "title": self._title(deeds[0]),
            "outcome": outcome.value,
            "label": label,
            "tone": tone,
            "lines": [line for deed in deeds for line in self._lines(deed)],
        }

    def _title(self, deed: Deed) -> str:
        if isinstance(deed, RoleDeed | SeatDeed):
            return deed.mail
        if isinstance(deed, AccountDeed):
            return f"{_named(deed.columns['name'], deed.columns['name_zh'])} · {deed.mail}"
        assert isinstance(deed, OrganisationDeed | CommitteeDeed)  # noqa: S101  the five kinds there are
        return _named(deed.columns["name"], deed.columns["name_zh"])

    def _lines(self, deed: Deed) -> Iterator[str]:
        if deed.outcome is Outcome.NEW:
            yield from self._new(deed)
        for change in deed.changes:
            yield self._change(deed.at.sheet, change)

    def _new(self, deed: Deed) -> Iterator[str]:
        if isinstance(deed, AccountDeed):
            yield _("new account; a mail with a link to set a password")
        elif isinstance(deed, RoleDeed):
            yield _("%(role)s at %(where)s, %(term)s") % {
                "role": self._label(Sheet.PEOPLE, "role", deed.role),
                "where": self._body(deed.organisation),
                "term": _term(deed.starts, deed.ends),
            }
        elif isinstance(deed, OrganisationDeed):
            yield self._label(Sheet.ORGANISATIONS, "kind", deed.columns["kind"])
        elif isinstance(deed, CommitteeDeed):
            yield f"{deed.columns['code']} · {self._body(deed.host)}"
        elif isinstance(deed, SeatDeed):
            yield _("%(role)s on %(where)s, %(term)s") % {
                "role": self._label(Sheet.SEATS, "role", deed.role),
                "where": _named(*self.committees.name_of(deed.committee)),
                "term": _term(deed.starts, deed.ends),
            }

    def _body(self, ref: Ref) -> str:
        return _named(*self.bodies.name_of(ref))

    def _label(self, sheet: Sheet, column: str, code: str) -> str:
        label = self.planned.choices.get((sheet, column), {}).get(code)
        return label[tongue()] if label else code

    def _change(self, sheet: Sheet, change: Change) -> str:
        column = head_of(sheet, change.column)
        if change.column == "covered":
            many = int(change.becomes)
            return f"{column}: " + ngettext("%(count)s organisation", "%(count)s organisations", many) % {
                "count": many
            }
        was = self._label(sheet, change.column, change.was) or "—"
        return f"{column}: {was} → {self._label(sheet, change.column, change.becomes)}"


def _named(name: str, name_zh: str) -> str:
    return name_zh if tongue() == "zh" and name_zh else name


def _term(starts: date, ends: date | None) -> str:
    first = date_format(starts, "DATE_FORMAT")
    if ends is None:
        return _("from %(first)s") % {"first": first}
    return _("from %(first)s until %(last)s") % {"first": first, "last": date_format(ends, "DATE_FORMAT")}


def _committees(planned: Planned) -> Iterator[dict[str, Any]]:
    """Each committee a row is about, with what it would lack by which article."""
    rosters = planned.rosters
    for committee in rosters.touched():
        rules = planned.rulebooks.get(rosters.committees.rulebook_of(committee))
        if rules is None:
            continue
        day = rosters.day_of(committee)
        circumstances = frozenset(rosters.committees.circumstances_of(committee))
        found = composition_gaps(rosters.people_of(committee, day), rules.committee, circumstances)
        yield {
            "name": _named(*rosters.committees.name_of(committee)),
            "day": day,
            "gaps": found,
            "rules": rules,
        }
