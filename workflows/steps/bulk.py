"""Carrying out a planned bulk import in as many queries whatever its size; needs an open transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import connection

from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.steps import (
    add_accounts,
    assign,
    begin_roles,
    changed_facts,
    created_facts,
    end_roles,
    organisation_entry,
    rename_accounts,
    weighty,
)
from ethicsreview.audit.steps import Entry, record_all
from workflows.domain.bulk_plan import (
    AccountDeed,
    CommitteeDeed,
    Deed,
    OrganisationDeed,
    Outcome,
    Plan,
    Ref,
    RoleDeed,
    SeatDeed,
)
from workflows.domain.bulk_sheets import At
from workflows.models import Committee, Seat
from workflows.steps.rosters import committee_entry

_COLUMNS = ("name", "name_zh", "credit_code", "province", "sector", "reach")
_Covering = Organisation.covered.through
D = TypeVar("D", bound=Deed)


def lock_imports(plan: Plan) -> None:
    """One import at a time, and nobody else changes what this one touches until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('workflows.import', 0))")
    bodies = {deed.pk for deed in plan.organisations} | {deed.organisation for deed in plan.roles}
    bodies |= {deed.host for deed in plan.committees}
    rooms = {deed.pk for deed in plan.committees} | {deed.committee for deed in plan.seats}
    for rows, refs in ((Organisation.objects, bodies), (Committee.objects, rooms)):
        ids = sorted(ref for ref in refs if isinstance(ref, int))
        list(rows.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def carry_out(plan: Plan, *, actor: User, now: datetime) -> None:
    """Write every deed and record each; people with a new account are mailed once this is committed."""
    writing = _Writing(actor, now)
    writing.write_organisations(plan.organisations)
    writing.write_accounts(plan.accounts)
    writing.write_roles(plan.roles)
    writing.write_committees(plan.committees)
    writing.write_seats(plan.seats)
    record_all(writing.entries)


class _Writing:
    """What has been made so far, by the row that makes it."""

    def __init__(self, actor: User, now: datetime) -> None:
        self.actor = actor
        self.now = now
        self.entries: list[Entry] = []
        self.ids: dict[At, int] = {}
        self.people: dict[str, int] = {}

    def _id(self, ref: Ref) -> int:
        return self.ids[ref] if isinstance(ref, At) else ref

    def write_organisations(self, deeds: Sequence[OrganisationDeed]) -> None:
        made, changed = _new(deeds), _changed(deeds)
        rows = [Organisation(**deed.columns) for deed in made]
        Organisation.objects.bulk_create(rows)
        self.ids |= {deed.at: row.pk for deed, row in zip(made, rows, strict=True)}
        stands = Organisation.objects.in_bulk([deed.pk for deed in changed])
        covered = self._cover([*made, *changed], stands)
        for row in rows:
            self._note_organisation("organisation.created", row, created_facts(row, covered.get(row.pk, [])))
        for deed in changed:
            row = stands[self._id(deed.ref)]
            was, columns = weighty(row), assign(row, deed.columns)
            columns += [] if deed.covered is None else ["covered"]
            facts = changed_facts(row, columns, was, covered.get(row.pk, []))
            self._note_organisation("organisation.changed", row, facts)
        Organisation.objects.bulk_update(stands.values(), _COLUMNS)

    def _note_organisation(self, verb: str, row: Organisation, facts: dict[str, object]) -> None:
        self.entries.append(organisation_entry(verb, row, actor=self.actor, now=self.now, facts=facts))

    def _cover(self, deeds: Sequence[OrganisationDeed], stands: dict[int, Organisation]) -> dict[int, list[int]]:
        """Write the lists of authorities; what each organisation covers from now on."""
        given = {self._id(deed.ref): deed.covered for deed in deeds if deed.covered is not None}
        _Covering.objects.filter(from_organisation__in=given).delete()
        covered = {body: [self._id(ref) for ref in refs] for body, refs in given.items()}
        _Covering.objects.bulk_create(
            _Covering(from_organisation_id=body, to_organisation_id=other)
            for body, others in covered.items()
            for other in others
        )
        kept = _Covering.objects.filter(from_organisation__in=stands.keys() - given.keys())
        for body, other in kept.values_list("from_organisation", "to_organisation"):
            covered.setdefault(body, []).append(other)
        return covered

    def write_accounts(self, deeds: Sequence[AccountDeed]) -> None:
        made, changed = _new(deeds), _changed(deeds)
        people, entries = add_accounts([deed.columns for deed in made], actor=self.actor, now=self.now)
        self.people |= {person.email: person.pk for person in people}
        self.entries += entries
        names = {deed.pk: {c: deed.columns[c] for c in ("name", "name_zh")} for deed in changed if deed.pk is not None}
        self.entries += rename_accounts(names, actor=self.actor, now=self.now)

    def write_roles(self, deeds: Sequence[RoleDeed]) -> None:
        made = _new(deeds)
        self._know({deed.mail for deed in made})
        rows = [
            Membership(
                user_id=self.people[deed.mail],
                organisation_id=self._id(deed.organisation),
                role=deed.role,
                starts=deed.starts,
                ends=deed.ends,
            )
            for deed in made
        ]
        self.entries += begin_roles(rows, actor=self.actor, now=self.now)
        self.entries += end_roles(_last_days(deeds), actor=self.actor, now=self.now)

    def _know(self, mails: set[str]) -> None:
        found = User.objects.filter(email__in=mails - self.people.keys()).values_list("email", "pk")
        self.people |= dict(found)

    def write_committees(self, deeds: Sequence[CommitteeDeed]) -> None:
        made, changed = _new(deeds), {self._id(deed.ref): deed for deed in _changed(deeds)}
        rows = [self._committee(deed) for deed in made]
        Committee.objects.bulk_create(rows)
        self.ids |= {deed.at: row.pk for deed, row in zip(made, rows, strict=True)}
        for row in rows:
            self._note(row, "committee.create", code=row.code, rulebook=row.rulebook_slug)
        stands = list(Committee.objects.filter(pk__in=changed).order_by("pk"))
        for row in stands:
            deed = changed[row.pk]
            row.name_zh, row.circumstances = deed.columns["name_zh"], list(deed.circumstances)
            self._note(row, "committee.change", changed=[change.column for change in deed.changes])
        Committee.objects.bulk_update(stands, ["name_zh", "circumstances"])

    def _committee(self, deed: CommitteeDeed) -> Committee:
        columns = deed.columns
        return Committee(
            host_id=self._id(deed.host),
            code=columns["code"],
            name=columns["name"],
            name_zh=columns["name_zh"],
            rulebook_slug=columns["rulebook"],
            instrument_slug=columns["instrument"],
            circumstances=list(deed.circumstances),
        )

    def write_seats(self, deeds: Sequence[SeatDeed]) -> None:
        made, ends = _new(deeds), _last_days(deeds)
        self._know({deed.mail for deed in made})
        committees = Committee.objects.in_bulk({self._id(deed.committee) for deed in (*made, *_changed(deeds))})
        rows = [self._seat(deed) for deed in made]
        Seat.objects.bulk_create(rows)
        for row in rows:
            committee = committees[row.committee_id]
            self._note(committee, "committee.seat", seat=row.pk, user=row.user_id, role=row.role)
        stands = list(Seat.objects.select_for_update().filter(pk__in=ends).order_by("pk"))
        for row in stands:
            row.ends = ends[row.pk]
            committee = committees[row.committee_id]
            self._note(committee, "committee.end_seat", seat=row.pk, ends=row.ends.isoformat())
        Seat.objects.bulk_update(stands, ["ends"])

    def _seat(self, deed: SeatDeed) -> Seat:
        return Seat(
            committee_id=self._id(deed.committee),
            user_id=self.people[deed.mail],
            role=deed.role,
            categories=list(deed.categories),
            sex=deed.sex,
            external=deed.external,
            profession=deed.profession,
            profession_zh=deed.profession_zh,
            starts=deed.starts,
            ends=deed.ends,
        )

    def _note(self, committee: Committee, verb: str, **facts: object) -> None:
        self.entries.append(committee_entry(committee, verb, actor=self.actor, now=self.now, facts=facts))


def _new(deeds: Sequence[D]) -> list[D]:
    return [deed for deed in deeds if deed.outcome is Outcome.NEW]


def _changed(deeds: Sequence[D]) -> list[D]:
    return [deed for deed in deeds if deed.outcome is Outcome.CHANGED]


def _last_days(deeds: Sequence[RoleDeed] | Sequence[SeatDeed]) -> dict[int, date]:
    """The ids of those that end otherwise than they would have."""
    changed = (deed for deed in deeds if deed.outcome is Outcome.CHANGED)
    return {deed.pk: deed.ends for deed in changed if deed.pk is not None and deed.ends is not None}
