"""People of a bulk import: accounts and the roles they begin or end."""

from collections import defaultdict
from datetime import date, timedelta

from workflows.domain.bulk import PersonRow, Rows
from workflows.domain.bulk_names import Unresolved
from workflows.domain.bulk_organisations import Bodies
from workflows.domain.bulk_plan import AccountDeed, Ref, RoleDeed, collisions, differences, ended
from workflows.domain.bulk_sheets import CHINESE, ENGLISH, CellFault, Fault, Sheet, Vocabulary
from workflows.domain.bulk_standing import Standing, StandingPerson, StandingRole

_NAMES = ("name", "name_zh", "language")


class Staff:
    """The people as they stand and as the rows make them."""

    def __init__(self, rows: Rows, standing: Standing, bodies: Bodies, words: Vocabulary) -> None:
        self.rows = rows
        self.standing = standing
        self.bodies = bodies
        self.words = words
        self.accounts: dict[str, AccountDeed] = {}
        self.roles: list[RoleDeed] = []
        self.faults: list[Fault] = []
        self._left_out: set[str] = set()
        self._held: dict[tuple[str, Ref, str], list[StandingRole]] = defaultdict(list)
        for role in standing.roles:
            self._held[role.mail, role.organisation, role.role].append(role)
        self._plan()
        self._seatable = self._index()

    def is_known(self, mail: str) -> bool:
        """Whether there is such a person after the import."""
        return mail in self.accounts or mail in self.standing.people

    def is_left_out(self, mail: str) -> bool:
        """Whether a wrong row is about this person."""
        return mail in self._left_out or self.rows.is_broken(Sheet.PEOPLE, mail)

    def may_sit(self, mail: str, host: Ref, starts: date, ends: date | None) -> bool:
        """Whether the person holds a role at the host, during the term, that a seat asks for."""
        return any(
            role.organisation == host and role.starts <= (ends or date.max) and starts <= (role.ends or date.max)
            for role in self._seatable.get(mail, ())
        )

    def _index(self) -> dict[str, list[StandingRole | RoleDeed]]:
        """Each person's roles, after the import, that a seat asks for."""
        replaced = {role.pk for role in self.roles}
        every: list[StandingRole | RoleDeed] = [role for role in self.standing.roles if role.pk not in replaced]
        found: dict[str, list[StandingRole | RoleDeed]] = defaultdict(list)
        for role in [*every, *self.roles]:
            if role.role in self.words.seatable:
                found[role.mail].append(role)
        return found

    def _wrong(self, row: PersonRow, column: str, code: CellFault, other: str = "", *allowed: str) -> None:
        self.faults.append(self.rows.fault(row.at, column, code, other, allowed))
        self._left_out.add(row.mail)

    def _plan(self) -> None:
        by_mail: dict[str, list[PersonRow]] = defaultdict(list)
        for row in self.rows.people:
            by_mail[row.mail].append(row)
        for mail, rows in by_mail.items():
            self._account(rows, self.standing.people.get(mail))
        for row in self.rows.people:
            if row.organisation or row.role or row.starts or row.ends:
                self._role(row)
        self._overlaps()

    def _account(self, rows: list[PersonRow], found: StandingPerson | None) -> None:
        """All rows of a person say the same of the person, or nothing."""
        first = rows[0]
        if found is not None and (found.closed or found.service):
            code = CellFault.SERVICE_ACCOUNT if found.service else CellFault.ACCOUNT_CLOSED
            return self._wrong(first, "mail", code)
        given: dict[str, str] = {}
        for row in rows:
            for column in _NAMES:
                text = getattr(row, column)
                if text and given.setdefault(column, text) != text:
                    return self._wrong(row, column, CellFault.CONTRADICTS, str(first.at.number))
        if found is None and "name" not in given:
            return self._wrong(first, "name", CellFault.MISSING)
        was = {"name": found.name, "name_zh": found.name_zh} if found else {"name": "", "name_zh": ""}
        names = {column: given.get(column) or was[column] for column in was}
        language = given.get("language") or (CHINESE if names["name_zh"] else ENGLISH)
        columns = {"email": first.mail, **names} | ({} if found else {"language": language})
        changes = differences(was, names) if found else ()
        self.accounts[first.mail] = AccountDeed(first.at, found.pk if found else None, changes, columns)
        return None

    def _role(self, row: PersonRow) -> None:
        if not row.organisation or not row.role:
            return self._wrong(row, "role" if row.organisation else "organisation", CellFault.MISSING)
        try:
            body = self.bodies.find(row.organisation)
        except Unresolved as unresolved:
            self._left_out.add(row.mail)
            return self._wrong(row, "organisation", unresolved.code) if unresolved.code else None
        allowed = self.words.roles_of_kind[self.bodies.kinds[body]]
        if row.role not in allowed:
            return self._wrong(row, "role", CellFault.ROLE_NOT_FOR_KIND, "", *allowed)
        found = self._standing_role(row, body)
        starts = found.starts if found else row.starts or self.standing.today
        if row.ends is not None and (code := self._last_day(row.ends, starts, found)):
            return self._wrong(row, "until", code)
        was = found.ends if found else None
        changes = ended(was, row.ends) if found else ()
        pk = found.pk if found else None
        self.roles.append(RoleDeed(row.at, pk, changes, row.mail, body, row.role, starts, row.ends or was))
        return None

    def _standing_role(self, row: PersonRow, body: Ref) -> StandingRole | None:
        """By its first day; without one the role that is held, or will be."""
        held = sorted(self._held.get((row.mail, body, row.role), ()), key=lambda role: role.starts)
        if row.starts is not None:
            return next((role for role in held if role.starts == row.starts), None)
        return next((role for role in held if role.ends is None or role.ends >= self.standing.today), None)

    def _last_day(self, ends: date, starts: date, found: StandingRole | None) -> CellFault | None:
        """A term that stands is only shortened, and from yesterday on."""
        if ends < starts:
            return CellFault.ENDS_BEFORE
        if found is None or ends == found.ends:
            return None
        if found.ends is not None and ends > found.ends:
            return CellFault.TERM_ONLY_SHORTENED
        return CellFault.LAST_DAY_TOO_EARLY if ends < self.standing.today - timedelta(days=1) else None

    def _overlaps(self) -> None:
        """A person holds a role in an organisation once at a time, by the rows and by what stands."""
        said: dict[tuple[str, Ref, str], list[RoleDeed]] = defaultdict(list)
        for deed in self.roles:
            said[deed.mail, deed.organisation, deed.role].append(deed)
        rows = {row.at: row for row in self.rows.people}
        for key, deeds in said.items():
            matched = {deed.pk for deed in deeds}
            others = [role for role in self._held.get(key, ()) if role.pk not in matched]
            for deed, code, other in collisions(deeds, others):
                self._wrong(rows[deed.at], "role" if code is CellFault.REPEATED else "from", code, other)
