"""What a bulk import would do: values in, deeds and faults out; nothing here knows the database."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from workflows.domain.bulk_sheets import At, CellFault, Fault

Ref = int | At  # what stands already, by its id, or a row that makes it


class Kind(StrEnum):
    """What a deed is about; a row of a person makes up to two."""

    ORGANISATION = "organisation"
    ACCOUNT = "account"
    ROLE = "role"
    COMMITTEE = "committee"
    SEAT = "seat"


class Outcome(StrEnum):
    """What happens to it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """One column of something that stands; days as ISO texts."""

    column: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Deed:
    """What one row comes to; ``pk`` is None for what is new."""

    at: At
    pk: int | None
    changes: tuple[Change, ...]

    @property
    def outcome(self) -> Outcome:
        if self.pk is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.SAME

    @property
    def ref(self) -> Ref:
        """How others refer to it."""
        return self.at if self.pk is None else self.pk


@dataclass(frozen=True)
class OrganisationDeed(Deed):
    """An organisation with all its columns; ``covered`` None leaves the list as it is."""

    columns: Mapping[str, str]
    covered: tuple[Ref, ...] | None


@dataclass(frozen=True)
class AccountDeed(Deed):
    """A person's account with all its columns."""

    columns: Mapping[str, str]

    @property
    def mail(self) -> str:
        return self.columns["email"]


@dataclass(frozen=True)
class RoleDeed(Deed):
    """A role for a term."""

    mail: str
    organisation: Ref
    role: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class CommitteeDeed(Deed):
    """A committee with all its columns."""

    host: Ref
    columns: Mapping[str, str]
    circumstances: tuple[str, ...]


@dataclass(frozen=True)
class SeatDeed(Deed):
    """A seat with its terms."""

    committee: Ref
    mail: str
    role: str
    categories: tuple[str, ...]
    sex: str
    external: bool
    profession: str
    profession_zh: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Plan:
    """All deeds, sheet by sheet, and every wrong cell; with a wrong cell nothing is done."""

    organisations: tuple[OrganisationDeed, ...] = ()
    accounts: tuple[AccountDeed, ...] = ()
    roles: tuple[RoleDeed, ...] = ()
    committees: tuple[CommitteeDeed, ...] = ()
    seats: tuple[SeatDeed, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def deeds(self) -> dict[Kind, tuple[Deed, ...]]:
        """Every deed by what it is about."""
        return {
            Kind.ORGANISATION: self.organisations,
            Kind.ACCOUNT: self.accounts,
            Kind.ROLE: self.roles,
            Kind.COMMITTEE: self.committees,
            Kind.SEAT: self.seats,
        }

    @property
    def written(self) -> int:
        """How many things are made or changed."""
        return sum(deed.outcome is not Outcome.SAME for deeds in self.deeds.values() for deed in deeds)

    @property
    def digest(self) -> str:
        """A name of exactly these deeds: what was looked at is what is done."""
        return hashlib.sha256(repr(self.deeds).encode()).hexdigest()


class Term(Protocol):
    """From a day to a day, both counted; without a last day until further notice."""

    @property
    def starts(self) -> date: ...

    @property
    def ends(self) -> date | None: ...


def overlap(one: Term, other: Term) -> bool:
    """Whether a day is part of both."""
    return one.starts <= (other.ends or date.max) and other.starts <= (one.ends or date.max)


T = TypeVar("T", bound="RoleDeed | SeatDeed")


def collisions(deeds: Sequence[T], held: Iterable[Term]) -> Iterator[tuple[T, CellFault, str]]:
    """Deeds about one person in one place whose terms overlap, and with what: an earlier row, or a term held."""
    stands = list(held)
    for place, deed in enumerate(deeds):
        before = next((one for one in deeds[:place] if overlap(one, deed)), None)
        found = next((one for one in stands if deed.pk is None and overlap(one, deed)), None)
        if before is not None:
            yield deed, CellFault.REPEATED, str(before.at.number)
        elif found is not None:
            yield deed, CellFault.TERM_OVERLAPS, found.starts.isoformat()


def ended(was: date | None, becomes: date | None) -> tuple[Change, ...]:
    """The change of a last day; an empty one leaves what stands."""
    if becomes is None or becomes == was:
        return ()
    return (Change("until", was.isoformat() if was else "", becomes.isoformat()),)


def differences(was: Mapping[str, str], becomes: Mapping[str, str]) -> tuple[Change, ...]:
    """The columns that would read otherwise; an empty one leaves what stands."""
    return tuple(Change(column, was[column], text) for column, text in becomes.items() if text and text != was[column])
