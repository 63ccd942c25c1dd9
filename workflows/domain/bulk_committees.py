"""Committees of a bulk import: which stand already, and which one a reference means."""

from workflows.domain.bulk import CommitteeRow, Rows
from workflows.domain.bulk_names import Names, Unresolved
from workflows.domain.bulk_organisations import Bodies
from workflows.domain.bulk_plan import Change, CommitteeDeed, Ref, differences
from workflows.domain.bulk_sheets import CellFault, Fault, Sheet, Vocabulary
from workflows.domain.bulk_standing import RulebookChoices, Standing, StandingCommittee

_KEY, _CODE, _NAME = range(3)
_FOR_LIFE = ("code", "rulebook", "instrument")
_NO_CHOICES = RulebookChoices(frozenset(), frozenset())


class Committees:
    """The committees as they stand and as the rows make them."""

    def __init__(self, rows: Rows, standing: Standing, bodies: Bodies, words: Vocabulary) -> None:
        self.rows = rows
        self.standing = standing
        self.bodies = bodies
        self.words = words
        self.deeds: dict[Ref, CommitteeDeed] = {}
        self.faults: list[Fault] = []
        self._left_out: set[str] = set()
        self._old = {one.pk: one for one in standing.committees}
        self._old_at = {(one.host, one.name): one for one in standing.committees}
        self._given: dict[tuple[Ref, str], CommitteeDeed] = {}
        self._codes = {one.code for one in standing.committees}
        self._names = Names(levels=3)
        self._old_names = Names(levels=3)
        for one in standing.committees:
            self._old_names.add(_CODE, one.pk, one.code)
            self._old_names.add(_NAME, one.pk, one.name, one.name_zh)
        for row in rows.committees:
            self._plan(row)

    def find(self, text: str) -> Ref:
        """By key, code or name, in the file first. Raises ``Unresolved``."""
        found = self._names.find(text) or self._names.find(text.upper())
        if found is None and (text in self._left_out or self.rows.is_broken(Sheet.COMMITTEES, text)):
            raise Unresolved(None)
        found = found or self._old_names.find(text) or self._old_names.find(text.upper())
        if found is None:
            raise Unresolved(CellFault.UNKNOWN_COMMITTEE)
        return found

    def host_of(self, committee: Ref) -> Ref:
        return self.deeds[committee].host if committee in self.deeds else self._stands(committee).host

    def rulebook_of(self, committee: Ref) -> str:
        found = self.deeds.get(committee)
        return found.columns["rulebook"] if found else self._stands(committee).rulebook

    def choices_of(self, committee: Ref) -> RulebookChoices:
        """What its rulebook lets choose from."""
        return self.standing.rulebooks.get(self.rulebook_of(committee), _NO_CHOICES)

    def circumstances_of(self, committee: Ref) -> tuple[str, ...]:
        found = self.deeds.get(committee)
        return found.circumstances if found else self._stands(committee).circumstances

    def name_of(self, committee: Ref) -> tuple[str, str]:
        """Its names in English and in Chinese."""
        if committee in self.deeds:
            columns = self.deeds[committee].columns
            return columns["name"], columns["name_zh"]
        one = self._stands(committee)
        return one.name, one.name_zh

    def _stands(self, committee: Ref) -> StandingCommittee:
        if not isinstance(committee, int):
            raise KeyError(committee)
        return self._old[committee]

    def _wrong(self, row: CommitteeRow, column: str, code: CellFault, other: str = "", *allowed: str) -> None:
        self.faults.append(self.rows.fault(row.at, column, code, other, allowed))

    def _plan(self, row: CommitteeRow) -> None:
        deed = self._deed(row)
        if deed is None:
            self._left_out |= {row.key, row.code, row.name, row.name_zh}
            return
        self.deeds[deed.ref] = self._given[deed.host, row.name] = deed
        self._codes.add(deed.columns["code"])
        self._names.add(_KEY, deed.ref, row.key)
        self._names.add(_CODE, deed.ref, deed.columns["code"])
        self._names.add(_NAME, deed.ref, deed.columns["name"], deed.columns["name_zh"])

    def _deed(self, row: CommitteeRow) -> CommitteeDeed | None:
        host = self._host(row)
        if host is None:
            return None
        found = self._old_at.get((host, row.name)) if isinstance(host, int) else None
        earlier, before = self._given.get((host, row.name)), len(self.faults)
        if earlier is not None:
            self._wrong(row, "name", CellFault.REPEATED, str(earlier.at.number))
        for column, code, other in self._kept(row, found) if found else self._lacking(row):
            self._wrong(row, column, code, other)
        known = self.standing.rulebooks.get(found.rulebook if found else row.rulebook)
        if known and not set(row.circumstances) <= known.circumstances:
            self._wrong(row, "circumstances", CellFault.UNKNOWN_CHOICE, "", *sorted(known.circumstances))
        return self._typed(row, host, found) if len(self.faults) == before else None

    def _host(self, row: CommitteeRow) -> Ref | None:
        try:
            host = self.bodies.find(row.host)
        except Unresolved as unresolved:
            if unresolved.code:
                self._wrong(row, "host", unresolved.code)
            return None
        if self.bodies.kinds[host] in self.words.hosts:
            return host
        self._wrong(row, "host", CellFault.NOT_HOST)
        return None

    def _kept(self, row: CommitteeRow, found: StandingCommittee) -> list[tuple[str, CellFault, str]]:
        """What a committee keeps for life."""
        return [
            (column, CellFault.FIXED, getattr(found, column))
            for column in _FOR_LIFE
            if getattr(row, column) not in {"", getattr(found, column)}
        ]

    def _lacking(self, row: CommitteeRow) -> list[tuple[str, CellFault, str]]:
        wrong = [(column, CellFault.MISSING, "") for column in _FOR_LIFE if not getattr(row, column)]
        return [*wrong, ("code", CellFault.CODE_TAKEN, "")] if row.code in self._codes else wrong

    def _typed(self, row: CommitteeRow, host: Ref, found: StandingCommittee | None) -> CommitteeDeed:
        given = {name: getattr(row, name) for name in ("code", "name", "name_zh", "rulebook", "instrument")}
        if found is None:
            return CommitteeDeed(row.at, None, (), host, given, row.circumstances)
        was = {name: getattr(found, name) for name in given}
        changes = differences(was, given)
        kept = row.circumstances or found.circumstances
        if set(kept) != set(found.circumstances):
            changes += (Change("circumstances", ", ".join(found.circumstances), ", ".join(kept)),)
        columns = was | {name: text for name, text in given.items() if text}
        return CommitteeDeed(row.at, found.pk, changes, host, columns, kept)
