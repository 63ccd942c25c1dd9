"""Organisations of a bulk import: which stand already, and which one a reference means."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from workflows.domain.bulk import OrganisationRow, Rows
from workflows.domain.bulk_names import Names, Unresolved
from workflows.domain.bulk_plan import Change, OrganisationDeed, Ref, differences
from workflows.domain.bulk_sheets import AUTHORITY, LISTED, NO_REACH, CellFault, Fault, Sheet
from workflows.domain.bulk_standing import Standing, StandingOrganisation

_PLAIN = ("name", "name_zh", "credit_code", "province", "sector", "reach")
_KEY, _CODE, _NAME = range(3)

_ONCE: tuple[tuple[str, Callable[[OrganisationRow], object]], ...] = (
    ("key", lambda row: row.key),
    ("credit_code", lambda row: row.credit_code),
    ("name", lambda row: (row.name, row.kind)),
)


class Mismatch(LookupError):
    """Which organisation a row is about cannot be told."""

    def __init__(self, column: str, code: CellFault, other: str = "") -> None:
        super().__init__(column, code)
        self.column, self.code, self.other = column, code, other


class Bodies:
    """The organisations as they stand and as the rows make them."""

    def __init__(self, rows: Rows, standing: Standing) -> None:
        self.rows = rows
        self.standing = {one.pk: one for one in standing.organisations}
        self.deeds: list[OrganisationDeed] = []
        self.faults: list[Fault] = []
        self.kinds: dict[Ref, str] = {one.pk: one.kind for one in standing.organisations}
        self._called: dict[Ref, tuple[str, str]] = {one.pk: (one.name, one.name_zh) for one in standing.organisations}
        self._given = Names(levels=3)
        self._old = Names(levels=3)
        self._coded: dict[str, list[StandingOrganisation]] = defaultdict(list)
        self._named: dict[tuple[str, str], list[StandingOrganisation]] = defaultdict(list)
        for one in standing.organisations:
            self._old.add(_CODE, one.pk, one.credit_code)
            self._old.add(_NAME, one.pk, one.name, one.name_zh)
            self._coded[one.credit_code].append(one)
            self._named[one.name, one.kind].append(one)
        self._plan()

    def find(self, text: str) -> Ref:
        """By key, credit code or name, in the file first. Raises ``Unresolved``."""
        found = self._given.find(text)
        if found is None and (text in self._left_out or self.rows.is_broken(Sheet.ORGANISATIONS, text)):
            raise Unresolved(None)
        found = self._old.find(text) if found is None else found
        if found is None:
            raise Unresolved(CellFault.UNKNOWN_ORGANISATION)
        return found

    def name_of(self, body: Ref) -> tuple[str, str]:
        """Its names in English and in Chinese, as they will be."""
        return self._called[body]

    def _plan(self) -> None:
        matched: list[tuple[OrganisationRow, OrganisationDeed]] = []
        for row in self.rows.organisations:
            try:
                matched.append((row, self._deed(row)))
            except Mismatch as wrong:
                self.faults.append(self.rows.fault(row.at, wrong.column, wrong.code, wrong.other))
        self.faults += self._repeated(matched)
        wrong_rows = {fault.at for fault in self.faults}
        good = [(row, deed) for row, deed in matched if row.at not in wrong_rows]
        self._left_out = {
            text
            for row in self.rows.organisations
            if row.at in wrong_rows
            for text in (row.key, row.name, row.name_zh, row.credit_code)
        }
        for row, deed in good:
            self._name(row, deed)
        for row, deed in good:
            self._cover(row, deed)

    def _deed(self, row: OrganisationRow) -> OrganisationDeed:
        found = self._match(row)
        reach = row.reach or (found.reach if found else NO_REACH)
        if found is not None and found.kind != row.kind:
            raise Mismatch("kind", CellFault.FIXED, found.kind)
        if row.reach not in {"", NO_REACH} and row.kind != AUTHORITY:
            raise Mismatch("reach", CellFault.REACH_NOT_AUTHORITY)
        if row.covered and reach != LISTED:
            raise Mismatch("covered", CellFault.COVERED_NOT_LISTED)
        given = {name: getattr(row, name) for name in _PLAIN}
        if found is None:
            return OrganisationDeed(row.at, None, (), {"kind": row.kind, **given, "reach": reach}, None)
        was = {name: getattr(found, name) for name in _PLAIN}
        filled = {name: text for name, text in given.items() if text}
        return OrganisationDeed(row.at, found.pk, differences(was, given), {"kind": found.kind, **was, **filled}, None)

    def _match(self, row: OrganisationRow) -> StandingOrganisation | None:
        """By credit code, else by exact name and kind where no other code stands. Raises ``Mismatch``."""
        coded = self._coded.get(row.credit_code, []) if row.credit_code else []
        found = coded or self._named.get((row.name, row.kind), [])
        if len(found) > 1:
            raise Mismatch("credit_code" if coded else "name", CellFault.AMBIGUOUS)
        if found and row.credit_code and found[0].credit_code not in {"", row.credit_code}:
            raise Mismatch("credit_code", CellFault.FIXED, found[0].credit_code)
        return found[0] if found else None

    def _repeated(self, matched: list[tuple[OrganisationRow, OrganisationDeed]]) -> list[Fault]:
        """Keys are one row's; so are credit codes, name with kind, and what stands already."""
        faults = []
        for column, mark_of in _ONCE:
            first: dict[object, OrganisationRow] = {}
            for row in self.rows.organisations:
                if (mark := mark_of(row)) and (earlier := first.setdefault(mark, row)) is not row:
                    faults.append(self.rows.fault(row.at, column, CellFault.REPEATED, str(earlier.at.number)))
        told = {fault.at for fault in faults}
        taken: dict[int, OrganisationDeed] = {}
        for row, deed in matched:
            if deed.pk is None or row.at in told:
                continue
            if (before := taken.setdefault(deed.pk, deed)) is not deed:
                faults.append(self.rows.fault(row.at, "name", CellFault.REPEATED, str(before.at.number)))
        return faults

    def _name(self, row: OrganisationRow, deed: OrganisationDeed) -> None:
        self.kinds[deed.ref] = row.kind
        self._called[deed.ref] = (deed.columns["name"], deed.columns["name_zh"])
        self._given.add(_KEY, deed.ref, row.key)
        self._given.add(_CODE, deed.ref, deed.columns["credit_code"])
        self._given.add(_NAME, deed.ref, deed.columns["name"], deed.columns["name_zh"])

    def _cover(self, row: OrganisationRow, deed: OrganisationDeed) -> None:
        """Keep the deed with the organisations it lists."""
        try:
            covered = tuple(sorted({self.find(text) for text in row.covered}, key=str))
        except Unresolved as unresolved:
            if unresolved.code:
                self.faults.append(self.rows.fault(row.at, "covered", unresolved.code))
            return
        before = self.standing[deed.pk].covered if deed.pk is not None else ()
        if row.covered and set(covered) != set(before):
            change = (Change("covered", str(len(before)), str(len(covered))),) if deed.pk is not None else ()
            deed = replace(deed, covered=covered, changes=(*deed.changes, *change))
        self.deeds.append(deed)
