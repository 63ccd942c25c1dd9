"""What stands already, as far as a bulk import could touch it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class StandingOrganisation:
    """An organisation as it stands."""

    pk: int
    kind: str
    name: str
    name_zh: str
    credit_code: str
    province: str
    sector: str
    reach: str
    covered: tuple[int, ...] = ()


@dataclass(frozen=True)
class StandingPerson:
    """An account; ``closed`` cannot sign in, ``service`` is a program's."""

    pk: int
    mail: str
    name: str
    name_zh: str
    closed: bool = False
    service: bool = False


@dataclass(frozen=True)
class StandingRole:
    """A person's role in an organisation for a term."""

    pk: int
    mail: str
    organisation: int
    role: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class StandingCommittee:
    """A committee as it stands."""

    pk: int
    host: int
    code: str
    name: str
    name_zh: str
    rulebook: str
    instrument: str
    circumstances: tuple[str, ...] = ()


@dataclass(frozen=True)
class StandingSeat:
    """A seat as it stands."""

    pk: int
    committee: int
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
class RulebookChoices:
    """The codes a rulebook's committees choose from."""

    categories: frozenset[str]
    circumstances: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """All that the rows could touch, as it stands now."""

    today: date
    organisations: tuple[StandingOrganisation, ...] = ()
    people: Mapping[str, StandingPerson] = field(default_factory=dict)
    roles: tuple[StandingRole, ...] = ()
    committees: tuple[StandingCommittee, ...] = ()
    seats: tuple[StandingSeat, ...] = ()
    rulebooks: Mapping[str, RulebookChoices] = field(default_factory=dict)
