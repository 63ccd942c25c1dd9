"""Seats of a bulk import, and who would sit on each committee."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from workflows.domain.bulk import Rows, SeatRow
from workflows.domain.bulk_committees import Committees
from workflows.domain.bulk_names import Unresolved
from workflows.domain.bulk_people import Staff
from workflows.domain.bulk_plan import Outcome, Ref, SeatDeed, collisions, ended
from workflows.domain.bulk_sheets import CellFault, Fault
from workflows.domain.bulk_standing import Standing, StandingSeat
from workflows.domain.rooms import SeatRole, Sex, Sitting

_KEPT = ("role", "categories", "sex", "external", "profession", "profession_zh")


class Misfit(ValueError):
    """A row whose cell in ``column`` is wrong; without a code another row is what is wrong."""

    def __init__(self, column: str, code: CellFault | None, other: str = "", allowed: Iterable[str] = ()) -> None:
        super().__init__(column, code)
        self.column, self.code, self.other, self.allowed = column, code, other, tuple(allowed)


class Rosters:
    """The seats as they stand and as the rows make them."""

    def __init__(self, rows: Rows, standing: Standing, committees: Committees, staff: Staff) -> None:
        self.rows = rows
        self.standing = standing
        self.committees = committees
        self.staff = staff
        self.deeds: list[SeatDeed] = []
        self.faults: list[Fault] = []
        self._given: dict[Ref, list[SeatDeed]] = defaultdict(list)
        self._old: dict[Ref, list[StandingSeat]] = defaultdict(list)
        self._taken: dict[tuple[Ref, str], list[StandingSeat]] = defaultdict(list)
        for seat in standing.seats:
            self._old[seat.committee].append(seat)
            self._taken[seat.committee, seat.mail].append(seat)
        for row in rows.seats:
            self._plan(row)
        self._overlaps()

    def _plan(self, row: SeatRow) -> None:
        try:
            deed = self._deed(row)
        except Misfit as wrong:
            if wrong.code is not None:
                self.faults.append(self.rows.fault(row.at, wrong.column, wrong.code, wrong.other, wrong.allowed))
        else:
            self.deeds.append(deed)
            self._given[deed.committee].append(deed)

    def _deed(self, row: SeatRow) -> SeatDeed:
        """Raises ``Misfit``."""
        try:
            committee = self.committees.find(row.committee)
        except Unresolved as unresolved:
            raise Misfit("committee", unresolved.code) from None
        self._check_person(row)
        if row.ends is not None and row.ends < row.starts:
            raise Misfit("until", CellFault.ENDS_BEFORE)
        lawful = self.committees.choices_of(committee).categories
        if not set(row.categories) <= lawful:
            raise Misfit("categories", CellFault.UNKNOWN_CHOICE, allowed=sorted(lawful))
        held = self._taken.get((committee, row.mail), [])
        found = next((seat for seat in held if seat.starts == row.starts), None)
        return self._standing_seat(row, found) if found else self._new_seat(row, committee)

    def _check_person(self, row: SeatRow) -> None:
        person = self.standing.people.get(row.mail)
        if person is not None and (person.closed or person.service):
            raise Misfit("mail", CellFault.SERVICE_ACCOUNT if person.service else CellFault.ACCOUNT_CLOSED)
        if not self.staff.is_known(row.mail):
            raise Misfit("mail", None if self.staff.is_left_out(row.mail) else CellFault.UNKNOWN_PERSON)

    def _new_seat(self, row: SeatRow, committee: Ref) -> SeatDeed:
        if not row.sex:
            raise Misfit("sex", CellFault.MISSING)
        if not self.staff.may_sit(row.mail, self.committees.host_of(committee), row.starts, row.ends):
            raise Misfit("mail", None if self.staff.is_left_out(row.mail) else CellFault.NOT_SEATABLE)
        terms: dict[str, Any] = {name: getattr(row, name) for name in ("mail", *_KEPT, "starts", "ends")}
        return SeatDeed(row.at, None, (), committee, **terms | {"external": bool(row.external)})

    def _standing_seat(self, row: SeatRow, found: StandingSeat) -> SeatDeed:
        """Votes and reports rest on a seat as it was given: only its end comes nearer."""
        for column in _KEPT:
            given, stands = getattr(row, column), getattr(found, column)
            same = set(given) == set(stands) if isinstance(given, tuple) else given == stands
            if given not in {"", (), None} and not same:
                raise Misfit(column, CellFault.FIXED, _said(stands))
        if row.ends is not None and found.ends is not None and row.ends > found.ends:
            raise Misfit("until", CellFault.TERM_ONLY_SHORTENED)
        terms: dict[str, Any] = {name: getattr(found, name) for name in ("committee", "mail", *_KEPT, "starts")}
        return SeatDeed(row.at, found.pk, ended(found.ends, row.ends), **terms, ends=row.ends or found.ends)

    def _overlaps(self) -> None:
        """One person has one seat at a time, by the rows and by what stands."""
        said: dict[tuple[Ref, str], list[SeatDeed]] = defaultdict(list)
        for deed in self.deeds:
            said[deed.committee, deed.mail].append(deed)
        for key, deeds in said.items():
            matched = {deed.pk for deed in deeds}
            others = [seat for seat in self._taken.get(key, ()) if seat.pk not in matched]
            for deed, code, other in collisions(deeds, others):
                column = "mail" if code is CellFault.REPEATED else "from"
                self.faults.append(self.rows.fault(deed.at, column, code, other))

    def people_of(self, committee: Ref, day: date) -> list[Sitting]:
        """Who sits on the committee on a day after the import."""
        deeds = self._given.get(committee, [])
        replaced = {deed.pk for deed in deeds}
        kept = [seat for seat in self._old.get(committee, ()) if seat.pk not in replaced]
        seats: list[SeatDeed | StandingSeat] = [*kept, *deeds]
        numbers = {mail: number for number, mail in enumerate(sorted({seat.mail for seat in seats}))}
        return [
            Sitting(
                numbers[seat.mail],
                SeatRole(seat.role),
                frozenset(seat.categories),
                Sex(seat.sex),
                seat.external,
                seat.starts,
                seat.ends,
            )
            for seat in seats
            if seat.starts <= day <= (seat.ends or date.max)
        ]

    def day_of(self, committee: Ref) -> date:
        """The first day, from today on, on which every seat given here has begun."""
        begins = [deed.starts for deed in self._given.get(committee, ()) if deed.pk is None]
        return max([self.standing.today, *begins])

    def touched(self) -> list[Ref]:
        """Every committee that a row changes, or whose seats one does, in the order of the file."""
        acting = [deed.ref for deed in self.committees.deeds.values() if deed.outcome is not Outcome.SAME]
        return list(
            dict.fromkeys([*acting, *(one.committee for one in self.deeds if one.outcome is not Outcome.SAME)])
        )


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
